//! What of an HTTPRoute is not its rules, and says all the same whose requests they are.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which route it is, which names it takes requests for, and at which gateways.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteFrame {
    /// Its `metadata.uid`: one that is deleted and made anew has another.
    pub uid: String,
    /// Its `spec.hostnames`; null where it takes those of its gateways.
    pub hostnames: Value,
    /// Its `spec.parentRefs`.
    pub parents: Value,
}

impl RouteFrame {
    /// The frame of an HTTPRoute as the API gives it.
    #[must_use]
    pub fn of(route: &Value) -> Self {
        Self {
            uid: route["metadata"]["uid"].as_str().unwrap_or_default().to_owned(),
            hostnames: route["spec"]["hostnames"].clone(),
            parents: route["spec"]["parentRefs"].clone(),
        }
    }

    /// What is otherwise now of the names and the gateways, each in a few words; empty when nothing is.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let fields =
            [("spec.hostnames", &self.hostnames, &now.hostnames), ("spec.parentRefs", &self.parents, &now.parents)];
        let changed = fields.into_iter().filter(|(_, sealed, now)| sealed != now);
        changed.map(|(field, sealed, now)| format!("{field} is {now}, and the plan was made for {sealed}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_gateways_and_their_sections_are_told_apart_and_rules_are_not_of_the_frame() {
        let route = |hostnames: Value, section: &str, rules: Value| {
            let spec = json!({"hostnames": hostnames, "parentRefs": [{"name": "public", "sectionName": section}], "rules": rules});
            RouteFrame::of(&json!({"metadata": {"uid": "one"}, "spec": spec}))
        };
        let sealed = route(json!(["a.example.com"]), "https", json!([]));
        assert!(sealed.differences(&route(json!(["a.example.com"]), "https", json!([{}]))).is_empty());
        let other = sealed.differences(&route(json!(["b.example.com"]), "https", json!([])));
        assert_eq!(other, [r#"spec.hostnames is ["b.example.com"], and the plan was made for ["a.example.com"]"#]);
        assert!(
            sealed.differences(&route(json!(["a.example.com"]), "http", json!([])))[0].starts_with("spec.parentRefs")
        );
        assert_eq!(sealed.differences(&route(Value::Null, "http", json!([]))).len(), 2);
    }
}

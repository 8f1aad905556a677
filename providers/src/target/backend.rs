//! The backends of an HTTPRoute's rules, by side.

use super::http_route::HttpRouteTarget;
use super::snapshot::Snapshot;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A backend that a rule of an HTTPRoute sends to (Gateway API, `HTTPBackendRef`).
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// The API group of its kind; empty for a Service.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The port of a Service; none where its kind has no use for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u64>,
}

impl Backend {
    /// Whether it is a Service, whose endpoints the cluster keeps.
    #[must_use]
    pub fn is_service(&self) -> bool {
        matches!((self.group.as_str(), self.kind.as_str()), ("" | "core", "Service"))
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name, .. } = self;
        write!(f, "{kind} {namespace}/{name}")
    }
}

impl HttpRouteTarget {
    /// The backends of rules, rule by rule, in the order in which they stand there.
    #[must_use]
    pub fn backends(&self, rules: &Snapshot) -> Vec<Vec<Backend>> {
        let Snapshot::Rules(rules) = rules else { return Vec::new() };
        let of_rule = |rule: &Value| {
            let references = rule["backendRefs"].as_array();
            references.into_iter().flatten().map(|reference| self.backend(reference)).collect()
        };
        rules.as_array().into_iter().flatten().map(of_rule).collect()
    }

    /// With what stands there when nothing is said.
    fn backend(&self, reference: &Value) -> Backend {
        let text = |name: &str, default: &str| reference[name].as_str().unwrap_or(default).to_owned();
        Backend {
            group: text("group", ""),
            kind: text("kind", "Service"),
            namespace: text("namespace", &self.namespace),
            name: text("name", ""),
            port: reference["port"].as_u64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_backend_is_told_with_what_holds_where_nothing_is_said() {
        let target =
            HttpRouteTarget { cluster: "prod".to_owned(), namespace: "shop".to_owned(), name: "track".to_owned() };
        let rules = Snapshot::Rules(json!([
            {"backendRefs": [{"name": "old", "port": 80, "weight": 1}, {"name": "new", "namespace": "next", "port": 80}]},
            {"filters": []},
            {"backendRefs": [{"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "far"}]},
        ]));
        let service = |namespace: &str, name: &str| Backend {
            group: String::new(),
            kind: "Service".to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            port: Some(80),
        };
        let far = Backend {
            group: "gateway.envoyproxy.io".to_owned(),
            kind: "Backend".to_owned(),
            namespace: "shop".to_owned(),
            name: "far".to_owned(),
            port: None,
        };
        let told = target.backends(&rules);
        assert_eq!(told, [vec![service("shop", "old"), service("next", "new")], vec![], vec![far]]);
    }
}

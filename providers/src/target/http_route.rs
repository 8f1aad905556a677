//! The rules of an HTTPRoute: shifted by weighted backends.

use super::budget::ApiBudget;
use super::kind::{Ask, Guarantee, Share, TargetKind, TargetLocation};
use super::named::names_a_backend;
use super::route_word::{self, Speaker, Word};
use super::shell::{if_ours, if_owned, kubectl, quoted};
use super::snapshot::{OtherRoute, Snapshot};
use super::weighted::WeightedMembers;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// The rules of one HTTPRoute.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct HttpRouteTarget {
    /// The kubeconfig context of the cluster.
    pub cluster: String,
    /// The route's namespace.
    pub namespace: String,
    /// The route's name.
    pub name: String,
}

/// Where a rule's backends stand (Gateway API, `HTTPBackendRef`).
const BACKENDS: WeightedMembers = WeightedMembers { at: "/backendRefs", name: "name", weight: "weight" };

impl HttpRouteTarget {
    /// Why an HTTPRoute, as the API gives it, does not carry traffic by its own rules of a generation or a later one; none when
    /// it does: every gateway that it is attached to must say that it has accepted it (`Accepted`) and knows its backends
    /// (`ResolvedRefs`), both of the generation that stands there; that one names a backend which is missing tells that it has seen the route. A controller that is gone says nothing of a new one. `speakers` says
    /// who speaks for each of its parents, in their order; for one that is not among them everybody does.
    #[must_use]
    pub fn unsettled(route: &Value, written: i64, speakers: &[Speaker]) -> Option<String> {
        let generation = route["metadata"]["generation"].as_i64().unwrap_or_default();
        if generation < written {
            return Some(format!(
                "the route is read at generation {generation}, before the {written} that was written"
            ));
        }
        let parents = route_word::parents(route);
        if parents.is_empty() {
            return Some("the route is attached to no gateway (spec.parentRefs)".to_owned());
        }
        let unknown = Speaker::Unknown;
        parents.iter().enumerate().find_map(|(at, parent)| {
            match route_word::word(route, parent, speakers.get(at).unwrap_or(&unknown)) {
                Word::Follows => None,
                // It has taken the route in. Whether a side gets its traffic is asked of each side.
                Word::Refuses(why) if names_a_backend(route, &why) => None,
                Word::Refuses(why) | Word::Silent(why) => Some(why),
            }
        })
    }

    /// The snapshot in an HTTPRoute as the API gives it.
    #[must_use]
    pub fn snapshot(route: &Value) -> Snapshot {
        Snapshot::Rules(route["spec"]["rules"].clone())
    }
}

impl fmt::Display for HttpRouteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cluster, namespace, name } = self;
        write!(f, "route {namespace}/{name} in cluster {cluster}")
    }
}

impl TargetKind for HttpRouteTarget {
    fn short_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// A JSON Patch tests what it replaces.
    fn guarantee(&self) -> Guarantee {
        Guarantee::Atomic
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Cluster(self.cluster.clone())
    }

    fn budget(&self) -> ApiBudget {
        ApiBudget::of_cluster(&self.cluster)
    }

    fn requests(&self, ask: Ask) -> u64 {
        match ask {
            // The route, its gateway, and that one's class.
            Ask::Status => 3,
            // It is read before it is written.
            Ask::Write => 2,
            Ask::Observe | Ask::Controllers | Ask::Activity => 1,
        }
    }

    fn shares<'a>(&self, snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        if let Snapshot::Rules(rules) = snapshot { BACKENDS.shares(rules) } else { Vec::new() }
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        if let Snapshot::OtherRoute(route) = snapshot {
            let OtherRoute { rules, uid, sealed } = route.as_ref();
            let other = format!("another route of this name, uid {uid}: the plan was made for {sealed}");
            return [vec![other], self.lines(&Snapshot::Rules(rules.clone()))].concat();
        }
        let Snapshot::Rules(rules) = snapshot else { return Vec::new() };
        let all = rules.as_array().map(Vec::as_slice).unwrap_or_default();
        // Of several each line says whose it is.
        let of_rule = |(at, rule): (usize, &Value)| {
            let lines = BACKENDS.lines(&Value::from(vec![rule.clone()]));
            lines.into_iter().map(move |line| format!("rule {at}: {line}")).collect::<Vec<_>>()
        };
        if all.len() < 2 { BACKENDS.lines(rules) } else { all.iter().enumerate().flat_map(of_rule).collect() }
    }

    fn settled_when(&self) -> &'static str {
        "its gateways accept this very generation of it and resolve its backends"
    }

    fn by_hand(&self, snapshot: &Snapshot, _stands: &Snapshot) -> Option<String> {
        let Snapshot::Rules(rules) = snapshot else { return None };
        let patch = quoted(&json!([replace(rules)]).to_string());
        Some(format!("{} patch httproute {} --type json --patch {patch}", self.kubectl(), quoted(&self.name)))
    }

    /// The rules are read first, and the patch holds only where they still stand.
    fn manual_rollback(&self, original: &Snapshot, stages: &[(u8, &Snapshot)]) -> Vec<String> {
        let Snapshot::Rules(rules) = original else { return Vec::new() };
        let all = std::iter::once(original).chain(stages.iter().map(|(_, stage)| *stage));
        let of =
            |snapshot: &Snapshot| if let Snapshot::Rules(rules) = snapshot { Some(as_kubectl(rules)) } else { None };
        let ours: Vec<String> = all.filter_map(of).collect();
        let (kubectl, name, what) = (self.kubectl(), quoted(&self.name), self.to_string());
        let test = quoted(r#"[{"op":"test","path":"/spec/rules","value":"#);
        let replace = quoted(&format!("}},{}]", replace(rules)));
        let patch = format!("{kubectl} patch httproute {name} --type json --patch {test}\"$seen\"{replace}");
        let epoch = r"'{.metadata.annotations.caravan\.dev/epoch}'";
        let mut lines = vec![format!("owner=$({kubectl} get httproute {name} --output jsonpath={epoch})")];
        lines.extend(if_owned("", "", &what));
        lines.push(format!("seen=$({kubectl} get httproute {name} --output jsonpath='{{.spec.rules}}')"));
        lines.extend(if_ours("seen", &ours, &patch, &what));
        lines.push(format!("{kubectl} annotate httproute {name} caravan.dev/epoch-"));
        lines
    }
}

impl HttpRouteTarget {
    fn kubectl(&self) -> String {
        kubectl(&self.cluster, &self.namespace)
    }
}

fn replace(rules: &Value) -> Value {
    json!({"op": "replace", "path": "/spec/rules", "value": rules})
}

/// A value as `kubectl` prints it in `jsonpath`: as Go marshals it, keys sorted, and with the signs escaped that HTML gives a meaning.
fn as_kubectl(value: &Value) -> String {
    let mut text = String::new();
    write_sorted(value, &mut text);
    let escaped = |sign: char| matches!(sign, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
    text.chars().fold(String::new(), |mut all, sign| {
        if escaped(sign) {
            all += &format!("\\u{:04x}", u32::from(sign));
        } else {
            all.push(sign);
        }
        all
    })
}

fn write_sorted(value: &Value, text: &mut String) {
    let separated = |text: &mut String, at: usize| text.push_str(if at > 0 { "," } else { "" });
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            text.push('{');
            for (at, (name, value)) in sorted.into_iter().enumerate() {
                separated(text, at);
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_sorted(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (at, value) in items.iter().enumerate() {
                separated(text, at);
                write_sorted(value, text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(kind: &str, status: &str, generation: i64) -> Value {
        let (reason, message) = ("BackendNotFound", "service shop/new not found");
        json!({"type": kind, "status": status, "reason": reason, "message": message, "observedGeneration": generation})
    }

    /// A route at generation 7 with a parent for each list of conditions.
    fn route(said: &[(&str, Vec<Value>)]) -> Value {
        let parents = said.iter().map(|(name, conditions)| {
            let parent = json!({"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": name});
            json!({"parentRef": parent, "controllerName": "example.com/gateway", "conditions": conditions})
        });
        json!({
            "metadata": {"generation": 7, "namespace": "shop"},
            "spec": {"parentRefs": [{"name": "public"}]},
            "status": {"parents": parents.collect::<Vec<_>>()},
        })
    }

    fn good() -> Vec<Value> {
        vec![condition("Accepted", "True", 7), condition("ResolvedRefs", "True", 7)]
    }

    #[test]
    fn a_route_is_settled_when_its_controller_says_so_of_the_generation_that_was_written() {
        assert_eq!(HttpRouteTarget::unsettled(&route(&[("public", good())]), 7, &[]), None);
        assert_eq!(HttpRouteTarget::unsettled(&route(&[("public", good()), ("other", Vec::new())]), 6, &[]), None);
        let stale = || vec![condition("Accepted", "True", 6), condition("ResolvedRefs", "True", 6)];
        let unresolved = || vec![condition("Accepted", "True", 7), condition("ResolvedRefs", "False", 7)];
        let refused = || vec![condition("Accepted", "False", 7), condition("ResolvedRefs", "True", 7)];
        let half = || vec![condition("Accepted", "True", 7), condition("ResolvedRefs", "True", 6)];
        for (said, written, why) in [
            (vec![("public", stale())], 7, "has seen generation 6 of the route, and 7 stands there"),
            (vec![("public", half())], 7, "has seen generation 6 of the route, and 7 stands there"),
            (vec![("public", good())], 8, "read at generation 7, before the 8 that was written"),
            (vec![], 7, "no controller says anything of the route at gateway public"),
            (vec![("other", good())], 7, "no controller says anything of the route at gateway public"),
            (vec![("public", vec![good().remove(0)])], 7, "does not say whether it is ResolvedRefs"),
            (vec![("public", unresolved())], 7, "ResolvedRefs is False by example.com/gateway: BackendNotFound"),
            (vec![("public", refused())], 7, "Accepted is False by example.com/gateway"),
            (vec![("public", good()), ("public", stale())], 7, "has seen generation 6"),
        ] {
            let reason = HttpRouteTarget::unsettled(&route(&said), written, &[]).unwrap();
            assert!(reason.contains(why), "{reason} is not {why}");
        }
        let mut alone = route(&[("public", good())]);
        alone["spec"]["parentRefs"] = json!([]);
        assert!(HttpRouteTarget::unsettled(&alone, 7, &[]).unwrap().contains("attached to no gateway"));
    }

    /// As kubectl 1.33 printed it for just this rule.
    #[test]
    fn rules_are_written_as_kubectl_prints_them() {
        let rules = json!([{
            "matches": [{"path": {"value": "/a<b>&\"c\"é\u{2028}", "type": "PathPrefix"}}],
            "backendRefs": [{"port": 443, "name": "x", "weight": 90}],
        }]);
        let printed = concat!(
            r#"[{"backendRefs":[{"name":"x","port":443,"weight":90}],"matches":[{"path":{"type":"PathPrefix","#,
            r#""value":"/a\u003cb\u003e\u0026\"c\"é\u2028"}}]}]"#
        );
        assert_eq!(as_kubectl(&rules), printed);
    }

    #[test]
    fn every_gateway_of_a_route_must_follow_it() {
        let mut two = route(&[("public", good()), ("internal", vec![condition("Accepted", "True", 3)])]);
        two["spec"]["parentRefs"] = json!([
            {"name": "public", "namespace": "shop", "group": "gateway.networking.k8s.io", "kind": "Gateway"},
            {"name": "internal"},
        ]);
        assert!(HttpRouteTarget::unsettled(&two, 7, &[]).unwrap().starts_with("gateway internal: "));
        two["spec"]["parentRefs"][1]["sectionName"] = "https".into();
        assert!(HttpRouteTarget::unsettled(&two, 7, &[]).unwrap().contains("no controller says anything"));
    }
}

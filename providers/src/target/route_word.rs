//! What the gateways of an HTTPRoute say of it, by who may speak for it: the controllers of their own classes.
//!
//! Source: Gateway API, `RouteParentStatus` ("controllerName"), `GatewayClass`; Kubernetes, `Condition.observedGeneration`.

use serde_json::Value;

/// Who speaks for a gateway that a route names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Speaker {
    /// The controller of its class, by the name that the class gives.
    Controller(String),
    /// It is not known who does; everybody's word counts then.
    Unknown,
}

/// What a gateway says of a route.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Word {
    /// It carries traffic by the rules of the generation that stands there.
    Follows,
    /// It says that it does not.
    Refuses(String),
    /// It says nothing of this generation yet, or any more.
    Silent(String),
}

/// The parents that a route names, in their order.
#[must_use]
pub fn parents(route: &Value) -> &[Value] {
    route["spec"]["parentRefs"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What the gateway of one of its parents says of a route. What others have left in its status says nothing; where nobody who may
/// speak has spoken, they are named.
#[must_use]
pub fn word(route: &Value, parent: &Value, speaker: &Speaker) -> Word {
    let generation = route["metadata"]["generation"].as_i64().unwrap_or_default();
    let own = route["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = parent["name"].as_str().unwrap_or_default();
    let of_gateway = |why: String| format!("gateway {name}: {why}");
    let all = route["status"]["parents"].as_array().into_iter().flatten();
    let of_parent: Vec<&Value> = all.filter(|said| is_same_parent(&said["parentRef"], parent, own)).collect();
    let may_speak = |said: &&&Value| match speaker {
        Speaker::Controller(controller) => said["controllerName"] == controller.as_str(),
        Speaker::Unknown => true,
    };
    let said: Vec<&Value> = of_parent.iter().filter(may_speak).copied().collect();
    if said.is_empty() {
        let (who, verb) = match speaker {
            Speaker::Controller(controller) => (controller.as_str(), "says nothing"),
            Speaker::Unknown => ("no controller", "says anything"),
        };
        let others: Vec<&str> = of_parent.iter().filter_map(|said| said["controllerName"].as_str()).collect();
        let others = match others.is_empty() {
            true => String::new(),
            false => format!("; what {} says of it counts for nothing: its class is another's", others.join(" and ")),
        };
        return Word::Silent(format!("{who} {verb} of the route at gateway {name} (status.parents){others}"));
    }
    let mut silent: Option<String> = None;
    for said in said {
        for word in ["Accepted", "ResolvedRefs"].map(|kind| condition(said, kind, generation)) {
            match word {
                Word::Refuses(why) => return Word::Refuses(of_gateway(why)),
                Word::Silent(why) => silent = silent.or_else(|| Some(of_gateway(why))),
                Word::Follows => {}
            }
        }
        if let Some(why) = against(said, generation) {
            return Word::Refuses(of_gateway(why));
        }
    }
    silent.map_or(Word::Follows, Word::Silent)
}

/// What tells two parents of a route apart, with what stands there when nothing is said (Gateway API, `ParentReference`).
fn is_same_parent(one: &Value, other: &Value, namespace: &str) -> bool {
    let field = |parent: &Value, name: &str, default: &str| parent[name].as_str().unwrap_or(default).to_owned();
    let defaults = [
        ("group", "gateway.networking.k8s.io"),
        ("kind", "Gateway"),
        ("namespace", namespace),
        ("name", ""),
        ("sectionName", ""),
    ];
    defaults.iter().all(|(name, default)| field(one, name, default) == field(other, name, default))
        && one["port"] == other["port"]
}

/// What a controller says against a route of this generation beside the two that it must say: that a part of it is dropped
/// (`PartiallyInvalid`, Gateway API), or that a backend has no endpoints (`BackendsAvailable`, Envoy Gateway, which answers 500 or 503 then and
/// leaves `ResolvedRefs` as it is).
fn against(parent: &Value, generation: i64) -> Option<String> {
    let controller = parent["controllerName"].as_str().unwrap_or("its controller");
    let mut conditions = parent["conditions"].as_array().into_iter().flatten();
    let found = conditions.find(|condition| {
        let is_against = [("PartiallyInvalid", "True"), ("BackendsAvailable", "False")]
            .iter()
            .any(|(kind, status)| condition["type"] == *kind && condition["status"] == *status);
        is_against && condition["observedGeneration"].as_i64().is_none_or(|observed| observed == generation)
    })?;
    let text = |field: &str| found[field].as_str().unwrap_or_default();
    Some(format!("{} is {} by {controller}: {} ({})", text("type"), text("status"), text("reason"), text("message")))
}

/// Whether a condition holds of a generation.
fn condition(parent: &Value, kind: &str, generation: i64) -> Word {
    let controller = parent["controllerName"].as_str().unwrap_or("its controller");
    let conditions = parent["conditions"].as_array();
    let Some(found) = conditions.into_iter().flatten().find(|condition| condition["type"] == kind) else {
        return Word::Silent(format!("{controller} does not say whether it is {kind}"));
    };
    let Some(observed) = found["observedGeneration"].as_i64() else {
        return Word::Silent(format!(
            "{controller} does not say of which generation it is {kind} (observedGeneration)"
        ));
    };
    if observed != generation {
        return Word::Silent(format!(
            "{controller} has seen generation {observed} of the route, and {generation} stands there"
        ));
    }
    let text = |field: &str| found[field].as_str().unwrap_or_default().to_owned();
    let said = || format!("{kind} is {} by {controller}: {} ({})", text("status"), text("reason"), text("message"));
    match text("status").as_str() {
        "True" => Word::Follows,
        "False" => Word::Refuses(said()),
        _ => Word::Silent(said()),
    }
}

/// What a Gateway, as the API gives it, says of itself: whether it is `Programmed`, which is its data plane. A gateway that carries
/// traffic by other ways than an address of its own says `AddressNotAssigned` for ever: that is said, and is no loss.
#[must_use]
pub fn programmed(gateway: &Value) -> Word {
    let name = gateway["metadata"]["name"].as_str().unwrap_or_default();
    let generation = gateway["metadata"]["generation"].as_i64().unwrap_or_default();
    let conditions = gateway["status"]["conditions"].as_array();
    let Some(found) = conditions.into_iter().flatten().find(|condition| condition["type"] == "Programmed") else {
        return Word::Silent(format!("gateway {name} does not say whether it is Programmed"));
    };
    let text = |field: &str| found[field].as_str().unwrap_or_default();
    let said = format!("gateway {name} is not Programmed: {} ({})", text("reason"), text("message"));
    let observed = found["observedGeneration"].as_i64();
    match text("status") {
        "True" if observed == Some(generation) => Word::Follows,
        "True" => {
            let of = observed.map_or("no generation".to_owned(), |observed| format!("generation {observed}"));
            Word::Silent(format!("gateway {name} is Programmed of {of}, and {generation} stands there"))
        }
        _ if text("reason") == "AddressNotAssigned" => Word::Follows,
        "False" if observed.is_none_or(|observed| observed == generation) => Word::Refuses(said),
        _ => Word::Silent(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn condition(kind: &str, status: &str, generation: i64) -> Value {
        json!({"type": kind, "status": status, "reason": "Why", "message": "so", "observedGeneration": generation})
    }

    fn said(controller: &str, generation: i64) -> Value {
        let conditions = ["Accepted", "ResolvedRefs"].map(|kind| condition(kind, "True", generation));
        json!({"parentRef": {"name": "public"}, "controllerName": controller, "conditions": conditions})
    }

    fn route(parents: Vec<Value>) -> Value {
        json!({
            "metadata": {"generation": 7, "namespace": "shop"}, "spec": {"parentRefs": [{"name": "public"}]},
            "status": {"parents": parents},
        })
    }

    #[test]
    fn whoever_is_not_the_controller_of_the_class_says_nothing() {
        let speaker = Speaker::Controller("own".to_owned());
        let word = |parents: Vec<Value>| {
            let route = route(parents);
            super::word(&route, &parents_of(&route), &speaker)
        };
        assert_eq!(word(vec![said("gone", 3), said("own", 7)]), Word::Follows);
        assert!(
            matches!(word(vec![said("gone", 7), said("own", 3)]), Word::Silent(why) if why.contains("generation 3"))
        );
        assert!(
            matches!(word(vec![said("gone", 7)]), Word::Silent(why) if why.contains("own") && why.contains("gone"))
        );
        assert!(matches!(word(vec![]), Word::Silent(_)));
    }

    fn parents_of(route: &Value) -> Value {
        parents(route)[0].clone()
    }

    #[test]
    fn what_is_false_is_refused_and_what_is_old_or_open_is_unknown() {
        for (conditions, refuses) in [
            ([condition("Accepted", "False", 7), condition("ResolvedRefs", "True", 7)], true),
            ([condition("Accepted", "Unknown", 7), condition("ResolvedRefs", "True", 7)], false),
            ([condition("Accepted", "True", 6), condition("ResolvedRefs", "True", 7)], false),
            ([condition("Accepted", "True", 6), condition("ResolvedRefs", "False", 7)], true),
            ([condition("Accepted", "False", 6), condition("ResolvedRefs", "True", 7)], false),
        ] {
            let mut one = said("own", 7);
            one["conditions"] = json!(conditions);
            let route = route(vec![one]);
            let word = word(&route, &parents_of(&route), &Speaker::Unknown);
            assert_eq!(matches!(word, Word::Refuses(_)), refuses, "{word:?}");
            assert_ne!(word, Word::Follows);
        }
    }

    /// Whatever is said without the generation that it is said of may be of any before it.
    #[test]
    fn what_is_said_of_no_generation_is_unknown() {
        let without = |mut condition: Value| {
            condition.as_object_mut().unwrap().remove("observedGeneration");
            condition
        };
        for at in [0, 1] {
            for generation in [json!(7), Value::Null] {
                let mut one = said("own", 7);
                one["conditions"][at] = without(one["conditions"][at].clone());
                let mut route = route(vec![one]);
                route["metadata"]["generation"] = generation;
                let word = word(&route, &parents_of(&route), &Speaker::Unknown);
                assert!(
                    matches!(&word, Word::Silent(why) if at == 1 || why.contains("observedGeneration")),
                    "{word:?}"
                );
            }
        }
        let programmed_of = |condition: Value| {
            programmed(&json!({"metadata": {"name": "public", "generation": 2}, "status": {"conditions": [condition]}}))
        };
        assert!(matches!(programmed_of(without(condition("Programmed", "True", 2))), Word::Silent(_)));
    }

    #[test]
    fn a_gateway_without_an_address_of_its_own_is_no_loss_and_one_that_is_not_programmed_is() {
        let gateway = |conditions: Value| json!({"metadata": {"name": "public", "generation": 2}, "status": {"conditions": conditions}});
        assert_eq!(programmed(&gateway(json!([condition("Programmed", "True", 2)]))), Word::Follows);
        assert!(matches!(programmed(&gateway(json!([condition("Programmed", "False", 2)]))), Word::Refuses(_)));
        assert!(matches!(programmed(&gateway(json!([condition("Programmed", "False", 1)]))), Word::Silent(_)));
        assert!(matches!(programmed(&gateway(json!([condition("Programmed", "True", 1)]))), Word::Silent(_)));
        assert!(matches!(programmed(&gateway(json!([]))), Word::Silent(_)));
        let mut unassigned = condition("Programmed", "False", 2);
        unassigned["reason"] = "AddressNotAssigned".into();
        assert_eq!(programmed(&gateway(json!([unassigned]))), Word::Follows);
    }
}

//! Weighted backends of an HTTPRoute.
//!
//! Source: Gateway API, `HTTPBackendRef` (weights 0 to 1,000,000; a rule whose weights are all 0 answers 500).

use super::split::{Split, StrategyError, check_shares};
use crate::blank::is_blank;
use caravan_providers::target::{HttpRouteTarget, Snapshot, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Weighted backends.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    /// The kubeconfig context of the cluster.
    pub cluster: String,
    /// The route's namespace.
    pub namespace: String,
    /// The route's name.
    pub name: String,
    /// The backend of the old side.
    pub old: Backend,
    /// The backend of the new side.
    pub new: Backend,
    /// Whether what else of the route leads to the old side's Service, by another port or a mirror, is meant to stay there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others_stay: bool,
}

/// One backend of a route.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// Its API group; empty for a Service.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// `Service`, or another kind of its group.
    #[serde(default = "service")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its port; some kinds have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

impl Backend {
    /// The backend reference of the Gateway API, without a weight.
    #[must_use]
    pub fn reference(&self) -> Value {
        let mut reference = json!({"group": self.group, "kind": self.kind, "name": self.name});
        if let Some(port) = self.port {
            reference["port"] = port.into();
        }
        reference
    }
}

fn service() -> String {
    "Service".to_owned()
}

impl Split for RouteSpec {
    fn target(&self) -> Target {
        Target::Route(HttpRouteTarget {
            cluster: self.cluster.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        })
    }

    fn is_blank(&self) -> bool {
        is_blank(&self.old.name) || is_blank(&self.new.name)
    }

    fn stages(&self, original: &Snapshot, percents: &[u8]) -> Result<Vec<Snapshot>, StrategyError> {
        let Snapshot::Rules(rules) = original else { return Err(StrategyError::of_another_kind()) };
        if let Some((at, unsticky)) = without_persistence(rules) {
            let what = format!("rule {at} of the route keeps a user's session on one backend (sessionPersistence)");
            let command = self.target().kind().by_hand(&Snapshot::Rules(unsticky), original).unwrap_or_default();
            return Err(StrategyError::Sticky { what, command });
        }
        let plain = without_own_namespace(rules, &self.namespace);
        let old = self.old.reference();
        if let Some(what) = leads_there_too(&plain, &old).filter(|_| !self.others_stay) {
            return Err(StrategyError::Unsplittable(format!(
                "{what} leads to `{}` as well, and would go on: whoever takes the old side away breaks it. Change the route first, or say \
                 `others_stay: true`",
                self.old.name
            )));
        }
        let split = stages(&plain, &old, &self.new.reference(), percents)?;
        Ok(split.into_iter().map(|snapshot| with_what_stays(snapshot, rules, &plain)).collect())
    }
}

/// The rules with each reference to the route's own namespace left out, which says the same (Gateway API, `BackendObjectReference`).
fn without_own_namespace(rules: &Value, own: &str) -> Value {
    match rules {
        Value::Array(list) => list.iter().map(|one| without_own_namespace(one, own)).collect(),
        Value::Object(fields) => {
            let is_reference = fields.contains_key("name");
            let says_more = |(key, value): &(&String, &Value)| !(is_reference && *key == "namespace" && *value == own);
            let kept = fields.iter().filter(says_more);
            Value::Object(kept.map(|(key, value)| (key.clone(), without_own_namespace(value, own))).collect())
        }
        other => other.clone(),
    }
}

/// The stage with the rules that it does not move as they stand.
fn with_what_stays(snapshot: Snapshot, rules: &Value, plain: &Value) -> Snapshot {
    let Snapshot::Rules(mut split) = snapshot else { return snapshot };
    for (at, rule) in split.as_array_mut().into_iter().flatten().enumerate() {
        if *rule == plain[at] {
            rule.clone_from(&rules[at]);
        }
    }
    Snapshot::Rules(split)
}

/// What else of the rules leads to the Service of a backend: by another port, or as a copy of requests (`RequestMirror`).
fn leads_there_too(rules: &Value, backend: &Value) -> Option<String> {
    let is_there = |one: &Value| {
        let one = with_weight(one, 0);
        ["group", "kind", "namespace", "name"].iter().all(|key| one[*key] == backend[*key])
    };
    for (at, rule) in rules.as_array()?.iter().enumerate() {
        let backends = rule["backendRefs"].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(other) = backends.iter().find(|one| is_there(one) && one["port"] != backend["port"]) {
            return Some(format!("rule {at}, by port {},", other["port"]));
        }
        let filters = [rule].into_iter().chain(backends).filter_map(|one| one["filters"].as_array()).flatten();
        if filters.into_iter().any(|filter| is_there(&filter["requestMirror"]["backendRef"])) {
            return Some(format!("a mirror of rule {at}"));
        }
    }
    None
}

/// The snapshots of a shift of every rule that sends to `old` alone, to `new` (both backend references without a weight),
/// one for each share. Rules that send elsewhere stay as they are.
///
/// # Errors
/// When no rule sends to `old` alone, or both are one backend.
pub fn stages(rules: &Value, old: &Value, new: &Value, percents: &[u8]) -> Result<Vec<Snapshot>, StrategyError> {
    check_shares(percents)?;
    let list = rules.as_array().map(Vec::as_slice).unwrap_or_default();
    let moving: Vec<usize> = (0..list.len()).filter(|at| sends_only_to(&list[*at], old)).collect();
    if moving.is_empty() {
        return Err(StrategyError::Unsplittable("no rule of the route sends to the old side alone".to_owned()));
    }
    if let Some(at) = (0..list.len()).find(|at| !moving.contains(at) && sends_also_to(&list[*at], old)) {
        return Err(StrategyError::Unsplittable(format!(
            "rule {at} sends to the old side and elsewhere; it would go on"
        )));
    }
    if is_same(&with_weight(old, 0), &with_weight(new, 0)) {
        let name = old["name"].as_str().unwrap_or_default();
        return Err(StrategyError::SameSide(format!("the backend {name}")));
    }
    for at in &moving {
        let backend = &list[*at]["backendRefs"][0];
        if backend["weight"] == 0 {
            return Err(StrategyError::Unsplittable(format!(
                "rule {at} sends to the old side with weight 0: somebody has taken it out of service, and it answers 500; give it \
                 a weight first, or leave the route alone"
            )));
        }
        check_plain(*at, backend)?;
    }
    Ok(percents
        .iter()
        .map(|percent| {
            let mut split = rules.clone();
            for at in &moving {
                split[*at]["backendRefs"] = json!([with_weight(old, 100 - percent), with_weight(new, *percent)]);
            }
            Snapshot::Rules(split)
        })
        .collect())
}

/// The original rules with the new side's backend, the one with a weight in the last stage, in the place of the old one, and
/// with the weight that that one had. None where they are not those of a shift.
pub(crate) fn finalised(original: &Value, last: &Value) -> Option<Value> {
    let mut rules = original.clone();
    let mut moved = false;
    for (rule, last) in rules.as_array_mut()?.iter_mut().zip(last.as_array()?) {
        if rule == last {
            continue;
        }
        let Some([old]) = rule["backendRefs"].as_array().map(Vec::as_slice) else { return None };
        let mut weighted = last["backendRefs"].as_array()?.iter().filter(|backend| backend["weight"] != 0);
        let mut new = weighted.next().filter(|_| weighted.next().is_none())?.clone();
        match old.get("weight") {
            Some(weight) => new["weight"] = weight.clone(),
            None => drop(new.as_object_mut()?.remove("weight")),
        }
        rule["backendRefs"] = json!([new]);
        moved = true;
    }
    moved.then_some(rules)
}

/// The rules without session persistence, and the place of the first that has it (Gateway API, `SessionPersistence`); none
/// when none of them has.
fn without_persistence(rules: &Value) -> Option<(usize, Value)> {
    let first = rules.as_array()?.iter().position(|rule| !rule["sessionPersistence"].is_null())?;
    let mut plain = rules.clone();
    for rule in plain.as_array_mut()?.iter_mut().filter_map(Value::as_object_mut) {
        rule.remove("sessionPersistence");
    }
    Some((first, plain))
}

/// What tells two backends apart.
const IDENTITY: [&str; 5] = ["group", "kind", "namespace", "name", "port"];

fn is_same(one: &Value, other: &Value) -> bool {
    IDENTITY.iter().all(|key| one[key] == other[key])
}

fn sends_only_to(rule: &Value, backend: &Value) -> bool {
    matches!(rule["backendRefs"].as_array().map(Vec::as_slice), Some([only]) if is_same(only, backend))
}

fn sends_also_to(rule: &Value, backend: &Value) -> bool {
    rule["backendRefs"].as_array().is_some_and(|all| all.iter().any(|one| is_same(one, backend)))
}

/// Nothing says what of a backend's filters the new side should have, and the old one would lose them.
fn check_plain(rule: usize, backend: &Value) -> Result<(), StrategyError> {
    let more = backend.as_object().and_then(|fields| {
        fields.keys().find(|field| !IDENTITY.contains(&field.as_str()) && *field != "weight").cloned()
    });
    match more {
        Some(field) => Err(StrategyError::Unsplittable(format!("rule {rule} has `{field}` at its backend"))),
        None => Ok(()),
    }
}

fn with_weight(backend: &Value, percent: u8) -> Value {
    let mut weighted = backend.clone();
    // The API server's defaults, said outright: what is read back is then what was written.
    for (field, default) in [("group", ""), ("kind", "Service")] {
        if weighted[field].is_null() {
            weighted[field] = default.into();
        }
    }
    weighted["weight"] = percent.into();
    weighted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moving(others_stay: bool) -> RouteSpec {
        RouteSpec { others_stay, ..spec("new") }
    }

    #[test]
    fn a_backend_in_the_route_s_own_namespace_is_the_same_whether_it_is_said_or_not() {
        let said = json!({"kind": "Service", "group": "", "namespace": "shop", "name": "old", "port": 80, "weight": 1});
        let other =
            json!({"kind": "Service", "group": "", "namespace": "shop", "name": "other", "port": 80, "weight": 1});
        let elsewhere =
            json!({"kind": "Service", "group": "", "namespace": "lab", "name": "old", "port": 80, "weight": 1});
        let rules = json!([{"backendRefs": [said]}, {"backendRefs": [other]}, {"backendRefs": [elsewhere]}]);
        let stages = moving(false).stages(&Snapshot::Rules(rules.clone()), &[0, 100]).unwrap();
        let Snapshot::Rules(last) = &stages[1] else { panic!("{stages:?}") };
        assert_eq!(last[0]["backendRefs"][1]["weight"], 100);
        assert_eq!((&last[1], &last[2]), (&rules[1], &rules[2]), "what does not move stays as it is written");
    }

    #[test]
    fn what_else_leads_to_the_old_service_is_refused_until_it_is_said_to_stay() {
        let to = |port: u16| json!({"kind": "Service", "group": "", "name": "old", "port": port, "weight": 1});
        let mirror = json!({"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "old", "namespace": "shop", "port": 80}}});
        for (rules, said) in [
            (json!([{"backendRefs": [to(80)]}, {"backendRefs": [to(8080)]}]), "rule 1, by port 8080"),
            (json!([{"backendRefs": [to(80)], "filters": [mirror]}]), "a mirror of rule 0"),
            (json!([{"backendRefs": [to(80)]}, {"backendRefs": [], "filters": [mirror]}]), "a mirror of rule 1"),
        ] {
            let rules = Snapshot::Rules(rules);
            let refused = moving(false).stages(&rules, &[0, 100]).unwrap_err();
            assert!(refused.to_string().contains(said), "{refused}");
            assert!(moving(true).stages(&rules, &[0, 100]).is_ok());
        }
    }

    fn backend(name: &str) -> Value {
        json!({"group": "", "kind": "Service", "name": name, "port": 80})
    }

    #[test]
    fn what_would_be_lost_or_go_on_is_refused() {
        let (old, new) = (backend("old"), backend("new"));
        let split = |rules: Value| stages(&rules, &old, &new, &[0, 100]).map_err(|error| error.to_string());
        let alone = json!({"backendRefs": [old]});
        assert_eq!(split(json!([alone, {"backendRefs": [backend("other")]}])).unwrap().len(), 2);
        let canary = json!({"backendRefs": [old, backend("canary")]});
        assert!(split(json!([alone, canary])).unwrap_err().contains("rule 1"));
        let mut filtered = old.clone();
        filtered["filters"] = json!([{"type": "RequestHeaderModifier"}]);
        assert!(split(json!([{"backendRefs": [filtered]}])).unwrap_err().contains("`filters`"));
    }

    /// It answers 500 today, and its form put to the new side would be an outage that nobody can take back.
    #[test]
    fn a_side_that_was_taken_out_of_service_is_not_moved() {
        let (old, new) = (backend("old"), backend("new"));
        let out = |weight: u32| json!([{"backendRefs": [with_weight(&old, 0)]}, {"backendRefs": [{"weight": weight, "name": "x"}]}]);
        let error = stages(&out(1), &old, &new, &[0, 100]).unwrap_err().to_string();
        assert!(error.contains("rule 0") && error.contains("weight 0"), "{error}");
    }

    fn spec(new: &str) -> RouteSpec {
        let backend =
            |name: &str| Backend { group: String::new(), kind: service(), name: name.to_owned(), port: Some(80) };
        let (cluster, namespace, name) = ("prod".to_owned(), "shop".to_owned(), "web".to_owned());
        RouteSpec { cluster, namespace, name, old: backend("old"), new: backend(new), others_stay: false }
    }

    #[test]
    fn a_route_that_keeps_sessions_on_a_backend_is_refused_with_the_command_that_ends_it() {
        let plain = json!({"backendRefs": [backend("old")]});
        let split = |rules: Value| spec("new").stages(&Snapshot::Rules(rules), &[0, 100]);
        assert_eq!(split(json!([plain])).unwrap().len(), 2);
        for persistence in [
            json!({"type": "Cookie"}),
            json!({"type": "Header", "sessionName": "x-session"}),
            json!({"type": "Cookie", "cookieConfig": {"lifetimeType": "Permanent"}, "absoluteTimeout": "8h"}),
        ] {
            let mut sticky = plain.clone();
            sticky["sessionPersistence"] = persistence;
            let Err(StrategyError::Sticky { what, command }) = split(json!([plain, sticky])) else {
                panic!("{sticky} is split")
            };
            assert!(what.starts_with("rule 1 "), "{what}");
            assert!(
                command.starts_with("kubectl --context 'prod' --namespace 'shop' patch httproute 'web'"),
                "{command}"
            );
            assert!(!command.contains("sessionPersistence"), "{command}");
        }
    }

    #[test]
    fn a_route_from_a_backend_to_itself_is_refused() {
        let long = json!({"group": "", "kind": "Service", "name": "old", "port": 80, "weight": 1});
        let short = json!({"name": "old", "port": 80});
        for (old, new) in [(&long, &backend("old")), (&short, &short), (&short, &backend("old"))] {
            let rules = json!([{"backendRefs": [old]}]);
            let error = stages(&rules, old, new, &[0, 100]).unwrap_err();
            assert_eq!(error, StrategyError::SameSide("the backend old".to_owned()), "{old} and {new}");
        }
        let other_port = json!({"name": "old", "port": 81});
        assert!(stages(&json!([{"backendRefs": [short]}]), &short, &other_port, &[0, 100]).is_ok());
    }
}

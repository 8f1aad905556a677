//! What other HTTPRoutes of a cluster do to a route that is moved: an older one that takes its requests, and those that lead to the
//! old side as well.
//!
//! Source: Gateway API, `HTTPRouteRule` (of rules of several routes that match alike the one of the older route wins, then the one
//! that comes first by namespace and name) and `HTTPBackendRef`.

use crate::spec::{ShiftSpec, WaveSpec};
use crate::strategy::Strategy;
use crate::strategy::route::RouteSpec;
use crate::surroundings::{Shared, SurroundingsError};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Holds the routes of a wave against all that stand in their clusters: `routes` has them by the kubeconfig context, each as the API
/// gives it. A cluster that is not among them is not judged.
///
/// # Errors
/// [`SurroundingsError::Shared`]: the first shift with such routes that its `shared_with` does not name, as `NAMESPACE/NAME`.
pub fn check_routes(spec: &WaveSpec, routes: &BTreeMap<String, Vec<Value>>) -> Result<(), SurroundingsError> {
    spec.shifts.iter().zip(1..).try_for_each(|(shift, number)| {
        let Strategy::Route(moved) = &shift.strategy else { return Ok(()) };
        let Some(all) = routes.get(&moved.cluster) else { return Ok(()) };
        let mut shared = beside(moved, &spec.shifts, all);
        shared.retain(|shared| !shift.shared_with.contains(&shared.name));
        if shared.is_empty() { Ok(()) } else { Err(SurroundingsError::Shared { shift: number, shared }) }
    })
}

fn beside(moved: &RouteSpec, shifts: &[ShiftSpec], all: &[Value]) -> Vec<Shared> {
    let Some(own) = all.iter().find(|route| place(route) == (&moved.namespace, &moved.name)) else { return Vec::new() };
    // Another shift of the wave takes it from the same side.
    let is_moved = |route: &Value| {
        shifts.iter().any(|shift| match &shift.strategy {
            Strategy::Route(other) => {
                other.cluster == moved.cluster
                    && place(route) == (&other.namespace, &other.name)
                    && other.namespace == moved.namespace
                    && other.old == moved.old
            }
            _ => false,
        })
    };
    let others = all.iter().filter(|route| place(route) != place(own));
    others
        .filter_map(|other| {
            let (namespace, name) = place(other);
            let name = format!("{namespace}/{name}");
            if let Some(what) = taken(own, moved, other) {
                let why = format!("route {name} is older and takes {what}: what is written here moves nobody of these");
                return Some(Shared { name, why });
            }
            let stays = !is_moved(other) && leads_to(other, moved);
            let why =
                format!("route {name} leads to the same {} {} and goes on doing so", moved.old.kind, moved.old.name);
            stays.then_some(Shared { name, why })
        })
        .collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// Namespace and name.
fn place(route: &Value) -> (&str, &str) {
    (text(route, "/metadata/namespace"), text(route, "/metadata/name"))
}

/// The first requests to the old side that another route takes before ours, for a person; none when it takes none.
fn taken(own: &Value, moved: &RouteSpec, other: &Value) -> Option<String> {
    let age = |route| (text(route, "/metadata/creationTimestamp").to_owned(), place(route));
    let meet = || parents(own).any(|one| parents(other).any(|two| is_one_listener((one, own), (two, other))));
    if age(other) >= age(own) || is_refused(other) || !meet() {
        return None;
    }
    let host = hosts(own).into_iter().find(|host| hosts(other).contains(host))?;
    let to_old = list(own, "/spec/rules").filter(|rule| rule_leads_to(rule, &moved.namespace, moved));
    let theirs: BTreeSet<String> = list(other, "/spec/rules").flat_map(matches).collect();
    let same = to_old.flat_map(matches).find(|one| theirs.contains(one))?;
    Some(format!("the requests for {} that match {same}", if host.is_empty() { "any host" } else { &host }))
}

fn parents(route: &Value) -> impl Iterator<Item = &Value> {
    list(route, "/spec/parentRefs")
}

/// Whether two routes are attached to one listener, each by one of its parents: one that names no listener and no port is attached to
/// all of its Gateway.
fn is_one_listener((one, own): (&Value, &Value), (two, other): (&Value, &Value)) -> bool {
    let namespace = |parent: &Value, route: &Value| parent["namespace"].as_str().unwrap_or(place(route).0).to_owned();
    let alike = |field: &str| one[field].is_null() || two[field].is_null() || one[field] == two[field];
    namespace(one, own) == namespace(two, other) && one["name"] == two["name"] && alike("sectionName") && alike("port")
}

/// Whether every controller says that it does not take the route (`Accepted`): such a route takes no requests.
fn is_refused(route: &Value) -> bool {
    let says_no = |parent: &Value| {
        list(parent, "/conditions").any(|condition| condition["type"] == "Accepted" && condition["status"] == "False")
    };
    let mut said = list(route, "/status/parents").peekable();
    said.peek().is_some() && said.all(says_no)
}

/// The hosts of a route; the empty one where it names none.
fn hosts(route: &Value) -> BTreeSet<String> {
    let named: BTreeSet<String> =
        list(route, "/spec/hostnames").filter_map(Value::as_str).map(str::to_lowercase).collect();
    if named.is_empty() { BTreeSet::from([String::new()]) } else { named }
}

/// The matches of a rule in one form, with the API's defaults said outright.
fn matches(rule: &Value) -> Vec<String> {
    let all: Vec<Value> = list(rule, "/matches").cloned().collect();
    let all = if all.is_empty() { vec![json!({})] } else { all };
    let pairs = |one: &Value, field: &str| {
        let of = |pair: &Value| {
            let kind = pair["type"].as_str().unwrap_or("Exact");
            format!(" {field} {} {kind} {}", text(pair, "/name").to_lowercase(), text(pair, "/value"))
        };
        list(one, &format!("/{field}")).map(of).collect::<BTreeSet<String>>().into_iter().collect::<String>()
    };
    all.iter()
        .map(|one| {
            let kind = one["path"]["type"].as_str().unwrap_or("PathPrefix");
            let path = one["path"]["value"].as_str().unwrap_or("/");
            // A prefix is the same with and without its last slash.
            let path = if kind == "PathPrefix" && path.len() > 1 { path.trim_end_matches('/') } else { path };
            let method = one["method"].as_str().map(|method| format!(" method {method}")).unwrap_or_default();
            format!("path {kind} {path}{method}{}{}", pairs(one, "headers"), pairs(one, "queryParams"))
        })
        .collect()
}

/// Whether a rule or a mirror of a route leads to the old side.
fn leads_to(route: &Value, moved: &RouteSpec) -> bool {
    list(route, "/spec/rules").any(|rule| rule_leads_to(rule, place(route).0, moved))
}

fn rule_leads_to(rule: &Value, namespace: &str, moved: &RouteSpec) -> bool {
    let is_old = |one: &Value| {
        one["name"] == moved.old.name.as_str()
            && one["kind"].as_str().unwrap_or("Service") == moved.old.kind
            && one["group"].as_str().unwrap_or_default() == moved.old.group
            && one["namespace"].as_str().unwrap_or(namespace) == moved.namespace
    };
    let backends = || list(rule, "/backendRefs");
    let filters = [rule].into_iter().chain(backends()).flat_map(|one| list(one, "/filters"));
    backends().any(is_old) || filters.into_iter().any(|filter| is_old(&filter["requestMirror"]["backendRef"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::WorkloadId;

    fn route(name: &str, year: u16, host: &str, path: &str, to: &str) -> Value {
        json!({
            "metadata": {"namespace": "shop", "name": name, "creationTimestamp": format!("{year}-01-01T00:00:00Z")},
            "spec": {
                "parentRefs": [{"name": "public", "namespace": "gateways"}],
                "hostnames": [host],
                "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": path}}], "backendRefs": [{"name": to, "port": 80}]}],
            },
        })
    }

    fn refused(others: &[Value], shared_with: &[&str]) -> Option<String> {
        refused_of(&route("web", 2025, "shop.example.com", "/", "old"), others, shared_with)
    }

    fn refused_of(moved: &Value, others: &[Value], shared_with: &[&str]) -> Option<String> {
        let strategy = json!({"route": {
            "cluster": "prod", "namespace": "shop", "name": "web", "old": {"name": "old", "port": 80}, "new": {"name": "new", "port": 80},
        }});
        let spec = json!({
            "schema": "caravan.wave-spec/v1", "wave": "w",
            "shifts": [{
                "workload": WorkloadId::new("ecs/web"), "strategy": strategy, "shared_with": shared_with,
                "probes": {"old": [], "new": []}, "stages": [0, 100], "gate": {"bake": 1, "every": 1, "rounds": 1},
            }],
        });
        let spec: WaveSpec = serde_json::from_value(spec).unwrap();
        let mut all = vec![moved.clone()];
        all.extend(others.iter().cloned());
        check_routes(&spec, &BTreeMap::from([("prod".to_owned(), all)])).err().map(|error| error.to_string())
    }

    #[test]
    fn an_older_route_that_takes_the_requests_is_refused_until_it_is_named() {
        let elder = route("elder", 2024, "Shop.example.com", "/", "elsewhere");
        let said = refused(std::slice::from_ref(&elder), &[]).unwrap();
        assert!(said.contains("route shop/elder is older and takes the requests for shop.example.com"), "{said}");
        assert_eq!(refused(&[elder], &["shop/elder"]), None);
        let mut alike = route("a-twin", 2025, "shop.example.com", "/", "elsewhere");
        alike["spec"]["rules"][0]["matches"] = Value::Null;
        assert!(
            refused(&[alike], &[]).is_some(),
            "of the same age, and first by its name; without a match it takes all"
        );
        for harmless in [
            route("younger", 2026, "shop.example.com", "/", "elsewhere"),
            route("other-host", 2024, "www.example.com", "/", "elsewhere"),
            route("other-path", 2024, "shop.example.com", "/api", "elsewhere"),
        ] {
            assert_eq!(refused(std::slice::from_ref(&harmless), &[]), None, "{harmless}");
        }
        let elder = || route("elder", 2024, "shop.example.com", "/", "elsewhere");
        let mut elsewhere = elder();
        elsewhere["spec"]["parentRefs"][0]["name"] = "internal".into();
        assert_eq!(refused(&[elsewhere], &[]), None);
        let mut unaccepted = elder();
        unaccepted["status"]["parents"] = json!([{"conditions": [{"type": "Accepted", "status": "False"}]}]);
        assert_eq!(refused(&[unaccepted], &[]), None);
    }

    /// Redirects to HTTPS stand on a listener of their own: the commonest layout.
    #[test]
    fn an_older_route_on_another_listener_takes_nothing() {
        for (field, http, https) in [("sectionName", json!("http"), json!("https")), ("port", json!(80), json!(443))] {
            let mut moved = route("web", 2025, "shop.example.com", "/api", "old");
            moved["spec"]["parentRefs"][0][field] = https.clone();
            let mut elder = route("elder", 2024, "shop.example.com", "/api/", "elsewhere");
            elder["spec"]["parentRefs"][0][field] = http;
            assert_eq!(refused_of(&moved, std::slice::from_ref(&elder), &[]), None);
            elder["spec"]["parentRefs"][0][field] = https;
            assert!(refused_of(&moved, &[elder], &[]).is_some(), "a slash at the end of a prefix says nothing");
        }
    }

    #[test]
    fn a_route_that_leads_to_the_old_side_too_is_refused_until_it_is_named() {
        let second = route("second", 2026, "api.example.com", "/", "old");
        let said = refused(std::slice::from_ref(&second), &[]).unwrap();
        assert!(said.contains("route shop/second leads to the same Service old and goes on doing so"), "{said}");
        assert_eq!(refused(std::slice::from_ref(&second), &["shop/second"]), None);
        let mut namesake = second;
        namesake["metadata"]["namespace"] = "lab".into();
        assert_eq!(refused(std::slice::from_ref(&namesake), &[]), None, "another namespace's Service of that name");
        namesake["spec"]["rules"][0]["filters"] = json!([{"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "old", "namespace": "shop", "port": 80}}}]);
        assert!(refused(&[namesake], &[]).unwrap().contains("route lab/second"));
    }
}

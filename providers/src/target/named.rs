//! Whose backend a gateway's word about a route is about.
//!
//! Conditions are of the whole route (Gateway API, `RouteParentStatus`), and their messages name a backend: `Backend shop/old not found`,
//! `no ready endpoints for the related Service shop/admin`. A message that names none is about all of it.

use super::backend::Backend;
use serde_json::Value;

/// Whom a word is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum About {
    /// One of the backends that were asked for.
    These,
    /// Other backends of the route: another side's, another rule's, or a mirror, whose answers nobody gets.
    Others,
    /// The route as a whole.
    Route,
}

/// Words that are backends' names now and then and stand in such messages for what they are.
const COMMON: &[&str] = &["backend", "endpoints", "filter", "gateway", "port", "route", "rule", "service"];

/// Whom a text about a route is about, for whoever asks of some of its backends.
#[must_use]
pub fn about(route: &Value, text: &str, these: &[Backend]) -> About {
    let is_these = |(namespace, name): &(String, String)| {
        these.iter().any(|backend| backend.name == *name && backend.namespace == *namespace)
    };
    let backends = backends(route);
    let whole = |(namespace, name): &&(String, String)| has(text, &format!("{namespace}/{name}"));
    let bare = |(_, name): &&(String, String)| !COMMON.contains(&name.as_str()) && has(text, name);
    let mut named: Vec<&(String, String)> = backends.iter().filter(whole).collect();
    if named.is_empty() {
        named = backends.iter().filter(bare).collect();
    }
    match (named.is_empty(), named.iter().any(|one| is_these(one))) {
        (false, true) => About::These,
        (false, false) => About::Others,
        (true, _) if has(text, "RequestMirror") => About::Others,
        (true, _) => About::Route,
    }
}

/// Whether a text names any backend of a route.
pub(crate) fn names_a_backend(route: &Value, text: &str) -> bool {
    about(route, text, &[]) == About::Others
}

/// Every backend of a route, mirrors among them, by namespace and name.
fn backends(route: &Value) -> Vec<(String, String)> {
    let own = route["metadata"]["namespace"].as_str().unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let rules = list(&route["spec"]["rules"]);
    let mut references: Vec<Value> = rules.iter().flat_map(|rule| list(&rule["backendRefs"])).collect();
    let filters = rules
        .iter()
        .flat_map(|rule| list(&rule["filters"]))
        .chain(references.iter().flat_map(|one| list(&one["filters"])));
    let mirrors: Vec<Value> = filters.map(|filter| filter["requestMirror"]["backendRef"].clone()).collect();
    references.extend(mirrors);
    let of = |reference: &Value| {
        let namespace = reference["namespace"].as_str().unwrap_or(own);
        reference["name"].as_str().map(|name| (namespace.to_owned(), name.to_owned()))
    };
    references.iter().filter_map(of).collect()
}

/// Whether a word stands in a text with no more of a name around it.
fn has(text: &str, word: &str) -> bool {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.match_indices(word).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(is_of_name) && !after.is_some_and(is_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_word_is_about_the_backend_that_it_names() {
        let mirror = json!({"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "copy", "port": 80}}});
        let route = json!({"metadata": {"namespace": "shop"}, "spec": {"rules": [
            {"backendRefs": [{"name": "old", "weight": 0}, {"name": "new", "namespace": "next"}], "filters": [mirror]},
            {"backendRefs": [{"name": "new-admin"}, {"name": "service"}]},
        ]}});
        let backend = |namespace: &str, name: &str| Backend {
            group: String::new(),
            kind: "Service".to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            port: Some(80),
        };
        let new = [backend("next", "new")];
        for (text, whom) in [
            ("BackendNotFound (Service next/new not found)", About::These),
            ("TCP Port 81 not found on Service next/new", About::These),
            ("backend(new.next.svc.cluster.local) not found", About::These),
            ("Backend shop/old not found", About::Others),
            ("no ready endpoints for the related Service shop/new-admin", About::Others),
            ("Failed to validate the RequestMirror filter: Service shop/copy not found", About::Others),
            ("Failed to validate the RequestMirror filter", About::Others),
            ("no service is there", About::Route),
            ("Service elsewhere/newer not found", About::Route),
            ("the rules overlap", About::Route),
        ] {
            assert_eq!(about(&route, text, &new), whom, "{text}");
        }
        assert!(names_a_backend(&route, "Service next/new not found") && !names_a_backend(&route, "overlap"));
    }
}

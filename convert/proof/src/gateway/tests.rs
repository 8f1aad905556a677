//! The order in which a gateway tries its rules, and what they answer.

use super::{Gateway, Taken};
use crate::requests::Request;
use serde_json::{Value, json};

fn rule(path: (&str, &str), more: Value, filter: &str) -> Value {
    let mut one = json!({"path": {"type": path.0, "value": path.1}});
    for (name, value) in more.as_object().into_iter().flatten() {
        one[name] = value.clone();
    }
    let name = json!({"type": "ExtensionRef", "extensionRef": {"name": filter}});
    json!({"matches": [one], "filters": [name]})
}

fn route(hosts: &[&str], rules: &[Value]) -> Value {
    json!({"kind": "HTTPRoute", "metadata": {"name": "r"}, "spec": {"hostnames": hosts, "rules": rules}})
}

/// A rule that leads to the app, and the app's Service.
fn app() -> (Value, Value) {
    let service = json!({"kind": "Service", "metadata": {"name": "app"}, "spec": {"ports": [{"port": 80}]}});
    (json!({"backendRefs": [{"name": "app", "port": 80}]}), service)
}

fn filter(name: &str, status: u16) -> Value {
    let direct =
        json!({"statusCode": status, "contentType": "text/plain", "body": {"inline": format!("100%% {name}")}});
    json!({"kind": "HTTPRouteFilter", "metadata": {"name": name}, "spec": {"directResponse": direct}})
}

fn body(gateway: &Gateway, method: &str, url: &str, headers: &[(&str, &str)]) -> String {
    let mut request = Request::new(method, url.to_owned());
    request.headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    match gateway.take(&request) {
        Taken::Answered(answer) => String::from_utf8(answer.bytes()).unwrap(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_most_specific_rule_of_the_most_specific_host_takes_a_request() {
    let rules = [
        rule(("PathPrefix", "/"), json!({}), "any"),
        rule(("PathPrefix", "/a"), json!({}), "prefix"),
        rule(("RegularExpression", "/a/.*"), json!({}), "expression"),
        rule(("RegularExpression", "/a/.*$"), json!({}), "longer"),
        rule(("Exact", "/a/b"), json!({}), "exact"),
        rule(("PathPrefix", "/"), json!({"method": "POST"}), "post"),
        rule(
            ("PathPrefix", "/"),
            json!({"headers": [{"type": "RegularExpression", "name": "x-a", "value": "y.*"}]}),
            "header",
        ),
    ];
    let below = [rule(("PathPrefix", "/"), json!({}), "below")];
    let names = ["any", "prefix", "expression", "longer", "exact", "post", "header", "below"];
    let mut manifests: Vec<Value> = names.iter().map(|name| filter(name, 200)).collect();
    manifests.push(route(&["example.com"], &rules));
    manifests.push(route(&["*.example.com"], &below));
    let gateway = Gateway::of(&manifests).unwrap();
    for (method, url, headers, wanted) in [
        ("GET", "https://example.com/z", &[][..], "100% any"),
        ("GET", "https://example.com/a", &[], "100% prefix"),
        ("GET", "https://example.com/ab", &[], "100% any"),
        ("GET", "https://example.com/a/c?x=1", &[], "100% longer"),
        ("GET", "https://example.com/a/b", &[], "100% exact"),
        ("POST", "https://example.com/z", &[], "100% post"),
        ("POST", "https://example.com/a/b", &[], "100% exact"),
        ("GET", "https://example.com/z", &[("X-A", "yes")], "100% header"),
        ("GET", "https://example.com/z", &[("X-A", "no")], "100% any"),
        ("HEAD", "https://example.com/z", &[], ""),
        ("GET", "https://x.example.com/a", &[], "100% below"),
        ("GET", "https://other.org/a", &[], "Nobody"),
        ("GET", "https://example.com//a", &[], "Unsaid"),
        ("GET", "https://example.com/%7Eu", &[], "Unsaid"),
        ("GET", "https://example.com/a%20b", &[], "100% any"),
    ] {
        assert_eq!(body(&gateway, method, url, headers), wanted, "{method} {url} {headers:?}");
    }
}

#[test]
fn a_redirect_keeps_what_nothing_is_said_of() {
    let to = |redirect: Value| {
        let rule = json!({"filters": [{"type": "RequestRedirect", "requestRedirect": redirect}]});
        let gateway = Gateway::of(&[route(&["example.com"], &[rule])]).unwrap();
        match gateway.take(&Request::new("GET", "https://example.com/a/b?c=d".to_owned())) {
            Taken::Answered(answer) => format!("{} {}", answer.status, answer.headers[0].1),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(to(json!({"hostname": "www.example.com", "statusCode": 301})), "301 https://www.example.com/a/b?c=d");
    assert_eq!(to(json!({"scheme": "http", "port": 8080, "statusCode": 302})), "302 http://example.com:8080/a/b?c=d");
    let whole = json!({"path": {"type": "ReplaceFullPath", "replaceFullPath": "/x"}, "port": 443, "statusCode": 301});
    assert_eq!(to(whole), "301 https://example.com/x?c=d");
}

#[test]
fn what_the_model_does_not_know_is_said() {
    let query = json!({"matches": [{"queryParams": [{"name": "a", "value": "b"}]}]});
    assert!(Gateway::of(&[route(&["example.com"], &[query])]).is_err());
    let mirror = json!({"filters": [{"type": "RequestMirror"}]});
    assert!(Gateway::of(&[route(&["example.com"], &[mirror])]).is_err());
    assert!(Gateway::of(&[route(&["example.com"], &[rule(("Exact", "/"), json!({}), "gone")])]).is_err());
    for filter in [
        json!({"type": "ResponseHeaderModifier", "responseHeaderModifier": {"add": [{"name": "a", "value": "b"}]}}),
        json!({"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "a", "value": "b"}]}}),
        json!({"type": "RequestRedirect", "requestRedirect": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}}),
    ] {
        assert!(Gateway::of(&[route(&["example.com"], &[json!({"filters": [filter]})])]).is_err(), "{filter}");
    }
}

/// Whoever decides beside the routes what callers get makes the model's word none.
#[test]
fn a_policy_that_changes_answers_is_named_and_a_real_gateway_may_still_be_asked() {
    let of = |kind: &str, spec: Value| {
        let policy = json!({"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": kind, "metadata": {"name": "p"}, "spec": spec});
        let manifests = [route(&["example.com"], &[json!({})]), policy];
        let hosts = Gateway::unsaid(&manifests);
        assert_eq!((hosts.hosts(), hosts.is_empty()), (vec!["example.com".to_owned()], false));
        assert_eq!(hosts.take(&Request::new("GET", "https://example.com/".to_owned())), Taken::Unsaid);
        Gateway::of(&manifests).map(|_| ()).map_err(|error| error.to_string())
    };
    for (kind, spec, what) in [
        ("SecurityPolicy", json!({"jwt": {}}), "(SecurityPolicy)"),
        ("EnvoyExtensionPolicy", json!({}), "(EnvoyExtensionPolicy)"),
        ("BackendTrafficPolicy", json!({"timeout": {}, "rateLimit": {}}), "(BackendTrafficPolicy, rateLimit)"),
    ] {
        let said = of(kind, spec).unwrap_err();
        assert!(said.contains(what) && said.contains("--gateway URL"), "{said}");
    }
    assert_eq!(
        of("BackendTrafficPolicy", json!({"targetRefs": [], "mergeType": "StrategicMerge", "timeout": {}})),
        Ok(())
    );
}

#[test]
fn headers_that_a_route_sets_and_takes_away_are_laid_over_every_kind_of_answer() {
    let modifier = json!({"set": [{"name": "X-Frame-Options", "value": "100%%"}], "remove": ["X-Old"]});
    let headers = json!({"type": "ResponseHeaderModifier", "responseHeaderModifier": modifier});
    let redirect =
        json!({"type": "RequestRedirect", "requestRedirect": {"hostname": "b.example.com", "statusCode": 301}});
    let take = |filters: Value| {
        let (mut rule, service) = app();
        rule["filters"] = filters;
        let gateway = Gateway::of(&[route(&["example.com"], &[rule]), service]).unwrap();
        gateway.take(&Request::new("GET", "https://example.com/".to_owned()))
    };
    let Taken::Answered(answer) = take(json!([headers.clone(), redirect])) else { panic!() };
    assert_eq!(answer.values("x-frame-options"), ["100%"]);
    assert_eq!(answer.values("location"), ["https://b.example.com/"]);
    let Taken::Backend(laid) = take(json!([headers])) else { panic!() };
    let given = [("x-frame-options", "DENY"), ("x-old", "1"), ("x-other", "2")];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let mut answer = crate::answer::Answer { status: 200, headers: given.clone(), ..Default::default() };
    laid.over(&mut answer);
    assert_eq!(answer.values("x-frame-options"), ["100%"]);
    assert!(answer.values("x-old").is_empty() && answer.values("x-other") == ["2"]);
    // Of a script that threw nothing but that is compared.
    let mut threw = crate::answer::Answer { status: 500, threw: true, ..Default::default() };
    laid.over(&mut threw);
    assert!(threw.headers.is_empty());
}

#[test]
fn a_header_whose_name_has_an_underscore_is_refused() {
    let (rule, service) = app();
    let gateway = Gateway::of(&[route(&["example.com"], &[rule]), service]).unwrap();
    let mut request = Request::new("GET", "https://example.com/".to_owned());
    assert!(matches!(gateway.take(&request), Taken::Backend(_)));
    request.headers.push(("x_api_key".to_owned(), "let-me-in".to_owned()));
    assert!(matches!(gateway.take(&request), Taken::Answered(answer) if answer.status == 400));
}

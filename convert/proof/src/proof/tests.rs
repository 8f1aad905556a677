//! What becomes of answers on their way through the gateway, and what no route may take.

use super::Proof;
use crate::answer::{Answer, Exchange};
use crate::bodies::carried;
use crate::gateway::Gateway;
use crate::proven::{Proven, Standing};
use crate::recorded::recorded;
use crate::requests::Request;
use caravan_convert_lift::plconfig::{PlConfig, Worker};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A Worker for some paths of a host, that runs in workerd, or became routes.
fn proof(patterns: &[&str], rules: &Value, runs: bool, requests: &str) -> Proof {
    let body = json!({"name": "part", "compatibility_date": "2025-06-01", "routes": patterns, "modules": [
        {"name": "index.js", "type": "esm", "content": "export default { fetch(r) { return new Response(new URL(r.url).pathname); } };"},
    ]});
    let manifests = [
        json!({"kind": "HTTPRoute", "metadata": {"name": "part"}, "spec": {
            "hostnames": ["part.example.com"], "rules": rules,
        }}),
        json!({"kind": "Service", "metadata": {"name": "part-web"}, "spec": {"ports": [{"port": 80}]}}),
    ];
    let config = PlConfig { worker: runs.then(Worker::default), ..PlConfig::default() };
    let config_of = "(name = \"internet\", network = (allow = [\"public\"])),";
    let files = BTreeMap::from([("config.capnp".to_owned(), format!("    {config_of}\n"))]);
    let recorded = if requests.is_empty() { Vec::new() } else { recorded(requests).unwrap() };
    let gateway = Gateway::of(&manifests).unwrap();
    Proof::of("worker/files/part/default", &[&body], &config, &manifests, gateway, files, &recorded).unwrap()
}

fn path(kind: &str, value: &str) -> Value {
    let matches = json!([{"path": {"type": kind, "value": value}}]);
    json!([{"matches": matches, "backendRefs": [{"name": "part-web", "port": 80}]}])
}

fn shown(proven: &Proven) -> Vec<(&str, &str)> {
    proven.differences.iter().map(|one| (one.what.as_str(), one.request.as_str())).collect()
}

#[test]
fn a_route_that_takes_what_cloudflare_gives_to_somebody_else_is_a_difference() {
    let patterns = ["part.example.com/api/*"];
    let right = proof(&patterns, &path("RegularExpression", "/api/.*"), true, "");
    assert_eq!(shown(&right.proven), []);
    assert!(right.proven.outside > 5 && right.proven.asked > 5, "{:?}", right.proven);
    assert!(right.suggested.requests.iter().all(|one| one.path_and_query().0.starts_with("/api/")));
    let wide = proof(&patterns, &path("PathPrefix", "/"), true, "");
    assert_eq!(wide.proven.standing, Standing::Differs);
    assert!(shown(&wide.proven).iter().all(|(what, _)| *what == "route"), "{:?}", shown(&wide.proven));
    assert_eq!(wide.proven.differ, right.proven.outside);
    // One step wider: the path itself, without its slash.
    let prefix = proof(&patterns, &path("PathPrefix", "/api"), true, "");
    assert_eq!(shown(&prefix.proven), [("route", "GET https://part.example.com/api")]);
}

#[test]
fn a_recorded_request_for_another_path_is_asked_of_nobody_and_held_to_the_routes() {
    let (patterns, lines) = (
        ["part.example.com/api/*"],
        "{\"url\": \"https://part.example.com/of/another\"}\n{\"url\": \"https://part.example.com/api/x\"}\n",
    );
    let right = proof(&patterns, &path("RegularExpression", "/api/.*"), true, lines);
    assert_eq!((right.proven.recorded, right.proven.standing), (2, Standing::Same));
    assert!(right.suggested.requests.iter().all(|one| !one.url.ends_with("/of/another")));
    let wide = proof(&patterns, &path("PathPrefix", "/of"), true, lines);
    assert_eq!(shown(&wide.proven), [("route", "GET https://part.example.com/of/another")]);
}

/// A Worker that answers one of two words, by chance or not.
fn chooser(script: &str) -> Proof {
    let mut proof = proof(&["part.example.com/*"], &path("PathPrefix", "/"), true, "");
    proof.original.scripts = vec![script.to_owned()];
    proof
}

#[test]
fn what_a_script_draws_by_lot_is_the_same_once_each_side_drew_what_the_other_had() {
    let request = Request::new("GET", "https://part.example.com/x".to_owned());
    let pair = |one: &str, other: &str| Exchange { original: answered(one), converted: answered(other) };
    let first = [(&request, pair("control", "test"))];
    let drawn = "return new Response(Math.random() < 0.5 ? 'test' : 'control');";
    // Each side drew the other's.
    let mut proof = chooser(drawn);
    let left = proof.take_again(&first, &[pair("control", "test")]);
    let left = proof.take_chances(left, &[pair("test", "test")]);
    assert_eq!(left.len(), 1);
    let left = proof.take_chances(left, &[pair("control", "control")]);
    proof.give_up(left);
    assert_eq!((proof.proven.standing, proof.proven.by_shape), (Standing::Same, 1));
    // One that never draws what the other had first is another.
    let mut proof = chooser(drawn);
    let mut left = proof.take_again(&first, &[pair("test", "test")]);
    for _ in 0..8 {
        left = proof.take_chances(left, &[pair("test", "test")]);
    }
    proof.give_up(left);
    assert_eq!((proof.proven.standing, shown(&proof.proven).len()), (Standing::Differs, 1));
    // Who draws no lots is asked no more than once.
    let mut proof = chooser("return new Response('control');");
    assert!(proof.take_again(&first, &[pair("control", "test")]).is_empty());
    assert_eq!(proof.proven.standing, Standing::Differs);
}

fn answered(body: &str) -> Answer {
    Answer { status: 200, body: carried(body.as_bytes()), ..Answer::default() }
}

#[test]
fn what_the_gateway_does_to_an_answer_of_workerd_is_compared() {
    let mut rules = path("PathPrefix", "/");
    let set = json!({"set": [{"name": "X-Frame-Options", "value": "DENY"}]});
    let ask = |rules: &Value, url: &str, headers: &[(&str, &str)]| {
        let mut proof = proof(&["part.example.com/*"], rules, true, "");
        let mut request = Request::new("GET", format!("https://part.example.com{url}"));
        request.headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let requests = [request];
        let exchange = Exchange { original: answered("a"), converted: answered("a") };
        let first = proof.take(&requests, &mut [exchange.clone()]);
        proof.take_again(&first, &vec![exchange; first.len()]);
        proof.proven
    };
    let plain = ask(&rules, "/", &[]);
    assert_eq!((plain.standing, plain.compared, plain.unsaid), (Standing::Same, 1, 0));
    // Of a path that the gateway writes anew nothing is compared.
    let merged = ask(&rules, "/https://example.org/a", &[]);
    assert_eq!((merged.standing, merged.compared, merged.unsaid), (Standing::Same, 0, 1));
    assert!(ask(&rules, "/", &[("x_api_key", "a")]).differences.iter().any(|one| one.converted == "400"));
    rules[0]["filters"] = json!([{"type": "ResponseHeaderModifier", "responseHeaderModifier": set}]);
    let laid = ask(&rules, "/", &[]);
    assert_eq!(shown(&laid), [("header x-frame-options", "GET https://part.example.com/")]);
}

#[test]
fn a_route_to_something_else_is_a_difference() {
    for backends in [
        json!([{"name": "other-web", "port": 80}]),
        json!([{"name": "part-web", "port": 8080}]),
        json!([{"name": "part-web", "port": 80}, {"name": "other-web", "port": 80}]),
        json!([{"name": "part-web", "port": 80, "namespace": "others"}]),
        json!([{"name": "part-web", "port": 80, "group": "gateway.envoyproxy.io", "kind": "Backend"}]),
        json!([{"name": "part-web", "port": 80, "weight": 0}]),
        json!([]),
    ] {
        let mut rules = path("PathPrefix", "/");
        rules[0]["backendRefs"] = backends.clone();
        let mut proof = proof(&["part.example.com/*"], &rules, true, "");
        let request = [Request::new("GET", "https://part.example.com/".to_owned())];
        let same = Exchange { original: answered("a"), converted: answered("a") };
        assert!(proof.take(&request, &mut [same]).is_empty());
        assert_eq!(shown(&proof.proven), [("route", "GET https://part.example.com/")], "{backends}");
    }
}

#[test]
fn a_real_gateway_answers_for_itself() {
    let mut proof = proof(&["part.example.com/*"], &path("PathPrefix", "/elsewhere"), true, "");
    proof.through("https://gateway.example.com");
    let requests = [Request::new("GET", "https://part.example.com//a".to_owned())];
    let mut same = [Exchange { original: answered("a"), converted: answered("a") }];
    assert!(proof.take(&requests, &mut same).is_empty());
    let proven = proof.finish().unwrap();
    assert_eq!(
        (proven.by.as_str(), proven.compared, proven.standing),
        ("https://gateway.example.com", 1, Standing::Same)
    );
}

#[test]
fn a_worker_that_nothing_was_compared_of_is_not_shown() {
    let proof = proof(&["part.example.com/*"], &path("PathPrefix", "/"), true, "");
    let unproven = proof.finish().unwrap_err();
    assert!(
        unproven.reason.starts_with("of its ") && unproven.source == "worker/files/part/default",
        "{}",
        unproven.reason
    );
}

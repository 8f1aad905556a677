//! What attributes of balancers, listeners and groups come to: how long a request may be silent, headers of answers, questions,
//! and notes where somebody chose what has no twin.

use super::contested_tests::{Front, answer, fronts, host, ids, lifted, ours};
use crate::context::Context;
use crate::fixture::Fixture;
use crate::ledger::FieldVerdict;
use crate::plconfig::{Component, ComponentType, PlConfig, Seconds};
use crate::tracker::FieldTracker;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DESK: &str = "desk.ferry.example";

fn front(balancer: &str) -> Front<'_> {
    Front(balancer, 443, vec![(host(DESK), ours())], answer(404))
}

/// One balancer with a listener for the host.
fn plain() -> Fixture {
    fronts(&[front("alder")], &[(DESK, "alder")])
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

/// The same with attributes of everything of a kind.
fn with(fixture: Fixture, kind: ObservationKind, pairs: &[(&str, &str)]) -> Fixture {
    fixture.changed(kind, |body| body["Attributes"] = attributes(pairs))
}

/// What became of the values of attributes, by their keys: verdict and note.
fn values(fixture: &Fixture) -> BTreeMap<String, (String, String)> {
    let mut out = BTreeMap::new();
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
        super::map(&mut tracker, &context, &mut PlConfig::default(), &mut Component::default());
        let ledger = crate::walk::ledger(&mut tracker);
        for entry in
            ledger.entries().filter(|entry| entry.path.starts_with("/Attributes/") && entry.path.ends_with("/Value"))
        {
            let at = entry.path.trim_end_matches("/Value");
            let key = source.observations.iter().find_map(|seen| seen.body.pointer(&format!("{at}/Key")));
            let verdict = match &entry.verdict {
                FieldVerdict::Dropped { rule } => rule.to_string(),
                other => format!("{other:?}"),
            };
            let note = entry.note.clone().unwrap_or_default().into_owned();
            out.insert(key.and_then(Value::as_str).unwrap_or("").to_owned(), (verdict, note));
        }
    });
    out
}

#[test]
fn a_request_may_be_silent_as_long_as_the_longest_of_its_balancers_lets_it() {
    let idle = |fixture: &Fixture| lifted(fixture).0.idle_timeout;
    let balancer = ObservationKind::LoadBalancer;
    let of = |seconds: &str| with(plain(), balancer, &[("idle_timeout.timeout_seconds", seconds)]);
    assert_eq!((idle(&plain()), idle(&of("60"))), (None, None), "AWS's own is the format's own");
    for (seconds, wanted) in [("30", 30), ("120", 120), ("4000", 4000)] {
        assert_eq!(idle(&of(seconds)), Some(Seconds(wanted)));
        assert_eq!(lifted(&of(seconds)).0.timeout, None, "the whole has no bound");
        let (verdict, note) = &values(&of(seconds))["idle_timeout.timeout_seconds"];
        assert!(verdict == "Approximated" && note.contains("on its way"), "{verdict} {note}");
    }
    // Of two, the one that says nothing has 60 s.
    for (seconds, wanted) in [("30", None), ("90", Some(Seconds(90)))] {
        let fixture = fronts(&[front("alder"), front("birch")], &[(DESK, "alder")]);
        let fixture = fixture.changed(balancer, |body| {
            if body["LoadBalancerName"] == "birch" {
                body["Attributes"] = attributes(&[("idle_timeout.timeout_seconds", seconds)]);
            }
        });
        assert_eq!(idle(&fixture), wanted, "{seconds}");
    }
    // A network load balancer has its own, of each listener.
    for (pairs, wanted) in [(&[][..], 350), (&[("tcp.idle_timeout.seconds", "900")], 900)] {
        let fixture = plain().changed(balancer, |body| body["Type"] = json!("network"));
        assert_eq!(idle(&with(fixture, ObservationKind::Listener, pairs)), Some(Seconds(wanted)));
    }
}

#[test]
fn headers_that_a_listener_adds_to_answers_are_those_of_its_routes() {
    let listener = ObservationKind::Listener;
    for (pairs, wanted) in [
        (
            &[("routing.http.response.strict_transport_security.header_value", "max-age=31536000")][..],
            &[("Strict-Transport-Security", "max-age=31536000")][..],
        ),
        (
            &[
                ("routing.http.response.x_frame_options.header_value", "DENY"),
                ("routing.http.response.server.enabled", "false"),
                ("routing.http.response.content_security_policy.header_value", ""),
            ],
            &[("Server", ""), ("X-Frame-Options", "DENY")],
        ),
        (
            &[
                ("routing.http.response.access_control_allow_origin.header_value", "https://shop.example"),
                ("routing.http.response.server.enabled", "true"),
            ],
            &[("Access-Control-Allow-Origin", "https://shop.example")],
        ),
    ] {
        let fixture = with(plain(), listener, pairs);
        let (ingress, questions) = lifted(&fixture);
        let said: Vec<_> = ingress.response_headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(said, wanted);
        assert!(questions.is_empty() && ingress.hosts == [DESK], "{questions:?} {ingress:?}");
        let values = values(&fixture);
        let carried = pairs.iter().filter(|(_, value)| !matches!(*value, "" | "true"));
        assert!(carried.clone().all(|(key, _)| values[*key].0 == "Approximated"), "{values:?}");
    }
}

#[test]
fn where_listeners_differ_each_route_has_the_headers_of_its_own() {
    let both = || {
        let inside = Front("birch", 443, vec![(host("in.ferry.example"), ours())], answer(404));
        let records = [(DESK, "alder"), ("in.ferry.example", "birch")];
        fronts(&[front("alder"), inside], &records)
    };
    let frames = |value: &'static str| {
        move |body: &mut Value| {
            if body["ListenerArn"] == "alder:443" {
                body["Attributes"] = attributes(&[("routing.http.response.x_frame_options.header_value", value)]);
            }
        }
    };
    for value in ["DENY", "SAMEORIGIN"] {
        let (ingress, _) = lifted(&both().changed(ObservationKind::Listener, frames(value)));
        assert!(ingress.response_headers.is_empty(), "{ingress:?}");
        let of = |name: &str| {
            let route = ingress.routes.iter().find(|route| route.hosts == [name]);
            route.and_then(|route| route.response_headers.get("X-Frame-Options")).map(String::as_str)
        };
        assert_eq!((of(DESK), of("in.ferry.example")), (Some(value), None));
    }
    // A secret is not shown: it is asked about.
    let secret = frames("<redacted:0123456789abcdef>");
    let (ingress, questions) = lifted(&both().changed(ObservationKind::Listener, secret));
    assert_eq!(ids(&questions), ["response-header/alder:443/X-Frame-Options"]);
    assert!(ingress.routes.iter().all(|route| route.response_headers.is_empty()), "{ingress:?}");
}

#[test]
fn what_changes_requests_is_asked_about_once_for_each_that_does() {
    use ObservationKind::{Listener, LoadBalancer, TargetGroup};
    for (kind, pairs, name, word) in [
        (LoadBalancer, [("routing.http.xff_header_processing.mode", "remove")], "alder", "takes `X-Forwarded-For`"),
        (LoadBalancer, [("routing.http.xff_header_processing.mode", "preserve")], "alder", "as the caller sent it"),
        (
            LoadBalancer,
            [("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "true")],
            "alder",
            "X-Amzn-Tls-Cipher-Suite",
        ),
        (LoadBalancer, [("routing.http.xff_client_port.enabled", "true")], "alder", "port"),
        (Listener, [("routing.http.request.x_amzn_tls_version.header_name", "X-Tls")], "alder:443", "`X-Tls`"),
        (TargetGroup, [("proxy_protocol_v2.enabled", "true")], "its target group", "PROXY protocol"),
    ] {
        let fixture = || with(plain(), kind, &pairs);
        let (_, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), [format!("request-changes/{name}")]);
        assert!(questions[0].1.contains(word), "{}", questions[0].1);
        let id = format!("request-changes/ecs/test/it/{name}");
        let answered = fixture().answered(&[(&id, "as-the-gateway")]);
        assert!(lifted(&answered).1.is_empty());
        assert_eq!(values(&answered)[pairs[0].0].0, "dropped-by-answer");
    }
}

#[test]
fn only_what_aws_itself_chose_is_dropped_without_a_word() {
    use ObservationKind::{Listener, LoadBalancer, TargetGroup};
    for (kind, key, usual, chosen) in [
        (LoadBalancer, "client_keep_alive.seconds", "3600", "600"),
        (LoadBalancer, "routing.http.drop_invalid_header_fields.enabled", "false", "true"),
        (LoadBalancer, "access_logs.s3.enabled", "false", "true"),
        (LoadBalancer, "one.of.tomorrow", "", "on"),
        (Listener, "routing.http.request.x_amzn_tls_version.header_name", "X-Amzn-Tls-Version", ""),
        (TargetGroup, "load_balancing.algorithm.type", "round_robin", "least_outstanding_requests"),
        (TargetGroup, "preserve_client_ip.enabled", "false", "true"),
        (TargetGroup, "slow_start.duration_seconds", "0", "90"),
    ] {
        let of = |value: &str| {
            let fixture = with(plain(), kind, &[(key, value)]);
            assert!(lifted(&fixture).1.is_empty(), "{key}={value}");
            values(&fixture).remove(key).unwrap()
        };
        let (rule, note) = of(usual);
        assert_eq!((rule.as_str(), note.as_str()), ("load-balancer-attribute", ""), "{key}");
        if !chosen.is_empty() {
            let (rule, note) = of(chosen);
            assert!(rule == "load-balancer-attribute" && !note.is_empty(), "{key}={chosen}: {rule} {note}");
        }
    }
}

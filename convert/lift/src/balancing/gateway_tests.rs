//! What the gateway does before it looks at its routes, and what it does not speak: each a question, and closed.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, mapped, ours, under};
use crate::fixture::Fixture;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";

/// A rule with one more condition, in front of one that takes the host.
fn with(condition: &Value, action: Value) -> Fixture {
    let mut conditions = host(DESK);
    conditions.as_array_mut().unwrap().push(condition.clone());
    fronts(&[Front("alder", 443, vec![(conditions, action), (host(DESK), ours())], answer(404))], &[])
}

fn statuses(fixture: &Fixture) -> Vec<Option<u16>> {
    at(&lifted(fixture).0, DESK).into_iter().map(|route| route.1).collect()
}

#[test]
fn a_header_that_the_gateway_writes_itself_is_asked_about_and_closed() {
    for name in [
        "X-Forwarded-For",
        "x-forwarded-proto",
        "X-Forwarded-Host",
        "X-Request-Id",
        "X-Envoy-Original-Path",
        "X-Amzn-Oidc-Identity",
        "x-amzn-mtls-clientcert-subject",
        "X_TENANT",
    ] {
        let condition =
            json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": ["10.*"]}});
        let theirs = json!({"Type": "forward", "TargetGroupArn": "theirs"});
        for action in [answer(403), theirs] {
            let fixture = with(&condition, action);
            let (ingress, questions) = lifted(&fixture);
            assert!(ingress.routes.iter().all(|route| route.headers.is_empty()), "{name}: {ingress:?}");
            assert!(questions.iter().all(|(_, text)| text.contains(name)), "{questions:?}");
        }
        let (_, questions) = lifted(&with(&condition, ours()));
        assert_eq!(ids(&questions), ["condition/alder:443/1/http-header"], "{name}");
        let (_, questions) = lifted(&with(&condition, answer(403)));
        assert_eq!(ids(&questions), ["condition/alder:443/1/http-header"], "{name}");
    }
    let condition =
        json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Tenant", "Values": ["acme"]}});
    assert!(lifted(&with(&condition, ours())).1.is_empty());
}

#[test]
fn a_path_that_the_gateway_rewrites_is_asked_about_and_closed() {
    for (path, closed) in
        [("/a%2Fb", "=/a/b"), ("/a%5cb", "=/a/b"), ("/x/./y/*", "~/x/y/.*"), ("/x//y", "=/x/y"), ("/%41bc", "=/Abc")]
    {
        let condition = json!({"Field": "path-pattern", "Values": [path]});
        let fixture = || with(&condition, answer(403));
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["condition/alder:443/1/path-pattern"], "{path}");
        assert!(questions[0].1.contains(path), "{}", questions[0].1);
        assert_eq!(at(&ingress, DESK)[0], (closed.to_owned(), Some(404)), "{path}: {ingress:?}");
        let id = "condition/ecs/test/it/alder:443/1/path-pattern";
        assert_eq!(statuses(&fixture().answered(&[(id, "without-rule")])), [None], "{path}");
        assert_eq!(statuses(&fixture().answered(&[(id, "closed")])), [Some(404), None], "{path}");
    }
    // What may be any path closes all of them.
    for path in ["*/../*", "/x/.."] {
        let (ingress, _) = lifted(&with(&json!({"Field": "path-pattern", "Values": [path]}), answer(400)));
        let first = &at(&ingress, DESK)[0];
        assert!(first.1 == Some(404) && (first.0.is_empty() || first.0.starts_with("~/.*")), "{path}: {ingress:?}");
    }
    // A rule of the app's own that no request reaches opens nothing.
    let condition = json!({"Field": "path-pattern", "Values": ["/pay//*"]});
    let only = [Front("alder", 443, vec![(under(DESK, "/pay//*"), ours())], answer(404))];
    let (ingress, questions) = lifted(&fronts(&only, &[]));
    assert!(at(&ingress, DESK).iter().all(|route| route.1.is_some()), "{ingress:?}");
    assert_eq!(ids(&questions), ["condition/alder:443/1/path-pattern"]);
    assert_eq!(statuses(&with(&condition, ours())), [None], "it comes to the same group without it");
}

/// Two rules of one listener, the block behind the app's own by its place in the list; each with this priority.
fn with_priorities(own: &Value, block: &Value) -> Fixture {
    let rules = vec![(host(DESK), ours()), (under(DESK, "/staff/*"), answer(403))];
    fronts(&[Front("alder", 443, rules, answer(404))], &[]).changed(ObservationKind::ListenerRule, |body| {
        let is_own = body["Priority"] == json!("1");
        body["RuleArn"] = json!(if is_own { "rules/Own" } else { "rules/Block" });
        body["Priority"] = if is_own { own.clone() } else { block.clone() };
    })
}

#[test]
fn while_a_priority_is_open_nothing_of_its_listener_comes_in() {
    let open = json!("caravan-unresolved");
    for (own, block) in
        [(json!("7"), Value::Null), (Value::Null, json!("7")), (open.clone(), open), (json!("7"), json!(7))]
    {
        let (ingress, _) = lifted(&with_priorities(&own, &block));
        assert!(at(&ingress, DESK).iter().all(|route| route.1.is_some()), "{own} {block}: {ingress:?}");
    }
    let (ingress, _) = lifted(&with_priorities(&json!("7"), &json!(3)));
    assert_eq!(at(&ingress, DESK).iter().map(|route| route.1).collect::<Vec<_>>(), [Some(403), None]);
}

#[test]
fn every_priority_of_a_listener_decides_while_one_is_open() {
    let fixture = with_priorities(&json!("caravan-unresolved"), &json!("caravan-unresolved"));
    mapped(&fixture, |_, mut tracker| {
        let ledger = crate::walk::ledger(&mut tracker);
        let priorities: Vec<_> = ledger.entries().filter(|entry| entry.path == "/Priority").collect();
        assert_eq!(priorities.len(), 2);
        for entry in priorities {
            assert!(matches!(entry.verdict, crate::ledger::FieldVerdict::Approximated), "{entry:?}");
        }
    });
}

#[test]
fn rules_without_a_priority_are_asked_about_each_by_its_own_name() {
    let guarded = |path: &str| {
        json!([{"Field": "host-header", "Values": [DESK]}, {"Field": "path-pattern", "Values": [path]},
               {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}])
    };
    let rules = || vec![(guarded("/a/*"), ours()), (guarded("/b/*"), ours())];
    let ways: [(&str, [&str; 2]); 2] = [("RuleArn", ["Block", "Own"]), ("Other", ["number-1", "number-2"])];
    for (field, names) in ways {
        let fixture = fronts(&[Front("alder", 443, rules(), answer(404))], &[]);
        let fixture = fixture.changed(ObservationKind::ListenerRule, |body| {
            body["RuleArn"] = Value::Null;
            let name = if body["Priority"] == json!("1") { "rules/Own" } else { "rules/Block" };
            if field == "RuleArn" {
                body["RuleArn"] = json!(name);
            }
            body["Priority"] = Value::Null;
        });
        let (_, questions) = lifted(&fixture);
        let wanted = names.map(|name| format!("condition/alder:443/{name}/source-ip"));
        assert_eq!(ids(&questions), wanted, "{field}");
    }
}

#[test]
fn a_service_of_grpc_or_of_http2_is_checked_over_tcp_whatever_its_group_says_of_a_matcher() {
    let checks = |more: Value| {
        let mut group =
            json!({"TargetGroupArn": "ours", "Protocol": "HTTP", "HealthCheckPath": "/grpc.health.v1.Health/Check"});
        group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let fixture = Fixture::new(caravan_inventory::WorkloadKind::Ecs, &[(ObservationKind::TargetGroup, group)]);
        mapped(&fixture, |component, mut tracker| {
            let path = component.health.unwrap().ready.unwrap().path;
            let verdict = crate::fixture::verdicts(&mut tracker).remove("/HealthCheckPath").unwrap();
            (path.is_some(), verdict)
        })
    };
    for more in [json!({}), json!({"Matcher": {"GrpcCode": "0-5"}}), json!({"Matcher": {}})] {
        let mut more = more;
        more["ProtocolVersion"] = json!("GRPC");
        assert_eq!(checks(more.clone()), (false, "probe-codes".to_owned()), "{more}");
    }
    assert_eq!(checks(json!({"ProtocolVersion": "HTTP1"})), (true, "/components/web/health/ready/path".to_owned()));
    // The kubelet asks over HTTP/1.1, which an app of HTTP/2 alone does not answer.
    for more in [json!({}), json!({"Matcher": {"HttpCode": "200"}}), json!({"Protocol": "HTTPS"})] {
        let mut more = more;
        more["ProtocolVersion"] = json!("HTTP2");
        let (has_path, target) = checks(more.clone());
        assert!(!has_path && target.ends_with("health/ready"), "{more}: {target}");
    }
}

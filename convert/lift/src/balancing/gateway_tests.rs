//! What the gateway does before it looks at its routes, whom it lets in, and what it does not speak: each a question, and closed.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, mapped, ours, under};
use crate::context::Context;
use crate::fixture::Fixture;
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::tracker::FieldTracker;
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

fn group(permissions: Value) -> (ObservationKind, Value) {
    let capitals = permissions.pointer("/0/IpProtocol").is_some();
    let (id, list) = if capitals { ("GroupId", "IpPermissions") } else { ("groupId", "ipPermissions") };
    (ObservationKind::SecurityGroup, json!({id: "it", list: permissions}))
}

/// A balancer of the internet with this security group; fixtures call every observation `it`.
fn guarded(scheme: &str, permissions: Value) -> Fixture {
    let fixture = fronts(&[Front("alder", 443, vec![(host(DESK), ours())], answer(404))], &[]);
    fixture.with(&[group(permissions)]).changed(ObservationKind::LoadBalancer, |body| {
        body["SecurityGroups"] = json!(["it"]);
        body["Scheme"] = json!(scheme);
    })
}

#[test]
fn a_public_balancer_that_lets_only_some_in_is_asked_about_and_closed() {
    let office =
        json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": [{"cidrIp": "203.0.113.0/24"}]});
    let edge = json!({"ipProtocol": "-1", "prefixListIds": [{"prefixListId": "pl-1"}]});
    let other_port = json!({"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "ipRanges": [{"cidrIp": "0.0.0.0/0"}]});
    let capitals =
        json!({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": "sg-7"}]});
    for (permissions, shown) in
        [(json!([office]), "203.0.113.0/24"), (json!([edge, other_port]), "pl-1"), (json!([capitals]), "sg-7")]
    {
        let fixture = || guarded("internet-facing", permissions.clone());
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["callers/alder:443"], "{shown}");
        assert!(questions[0].1.contains(shown), "{}", questions[0].1);
        assert!(at(&ingress, DESK).iter().all(|route| route.1.is_some()), "{ingress:?}");
        let open = [("callers/ecs/test/it/alder:443", "open")];
        assert_eq!(at(&lifted(&fixture().answered(&open)).0, DESK)[0].1, None, "{shown}");
    }
}

#[test]
fn an_internal_balancer_that_lets_only_some_inside_in_is_asked_about_once_for_all_behind_it() {
    let group =
        json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": [{"groupId": "sg-7", "userId": "1"}]});
    let host = json!({"ipProtocol": "-1", "ipRanges": [{"cidrIp": "10.1.2.3/32"}, {"cidrIp": "10.1.9.0/24"}]});
    let list =
        json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-1"}]});
    for (permissions, shown) in [(json!([group]), "sg-7"), (json!([host]), "10.1.2.3/32"), (json!([list]), "pl-1")] {
        let fixture = || guarded("internal", permissions.clone());
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["internal-callers///alder:443"], "no workload is named");
        assert!(questions[0].1.contains(shown), "{}", questions[0].1);
        assert!(at(&ingress, DESK).iter().all(|route| route.1.is_some()), "{ingress:?}");
        let open = [("internal-callers///alder:443", "open")];
        let (ingress, questions) = lifted(&fixture().answered(&open));
        assert_eq!((at(&ingress, DESK)[0].1, ingress.internal, questions.len()), (None, Some(true), 0), "{shown}");
    }
    // A whole network is what an internal balancer is for, whatever group is named beside it.
    for network in ["10.0.0.0/8", "10.4.0.0/16", "172.16.0.0/12", "10.4.16.0/20"] {
        let network = json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": [{"cidrIp": network}]});
        let (ingress, questions) = lifted(&guarded("internal", json!([network, group])));
        assert!(questions.is_empty() && at(&ingress, DESK)[0].1.is_none(), "{questions:?}");
    }
}

/// A function has its balancers from among all that starts it: whom they let in is seen there too.
#[test]
fn whom_the_balancer_of_a_function_lets_in_is_seen_as_of_anything_else() {
    for (scheme, id) in [("internet-facing", "callers/"), ("internal", "internal-callers/")] {
        let group = json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": [{"groupId": "sg-7"}]});
        let fixture = guarded(scheme, json!([group]));
        fixture.with_source(|source| {
            let mut tracker = FieldTracker::new(source);
            let around = fixture.around().load_balancing();
            let context =
                Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
            super::map(&mut tracker, &context, &mut PlConfig::default(), &mut Component::default());
            assert!(tracker.close().0[0].id.as_str().starts_with(id), "{scheme}");
        });
    }
}

#[test]
fn a_balancer_that_lets_everybody_in_is_no_question() {
    let all = |range: &str, field: &str| json!([{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, range: [{field: if field == "cidrIp" { "0.0.0.0/0" } else { "::/0" }}]}]);
    for (scheme, permissions) in [
        ("internet-facing", all("ipRanges", "cidrIp")),
        ("internet-facing", all("ipv6Ranges", "cidrIpv6")),
        ("internal", json!([])),
        ("internet-facing", json!([])),
    ] {
        let (ingress, questions) = lifted(&guarded(scheme, permissions));
        assert!(questions.is_empty(), "{questions:?}");
        assert_eq!(at(&ingress, DESK)[0].1, None);
    }
    // Nobody comes by IPv6 to a balancer that has none.
    let office = json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
        "ipRanges": [{"cidrIp": "203.0.113.0/24"}], "ipv6Ranges": [{"cidrIpv6": "::/0"}]});
    for (of_type, asks) in [("ipv4", true), ("dualstack", false), ("dualstack-without-public-ipv4", false)] {
        let fixture = guarded("internet-facing", json!([office]));
        let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["IpAddressType"] = json!(of_type));
        assert_eq!(lifted(&fixture).1.len(), usize::from(asks), "{of_type}");
    }
    // Of a group that was not seen nothing is known.
    let fixture = guarded("internet-facing", json!([]));
    let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["SecurityGroups"] = json!(["sg-other"]));
    assert!(lifted(&fixture).1.is_empty());
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
fn a_service_of_grpc_is_checked_over_tcp_whatever_its_group_says_of_a_matcher() {
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
    assert!(checks(json!({"ProtocolVersion": "HTTP2"})).0);
}

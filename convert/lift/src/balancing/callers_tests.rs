//! Whom load balancers let in: the gateway lets in everybody, so all else is a question, and closed.

use super::contested_tests::{Front, answer, at, digest, fronts, host, ids, lifted, mapped, ours, under};
use crate::context::Context;
use crate::fixture::Fixture;
use crate::ledger::FieldVerdict;
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::tracker::FieldTracker;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";

fn group(permissions: Value) -> (ObservationKind, Value) {
    let capitals = permissions.pointer("/0/IpProtocol").is_some();
    let (id, list) = if capitals { ("GroupId", "IpPermissions") } else { ("groupId", "ipPermissions") };
    (ObservationKind::SecurityGroup, json!({id: "it", list: permissions}))
}

/// A balancer of the internet with this security group; fixtures call every observation `it`.
fn guarded(scheme: &str, permissions: Value) -> Fixture {
    let fixture = fronts(&[Front("alder", 443, vec![(host(DESK), ours())], answer(404))], &[]);
    let group = group(permissions).1;
    fixture.changed(ObservationKind::SecurityGroup, |body| *body = group.clone()).changed(
        ObservationKind::LoadBalancer,
        |body| {
            body["SecurityGroups"] = json!(["it"]);
            body["Scheme"] = json!(scheme);
        },
    )
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

/// A permission for TCP at port 443 for these ranges of IPv4.
fn for_ranges(ranges: &[&str]) -> Value {
    let ranges: Vec<Value> = ranges.iter().map(|range| json!({"cidrIp": range})).collect();
    json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": ranges})
}

/// The id of the first question with its text, whether the host leads to the app, and why nothing of it starts.
fn outcome(fixture: &Fixture) -> (Vec<(String, String)>, bool, Option<String>) {
    mapped(fixture, |component, mut tracker| {
        let held = tracker.held();
        let questions = tracker.close().0.into_iter();
        let questions = questions.map(|one| (one.id.to_string(), one.text)).collect();
        let open = at(&component.ingress.unwrap_or_default(), DESK).iter().any(|route| route.1.is_none());
        (questions, open, held)
    })
}

#[test]
fn a_balancer_that_lets_everybody_in_is_no_question() {
    let by_v6 = json!({"ipProtocol": "6", "fromPort": 443, "toPort": 443, "ipv6Ranges": [{"cidrIpv6": "::/0"}]});
    let all = json!({"IpProtocol": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}]});
    let no_bounds = json!({"ipProtocol": "tcp", "ipRanges": [{"cidrIp": "0.0.0.0/0"}]});
    let office = for_ranges(&["203.0.113.0/24"]);
    for permissions in [
        json!([for_ranges(&["0.0.0.0/0"])]),
        json!([for_ranges(&["0.0.0.0/1", "128.0.0.0/1"])]),
        json!([for_ranges(&["0.0.0.0/1"]), office, for_ranges(&["128.0.0.0/1"])]),
        json!([by_v6]),
        json!([all]),
        json!([no_bounds]),
    ] {
        for scheme in ["internet-facing", "internal"] {
            assert_eq!(outcome(&guarded(scheme, permissions.clone())), (vec![], true, None), "{permissions}");
        }
    }
    // Nobody comes by IPv6 to a balancer that has none.
    let office = json!({"ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
        "ipRanges": [{"cidrIp": "203.0.113.0/24"}], "ipv6Ranges": [{"cidrIpv6": "::/0"}]});
    for (of_type, asks) in [("ipv4", true), ("dualstack", false), ("dualstack-without-public-ipv4", false)] {
        let fixture = guarded("internet-facing", json!([office]));
        let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["IpAddressType"] = json!(of_type));
        assert_eq!(lifted(&fixture).1.len(), usize::from(asks), "{of_type}");
    }
    // And from the internet nobody by IPv4 to one without such an address.
    for (scheme, asks) in [("internet-facing", true), ("internal", false)] {
        let fixture = guarded(scheme, json!([for_ranges(&["0.0.0.0/0"])]));
        let without = json!("dualstack-without-public-ipv4");
        let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["IpAddressType"] = without.clone());
        assert_eq!(lifted(&fixture).1.len(), usize::from(asks), "{scheme}");
    }
}

#[test]
fn ranges_that_leave_some_out_and_groups_that_let_nobody_in_are_not_everybody() {
    let other_port = json!({"ipProtocol": "tcp", "fromPort": 80, "toPort": 442, "ipRanges": [{"cidrIp": "0.0.0.0/0"}]});
    let other_protocol =
        json!({"ipProtocol": "udp", "fromPort": 443, "toPort": 443, "ipRanges": [{"cidrIp": "0.0.0.0/0"}]});
    for (permissions, shown) in [
        (json!([for_ranges(&["0.0.0.0/1"])]), "only `0.0.0.0/1`"),
        (json!([for_ranges(&["0.0.0.0/1", "128.0.0.0/2"])]), "only `0.0.0.0/1`, `128.0.0.0/2`"),
        (json!([other_port]), "nobody"),
        (json!([other_protocol]), "nobody"),
        (json!([]), "nobody"),
    ] {
        let fixture = guarded("internet-facing", permissions);
        let (questions, open, held) = outcome(&fixture);
        assert_eq!(questions[0].0, "callers/ecs/test/it/alder:443");
        assert!(questions[0].1.contains(&format!("let {shown} in")), "{}", questions[0].1);
        assert_eq!((questions.len(), open, held), (1, false, None), "{shown}");
    }
    let (questions, open, _) = outcome(&guarded("internal", json!([])));
    assert!(questions[0].0 == "internal-callers///alder:443" && !open, "{questions:?}");
}

/// A balancer whose groups, or what they allow, are not known in some way.
fn unread(scheme: &str) -> Vec<(Fixture, &'static str)> {
    let with = |permissions: Value, groups: Value| {
        guarded(scheme, permissions).changed(ObservationKind::LoadBalancer, |body| {
            body["SecurityGroups"] = groups.clone();
            body["Type"] = json!("application");
        })
    };
    let office = || json!([for_ranges(&["203.0.113.0/24"])]);
    let open = |field: &str, value: Value| {
        let mut permission = for_ranges(&["0.0.0.0/0"]);
        permission[field] = value;
        json!([permission])
    };
    let word = "caravan-unresolved";
    let own = || json!(["it"]);
    vec![
        (with(office(), Value::Null), "its security groups were not read"),
        (with(office(), json!([])), "its security groups were not read"),
        (with(office(), json!(word)), "its security groups were not read"),
        (with(office(), json!(["sg-gone"])), "the security group `sg-gone` was not read"),
        (
            with(office(), json!(["it", "sg-gone"])),
            "beside `203.0.113.0/24` is not known: the security group `sg-gone`",
        ),
        (with(office(), json!([Value::Null])), "leaves open which security group it has"),
        (with(office(), json!([word, "it"])), "leaves open which security group it has"),
        (with(Value::Null, own()), "what the security group `it` allows was not read"),
        (with(json!([word]), own()), "not all that the security group `it` allows was read"),
        (with(open("ipProtocol", json!(word)), own()), "not all that"),
        (with(open("fromPort", json!(word)), own()), "not all that"),
        (with(open("toPort", Value::Null), own()), "not all that"),
        (with(open("ipRanges", json!([{"cidrIp": word}])), own()), "not all that"),
        (with(open("ipRanges", json!([{"cidrIp": null}])), own()), "not all that"),
        (with(open("ipRanges", json!(word)), own()), "not all that"),
    ]
}

#[test]
fn nothing_starts_while_it_is_not_known_whom_a_balancer_lets_in_and_one_question_is_for_all_of_it() {
    for scheme in ["internet-facing", "internal"] {
        for (number, (fixture, why)) in unread(scheme).into_iter().enumerate() {
            let (questions, open, held) = outcome(&fixture);
            assert_eq!(questions.len(), 1, "{scheme} {why}: {questions:?}");
            assert_eq!(questions[0].0, "unread-callers///alder:443", "no workload is named");
            assert!(questions[0].1.contains(why), "{why}: {}", questions[0].1);
            assert!(open, "what it would be is shown");
            assert_eq!(held.as_deref(), Some("whom its load balancer lets in is not known"), "{scheme} {why}");
            let named = mapped(&fixture, |_, mut tracker| {
                let ledger = crate::walk::ledger(&mut tracker);
                let asks = |verdict: &FieldVerdict| matches!(verdict, FieldVerdict::Question { .. });
                ledger.entries().any(|entry| asks(&entry.verdict))
            });
            assert!(named, "a field of the balancer names it: {why}");
            let answered =
                |answer| outcome(&unread(scheme).remove(number).0.answered(&[("unread-callers///alder:443", answer)]));
            assert_eq!(answered("open"), (vec![], true, None), "{scheme} {why}");
            assert_eq!(answered("leave-out"), (vec![], false, None), "{scheme} {why}");
        }
    }
}

/// Groups only allow: one that lets everybody in decides, whatever the others are.
#[test]
fn a_group_that_lets_everybody_in_decides_beside_one_that_was_not_read() {
    for groups in [json!(["it", "sg-gone"]), json!(["sg-gone", "it"]), json!([Value::Null, "it"])] {
        let fixture = guarded("internet-facing", json!([for_ranges(&["0.0.0.0/0"])]));
        let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["SecurityGroups"] = groups.clone());
        assert_eq!(outcome(&fixture), (vec![], true, None), "{groups}");
    }
    // Inside, a network is enough.
    let fixture = guarded("internal", json!([for_ranges(&["10.0.0.0/16"])]));
    let fixture =
        fixture.changed(ObservationKind::LoadBalancer, |body| body["SecurityGroups"] = json!(["it", "sg-gone"]));
    assert_eq!(outcome(&fixture), (vec![], true, None));
}

/// A Network Load Balancer without groups, by which HTTP comes, and a service with these groups.
fn by_network(kind: &str, preserves: Option<&str>, ranges: Option<&[&str]>) -> Fixture {
    let fixture = fronts(&[Front("alder", 443, vec![], ours())], &[(DESK, "alder")]);
    let permissions = json!([for_ranges(ranges.unwrap_or_default())]);
    fixture
        .changed(ObservationKind::SecurityGroup, |body| *body = group(permissions.clone()).1)
        .changed(ObservationKind::LoadBalancer, |body| {
            body["Type"] = json!("network");
            body.as_object_mut().unwrap().remove("SecurityGroups");
        })
        .changed(ObservationKind::TargetGroup, |body| {
            body["TargetType"] = json!(kind);
            body["Port"] = json!(443);
            if let Some(preserves) = preserves {
                body["Attributes"] = json!([{"Key": "preserve_client_ip.enabled", "Value": preserves}]);
            }
        })
        .with_own_groups(ranges.map(|_| "it"))
}

#[test]
fn a_network_balancer_without_groups_lets_everybody_in_whom_the_groups_of_its_targets_let_in() {
    let (all, office): (&[&str], &[&str]) = (&["0.0.0.0/0"], &["203.0.113.0/24"]);
    // Its targets see its own addresses.
    for (kind, preserves) in [("ip", None), ("ip", Some("false")), ("instance", Some("false"))] {
        for ranges in [Some(all), Some(office), None] {
            assert_eq!(outcome(&by_network(kind, preserves, ranges)), (vec![], true, None), "{kind} {preserves:?}");
        }
    }
    for (kind, preserves) in [("instance", None), ("ip", Some("true"))] {
        assert_eq!(outcome(&by_network(kind, preserves, Some(all))), (vec![], true, None), "{kind}");
        let (questions, open, held) = outcome(&by_network(kind, preserves, Some(office)));
        assert_eq!(questions[0].0, "callers/ecs/test/it/alder:443");
        assert!(
            questions[0].1.contains("what it sends to") && questions[0].1.contains("203.0.113.0/24"),
            "{questions:?}"
        );
        assert_eq!((questions.len(), open, held), (1, false, None));
        let (questions, _, held) = outcome(&by_network(kind, preserves, None));
        assert_eq!(questions[0].0, "unread-callers///alder:443");
        assert!(questions.len() == 1 && held.is_some(), "{questions:?}");
    }
    // A list of groups that a template leaves open may hold some.
    for kind in ["ip", "instance"] {
        let fixture = by_network(kind, None, Some(all));
        let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["SecurityGroups"] = Value::Null);
        assert_eq!(outcome(&fixture).0[0].0, "unread-callers///alder:443");
    }
    // With groups of its own it is as any other.
    let fixture = by_network("instance", None, Some(office));
    let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["SecurityGroups"] = json!(["it"]));
    assert!(outcome(&fixture).0[0].1.contains("its security groups let only"));
}

#[test]
fn a_web_acl_before_a_balancer_is_asked_about_once_and_closed() {
    for (acl, shown) in [
        (json!({"ARN": "arn:aws:wafv2:eu-west-1:1:regional/webacl/strict/7"}), "`strict/7`"),
        (json!({"Name": "edge-rules", "ARN": "arn"}), "`edge-rules`"),
        (json!({"ARN": "caravan-unresolved"}), "AWS WAF"),
    ] {
        for scheme in ["internet-facing", "internal"] {
            let fixture = || {
                let fixture = guarded(scheme, json!([for_ranges(&["0.0.0.0/0"])]));
                fixture.changed(ObservationKind::LoadBalancer, |body| body["WebACL"] = acl.clone())
            };
            let (questions, open, held) = outcome(&fixture());
            assert_eq!(questions[0].0, "firewall///alder", "{scheme}");
            assert!(questions[0].1.contains(shown), "{}", questions[0].1);
            assert_eq!((questions.len(), open, held), (1, false, None));
            let answered = |answer| outcome(&fixture().answered(&[("firewall///alder", answer)]));
            assert_eq!(answered("open"), (vec![], true, None));
            assert_eq!(answered("closed"), (vec![], false, None));
        }
    }
    // Nobody could tell: what comes in is shown, and nothing of it starts.
    for scheme in ["internet-facing", "internal"] {
        let fixture = || {
            let fixture = guarded(scheme, json!([for_ranges(&["0.0.0.0/0"])]));
            fixture.changed(ObservationKind::LoadBalancer, |body| body["WebACL"] = Value::Null)
        };
        let (questions, open, held) = outcome(&fixture());
        assert_eq!((questions.len(), questions[0].0.as_str()), (1, "unread-firewall///alder"), "{scheme}");
        assert!(open && held.is_some_and(|why| why.contains("web ACL")));
        let answered = |answer| outcome(&fixture().answered(&[("unread-firewall///alder", answer)]));
        assert_eq!(answered("open"), (vec![], true, None));
        assert_eq!(answered("closed"), (vec![], false, None));
    }
    // None is before it, and that was read.
    let fixture = guarded("internet-facing", json!([for_ranges(&["0.0.0.0/0"])]));
    let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["WebACL"] = json!({}));
    assert_eq!(outcome(&fixture), (vec![], true, None));
}

/// Two rules of one listener: the first answers by itself, the second leads here.
fn answered_in_front(actions: &Value) -> Fixture {
    let rules = vec![(under(DESK, "/staff/*"), answer(200)), (host(DESK), ours())];
    let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[]);
    fixture.changed(ObservationKind::ListenerRule, |body| {
        if body["Priority"] == "1" {
            body["Actions"] = actions.clone();
        }
    })
}

#[test]
fn what_answers_in_front_only_for_those_who_have_logged_in_is_asked_about_and_closed() {
    let login = json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"Issuer": "https://id.example"}});
    let token = json!({"Type": "jwt-validation", "JwtValidationConfig": {"Issuer": "https://id.example"}});
    let redirect =
        json!({"Type": "redirect", "RedirectConfig": {"Host": "inside.ferry.example", "StatusCode": "HTTP_302"}});
    for (asking, answering) in [(&login, answer(200)), (&token, answer(200)), (&login, redirect)] {
        let fixture = || answered_in_front(&json!([asking, answering]));
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["auth/alder:443/1"], "{asking}");
        let staff = || at(&ingress, DESK).into_iter().find(|route| route.0.contains("staff"));
        assert_eq!(staff().and_then(|route| route.1), Some(404), "{ingress:?}");
        let (ingress, questions) = lifted(&fixture().answered(&[("auth/ecs/test/it/alder:443/1", "open")]));
        let staff = at(&ingress, DESK).into_iter().find(|route| route.0.contains("staff"));
        assert!(questions.is_empty() && staff.is_some_and(|route| route.1 != Some(404)), "{ingress:?}");
    }
}

#[test]
fn an_action_that_is_not_known_keeps_closed_what_stands_behind_it() {
    let unknown = json!({"Type": "rate-limit", "RateLimitConfig": {"Requests": 10}});
    let (ingress, questions) = lifted(&answered_in_front(&json!([unknown, answer(200)])));
    assert_eq!(ids(&questions), ["in-front/alder:443/1"]);
    assert!(at(&ingress, DESK).iter().any(|route| route.0.contains("staff") && route.1 == Some(404)), "{ingress:?}");
    let (ingress, questions) = lifted(&answered_in_front(&json!([unknown, ours()])));
    assert_eq!(ids(&questions), ["in-front/alder:443/1"], "it leads here, and nobody knows whom it lets by");
    assert!(at(&ingress, DESK).iter().any(|route| route.0.contains("staff") && route.1 == Some(404)), "{ingress:?}");
}

#[test]
fn rules_of_one_priority_are_said_to_be_none_that_a_listener_has() {
    let fixture = answered_in_front(&json!([answer(200)]));
    let fixture = fixture.changed(ObservationKind::ListenerRule, |body| body["Priority"] = json!("7"));
    let (ingress, questions) = lifted(&fixture);
    assert_eq!(ids(&questions), ["rule-order/alder:443"]);
    assert!(questions[0].1.contains("priority 7"), "{}", questions[0].1);
    assert!(at(&ingress, DESK).iter().all(|route| route.1.is_some()), "{ingress:?}");
}

/// An answer is to what was asked: where the same place holds another rule later, it opens nothing there.
#[test]
fn an_answer_that_was_given_to_another_rule_of_the_same_place_is_asked_for_again() {
    let narrow = |path: &str| {
        let rules = vec![(under(DESK, path), ours())];
        let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[]);
        let from = json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.1/32"]}});
        fixture.changed(ObservationKind::ListenerRule, |body| {
            body["Conditions"].as_array_mut().unwrap().push(from.clone());
        })
    };
    let (_, questions) = lifted(&narrow("/status/*"));
    let id = format!("condition/ecs/test/it/{}", questions[0].0.rsplit_once("condition/").map_or("", |(_, rest)| rest));
    let asked = digest(&narrow("/status/*"), &id);
    let given = |fixture: Fixture| fixture.answered_when_asked(&id, "without-condition", &asked);
    let (ingress, questions) = lifted(&given(narrow("/status/*")));
    assert!(questions.is_empty() && at(&ingress, DESK).iter().any(|route| route.1.is_none()), "{questions:?}");
    let (ingress, questions) = lifted(&given(narrow("/payroll/*")));
    assert!(questions.len() == 1 && questions[0].1.contains("It was answered `without-condition`"), "{questions:?}");
    assert!(at(&ingress, DESK).iter().all(|route| route.1.is_some()), "{ingress:?}");
}

#[test]
fn attributes_that_nobody_could_read_are_asked_about_and_taken_for_aws_s_own() {
    for kind in [ObservationKind::TargetGroup, ObservationKind::Listener, ObservationKind::LoadBalancer] {
        let fixture = || {
            let fixture = fronts(&[Front("alder", 443, vec![(host(DESK), ours())], answer(404))], &[]);
            fixture.changed(kind, |body| body["Attributes"] = Value::Null)
        };
        let (_, questions) = lifted(&fixture());
        assert_eq!(questions.len(), 1, "{questions:?}");
        assert!(questions[0].0.starts_with("unread-attributes/"), "{questions:?}");
        let id = questions[0].0.replacen('/', "/ecs/test/it/", 1);
        assert!(lifted(&fixture().answered(&[(&id, "defaults")])).1.is_empty(), "{id}");
        if kind == ObservationKind::TargetGroup {
            let drains = mapped(&fixture(), |component, _| component.drain.map(|drain| drain.0));
            assert_eq!(drains, Some(300));
        }
    }
}

#[test]
fn a_scheme_that_no_api_knows_is_only_inside_until_somebody_says_it() {
    let everybody =
        json!([{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": [{"cidrIp": "0.0.0.0/0"}]}]);
    for scheme in [json!("something-new"), json!("Internal"), json!(7), json!("")] {
        let odd = || {
            guarded("internal", everybody.clone()).changed(ObservationKind::LoadBalancer, |body| {
                body["Scheme"] = scheme.clone();
            })
        };
        let (ingress, questions) = lifted(&odd());
        let is_inside = |ingress: &crate::plconfig::Ingress| {
            ingress.internal == Some(true)
                || !ingress.routes.is_empty() && ingress.routes.iter().all(|route| route.internal == Some(true))
        };
        assert!(is_inside(&ingress), "{scheme}: {ingress:?}");
        if scheme != "" {
            assert_eq!(ids(&questions), ["exposure/alder"], "{scheme}");
        }
        let id = "exposure/ecs/test/it/alder";
        let (kept, questions) = lifted(&odd().answered(&[(id, "internal")]));
        assert!(is_inside(&kept) && (questions.is_empty() || scheme == ""), "{scheme}: {kept:?} {questions:?}");
        if scheme != "" {
            let (opened, questions) = lifted(&odd().answered(&[(id, "public")]));
            assert!(!is_inside(&opened) && questions.is_empty(), "{scheme}: {opened:?} {questions:?}");
        }
    }
    for (scheme, inside) in [("internal", true), ("internet-facing", false)] {
        let (ingress, questions) = lifted(&guarded(scheme, everybody.clone()));
        assert_eq!((ingress.internal == Some(true), questions.len()), (inside, 0), "{scheme}: {ingress:?}");
    }
}

//! Several apps behind one listener, and rules in front of them.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, ours, under};
use crate::fixture::Fixture;
use crate::plconfig::Ingress;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const APEX: &str = "ferry.example";
const WILDCARD: &str = "*.ferry.example";

fn theirs() -> Value {
    json!({"Type": "forward", "TargetGroupArn": "theirs"})
}

fn redirect(to: &str) -> Value {
    json!({"Type": "redirect", "RedirectConfig": {"Host": to, "StatusCode": "HTTP_301"}})
}

fn one(rules: Vec<(Value, Value)>, default: Value, records: &[(&str, &str)]) -> Fixture {
    fronts(&[Front("alder", 443, rules, default)], records)
}

fn is_asked(fixture: &Fixture, host: &str) -> bool {
    ids(&lifted(fixture).1).contains(&format!("host-listener/{host}").as_str())
}

/// What the other app has of a host may be an answer of this very listener, or its part of a weighted group.
#[test]
fn an_app_behind_the_same_listener_has_the_host_by_it() {
    let weighted = json!({"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": "theirs", "Weight": 90}, {"TargetGroupArn": "ours", "Weight": 10}]}});
    let header = json!([{"Field": "host-header", "Values": [DESK]},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["1"]}}]);
    for (rules, shared) in [
        (vec![(host(APEX), redirect(DESK)), (under(DESK, "/api/*"), theirs()), (host(DESK), ours())], APEX),
        (vec![(header, ours()), (host(DESK), weighted)], DESK),
        (vec![(under(DESK, "/staff/*"), answer(403)), (host(DESK), ours())], DESK),
    ] {
        let fixture = || one(rules.clone(), theirs(), &[(APEX, "alder"), (DESK, "alder")]);
        for (behind, asked) in
            [(&["alder:443"][..], false), (&["alder:443", "birch:443"], false), (&["birch:443"], true), (&[], true)]
        {
            assert_eq!(is_asked(&fixture().sharing_behind(shared, behind), shared), asked, "{shared} {behind:?}");
        }
    }
}

/// Where another listener here forwards to somebody else at the host, it may be the one that the other app means.
#[test]
fn an_app_behind_two_listeners_of_ours_is_told_apart_by_their_rules() {
    for (other, asked) in [(vec![(host(DESK), theirs())], true), (vec![(host(APEX), theirs())], false)] {
        let both = [
            Front("alder", 443, vec![(host(DESK), ours())], answer(404)),
            Front("birch", 443, [other, vec![(host("pier.ferry.example"), ours())]].concat(), answer(404)),
        ];
        let fixture = fronts(&both, &[(DESK, "alder")]).sharing_behind(DESK, &["alder:443", "birch:443"]);
        assert_eq!(is_asked(&fixture, DESK), asked);
    }
}

/// Whether a wildcard's routes leave a host out.
fn is_closed(ingress: &Ingress, host: &str) -> bool {
    let mut routes = ingress.routes.iter().filter(|route| route.hosts == [WILDCARD]);
    routes.any(|route| {
        let value = route.headers.get("host").map(|value| format!("{value:?}"));
        route.respond.as_ref().is_some_and(|respond| respond.status == 404)
            && value.is_some_and(|value| value.replace("\\", "").contains(host))
    })
}

/// The other app may wait for an answer, or not be there yet: its listener is not, and a wildcard would take the host.
#[test]
fn the_wildcard_of_a_guest_takes_nothing_of_the_host_whose_listener_is_another_apps() {
    let rules = vec![(under(DESK, "/staff/*"), answer(403)), (host(DESK), theirs()), (host(WILDCARD), ours())];
    let fixture = || one(rules.clone(), answer(404), &[(DESK, "alder"), (WILDCARD, "alder")]);
    let (ingress, questions) = lifted(&fixture().sharing_behind(DESK, &["alder:443"]));
    assert!(questions.is_empty() && is_closed(&ingress, DESK), "{ingress:?}");
    assert!(at(&ingress, DESK).iter().any(|(_, status)| *status == Some(403)), "{ingress:?}");
    // Whoever has it alone has its listener, and no wildcard of its own meets it.
    assert!(!is_closed(&lifted(&fixture()).0, DESK));
}

/// By a person's answer a rule is none on the gateway, also one that takes every request of its hosts.
#[test]
fn what_stands_behind_a_rule_that_is_left_out_is_served() {
    let strange = json!({"Type": "redirect", "RedirectConfig": {"Path": "/#{path}x", "StatusCode": "HTTP_301"}});
    for (conditions, then, default) in [
        (host(DESK), under(DESK, "/api/*"), answer(404)),
        (json!([{"Field": "path-pattern", "Values": ["/*"]}]), host(DESK), ours()),
        (under(DESK, "/old/*"), host(DESK), answer(404)),
    ] {
        let fixture = || {
            one(
                vec![(conditions.clone(), strange.clone()), (then.clone(), ours())],
                default.clone(),
                &[(DESK, "alder")],
            )
        };
        let id = "in-front/ecs/test/it/alder:443/1";
        assert_eq!(ids(&lifted(&fixture()).1), ["in-front/alder:443/1"]);
        let (ingress, questions) = lifted(&fixture().answered(&[(id, "without-rule")]));
        assert!(questions.is_empty(), "{questions:?}");
        assert!(at(&ingress, DESK).iter().any(|(_, status)| status.is_none()), "{ingress:?}");
    }
}

/// The gateway reads two lines of one header as one value: what one condition says of it takes less than the rule.
#[test]
fn two_conditions_on_one_header_or_parameter_close_all_that_they_may_take() {
    let header = |value: &str| json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Bad", "Values": [value]}});
    let query = |value: &str| json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "bad", "Value": value}]}});
    for (first, second) in [(header("1"), header("2")), (query("1"), query("2"))] {
        for action in [theirs(), redirect("elsewhere.example"), answer(403)] {
            let conditions = json!([{"Field": "host-header", "Values": [DESK]}, first, second]);
            let rules = vec![(conditions, action), (host(DESK), ours())];
            let (ingress, questions) = lifted(&one(rules, answer(404), &[(DESK, "alder")]));
            assert!(!questions.is_empty());
            let closed: Vec<_> = ingress.routes.iter().filter(|route| route.respond.is_some()).collect();
            assert!(
                !closed.is_empty() && closed.iter().all(|route| route.headers.is_empty() && route.query.is_empty()),
                "{ingress:?}"
            );
        }
    }
}

/// A redirect to a name outside keeps callers out of what stands behind it, as an answer does: what it may take is closed and asked.
#[test]
fn a_redirect_to_another_name_by_a_header_or_a_parameter_is_as_closed_as_an_answer() {
    let header = json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Int", "Values": ["1"]}});
    let query = json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "debug", "Value": "1"}]}});
    for (kind, condition) in [("http-header", header), ("query-string", query)] {
        let rules = |action: Value| {
            vec![(json!([{"Field": "host-header", "Values": [DESK]}, condition]), action), (host(DESK), ours())]
        };
        let outside = one(rules(redirect("login.example.org")), answer(404), &[(DESK, "alder")]);
        let (ingress, questions) = lifted(&outside);
        assert_eq!(ids(&questions), [format!("condition/alder:443/1/{kind}")]);
        let closed = ingress.routes.iter().filter(|route| route.respond.is_some());
        assert!(
            closed.clone().count() > 0
                && closed.clone().all(|route| route.headers.is_empty() && route.query.is_empty()),
            "{ingress:?}"
        );
        // One that stays at the host lets nobody in who was sent elsewhere.
        let path = json!({"Type": "redirect", "RedirectConfig": {"Path": "/beta", "StatusCode": "HTTP_302"}});
        let mut rules = rules(path);
        rules[0].0.as_array_mut().unwrap().push(json!({"Field": "path-pattern", "Values": ["/old/*"]}));
        assert!(lifted(&one(rules, answer(404), &[(DESK, "alder")])).1.is_empty());
    }
}

/// AWS may add actions, as it added the look at tokens: they may keep callers out.
#[test]
fn an_action_that_is_not_known_keeps_the_rule_closed_wherever_it_stands_among_them() {
    let unknown = json!({"Type": "rate-limit", "Order": 1, "RateLimitConfig": {"Rate": 5}});
    for actions in [json!([unknown, ours()]), json!([ours(), unknown])] {
        for is_default in [false, true] {
            let (rules, default) =
                if is_default { (vec![], ours()) } else { (vec![(host(DESK), ours())], answer(404)) };
            let (kind, field) = match is_default {
                true => (ObservationKind::Listener, "DefaultActions"),
                false => (ObservationKind::ListenerRule, "Actions"),
            };
            let fixture = one(rules, default, &[(DESK, "alder")]).changed(kind, |body| body[field] = actions.clone());
            let (ingress, questions) = lifted(&fixture);
            let step = if is_default { "default" } else { "1" };
            assert_eq!(ids(&questions), [format!("in-front/alder:443/{step}")], "{actions}");
            assert!(at(&ingress, DESK).iter().all(|(_, status)| status.is_some()), "{ingress:?}");
        }
    }
}

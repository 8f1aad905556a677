//! An answer that lets somebody in holds for what it was given to, and that is more than its question's words say.

use super::contested_tests::{Front, answer, digest, fronts, host, ids, lifted, ours, under};
use crate::fixture::Fixture;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const BY_ADDRESS: &str = "condition/ecs/test/it/alder:443/2/source-ip";

fn and(mut conditions: Value, further: Value) -> Value {
    conditions.as_array_mut().unwrap().push(further);
    conditions
}

fn from_one_address() -> Value {
    json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.9/32"]}})
}

/// A rule in front, and one of ours that asks for an address, with these conditions beside it.
fn listener(in_front: (Value, Value), own: Value) -> Fixture {
    let rules = vec![in_front, (and(own, from_one_address()), ours()), (host(DESK), ours())];
    fronts(&[Front("alder", 443, rules, answer(404))], &[])
}

fn scheme(fixture: Fixture, scheme: &str) -> Fixture {
    fixture.changed(ObservationKind::LoadBalancer, |body| body["Scheme"] = json!(scheme))
}

/// Whether an answer to `asked` still holds for `later`.
fn holds(asked: &Fixture, later: Fixture, id: &str, given: &str) -> bool {
    let (_, questions) = lifted(&later.answered_when_asked(id, given, &digest(asked, id)));
    let short = id.replace("/ecs/test/it", "");
    !ids(&questions).contains(&short.as_str())
}

#[test]
fn what_is_answered_of_an_internal_balancer_is_asked_again_once_it_is_public() {
    let block = || (under(DESK, "/closed/*"), answer(403));
    let made = || listener(block(), under(DESK, "/staff/*"));
    let inside = || scheme(made(), "internal");
    assert!(holds(&inside(), inside(), BY_ADDRESS, "without-condition"));
    assert!(!holds(&inside(), scheme(made(), "internet-facing"), BY_ADDRESS, "without-condition"));
}

#[test]
fn a_condition_that_goes_from_a_rule_has_its_answers_asked_again() {
    let block = || (under(DESK, "/closed/*"), answer(403));
    let beside = [
        json!({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}}),
        json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Team", "Values": ["blue"]}}),
        json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "preview", "Value": "1"}]}}),
    ];
    for condition in beside {
        let narrow = || listener(block(), and(under(DESK, "/staff/*"), condition.clone()));
        assert!(holds(&narrow(), narrow(), BY_ADDRESS, "without-condition"), "{condition}");
        let wide = listener(block(), under(DESK, "/staff/*"));
        assert!(!holds(&narrow(), wide, BY_ADDRESS, "without-condition"), "{condition}");
    }
}

#[test]
fn what_stands_in_front_of_a_rule_is_part_of_what_was_answered() {
    let with = |in_front: (Value, Value)| listener(in_front, under(DESK, "/staff/*"));
    let block = |name: &str, path: &str, status| (under(name, path), answer(status));
    let asked = with(block(DESK, "/staff/pay/*", 403));
    for other in [
        block("yard.ferry.example", "/staff/pay/*", 403),
        block(DESK, "/staff/keys/*", 403),
        (under(DESK, "/staff/pay/*"), ours()),
    ] {
        let shown = format!("{other:?}");
        assert!(!holds(&asked, with(other), BY_ADDRESS, "without-condition"), "{shown}");
    }
    // What can take none of its requests is nothing to it.
    let far = with(block("yard.ferry.example", "/a/*", 403));
    assert!(holds(&far, with(block("quay.ferry.example", "/b/*", 404)), BY_ADDRESS, "without-condition"));
}

#[test]
fn answers_about_a_whole_listener_and_a_login_rest_on_its_rules_too() {
    let plain = |own: Value| fronts(&[Front("alder", 80, vec![(own, ours())], answer(404))], &[]);
    let id = "plain-http/ecs/test/it/alder:80";
    assert!(holds(&plain(host(DESK)), plain(host(DESK)), id, "to-443"));
    assert!(!holds(&scheme(plain(host(DESK)), "internal"), plain(host(DESK)), id, "to-443"));
    let get = json!({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}});
    assert!(!holds(&plain(and(host(DESK), get.clone())), plain(host(DESK)), id, "to-443"));

    let login = |own: Value| {
        let asks = json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientId": "c"}});
        let fixture = fronts(&[Front("alder", 443, vec![(own, asks)], answer(404))], &[]);
        fixture.changed(ObservationKind::ListenerRule, |body| body["Actions"].as_array_mut().unwrap().push(ours()))
    };
    let id = "auth/ecs/test/it/alder:443/1";
    assert!(holds(&login(host(DESK)), login(host(DESK)), id, "open"));
    assert!(!holds(&login(and(host(DESK), get)), login(host(DESK)), id, "open"));
    assert!(!holds(&scheme(login(host(DESK)), "internal"), login(host(DESK)), id, "open"));
}

/// A deployment that swaps the target groups of a rule, or a priority that moves all of them, changes nothing that was answered.
#[test]
fn what_a_rule_s_group_is_called_is_no_part_of_it() {
    let rules = |to: &str| {
        let elsewhere = json!({"Type": "forward", "TargetGroupArn": to});
        listener((under(DESK, "/staff/maps/*"), elsewhere), under(DESK, "/staff/*"))
    };
    assert!(holds(&rules("blue"), rules("green"), BY_ADDRESS, "without-condition"));
}

/// An answer that was kept by a version that looked at the words alone is asked again.
#[test]
fn an_answer_to_the_words_alone_lets_nobody_in() {
    let made = || listener((under(DESK, "/closed/*"), answer(403)), under(DESK, "/staff/*"));
    let (_, questions) = lifted(&made());
    let short = BY_ADDRESS.replace("/ecs/test/it", "");
    let text = questions.iter().find(|(id, _)| *id == short).map(|(_, text)| text.clone()).unwrap();
    let words = caravan_inventory::digest_of_question(&text, None);
    let (_, questions) = lifted(&made().answered_when_asked(BY_ADDRESS, "without-condition", &words));
    assert!(ids(&questions).contains(&short.as_str()), "{questions:?}");
    // Whoever writes one by hand has read the question.
    assert!(lifted(&made().answered(&[(BY_ADDRESS, "without-condition")])).1.is_empty());
}

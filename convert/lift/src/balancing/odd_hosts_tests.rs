//! Rules that name hosts of several kinds: each host is judged by itself.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, mapped, ours};
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::Ingress;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const WILDCARD: &str = "*.ferry.example";
/// What discovery puts in the place of a text that it does not know to be harmless.
const REDACTED: &str = "<redacted:0123456789abcdef>";

fn theirs() -> Value {
    json!({"Type": "forward", "TargetGroupArn": "theirs"})
}

fn named(hosts: &[Value]) -> Value {
    json!([{"Field": "host-header", "HostHeaderConfig": {"Values": hosts}}])
}

fn one(rules: Vec<(Value, Value)>) -> Fixture {
    fronts(&[Front("alder", 443, rules, answer(404))], &[])
}

/// The hosts at which something of the app is reached.
fn served(ingress: &Ingress) -> Vec<&str> {
    let opened = ingress.routes.iter().filter(|route| route.respond.is_none() && route.redirect.is_none());
    let mut hosts: Vec<&str> =
        opened.flat_map(|route| &route.hosts).chain(&ingress.hosts).map(String::as_str).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// Hosts that no gateway has, or that nobody read.
fn odd() -> Vec<Value> {
    let texts = [
        "*",
        "a*b.ferry.example",
        "?.ferry.example",
        "my_app.ferry.example",
        "localhost",
        "192.0.2.7",
        "desk.ferry.example:8443",
        "-x.ferry.example",
        "münchen.example",
        "a b.example",
        REDACTED,
        "",
    ];
    texts.iter().map(|text| json!(text)).chain([Value::Null]).collect()
}

#[test]
fn beside_an_odd_host_the_others_of_a_rule_are_served() {
    for other in odd() {
        for hosts in [[json!(DESK), other.clone()], [other.clone(), json!(DESK)]] {
            let (ingress, questions) = lifted(&one(vec![(named(&hosts), ours())]));
            assert_eq!(served(&ingress), [DESK], "{other}: {ingress:?}");
            assert_eq!(questions.len(), 1, "{other}: {questions:?}");
            let id = questions[0].0.as_str();
            assert!(id == "hosts/alder:443/1" || id == "condition/alder:443/1/host-header", "{other}: {id}");
        }
    }
}

#[test]
fn only_the_odd_host_of_a_rule_is_a_question() {
    for other in [json!(REDACTED), json!("münchen.example"), json!("a desk")] {
        let fixture = one(vec![(named(&[json!(DESK), other.clone()]), ours())]);
        let id = "condition/ecs/test/it/alder:443/1/host-header";
        for (fixture, is_open) in [
            (&fixture, true),
            (&one(vec![(named(&[json!(DESK), other.clone()]), ours())]).answered(&[(id, "leave-out")]), false),
        ] {
            mapped(fixture, |_, mut tracker| {
                let verdicts = verdicts(&mut tracker);
                let of = |at: u8| verdicts[&format!("/Conditions/0/HostHeaderConfig/Values/{at}")].as_str();
                assert_eq!(of(0), "/components/web/ingress/routes", "{other}: {verdicts:?}");
                assert_eq!(of(1) == id, is_open, "{other}: {verdicts:?}");
                assert!(is_open || of(1) != "/components/web/ingress/routes", "{other}: {verdicts:?}");
            });
        }
    }
}

/// What stands in front at an odd host is closed at the wildcard that would take it, and nowhere else.
#[test]
fn a_block_at_an_odd_host_holds_at_the_wildcard_above_it() {
    for (name, expression) in
        [("my_app.ferry.example", "my_app\\.ferry\\.example"), ("-x.Ferry.example", "-x\\.ferry\\.example")]
    {
        for (action, status) in [(answer(403), 403), (theirs(), 404)] {
            let rules = vec![(named(&[json!(DESK), json!(name)]), action), (host(WILDCARD), ours())];
            let (ingress, questions) = lifted(&one(rules));
            assert!(questions.is_empty(), "{questions:?}");
            let here = ingress.routes.iter().filter(|route| route.hosts.iter().any(|host| host == WILDCARD));
            let closing = here.filter(|route| route.respond.as_ref().is_some_and(|respond| respond.status == status));
            let headers: Vec<String> = closing.filter_map(|route| route.headers.get("host").cloned()).collect();
            assert!(headers.iter().any(|header| header.contains(expression)), "{name}: {ingress:?}");
            assert!(at(&ingress, WILDCARD).iter().any(|(_, status)| status.is_none()), "{ingress:?}");
        }
    }
}

/// What nobody read may be any host: in front of the app's own it closes them all, as a rule of such hosts alone does.
#[test]
fn a_block_at_a_host_that_nobody_read_closes_what_it_may_take() {
    for hosts in [vec![json!(REDACTED)], vec![json!("quay.ferry.example"), json!(REDACTED)]] {
        let rules = || vec![(named(&hosts), answer(403)), (host(DESK), ours())];
        let (ingress, questions) = lifted(&one(rules()));
        assert_eq!(at(&ingress, DESK)[0].1, Some(404), "{ingress:?}");
        assert_eq!(ids(&questions), ["condition/alder:443/1/host-header"]);
        let id = "condition/ecs/test/it/alder:443/1/host-header";
        let (ingress, questions) = lifted(&one(rules()).answered(&[(id, "without-rule")]));
        assert!(questions.is_empty(), "{questions:?}");
        assert!(at(&ingress, DESK).iter().all(|(_, status)| status.is_none()), "{ingress:?}");
    }
}

/// What is left out of a rule is not closed where another one of the app takes it.
#[test]
fn a_question_about_a_condition_names_the_rules_that_take_its_requests_all_the_same() {
    let source = json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24"]}});
    let guarded = || json!([{"Field": "host-header", "Values": [DESK]}, source]);
    let regular =
        || json!([{"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^d[a-z]+\\.ferry\\.example$"]}}]);
    for (first, behind, is_named) in [
        (guarded(), (host(DESK), ours()), true),
        (guarded(), (host(WILDCARD), ours()), true),
        (regular(), (host(WILDCARD), ours()), true),
        (guarded(), (host("quay.ferry.example"), ours()), false),
        (guarded(), (host(DESK), theirs()), false),
    ] {
        let (_, questions) = lifted(&one(vec![(first.clone(), ours()), behind.clone()]));
        assert_eq!(questions.len(), 1, "{questions:?}");
        let text = &questions[0].1;
        assert_eq!(
            text.contains("comes here all the same") && text.contains("Rule 2 of alder:443"),
            is_named,
            "{first} {behind:?}: {text}"
        );
    }
    // Of hosts that can't be said it names what else may take them.
    let (_, questions) = lifted(&one(vec![(regular(), ours())]));
    assert!(questions[0].1.contains("404") && questions[0].1.contains("wildcard above them"), "{}", questions[0].1);
}

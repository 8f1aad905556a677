//! What other apps of a listener know of its hosts.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, ours, under};
use crate::fixture::Fixture;
use serde_json::{Value, json};

const WILDCARD: &str = "*.ferry.example";

fn theirs() -> Value {
    json!({"Type": "forward", "TargetGroupArn": "theirs"})
}

fn named(fixture: &Fixture, host: &str) -> bool {
    let (ingress, questions) = lifted(fixture);
    assert!(questions.is_empty(), "{questions:?}");
    at(&ingress, host).iter().any(|(_, status)| status.is_none())
}

/// What another app of the listener takes by its own name, the gateway gives to nobody's wildcard.
#[test]
fn a_wildcards_app_has_the_names_that_lead_to_the_listener_as_well() {
    let rules = || vec![(under(WILDCARD, "/api/*"), ours())];
    for (records, name) in [
        (vec![("deck.ferry.example", "alder")], "deck.ferry.example"),
        (vec![("*.eu.ferry.example", "alder")], "*.eu.ferry.example"),
        (vec![("a.b.ferry.example", "alder"), ("x.example.org", "alder")], "a.b.ferry.example"),
    ] {
        let fixture = fronts(&[Front("alder", 443, rules(), theirs())], &records);
        assert!(named(&fixture, name) && named(&fixture, WILDCARD), "{name}");
        assert!(!named(&fixture, "x.example.org"));
    }
}

#[test]
fn hosts_that_people_named_for_another_app_of_the_listener_are_those_of_every_app_whose_rule_takes_them() {
    let front = |action: Value| {
        Front("alder", 443, vec![(under(WILDCARD, "/api/*"), ours()), (host("desk.example.org"), ours())], action)
    };
    for (id, answer_given, name, has) in [
        ("hosts/ecs/test/mono/alder:443", "deck.ferry.example,pier.ferry.example", "pier.ferry.example", true),
        ("hosts/ecs/test/mono@web/alder:443", "deck.ferry.example", "deck.ferry.example", true),
        // Not below the wildcard, another balancer, another question, and the answer that there are none.
        ("hosts/ecs/test/mono/alder:443", "deck.example.net", "deck.example.net", false),
        ("hosts/ecs/test/mono/birch:443", "deck.ferry.example", "deck.ferry.example", false),
        ("owner/ecs/test/mono/alder:443", "deck.ferry.example", "deck.ferry.example", false),
        ("hosts/ecs/test/mono/alder:443", "none", "none", false),
    ] {
        for action in [theirs(), answer(404)] {
            let fixture = fronts(&[front(action)], &[]).answered(&[(id, answer_given)]);
            assert_eq!(named(&fixture, name), has, "{id} {name}");
            assert!(named(&fixture, WILDCARD));
        }
    }
}

/// A pattern of another app's rule, whose names a person told.
#[test]
fn hosts_of_another_apps_pattern_count_where_they_stand_below_a_wildcard_of_ours() {
    let pattern = json!([{"Field": "host-header", "Values": ["d*k.ferry.example"]}, {"Field": "path-pattern", "Values": ["/new/*"]}]);
    let rules = || vec![(pattern.clone(), theirs()), (under("*.ferry.example", "/api/*"), ours())];
    let fixture = || fronts(&[Front("alder", 443, rules(), answer(404))], &[]);
    let answered = fixture().answered(&[("hosts/ecs/test/mono/alder:443/1", "desk.ferry.example")]);
    assert!(named(&answered, "desk.ferry.example"));
    assert!(!named(&fixture(), "desk.ferry.example"));
}

/// A rule in front closes the hosts that its expression may match, and no other one.
#[test]
fn an_expression_of_hosts_closes_nothing_that_it_cant_match() {
    let regular =
        |expression: &str| json!([{"Field": "host-header", "HostHeaderConfig": {"RegexValues": [expression]}}]);
    for (expression, closes) in [
        (r"^pier-[0-9]+\.ferry\.example$", false),
        (r"^(quay|pier)\.ferry\.example$", false),
        (r"\.other\.example$", false),
        (r"^de[a-z]+\.ferry\.example$", true),
        (r"ferry", true),
        (r"(?=desk).*", true),
    ] {
        for action in [theirs(), answer(403)] {
            let rules = vec![(regular(expression), action), (host("desk.ferry.example"), ours())];
            let (ingress, questions) = lifted(&fronts(&[Front("alder", 443, rules, answer(404))], &[]));
            let closed = at(&ingress, "desk.ferry.example").iter().any(|(_, status)| status.is_some());
            assert_eq!(closed, closes, "{expression}: {ingress:?}");
            let asked: &[&str] = if closes { &["condition/alder:443/1/host-header"] } else { &[] };
            assert_eq!(ids(&questions), asked, "{expression}");
        }
    }
}

/// How another app's requests are rewritten is asked of that app alone.
#[test]
fn a_rewrite_of_another_apps_rule_is_no_question_here() {
    let rules = vec![(under("desk.ferry.example", "/old/*"), theirs()), (host("desk.ferry.example"), ours())];
    let source = json!([{"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24"]}}]);
    let asked = vec![(source, theirs()), (host("desk.ferry.example"), ours())];
    for (rules, questions) in [(rules, &[][..]), (asked, &["condition/alder:443/1/source-ip"][..])] {
        let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[]).changed(
            caravan_inventory::ObservationKind::ListenerRule,
            |rule| {
                if rule["Actions"][0]["TargetGroupArn"] == "theirs" {
                    let rewrite = json!({"Rewrites": [{"Regex": "^/old/(.*)$", "Replace": "/$1"}]});
                    rule["Transforms"] = json!([{"Type": "url-rewrite", "UrlRewriteConfig": rewrite}]);
                }
            },
        );
        super::contested_tests::mapped(&fixture, |_, mut tracker| {
            let verdicts = crate::fixture::verdicts(&mut tracker);
            let rewritten: Vec<_> = verdicts.iter().filter(|(path, _)| path.contains("/Transforms/")).collect();
            assert!(
                !rewritten.is_empty() && rewritten.iter().all(|(_, verdict)| *verdict == "other-rule"),
                "{rewritten:?}"
            );
            let asked: Vec<String> =
                tracker.close().0.iter().map(|one| one.id.to_string().replace("/ecs/test/it", "")).collect();
            assert_eq!(asked, questions);
        });
    }
}

/// Two apps that say of one host that it leads to two listeners.
#[test]
fn answers_of_two_apps_that_contradict_each_other_are_both_named_and_neither_is_taken() {
    const DESK: &str = "desk.ferry.example";
    let own = format!("host-listener/ecs/test/it/{DESK}");
    let other = format!("host-listener/ecs/test/mono/{DESK}");
    let listeners = || {
        let rules = || vec![(under(DESK, "/staff/*"), answer(403)), (host(DESK), ours())];
        fronts(
            &[Front("alder", 443, rules(), answer(404)), Front("birch", 443, vec![(host(DESK), ours())], answer(404))],
            &[],
        )
    };
    for (mine, theirs, contradict) in [
        ("alder:443", "birch:443", true),
        ("birch:443", "alder:443", true),
        ("birch:443", "larch:443", true),
        ("alder:443", "alder:443", false),
        ("alder:443", "elsewhere", false),
        ("elsewhere", "birch:443", false),
    ] {
        let fixture = listeners().answered(&[(&own, mine), (&other, theirs)]);
        let (ingress, questions) = lifted(&fixture);
        assert_eq!(at(&ingress, DESK).is_empty(), contradict || mine == "elsewhere", "{mine} {theirs}: {ingress:?}");
        assert_eq!(questions.len(), usize::from(contradict), "{questions:?}");
        for (_, text) in &questions {
            let both = [format!("`{own}={mine}`"), format!("`{other}={theirs}`")];
            assert!(both.iter().all(|answer| text.contains(answer)) && text.contains("contradict"), "{text}");
        }
    }
    // Of another host it is no matter.
    let elsewhere =
        ["host-listener/ecs/test/mono/quay.ferry.example", "internal-host-listener/ecs/test/mono/desk.ferry.example"];
    for id in elsewhere {
        let (ingress, questions) = lifted(&listeners().answered(&[(&own, "alder:443"), (id, "birch:443")]));
        assert!(questions.is_empty() && !at(&ingress, DESK).is_empty(), "{id}: {questions:?}");
    }
}

//! What is asked and said of rules that don't simply come here: hosts that nobody knows, rules of others, ports.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, ours, under};
use crate::context::Context;
use crate::fixture::Fixture;
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::tracker::FieldTracker;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";

fn theirs() -> Value {
    json!({"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:r:1:targetgroup/legacy/0a"})
}

fn path(path: &str) -> Value {
    json!([{"Field": "path-pattern", "Values": [path]}])
}

/// The notes on the fields with this value, each with what became of the field.
fn notes(fixture: &Fixture, name: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
        super::map(&mut tracker, &context, &mut PlConfig::default(), &mut Component::default());
        let ledger = crate::walk::ledger(&mut tracker);
        let named = ledger.entries().filter(|entry| entry.path.ends_with(name));
        out = named
            .map(|entry| (format!("{:?}", entry.verdict), entry.note.clone().unwrap_or_default().into_owned()))
            .collect();
    });
    out
}

#[test]
fn what_takes_every_host_is_asked_about_where_only_other_rules_name_a_host() {
    for (rules, default) in [
        (vec![(host(DESK), theirs())], ours()),
        (vec![(host(DESK), theirs()), (path("/api/*"), ours())], answer(404)),
        (vec![(under(DESK, "/x/*"), theirs())], ours()),
    ] {
        let fixture = || fronts(&[Front("alder", 443, rules.clone(), default.clone())], &[]);
        let (_, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["hosts/alder:443"]);
        assert!(questions[0].1.contains(DESK), "{questions:?}");
        let id = "hosts/ecs/test/it/alder:443";
        let (ingress, questions) = lifted(&fixture().answered(&[(id, "quay.ferry.example")]));
        assert!(at(&ingress, "quay.ferry.example").iter().any(|route| route.1.is_none()), "{ingress:?}");
        assert!(questions.is_empty(), "{questions:?}");
        let (ingress, questions) = lifted(&fixture().answered(&[(id, "none")]));
        assert!(at(&ingress, "quay.ferry.example").is_empty() && questions.is_empty(), "{questions:?}");
    }
    // A record tells; and where no rule names a host, there is one at least.
    let (_, questions) = lifted(&fronts(
        &[Front("alder", 443, vec![(host(DESK), theirs())], ours())],
        &[("quay.ferry.example", "alder")],
    ));
    assert!(questions.is_empty(), "{questions:?}");
    let alone =
        fronts(&[Front("alder", 443, vec![], ours())], &[]).answered(&[("hosts/ecs/test/it/alder:443", "none")]);
    assert_eq!(ids(&lifted(&alone).1), ["hosts/alder:443"]);
}

/// What forwards here at hosts that nobody knows is told by the question about them, and is neither exact nor another one's.
#[test]
fn what_forwards_here_at_hosts_that_nobody_knows_is_told_by_the_question() {
    for rules in [vec![], vec![(path("/api/*"), ours())], vec![(path("/api/*"), ours()), (path("/x"), theirs())]] {
        let fixture = || fronts(&[Front("alder", 443, rules.clone(), ours())], &[]);
        let verdicts = |fixture: &Fixture, name: &str| {
            notes(fixture, name).into_iter().map(|(verdict, _)| verdict).collect::<Vec<_>>()
        };
        let default = verdicts(&fixture(), "/DefaultActions/0/TargetGroupArn");
        assert!(default.len() == 1 && default[0].contains("hosts/ecs/test/it/alder:443"), "{default:?}");
        let own: Vec<String> = verdicts(&fixture(), "/Conditions/0/Values/0").into_iter().take(1).collect();
        assert!(own.iter().all(|verdict| verdict.contains("hosts/ecs/test/it/alder:443")), "{own:?}");
        assert_eq!(own.len(), rules.len().min(1));
        let told = fixture().answered(&[("hosts/ecs/test/it/alder:443", "quay.ferry.example")]);
        let told =
            [verdicts(&told, "/DefaultActions/0/TargetGroupArn"), verdicts(&told, "/Conditions/0/Values/0")].concat();
        assert!(told.iter().all(|verdict| !verdict.contains("Question")), "{told:?}");
    }
}

#[test]
fn a_host_that_another_app_has_is_no_usable_answer() {
    let quay = "quay.ferry.example";
    let id = "hosts/ecs/test/it/alder:443";
    for given in [quay, "jetty.ferry.example, QUAY.ferry.example"] {
        let answered = fronts(&[Front("alder", 443, vec![], ours())], &[]).answered(&[(id, given)]);
        let (ingress, questions) = lifted(&answered.held(quay));
        assert_eq!(ids(&questions), ["hosts/alder:443"], "{given}");
        let text = &questions[0].1;
        assert!(text.contains("`quay.ferry.example`: the app `shop/other` has it"), "{text}");
        assert!(text.contains("can't be used"), "{text}");
        assert!(at(&ingress, quay).is_empty() && at(&ingress, "jetty.ferry.example").is_empty(), "{ingress:?}");
    }
    // Another host may be it.
    let answered = fronts(&[Front("alder", 443, vec![], ours())], &[]).answered(&[(id, "jetty.ferry.example")]);
    assert!(lifted(&answered.held(quay)).1.is_empty());
}

#[test]
fn a_rule_whose_hosts_cant_be_said_is_not_opened_without_them() {
    for condition in [
        json!({"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^d[a-z]+\\.ferry\\.example$"]}}),
        json!({"Field": "host-header", "Values": ["dösk*.ferry.example"]}),
        json!({"Field": "host-header", "Values": ["<redacted:0123456789abcdef>", "a desk"]}),
    ] {
        let fixture = || fronts(&[Front("alder", 443, vec![(json!([condition]), ours())], answer(404))], &[]);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["condition/alder:443/1/host-header"], "{condition}");
        assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
        let id = "condition/ecs/test/it/alder:443/1/host-header";
        let (_, questions) = lifted(&fixture().answered(&[(id, "without-condition")]));
        assert_eq!(ids(&questions), ["condition/alder:443/1/host-header"], "it promises nothing: {condition}");
        let (ingress, questions) = lifted(&fixture().answered(&[(id, "leave-out")]));
        assert!(at(&ingress, DESK).is_empty() && questions.is_empty(), "{questions:?}");
    }
}

#[test]
fn the_ledger_names_rule_host_path_and_group_of_what_leads_elsewhere_at_a_host_of_ours() {
    for rules in [
        vec![(under(DESK, "/old/*"), theirs()), (host(DESK), ours())],
        vec![(under(DESK, "/new/*"), ours()), (under(DESK, "/old/*"), theirs())],
        vec![(under("*.ferry.example", "/old/*"), theirs()), (host(DESK), ours())],
    ] {
        let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[]);
        let notes = notes(&fixture, "TargetGroupArn");
        let said = |note: &str| {
            ["Rule ", " of alder:443", ".ferry.example", "/old/*", "`legacy`"].iter().all(|part| note.contains(part))
        };
        assert_eq!(notes.iter().filter(|(_, note)| said(note)).count(), 1, "{notes:?}");
    }
    let apart = [(host("other.ferry.example"), theirs()), (host(DESK), ours())];
    let fixture = fronts(&[Front("alder", 443, apart.to_vec(), answer(404))], &[]);
    assert!(notes(&fixture, "TargetGroupArn").iter().all(|(_, note)| note.is_empty()), "another host is no concern");
}

/// As the real Envoy answers (`docs/decisions/0140`).
#[test]
fn what_envoy_does_otherwise_to_an_answer_of_its_own_is_not_exact() {
    for (config, name, exact) in [
        (json!({"StatusCode": "201", "MessageBody": "made", "ContentType": "text/plain"}), "StatusCode", false),
        (json!({"StatusCode": "200", "MessageBody": "made", "ContentType": "text/plain"}), "StatusCode", true),
        (json!({"StatusCode": "200", "MessageBody": "made", "ContentType": "text/plain"}), "ContentType", true),
        (json!({"StatusCode": "410", "ContentType": "text/plain"}), "ContentType", false),
        (json!({"StatusCode": "410", "ContentType": "text/plain", "MessageBody": ""}), "ContentType", false),
    ] {
        let answered = json!({"Type": "fixed-response", "FixedResponseConfig": config});
        let rules = vec![(under(DESK, "/old/*"), answered), (host(DESK), ours())];
        let fixture = fronts(&[Front("alder", 443, rules, ours())], &[]);
        let notes = notes(&fixture, &format!("0/FixedResponseConfig/{name}"));
        assert_eq!(notes.len(), 1, "{config}: {notes:?}");
        assert_eq!((notes[0].0 == "Exact", notes[0].1.is_empty()), (exact, exact), "{config}: {notes:?}");
    }
}

#[test]
fn a_port_that_a_redirect_names_is_said_as_it_is_written() {
    for (port, written) in [("8443", true), ("9000", true), ("443", false)] {
        let config = json!({"Protocol": "HTTPS", "Port": port, "Host": "old.example.org", "StatusCode": "HTTP_302"});
        let rules = vec![
            (under(DESK, "/admin/*"), json!({"Type": "redirect", "RedirectConfig": config})),
            (host(DESK), ours()),
        ];
        let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[]);
        let (ingress, _) = lifted(&fixture);
        let redirect = ingress.routes.iter().find_map(|route| route.redirect.clone()).unwrap();
        assert_eq!(redirect.port.is_some(), written, "{port}");
        let said = notes(&fixture, "RedirectConfig/Port");
        assert_eq!(said[0].1.contains("not written"), !written, "{said:?}");
        assert_eq!(said[0].0 == "Exact", written, "{said:?}");
    }
}

#[test]
fn a_listener_beside_that_with_tls_is_asked_about_with_what_only_it_takes() {
    let tls = || Front("alder", 443, vec![(host(DESK), ours())], answer(404));
    for (rules, named) in [
        (
            vec![(path("/.well-known/*"), ours()), (host("quay.ferry.example"), ours())],
            vec!["/.well-known/*", "quay.ferry.example"],
        ),
        (vec![(under(DESK, "/hooks"), ours()), (host(DESK), ours())], vec!["/hooks"]),
        (vec![(host(DESK), ours())], vec![]),
    ] {
        let (_, questions) = lifted(&fronts(&[tls(), Front("alder", 80, rules, answer(404))], &[]));
        let (_, text) = questions.iter().find(|(id, _)| id == "listener-port/alder:80").unwrap();
        assert!(named.iter().all(|name| text.contains(name)), "{text}");
        assert_eq!(text.contains("Only `alder:80` takes"), !named.is_empty(), "{text}");
    }
}

#[test]
fn no_question_has_a_gap_in_its_text() {
    let redirect = json!({"Type": "redirect", "RedirectConfig": {"Host": DESK, "StatusCode": "HTTP_301"}});
    for rules in [
        vec![(host("*.old.example"), redirect), (host(DESK), ours())],
        vec![(json!([{"Field": "host-header", "Values": ["d?sk.ferry.example"]}]), ours())],
        vec![(host(DESK), theirs()), (path("/api/*"), ours())],
    ] {
        let (_, questions) = lifted(&fronts(&[Front("alder", 443, rules, answer(404))], &[]));
        assert!(!questions.is_empty());
        assert!(questions.iter().all(|(_, text)| !text.contains("  ")), "{questions:?}");
    }
}

/// Conditions that the gateway can't say, each with its kind.
fn unsaid() -> Vec<(Value, &'static str)> {
    let header = |name: &str, value: &str| json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": [value]}});
    vec![
        (json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["198.51.100.0/25"]}}), "source-ip"),
        (header("User-Agent", "*harvester*"), "http-header"),
        (
            json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "debug", "Value": "*"}]}}),
            "query-string",
        ),
        (json!({"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/wp-"]}}), "path-pattern"),
        (json!({"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^d"]}}), "host-header"),
    ]
}

#[test]
fn a_block_in_front_can_be_left_out_and_opens_what_is_behind_it() {
    let blocks = || unsaid().into_iter().flat_map(|one| [(one.clone(), answer(403)), (one, answer(429))]);
    for ((condition, kind), block) in blocks() {
        let fixture = || {
            let rules = vec![(json!([condition]), block.clone())];
            fronts(&[Front("alder", 443, rules, ours())], &[(DESK, "alder")])
        };
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(at(&ingress, DESK)[0].1, Some(404), "{ingress:?}");
        assert_eq!(ids(&questions), [format!("condition/alder:443/1/{kind}")]);
        assert!(questions[0].1.contains("without-rule") && questions[0].1.contains("gets through"), "{questions:?}");
        let id = format!("condition/ecs/test/it/alder:443/1/{kind}");
        let left_out = fixture().answered(&[(&id, "without-rule")]);
        let (ingress, questions) = lifted(&left_out);
        assert!(questions.is_empty() && at(&ingress, DESK).iter().all(|route| route.1.is_none()), "{ingress:?}");
        assert!(!at(&ingress, DESK).is_empty(), "{ingress:?}");
        let said = notes(&left_out, "StatusCode");
        assert!(said.iter().any(|(_, note)| note.contains("left out by a person's answer")), "{said:?}");
        let closed = lifted(&fixture().answered(&[(&id, "closed")])).0;
        assert_eq!(at(&closed, DESK)[0].1, Some(404), "{closed:?}");
    }
}

#[test]
fn what_stands_behind_a_block_that_is_left_out_is_asked_about_too() {
    let conditions = unsaid();
    let rules = vec![(json!([conditions[0].0]), answer(403)), (json!([conditions[1].0]), answer(403))];
    let fixture = fronts(&[Front("alder", 443, rules, ours())], &[(DESK, "alder")]);
    let fixture = fixture.answered(&[("condition/ecs/test/it/alder:443/1/source-ip", "without-rule")]);
    let (ingress, questions) = lifted(&fixture);
    assert_eq!(ids(&questions), ["condition/alder:443/2/http-header"]);
    assert_eq!(at(&ingress, DESK)[0].1, Some(404), "{ingress:?}");
}

#[test]
fn a_rule_that_no_request_reaches_is_not_booked_as_exact() {
    for (condition, kind) in unsaid() {
        let rules = vec![(json!([condition]), answer(403)), (under(DESK, "/api/*"), ours()), (host(DESK), ours())];
        let fixture = || fronts(&[Front("alder", 443, rules.clone(), answer(404))], &[]);
        for name in ["TargetGroupArn", "Values/0"] {
            let said = notes(&fixture(), name);
            let caught = |note: &str| note.contains("caught by what stays closed before it: Rule 1 of alder:443");
            assert!(said.iter().filter(|(_, note)| caught(note)).count() >= 2, "{name} {kind}: {said:?}");
            assert!(said.iter().any(|(_, note)| note.contains("nothing of this listener reaches the app")), "{said:?}");
            assert!(said.iter().all(|(verdict, note)| verdict != "Exact" || !caught(note)), "{said:?}");
        }
        let id = format!("condition/ecs/test/it/alder:443/1/{kind}");
        let said = notes(&fixture().answered(&[(&id, "without-rule")]), "TargetGroupArn");
        assert!(said.iter().all(|(_, note)| !note.contains("caught")), "{said:?}");
    }
    // What is caught in part is reached.
    let rules = vec![(json!([unsaid()[0].0, path("/old/*")[0]]), answer(403)), (host(DESK), ours())];
    let said = notes(&fronts(&[Front("alder", 443, rules, answer(404))], &[]), "TargetGroupArn");
    assert!(said.iter().all(|(_, note)| !note.contains("caught")), "{said:?}");
}

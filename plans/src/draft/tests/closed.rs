//! What is closed on the gateway is not moved.

use super::{drafted_of, host, moves, path, record, rule, to};
use crate::draft::{ClosedWay, Drafted, NewSide, closed_ways};
use caravan_inventory::{Decision, Decisions, Observation, Question, QuestionId, WorkloadId};
use serde_json::json;

/// A draft where these questions keep ways in closed: each with its answer, or open.
fn drafted_closed(closed: &[(&str, Option<&str>)], rules: Vec<Observation>, record_sets: Vec<Observation>) -> Drafted {
    let way = |(question, answer): &(&str, Option<&str>)| ClosedWay {
        workload: WorkloadId::new("ecs/it"),
        question: QuestionId::new(*question),
        answer: answer.map(str::to_owned),
    };
    let closed = closed.iter().map(way).collect();
    let none = (Vec::new(), Vec::new());
    drafted_of(&NewSide::default(), "HTTPS", &to("theirs"), (rules, record_sets), none, closed)
}

/// Whoever is sent to a way in that is closed on the gateway is answered with 404: no shift is proposed for it.
#[test]
fn a_rule_that_is_closed_on_the_gateway_is_not_shifted() {
    let rules = || vec![rule(10, &json!([host("desk.example.com"), path("/staff/*")]), &to("ours"))];
    let records = || vec![record("desk.example.com", &json!({}))];
    assert_eq!(moves(&drafted_closed(&[], rules(), records())), ["10"]);
    for (question, answer, said) in [
        ("auth/ecs/it/edge:443/10", None, "until `auth/ecs/it/edge:443/10` is answered"),
        ("condition/ecs/it/edge:443/10/source-ip", None, "is answered"),
        ("transforms/ecs/it@shop/web/edge:443/10", None, "is answered"),
        ("listener-port/ecs/it/edge:443", None, "is answered"),
        ("callers/111122223333/eu-west-1/edge:443", None, "is answered"),
        ("firewall/111122223333/eu-west-1/edge", None, "is answered"),
        ("auth/ecs/it/edge:443/10", Some("closed"), "by the answer `closed`"),
        ("condition/ecs/it/edge:443/10/source-ip/2", Some("leave-out"), "by the answer `leave-out`"),
    ] {
        let drafted = drafted_closed(&[(question, answer)], rules(), records());
        assert!(moves(&drafted).is_empty(), "{question}");
        let left = drafted.left_out.join("\n");
        assert!(
            left.contains("rule 10 of edge:443 (desk.example.com): on the gateway") && left.contains(said),
            "{left}"
        );
    }
    // Another rule's, another listener's, another workload's.
    for question in [
        "auth/ecs/it/edge:443/100",
        "auth/ecs/it/edge:8443/10",
        "auth/ecs/item/edge:443/10",
        "auth/ecs/other/edge:443/10",
        "callers/111122223333/eu-west-1/edge:8443",
        "firewall/111122223333/eu-west-1/hedge",
        "user/ecs/it/edge:443/10",
    ] {
        let drafted = drafted_closed(&[(question, None)], rules(), records());
        assert_eq!(moves(&drafted), ["10"], "{question}");
    }
}

/// A name moves with all that comes by it, what waits for an answer too; what people closed for good keeps no name back.
#[test]
fn a_name_of_which_a_part_waits_for_an_answer_is_not_moved() {
    let rules = || {
        vec![
            rule(10, &json!([host("desk.example.com"), path("/staff/*")]), &to("ours")),
            rule(20, &json!([host("desk.example.com")]), &to("ours")),
        ]
    };
    let records = || vec![record("desk.example.com", &json!({}))];
    assert_eq!(moves(&drafted_closed(&[], rules(), records())), ["desk.example.com"]);
    for question in ["auth/ecs/it/edge:443/10", "host-listener/ecs/it/desk.example.com"] {
        let drafted = drafted_closed(&[(question, None)], rules(), records());
        assert!(!moves(&drafted).contains(&"desk.example.com".to_owned()), "{question}");
        assert!(
            drafted.left_out.join("\n").contains(&format!("until `{question}` is answered")),
            "{:?}",
            drafted.left_out
        );
    }
    let closed = drafted_closed(&[("auth/ecs/it/edge:443/10", Some("closed"))], rules(), records());
    assert_eq!(moves(&closed), ["desk.example.com"]);
    assert!(closed.left_out.join("\n").contains("by the answer `closed`"), "{:?}", closed.left_out);
}

/// Where nobody knows by which hosts a listener is called, the gateway serves what names its hosts and nothing else.
#[test]
fn what_takes_every_host_is_not_shifted_while_nobody_knows_its_hosts() {
    let named = || rule(10, &json!([host("desk.example.com"), path("/staff/*")]), &to("ours"));
    let anywhere = || rule(20, &json!([path("/api/*")]), &to("ours"));
    let drafted = |closed: &[(&str, Option<&str>)]| drafted_closed(closed, vec![named(), anywhere()], Vec::new());
    assert_eq!(moves(&drafted(&[])), ["10", "20"]);
    for (closed, moved) in [
        (("hosts/ecs/it/edge:443", None), vec!["10"]),
        (("hosts/ecs/it@shop/web/edge:443", None), vec!["10"]),
        (("hosts/ecs/it/edge:443/20", None), vec!["10"]),
        (("hosts/ecs/it/edge:443/10", None), vec!["20"]),
        (("hosts/ecs/it/edge:443", Some("none")), vec!["10"]),
        (("hosts/ecs/it/edge:8443", None), vec!["10", "20"]),
        (("hosts/ecs/other/edge:443", None), vec!["10", "20"]),
    ] {
        let drafted = drafted(&[closed]);
        assert_eq!(moves(&drafted), moved, "{closed:?}");
        assert_eq!(
            drafted.left_out.join("\n").matches("on the gateway it is closed").count(),
            2 - moved.len(),
            "{closed:?}"
        );
    }
}

/// A name comes with the rules that stand in front of what is the workload's: one that the gateway can't follow is closed there.
#[test]
fn a_name_is_kept_back_by_a_rule_in_front_that_waits_for_an_answer() {
    let away = json!([{"Type": "redirect", "RedirectConfig": {"Host": "#{host}.old", "StatusCode": "HTTP_301"}}]);
    let rules = || {
        vec![
            rule(5, &json!([host("desk.example.com"), path("/login")]), &away),
            rule(20, &json!([host("desk.example.com")]), &to("ours")),
        ]
    };
    let records = || vec![record("desk.example.com", &json!({}))];
    for (question, answer, kept) in [
        ("in-front/ecs/it/edge:443/5", None, true),
        ("in-front/ecs/it/edge:443/5", Some("closed"), false),
        ("in-front/ecs/it/edge:443/50", None, false),
        ("in-front/ecs/it/edge:8443/5", None, false),
        ("in-front/ecs/other/edge:443/5", None, false),
    ] {
        let drafted = drafted_closed(&[(question, answer)], rules(), records());
        assert_eq!(moves(&drafted) != ["desk.example.com"], kept, "{question} {:?}", drafted.left_out);
        let said = drafted.left_out.join("\n").contains(&format!("until `{question}` is answered"));
        assert_eq!(said, kept && !moves(&drafted).contains(&"20".to_owned()), "{question} {:?}", drafted.left_out);
    }
}

/// What somebody closed of a name keeps it where it is, once that is all of it.
#[test]
fn a_name_all_of_which_is_closed_by_an_answer_stays_where_it_is() {
    let away = json!([{"Type": "redirect", "RedirectConfig": {"Path": "/old/#{path}", "StatusCode": "HTTP_301"}}]);
    let question = "in-front/ecs/it/edge:443/5";
    for (conditions, moved) in [
        (json!([host("desk.example.com")]), false),
        (json!([host("*.example.com")]), false),
        (json!([host("desk.example.com"), path("/login")]), true),
        (json!([host("pier.example.com")]), true),
    ] {
        let rules = vec![rule(5, &conditions, &away), rule(20, &json!([host("desk.example.com")]), &to("ours"))];
        let drafted =
            drafted_closed(&[(question, Some("closed"))], rules, vec![record("desk.example.com", &json!({}))]);
        assert_eq!(moves(&drafted) == ["desk.example.com"], moved, "{conditions}: {:?}", drafted.left_out);
    }
}

/// Of a rule that divides its traffic the gateway has all of it open, where that is assumed.
#[test]
fn what_is_open_until_somebody_answers_keeps_nothing_back() {
    let ways = |assumed: &str| {
        let question = Question {
            id: QuestionId::new("weights/ecs/it/edge:443/40"),
            workload: WorkloadId::new("ecs/it"),
            text: String::new(),
            options: vec!["all-here".to_owned(), "leave-out".to_owned()],
            assumed: Some(assumed.to_owned()),
            rests_on: None,
        };
        closed_ways(&WorkloadId::new("ecs/it"), &[question], &Decisions::default()).len()
    };
    assert_eq!((ways("all-here"), ways("leave-out")), (0, 1));
}

#[test]
fn what_keeps_ways_closed_is_told_from_open_questions_and_from_answers() {
    let id = WorkloadId::new("ecs/it");
    let asked = |id: &str| Question {
        id: QuestionId::new(id),
        workload: WorkloadId::new("ecs/it"),
        text: String::new(),
        options: Vec::new(),
        assumed: None,
        rests_on: None,
    };
    let open = [asked("auth/ecs/it/edge:443/10"), asked("replicas/ecs/it")];
    let mut decisions = Decisions::default();
    for (id, answer) in [
        ("auth/ecs/it/edge:443/10", "closed"),
        ("condition/ecs/it/edge:443/20/source-ip", "leave-out"),
        ("condition/ecs/it/edge:443/30/source-ip", "without-condition"),
        ("logs/ecs/it", "leave-out"),
        ("listener-port/ecs/other/edge:443", "leave-out"),
        ("firewall/111122223333/eu-west-1/edge", "closed"),
    ] {
        let decision = Decision { answer: answer.to_owned(), reason: None, asked: None };
        decisions.0.insert(QuestionId::new(id), decision);
    }
    let ways = closed_ways(&id, &open, &decisions);
    let ways: Vec<_> = ways.iter().map(|way| (way.question.as_str(), way.answer.as_deref())).collect();
    assert_eq!(
        ways,
        [
            ("auth/ecs/it/edge:443/10", None),
            ("condition/ecs/it/edge:443/20/source-ip", Some("leave-out")),
            ("firewall/111122223333/eu-west-1/edge", Some("closed")),
        ]
    );
}

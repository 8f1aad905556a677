//! The account of every field (C1), held over the fixtures of this crate.

mod common;

use caravan_convert_lift::plconfig::PlConfig;
use caravan_convert_lift::{FieldVerdict, LiftOutcome, Lifted};
use common::{Case, file_cases, lambda_cases, live_cases};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;

fn corpus() -> Vec<Case> {
    file_cases().into_iter().chain(live_cases()).chain(lambda_cases()).collect()
}

/// Every leaf of a document as a JSON pointer, written without a look at the code under test.
fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(at, child)| leaves(child, &format!("{path}/{at}"), out));
        }
        Value::Object(map) if !map.is_empty() => map.iter().for_each(|(key, child)| {
            leaves(child, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        _ => out.push(path.to_owned()),
    }
}

#[test]
fn every_leaf_has_one_entry_in_the_order_of_the_documents() {
    for case in corpus() {
        let lifted = case.lift();
        let mut wanted = Vec::new();
        for observation in &case.observations {
            let mut paths = Vec::new();
            leaves(&observation.body, "", &mut paths);
            wanted.extend(paths.into_iter().map(|path| (observation.id.clone(), path)));
        }
        let documents = lifted.ledger.documents.iter();
        let found: Vec<_> = documents
            .flat_map(|document| document.entries.iter().map(|entry| (document.source.clone(), entry.path.clone())))
            .collect();
        assert_eq!(found, wanted, "{}", case.workload.name);
        assert_eq!(lifted.ledger.counts().unknown, 0, "{}: {:?}", case.workload.name, unknown(&lifted));
    }
}

fn unknown(lifted: &Lifted) -> Vec<&str> {
    let entries = lifted.ledger.entries();
    entries.filter(|entry| entry.verdict == FieldVerdict::Unknown).map(|entry| entry.path.as_str()).collect()
}

#[test]
fn another_value_of_an_exact_field_gives_another_plconfig() {
    let (mut tried, mut idle) = (0, Vec::new());
    for case in corpus() {
        let before = case.lift();
        for (source, entry) in common::exact(&before.ledger) {
            if !common::changes(case.clone(), &before, source, entry) {
                idle.push(format!("{}: {}", case.workload.name, entry.path));
            }
            tried += 1;
        }
    }
    writeln!(std::io::stdout(), "{tried} exact fields were changed").unwrap();
    assert!(idle.is_empty(), "exact, but another value changes nothing:\n{}", idle.join("\n"));
    assert!(tried > 200, "{tried}");
}

#[test]
fn an_open_question_in_the_ledger_is_on_the_list_and_the_other_way_round() {
    for case in corpus() {
        let lifted = case.lift();
        let listed: BTreeSet<_> = lifted.questions.iter().map(|question| question.id.clone()).collect();
        assert_eq!(listed.len(), lifted.questions.len(), "a question twice");
        for entry in lifted.ledger.entries() {
            if let FieldVerdict::Question { id } = &entry.verdict {
                assert!(listed.contains(id), "{id}");
            }
        }
        for question in &lifted.questions {
            let topic = question.id.as_str().split('/').next().unwrap();
            assert!(question.id.as_str().starts_with(&format!("{topic}/{}", case.workload.id)), "{}", question.id);
            assert_eq!(question.workload, case.workload.id);
        }
    }
}

/// An answer for each question: the one that is assumed, else the first option, else something that fits the topic.
#[test]
fn answers_close_their_questions() {
    for mut case in corpus() {
        for _ in 0..4 {
            let open = case.lift().questions;
            for question in open {
                let topic = question.id.as_str().split('/').next().unwrap();
                let answer = match topic {
                    "placeholder" | "image" => "1".to_owned(),
                    "user" => "1000:1000".to_owned(),
                    "cpu" => "250m".to_owned(),
                    "replicas" => "2".to_owned(),
                    "file-system" => "fs-0123456789abcdef0".to_owned(),
                    "entry-point" => "[\"/run\", \"thumbs.main\"]".to_owned(),
                    "event" => "{}".to_owned(),
                    "hosts" => "shop.example.com, www.example.com".to_owned(),
                    _ => question.options.first().cloned().or(question.assumed.clone()).unwrap(),
                };
                let answer = if topic == "placeholder" { "registry.example.com/app:1".to_owned() } else { answer };
                case.decisions.0.insert(question.id, caravan_inventory::Decision { answer, reason: None, asked: None });
            }
        }
        let lifted = case.lift();
        assert_eq!(lifted.questions, [], "{}", case.workload.name);
        assert_eq!(lifted.ledger.counts().question, 0, "{}", case.workload.name);
    }
}

#[test]
fn an_answer_that_can_not_be_used_leaves_the_question_open_and_is_named() {
    let case = corpus().remove(0);
    for question in case.lift().questions.into_iter().filter(|question| !question.options.is_empty()) {
        let mut case = corpus().remove(0);
        let answer = caravan_inventory::Decision { answer: "?!".to_owned(), reason: None, asked: None };
        case.decisions.0.insert(question.id.clone(), answer);
        let again = case.lift().questions;
        let found = again.iter().find(|other| other.id == question.id).unwrap();
        assert!(found.text.contains("`?!`"), "{}", found.text);
    }
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    for case in corpus() {
        let (a, b) = (case.lift(), case.lift());
        assert_eq!(common::everything(&a), common::everything(&b));
        if let (LiftOutcome::Converted(a), LiftOutcome::Converted(b)) = (&a.outcome, &b.outcome) {
            assert_eq!(a.write().unwrap(), b.write().unwrap());
        }
    }
}

#[test]
fn a_worker_whose_script_was_not_read_is_refused_with_every_field_accounted_for() {
    let mut case = Case::live(
        "resize",
        &[(caravan_inventory::ObservationKind::CloudflareWorker, json!({"id": "x", "bindings": []}))],
    );
    case.workload.kind = caravan_inventory::WorkloadKind::Worker;
    let reasons = case.reasons();
    assert!(reasons.len() == 1 && reasons[0].starts_with("its script was not read"), "{reasons:?}");
    assert_eq!(case.lift().ledger.counts().unknown, 0);
}

#[test]
fn a_field_that_no_api_has_is_unknown_and_a_known_one_in_a_wrong_place_is_a_question() {
    let task = json!({
        "containerDefinitions": [{"name": "a", "image": "a", "memory": 64, "enableLogging": true}],
        "environment": [{"name": "A", "value": "1"}],
        "logging": {"name": "x"},
        "tags": null
    });
    let case = Case::from_file("odd", &[(caravan_inventory::ObservationKind::EcsTaskDefinition, task)]);
    assert_eq!(unknown(&case.lift()), ["/containerDefinitions/0/enableLogging", "/logging/name"]);
    assert!(
        matches!(case.verdict(0, "/environment/0/name"), FieldVerdict::Question { id } if id.as_str() == "misplaced/ecs/test/odd/environment")
    );
    assert_eq!(case.verdict(0, "/tags"), FieldVerdict::Dropped { rule: "unset".into() });
    let case = case.answer("misplaced", "environment", "leave-out");
    assert_eq!(case.verdict(0, "/environment/0/value"), FieldVerdict::Dropped { rule: "left-out-by-answer".into() });
}

/// Of an app of several workloads, each is the component that the app gives it.
#[test]
fn the_app_names_the_component_and_a_task_is_no_part_of_a_workload() {
    let case = &common::file_cases()[0];
    let LiftOutcome::Converted(config) = case.lift_as(None, Some("queue")).outcome else { panic!() };
    assert_eq!(config.components.keys().collect::<Vec<_>>(), ["queue"]);
    let targets: Vec<_> = case.lift_as(None, Some("queue")).ledger.entries().filter_map(|e| e.target.clone()).collect();
    assert!(targets.iter().any(|target| target.starts_with("/components/queue/")), "{targets:?}");

    let LiftOutcome::Refused { reasons } = case.lift_as(Some("nginx"), None).outcome else { panic!() };
    assert_eq!(reasons, ["a task is one app, and no part of it can be another"]);
}

/// What is written can be read and changed by hand: nothing that is lifted is refused where it is read again.
#[test]
fn what_is_lifted_is_read_again() {
    for case in corpus() {
        if let LiftOutcome::Converted(config) = case.lift().outcome {
            assert_eq!(PlConfig::read(&config.write().unwrap()).unwrap(), config, "{}", case.workload.id);
        }
    }
}

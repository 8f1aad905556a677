//! `caravan assess` over the demonstration estate: verdicts as its platform lead would give them.

use super::Room;
use serde_json::Value;
use std::collections::BTreeMap;

const PRODUCTION: &str = "417263850914/eu-central-1";

/// A demo's folder.
fn estate() -> Room {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    room
}

fn verdicts(document: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let workloads = document["workloads"].as_array().unwrap();
    workloads.iter().map(|workload| (text(&workload["id"]), text(&workload["verdict"]))).collect()
}

#[test]
fn every_workload_has_a_verdict_with_reasons_and_the_inventory_says_the_same() {
    let room = estate();
    let (code, document) = room.json(&["assess"]);
    assert_eq!((code, &document["schema"]), (Some(11), &"caravan.readiness/v1".into()));
    assert!(document["unknown"].as_array().unwrap().iter().all(|one| one["reason"].is_string()));
    assert!(document["coverage"]["denied"].as_u64().unwrap() > 0);
    for workload in document["workloads"].as_array().unwrap() {
        assert!(!workload["reasons"].as_array().unwrap().is_empty(), "{workload}");
        let moves = workload["verdict"] == "move";
        assert_eq!(workload["how"].is_string(), moves, "{workload}");
        for note in workload["notes"].as_array().unwrap() {
            assert!(!(moves && note["severity"] == "blocker"), "{workload}");
            for key in ["kind", "text", "remedy", "who"] {
                assert!(note[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {note}");
            }
            for place in note["evidence"].as_array().unwrap() {
                assert!(place["observation"].is_string() && place["path"].is_string(), "{note}");
            }
        }
    }
    let (_, list) = room.json(&["inventory", "list"]);
    assert_eq!(verdicts(&document), verdicts(&list));
    assert_eq!(room.run(&["assess", "--format", "json"]).out, room.run(&["assess", "--format", "json"]).out);
}

#[test]
fn ten_verdicts_are_those_of_the_platform_lead() {
    let (_, document) = estate().json(&["assess"]);
    let all = verdicts(&document);
    for (id, verdict) in [
        (format!("ecs/{PRODUCTION}/tracking-prod/tracking-api"), "move"),
        (format!("ecs/{PRODUCTION}/tracking-prod/notification-sms"), "retire"),
        (format!("ecs/{PRODUCTION}/tracking-prod/datadog-agent"), "replace"),
        (format!("ecs/{PRODUCTION}/tracking-prod/label-printer"), "keep"),
        (format!("ecs/{PRODUCTION}/tracking-prod/customs-forms"), "keep"),
        (format!("ecs/{PRODUCTION}/tracking-prod/queue-exporter"), "undecided"),
        (format!("lambda/{PRODUCTION}/cognito-pre-signup"), "keep"),
        // RabbitMQ, Postgres, and what partners know the address of.
        (format!("ec2/{PRODUCTION}/i-05aaa45873c42df65"), "replace"),
        (format!("ec2/{PRODUCTION}/i-0c9a8de1b64ed0210"), "replace"),
        (format!("ec2/{PRODUCTION}/i-0f81af18360f5d0be"), "keep"),
    ] {
        assert_eq!(all[&id], verdict, "{id}");
    }
}

#[test]
fn a_table_of_all_and_every_detail_of_one() {
    let room = estate();
    let said = room.run(&["assess"]);
    said.ends(11, &["workloads: ", "not known of any workload: traffic of the last 90 days"]);
    let mut lines = said.out.lines();
    assert_eq!(lines.next().unwrap().split_whitespace().collect::<Vec<_>>(), ["VERDICT", "B", "W", "ID"]);
    for line in lines {
        let id = line.split_whitespace().last().unwrap();
        assert!(line.len() - id.len() <= 18, "{line}");
    }
    let id = format!("ecs/{PRODUCTION}/tracking-prod/carrier-gateway");
    let said = room.run(&["assess", &id]);
    for text in ["local-state, for the team", "/data/carrier-outbox", "-> "] {
        assert!(said.out.contains(text), "{text} is not in: {}", said.out);
    }
    // What is one word, an id or a command's argument, is never broken; everything else stays within 80 columns.
    let words = |line: &&str| !line.contains(" at ") && !line.contains('\'') && line.trim_start().contains(' ');
    for line in said.out.lines().filter(words) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    room.run(&["assess", "ecs/nowhere"]).ends(2, &["there is no workload `ecs/nowhere`"]);
    // What nobody doubts ends with 0.
    room.run(&["assess", &format!("ecs/{PRODUCTION}/tracking-prod/tracking-api")]).ends(0, &[]);
}

#[test]
fn a_person_s_word_goes_before_the_advice_and_moves_nothing_that_can_t() {
    let room = estate();
    let api = format!("ecs/{PRODUCTION}/tracking-prod/tracking-api");
    let printer = format!("ecs/{PRODUCTION}/tracking-prod/label-printer");
    room.run(&["decide", &format!("verdict/{api}=keep"), "--reason", "till spring"]).ends(0, &[]);
    room.run(&["decide", &format!("verdict/{printer}=move")]).ends(0, &[]);
    let (_, document) = room.json(&["assess", &api, &printer]);
    let all = verdicts(&document);
    assert_eq!((all[&api].as_str(), all[&printer].as_str()), ("keep", "undecided"));
    let reasons = |number: usize| document["workloads"][number]["reasons"].to_string();
    assert!(reasons(0).contains("but it needs its host"), "{}", reasons(0));
    assert!(reasons(1).contains("decided: till spring"), "{}", reasons(1));
    room.run(&["decide", &format!("verdict/{api}=stay")]).ends(2, &["the answers are move, retire, keep, replace"]);
    room.run(&["decide", "verdict/ecs/nowhere=keep"]).ends(2, &["there is no workload"]);
    let function = "size/lambda/417263850914/eu-central-1/rabbit-dlq-redriver=cpu=1";
    room.run(&["decide", function]).ends(2, &["only of ECS workloads a size can be said", "plconfig.yaml"]);
    // By hand anything can be written; it is said and not passed over.
    let text = room.read("decisions.yaml").replace("answer: keep", "answer: stay");
    room.write("decisions.yaml", text);
    let (_, document) = room.json(&["assess", &api]);
    assert_eq!(document["workloads"][0]["verdict"], "undecided");
    assert!(document["workloads"][0]["reasons"].to_string().contains("which is none of move"), "{document}");
}

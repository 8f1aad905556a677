//! `caravan inventory diff`.

use super::Room;
use serde_json::{Value, json};

/// An inventory as an export: a scan that read its lists as far as this, and what it saw.
fn export(states: &[(&str, &str)], services: &[(&str, u64, u64)]) -> String {
    let scan = "01KB0000000000000000000000";
    let at = "2026-11-01T00:00:00.000000000Z";
    let mut lines = vec![
        json!({"schema": "caravan.export/v1"}),
        json!({"scan": {"scan": scan, "began": at, "ended": at, "state": "finished", "selection": {}}}),
    ];
    for (unit, state) in states {
        lines.push(json!({"unit": {"scan": scan, "id": unit, "account": "111122223333", "region": "eu-central-1",
            "api": "ecs:DescribeServices", "state": state, "found": 0, "reason": null}}));
    }
    let seen = |kind: &str, name: String, unit: Option<&str>, body: Value| {
        json!({"observation": {"id": format!("{kind}/111122223333/eu-central-1/{name}"), "kind": kind, "name": name,
            "account": "111122223333", "region": "eu-central-1", "api": "ecs:DescribeServices", "first_seen": at,
            "last_seen": at, "gone_at": null, "unit": unit, "scan": unit.map(|_| scan), "body": body}})
    };
    let arn = |what: &str, name: &str| format!("arn:aws:ecs:eu-central-1:111122223333:{what}/{name}");
    for (name, revision, count) in services {
        let (service, definition) =
            (arn("service", &format!("main/{name}")), arn("task-definition", &format!("{name}:{revision}")));
        let body = json!({"serviceArn": service, "serviceName": name, "clusterArn": arn("cluster", "main"),
            "taskDefinition": definition, "desiredCount": count, "launchType": "FARGATE"});
        lines.push(seen("ecs.service", service, Some("services"), body));
        let body = json!({"taskDefinition": {"taskDefinitionArn": definition, "family": name, "revision": revision,
            "containerDefinitions": [{"name": "main", "image": "registry.example.com/x:1", "memory": 256}]}});
        lines.push(seen("ecs.task-definition", definition, Some("definitions"), body));
    }
    // Observations stand sorted in an export, which a reader does not ask for.
    lines.iter().map(|line| format!("{line}\n")).collect()
}

const COMPLETE: [(&str, &str); 2] = [("services", "complete"), ("definitions", "complete")];

fn changes(document: &Value, change: &str) -> Vec<String> {
    let all = document["differences"].as_array().unwrap().iter().filter(|one| one["change"] == change);
    all.map(|one| one["id"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn two_exports_are_compared_and_only_complete_lists_make_anything_gone() {
    let room = Room::new();
    room.write("a.jsonl", export(&COMPLETE, &[("api", 1, 2), ("old", 1, 1)]));
    room.write("b.jsonl", export(&COMPLETE, &[("api", 1, 3), ("new", 1, 1)]));
    room.write("cut.jsonl", export(&[("services", "denied"), ("definitions", "complete")], &[]));
    let (code, document) = room.json(&["inventory", "diff", "a.jsonl", "b.jsonl"]);
    assert_eq!((code, document["schema"].as_str()), (Some(0), Some("caravan.diff/v1")));
    assert_eq!(changes(&document, "added"), ["new", "new:1"]);
    assert_eq!(changes(&document, "gone"), ["old", "old:1"]);
    assert_eq!(changes(&document, "changed"), ["api"]);
    let fields =
        &document["differences"].as_array().unwrap().iter().find(|one| one["change"] == "changed").unwrap()["fields"];
    assert_eq!(*fields, json!([{"path": "/desiredCount", "before": 2, "after": 3}]));
    assert_eq!(document["deployed"], Value::Null);

    let (_, document) = room.json(&["inventory", "diff", "a.jsonl", "cut.jsonl"]);
    assert_eq!(changes(&document, "unseen"), ["api", "old"]);
    assert_eq!(changes(&document, "gone"), ["api:1", "old:1"]);
    let said = room.run(&["inventory", "diff", "a.jsonl", "cut.jsonl", "--exit-code"]);
    said.ends(10, &[]);
    assert!(said.out.contains("its list services is denied"), "{}", said.out);
    let same = room.run(&["inventory", "diff", "a.jsonl", "a.jsonl", "--exit-code"]);
    same.ends(0, &[]);
    assert_eq!(same.out, "nothing changed\n");
    room.run(&["inventory", "diff", "nowhere.jsonl", "a.jsonl"]).ends(1, &["nowhere.jsonl"]);
    room.write("broken.jsonl", "{}");
    room.run(&["inventory", "diff", "broken.jsonl", "a.jsonl"]).ends(1, &["broken.jsonl"]);
}

#[test]
fn what_was_deployed_after_it_was_converted_is_named() {
    let room = Room::new();
    room.write("a.jsonl", export(&COMPLETE, &[("api", 41, 2), ("web", 7, 1)]));
    room.write("b.jsonl", export(&COMPLETE, &[("api", 42, 2), ("web", 7, 1)]));
    room.run(&["inventory", "import", "a.jsonl"]).ends(0, &[]);
    room.run(&["convert", "--out", "tree"]);
    let (_, document) = room.json(&["inventory", "diff", "a.jsonl", "--converted", "tree"]);
    assert_eq!(document["deployed"], json!([]));
    // The same inventory after the deployment: a database in a folder of its own.
    room.write("later/b.jsonl", export(&COMPLETE, &[("api", 42, 2), ("web", 7, 1)]));
    room.run(&["--dir", "later", "inventory", "import", "b.jsonl"]).ends(0, &[]);
    let (_, document) = room.json(&["inventory", "diff", "a.jsonl", "later", "--converted", "tree"]);
    let deployed = document["deployed"].as_array().unwrap();
    assert_eq!(deployed.len(), 1, "{document}");
    assert_eq!(deployed[0]["workload"], "ecs/111122223333/eu-central-1/main/api");
    let said = room.run(&["inventory", "diff", "inventory.db", "later/inventory.db", "--converted", "tree"]);
    assert!(said.out.contains("main/api: converted from api:41, runs api:42 now"), "{}", said.out);
    room.run(&["inventory", "diff", "a.jsonl", "later", "--converted", "nowhere"]).ends(2, &["caravan convert --out"]);
}

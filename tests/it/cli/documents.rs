//! The JSON documents that scripts rely on, and the exit codes that go with them.

use super::{Room, find, furnished};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_inventory_lists_workloads_and_coverage() {
    let (code, document) = furnished().json(&["inventory", "list"]);
    assert_eq!(code, Some(0));
    assert_eq!(document["schema"], "caravan.inventory/v1");
    assert_eq!(document["coverage"]["complete"], 1);
    for key in ["complete", "partial", "denied", "throttled", "failed", "skipped"] {
        assert!(document["coverage"][key].is_u64(), "{key}");
    }
    let workload = &document["workloads"][0];
    assert_eq!(workload["id"], "ecs/files/good");
    assert_eq!(workload["kind"], "ecs");
    // A task definition that nothing starts, of a team that no rule names.
    assert_eq!(workload["verdict"], "undecided");
    for key in ["id", "kind", "name", "team", "provider", "account", "region", "verdict"] {
        assert!(keys(workload).contains(&key), "{key}");
    }
}

#[test]
fn a_document_begins_with_its_schema() {
    let room = furnished();
    let proposal = room.run(&["plan", "draft", "--dry-run", "--format", "json"]).out;
    room.write("proposal.json", proposal);
    for (args, schema) in [
        (&["inventory", "list"][..], "caravan.inventory/v1"),
        (&["inventory", "show", "ecs/files/good"], "caravan.workload/v1"),
        (&["inventory", "coverage"], "caravan.coverage/v1"),
        (&["inventory", "graph", "ecs/files/good"], "caravan.graph/v1"),
        (&["inventory", "diff", "."], "caravan.diff/v1"),
        (&["assess"], "caravan.readiness/v1"),
        (&["plan", "draft", "--dry-run"], "caravan.proposal/v1"),
        (&["plan", "show", "--why", "ecs/files/good"], "caravan.placement/v1"),
        (&["plan", "diff", "proposal.json"], "caravan.proposal-diff/v1"),
        (&["plan", "cost"], "caravan.cost/v1"),
        (&["plan", "report"], "caravan.report/v1"),
        (&["decide"], "caravan.questions/v1"),
        (&["convert"], "caravan.convert/v1"),
        (&["discover", "--files", "tasks"], "caravan.scan/v1"),
        (&["doctor", "--offline"], "caravan.doctor/v1"),
        (&["doctor", "--policy"], "caravan.policy/v1"),
        (&["init", "--offline"], "caravan.init/v1"),
    ] {
        let said = room.run(&[args, &["--format", "json"]].concat());
        assert!(
            said.out.trim_start_matches(['{', '\n', ' ']).starts_with(&format!("\"schema\": \"{schema}\"")),
            "{args:?}: {}",
            said.out
        );
        said.json();
    }
}

#[test]
fn a_scan_of_files_says_what_failed() {
    let room = Room::new();
    room.write("tasks/good.json", crate::bad_input::GOOD).write("tasks/bad.json", "{");
    let (code, document) = room.json(&["discover", "--files", "tasks"]);
    assert_eq!(code, Some(5));
    assert_eq!(document["schema"], "caravan.scan/v1");
    assert_eq!(document["coverage"]["complete"], 1);
    assert_eq!(document["coverage"]["failed"], 1);
    assert_eq!(document["workloads"], 1);
    assert_eq!(document["observations"], 1);
    assert!(document["failures"][0]["unit"].as_str().unwrap().contains("bad.json"), "{document}");
    assert_eq!(document["failures"][0]["state"], "failed");
    assert!(document["failures"][0]["reason"].is_string());
}

#[test]
fn a_conversion_accounts_for_every_field() {
    let room = furnished();
    let (code, document) = room.json(&["convert", "--out", "trees"]);
    assert_eq!(code, Some(0), "{document}");
    assert_eq!(document["schema"], "caravan.convert/v1");
    assert_eq!(document["workloads"], 1);
    assert!(document["fields"]["exact"].as_u64().unwrap() > 0);
    for key in ["exact", "approximated", "dropped", "question", "blocker", "unknown"] {
        assert!(document["fields"][key].is_u64(), "{key}");
    }
    assert_eq!(document["refused"], serde_json::json!([]));
    assert_eq!(document["conflicts"], serde_json::json!([]));
    assert!(document["files"].as_u64().unwrap() >= 3);
    assert!(room.path().join("trees/deployment").is_dir() && room.path().join("trees/ledger").is_dir());
}

#[test]
fn check_finds_what_convert_would_change() {
    let room = furnished();
    room.run(&["decide", "--accept", "*", "--until", "2099-12-31", "--reason", "later"]).ends(0, &[]);
    room.run(&["convert", "--out", "trees", "--check"]).ends(10, &[]);
    assert!(!room.path().join("trees").exists(), "--check wrote something");
    room.run(&["convert", "--out", "trees"]).ends(0, &[]);
    // Nothing differs, and questions are open again.
    std::fs::remove_file(room.path().join("decisions.yaml")).unwrap();
    let said = room.run(&["convert", "--out", "trees", "--check"]);
    said.ends(11, &["caravan decide"]);
    assert!(said.out.contains("0 differ from trees"), "{}", said.out);
    room.run(&["decide", "--accept", "*", "--until", "2099-12-31", "--reason", "later"]).ends(0, &[]);
    room.run(&["convert", "--out", "trees", "--check"]).ends(0, &[]);
}

#[test]
fn render_check_compares_with_the_manifests_beside_it() {
    let room = furnished();
    room.run(&["convert", "--out", "trees"]).ends(0, &[]);
    let file = find(&room.path().join("trees/deployment"), "plconfig.yaml");
    let file = file.to_str().unwrap();
    room.run(&["render", file, "--check"]).ends(0, &[]);
    let rendered = room.run(&["render", file]);
    rendered.ends(0, &[]);
    assert!(rendered.out.contains("kind: Deployment"), "{}", rendered.out);
    let changed = std::fs::read_to_string(file).unwrap().replace("1.4.2", "1.4.3");
    std::fs::write(file, changed).unwrap();
    room.run(&["render", file, "--check"]).ends(10, &[]);
}

#[test]
fn a_wrong_id_gets_a_suggestion() {
    furnished().run(&["inventory", "show", "ecs/files/goood"]).ends(2, &["ecs/files/goood", "ecs/files/good"]);
}

#[test]
fn an_export_comes_back_as_it_was() {
    let room = furnished();
    room.run(&["inventory", "export", "one.jsonl"]).ends(0, &[]);
    let to_stdout = room.run(&["inventory", "export", "-"]);
    assert_eq!(to_stdout.out, room.read("one.jsonl"));
    room.run(&["--dir", "other", "inventory", "import", "one.jsonl"]).ends(1, &["other"]);
    std::fs::create_dir(room.path().join("other")).unwrap();
    room.run(&["--dir", "other", "inventory", "import", "one.jsonl"]).ends(0, &[]);
    assert_eq!(room.run(&["--dir", "other", "inventory", "export", "-"]).out, to_stdout.out);
}

#[test]
fn an_import_reads_standard_input() {
    let room = furnished();
    let export = room.run(&["inventory", "export", "-"]).out;
    std::fs::create_dir(room.path().join("other")).unwrap();
    let mut child = room
        .command(&["--dir", "other", "inventory", "import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(export.as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(room.run(&["--dir", "other", "inventory", "export", "-"]).out, export);
}

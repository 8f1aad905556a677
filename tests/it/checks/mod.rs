//! A pull request's run: `caravan convert --check` over the demonstration's repository, as a pipeline would run it.

mod formats;
mod narrowed;
mod pipelines;
mod schemas;
mod why;

use crate::cli::{Room, Said};
use serde_json::Value;
use std::path::Path;

/// Where the demonstration's repository lies in its room.
const DIR: &str = "caravan-demo";
/// A day that is far away, and one that has passed.
const FAR: &str = "2099-12-31";
const PASSED: &str = "2020-02-29";

/// The demonstration's repository as somebody has committed it: its tree, its inventory as an export, and everything open accepted.
fn repository() -> Room {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    room.run(&["--dir", DIR, "inventory", "export", "caravan-demo/estate.jsonl"]).ends(0, &[]);
    room.run(&["--dir", DIR, "decide", "--accept", "*", "--until", FAR, "--reason", "moves in wave 3"])
        .ends(0, &["accepted"]);
    room
}

/// Changes what was exported, and imports it anew, as a pipeline does with what a pull request brings.
fn changed(room: &Room, from: &str, to: &str) {
    let export = room.read("caravan-demo/estate.jsonl");
    assert!(export.contains(from), "{from} is not in the estate");
    room.write("caravan-demo/estate.jsonl", export.replace(from, to));
    std::fs::remove_file(room.path().join(DIR).join("inventory.db")).unwrap();
    room.run(&["--dir", DIR, "inventory", "import", "caravan-demo/estate.jsonl"]).ends(0, &[]);
}

fn check(room: &Room, more: &[&str]) -> Said {
    room.run(&[&["--dir", DIR, "convert", "--check"], more].concat())
}

fn document(room: &Room) -> Value {
    check(room, &["--format", "json"]).json()
}

/// The line of a file on which a text stands first, from 1.
fn line_of(file: &Path, text: &str) -> usize {
    let content = std::fs::read_to_string(file).unwrap();
    content.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text} in {}", file.display()))
        + 1
}

/// Lets the acceptance of one id be until another day.
fn until(room: &Room, id: &str, day: &str) {
    let text = room.read("caravan-demo/decisions.yaml");
    let (before, after) =
        text.split_once(&format!("  {id}:\n")).unwrap_or_else(|| panic!("{id} is not accepted:\n{text}"));
    let (old, rest) = after.split_once("until: ").unwrap();
    let rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    room.write("caravan-demo/decisions.yaml", format!("{before}  {id}:\n{old}until: {day}\n{rest}"));
}

/// The first id of this kind that is accepted.
fn accepted(room: &Room, topic: &str) -> String {
    let document = document(room);
    let ids = document["accepted"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap());
    ids.into_iter().find(|id| id.starts_with(topic)).unwrap_or_else(|| panic!("no {topic}: {document}")).to_owned()
}

#[test]
fn a_clean_pull_request_is_green_and_says_what_was_accepted() {
    let room = repository();
    let said = check(&room, &[]);
    said.ends(0, &[]);
    assert!(said.out.contains("accepted"), "{}", said.out);
    let document = document(&room);
    for key in ["conflicts", "unaccounted", "refused", "unanswered", "differs", "expired"] {
        assert_eq!(document["open"][key], 0, "{key}: {}", document["open"]);
    }
    let (converted, found) = (document["workloads"].as_u64().unwrap(), document["workloads_found"].as_u64().unwrap());
    let refused = document["refused"].as_array().unwrap();
    let sources: std::collections::BTreeSet<_> = refused.iter().map(|one| one["source"].as_str().unwrap()).collect();
    assert!(!refused.is_empty() && refused.iter().all(|one| one["accepted"] == true), "{refused:?}");
    assert_eq!(converted + sources.len() as u64, found);
    assert!(document["findings"].as_array().unwrap().iter().all(|one| one["standing"]["state"] == "accepted"));
    // Nothing was written by it.
    check(&room, &["--read-only"]).ends(0, &[]);
}

#[test]
fn a_changed_task_definition_differs_at_the_line_that_it_changes() {
    let room = repository();
    changed(&room, "tracking/event-ingest:1.18.4", "tracking/event-ingest:1.19.0");
    let said = check(&room, &["--format", "github"]);
    assert_eq!(said.code, Some(10), "{}\n{}", said.out, said.err);
    let app = "caravan-demo/deployment/teams/tracking/apps/event-ingest";
    let app = if room.path().join(app).is_dir() { app.to_owned() } else { found(&room, "event-ingest") };
    for file in ["plconfig.yaml", "production/manifests.yaml"] {
        let line = line_of(&room.path().join(&app).join(file), "event-ingest:1.18.4");
        let place = format!("::error file={app}/{file},line={line},title=caravan difference/");
        let annotation = said.out.lines().find(|text| text.starts_with(&place));
        let annotation = annotation.unwrap_or_else(|| panic!("no {place} in\n{}", said.out));
        assert!(annotation.contains("event-ingest:1.19.0"), "{annotation}");
        assert!(annotation.contains("/taskDefinition/containerDefinitions/1/image"), "{annotation}");
    }
    assert!(said.out.contains("\n-") && said.out.contains("\n+"), "no diff: {}", said.out);
    let diff = check(&room, &["--diff"]);
    diff.ends(10, &[]);
    assert!(diff.out.contains(&format!("--- a/{}", &app["caravan-demo/".len()..])), "{}", diff.out);
    let patched = patch(&room, &diff.out);
    assert!(patched.contains("event-ingest:1.19.0"), "the diff does not apply");
}

/// The folder of an app, wherever its team has it.
fn found(room: &Room, app: &str) -> String {
    let teams = room.path().join("caravan-demo/deployment/teams");
    let folder = std::fs::read_dir(teams).unwrap().map(|team| team.unwrap().path().join("apps").join(app));
    let folder = folder.into_iter().find(|folder| folder.is_dir()).unwrap();
    folder.strip_prefix(room.path()).unwrap().display().to_string()
}

/// Applies a diff to the tree with Git and gives the plconfig.yaml of the app.
fn patch(room: &Room, out: &str) -> String {
    let begin = out.find("--- ").unwrap();
    room.write("change.patch", &out[begin..]);
    let mut git = std::process::Command::new("git");
    git.args(["apply", "--unsafe-paths", "../change.patch"]).current_dir(room.path().join(DIR));
    let done = git.env("GIT_CEILING_DIRECTORIES", room.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    check(room, &[]).ends(0, &[]);
    room.read(&format!("{}/plconfig.yaml", found(room, "event-ingest")))
}

#[test]
fn a_field_that_nobody_knows_can_t_be_accepted() {
    let room = repository();
    changed(&room, "\"networkMode\":\"awsvpc\"", "\"networkMode\":\"awsvpc\",\"hyperNetworkMode\":\"warp\"");
    let said = check(&room, &["--format", "github"]);
    assert_eq!(said.code, Some(11), "{}\n{}", said.out, said.err);
    let annotation = said.out.lines().find(|line| line.contains("title=caravan unknown-field"));
    let annotation = annotation.unwrap_or_else(|| panic!("{}", said.out));
    assert!(annotation.contains("hyperNetworkMode") && annotation.contains("caravan-demo/ledger/"), "{annotation}");
    assert!(document(&room)["open"]["unaccounted"].as_u64().unwrap() > 0);
    let accept = ["--dir", DIR, "decide", "--accept", "unknown/*", "--until", FAR, "--reason", "soon"];
    room.run(&accept).ends(2, &["nothing is open"]);
}

#[test]
fn a_refusal_counts_until_it_is_accepted_and_again_when_that_has_expired() {
    let room = repository();
    let id = accepted(&room, "refused/");
    until(&room, &id, PASSED);
    let said = check(&room, &["--format", "github"]);
    assert_eq!(said.code, Some(11), "{}\n{}", said.out, said.err);
    assert!(said.out.contains(&format!("What was accepted until {PASSED} has expired")), "{}", said.out);
    let document = document(&room);
    assert_eq!((document["open"]["expired"].clone(), document["open"]["refused"].clone()), (1.into(), 1.into()));
    assert_eq!(document["expired"][0]["id"], id.as_str());
    assert!(check(&room, &[]).out.contains("accepted until a day that has passed"));
    // Writing the tree ends with 11 for it, too.
    room.run(&["--dir", DIR, "convert"]).ends(11, &[]);
    room.run(&["--dir", DIR, "decide", "--accept", &id, "--until", FAR, "--reason", "retired"]).ends(0, &[]);
    check(&room, &[]).ends(0, &[]);
    room.run(&["--dir", DIR, "convert"]).ends(0, &[]);
}

#[test]
fn a_question_is_answered_or_accepted_or_keeps_the_check_from_being_green() {
    let room = repository();
    let id = accepted(&room, "start/");
    until(&room, &id, PASSED);
    let said = check(&room, &[]);
    said.ends(11, &["caravan --dir caravan-demo decide"]);
    assert_eq!(document(&room)["open"]["unanswered"], 1);
    // What is not asked any more needs no acceptance: that is said.
    until(&room, &id, FAR);
    let answer = room.run(&["--dir", DIR, "decide", "--format", "json"]).json();
    let question = answer["questions"].as_array().unwrap().iter().find(|one| one["id"] == id.as_str()).unwrap();
    let answer = format!("{id}={}", question["options"][0].as_str().unwrap());
    room.run(&["--dir", DIR, "decide", &answer]).ends(0, &[]);
    room.run(&["--dir", DIR, "convert"]).ends(0, &[&format!("accepts {id}, which is not open")]);
}

#[test]
fn what_is_accepted_has_a_reason_and_a_day_that_comes() {
    let room = crate::cli::furnished();
    room.run(&["decide", "--accept", "*"]).ends(2, &["--until"]);
    room.run(&["decide", "--accept", "*", "--until", FAR]).ends(2, &["--reason"]);
    room.run(&["decide", "--accept", "*", "--until", PASSED, "--reason", "a"]).ends(2, &["has passed"]);
    room.run(&["decide", "--accept", "start/ecs/files/god", "--until", FAR, "--reason", "a"])
        .ends(2, &["did you mean `start/ecs/files/good`?"]);
    room.run(&["decide", "--reason", "a"]).ends(2, &["a reason belongs"]);
    assert!(!room.path().join("decisions.yaml").exists());
    room.run(&["convert"]).ends(0, &[]);
    room.run(&["convert", "--check"]).ends(11, &["--accept"]);
    room.run(&["decide", "--accept", "*", "--until", FAR, "--reason", "a"]).ends(0, &[]);
    room.run(&["convert", "--check"]).ends(0, &[]);
    // An answer leaves what is accepted as it is.
    room.run(&["decide", "owner/ecs/files/good=parcels"]).ends(0, &[]);
    assert!(room.read("decisions.yaml").contains("accepted:"), "{}", room.read("decisions.yaml"));
}

#[test]
fn an_accepted_refusal_stands_for_everything_that_is_asked_of_its_workload() {
    let room = Room::new();
    room.run(&["init"]).ends(0, &[]);
    room.write(
        "src/agent.json",
        r#"{"serviceName": "agent", "taskDefinition": "agent:1", "desiredCount": 1, "schedulingStrategy": "DAEMON"}"#,
    );
    room.write(
        "src/agent-task.json",
        r#"{"family": "agent", "containerDefinitions": [{"name": "agent", "image": "agent:1", "memory": 64}]}"#,
    );
    room.run(&["discover", "--files", "src"]).ends(0, &[]);
    room.run(&["convert"]).ends(11, &[]);
    let open = |room: &Room| {
        let document = room.run(&["convert", "--check", "--format", "json"]).json();
        (document["open"]["refused"].as_u64().unwrap(), document["open"]["unanswered"].as_u64().unwrap())
    };
    let (refused, unanswered) = open(&room);
    assert!(refused == 1 && unanswered > 0, "{refused} {unanswered}");
    room.run(&["decide", "--accept", "refused/*", "--until", FAR, "--reason", "runs on each host"]).ends(0, &[]);
    room.run(&["convert"]).ends(0, &[]);
    assert_eq!(open(&room), (0, 0));
    room.run(&["convert", "--check"]).ends(0, &[]);
    // And not an hour longer.
    let decisions = room.read("decisions.yaml");
    room.write("decisions.yaml", decisions.replace(FAR, PASSED));
    assert_eq!(open(&room), (1, unanswered));
    room.run(&["convert", "--check"]).ends(11, &[]);
}

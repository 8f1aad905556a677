//! The formats in which a check says what it found, read by what reads them.

use super::{DIR, PASSED, accepted, changed, check, repository, until};
use crate::cli::{Room, furnished};
use caravan_tests_testbed::{Report, unread};
use serde_json::Value;

/// A repository with something of every kind but a conflict: a difference, an unknown field, a refusal, questions.
fn eventful() -> Room {
    let room = repository();
    changed(&room, "tracking/event-ingest:1.18.4", "tracking/event-ingest:1.19.0");
    changed(&room, "\"networkMode\":\"awsvpc\"", "\"networkMode\":\"awsvpc\",\"hyperNetworkMode\":\"warp\"");
    let id = accepted(&room, "refused/");
    until(&room, &id, PASSED);
    room
}

/// Writes what the command says into a file, and lets its reader read it.
fn readable(room: &Room, report: Report<'_>, file: &str, text: &str) {
    room.write(file, text);
    if let Some(faults) = unread(report, &room.path().join(file)) {
        assert!(faults.is_empty(), "{file}: {faults}");
    }
}

#[test]
fn sarif_and_junit_are_as_their_published_schemas_say() {
    let eventful = eventful();
    let clean = repository();
    for (room, code) in [(&eventful, 11), (&clean, 0)] {
        let sarif = check(room, &["--format", "sarif"]);
        assert_eq!(sarif.code, Some(code), "{}", sarif.err);
        readable(room, Report::Sarif, "caravan.sarif", &sarif.out);
        let junit = check(room, &["--format", "junit"]);
        assert_eq!(junit.code, Some(code), "{}", junit.err);
        readable(room, Report::Junit, "caravan.xml", &junit.out);
    }
    // The readers do refuse what is not as they say.
    let broken = Room::new();
    broken.write("a.sarif", "{\"version\": \"2.1.0\", \"runs\": [{\"results\": [{}]}]}");
    broken.write("a.xml", "<testsuites><testcase/></testsuites>");
    for (report, file) in [(Report::Sarif, "a.sarif"), (Report::Junit, "a.xml")] {
        assert_ne!(unread(report, &broken.path().join(file)).as_deref(), Some(""), "{file}");
    }
}

#[test]
fn every_format_says_the_same_of_every_finding() {
    let room = eventful();
    let document = check(&room, &["--format", "json"]).json();
    let findings = document["findings"].as_array().unwrap();
    let kinds: std::collections::BTreeSet<_> = findings.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    for kind in ["unknown-field", "question", "difference"] {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
    let place =
        |one: &Value| format!("{} {}:{}", one["rule"].as_str().unwrap(), one["file"].as_str().unwrap(), one["line"]);
    let mut wanted: Vec<String> = findings.iter().map(place).collect();
    wanted.sort();
    let sarif = check(&room, &["--format", "sarif"]).json();
    let result = |one: &Value| {
        let place = &one["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        format!("{} {uri}:{}", one["ruleId"].as_str().unwrap(), place["region"]["startLine"])
    };
    let mut results: Vec<String> = sarif["runs"][0]["results"].as_array().unwrap().iter().map(result).collect();
    results.sort();
    assert_eq!(results, wanted);
    let github = check(&room, &["--format", "github"]).out;
    let annotations = github.lines().filter(|line| line.starts_with("::error file="));
    let open = findings.iter().filter(|one| one["standing"]["state"] != "accepted").count();
    assert_eq!(annotations.count(), open);
    let junit = check(&room, &["--format", "junit"]).out;
    let cases =
        junit.lines().filter(|line| line.trim_start().starts_with("<testcase ") && !line.ends_with("/>")).count();
    assert_eq!(cases, findings.len());
    for finding in findings {
        let file = room.path().join(finding["file"].as_str().unwrap());
        let lines = std::fs::read_to_string(&file).map(|text| text.lines().count()).unwrap_or(1);
        let line = usize::try_from(finding["line"].as_u64().unwrap()).unwrap();
        assert!((1..=lines.max(1)).contains(&line), "{finding}");
    }
}

/// The most severe come first: GitHub shows ten of a step.
#[test]
fn the_most_severe_comes_first() {
    let said = check(&eventful(), &["--format", "github"]).out;
    let kind = |line: &str| line.split("title=caravan ").nth(1).unwrap().split(['/', ':']).next().unwrap().to_owned();
    let mut kinds: Vec<String> = said.lines().filter(|line| line.starts_with("::error ")).map(kind).collect();
    kinds.dedup();
    assert!(["unknown-field", "difference"].iter().all(|kind| kinds.iter().any(|one| one == kind)), "{kinds:?}");
    let order = ["conflict", "unknown-field", "blocker", "refusal", "closed", "question", "difference"];
    let places: Vec<_> = kinds.iter().map(|kind| order.iter().position(|one| one == kind)).collect();
    assert!(places.is_sorted() && !places.contains(&None), "{kinds:?}");
}

#[test]
fn the_step_s_summary_is_added_to_and_holds_the_diff() {
    let room = eventful();
    room.write("summary.md", "# Before\n");
    let summary = room.path().join("summary.md");
    let mut command = room.command(&["--dir", DIR, "convert", "--check", "--format", "github"]);
    let root = room.path().join(DIR);
    let output = command.env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_WORKSPACE", &root).output().unwrap();
    let said = crate::cli::Said::of(output);
    assert_eq!(said.code, Some(11), "{}", said.err);
    let text = room.read("summary.md");
    for wanted in ["# Before\n", "## caravan convert --check", "| `", "```diff", "+", "expired on 2020-02-29"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(said.out.contains("file=ledger/"), "files are named from the workspace: {}", said.out);
}

/// What came from a file that people keep is named there.
#[test]
fn a_question_about_a_file_is_annotated_in_that_file() {
    let room = Room::new();
    let task = "{\n  \"family\": \"site\",\n  \"containerDefinitions\": [\n    {\"name\": \"front\", \"image\": \"front:1\",\n     \"user\": \"www\",\n     \"portMappings\": [{\"containerPort\": 80}]}\n  ]\n}\n";
    room.write("services/tasks/site.json", task);
    room.run(&["discover", "--files", "services/tasks"]).ends(0, &[]);
    room.run(&["convert"]).ends(0, &[]);
    let said = room.run(&["convert", "--check", "--sources", "services/tasks", "--format", "github"]);
    assert_eq!(said.code, Some(11), "{}", said.err);
    let wanted = "::error file=services/tasks/site.json,line=5,title=caravan question/user::";
    assert!(said.out.lines().any(|line| line.starts_with(wanted)), "{}", said.out);
    // What is about the whole of it stands at its beginning.
    let whole = "::error file=services/tasks/site.json,line=1,title=caravan question/kind::";
    assert!(said.out.lines().any(|line| line.starts_with(whole)), "{}", said.out);
    let elsewhere = room.run(&["convert", "--check", "--format", "github"]).out;
    assert!(
        elsewhere.lines().any(|line| line.contains("file=ledger/") && line.contains("question/user")),
        "{elsewhere}"
    );
}

#[test]
fn a_format_of_checks_is_for_checks() {
    let room = furnished();
    room.run(&["convert", "--format", "sarif"]).ends(2, &["--check"]);
    room.run(&["inventory", "list", "--format", "github"]).ends(2, &["convert --check"]);
    assert!(!room.path().join("deployment").exists());
}

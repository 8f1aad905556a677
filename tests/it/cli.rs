//! The command line as scripts see it: run as a process, against files in a folder of its own.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder with nothing in it but what a test puts there.
pub(crate) struct Room(TempDir);

/// How a run ended and what it said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The command, in this folder, without anything of the caller's that would change what it does.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caravan"));
        command.args(args).current_dir(self.path()).env_clear().env("HOME", self.path()).env("PATH", "/usr/bin:/bin");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().unwrap())
    }

    pub(crate) fn json(&self, args: &[&str]) -> (Option<i32>, Value) {
        let said = self.run(&[args, &["--format", "json"]].concat());
        (said.code, said.json())
    }
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }

    /// Asserts the exit code and that standard error holds each text.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, texts: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        for text in texts {
            assert!(self.err.contains(text), "`{text}` is not in: {}", self.err);
        }
        self
    }
}

/// A folder of task definitions, discovered.
fn furnished() -> Room {
    let room = Room::new();
    room.write("tasks/good.json", crate::bad_input::GOOD);
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    room
}

const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["discover"],
    &["inventory"],
    &["inventory", "list"],
    &["inventory", "show"],
    &["inventory", "coverage"],
    &["inventory", "export"],
    &["inventory", "import"],
    &["decide"],
    &["convert"],
    &["render"],
    &["doctor"],
];

#[test]
fn the_help_of_every_command() {
    let room = Room::new();
    for command in COMMANDS {
        let said = room.run(&[command, &["--help"][..]].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        insta::assert_snapshot!(["help", &command.join("-")].join("-").trim_end_matches('-').to_owned(), said.out);
    }
}

#[test]
fn every_command_that_help_names_is_in_this_list() {
    let room = Room::new();
    for parent in [&[][..], &["inventory"]] {
        let help = room.run(&[parent, &["--help"]].concat()).out;
        let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
        let named: Vec<&str> = commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|word| !word.is_empty()).collect();
        assert!(!named.is_empty());
        for name in named {
            let path = [parent, &[name]].concat();
            assert!(COMMANDS.contains(&path.as_slice()), "{path:?}");
        }
    }
}

#[test]
fn what_comes_later_is_a_usage_error() {
    let room = furnished();
    for args in [
        &["inventory", "list", "--format", "github"][..],
        &["inventory", "list", "--format", "junit"],
        &["inventory", "list", "--format", "sarif"],
        &["convert", "--wave", "1"],
        &["assess"],
        &["tui"],
        &[],
        &["discover", "--files"],
        &["discover", "--files", "x", "--resume"],
        &["inventory", "list", "-q", "-v"],
    ] {
        let said = room.run(args);
        said.ends(2, &[]);
        assert!(said.out.is_empty(), "{}", said.out);
    }
}

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
    assert_eq!(workload["verdict"], Value::Null);
    for key in ["id", "kind", "name", "team", "account", "region", "verdict"] {
        assert!(keys(workload).contains(&key), "{key}");
    }
}

#[test]
fn a_document_begins_with_its_schema() {
    let room = furnished();
    for (args, schema) in [
        (&["inventory", "list"][..], "caravan.inventory/v1"),
        (&["inventory", "show", "ecs/files/good"], "caravan.workload/v1"),
        (&["inventory", "coverage"], "caravan.coverage/v1"),
        (&["decide"], "caravan.questions/v1"),
        (&["convert"], "caravan.convert/v1"),
        (&["discover", "--files", "tasks"], "caravan.scan/v1"),
        (&["doctor", "--offline"], "caravan.doctor/v1"),
    ] {
        let said = room.run(&[args, &["--format", "json"]].concat());
        assert!(said.out.trim_start_matches(['{', '\n', ' ']).starts_with(&format!("\"schema\": \"{schema}\"")), "{args:?}: {}", said.out);
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
    room.run(&["convert", "--out", "trees", "--check"]).ends(10, &[]);
    assert!(!room.path().join("trees").exists(), "--check wrote something");
    room.run(&["convert", "--out", "trees"]).ends(0, &[]);
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

fn find(folder: &Path, name: &str) -> std::path::PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == name {
                return entry.path();
            }
        }
    }
    panic!("there is no {name}")
}

#[test]
fn a_decision_is_written_kept_and_takes_effect() {
    let room = furnished();
    let (_, document) = room.json(&["decide"]);
    let questions = document["questions"].as_array().unwrap();
    let owner = questions.iter().find(|q| q["id"] == "owner/ecs/files/good").expect("the owner's question");
    assert!(owner["text"].is_string() && owner["options"].is_array(), "{owner}");
    room.run(&["decide", "owner/ecs/files/good=parcels/production", "--reason", "they are on call"]).ends(0, &[]);
    let written = room.read("decisions.yaml");
    assert!(written.contains("caravan.decisions/v1") && written.contains("they are on call"), "{written}");
    room.run(&["convert", "--out", "trees"]).ends(0, &[]);
    assert!(room.path().join("trees/deployment/teams/parcels").is_dir());
    let (_, document) = room.json(&["decide"]);
    assert!(document["questions"].as_array().unwrap().iter().all(|q| q["id"] != "owner/ecs/files/good"));
    room.run(&["decide", "owner/ecs/files/good=couriers"]).ends(0, &[]);
    assert!(room.read("decisions.yaml").contains("couriers"));
}

#[test]
fn answers_that_mean_nothing_are_refused() {
    let room = furnished();
    room.run(&["decide", "owner/ecs/files/god=parcels"]).ends(2, &["owner/ecs/files/god", "did you mean `owner/ecs/files/good`?"]);
    room.run(&["decide", "owner/ecs/files/good=Not A Team"]).ends(2, &["Not A Team"]);
    room.run(&["decide", "owner/ecs/files/good"]).ends(2, &["="]);
    let (_, document) = room.json(&["decide"]);
    let with_options = document["questions"].as_array().unwrap().iter().find(|q| !q["options"].as_array().unwrap().is_empty());
    let id = with_options.expect("a question with options")["id"].as_str().unwrap();
    room.run(&["decide", &format!("{id}=surely-not-this")]).ends(2, &["surely-not-this"]);
    assert!(!room.path().join("decisions.yaml").exists());
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
    let mut child = room.command(&["--dir", "other", "inventory", "import", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(export.as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(room.run(&["--dir", "other", "inventory", "export", "-"]).out, export);
}

#[test]
fn read_only_writes_nothing() {
    let room = furnished();
    for args in [
        &["discover", "--files", "tasks"][..],
        &["convert", "--out", "trees"],
        &["demo"],
        &["inventory", "import", "x"],
        &["inventory", "export", "x"],
        &["decide", "owner/ecs/files/good=parcels"],
    ] {
        room.run(&[args, &["--read-only"]].concat()).ends(2, &["--read-only"]);
    }
    let names: Vec<_> = std::fs::read_dir(room.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !["trees", "x", "decisions.yaml", "caravan-demo"].iter().any(|made| name == made)), "{names:?}");
    room.run(&["inventory", "list", "--read-only"]).ends(0, &[]);
    room.run(&["inventory", "export", "-", "--read-only"]).ends(0, &[]);
    room.run(&["convert", "--check", "--read-only"]).ends(10, &[]);
}

#[test]
fn no_colour_reaches_a_pipe() {
    let room = furnished();
    for args in [&["inventory", "list"][..], &["convert"], &["decide"], &["--help"], &["doctor", "--offline"], &["inventory", "show", "x"]] {
        let said = room.run(args);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn colour_is_had_when_asked_for() {
    let room = furnished();
    let wrong = ["inventory", "show", "x"];
    assert!(room.run(&[&wrong[..], &["--color", "always"]].concat()).err.contains("\u{1b}["));
    let forced = room.command(&wrong).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(Said::of(forced).err.contains("\u{1b}["));
    let both = room.command(&wrong).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!Said::of(both).err.contains('\u{1b}'));
    assert!(room.run(&["--color", "always", "--help"]).out.contains("\u{1b}["));
    assert!(!room.run(&["--color", "never", "--help"]).out.contains("\u{1b}["));
}

#[test]
fn quiet_says_only_the_answer() {
    let room = furnished();
    let said = room.run(&["discover", "--files", "tasks", "-q"]);
    assert!(said.err.is_empty(), "{}", said.err);
    let said = room.run(&["inventory", "list", "-q"]);
    assert!(said.err.is_empty() && said.out.contains("ecs/files/good"), "{}", said.out);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let room = Room::new();
    for at in 0..3000 {
        let name = format!("a-family-with-a-name-that-is-rather-long-so-that-the-pipe-fills-{at}");
        room.write(&format!("tasks/{name}.json"), crate::bad_input::GOOD.replace("parcels-api", &name));
    }
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    for args in [&["inventory", "list"][..], &["inventory", "list", "--format", "json"], &["inventory", "export", "-"]] {
        let mut child = room.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "{args:?}");
    }
}

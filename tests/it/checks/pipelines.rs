//! The pipelines in `examples/ci/`: read by the schemas of GitHub and GitLab, and run as printed over the demonstration's repository.

use super::{DIR, changed, repository};
use crate::cli::{Room, Said};
use caravan_tests_testbed::{Report, documents, unread};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn example(name: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn yaml(name: &str) -> Value {
    documents(&example(name).1).unwrap().remove(0)
}

/// The repository as a pipeline checks it out: without databases, with the export at its root.
fn checked_out(room: &Room) {
    let root = room.path().join(DIR);
    for file in ["inventory.db", "journal.db", "inventory.key"] {
        let _gone_or_not = std::fs::remove_file(root.join(file));
    }
    std::fs::rename(root.join("estate.jsonl"), root.join("inventory.jsonl")).unwrap();
}

/// Runs a script as a runner does, with `caravan` on the path.
fn run(room: &Room, shell: &[&str], script: &str) -> Said {
    let program = Path::new(env!("CARGO_BIN_EXE_caravan")).parent().unwrap();
    let mut command = std::process::Command::new(shell[0]);
    command.args(&shell[1..]).arg(script).current_dir(room.path().join(DIR)).env_clear();
    let path = format!("{}:/usr/bin:/bin", program.display());
    Said::of(command.env("PATH", path).env("HOME", room.path()).env("CI", "true").output().unwrap())
}

/// The steps that are run, with their names; GitHub runs each by `bash -e`.
fn steps() -> Vec<(String, String)> {
    let workflow = yaml("github-workflow.yaml");
    let steps = workflow["jobs"]["check"]["steps"].as_array().unwrap();
    let run = |step: &Value| Some((step["name"].as_str()?.to_owned(), step["run"].as_str()?.to_owned()));
    steps.iter().filter_map(run).collect()
}

#[test]
fn github_and_gitlab_read_the_examples() {
    for (name, report) in [("github-workflow.yaml", Report::GithubWorkflow), ("gitlab-ci.yaml", Report::GitlabCi)] {
        if let Some(faults) = unread(report, &example(name).0) {
            assert!(faults.is_empty(), "{name}: {faults}");
        }
    }
}

#[test]
fn github_s_steps_run_as_printed() {
    for (edit, codes) in [(None, [0, 0, 0]), (Some("tracking/event-ingest:1.19.0"), [0, 10, 0])] {
        let room = repository();
        if let Some(to) = edit {
            changed(&room, "tracking/event-ingest:1.18.4", to);
        }
        checked_out(&room);
        let steps = steps();
        assert_eq!(steps.len(), codes.len());
        for ((name, script), code) in steps.iter().zip(codes) {
            let said = run(&room, &["bash", "-e", "-c"], script);
            assert_eq!(said.code, Some(code), "{name}: {}\n{}", said.out, said.err);
            if code == 10 {
                assert!(said.out.contains("::error file=deployment/teams/"), "{}", said.out);
            }
        }
        let sarif: Value = serde_json::from_str(&room.read("caravan-demo/caravan.sarif")).unwrap();
        let open = sarif["runs"][0]["results"].as_array().unwrap().iter().filter(|one| one["level"] == "error").count();
        assert_eq!(open > 0, edit.is_some(), "{open}");
    }
}

#[test]
fn gitlab_s_script_runs_as_printed() {
    let job = yaml("gitlab-ci.yaml")["caravan"].clone();
    let lines: Vec<&str> = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let file = job["artifacts"]["reports"]["junit"].as_str().unwrap();
    for (edit, code) in [(None, 0), (Some("tracking/event-ingest:1.19.0"), 10)] {
        let room = repository();
        if let Some(to) = edit {
            changed(&room, "tracking/event-ingest:1.18.4", to);
        }
        checked_out(&room);
        let said = run(&room, &["bash", "-eo", "pipefail", "-c"], &lines.join("\n"));
        assert_eq!(said.code, Some(code), "{}\n{}", said.out, said.err);
        let junit = room.read(&format!("{DIR}/{file}"));
        assert_eq!(junit.contains("<failure"), edit.is_some(), "{junit}");
    }
}

/// An image can't be built here: what its recipe names is there.
#[test]
fn the_image_is_built_by_the_toolchain_and_the_package_of_this_repository() {
    let (_, recipe) = example("Containerfile");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let toolchain = std::fs::read_to_string(root.join("rust-toolchain.toml")).unwrap();
    let channel = toolchain.split("channel = \"").nth(1).unwrap().split('"').next().unwrap();
    let minor: Vec<&str> = channel.split('.').take(2).collect();
    assert!(recipe.contains(&format!("library/rust:{}-slim AS build", minor.join("."))), "{channel}");
    assert!(recipe.contains("cargo build --release --locked --package caravan"), "{recipe}");
    assert!(recipe.contains("COPY --from=build /src/target/release/caravan "), "{recipe}");
    let workflow = yaml("github-workflow.yaml");
    let image = workflow["jobs"]["check"]["container"].as_str().unwrap();
    assert_eq!(yaml("gitlab-ci.yaml")["caravan"]["image"]["name"], image);
    assert!(recipe.contains(&format!("--tag {image} ")), "{image}");
}

//! One invocation per run, and its repetitions.

use crate::front::{command, python};
use serde_json::{Value, json};
use std::process::{Output, Stdio};

/// Runs `caravan-front invoke` for a handler that succeeds at this attempt; gives its end and what each attempt saw.
fn invoke(succeed_at: u32, retries: u32, arguments: &[&str], input: &str) -> Option<(Output, Vec<Value>)> {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    let source = json!({"schedule": {
        "max_retries": retries, "retry_wait_seconds": [0, 0],
        "rule_arn": "arn:aws:events:eu-west-3:111122223333:rule/nightly",
    }});
    let config = python("app.scheduled", source)?;
    let mut child = command(&config)
        .arg("invoke")
        .args(arguments)
        .env("NOTES", &notes)
        .env("SUCCEED_AT", succeed_at.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let lines = std::fs::read_to_string(&notes).unwrap_or_default();
    Some((output, lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()))
}

#[test]
fn a_run_ends_by_the_invocation_s_result() {
    for (succeed_at, retries, code, attempts) in [(1, 2, 0, 1), (2, 2, 0, 2), (3, 2, 0, 3), (4, 2, 1, 3), (2, 0, 1, 1)]
    {
        let Some((output, seen)) = invoke(succeed_at, retries, &[], "") else { return };
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), seen.len()), (Some(code), attempts), "{succeed_at} {retries}: {log}");
        // Repetitions are the same event of the same request.
        assert!(seen.iter().all(|attempt| *attempt == seen[0]), "{seen:?}");
    }
}

#[test]
fn without_an_event_it_is_eventbridge_s() {
    let Some((_, seen)) = invoke(1, 0, &[], "") else { return };
    let event = &seen[0]["event"];
    let keys: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["account", "detail", "detail-type", "id", "region", "resources", "source", "time", "version"]);
    assert_eq!((&event["detail-type"], &event["source"]), (&json!("Scheduled Event"), &json!("aws.events")));
    assert_eq!(event["resources"], json!(["arn:aws:events:eu-west-3:111122223333:rule/nightly"]));
    let time = event["time"].as_str().unwrap();
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
}

#[test]
fn an_event_comes_from_a_file_or_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let (file, answer) = (folder.path().join("event.json"), folder.path().join("answer.json"));
    std::fs::write(&file, r#"{"kind": "nightly"}"#).unwrap();
    let arguments = ["--event", file.to_str().unwrap(), "--output", answer.to_str().unwrap()];
    let Some((output, seen)) = invoke(1, 0, &arguments, "") else { return };
    assert!(output.status.success());
    assert_eq!(seen[0]["event"], json!({"kind": "nightly"}));
    assert_eq!(std::fs::read_to_string(&answer).unwrap(), r#"{"attempts": 1}"#);
    let Some((_, seen)) = invoke(1, 0, &["--event", "-"], "[1, 2]") else { return };
    assert_eq!(seen[0]["event"], json!([1, 2]));
}

#[test]
fn an_event_that_is_no_json_is_refused_before_anything_runs() {
    for input in ["{", "", "nothing"] {
        let Some((output, seen)) = invoke(1, 2, &["--event", "-"], input) else { return };
        assert_eq!((output.status.code(), seen.len()), (Some(2), 0));
        assert!(String::from_utf8_lossy(&output.stderr).contains("Could not parse request body into json"));
    }
}

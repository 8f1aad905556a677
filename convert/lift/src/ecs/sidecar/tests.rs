//! The shells that keep a container up, run by a real shell.

#![expect(clippy::disallowed_methods, reason = "a test that runs the shells and waits for them")]

use super::{Fate, command};
use crate::field::Object;
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn start(fate: &Fate, container: &Value) -> Child {
    let words = command(fate, Object::of(container).unwrap()).unwrap();
    Command::new(&words[0]).args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The exit code, or none while it still runs after some time.
fn ends(child: &mut Child, within: Duration) -> Option<i32> {
    let until = Instant::now() + within;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

fn terminate(child: &mut Child) -> Option<i32> {
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    ends(child, Duration::from_secs(10))
}

fn lines(file: &std::path::Path) -> usize {
    std::fs::read_to_string(file).unwrap_or_default().lines().count()
}

#[test]
fn what_runs_once_stays_up_and_ends_when_it_is_told_to() {
    let file = std::env::temp_dir().join(format!("caravan-once-{}", std::process::id()));
    let run = vec!["sh".to_owned(), "-c".to_owned(), format!("echo x >> {}; exit 3", file.display())];
    let mut child = start(&Fate::Once(run.clone()), &json!({}));
    assert_eq!(ends(&mut child, Duration::from_millis(700)), None, "whatever it ended with");
    assert_eq!((terminate(&mut child), lines(&file)), (Some(0), 1));
    // With a restart policy, only the codes that are ignored end it.
    let policy = |codes: Value| json!({"restartPolicy": {"enabled": true, "ignoredExitCodes": codes}});
    assert_eq!(ends(&mut start(&Fate::Once(run.clone()), &policy(json!([0]))), Duration::from_secs(10)), Some(3));
    let mut child = start(&Fate::Once(run), &policy(json!([0, 3])));
    assert_eq!((ends(&mut child, Duration::from_millis(700)), terminate(&mut child)), (None, Some(0)));
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn what_is_kept_apart_is_started_again_inside_and_told_to_end() {
    let file = std::env::temp_dir().join(format!("caravan-apart-{}", std::process::id()));
    let long = "trap 'echo end >> FILE; exit 0' TERM; echo begin >> FILE; sleep 60 & wait $!";
    let run = vec!["sh".to_owned(), "-c".to_owned(), long.replace("FILE", &file.display().to_string())];
    let mut child = start(&Fate::Apart(run), &json!({}));
    assert_eq!(ends(&mut child, Duration::from_millis(700)), None);
    assert_eq!(terminate(&mut child), Some(0));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "begin\nend\n", "the signal reaches the program");
    std::fs::remove_file(&file).unwrap();
    let failing = vec!["false".to_owned()];
    let mut child = start(&Fate::Apart(failing), &json!({}));
    assert_eq!((ends(&mut child, Duration::from_millis(700)), terminate(&mut child)), (None, Some(0)));
}

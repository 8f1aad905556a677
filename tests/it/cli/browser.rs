//! The pages of `caravan plan report` and `plan runbook` in a browser: Chromium without a screen.

use super::Room;
use super::costs::{estate, figures};
use caravan_tests_testbed::not_run;
use serde_json::Value;
use std::process::{Command, Output};

/// Chromium with a file of the room; nothing, after saying so, where this machine has none. No name resolves for it: a page that
/// wants anything else does not get it.
fn chromium(room: &Room, file: &str, args: &[&str]) -> Option<Output> {
    let page = format!("file://{}", room.path().join(file).display());
    let found = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
        ])
        .arg(format!("--user-data-dir={}", room.path().join("browser").display()))
        .args(args)
        .arg(page)
        .current_dir(room.path())
        .env("HOME", room.path())
        .output();
    match found {
        Ok(output) => Some(output),
        Err(error) => {
            not_run("Chromium", &format!("it can't be started: {error}; Debian's package is `chromium`"));
            None
        }
    }
}

#[test]
fn a_browser_reads_every_figure_and_prints_the_pages() {
    let room = estate();
    room.write("report.html", room.run(&["plan", "report"]).out);
    room.write("runbook.html", room.run(&["plan", "runbook", "demo", "--draft", "--html"]).out);
    let Some(output) = chromium(&room, "report.html", &["--dump-dom"]) else { return };
    let page = String::from_utf8(output.stdout).unwrap();
    let (_, data) = room.json(&["plan", "report"]);
    let read = figures(&page);
    assert_eq!(read.len(), figures(&room.read("report.html")).len(), "{}", String::from_utf8_lossy(&output.stderr));
    for (at, text) in &read {
        let said = match data.pointer(at).unwrap() {
            Value::Number(number) if number.is_f64() => format!("{:.2}", number.as_f64().unwrap()),
            other => other.to_string(),
        };
        assert_eq!(&said, text, "{at}");
    }
    for (file, paper) in [("report.html", "report.pdf"), ("runbook.html", "runbook.pdf")] {
        chromium(&room, file, &[&format!("--print-to-pdf={paper}"), "--no-pdf-header-footer"]);
        let printed = std::fs::read(room.path().join(paper)).unwrap();
        assert!(printed.starts_with(b"%PDF-") && printed.len() > 20_000, "{paper}: {} bytes", printed.len());
    }
}

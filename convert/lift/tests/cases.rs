//! Lifts every JSON file of a folder, as `discover --files` would read it, and holds the accounting over all of them.
//!
//! `CARAVAN_CASES=DIR` names the folder; without it the fixtures beside this file are used.

#![expect(clippy::disallowed_methods, reason = "a test that reads files")]

mod common;

use caravan_convert_lift::{Counts, LiftOutcome};
use common::{json_files, lift_file};
use std::io::Write;

#[test]
fn every_field_of_every_file_is_accounted_for() {
    let folder = std::env::var("CARAVAN_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ecs").to_owned());
    let mut out = std::io::stdout();
    writeln!(out, "files of {folder}").unwrap();
    let (mut converted, mut refused, mut unreadable, mut sum) = (0, 0, 0, Counts::default());
    for path in json_files(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(lifted) = lift_file(&path) else {
            unreadable += 1;
            writeln!(out, "{name:62} not JSON").unwrap();
            continue;
        };
        let counts = lifted.ledger.counts();
        sum += counts;
        let Counts { exact, approximated, dropped, question, blocker, unknown } = counts;
        let said = match &lifted.outcome {
            LiftOutcome::Converted(config) => {
                converted += 1;
                let text = config.write().unwrap();
                let again = caravan_convert_lift::plconfig::PlConfig::read(&text);
                assert_eq!(again.as_ref(), Ok(config), "{name}:\n{text}");
                assert!(!text.contains("<redacted:"), "{name}");
                let component = config.components.values().next().unwrap();
                format!("{:?}{}", component.kind, if component.suspended.is_some() { ", suspended" } else { "" })
            }
            LiftOutcome::Refused { reasons } => {
                refused += 1;
                format!("refused: {}", reasons.join("; "))
            }
        };
        writeln!(
            out,
            "{name:62} e{exact:3} a{approximated:3} d{dropped:3} q{question:3} b{blocker:2} u{unknown:2}  {said}"
        )
        .unwrap();
        for entry in lifted.ledger.entries() {
            if entry.verdict == caravan_convert_lift::FieldVerdict::Unknown {
                writeln!(out, "    unknown: {}", entry.path).unwrap();
            }
        }
    }
    writeln!(out, "{converted} converted, {refused} refused, {unreadable} not JSON; {sum:?}").unwrap();
    assert!(converted > 0, "nothing in {folder} converts");
    assert_eq!(sum.unknown, 0, "fields that no API has in {folder}");
}

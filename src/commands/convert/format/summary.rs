//! The summary of a step of GitHub Actions, in Markdown.

use super::super::finding::{Finding, FindingKind};
use super::super::report::ConversionReport;
use caravan_inventory::Standing;
use std::fmt::Write as _;

/// GitHub takes one MiB of a step, and shows nothing of a longer one ("Workflow commands", "Step isolation and limits").
const LIMIT: usize = 1_000_000;

/// The outcome, every finding in a table for its kind, and the diff of what is no ledger. What does not fit is counted.
pub(super) fn text(report: &ConversionReport) -> String {
    let mut text = format!("## caravan convert --check\n\n{}\n", report.outcome_line());
    for kind in FindingKind::ALL {
        let findings: Vec<&Finding> = report.findings().iter().filter(|finding| finding.kind == kind).collect();
        if findings.is_empty() {
            continue;
        }
        let _written = write!(
            text,
            "\n### {}\n\nWhat to do: {}.\n\n| where | rule | what | state |\n|---|---|---|---|\n",
            kind.title(),
            kind.remedy()
        );
        add_all(&mut text, findings.iter().map(|finding| row(finding)));
    }
    // What a ledger says follows from what it accounts for.
    let changes: Vec<_> = report.changes().iter().filter(|change| !change.path.starts_with("ledger/")).collect();
    if !changes.is_empty() {
        text.push_str("\n### Diff\n\n");
        add_all(&mut text, changes.iter().map(|change| format!("{}\n", fenced(&change.diff))));
    }
    text
}

/// Adds what fits, and says how much did not.
fn add_all(text: &mut String, pieces: impl ExactSizeIterator<Item = String>) {
    let mut left_out = 0;
    for piece in pieces {
        if text.len() + piece.len() > LIMIT {
            left_out += 1;
        } else {
            text.push_str(&piece);
        }
    }
    if left_out > 0 {
        let _written = writeln!(text, "\n… and {left_out} more, which this summary has no room for");
    }
}

fn row(finding: &Finding) -> String {
    let state = match &finding.standing {
        Standing::Open => "open".to_owned(),
        Standing::Accepted(one) => format!("accepted until {}", one.until),
        Standing::Expired(one) => format!("expired on {}", one.until),
    };
    let place = format!("{}:{}", finding.file, finding.line);
    format!("| `{}` | `{}` | {} | {} |\n", cell(&place), cell(&finding.rule), cell(&finding.message()), cell(&state))
}

/// Text that leaves a table whole and is no markup.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ").replace('`', "'")
}

/// A diff behind a fence that nothing in it ends.
fn fenced(diff: &str) -> String {
    let longest = diff.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}diff\n{diff}{}{fence}\n", if diff.ends_with('\n') { "" } else { "\n" })
}

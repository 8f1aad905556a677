//! Workflow commands of GitHub Actions: each finding becomes an annotation at its line of the pull request.
//!
//! GitHub shows ten errors of a step; the others stand in the log and in the summary. So the most
//! severe come first (GitHub documentation, "Workflow commands for GitHub Actions").

use super::super::finding::Finding;
use super::super::report::ConversionReport;
use std::io::{self, Write};

/// Every finding that is open as an error; then the diff, folded. What is accepted stands in the summary alone: there is nothing to do
/// about it in this pull request.
pub(super) fn write(out: &mut impl Write, report: &ConversionReport) -> io::Result<()> {
    for finding in report.findings().iter().filter(|finding| finding.is_open()) {
        writeln!(
            out,
            "::error file={},line={},title={}::{}",
            property(&finding.file),
            finding.line,
            property(&title(finding)),
            data(&finding.message())
        )?;
    }
    for change in report.changes() {
        writeln!(out, "::group::{}", data(&change.path))?;
        // A line of a file that reads as a command must not be one: until this word comes none is obeyed.
        let mut word = "caravan-diff".to_owned();
        while change.diff.contains(&word) {
            word.push('-');
        }
        writeln!(out, "::stop-commands::{word}\n{}\n::{word}::\n::endgroup::", change.shown())?;
    }
    writeln!(out, "{}", data(&report.outcome_line()))
}

fn title(finding: &Finding) -> String {
    format!("caravan {}", finding.rule)
}

/// Text behind the `::` (the toolkit's `escapeData`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property (the toolkit's `escapeProperty`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

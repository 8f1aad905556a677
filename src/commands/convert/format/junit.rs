//! JUnit's XML, as Jenkins, GitLab and others read it: a suite for each kind of finding, a case for each finding.

use super::super::finding::{Finding, FindingKind};
use super::super::report::ConversionReport;
use caravan_inventory::Standing;
use std::fmt::Write as _;

/// The document. What is open fails, what is accepted is skipped with its reason; a suite without a finding has one case that passes,
/// so that no reader takes a green check for one that did not run.
pub(super) fn document(report: &ConversionReport) -> String {
    let findings = report.findings();
    let failures = findings.iter().filter(|finding| finding.is_open()).count();
    let mut suites = String::new();
    let mut tests = 0;
    for kind in FindingKind::ALL {
        let of_kind: Vec<&Finding> = findings.iter().filter(|finding| finding.kind == kind).collect();
        tests += of_kind.len().max(1);
        suite(&mut suites, kind, &of_kind);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"caravan convert --check\" tests=\"{tests}\" \
         failures=\"{failures}\" errors=\"0\">\n{suites}</testsuites>\n"
    )
}

fn suite(out: &mut String, kind: FindingKind, findings: &[&Finding]) {
    let failures = findings.iter().filter(|finding| finding.is_open()).count();
    let _written = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{}\">",
        kind.as_str(),
        findings.len().max(1),
        findings.len() - failures
    );
    if findings.is_empty() {
        let _written = writeln!(out, "    <testcase name=\"none\" classname=\"caravan.{}\"/>", kind.as_str());
    }
    for finding in findings {
        case(out, finding);
    }
    out.push_str("  </testsuite>\n");
}

fn case(out: &mut String, finding: &Finding) {
    let place = format!("{}:{}", finding.file, finding.line);
    let class = finding.workload.as_ref().map_or("", |workload| workload.as_str());
    let name = format!("{} {place}", finding.id);
    let _written = writeln!(out, "    <testcase name=\"{}\" classname=\"{}\">", escaped(&name), escaped(class));
    let text = escaped(&format!("{place}: {}", finding.message()));
    let _written = match &finding.standing {
        Standing::Accepted(_) => writeln!(out, "      <skipped>{text}</skipped>"),
        Standing::Open | Standing::Expired(_) => writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">{text}</failure>",
            escaped(&finding.rule),
            escaped(&finding.text)
        ),
    };
    out.push_str("    </testcase>\n");
}

/// Text as it may stand in an element or in an attribute; characters that XML 1.0 has no way to write are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            other if other.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            other => out.push(other),
        }
    }
    out
}

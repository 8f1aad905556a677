//! What the formats make of findings, without a process around them.

use super::super::finding::{Finding, FindingKind};
use super::super::report::ConversionReport;
use super::{github, junit, sarif, summary};
use caravan_inventory::{Acceptance, Acceptances, Standing, WorkloadId};
use jiff::civil::date;

fn finding(kind: FindingKind, text: &str, standing: Standing) -> Finding {
    Finding {
        kind,
        rule: format!("{}/a", kind.as_str()),
        id: "id".to_owned(),
        workload: Some(WorkloadId::new("ecs/files/a")),
        file: "deployment/a, b:c%.yaml".to_owned(),
        line: 7,
        source: None,
        text: text.to_owned(),
        standing,
    }
}

fn report(findings: Vec<Finding>) -> ConversionReport {
    let mut report = ConversionReport::new(true, true, Acceptances::default(), date(2027, 1, 1));
    report.findings = findings;
    report
}

fn accepted() -> Standing {
    Standing::Accepted(Acceptance { reason: "wave <3>".to_owned(), until: date(2027, 3, 31) })
}

#[test]
fn what_people_wrote_stays_in_its_place_in_an_annotation() {
    let findings = vec![
        finding(FindingKind::Difference, "is `a::b`\nwould be 100%", Standing::Open),
        finding(FindingKind::Question, "Which?", accepted()),
    ];
    let mut out = Vec::new();
    github::write(&mut out, &report(findings)).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "::error file=deployment/a%2C b%3Ac%25.yaml,line=7,title=caravan difference/a::is `a::b`%0Awould be 100%25"
    );
    // What is accepted is no annotation; the last line is the outcome.
    assert_eq!(lines.len(), 2, "{text}");
}

#[test]
fn xml_holds_what_is_no_xml() {
    let text = junit::document(&report(vec![
        finding(FindingKind::Blocker, "<a> & \"b\"\u{1}", Standing::Open),
        finding(FindingKind::Question, "Which?", accepted()),
    ]));
    assert!(text.contains("message=\"&lt;a&gt; &amp; &quot;b&quot;\u{fffd}\""), "{text}");
    assert!(text.contains("<skipped>") && text.contains("wave &lt;3&gt;"), "{text}");
    assert!(text.contains("tests=\"7\" failures=\"1\""), "{text}");
}

#[test]
fn what_is_accepted_is_suppressed_with_its_reason() {
    let document = sarif::document(&report(vec![finding(FindingKind::Question, "Which?", accepted())]));
    let result = &document["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["justification"], "until 2027-03-31: wave <3>");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "deployment/a%2C%20b%3Ac%25.yaml");
    assert_eq!(place["region"]["startLine"], 7);
}

#[test]
fn a_summary_is_no_longer_than_the_runner_takes() {
    let long = "x".repeat(2_000);
    let findings = (0..1_000).map(|_| finding(FindingKind::Question, &long, Standing::Open)).collect();
    let text = summary::text(&report(findings));
    assert!(text.len() < 1 << 20, "{}", text.len());
    assert!(text.contains("more, which this summary has no room for"), "{}", &text[text.len() - 200..]);
}

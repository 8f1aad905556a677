//! SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), as code scanning reads it.

use super::super::finding::{Finding, FindingKind};
use super::super::report::ConversionReport;
use caravan_inventory::Standing;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The document: one run, a rule for each kind of finding that occurs, a result for each finding. What is accepted is suppressed with
/// its reason.
pub(super) fn document(report: &ConversionReport) -> Value {
    let findings = report.findings();
    let mut rules: BTreeMap<&str, FindingKind> = BTreeMap::new();
    for finding in findings {
        rules.entry(&finding.rule).or_insert(finding.kind);
    }
    let places: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, places[finding.rule.as_str()])).collect();
    let rules: Vec<Value> = rules.iter().map(|(id, kind)| rule(id, *kind)).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "caravan",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "exitCode": report.exit().code(),
                "exitCodeDescription": report.outcome_line(),
            }],
            "results": results,
        }],
    })
}

fn rule(id: &str, kind: FindingKind) -> Value {
    json!({
        "id": id,
        "name": kind.as_str(),
        "shortDescription": {"text": kind.title()},
        "help": {"text": kind.remedy()},
        "defaultConfiguration": {"level": "error"},
    })
}

fn result(finding: &Finding, rule: usize) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": if finding.is_open() { "error" } else { "note" },
        "message": {"text": finding.message()},
        "locations": [location(&finding.file, finding.line)],
        // Alerts are followed from run to run by it, wherever the line goes.
        "partialFingerprints": {"caravanFinding/v1": finding.id},
    });
    if let Some(source) = &finding.source
        && let (Some(file), Some(line)) = (&source.file, source.line)
        && *file != finding.file
    {
        result["relatedLocations"] = json!([location(file, line)]);
    }
    if let Standing::Accepted(one) = &finding.standing {
        let justification = format!("until {}: {}", one.until, one.reason);
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": justification}]);
    }
    result
}

fn location(file: &str, line: u32) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(file)},
        "region": {"startLine": line},
    }})
}

/// A path as a URI reference (RFC 3986): what is not allowed in a path is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@+=".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

//! The names that the certificates of a listener carry: whoever asks for another one by TLS is told of a wrong certificate, be the workload
//! well or not.

use super::front::Front;
use crate::Estate;
use caravan_inventory::{Observation, ObservationKind};
use serde_json::Value;
use std::collections::BTreeSet;

/// The names on the certificates of a front's listener, in lower case, `*.example.com` among them; none where it is entered without TLS, or
/// where one of them was not read.
pub(super) fn names(front: &Front<'_>, estate: &Estate) -> Option<BTreeSet<String>> {
    if front.listener.body["Protocol"] != "HTTPS" {
        return None;
    }
    let of_kind = |kind: ObservationKind| estate.certificates.iter().filter(move |seen| seen.kind == kind);
    let own = front.listener.native_name();
    // DescribeListeners tells the default one alone.
    let all = of_kind(ObservationKind::ListenerCertificates).find(|seen| seen.body["ListenerArn"] == own);
    let shown = list(all.map_or(&front.listener.body, |seen| &seen.body), "Certificates");
    let arns: Option<BTreeSet<&str>> = shown.iter().map(|one| one["CertificateArn"].as_str()).collect();
    let arns = arns.filter(|arns| !arns.is_empty())?;
    let read = |arn: &str| of_kind(ObservationKind::Certificate).find(|seen| seen.native_name() == arn).and_then(on);
    let each: Option<Vec<BTreeSet<String>>> = arns.into_iter().map(read).collect();
    Some(each?.into_iter().flatten().collect())
}

/// The names on one certificate; none where not all of them were read.
fn on(certificate: &Observation) -> Option<BTreeSet<String>> {
    let body = &certificate.body;
    let others = list(body, "SubjectAlternativeNames");
    let is_summary = others.is_empty() && body["HasAdditionalSubjectAlternativeNames"] == true;
    let others = if others.is_empty() { list(body, "SubjectAlternativeNameSummaries") } else { others };
    let names = others.iter().chain([&body["DomainName"]]).filter_map(Value::as_str);
    let names: BTreeSet<String> = names.map(str::to_ascii_lowercase).collect();
    Some(names).filter(|names| !is_summary && !names.is_empty())
}

/// Whether a certificate with these names is one for a host: by its name, or by a wildcard for its first label (RFC 6125, 6.4.3).
pub(super) fn carry(names: &BTreeSet<String>, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let above = host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
    names.contains(&host) || above.is_some_and(|above| names.contains(&above))
}

/// Why a name that no certificate carries does not move, for people.
pub(super) fn why(front: &Front<'_>, names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().map(String::as_str).collect();
    format!(
        "no certificate of {} that was read carries it (they carry {}), so no probe can ask for it by TLS: add it there, or move it by hand",
        front.listener_called(),
        shown.join(", ")
    )
}

fn list<'v>(body: &'v Value, field: &str) -> &'v [Value] {
    body[field].as_array().map_or(&[], Vec::as_slice)
}

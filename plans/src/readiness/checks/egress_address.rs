//! `egress-address`: calls to hosts outside, which may know the address that they come from.

use crate::readiness::note::Finding;
use crate::readiness::places::some_of;
use crate::readiness::subject::Subject;
use caravan_inventory::{EdgeKind, Evidence};
use std::collections::BTreeMap;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut hosts: BTreeMap<&str, Evidence> = BTreeMap::new();
    for edge in subject.needs.iter().filter(|edge| matches!(edge.kind, EdgeKind::Calls | EdgeKind::Data)) {
        if let Some(host) = edge.to.strip_prefix("host:").filter(|host| is_outside(subject, host)) {
            hosts.entry(host).or_insert_with(|| edge.evidence.clone());
        }
    }
    if hosts.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = hosts.keys().map(|host| (*host).to_owned()).collect();
    let text = format!("it calls {}, and from the cluster its calls come from other addresses", some_of(&names, 3));
    let remedy = "ask them whether they list your addresses, and let them add the cluster's before its wave";
    vec![Finding::new(text, hosts.into_values().collect(), remedy)]
}

/// Whether a host is somebody else's: no address, not AWS's own, in no zone of ours, and no name of inside.
fn is_outside(subject: &Subject<'_>, host: &str) -> bool {
    let inside = [".local", ".internal", ".localhost", ".svc"];
    host.contains('.')
        && host.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !host.ends_with(".amazonaws.com")
        && !host.ends_with(".amazonaws.com.cn")
        && !inside.iter().any(|end| host.ends_with(end))
        && !subject.estate.is_ours(host)
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use caravan_inventory::{EdgeKind, ObservationKind};
    use serde_json::json;

    #[test]
    fn hosts_of_others_are_named_once_and_ours_are_not() {
        let calls = |hosts: &[&str]| {
            let fixture = service(json!({}), json!({}), json!({}));
            let zone = json!({"Name": "shop.example."});
            let fixture = fixture.beside(ObservationKind::HostedZone, "Z1", zone);
            hosts.iter().fold(fixture, |fixture, host| fixture.needing(&format!("host:{host}"), EdgeKind::Calls))
        };
        let ours = ["db.shop.example", "sqs.eu-central-1.amazonaws.com", "10.0.0.1", "localhost", "x.tracking.local"];
        assert!(calls(&ours).notes(NoteKind::EgressAddress).is_empty());
        let (text, places) = calls(&["api.carrier.example", "api.carrier.example"]).note(NoteKind::EgressAddress);
        assert_eq!(text, "it calls api.carrier.example, and from the cluster its calls come from other addresses");
        assert_eq!(places, ["/x"]);
    }
}

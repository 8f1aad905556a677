//! What a machine's own description tells of what is to become of it.

use super::facts::{Document, Facts};
use crate::field::{Field, Object};
use crate::host_verdict::{Evidence, Verdict};
use crate::tracker::FieldTracker;

/// A field that decides.
pub(super) struct Sign<'a> {
    pub(super) verdict: Verdict,
    pub(super) field: Field<'a>,
    pub(super) evidence: Evidence,
}

/// All of them, in the order of the documents.
pub(super) fn all<'a>(tracker: &FieldTracker<'a>, facts: &Facts<'a>) -> Vec<Sign<'a>> {
    facts.machines().flat_map(|document| of(tracker, document)).collect()
}

fn of<'a>(tracker: &FieldTracker<'a>, document: Document<'a>) -> Vec<Sign<'a>> {
    let machine = document.root;
    let mut found = Vec::new();
    let mut add = |field: Option<Field<'a>>, verdict, says: &str| {
        let Some(field) = field else { return };
        let path = tracker.pointer(field.0);
        let evidence = Evidence { says: says.to_owned(), source: document.source.clone(), path, line: None };
        found.push(Sign { verdict, field, evidence });
    };
    for name in ["platform", "platformDetails"] {
        let windows = machine.peek(name).is_some_and(|text| text.to_ascii_lowercase().contains("windows"));
        add(machine.field(name).filter(|_| windows), Verdict::Rehost, "it runs on Windows, and the nodes are Linux");
    }
    let routes = machine.field("sourceDestCheck").filter(|field| is(*field, "false"));
    add(routes, Verdict::Replace, "it passes on what is not meant for it: a NAT gateway or a route takes its place");
    let placed = machine.object("placement");
    let tenancy = placed.and_then(|placement| placement.field("tenancy")).or_else(|| machine.field("PlacementTenancy"));
    let own = tenancy.filter(|field| is(*field, "host") || is(*field, "dedicated"));
    add(own, Verdict::Rehost, "it has its hardware for itself, as licences ask that are bound to hosts");
    add(machine.field("licenseSet"), Verdict::Rehost, "a licence is bound to its host");
    let enclave = machine.object("enclaveOptions").and_then(|options| options.field("enabled"));
    add(enclave.filter(|field| is(*field, "true")), Verdict::Rehost, "it runs Nitro enclaves");
    let kind = machine.field("instanceType").or_else(|| machine.field("InstanceType"));
    let text = kind.and_then(|kind| kind.0.as_str()).unwrap_or_default();
    add(kind.filter(|_| text.starts_with("mac")), Verdict::Keep, "it is a Mac");
    let metal = !text.starts_with("mac") && text.contains(".metal");
    add(kind.filter(|_| metal), Verdict::Rehost, "it is bare metal, as what runs virtual machines needs");
    let cards: Vec<Object<'a>> = machine.objects("networkInterfaceSet").collect();
    let fabric = cards.iter().filter_map(|card| card.field("interfaceType")).find(|field| is(*field, "efa"));
    add(fabric, Verdict::Rehost, "it has an Elastic Fabric Adapter");
    let second = cards.get(1).and_then(|card| card.field("networkInterfaceId"));
    add(second, Verdict::Rehost, "it has more than one network interface");
    found
}

/// Whether a scalar says so: XML has texts where JSON has booleans.
fn is(field: Field<'_>, wanted: &str) -> bool {
    match field.0 {
        serde_json::Value::Bool(flag) => flag.to_string() == wanted,
        other => other.as_str() == Some(wanted),
    }
}

/// What the name of a machine suggests: not enough to decide, enough to propose.
pub(super) fn suggested(name: &str) -> Verdict {
    let small = name.to_ascii_lowercase();
    let has = |word: &str| small.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word);
    if ["bastion", "jump", "jumphost", "jumpbox"].iter().any(|word| has(word)) {
        Verdict::Retire
    } else if ["vpn", "openvpn", "wireguard", "firewall"].iter().any(|word| has(word)) {
        Verdict::Keep
    } else if ["nat", "runner", "runners", "jenkins", "db", "database", "postgres", "mysql", "nfs", "ldap", "dns"]
        .iter()
        .any(|word| has(word))
    {
        Verdict::Replace
    } else {
        Verdict::Rehost
    }
}

//! Domains as they are looked up, for all tests; their classes, and their CAA records.

use super::*;
use caravan_inventory::{
    AccountId, Address, Alias, CaaRecord, CaaSet, Certificate, Domain, Hostname, Http, Inspection, Looked, Observation,
    ObservationId, ObservationKind, Records, Region, Zone,
};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) const ALB: &str = "shop-1.eu-central-1.elb.amazonaws.com";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn now() -> Timestamp {
    at("2026-11-29T12:00:00Z")
}

fn seen(kind: ObservationKind, name: &str, body: Value) -> Observation {
    Observation {
        id: ObservationId::new(format!("{}/{name}", kind.as_str())),
        kind,
        name: name.to_owned(),
        account: Some(AccountId::new("123456789012")),
        region: Some(Region::global()),
        api: "test".to_owned(),
        first_seen: now(),
        last_seen: now(),
        body,
    }
}

/// Two zones, one of them at Cloudflare, a load balancer and an address.
pub(super) fn ours() -> Ours {
    let mut ours = Ours::default();
    let servers = json!([{"Value": "ns-1.awsdns-01.com."}, {"Value": "ns-2.awsdns-02.net."}]);
    for observation in [
        seen(ObservationKind::HostedZone, "Z1", json!({"Name": "us.example.", "Config": {"PrivateZone": false}})),
        seen(
            ObservationKind::RecordSet,
            "Z1/NS",
            json!({"Name": "us.example.", "Type": "NS", "ResourceRecords": servers}),
        ),
        seen(ObservationKind::HostedZone, "Z2", json!({"Name": "internal.example.", "Config": {"PrivateZone": true}})),
        seen(ObservationKind::HostedZone, "Z3", json!({"Name": "track.left.example."})),
        seen(
            ObservationKind::CloudflareZone,
            "z4",
            json!({"name": "saas.example", "name_servers": ["ada.ns.cloudflare.com", "rob.ns.cloudflare.com"]}),
        ),
        seen(ObservationKind::LoadBalancer, "lb", json!({"DNSName": ALB})),
        seen(ObservationKind::Ec2Address, "eip", json!({"publicIp": "198.51.100.7"})),
    ] {
        ours.add(&observation);
    }
    ours
}

/// A name in a zone of a customer, that is an alias of our stable name.
pub(super) fn domain(name: &str) -> Domain {
    let inspection = Inspection {
        at: now(),
        zone: Looked::Found(Zone {
            name: "customer.example".to_owned(),
            servers: vec!["ns1.registrar.example".to_owned()],
            signed: false,
            negative_ttl: Some(300),
        }),
        records: Looked::Found(leading(name, &["edge.us.example"], "203.0.113.5")),
        caa: Looked::Found(None),
        challenge: Looked::Found(None),
        certificate: Looked::Found(Certificate {
            issuer: "Let's Encrypt".to_owned(),
            chain: vec!["R12".to_owned()],
            names: vec![name.to_owned()],
            not_after: at("2027-02-01T00:00:00Z"),
            fingerprint: "00".to_owned(),
            untrusted: None,
        }),
        https: Looked::Found(Http { status: 200, ..Http::default() }),
        http: Looked::Found(Http { status: 301, ..Http::default() }),
    };
    Domain {
        name: Hostname::new(name),
        customer: Some("Customer".to_owned()),
        target: None,
        observation: None,
        request: None,
        inspection: Some(inspection),
    }
}

pub(super) fn leading(name: &str, aliases: &[&str], address: &str) -> Records {
    let names = std::iter::once(name).chain(aliases.iter().copied());
    let chain = names.zip(aliases).map(|(name, target)| Alias {
        name: name.to_owned(),
        target: (*target).to_owned(),
        ttl: 300,
    });
    let addresses = address.parse().map(|address| vec![Address { address, ttl: 60 }]).unwrap_or_default();
    Records { chain: chain.collect(), addresses, ..Records::default() }
}

/// The same, with what was looked up changed.
pub(super) fn with(name: &str, change: impl FnOnce(&mut Inspection)) -> Domain {
    let mut domain = domain(name);
    change(domain.inspection.as_mut().unwrap());
    domain
}

pub(super) fn zone(name: &str, server: &str) -> Looked<Zone> {
    Looked::Found(Zone { name: name.to_owned(), servers: vec![server.to_owned()], signed: false, negative_ttl: None })
}

pub(super) fn caa(at: &str, values: &[(&str, &str)]) -> Looked<Option<CaaSet>> {
    let record =
        |(tag, value): &(&str, &str)| CaaRecord { flags: 0, tag: (*tag).to_owned(), value: (*value).to_owned() };
    let records = values.iter().map(record).collect();
    Looked::Found(Some(CaaSet { at: at.to_owned(), by_alias: false, records }))
}

/// What everybody says yes to.
pub(super) fn policy() -> DomainPolicy {
    DomainPolicy { redirect_challenges: Some(true), old_keys: Some(false), ..DomainPolicy::default() }
}

pub(super) fn class_of(domain: &Domain) -> Result<Class, String> {
    classify(domain, &ours()).class
}

#[test]
fn each_class_is_told_by_what_was_looked_up() {
    let name = "track.customer.example";
    let of_records = |records: Records| class_of(&with(name, |look| look.records = Looked::Found(records)));
    assert_eq!(class_of(&domain(name)), Ok(Class::B));
    assert_eq!(of_records(leading(name, &["cname.customer.example", "edge.us.example"], "203.0.113.5")), Ok(Class::B));
    assert_eq!(of_records(leading(name, &[ALB], "203.0.113.5")), Ok(Class::C));
    assert_eq!(of_records(leading(name, &[&format!("dualstack.{ALB}")], "203.0.113.5")), Ok(Class::C));
    assert_eq!(of_records(leading(name, &[], "")), Ok(Class::C));
    assert_eq!(of_records(leading(name, &[], "198.51.100.7")), Ok(Class::D));
    let mut at_the_door = leading(name, &[], "203.0.113.5");
    at_the_door.door = Some(ALB.to_owned());
    assert_eq!(of_records(at_the_door), Ok(Class::D));
    assert_eq!(of_records(leading(name, &["d111.cloudfront.net"], "203.0.113.5")), Ok(Class::E));
    assert_eq!(of_records(leading(name, &["x.cdn.cloudflare.net"], "104.16.1.1")), Ok(Class::E));
    assert_eq!(of_records(leading(name, &["to.saas.example"], "104.16.1.1")), Ok(Class::F));
    let own_zone_there = with(name, |look| {
        look.zone = zone("customer.example", "ada.ns.cloudflare.com");
        look.records = Looked::Found(leading(name, &[], "2606:4700::1"));
    });
    assert_eq!(class_of(&own_zone_there), Ok(Class::F));
    let in_our_zone = with("shop.us.example", |look| look.zone = zone("us.example", "ns-2.awsdns-02.net"));
    assert_eq!(class_of(&in_our_zone), Ok(Class::A));
}

#[test]
fn a_network_is_told_by_its_headers_too_and_ours_behind_it_is_not() {
    let name = "track.customer.example";
    let marked = |records: Records| {
        with(name, |look| {
            look.records = Looked::Found(records);
            let marks = vec![("x-served-by".to_owned(), "cache-fra-1".to_owned())];
            look.https = Looked::Found(Http { status: 200, marks, ..Http::default() });
        })
    };
    assert_eq!(class_of(&marked(leading(name, &[], "203.0.113.5"))), Ok(Class::E));
    assert_eq!(class_of(&marked(leading(name, &["edge.us.example"], "203.0.113.5"))), Ok(Class::B));
}

#[test]
fn what_nothing_is_evidence_for_has_no_class() {
    let name = "track.customer.example";
    let mut never = domain(name);
    never.inspection = None;
    assert_eq!(class_of(&never), Err("nobody has looked it up: caravan domains inspect".to_owned()));
    for (domain, why) in [
        (with(name, |look| look.zone = Looked::Unknown("no answer".to_owned())), "its zone is not known: no answer"),
        (
            with(name, |look| look.records = Looked::Unknown("SERVFAIL".to_owned())),
            "its records are not known: SERVFAIL",
        ),
        (
            with(name, |look| look.records = Looked::Found(leading(name, &["other.vendor.example"], "203.0.113.9"))),
            "it leads to other.vendor.example, which is nothing of ours",
        ),
        (
            with(name, |look| look.records = Looked::Found(leading(name, &[], "203.0.113.9"))),
            "it has the address 203.0.113.9, which is none that is known to be ours",
        ),
        (
            with("track.left.example", |look| look.zone = zone("track.left.example", "ns-9.awsdns-09.com")),
            "we have a zone track.left.example, and whether its parent delegates to it is not known: its own servers were not read",
        ),
    ] {
        assert_eq!(class_of(&domain), Err(why.to_owned()));
    }
}

#[test]
fn a_zone_of_ours_that_the_parent_leads_past_is_not_ours() {
    let left = with("shop.us.example", |look| {
        look.zone = zone("us.example", "ns1.elsewhere.example");
        look.records = Looked::Found(leading("shop.us.example", &[ALB], "203.0.113.5"));
    });
    assert_eq!(class_of(&left), Ok(Class::C));
    let found = flags(&left, &ours(), &policy(), now());
    assert_eq!(found.iter().map(|flag| flag.kind).collect::<Vec<_>>(), [FlagKind::NotDelegated]);
}

#[test]
fn caa_records_are_read_as_authorities_read_them() {
    let wanted = |method| Wanted {
        authorities: &["letsencrypt.org"],
        account: Some("https://ca.example/acct/1"),
        method,
        wildcard: false,
    };
    let verdict = |records: &[(&str, &str)], method| caa_allows(&caa("customer.example", records), &wanted(method));
    let allowed = |records: &[(&str, &str)]| verdict(records, Some("http-01")) == CaaVerdict::Allowed;
    assert!(allowed(&[]));
    assert!(allowed(&[("iodef", "mailto:a@customer.example")]));
    assert!(allowed(&[("issue", "letsencrypt.org")]));
    assert!(allowed(&[("issue", "digicert.com"), ("issue", "LetsEncrypt.org ; validationmethods=http-01,dns-01")]));
    assert!(allowed(&[("issue", "letsencrypt.org; accounturi=https://ca.example/acct/1")]));
    assert!(allowed(&[("issuewild", ";"), ("issue", "letsencrypt.org")]));
    assert!(!allowed(&[("issue", ";")]));
    assert!(!allowed(&[("issue", "digicert.com")]));
    let why = |records: &[(&str, &str)]| match verdict(records, Some("http-01")) {
        CaaVerdict::Forbidden { why, .. } => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(&[("issue", "digicert.com"), ("issue", "pki.goog")]), "they allow only: digicert.com, pki.goog");
    assert_eq!(
        why(&[("issue", "letsencrypt.org; accounturi=https://ca.example/acct/2")]),
        "only the account https://ca.example/acct/2 may ask letsencrypt.org"
    );
    assert_eq!(
        why(&[("issue", "letsencrypt.org; validationmethods=dns-01")]),
        "letsencrypt.org may validate by dns-01 alone"
    );
    let of_wildcard = Wanted { wildcard: true, ..wanted(Some("dns-01")) };
    let set = caa("customer.example", &[("issuewild", "digicert.com"), ("issue", "letsencrypt.org")]);
    assert!(matches!(caa_allows(&set, &of_wildcard), CaaVerdict::Forbidden { .. }));
    let critical = Looked::Found(Some(CaaSet {
        at: "customer.example".to_owned(),
        by_alias: false,
        records: vec![CaaRecord { flags: 128, tag: "tbs".to_owned(), value: "unknown".to_owned() }],
    }));
    assert!(matches!(caa_allows(&critical, &wanted(None)), CaaVerdict::Forbidden { .. }));
    assert!(matches!(caa_allows(&Looked::Unknown("SERVFAIL".to_owned()), &wanted(None)), CaaVerdict::Unknown(_)));
}

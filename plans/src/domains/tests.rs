//! Classes, flags and ways of domains as they are looked up; plans over many.

use super::*;
use crate::budget::LimitKind;
use caravan_inventory::{
    AccountId, Address, Alias, CaaRecord, CaaSet, Certificate, Domain, DomainRequest, Hostname, Http, Inspection,
    Looked, Observation, ObservationId, ObservationKind, Records, Region, Zone,
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

fn class_of(domain: &Domain) -> Result<Class, String> {
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

fn chosen(domain: &Domain, policy: &DomainPolicy) -> (Option<Method>, u8, String) {
    let class = class_of(domain).unwrap();
    let choice = choose_method(domain, class, &ours(), policy, now());
    (choice.method, choice.customer, choice.reason)
}

#[test]
fn the_cheapest_way_that_holds_is_chosen() {
    let name = "track.customer.example";
    let all = DomainPolicy {
        old_keys: Some(true),
        account: Some("https://ca.example/acct/1".to_owned()),
        redirect_challenges: Some(true),
        challenge_zone: Some("acme.us.example".to_owned()),
        custom_hostnames: true,
        ..DomainPolicy::default()
    };
    assert_eq!(chosen(&domain(name), &all).0, Some(Method::Import));
    let ends_soon = with(name, |look| {
        if let Looked::Found(certificate) = &mut look.certificate {
            certificate.not_after = at("2026-12-10T00:00:00Z");
        }
    });
    assert_eq!(chosen(&ends_soon, &all).0, Some(Method::Renew));
    let of_amazon = with(name, |look| {
        if let Looked::Found(certificate) = &mut look.certificate {
            certificate.issuer = "Amazon".to_owned();
        }
    });
    assert_eq!(chosen(&of_amazon, &all).0, Some(Method::HttpRedirect));
    let no_redirect = DomainPolicy { redirect_challenges: Some(false), ..all.clone() };
    let (method, customer, _) = chosen(&of_amazon, &no_redirect);
    assert_eq!(
        (method, customer),
        (Some(Method::DelegatedDns), 1),
        "nothing proves a custom hostname by itself, either"
    );
    let no_hostnames = DomainPolicy { custom_hostnames: false, ..no_redirect.clone() };
    let (method, customer, _) = chosen(&of_amazon, &no_hostnames);
    assert_eq!((method, customer), (Some(Method::DelegatedDns), 1));
    let delegated = with(name, |look| {
        look.certificate = Looked::Unknown("refused".to_owned());
        look.challenge = Looked::Found(Some("x.acme.us.example".to_owned()));
    });
    let (method, customer, _) = chosen(&delegated, &no_hostnames);
    assert_eq!((method, customer), (Some(Method::DelegatedDns), 0));
    let taken = with(name, |look| {
        look.certificate = Looked::Unknown("refused".to_owned());
        look.challenge = Looked::Found(Some("x.other.example".to_owned()));
    });
    let (method, customer, _) = chosen(&taken, &no_hostnames);
    assert_eq!((method, customer), (Some(Method::CustomerTxt), 2));
}

/// The outcome of one way.
fn outcome(domain: &Domain, policy: &DomainPolicy, method: Method) -> Outcome {
    let choice = choose_method(domain, class_of(domain).unwrap(), &ours(), policy, now());
    choice.candidates.into_iter().find(|one| one.method == method).unwrap().outcome
}

fn steps(domain: &Domain, policy: &DomainPolicy, method: Method) -> Vec<Step> {
    match outcome(domain, policy, method) {
        Outcome::Possible { steps, .. } => steps,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_comes_only_by_a_way_that_the_new_edge_can_prove_before_the_name_moves() {
    let name = "track.customer.example";
    let account = Some("https://ca.example/acct/1".to_owned());
    let dark = DomainPolicy { redirect_challenges: Some(false), account, ..policy() };
    // Renewed by the same account it is validated again, as any other order is.
    assert_eq!(
        outcome(&domain(name), &dark, Method::Renew),
        Outcome::Open("say `domains.challenge_zone`, our zone to which _acme-challenge names may lead".to_owned())
    );
    assert_eq!(chosen(&domain(name), &dark).0, Some(Method::CustomerTxt));
    let zone_of_ours = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), ..dark.clone() };
    let (method, customer, _) = chosen(&domain(name), &zone_of_ours);
    assert_eq!((method, customer), (Some(Method::Renew), 1));
    let bright = DomainPolicy { redirect_challenges: Some(true), ..dark.clone() };
    assert_eq!(
        chosen(&domain(name), &bright),
        (Some(Method::Renew), 0, "the same account renews it: exempt from all limits".to_owned())
    );
    // What could be said of the redirect would do, too.
    let unsaid = DomainPolicy { redirect_challenges: None, ..dark.clone() };
    let taken = with(name, |look| look.challenge = Looked::Found(Some("x.other.example".to_owned())));
    assert!(
        matches!(outcome(&taken, &unsaid, Method::Renew), Outcome::Open(what) if what.contains("redirect_challenges"))
    );

    // Cloudflare wants the hostname shown to be ours, and the certificate's challenge answered.
    let saas = DomainPolicy { custom_hostnames: true, ..dark };
    for (records, class) in [
        (leading(name, &["edge.us.example"], "203.0.113.5"), Class::B),
        (leading(name, &[ALB], "203.0.113.5"), Class::C),
        (leading(name, &[], "198.51.100.7"), Class::D),
        (leading(name, &["d111.cloudfront.net"], "203.0.113.5"), Class::E),
    ] {
        let domain = with(name, |look| look.records = Looked::Found(records));
        assert_eq!(class_of(&domain), Ok(class));
        assert_eq!(steps(&domain, &saas, Method::CustomHostname), [Step::Ownership, Step::ChallengeOnce], "{class:?}");
        assert_eq!(chosen(&domain, &saas).0, Some(Method::CustomHostname), "once, and not at each renewal");
        let line = &plan_domains(&[domain], &ours(), &saas, now()).domains[0];
        assert_eq!((line.ready_at, line.waits_for_customer), (None, true));
    }
    let both = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), ..saas.clone() };
    assert_eq!(
        steps(&domain(name), &both, Method::CustomHostname),
        [Step::Challenge { zone: "acme.us.example".to_owned() }, Step::Ownership]
    );
    let redirected = DomainPolicy { redirect_challenges: Some(true), ..saas.clone() };
    assert_eq!(steps(&domain(name), &redirected, Method::CustomHostname), []);
    let in_our_zone = with("shop.us.example", |look| look.zone = zone("us.example", "ns-2.awsdns-02.net"));
    assert_eq!(steps(&in_our_zone, &saas, Method::CustomHostname), []);
}

#[test]
fn a_shared_certificate_is_not_renewed_once_for_each_of_its_names() {
    let account = Some("https://ca.example/acct/1".to_owned());
    let said = DomainPolicy { account, ..policy() };
    let shared = |name: &str| {
        with(name, |look| {
            if let Looked::Found(certificate) = &mut look.certificate {
                certificate.names = vec!["a.customer.example".to_owned(), "b.customer.example".to_owned()];
            }
        })
    };
    let both = [shared("a.customer.example"), shared("b.customer.example")];
    assert!(matches!(outcome(&both[0], &said, Method::Renew), Outcome::Excluded(why) if why.contains("1 other names")));
    let plan = plan_domains(&both, &ours(), &said, now());
    let used = |kind| plan.budgets.iter().find(|line| line.kind == kind).unwrap().used;
    assert_eq!((plan.planned, used(LimitKind::NewOrders)), (2, 2), "each order counts");
}

#[test]
fn what_caa_lacks_is_asked_for_by_authority_and_tag_and_lets_in_no_more_than_before() {
    let name = "track.customer.example";
    let held = |records: &[(&str, &str)]| with(name, |look| look.caa = caa("customer.example", records));
    let asked = |domain: &Domain, policy: &DomainPolicy, method| {
        let steps = steps(domain, policy, method);
        let record = |step: &Step| match step {
            Step::Authority { at, record } => format!("{at} {} {} {}", record.flags, record.tag, record.value),
            other => format!("{other:?}"),
        };
        steps.iter().map(record).collect::<Vec<_>>()
    };
    let account = Some("https://ca.example/acct/1".to_owned());
    let saas = DomainPolicy { custom_hostnames: true, ..policy() };
    // Those that Cloudflare may ask and the records don't have, and no other.
    assert_eq!(
        asked(&held(&[("issue", "letsencrypt.org"), ("issue", "sectigo.com")]), &saas, Method::CustomHostname),
        ["customer.example 0 issue pki.goog", "customer.example 0 issue ssl.com"]
    );
    assert_eq!(
        asked(&held(&[("issue", "digicert.com")]), &policy(), Method::HttpRedirect),
        ["customer.example 0 issue letsencrypt.org"]
    );
    // Another record without the pin would void it.
    let pinned = held(&[("issue", "letsencrypt.org; accounturi=https://ca.example/acct/9; validationmethods=dns-01")]);
    let known = DomainPolicy { account, ..policy() };
    assert_eq!(
        asked(&pinned, &known, Method::HttpRedirect),
        ["customer.example 0 issue letsencrypt.org; accounturi=https://ca.example/acct/1; validationmethods=http-01"]
    );
    assert!(
        matches!(outcome(&pinned, &policy(), Method::HttpRedirect), Outcome::Open(what) if what.contains("`domains.account`"))
    );
    // Cloudflare orders by accounts that are its own, also where ours is the one that the records name.
    let of_ours = held(&[("issue", "letsencrypt.org; accounturi=https://ca.example/acct/1")]);
    let both = DomainPolicy { custom_hostnames: true, ..known };
    assert!(
        matches!(outcome(&of_ours, &both, Method::CustomHostname), Outcome::Excluded(why) if why.contains("one account"))
    );
    // Records of their own kind decide for a wildcard.
    let mut wild = held(&[("issue", "letsencrypt.org"), ("issuewild", "digicert.com")]);
    wild.name = Hostname::new("*.customer.example");
    let delegated = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), ..policy() };
    assert_eq!(asked(&wild, &delegated, Method::DelegatedDns)[0], "customer.example 0 issuewild letsencrypt.org");
    // Nothing that is added helps beside a tag that nobody knows, or at a name that is somebody else's.
    let mut critical = held(&[("issue", "letsencrypt.org"), ("tbs", "x")]);
    if let Looked::Found(Some(set)) = &mut critical.inspection.as_mut().unwrap().caa {
        set.records[1].flags = 128;
    }
    assert!(
        matches!(outcome(&critical, &policy(), Method::HttpRedirect), Outcome::Excluded(why) if why.contains("critical"))
    );
    let mut by_alias = with(name, |look| look.caa = caa("cdn.example", &[("issue", "digicert.com")]));
    if let Looked::Found(Some(set)) = &mut by_alias.inspection.as_mut().unwrap().caa {
        set.by_alias = true;
    }
    assert!(
        matches!(outcome(&by_alias, &policy(), Method::HttpRedirect), Outcome::Excluded(why) if why.contains("not the customer's"))
    );
}

#[test]
fn a_window_is_held_against_what_can_be_ready_and_against_the_certificate() {
    let moving = |window: &str| {
        let window = Some(window.to_owned());
        Domain {
            request: Some(DomainRequest { window, ..DomainRequest::default() }),
            ..domain("track.customer.example")
        }
    };
    let flagged = |domain: Domain, from: &str| {
        let plan = plan_domains(&[domain], &ours(), &policy(), at(from));
        let flags = plan.domains[0].flags.iter().filter(|flag| flag.kind == FlagKind::AfterWindow);
        (plan.domains[0].ready_at.unwrap().to_string(), flags.map(|flag| flag.text.clone()).collect::<Vec<_>>())
    };
    let window = "2026-12-16 02:00-04:00 Europe/Vienna";
    assert_eq!(flagged(moving(window), "2026-12-01T00:00:00Z").1, Vec::<String>::new());
    assert_eq!(
        flagged(moving(window), "2026-12-16T01:30:00Z"),
        (
            "2026-12-16T02:30:00Z".to_owned(),
            vec![format!("its window {window} has begun before it can be ready at 2026-12-16T02:30:00Z")]
        )
    );
    assert_eq!(
        flagged(moving(window), "2026-12-20T00:00:00Z").1,
        [format!("its window {window} is over before it can be ready at 2026-12-20T01:00:00Z")]
    );
    // Who waits for the customer has no moment, and a window all the same.
    let mut waits = moving(window);
    waits.inspection.as_mut().unwrap().caa = caa("customer.example", &[("issue", "digicert.com")]);
    let late = flags(&waits, &ours(), &policy(), at("2026-12-20T00:00:00Z"));
    assert!(
        late.contains(&Flag { kind: FlagKind::AfterWindow, text: format!("its window {window} is over") }),
        "{late:?}"
    );

    // The certificate ends on 2027-02-01: copied now it holds long enough, for a move in January it does not.
    let keys = DomainPolicy { old_keys: Some(true), ..policy() };
    assert_eq!(chosen(&moving("2026-12-16 02:00-04:00 UTC"), &keys).0, Some(Method::Import));
    let late = moving("2027-01-16 02:00-04:00 UTC");
    assert!(
        matches!(outcome(&late, &keys, Method::Import), Outcome::Excluded(why) if why.contains("30 days of the move"))
    );
    let ends = |domain: &Domain| {
        flags(domain, &ours(), &keys, now()).iter().any(|flag| flag.kind == FlagKind::CertificateEnds)
    };
    assert!(ends(&late) && !ends(&moving("2026-12-16 02:00-04:00 UTC")));
}

#[test]
fn what_the_customer_changes_waits_for_them_and_what_we_change_draws_where_it_is() {
    let name = "track.customer.example";
    let behind = |records: Records, server: &str| {
        with(name, |look| {
            look.zone = zone("customer.example", server);
            look.records = Looked::Found(records);
        })
    };
    let own_there = behind(leading(name, &[], "104.16.1.1"), "ada.ns.cloudflare.com");
    let of_ours = behind(leading(name, &["to.saas.example"], "104.16.1.1"), "ns1.registrar.example");
    let said = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), ..policy() };
    let mut delegated = own_there.clone();
    delegated.inspection.as_mut().unwrap().challenge = Looked::Found(Some("x.acme.us.example".to_owned()));
    let plan = plan_domains(&[delegated, of_ours], &ours(), &said, now());
    let waits: Vec<_> =
        plan.domains.iter().map(|line| (line.classified.class.clone(), line.waits_for_customer)).collect();
    assert_eq!(waits, [(Ok(Class::F), true), (Ok(Class::F), false)]);

    let at_cloudflare = with("shop.saas.example", |look| {
        look.zone = zone("saas.example", "ada.ns.cloudflare.com");
        look.records = Looked::Found(leading("shop.saas.example", &[ALB], "203.0.113.5"));
    });
    assert_eq!(class_of(&at_cloudflare), Ok(Class::A));
    let plan = plan_domains(&[at_cloudflare], &ours(), &policy(), now());
    let used = |kind| plan.budgets.iter().find(|line| line.kind == kind).unwrap().used;
    assert_eq!((used(LimitKind::Route53Requests), used(LimitKind::CloudflareRequests)), (0, 6));
}

#[test]
fn what_nobody_has_said_is_asked_for_and_not_taken_for_granted() {
    let (method, _, reason) = chosen(&domain("track.customer.example"), &DomainPolicy::default());
    assert_eq!(method, Some(Method::CustomerTxt));
    assert_eq!(reason, "the customer enters a TXT record, now and at each renewal: one order");
    let unreadable = with("track.customer.example", |look| look.caa = Looked::Unknown("SERVFAIL".to_owned()));
    let (method, _, reason) = chosen(&unreadable, &DomainPolicy::default());
    assert_eq!(method, None);
    assert!(reason.starts_with("import could do: say `domains.old_keys: true`"), "{reason}");
}

#[test]
fn caa_records_in_a_zone_of_ours_keep_nobody_waiting_and_a_customers_do() {
    let of_customer = with("track.customer.example", |look| {
        look.caa = caa("customer.example", &[("issue", "amazon.com")]);
    });
    let (method, customer, reason) = chosen(&of_customer, &policy());
    assert_eq!((method, customer), (Some(Method::HttpRedirect), 1));
    assert!(reason.ends_with("the customer allows it by a CAA record first"), "{reason}");
    let of_ours = with("shop.us.example", |look| {
        look.zone = zone("us.example", "ns-1.awsdns-01.com");
        look.caa = caa("us.example", &[("issue", "amazon.com")]);
    });
    assert_eq!(chosen(&of_ours, &policy()).1, 0);
}

#[test]
fn a_custom_hostname_of_ours_at_cloudflare_redirects_its_challenge_and_a_zone_of_the_customers_does_not() {
    let name = "track.customer.example";
    let of_ours = with(name, |look| look.records = Looked::Found(leading(name, &["to.saas.example"], "104.16.1.1")));
    assert_eq!(chosen(&of_ours, &policy()).0, Some(Method::HttpRedirect));
    let of_customer = with(name, |look| {
        look.zone = zone("customer.example", "ada.ns.cloudflare.com");
        look.records = Looked::Found(leading(name, &[], "104.16.1.1"));
    });
    assert_eq!(chosen(&of_customer, &policy()).0, Some(Method::CustomerTxt));
}

#[test]
fn a_wildcard_is_proven_by_dns_alone() {
    let wildcard = with("*.customer.example", |look| look.certificate = Looked::Unknown("refused".to_owned()));
    let all = DomainPolicy { challenge_zone: Some("acme.us.example".to_owned()), custom_hostnames: true, ..policy() };
    assert_eq!(chosen(&wildcard, &all).0, Some(Method::DelegatedDns));
}

#[test]
fn every_flag_is_raised_by_what_it_is_for() {
    let name = "customer.example";
    let flagged = with(name, |look| {
        look.at = at("2026-11-01T00:00:00Z");
        look.caa = caa(name, &[("issue", "digicert.com")]);
        if let Looked::Found(Some(set)) = &mut look.caa {
            set.by_alias = true;
        }
        if let Looked::Found(zone) = &mut look.zone {
            zone.signed = true;
        }
        look.records = Looked::Found(Records {
            addresses: vec![Address { address: "2001:db8::1".parse().unwrap(), ttl: 86_400 }],
            https: true,
            differing: vec!["ns2.customer.example answers 203.0.113.1".to_owned()],
            ..Records::default()
        });
        if let Looked::Found(certificate) = &mut look.certificate {
            certificate.names = vec![name.to_owned(), "other.example".to_owned()];
            certificate.not_after = at("2026-12-01T00:00:00Z");
            certificate.untrusted = Some("it ended".to_owned());
        }
        look.https = Looked::Found(Http { status: 200, hsts: Some("max-age=31536000".to_owned()), ..Http::default() });
    });
    let found: Vec<&str> = flags(&flagged, &ours(), &policy(), now()).iter().map(|flag| flag.kind.as_str()).collect();
    assert_eq!(
        found,
        [
            "caa",
            "caa-by-alias",
            "dnssec",
            "hsts",
            "ipv6",
            "https-record",
            "apex",
            "shared-certificate",
            "certificate-ends",
            "certificate-untrusted",
            "long-ttl",
            "servers-differ",
            "stale",
        ]
    );
    let dark = with("*.customer.example", |look| look.https = Looked::Unknown("refused".to_owned()));
    let found: Vec<FlagKind> = flags(&dark, &ours(), &policy(), now()).iter().map(|flag| flag.kind).collect();
    assert_eq!(found, [FlagKind::Wildcard, FlagKind::NoHttps]);
    // Taken back, it is none.
    let taken_back = with("track.customer.example", |look| {
        look.https = Looked::Found(Http { status: 200, hsts: Some("max-age=0".to_owned()), ..Http::default() });
    });
    assert_eq!(flags(&taken_back, &ours(), &policy(), now()), []);
}

#[test]
fn a_plan_says_when_and_what_binds_and_what_raising_it_gains() {
    let mut domains: Vec<Domain> = (0..400).map(|number| domain(&format!("track.shop-{number}.example"))).collect();
    domains[7].request = Some(DomainRequest { tier: Some(1), ..DomainRequest::default() });
    domains[8].request = Some(DomainRequest { tier: Some(5), ..DomainRequest::default() });
    domains.push(with("track.held.example", |look| look.caa = caa("held.example", &[("issue", "amazon.com")])));
    domains.push(Domain { inspection: None, ..domain("track.unseen.example") });
    let plan = plan_domains(&domains, &ours(), &policy(), now());
    assert_eq!((plan.domains.len(), plan.planned), (402, 400));
    // 300 at once, 100 more at one every 36 seconds; then tried for an hour.
    assert_eq!(plan.done_at, Some(at("2026-11-29T14:00:00Z")));
    assert_eq!(plan.domains[7].ready_at, Some(at("2026-11-29T13:00:00Z")));
    assert_eq!(plan.domains[8].ready_at, plan.done_at, "the highest tier goes last");
    assert_eq!((plan.domains[400].ready_at, plan.domains[400].waits_for_customer), (None, true));
    assert_eq!((plan.domains[401].ready_at, &plan.domains[401].choice), (None, &None));
    let orders = plan.budgets.iter().find(|line| line.kind == LimitKind::NewOrders).unwrap();
    assert_eq!((orders.limit, orders.used, orders.waits), (300, 400, 100));
    let gains: Vec<_> = plan.gains.iter().map(|gain| (gain.kind, gain.raised_to, gain.done_at)).collect();
    // Then the changes of records bind, at ten a second.
    assert_eq!(gains, [(LimitKind::NewOrders, 3_000, at("2026-11-29T13:00:35Z"))]);
    let raised = DomainPolicy { limits: [("letsencrypt-new-orders".to_owned(), 3_000)].into(), ..policy() };
    assert_eq!(plan_domains(&domains, &ours(), &raised, now()).done_at, Some(at("2026-11-29T13:00:35Z")));
    assert_eq!(plan_domains(&[], &ours(), &policy(), now()).done_at, None);
}

#[test]
fn a_policy_that_cannot_hold_is_refused_with_what_to_write() {
    let of_limit =
        |name: &str, burst| DomainPolicy { limits: [(name.to_owned(), burst)].into(), ..DomainPolicy::default() };
    let wrong = |policy: DomainPolicy| policy.check().unwrap_err().to_string();
    assert_eq!(
        wrong(of_limit("letsencrypt-per-exact-names", 9)),
        "domains.limits.letsencrypt-per-exact-names: it can't be raised; those that can are letsencrypt-new-orders, \
         letsencrypt-per-registered-domain"
    );
    assert_eq!(
        wrong(of_limit("letsencrypt-new-orders", 300)),
        "domains.limits.letsencrypt-new-orders: 300 is not above the 300 that everybody has"
    );
    for text in ["Edge.example", "edge.example.", "edge", "a b.example"] {
        let policy = DomainPolicy { edge: Some(text.to_owned()), ..DomainPolicy::default() };
        assert!(wrong(policy).starts_with(&format!("domains.edge: `{text}` is no host name")), "{text}");
    }
    assert_eq!(of_limit("letsencrypt-new-orders", 1_000).check(), Ok(()));
}

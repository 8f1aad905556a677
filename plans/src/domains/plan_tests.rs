//! Flags, and plans over many domains.

use super::tests::*;
use super::ways_tests::{chosen, outcome};
use super::*;
use crate::budget::LimitKind;
use caravan_inventory::{Address, Domain, DomainRequest, Http, Looked, Records};

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

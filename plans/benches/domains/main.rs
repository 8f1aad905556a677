//! What planning vanity domains costs: class, flags and way of each, the schedule against every limit, and what raising one
//! would gain.
//!
//! `cargo bench -p caravan-plans --bench domains [-- DOMAINS…]`. Measured is the process's CPU time, on one thread.

use caravan_inventory::{
    Address, Alias, CaaRecord, CaaSet, Certificate, Domain, DomainRequest, Hostname, Http, Inspection, Looked,
    Observation, ObservationId, ObservationKind, Records, Zone,
};
use caravan_plans::domains::{DomainPolicy, Ours, plan_domains};
use cpu_time::ProcessTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::hint::black_box;
use std::io::Write;

/// How many hosts a customer has.
const HOSTS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1_000, 10_000, 50_000] } else { asked };
    let now: Timestamp = "2026-11-29T12:00:00Z".parse()?;
    let (ours, policy) = (ours(now), policy());
    let mut out = std::io::stdout().lock();
    for count in sizes {
        let domains: Vec<Domain> = (0..count).map(|number| domain(number, now)).collect();
        let began = ProcessTime::now();
        let plan = black_box(plan_domains(&domains, &ours, &policy, now));
        let took = began.elapsed().as_secs_f64();
        let each = took * 1e6 / count as f64;
        let (planned, gains) = (plan.planned, plan.gains.len());
        let done = plan.done_at.map_or_else(|| "never".to_owned(), |done| done.to_string());
        writeln!(
            out,
            "{count:>7} domains: {took:>7.3} s, {each:>6.2} µs each: {planned} have a moment, the last {done}; {gains} limits \
             would gain"
        )?;
    }
    Ok(())
}

fn policy() -> DomainPolicy {
    DomainPolicy {
        account: Some("https://acme-v02.api.letsencrypt.org/acme/acct/1".to_owned()),
        old_keys: Some(false),
        redirect_challenges: Some(true),
        challenge_zone: Some("acme.company.example".to_owned()),
        ..DomainPolicy::default()
    }
}

fn ours(now: Timestamp) -> Ours {
    let mut ours = Ours::default();
    ours.add(&Observation {
        id: ObservationId::new("route53.hosted-zone/Z1"),
        kind: ObservationKind::HostedZone,
        name: "Z1".to_owned(),
        account: None,
        region: None,
        api: "bench".to_owned(),
        first_seen: now,
        last_seen: now,
        body: json!({"Name": "company.example."}),
    });
    ours
}

/// One of a customer's hosts. Of ten, one is at a network of the customer's, one may be signed by nobody we ask, one is not
/// known, and the others are aliases of ours; every hundredth customer has a hundred times as many.
fn domain(number: usize, now: Timestamp) -> Domain {
    let customer = if number.is_multiple_of(100) { 0 } else { number / HOSTS };
    let (name, zone) = (format!("track-{number}.customer-{customer}.example"), format!("customer-{customer}.example"));
    let (target, caa) = match number % 10 {
        7 => ("d111.cloudfront.net", None),
        8 => ("edge.company.example", Some("digicert.com")),
        _ => ("edge.company.example", None),
    };
    let records = Records {
        chain: vec![Alias { name: name.clone(), target: target.to_owned(), ttl: 3_600 }],
        addresses: vec![Address { address: [203, 0, 113, 5].into(), ttl: 60 }],
        ..Records::default()
    };
    let set = |value: &str| CaaSet {
        at: zone.clone(),
        by_alias: false,
        records: vec![CaaRecord { flags: 0, tag: "issue".to_owned(), value: value.to_owned() }],
    };
    let inspection = Inspection {
        at: now,
        zone: Looked::Found(Zone {
            name: zone.clone(),
            servers: vec!["ns1.registrar.example".to_owned(), "ns2.registrar.example".to_owned()],
            signed: number.is_multiple_of(3),
            negative_ttl: Some(900),
        }),
        records: if number % 10 == 9 { Looked::Unknown("SERVFAIL".to_owned()) } else { Looked::Found(records) },
        caa: Looked::Found(caa.map(set)),
        challenge: Looked::Found(None),
        certificate: Looked::Found(Certificate {
            issuer: "Amazon".to_owned(),
            chain: vec!["Amazon RSA 2048 M03".to_owned()],
            names: vec![name.clone()],
            not_after: now + SignedDuration::from_hours(24 * 90),
            fingerprint: "00".to_owned(),
            untrusted: None,
        }),
        https: Looked::Found(Http { status: 200, hsts: Some("max-age=31536000".to_owned()), ..Http::default() }),
        http: Looked::Found(Http { status: 301, ..Http::default() }),
    };
    Domain {
        name: Hostname::new(name),
        customer: Some(format!("Customer {customer}")),
        target: None,
        observation: None,
        request: Some(DomainRequest {
            window: Some("2027-01-16 02:00-04:00 Europe/Vienna".to_owned()),
            ..DomainRequest::default()
        }),
        inspection: Some(inspection),
    }
}

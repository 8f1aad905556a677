//! Plans of moves from what was looked up: every value of the record, and each reason why there is none.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on fails loudly")]

use caravan_cutover_domains::settings::{AuthoritySettings, BackendSettings, EdgeSettings, GatewayRef, MoveSettings};
use caravan_cutover_domains::{BuildRefusal, Lead, MoveInput, MovePlan, OwnZone, Proof, build_move, record_to_read};
use caravan_inventory::{
    AccountId, Address, Alias, Certificate, Domain, DomainRequest, Hostname, Http, Inspection, Looked, Observation,
    ObservationId, ObservationKind, Records, Zone,
};
use caravan_plans::domains::{DomainPolicy, Ours};
use caravan_providers::target::{RecordSet, Snapshot, Target};
use jiff::Timestamp;
use serde_json::{Value, json};

const NOW: &str = "2027-01-10T12:00:00Z";
const NS: &str = "ns1.ours.example";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn seen(kind: ObservationKind, body: Value) -> Observation {
    Observation {
        id: ObservationId::new("o"),
        kind,
        name: "o".to_owned(),
        account: Some(AccountId::new("123456789012")),
        region: None,
        api: "route53:ListHostedZones".to_owned(),
        first_seen: now(),
        last_seen: now(),
        body,
    }
}

/// Our zone `ours.example` in Route 53.
fn ours() -> Ours {
    let mut ours = Ours::default();
    ours.add(&seen(ObservationKind::HostedZone, json!({"Id": "/hostedzone/Z1", "Name": "ours.example."})));
    let servers = json!({"Name": "ours.example.", "Type": "NS", "ResourceRecords": [{"Value": "ns1.ours.example."}]});
    ours.add(&seen(ObservationKind::RecordSet, servers));
    ours
}

fn zones() -> Vec<OwnZone> {
    vec![OwnZone { account: AccountId::new("123456789012"), id: "Z1".to_owned(), name: "ours.example".to_owned() }]
}

fn settings() -> MoveSettings {
    MoveSettings {
        authority: Some(AuthoritySettings {
            directory: "https://acme-v02.api.letsencrypt.org/directory".to_owned(),
            account_key: "key.pem".to_owned(),
            create_account: false,
            has_limits: None,
            caa: Vec::new(),
        }),
        edge: Some(EdgeSettings {
            cluster: "new".to_owned(),
            namespace: "vanity".to_owned(),
            gateway: GatewayRef { namespace: "gateway".to_owned(), name: "public".to_owned() },
            backend: BackendSettings { name: "web".to_owned(), port: Some(8080), kind: None, group: None },
            port: 443,
            path: "/healthz".to_owned(),
            status: (200, 299),
        }),
        ..MoveSettings::default()
    }
}

fn policy() -> DomainPolicy {
    DomainPolicy {
        edge: Some("edge.new.example".to_owned()),
        addresses: vec!["198.51.100.1".parse().unwrap()],
        ..DomainPolicy::default()
    }
}

fn domain(name: &str, zone: &str, servers: &[&str], records: Records) -> Domain {
    let http = || Looked::Found(Http { status: 200, ..Http::default() });
    Domain {
        name: Hostname::new(name),
        customer: Some("Customer".to_owned()),
        target: None,
        observation: None,
        request: Some(DomainRequest {
            window: Some("2027-01-16 02:00-04:00 Europe/Vienna".to_owned()),
            ..DomainRequest::default()
        }),
        inspection: Some(Inspection {
            at: now(),
            zone: Looked::Found(Zone {
                name: zone.to_owned(),
                servers: servers.iter().map(|server| (*server).to_owned()).collect(),
                signed: false,
                negative_ttl: Some(60),
            }),
            records: Looked::Found(records),
            caa: Looked::Found(None),
            challenge: Looked::Found(None),
            certificate: Looked::Found(Certificate {
                issuer: "Let's Encrypt".to_owned(),
                chain: Vec::new(),
                names: vec![name.to_owned()],
                not_after: "2027-06-01T00:00:00Z".parse().unwrap(),
                fingerprint: "00".to_owned(),
                untrusted: None,
            }),
            https: http(),
            http: http(),
        }),
    }
}

fn addresses() -> Records {
    let address = Address { address: "192.0.2.1".parse().unwrap(), ttl: 3_600 };
    Records { addresses: vec![address], ..Records::default() }
}

fn own() -> Domain {
    domain("shop.ours.example", "ours.example", &[NS], addresses())
}

/// A customer's alias of a stable name of ours.
fn aliased(name: &str, target: &str) -> Domain {
    let alias = Alias { name: name.to_owned(), target: target.to_owned(), ttl: 300 };
    domain(name, "customer.example", &["ns1.customer.example"], Records { chain: vec![alias], ..addresses() })
}

fn record(name: &str, ttl: u32) -> RecordSet {
    RecordSet {
        name: format!("{name}."),
        kind: "A".to_owned(),
        ttl: Some(ttl),
        values: vec!["192.0.2.1".to_owned()],
        ..RecordSet::default()
    }
}

fn plan_with(
    domain: &Domain,
    all: &[Domain],
    sets: Vec<RecordSet>,
    settings: &MoveSettings,
) -> Result<MovePlan, BuildRefusal> {
    let (ours, zones, policy) = (ours(), zones(), policy());
    let input =
        MoveInput { domain, all, ours: &ours, zones: &zones, policy: &policy, settings, old_port: 443, now: now() };
    build_move(input, Some(&Snapshot::Records(sets)), "move-1")
}

fn plan(domain: &Domain, sets: Vec<RecordSet>) -> Result<MovePlan, BuildRefusal> {
    plan_with(domain, &[], sets, &settings())
}

fn sets(snapshot: &Snapshot) -> &[RecordSet] {
    match snapshot {
        Snapshot::Records(sets) => sets,
        other => panic!("{other:?}"),
    }
}

#[test]
fn our_record_becomes_an_alias_of_the_new_edge_and_keeps_its_time() {
    let plan = plan(&own(), vec![record("shop.ours.example", 3_600)]).unwrap();
    let Lead::Ours(own) = &plan.lead else { panic!("{:?}", plan.lead) };
    assert_eq!(sets(own.lowered.as_ref().unwrap()), [record("shop.ours.example", 60)]);
    let [moved] = sets(&own.moved) else { panic!("{:?}", own.moved) };
    assert_eq!((moved.kind.as_str(), moved.ttl, moved.values[0].as_str()), ("CNAME", Some(60), "edge.new.example."));
    assert_eq!(sets(&own.settled)[0].ttl, Some(3_600));
    assert_eq!((own.original_ttl, own.lowered_ttl), (3_600_000, 60_000));
    let Proof::Dns(Target::Records(challenge)) = &plan.proof else { panic!("{:?}", plan.proof) };
    assert_eq!((challenge.name.as_str(), challenge.zone.as_str()), ("_acme-challenge.shop.ours.example.", "Z1"));
    assert_eq!(
        (&plan.edges.old[..], &plan.edges.new[..]),
        (&["192.0.2.1:443".to_owned()][..], &["198.51.100.1:443".to_owned()][..])
    );
    assert!(plan.authority.gives_open_orders_again && plan.window.is_some());
    assert_eq!(plan.edges.objects.len(), 2);
    assert_eq!(
        plan.edges.objects[0]["spec"]["listeners"][0]["tls"]["certificateRefs"][0]["name"],
        plan.edges.secret.as_str()
    );
}

#[test]
fn a_short_time_is_not_lowered_and_a_top_of_a_zone_gets_addresses() {
    let short = plan(&own(), vec![record("shop.ours.example", 30)]).unwrap();
    let Lead::Ours(own) = &short.lead else { panic!("{:?}", short.lead) };
    assert_eq!((&own.lowered, sets(&own.moved)[0].ttl), (&None, Some(30)));

    let top = domain("ours.example", "ours.example", &[NS], addresses());
    let top = plan(&top, vec![record("ours.example", 60)]).unwrap();
    let Lead::Ours(own) = &top.lead else { panic!("{:?}", top.lead) };
    let [moved] = sets(&own.moved) else { panic!("{:?}", own.moved) };
    assert_eq!((moved.kind.as_str(), moved.values.as_slice()), ("A", &["198.51.100.1".to_owned()][..]));
}

#[test]
fn a_stable_name_of_one_customer_is_moved_and_one_of_several_is_not() {
    let mut one = aliased("shop.customer.example", "c1.ours.example");
    one.inspection.as_mut().unwrap().challenge = Looked::Found(Some("shop.acme.ours.example".to_owned()));
    let plan_of = |all: &[Domain]| plan_with(&one, all, vec![record("c1.ours.example", 60)], &settings());
    let plan = plan_of(&[one.clone()]).unwrap();
    let Lead::Ours(own) = &plan.lead else { panic!("{:?}", plan.lead) };
    assert!(matches!(&own.target, Target::Records(target) if target.name == "c1.ours.example."));
    assert!(matches!(&plan.proof, Proof::Dns(Target::Records(target)) if target.name == "shop.acme.ours.example."));
    let other = aliased("shop.other.example", "c1.ours.example");
    assert!(
        matches!(plan_of(&[one.clone(), other]), Err(BuildRefusal::Shared { others, .. }) if others == "shop.other.example")
    );
}

#[test]
fn what_is_missing_or_in_the_way_is_said() {
    let simple = || vec![record("shop.ours.example", 60)];
    let unsaid = plan_with(&own(), &[], simple(), &MoveSettings::default());
    assert_eq!(unsaid, Err(BuildRefusal::Unsaid("moves.authority")));
    let weighted =
        RecordSet { weight: Some(1), set_identifier: Some("a".to_owned()), ..record("shop.ours.example", 60) };
    assert!(matches!(plan(&own(), vec![weighted]), Err(BuildRefusal::Record { why, .. }) if why.contains("weights")));
    assert!(matches!(plan(&own(), Vec::new()), Err(BuildRefusal::Record { why, .. }) if why.contains("not there")));
    let unproven = aliased("shop.customer.example", "c1.ours.example");
    assert!(matches!(plan(&unproven, vec![record("c1.ours.example", 60)]), Err(BuildRefusal::Unproven { .. })));

    let mut stale = own();
    stale.inspection.as_mut().unwrap().at = "2026-12-01T00:00:00Z".parse().unwrap();
    assert!(matches!(plan(&stale, simple()), Err(BuildRefusal::Flagged { kind: "stale", .. })));
    let mut hints = own();
    if let Looked::Found(records) = &mut hints.inspection.as_mut().unwrap().records {
        records.https = true;
    }
    assert!(matches!(plan(&hints, simple()), Err(BuildRefusal::Record { why, .. }) if why.contains("HTTPS")));
    let unseen = Domain { inspection: None, ..own() };
    assert!(matches!(plan(&unseen, simple()), Err(BuildRefusal::NoClass(_))));
}

#[test]
fn behind_a_network_of_the_customer_s_nothing_is_read() {
    let mut behind = aliased("shop.customer.example", "d111.cloudfront.net");
    behind.inspection.as_mut().unwrap().https = Looked::Found(Http {
        status: 200,
        marks: vec![("via".to_owned(), "1.1 abc.cloudfront.net (CloudFront)".to_owned())],
        ..Http::default()
    });
    let (ours, zones, policy, settings) = (ours(), zones(), policy(), settings());
    let input = MoveInput {
        domain: &behind,
        all: &[],
        ours: &ours,
        zones: &zones,
        policy: &policy,
        settings: &settings,
        old_port: 443,
        now: now(),
    };
    let refused = record_to_read(input).unwrap_err();
    assert!(matches!(refused, BuildRefusal::Class(_)), "{refused}");
}

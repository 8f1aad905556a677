//! Domains looked up in a world on loopback, with real TLS where they answer.

mod site;
mod world;

use super::*;
use simple_dns::RCODE;
use std::net::Ipv4Addr;
use world::{Asked, Line, Zone as Served, world};

fn at() -> Timestamp {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

fn zone(name: &'static str, lines: &[Line]) -> Served {
    Served { name, lines: lines.to_vec(), code: None }
}

/// The root speaks for everything down to the customers' zones; ours are at 3, a customer's at 4 and 5.
fn servers(customer: Vec<Line>) -> Vec<(u8, Vec<Served>)> {
    let root = zone(
        "",
        &[
            ("example", "NS", "ns.nic.example"),
            ("ns.nic.example", "A", "127.0.0.2"),
            ("test", "NS", "ns.nic.test"),
            ("ns.nic.test", "A", "127.0.0.2"),
        ],
    );
    let tld = zone(
        "example",
        &[
            ("customer.example", "NS", "ns1.dns.test"),
            ("customer.example", "NS", "ns2.dns.test"),
            ("customer.example", "DS", ""),
            ("us.example", "NS", "ns1.us.example"),
            ("ns1.us.example", "A", "127.0.0.3"),
            ("example", "CAA", "issue top.example"),
        ],
    );
    // The customer's servers are in another zone, and no address of theirs comes along.
    let other = zone("test", &[("dns.test", "NS", "ns1.us.example")]);
    let hosting = zone("dns.test", &[("ns1.dns.test", "A", "127.0.0.4"), ("ns2.dns.test", "A", "127.0.0.5")]);
    let ours = zone(
        "us.example",
        &[
            ("us.example", "SOA", "3600 300"),
            ("ns1.us.example", "A", "127.0.0.3"),
            ("edge.us.example", "A", "127.0.0.77"),
            ("edge.us.example", "AAAA", "2001:db8::7"),
            ("door.us.example", "A", "127.0.0.78"),
        ],
    );
    let theirs = zone("customer.example", &customer);
    vec![(1, vec![root]), (2, vec![tld, other]), (3, vec![ours, hosting]), (4, vec![theirs.clone()]), (5, vec![theirs])]
}

const CUSTOMER: [Line; 5] = [
    ("customer.example", "SOA", "900 86400"),
    ("track.customer.example", "CNAME", "7200 edge.us.example"),
    ("_acme-challenge.track.customer.example", "CNAME", "track.acme.us.example"),
    ("customer.example", "CAA", "issue letsencrypt.org"),
    ("www.customer.example", "A", "127.0.0.78"),
];

async fn inspector(servers: Vec<(u8, Vec<Served>)>) -> (Inspector, Asked) {
    let (port, asked) = world(servers).await;
    let settings = LookSettings {
        roots: vec![Ipv4Addr::new(127, 0, 0, 1).into()],
        dns_port: port,
        // Nobody listens there.
        https_port: 1,
        http_port: 1,
    };
    (Inspector::new(settings, Roots::public()).unwrap(), asked)
}

async fn look(servers: Vec<(u8, Vec<Served>)>, name: &str) -> Inspection {
    inspector(servers).await.0.inspect(&Hostname::new(name), at()).await
}

#[tokio::test]
async fn a_name_is_followed_from_the_root_to_its_addresses() {
    let found = look(servers(CUSTOMER.to_vec()), "track.customer.example").await;
    let zone = found.zone.found().unwrap();
    assert_eq!((zone.name.as_str(), zone.signed, zone.negative_ttl), ("customer.example", true, Some(900)));
    assert_eq!(zone.servers, ["ns1.dns.test", "ns2.dns.test"]);
    let records = found.records.found().unwrap();
    let chain: Vec<_> = records.chain.iter().map(|alias| (alias.target.as_str(), alias.ttl)).collect();
    assert_eq!(chain, [("edge.us.example", 7_200)]);
    let addresses: Vec<String> = records.addresses.iter().map(|one| one.address.to_string()).collect();
    assert_eq!(addresses, ["127.0.0.77", "2001:db8::7"]);
    assert!(records.differing.is_empty() && !records.https && records.door.is_none(), "{records:?}");
    let caa = found.caa.found().unwrap().as_ref().unwrap();
    assert_eq!(
        (caa.at.as_str(), caa.by_alias, caa.records[0].value.as_str()),
        ("customer.example", false, "letsencrypt.org")
    );
    assert_eq!(found.challenge, Looked::Found(Some("track.acme.us.example".to_owned())));
    let Looked::Unknown(why) = found.certificate else { panic!() };
    assert!(why.starts_with("127.0.0.77:1 can't be connected to: "), "{why}");
}

#[tokio::test]
async fn caa_records_are_taken_at_an_alias_too_and_else_up_to_the_top() {
    let mut with_caa = servers(vec![("track.customer.example", "CNAME", "edge.us.example")]);
    let above = look(with_caa.clone(), "track.customer.example").await.caa;
    let above = above.found().unwrap().as_ref().unwrap();
    assert_eq!((above.at.as_str(), above.by_alias), ("example", false));
    with_caa[2].1[0].lines.push(("edge.us.example", "CAA", "issue pki.example; validationmethods=dns-01"));
    let by_alias = look(with_caa, "track.customer.example").await.caa;
    let by_alias = by_alias.found().unwrap().as_ref().unwrap();
    assert_eq!((by_alias.at.as_str(), by_alias.by_alias), ("edge.us.example", true));
    assert_eq!(by_alias.records[0].value, "pki.example; validationmethods=dns-01");
}

#[tokio::test]
async fn a_name_that_is_not_there_has_no_records_and_is_no_error() {
    let found = look(servers(CUSTOMER.to_vec()), "new.customer.example").await;
    assert_eq!(found.records, Looked::Found(Records::default()));
    assert_eq!(found.challenge, Looked::Found(None));
    assert_eq!(found.certificate, Looked::Unknown("it has no address".to_owned()));
    let top = look(servers(CUSTOMER.to_vec()), "customer.example").await;
    assert_eq!(top.zone.found().unwrap().name, "customer.example");
}

#[tokio::test]
async fn a_front_door_is_known_by_the_addresses_that_it_has_now() {
    let (mut inspector, _) = inspector(servers(CUSTOMER.to_vec())).await;
    let doors = ["door.us.example", "gone.nowhere"].map(str::to_owned);
    let unknown = inspector.learn_doors(doors).await;
    assert_eq!(unknown.len(), 0, "a name that is not there has no address: {unknown:?}");
    let found = inspector.inspect(&Hostname::new("www.customer.example"), at()).await;
    assert_eq!(found.records.found().unwrap().door.as_deref(), Some("door.us.example"));
}

#[tokio::test]
async fn a_server_that_answers_something_else_is_named() {
    let mut two = servers(CUSTOMER.to_vec());
    two[4].1[0].lines = vec![("track.customer.example", "CNAME", "old.us.example")];
    let found = look(two, "track.customer.example").await;
    assert_eq!(found.records.found().unwrap().differing, ["name server ns2.dns.test answers old.us.example"]);
}

#[tokio::test]
async fn what_a_server_refuses_is_unknown_and_never_nothing() {
    let mut broken = servers(CUSTOMER.to_vec());
    for number in [3, 4] {
        broken[number].1[0].code = Some(RCODE::ServerFailure);
    }
    let found = look(broken, "track.customer.example").await;
    let why = "name server ns2.dns.test answers SERVFAIL for track.customer.example";
    assert_eq!(found.zone, Looked::Unknown(why.to_owned()));
    assert_eq!(found.records, Looked::Unknown(why.to_owned()));
    assert!(matches!(found.caa, Looked::Unknown(_)));
    // One of two is enough, and the other one is told of.
    let mut one = servers(CUSTOMER.to_vec());
    one[3].1[0].code = Some(RCODE::Refused);
    let found = look(one, "track.customer.example").await;
    let records = found.records.found().unwrap();
    assert_eq!(records.chain.len(), 1);
    assert_eq!(records.differing, ["name server ns1.dns.test answers REFUSED for track.customer.example"]);
}

#[tokio::test]
async fn aliases_that_lead_back_are_told() {
    let lines = vec![
        ("a.customer.example", "CNAME", "b.customer.example"),
        ("b.customer.example", "CNAME", "a.customer.example"),
    ];
    let found = look(servers(lines), "a.customer.example").await;
    let Looked::Unknown(why) = found.records else { panic!() };
    assert!(why.starts_with("its aliases go on after 10, to "), "{why}");
}

#[tokio::test]
async fn nobody_is_asked_but_those_who_speak_for_a_name_and_the_zones_above_once() {
    let (inspector, asked) = inspector(servers(CUSTOMER.to_vec())).await;
    for name in ["track.customer.example", "www.customer.example"] {
        inspector.inspect(&Hostname::new(name), at()).await;
    }
    let asked = asked.lock().unwrap();
    // The root hears of one name of each zone below it, once.
    let of_root: Vec<&str> = asked.iter().filter(|(last, ..)| *last == 1).map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(of_root, ["ns1.dns.test", "track.customer.example"]);
    let of_top =
        asked.iter().filter(|(last, name, kind)| *last == 2 && name == "www.customer.example" && kind == "SOA");
    assert_eq!(of_top.count(), 0, "the zone is known by then");
}

#[tokio::test]
async fn a_server_of_two_zones_tells_where_one_ends() {
    let mut one_server = servers(Vec::new());
    one_server[1].1[0].lines.retain(|(name, ..)| *name != "customer.example");
    let child = zone(
        "customer.example",
        &[
            ("customer.example", "SOA", "900 60"),
            ("customer.example", "NS", "ns.nic.example"),
            ("track.customer.example", "CNAME", "edge.us.example"),
        ],
    );
    one_server[1].1.push(child);
    let found = look(one_server, "track.customer.example").await;
    let zone = found.zone.found().unwrap();
    assert_eq!((zone.name.as_str(), zone.signed, zone.negative_ttl), ("customer.example", false, Some(60)));
}

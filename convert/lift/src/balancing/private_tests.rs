//! Names of private hosted zones: they lead to load balancers of every kind, and stand on no public Gateway.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, ours, under};
use crate::fixture::Fixture;
use crate::plconfig::Ingress;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const HALL: &str = "hall.ferry.example";

fn dns(balancer: &str) -> String {
    format!("{balancer}.elb.example.net")
}

/// The hosts on the public Gateway, and those on the internal one.
pub(super) fn gateways(ingress: &Ingress) -> (Vec<String>, Vec<String>) {
    let mut sides = (Vec::new(), Vec::new());
    let whole = ingress.internal == Some(true);
    let routes = ingress.routes.iter().map(|route| (&route.hosts, whole || route.internal == Some(true)));
    for (hosts, internal) in routes.chain([(&ingress.hosts, whole)]) {
        let side = if internal { &mut sides.1 } else { &mut sides.0 };
        side.extend(hosts.iter().cloned());
    }
    for side in [&mut sides.0, &mut sides.1] {
        side.sort();
        side.dedup();
    }
    sides
}

/// The same balancers, of which some are internal.
fn with_internal(balancers: &[&str], listeners: &[Front<'_>]) -> Fixture {
    let internal = |body: &mut Value| body["Scheme"] = json!("internal");
    fronts(listeners, &[]).changed(ObservationKind::LoadBalancer, |body| {
        let named = body["LoadBalancerName"].as_str().is_some_and(|name| balancers.contains(&name));
        named.then(|| internal(body));
    })
}

/// A rule of the host, a rule of a wildcard above it, and a default action.
fn public_ways() -> [Front<'static>; 3] {
    [
        Front("alder", 443, vec![(host(DESK), ours())], answer(404)),
        Front("alder", 443, vec![(under(DESK, "/staff/*"), ours())], answer(404)),
        Front("alder", 443, vec![], ours()),
    ]
}

#[test]
fn a_name_that_only_a_private_zone_has_stays_inside_and_is_asked_about() {
    for way in public_ways() {
        let by_default = way.2.is_empty();
        let listeners = [way];
        let fixture = || fronts(&listeners, &[]).in_zone("ZIN", true, &[(DESK, &dns("alder"))]);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(gateways(&ingress), (vec![], vec![DESK.to_owned()]), "{ingress:?}");
        let mut wanted = vec![format!("private-host/{DESK}")];
        // By which names the internet calls a default action, no record tells.
        wanted.extend(by_default.then(|| "hosts/alder:443".to_owned()));
        wanted.sort();
        assert_eq!(ids(&questions), wanted);
        let id = format!("private-host/ecs/test/it/{DESK}");
        let (ingress, _) = lifted(&fixture().answered(&[(&id, "public")]));
        assert_eq!(gateways(&ingress), (vec![DESK.to_owned()], vec![]), "{ingress:?}");
        let (ingress, questions) = lifted(&fixture().answered(&[(&id, "internal")]));
        assert_eq!(gateways(&ingress).0, Vec::<String>::new(), "{ingress:?}");
        assert!(questions.iter().all(|(id, _)| !id.starts_with("private-host")), "{questions:?}");
    }
}

#[test]
fn a_name_of_a_private_zone_reaches_its_balancer_through_other_names_and_wildcards() {
    let ways = [
        [("*.ferry.example", "alder.elb.example.net")].as_slice(),
        &[(DESK, "pier.ferry.example"), ("pier.ferry.example", "alder.elb.example.net")],
        &[("\\052.ferry.example", "dualstack.alder.elb.example.net")],
    ];
    for records in ways {
        let listeners = [Front("alder", 443, vec![(host(DESK), ours())], answer(404))];
        let (ingress, questions) = lifted(&fronts(&listeners, &[]).in_zone("ZIN", true, records));
        assert_eq!(gateways(&ingress), (vec![], vec![DESK.to_owned()]), "{records:?}: {ingress:?}");
        assert_eq!(ids(&questions), [format!("private-host/{DESK}")], "{records:?}");
    }
}

#[test]
fn a_name_in_a_public_zone_and_a_private_one_is_where_each_was() {
    let both = || {
        [
            Front("alder", 443, vec![(under(DESK, "/shop/*"), ours())], answer(404)),
            Front("birch", 443, vec![(under(DESK, "/staff/*"), ours())], answer(410)),
        ]
    };
    let ways: [(&[&str], &str, &str); 3] =
        [(&["birch"], "alder", "birch"), (&[], "alder", "birch"), (&[], "birch", "alder")];
    for (internal, outside, inside) in ways {
        let fixture = with_internal(internal, &both()).in_zone("ZOUT", false, &[(DESK, &dns(outside))]).in_zone(
            "ZIN",
            true,
            &[(DESK, &dns(inside))],
        );
        let (ingress, questions) = lifted(&fixture);
        assert!(questions.is_empty(), "{questions:?}");
        let paths = |internal: bool| -> Vec<String> {
            let here = ingress.routes.iter().filter(|route| (route.internal == Some(true)) == internal);
            let here = here.filter(|route| route.respond.is_none() && route.hosts == [DESK]);
            here.flat_map(|route| route.paths.clone()).collect()
        };
        let path = |balancer: &str| if balancer == "alder" { "~/shop/.*" } else { "~/staff/.*" };
        assert!(paths(false).iter().all(|found| found.starts_with(path(outside))), "{ingress:?}");
        assert!(paths(true).iter().all(|found| found.starts_with(path(inside))), "{ingress:?}");
        assert!(!paths(false).is_empty() && !paths(true).is_empty(), "{ingress:?}");
    }
    // One balancer for both: callers from inside are served where everybody is.
    let listeners = [Front("alder", 443, vec![(host(DESK), ours())], answer(404))];
    let fixture = fronts(&listeners, &[]).in_zone("ZOUT", false, &[(DESK, &dns("alder"))]);
    let (ingress, questions) = lifted(&fixture.in_zone("ZIN", true, &[(DESK, &dns("alder"))]));
    assert_eq!(gateways(&ingress), (vec![DESK.to_owned()], vec![]), "{ingress:?}");
    assert!(questions.is_empty(), "{questions:?}");
}

#[test]
fn of_several_names_only_the_private_ones_go_inside() {
    for way in [
        Front("alder", 443, vec![], ours()),
        Front("alder", 443, vec![(host("*.ferry.example"), ours())], answer(404)),
        Front("alder", 443, vec![(host(DESK), ours()), (host(HALL), ours())], answer(404)),
    ] {
        let named = way.2.len() == 2;
        let listeners = [way];
        let fixture = fronts(&listeners, &[]).in_zone("ZOUT", false, &[(HALL, &dns("alder"))]);
        let (ingress, questions) = lifted(&fixture.in_zone("ZIN", true, &[(DESK, &dns("alder"))]));
        let (public, internal) = gateways(&ingress);
        assert!(public.contains(&HALL.to_owned()) && !public.contains(&DESK.to_owned()), "{ingress:?}");
        assert_eq!(internal, [DESK], "{ingress:?}");
        assert_eq!(ids(&questions), [format!("private-host/{DESK}")], "{named}");
    }
    // A public wildcard above it has the name too.
    let listeners = [Front("alder", 443, vec![(host(DESK), ours())], answer(404))];
    let fixture = fronts(&listeners, &[]).in_zone("ZOUT", false, &[("*.ferry.example", &dns("alder"))]);
    let (ingress, questions) = lifted(&fixture.in_zone("ZIN", true, &[(DESK, &dns("alder"))]));
    assert_eq!(gateways(&ingress), (vec![DESK.to_owned()], vec![]), "{ingress:?}");
    assert!(questions.is_empty(), "{questions:?}");
}

#[test]
fn a_host_whose_record_leads_to_a_balancer_of_others_is_asked_about_by_its_name() {
    let stranger = "elsewhere-1.eu-central-1.elb.amazonaws.com";
    let listeners = || [Front("alder", 443, vec![(host(DESK), ours())], answer(404))];
    let cases: [&[(&str, &str)]; 3] = [
        &[(DESK, stranger)],
        &[("*.ferry.example", "elsewhere-1.elb.eu-central-1.amazonaws.com")],
        &[(DESK, "pier.ferry.example"), ("pier.ferry.example", stranger)],
    ];
    for records in cases {
        let fixture = || fronts(&listeners(), &[]).in_zone("Z1", false, records);
        let (ingress, questions) = lifted(&fixture());
        assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
        assert_eq!(ids(&questions), [format!("host-listener/{DESK}")]);
        assert!(questions[0].1.contains("elsewhere-1."), "{}", questions[0].1);
        let id = format!("host-listener/ecs/test/it/{DESK}");
        let (ingress, questions) = lifted(&fixture().answered(&[(&id, "alder:443")]));
        assert_eq!(at(&ingress, DESK).first(), Some(&(String::new(), None)), "{ingress:?}");
        assert!(questions.is_empty(), "{questions:?}");
    }
    // What DNS leads to an address or to a network of caches may come here from there; and part of it does come here.
    for records in [[(DESK, "192.0.2.4")], [(DESK, "d111.cloudfront.example")]] {
        let (ingress, questions) = lifted(&fronts(&listeners(), &[]).in_zone("Z1", false, &records));
        assert_eq!(at(&ingress, DESK).first(), Some(&(String::new(), None)), "{ingress:?}");
        assert!(questions.is_empty(), "{questions:?}");
    }
    let parts = [(DESK, stranger), (DESK, "alder.elb.example.net")];
    let (ingress, questions) = lifted(&fronts(&listeners(), &[]).in_zone("Z1", false, &parts));
    assert_eq!(at(&ingress, DESK).first(), Some(&(String::new(), None)), "{ingress:?}");
    assert!(questions.is_empty(), "{questions:?}");
}

#[test]
fn a_record_of_cloudflare_leads_here_as_one_of_route_53_does() {
    for (name, content) in [(DESK, dns("alder")), ("*.ferry.example", dns("alder")), (DESK, dns("ALDER"))] {
        let listeners = [Front("alder", 443, vec![], ours())];
        let record = json!({"name": name, "type": "CNAME", "content": content, "proxied": true});
        let fixture = fronts(&listeners, &[]).with(&[(ObservationKind::DnsRecord, record)]);
        let (ingress, questions) = lifted(&fixture);
        assert_eq!(gateways(&ingress), (vec![name.to_owned()], vec![]), "{ingress:?}");
        assert!(questions.is_empty(), "{questions:?}");
    }
}

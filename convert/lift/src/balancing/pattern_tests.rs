//! Hosts by patterns that are no names of a gateway, and hosts that are closed below a wildcard.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, ours, under};
use crate::plconfig::{Ingress, Route};
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const WILDCARD: &str = "*.ferry.example";
const DESK: &str = "desk.ferry.example";

fn theirs() -> Value {
    json!({"Type": "forward", "TargetGroupArn": "theirs"})
}

/// The expression that the header is compared with at a host, path and answer of each route there, the former empty where
/// there is none.
fn by_header(ingress: &Ingress, name: &str) -> Vec<(String, Option<u16>)> {
    let here = ingress.routes.iter().filter(|route| route.hosts.iter().any(|own| own == name));
    let header = |route: &Route| route.headers.get("host").cloned().unwrap_or_default();
    here.map(|route| (header(route), route.respond.as_ref().map(|respond| respond.status))).collect()
}

#[test]
fn a_pattern_of_hosts_is_compared_with_the_header_at_the_wildcard_above_it_and_closes_nothing_else() {
    for (pattern, expression) in [
        ("api-*.ferry.example", "~(?i)api-.*\\.ferry\\.example(:[0-9]+)?"),
        ("?.Ferry.example", "~(?i).\\.ferry\\.example(:[0-9]+)?"),
        ("*-pr.ferry.example", "~(?i).*-pr\\.ferry\\.example(:[0-9]+)?"),
        ("a*b?.x.ferry.example", "~(?i)a.*b.\\.x\\.ferry\\.example(:[0-9]+)?"),
    ] {
        // Another app's pattern, or a block, in front of our wildcard; and our pattern in front of another app's.
        for (first, then, opens) in [(theirs(), ours(), false), (answer(403), ours(), false), (ours(), theirs(), true)]
        {
            let rules = vec![(host(pattern), first.clone()), (host(WILDCARD), then)];
            let (ingress, questions) = lifted(&fronts(&[Front("alder", 443, rules, answer(404))], &[]));
            assert!(questions.is_empty(), "{questions:?}");
            let routes = by_header(&ingress, WILDCARD);
            assert_eq!(routes.len(), if opens { 1 } else { 2 }, "{ingress:?}");
            assert_eq!(routes[0].0, expression);
            let status = if first["Type"] == "fixed-response" { 403 } else { 404 };
            assert_eq!(routes[0].1, Some(status).filter(|_| !opens), "{ingress:?}");
            // What the wildcard takes besides stays open where it is ours.
            assert!(opens || routes[1] == (String::new(), None), "{ingress:?}");
            assert!(ingress.routes.iter().all(|route| route.hosts == [WILDCARD]), "nothing else is published");
        }
    }
}

#[test]
fn a_pattern_takes_the_names_that_are_known_of_it_and_no_others() {
    let rules = || vec![(host("d?sk*.ferry.example"), ours()), (host("pier.ferry.example"), theirs())];
    // A name that a record leads there, and one that another rule has.
    for records in [[(DESK, "alder")].as_slice(), &[(DESK, "alder"), ("pier.ferry.example", "alder")]] {
        let (ingress, questions) = lifted(&fronts(&[Front("alder", 443, rules(), answer(404))], records));
        assert!(questions.is_empty(), "{questions:?}");
        let opened: Vec<_> = ingress.routes.iter().filter(|route| route.respond.is_none()).collect();
        assert!(opened.iter().all(|route| route.hosts == [DESK]) && !opened.is_empty(), "{ingress:?}");
    }
}

#[test]
fn a_pattern_of_which_no_name_is_known_is_asked_about_and_served_nowhere_until_then() {
    for (pattern, answers, hosts) in [
        ("de*k.ferry.example", "desk.ferry.example", vec![DESK]),
        ("desk-*", "desk-1.ferry.example, desk-2.example.net", vec!["desk-1.ferry.example", "desk-2.example.net"]),
        ("d*.ferry.example", "*.ferry.example", vec![WILDCARD]),
        ("desk.*", "none", vec![]),
    ] {
        let fixture = || fronts(&[Front("alder", 443, vec![(host(pattern), ours())], answer(404))], &[]);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["hosts/alder:443/1"], "{pattern}");
        assert!(questions[0].1.contains(pattern));
        assert!(ingress.routes.is_empty() && ingress.hosts.is_empty(), "{ingress:?}");
        let id = "hosts/ecs/test/it/alder:443/1";
        let (ingress, questions) = lifted(&fixture().answered(&[(id, answers)]));
        assert!(questions.is_empty(), "{questions:?}");
        let opened = ingress.routes.iter().filter(|route| route.respond.is_none());
        let mut served: Vec<&str> = opened.flat_map(|route| &route.hosts).map(String::as_str).collect();
        served.dedup();
        assert_eq!(served, hosts, "{ingress:?}");
        // A wildcard is open for the names of the pattern alone.
        let by_name = by_header(&ingress, WILDCARD);
        assert!(by_name.iter().all(|(header, status)| !header.is_empty() || status.is_some()), "{ingress:?}");
        // A host that the rule does not take is no answer.
        let (_, questions) = lifted(&fixture().answered(&[(id, "quay.example.org")]));
        assert_eq!(ids(&questions), ["hosts/alder:443/1"], "{pattern}");
    }
}

#[test]
fn what_forwards_elsewhere_by_a_condition_that_cant_be_said_is_asked_about_where_it_closes() {
    let source = json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24"]}});
    let regular = json!({"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^d[a-z]+$"]}});
    let header =
        json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Forwarded-For", "Values": ["1*"]}});
    for (condition, kind) in [(source, "source-ip"), (regular, "host-header"), (header, "http-header")] {
        let fixture = || {
            let rules = vec![(json!([condition]), theirs()), (host(DESK), ours())];
            fronts(&[Front("alder", 443, rules, answer(404))], &[])
        };
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), [format!("condition/alder:443/1/{kind}")]);
        assert_eq!(at(&ingress, DESK)[0].1, Some(404), "{ingress:?}");
        let id = format!("condition/ecs/test/it/alder:443/1/{kind}");
        for (given, first) in [("closed", Some(404)), ("without-rule", None)] {
            let (ingress, questions) = lifted(&fixture().answered(&[(&id, given)]));
            assert!(questions.is_empty(), "{questions:?}");
            assert_eq!(at(&ingress, DESK)[0].1, first, "{given}: {ingress:?}");
        }
    }
}

/// Whether the routes at a wildcard keep a host closed; none of the others may be tried before them.
fn is_closed_below(ingress: &Ingress, name: &str) -> bool {
    let expression = format!("~(?i){}(:[0-9]+)?", name.replace('.', "\\."));
    let here: Vec<&Route> =
        ingress.routes.iter().filter(|route| route.hosts.iter().any(|own| own == WILDCARD)).collect();
    let (closing, others): (Vec<&Route>, Vec<&Route>) =
        here.into_iter().partition(|route| route.headers.get("host") == Some(&expression));
    assert!(closing.iter().all(|route| route.respond.as_ref().is_some_and(|respond| respond.status == 404)));
    // As Envoy Gateway sorts them: exact paths, expressions, the longer path, the more headers.
    let ranks = |route: &Route| -> Vec<(bool, bool, usize, usize, String)> {
        let headers = route.headers.len() + route.methods.len().min(1);
        let paths = if route.paths.is_empty() { vec!["/".to_owned()] } else { route.paths.clone() };
        let rank = |path: String| (path.starts_with('='), path.starts_with('~'), path.len(), headers, path);
        paths.into_iter().map(rank).collect()
    };
    let all: Vec<_> = closing.iter().flat_map(|route| ranks(route)).collect();
    for other in others.iter().filter(|_| !closing.is_empty()).flat_map(|route| ranks(route)) {
        let stands_before = all.iter().any(|close| *close > other && (!close.0 || close.4 == other.4));
        assert!(stands_before, "{other:?} goes round {all:?}");
    }
    !closing.is_empty()
}

#[test]
fn a_private_name_is_closed_at_the_public_wildcard_above_it_and_not_published() {
    let ways: [Vec<(Value, Value)>; 4] = [
        vec![(under(DESK, "/staff/*"), answer(403)), (host(DESK), ours()), (host(WILDCARD), ours())],
        vec![(host(DESK), theirs()), (under(WILDCARD, "/login"), ours()), (host(WILDCARD), ours())],
        vec![(host(DESK), ours()), (under(WILDCARD, "/api/v1/things/*"), answer(410)), (host(WILDCARD), ours())],
        vec![(host("d*.ferry.example"), theirs()), (host(DESK), ours()), (under(WILDCARD, "/a"), ours())],
    ];
    for rules in ways {
        let fixture = || {
            let fixture = fronts(&[Front("alder", 443, rules.clone(), answer(404))], &[]);
            fixture.in_zone("ZIN", true, &[(DESK, "alder.elb.example.net")])
        };
        let has_it = rules.iter().any(|rule| *rule == (host(DESK), ours()));
        let (_, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), if has_it { vec!["private-host/desk.ferry.example"] } else { vec![] });
        let id = format!("private-host/ecs/test/it/{DESK}");
        for fixture in [fixture(), fixture().answered(&[(&id, "internal")])] {
            let (ingress, _) = lifted(&fixture);
            assert!(is_closed_below(&ingress, DESK), "{ingress:?}");
            let public = ingress.routes.iter().filter(|route| route.internal != Some(true));
            assert!(public.into_iter().all(|route| !route.hosts.iter().any(|own| own == DESK)), "{ingress:?}");
        }
        let (ingress, _) = lifted(&fixture().answered(&[(&id, "public")]));
        // Another app's name stays closed to our wildcard in any case.
        assert_eq!(is_closed_below(&ingress, DESK), !has_it, "{ingress:?}");
    }
}

#[test]
fn a_host_whose_listener_nobody_knows_is_closed_at_the_wildcards_of_all_of_them() {
    let guarded = || vec![(under(DESK, "/staff/*"), answer(403)), (host(DESK), ours())];
    for (one, other, closing) in [
        ([guarded(), vec![(host(WILDCARD), ours())]].concat(), vec![(under(DESK, "/x"), ours())], true),
        (guarded(), vec![(under(WILDCARD, "/x"), ours())], true),
        (guarded(), vec![(host(WILDCARD), ours()), (host("d*.ferry.example"), theirs())], true),
        (guarded(), vec![(host("pier.ferry.example"), ours()), (host(DESK), ours())], false),
    ] {
        let fronts_of = || {
            let listeners =
                [Front("alder", 443, one.clone(), answer(404)), Front("birch", 443, other.clone(), answer(410))];
            fronts(&listeners, &[])
        };
        let id = format!("host-listener/ecs/test/it/{DESK}");
        for fixture in [fronts_of(), fronts_of().answered(&[(&id, "elsewhere")])] {
            let (ingress, _) = lifted(&fixture);
            assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
            assert_eq!(is_closed_below(&ingress, DESK), closing, "{ingress:?}");
        }
        for name in ["alder:443", "birch:443"] {
            let (ingress, questions) = lifted(&fronts_of().answered(&[(&id, name)]));
            assert!(!ids(&questions).contains(&"host-listener/desk.ferry.example"), "{questions:?}");
            // Where its callers reach a wildcard, that serves it.
            let by_name = !at(&ingress, DESK).is_empty();
            assert!(by_name || !is_closed_below(&ingress, DESK), "{name}: {ingress:?}");
        }
    }
}

/// A balancer that is not reached as the gateway is changes nothing of it.
#[test]
fn an_internal_balancer_has_its_patterns_on_the_internal_gateway() {
    let rules = vec![(host("api-*.ferry.example"), ours()), (host(WILDCARD), theirs())];
    let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[]);
    let fixture = fixture.changed(ObservationKind::LoadBalancer, |body| body["Scheme"] = json!("internal"));
    let (ingress, questions) = lifted(&fixture);
    assert!(questions.is_empty() && ingress.internal == Some(true), "{ingress:?}");
    assert_eq!(by_header(&ingress, WILDCARD), [("~(?i)api-.*\\.ferry\\.example(:[0-9]+)?".to_owned(), None)]);
}

/// What is compared with the host that was asked for is never so at the app's own host.
#[test]
fn an_app_of_patterns_has_no_host_of_its_own_on_the_platform() {
    let of = |rules| lifted(&fronts(&[Front("alder", 443, rules, answer(404))], &[])).0.own_host;
    assert_eq!(of(vec![(host("api-*.ferry.example"), ours()), (host(WILDCARD), theirs())]), Some(false));
    assert_eq!(of(vec![(host(DESK), ours())]), None);
}

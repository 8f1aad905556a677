//! Several load balancers in front of one component, and the records that tell which of them a host's callers reach.

use crate::context::Context;
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::{Component, ComponentType, Ingress, PlConfig, Route};
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::{Value, json};

/// A listener: balancer, port, rules of host, path and action, default action.
pub(super) struct Front<'f>(pub(super) &'f str, pub(super) u16, pub(super) Vec<(Value, Value)>, pub(super) Value);

/// A fixture with these listeners, and with records (name, balancer).
pub(super) fn fronts(fronts: &[Front<'_>], records: &[(&str, &str)]) -> Fixture {
    let mut documents = vec![(ObservationKind::TargetGroup, json!({"TargetGroupArn": "ours", "Protocol": "HTTP"}))];
    for Front(balancer, port, rules, default) in fronts {
        let about = json!({"LoadBalancerArn": balancer, "LoadBalancerName": balancer, "Scheme": "internet-facing",
                           "DNSName": format!("{balancer}.elb.example.net")});
        if !documents.iter().any(|(_, known)| *known == about) {
            documents.push((ObservationKind::LoadBalancer, about));
        }
        let listener = format!("{balancer}:{port}");
        let protocol = if *port == 80 { "HTTP" } else { "HTTPS" };
        documents.push((
            ObservationKind::Listener,
            json!({"ListenerArn": listener, "LoadBalancerArn": balancer, "Port": port, "Protocol": protocol,
                   "DefaultActions": [default]}),
        ));
        for (at, (conditions, action)) in rules.iter().enumerate() {
            let body = json!({"ListenerArn": listener, "Priority": (at + 1).to_string(), "Conditions": conditions,
                              "Actions": [action]});
            documents.push((ObservationKind::ListenerRule, body));
        }
    }
    for (name, balancer) in records {
        let alias = json!({"DNSName": format!("dualstack.{balancer}.elb.example.net.")});
        documents.push((ObservationKind::RecordSet, json!({"Name": format!("{name}."), "AliasTarget": alias})));
    }
    Fixture::new(WorkloadKind::Ecs, &documents).open_to_all()
}

/// What a look at the component of a web service and at its accounted fields tells.
pub(super) fn mapped<T>(fixture: &Fixture, look: impl FnOnce(Component, FieldTracker<'_>) -> T) -> T {
    let mut out = None;
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
        let mut component = Component::default();
        super::map(&mut tracker, &context, &mut PlConfig::default(), &mut component);
        out = Some(look(component, tracker));
    });
    out.unwrap()
}

/// The ingress, and the questions: id without the workload, and text.
pub(super) fn lifted(fixture: &Fixture) -> (Ingress, Vec<(String, String)>) {
    mapped(fixture, |component, mut tracker| {
        let verdicts = verdicts(&mut tracker);
        assert!(verdicts.values().all(|verdict| verdict != "unknown"), "{verdicts:?}");
        let questions = tracker.close().0.into_iter();
        let questions = questions.map(|one| (one.id.to_string().replace("/ecs/test/it", ""), one.text)).collect();
        (component.ingress.unwrap_or_default(), questions)
    })
}

/// What an answer to an open question is kept with.
pub(super) fn digest(fixture: &Fixture, id: &str) -> String {
    mapped(fixture, |_, mut tracker| {
        let questions = tracker.close().0;
        questions.iter().find(|one| one.id.as_str() == id).map(caravan_inventory::Question::digest).expect(id)
    })
}

pub(super) fn ids(questions: &[(String, String)]) -> Vec<&str> {
    questions.iter().map(|(id, _)| id.as_str()).collect()
}

/// Path and answer of every route at a host; plain hosts and paths are one route.
pub(super) fn at(ingress: &Ingress, host: &str) -> Vec<(String, Option<u16>)> {
    let plain = Route { hosts: ingress.hosts.clone(), paths: ingress.paths.clone(), ..Route::default() };
    let routes = ingress.routes.iter().chain([&plain]).filter(|route| route.hosts.iter().any(|own| own == host));
    let status = |route: &Route| route.respond.as_ref().map(|respond| respond.status);
    routes.map(|route| (route.paths.join(" "), status(route))).collect()
}

pub(super) fn host(host: &str) -> Value {
    json!([{"Field": "host-header", "Values": [host]}])
}

pub(super) fn under(name: &str, path: &str) -> Value {
    json!([{"Field": "host-header", "Values": [name]}, {"Field": "path-pattern", "Values": [path]}])
}

pub(super) fn ours() -> Value {
    json!({"Type": "forward", "TargetGroupArn": "ours"})
}

pub(super) fn answer(status: u16) -> Value {
    json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status.to_string()}})
}

const DESK: &str = "desk.ferry.example";

/// One balancer forbids a path that the other one opens.
fn two() -> [Front<'static>; 2] {
    [
        Front("alder", 443, vec![(under(DESK, "/staff/*"), ours())], answer(404)),
        Front("birch", 443, vec![(under(DESK, "/staff/*"), answer(403)), (host(DESK), ours())], answer(404)),
    ]
}

#[test]
fn of_two_balancers_only_that_counts_to_which_the_records_of_the_host_lead() {
    for (led, answers) in [("birch", [Some(403), None]), ("alder", [None, Some(404)])] {
        let (ingress, questions) = lifted(&fronts(&two(), &[(DESK, led)]));
        let statuses: Vec<_> = at(&ingress, DESK).into_iter().map(|route| route.1).collect();
        assert_eq!(statuses, answers, "{led}: {ingress:?}");
        assert!(questions.is_empty(), "{questions:?}");
    }
    // A record of a wildcard leads too, where the name has none of its own.
    let (ingress, questions) = lifted(&fronts(&two(), &[("*.ferry.example", "birch")]));
    assert_eq!(at(&ingress, DESK).first().and_then(|route| route.1), Some(403), "{ingress:?}");
    assert!(questions.is_empty(), "{questions:?}");
}

#[test]
fn a_host_of_two_balancers_without_a_record_or_with_several_is_asked_about_and_closed() {
    for records in [vec![], vec![(DESK, "alder"), (DESK, "birch")]] {
        let fixture = || fronts(&two(), &records);
        let (ingress, questions) = lifted(&fixture());
        assert!(at(&ingress, DESK).is_empty() && ingress.own_host != Some(true), "{ingress:?}");
        assert_eq!(ids(&questions), [format!("host-listener/{DESK}")], "{records:?}");
        let id = format!("host-listener/ecs/test/it/{DESK}");
        let (ingress, questions) = lifted(&fixture().answered(&[(&id, "birch:443")]));
        assert_eq!(at(&ingress, DESK).iter().map(|route| route.1).collect::<Vec<_>>(), [Some(403), None]);
        assert!(questions.is_empty(), "{questions:?}");
        let (ingress, _) = lifted(&fixture().answered(&[(&id, "elsewhere")]));
        assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
    }
    // Other hosts stay; and a wildcard of the one balancer meets a name of the other.
    let mut more = two();
    more[0].2.push((host("wharf.ferry.example"), ours()));
    let (ingress, _) = lifted(&fronts(&more, &[]));
    assert_eq!(at(&ingress, "wharf.ferry.example").len(), 1);
    let wild = [
        Front(
            "alder",
            443,
            vec![(under("*.ferry.example", "/staff/*"), answer(403)), (host("*.ferry.example"), ours())],
            answer(404),
        ),
        Front("birch", 443, vec![(host(DESK), ours())], answer(404)),
    ];
    let (ingress, questions) = lifted(&fronts(&wild, &[]));
    assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
    assert_eq!(ids(&questions), [format!("host-listener/{DESK}")]);
}

#[test]
fn a_wildcard_s_record_says_nothing_of_a_host_whose_own_record_leads_elsewhere() {
    let listeners = [Front("alder", 443, vec![(host(DESK), ours())], answer(404))];
    for records in [&[(DESK, "stranger")][..], &[("*.ferry.example", "alder"), (DESK, "stranger")]] {
        let fixture = fronts(&listeners, records).changed(ObservationKind::RecordSet, |body| {
            if body["Name"] == format!("{DESK}.") {
                body["AliasTarget"]["DNSName"] = json!("stranger-1.eu-west-1.elb.amazonaws.com.");
            }
        });
        let (ingress, questions) = lifted(&fixture);
        assert_eq!(ids(&questions), [format!("host-listener/{DESK}")], "{records:?}");
        assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
    }
}

#[test]
fn two_balancers_that_do_the_same_at_a_host_are_no_question() {
    let same = ["alder", "birch"].map(|name| Front(name, 443, vec![(host(DESK), ours())], answer(404)));
    let (ingress, questions) = lifted(&fronts(&same, &[]));
    assert_eq!(at(&ingress, DESK), [(String::new(), None)]);
    assert!(questions.is_empty(), "{questions:?}");
}

#[test]
fn a_host_that_another_app_has_by_another_balancer_is_asked_about_and_closed() {
    let alone = || [Front("alder", 443, vec![(host(DESK), ours())], answer(404))];
    let (ingress, questions) = lifted(&fronts(&alone(), &[]).sharing(DESK));
    assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
    assert_eq!(ids(&questions), [format!("host-listener/{DESK}")]);
    // A record leads to the balancer: another app that still serves the host does so by another of its listeners.
    let (ingress, questions) = lifted(&fronts(&alone(), &[(DESK, "alder")]).sharing(DESK));
    assert!(at(&ingress, DESK).is_empty(), "{ingress:?}");
    assert_eq!(ids(&questions), [format!("host-listener/{DESK}")]);
    // The other app's rule stands on the same listener.
    let theirs = json!({"Type": "forward", "TargetGroupArn": "theirs"});
    let beside = [Front("alder", 443, vec![(under(DESK, "/pay/*"), theirs), (host(DESK), ours())], answer(404))];
    // As well where it takes the host by a wildcard.
    let wildcard = format!("*.{}", DESK.split_once('.').unwrap().1);
    let theirs = json!({"Type": "forward", "TargetGroupArn": "theirs"});
    let below = [Front("alder", 443, vec![(host(DESK), ours()), (host(&wildcard), theirs)], answer(404))];
    for fixture in [fronts(&beside, &[]), fronts(&beside, &[(DESK, "alder")]), fronts(&below, &[])] {
        let (ingress, questions) = lifted(&fixture.sharing(DESK));
        assert!(at(&ingress, DESK).contains(&(String::new(), None)), "{ingress:?}");
        assert!(questions.iter().all(|(id, _)| !id.starts_with("host-listener")), "{questions:?}");
    }
    // The answer holds before it is known that the host is shared.
    let id = format!("host-listener/ecs/test/it/{DESK}");
    for (answer, routes) in [("elsewhere", 0), ("alder:443", 1)] {
        let (ingress, questions) = lifted(&fronts(&alone(), &[]).answered(&[(&id, answer)]));
        assert_eq!(at(&ingress, DESK).len(), routes, "{answer}");
        assert!(questions.is_empty(), "{questions:?}");
    }
}

#[test]
fn a_name_whose_record_leads_to_another_balancer_of_the_component_is_asked_about() {
    let apart = [
        Front("alder", 443, vec![(host(DESK), ours())], answer(404)),
        Front("birch", 443, vec![(host("wharf.ferry.example"), ours())], answer(404)),
    ];
    let (ingress, questions) = lifted(&fronts(&apart, &[(DESK, "birch")]));
    assert!(at(&ingress, DESK).is_empty() && at(&ingress, "wharf.ferry.example").len() == 1, "{ingress:?}");
    assert_eq!(ids(&questions), [format!("host-listener/{DESK}")]);
}

/// What another listener answers to everything is no answer at the names of ours.
#[test]
fn an_answer_of_another_listener_never_stands_at_the_own_hosts() {
    for other in [
        answer(404),
        answer(503),
        json!({"Type": "redirect", "RedirectConfig": {"Host": "www.ferry.example", "StatusCode": "HTTP_302"}}),
    ] {
        for rules in [vec![], vec![(host("wharf.ferry.example"), ours())]] {
            let two = [
                Front("alder", 443, rules, other.clone()),
                Front("birch", 443, vec![(host(DESK), ours())], answer(410)),
            ];
            let (ingress, _) = lifted(&fronts(&two, &[(DESK, "birch")]));
            assert_eq!(at(&ingress, DESK).first(), Some(&(String::new(), None)), "{ingress:?}");
            assert!(at(&ingress, DESK).iter().all(|route| route.1 != Some(404) && route.1 != Some(503)), "{ingress:?}");
        }
    }
}

//! A Network Load Balancer in front of an internal one: what that serves is reached from the internet, and nobody is told
//! otherwise.

use super::contested_tests::{Front, answer, fronts, host, ids, lifted, ours};
use super::private_tests::gateways;
use crate::fixture::Fixture;
use crate::plconfig::Ingress;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const ID: &str = "outer-balancer///inner:443";

/// An internal balancer, and one on the internet whose group sends to these targets.
fn chained(scheme: &str, targets: Option<Value>) -> Fixture {
    let inner = fronts(&[Front("inner", 443, vec![(host(DESK), ours())], answer(404))], &[]);
    let inner = inner.changed(ObservationKind::LoadBalancer, |body| body["Scheme"] = json!("internal"));
    let mut group = json!({"TargetGroupArn": "to-inner", "TargetType": "alb", "Protocol": "TCP", "Port": 443});
    if let Some(targets) = targets {
        group["Targets"] = targets;
    }
    inner
        .with(&[
            (ObservationKind::TargetGroup, group),
            (
                ObservationKind::LoadBalancer,
                json!({"LoadBalancerArn": "arn:outer", "LoadBalancerName": "outer", "Type": "network", "Scheme": scheme}),
            ),
            (
                ObservationKind::Listener,
                json!({"ListenerArn": "outer:443", "LoadBalancerArn": "arn:outer", "Port": 443, "Protocol": "TCP",
                       "DefaultActions": [{"Type": "forward", "TargetGroupArn": "to-inner"}]}),
            ),
        ])
        .changed(ObservationKind::LoadBalancer, |body| {
            if body["LoadBalancerArn"] == "inner" {
                body["LoadBalancerArn"] = json!("arn:inner");
            }
        })
        .changed(ObservationKind::Listener, |body| {
            if body["LoadBalancerArn"] == "inner" {
                body["LoadBalancerArn"] = json!("arn:inner");
            }
        })
}

fn sides(ingress: &Ingress) -> (bool, bool) {
    let (public, internal) = gateways(ingress);
    (public.iter().any(|host| host == DESK), internal.iter().any(|host| host == DESK))
}

#[test]
fn what_an_internal_balancer_serves_behind_a_public_one_is_asked_about_and_only_inside_until_then() {
    for (targets, said) in [
        (Some(json!([{"Id": "arn:inner", "Port": 443}])), "sends to it"),
        (Some(json!([{"Id": "arn:inner"}])), "sends to it"),
        (None, "may send to it"),
        (Some(json!([])), "may send to it"),
        (Some(json!([{"Id": "caravan-unresolved", "Port": 443}])), "may send to it"),
        (Some(json!([{"Id": null, "Port": 443}])), "may send to it"),
    ] {
        let (ingress, questions) = lifted(&chained("internet-facing", targets.clone()));
        assert_eq!(ids(&questions), [ID], "{targets:?}");
        assert!(questions[0].1.contains(said) && questions[0].1.contains("`outer:443`"), "{}", questions[0].1);
        assert_eq!(sides(&ingress), (false, true), "{ingress:?}");
        let answered = |answer| lifted(&chained("internet-facing", targets.clone()).answered(&[(ID, answer)]));
        let (ingress, questions) = answered("both");
        assert!(questions.is_empty() && sides(&ingress) == (true, true), "{questions:?} {ingress:?}");
        let (ingress, questions) = answered("internal");
        assert!(questions.is_empty() && sides(&ingress) == (false, true), "{questions:?} {ingress:?}");
    }
}

#[test]
fn a_balancer_that_sends_elsewhere_or_from_inside_is_no_question() {
    let to_inner = || Some(json!([{"Id": "arn:inner", "Port": 443}]));
    for fixture in [
        chained("internal", to_inner()),
        chained("internet-facing", Some(json!([{"Id": "arn:other", "Port": 443}]))),
        chained("internet-facing", Some(json!([{"Id": "arn:inner", "Port": 80}]))),
        chained("internet-facing", None).changed(ObservationKind::TargetGroup, |body| {
            if body["TargetType"] == "alb" {
                body["Port"] = json!(80);
            }
        }),
    ] {
        let (ingress, questions) = lifted(&fixture);
        assert!(questions.is_empty() && sides(&ingress) == (false, true), "{questions:?} {ingress:?}");
    }
}

/// On the public Gateway everybody may come: whom the inner balancer's groups let in counts then as for a public one.
#[test]
fn what_is_on_both_gateways_lets_only_those_in_whom_the_inner_balancer_lets_in() {
    let fixture = chained("internet-facing", None).changed(ObservationKind::SecurityGroup, |body| {
        body["IpPermissions"][0]["IpRanges"][0]["CidrIp"] = json!("10.0.0.0/8");
    });
    let (ingress, questions) = lifted(&fixture.answered(&[(ID, "both")]));
    assert_eq!(ids(&questions), ["callers/inner:443"]);
    assert_eq!(ingress.routes.iter().filter(|route| route.respond.is_none()).count(), 0, "{ingress:?}");
}

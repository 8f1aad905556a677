//! Names that AWS makes for its own, in the conditions of rules: nobody can lead one to the gateway, and none is published.

use super::contested_tests::{Front, answer, at, digest, fronts, ids, lifted, mapped, ours, under};
use crate::fixture::verdicts;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const MADE: [&str; 5] = [
    "edge-12.eu-west-1.elb.amazonaws.com",
    "Edge-12.elb.eu-west-1.amazonaws.com",
    "*.eu-west-1.elb.amazonaws.com",
    "edge-*.eu-west-1.elb.amazonaws.com",
    "d111.cloudfront.net",
];

fn hosts(hosts: &[&str]) -> Value {
    json!([{"Field": "host-header", "HostHeaderConfig": {"Values": hosts}}])
}

fn named(ingress: &crate::plconfig::Ingress) -> Vec<String> {
    ingress.hosts.iter().chain(ingress.routes.iter().flat_map(|route| &route.hosts)).cloned().collect()
}

#[test]
fn a_name_of_aws_is_asked_about_and_the_rules_other_hosts_are_served() {
    for made in MADE {
        let id = format!("aws-name/ecs/test/it/{}", made.to_ascii_lowercase());
        let fixture = || fronts(&[Front("edge", 443, vec![(hosts(&[DESK, made]), ours())], answer(404))], &[]);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), [id.replace("/ecs/test/it", "")], "{made}");
        assert_eq!(named(&ingress), [DESK], "{made}");
        assert_eq!(at(&ingress, DESK), [(String::new(), None)], "{made}");
        let place = "/Conditions/0/HostHeaderConfig/Values/1";
        mapped(&fixture(), |_, mut tracker| assert_eq!(verdicts(&mut tracker)[place], id, "{made}"));
        let answered = fixture().answered(&[(&id, "other-name")]);
        let (ingress, questions) = lifted(&answered);
        assert!(questions.is_empty() && named(&ingress) == [DESK], "{made}: {questions:?} {ingress:?}");
        mapped(&answered, |_, mut tracker| assert_eq!(verdicts(&mut tracker)[place], "aws-name", "{made}"));
    }
}

/// Nothing is open at the app's own host in place of a name that is gone.
#[test]
fn a_rule_for_names_of_aws_alone_opens_nothing() {
    for made in MADE {
        let (ingress, questions) =
            lifted(&fronts(&[Front("edge", 443, vec![(hosts(&[made]), ours())], answer(404))], &[]));
        let opened = ingress.routes.iter().filter(|route| route.respond.is_none()).count();
        assert!(opened == 0 && named(&ingress).is_empty(), "{made}: {ingress:?}");
        assert!(ids(&questions).contains(&format!("aws-name/{}", made.to_ascii_lowercase()).as_str()), "{questions:?}");
    }
}

/// What is answered at such a name comes to nobody on the gateway, and takes nothing from the hosts that do.
#[test]
fn an_answer_at_a_name_of_aws_stands_in_front_of_nothing() {
    let rules = vec![(hosts(&[MADE[0]]), answer(403)), (hosts(&[DESK]), ours())];
    let (ingress, questions) = lifted(&fronts(&[Front("edge", 443, rules, answer(404))], &[]));
    assert!(questions.is_empty(), "{questions:?}");
    assert_eq!(at(&ingress, DESK), [(String::new(), None)], "{ingress:?}");
    // Nor is one of them an answer to which hosts lead here.
    let open = || fronts(&[Front("edge", 443, vec![], ours())], &[]);
    let (ingress, questions) = lifted(&open().answered(&[("hosts/ecs/test/it/edge:443", MADE[0])]));
    assert!(named(&ingress).is_empty() && ids(&questions) == ["hosts/edge:443"], "{questions:?} {ingress:?}");
}

fn redirect(to: &str) -> Value {
    json!({"Type": "redirect", "RedirectConfig": {"Host": to, "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}})
}

/// Whoever is sent to the balancer by its own name comes to the app by it: on the gateway that leads nowhere, or to what is taken away.
#[test]
fn a_redirect_to_the_balancers_own_name_is_asked_about_and_closed() {
    let old = "old.ferry.example";
    for own in ["edge.elb.example.net", "dualstack.Edge.elb.example.net"] {
        // In front of a path of ours.
        let rules = vec![(under(DESK, "/raw/*"), redirect(own)), (hosts(&[DESK]), ours())];
        let fixture = || fronts(&[Front("edge", 443, rules.clone(), answer(404))], &[]);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["in-front/edge:443/1"], "{own}");
        assert!(at(&ingress, DESK).contains(&("~/raw/.*".to_owned(), Some(404))), "{own}: {ingress:?}");
        assert!(ingress.routes.iter().all(|route| route.redirect.is_none()), "{own}: {ingress:?}");
        let (ingress, questions) = lifted(&fixture().answered_when_asked(
            "in-front/ecs/test/it/edge:443/1",
            "closed",
            &digest(&fixture(), "in-front/ecs/test/it/edge:443/1"),
        ));
        assert!(questions.is_empty() && at(&ingress, DESK).iter().any(|(_, status)| *status == Some(404)), "{own}");
        // At a name that nobody serves, where a rule for every host has what comes by the balancer's name, by a listener of its own too.
        for (port, rest) in [(443, vec![]), (80, vec![Front("edge", 443, vec![], ours())])] {
            let default = if port == 443 { ours() } else { answer(404) };
            let rest = rest.into_iter().chain([Front("edge", port, vec![(hosts(&[old]), redirect(own))], default)]);
            let all: Vec<Front<'_>> = rest.collect();
            let (ingress, questions) = lifted(&fronts(&all, &[(DESK, "edge")]));
            assert!(
                ids(&questions).contains(&format!("in-front/edge:{port}/1").as_str()),
                "{own} {port}: {questions:?}"
            );
            assert!(at(&ingress, old).iter().any(|(_, status)| *status == Some(404)), "{own} {port}: {ingress:?}");
            assert!(at(&ingress, old).iter().all(|(_, status)| status.is_some()), "{own} {port}: {ingress:?}");
        }
    }
}

/// Where a name of AWS is nobody's here, it goes on leading where it led.
#[test]
fn a_redirect_to_what_aws_runs_elsewhere_stays() {
    for to in ["d111.cloudfront.net", "archive.s3-website-eu-west-1.amazonaws.com"] {
        let rules = vec![(under(DESK, "/raw/*"), redirect(to)), (hosts(&[DESK]), ours())];
        let (ingress, questions) = lifted(&fronts(&[Front("edge", 443, rules, answer(404))], &[]));
        assert!(questions.is_empty(), "{questions:?}");
        let hosts: Vec<_> = ingress.routes.iter().filter_map(|route| route.redirect.as_ref()?.host.clone()).collect();
        assert_eq!(hosts, [to]);
    }
}

//! Names that AWS makes for its own, in the conditions of rules: nobody can lead one to the gateway, and none is published.

use super::contested_tests::{Front, answer, at, fronts, ids, lifted, mapped, ours};
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

//! Listeners and target groups of which a template hands on what nobody sees.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, mapped, ours};
use crate::fixture::{Fixture, verdicts};
use caravan_inventory::ObservationKind;
use serde_json::json;

const DESK: &str = "desk.ferry.example";

fn handed_on(kind: ObservationKind) -> Fixture {
    let alder = Front("alder", 443, vec![(host(DESK), ours())], answer(404));
    fronts(&[alder], &[(DESK, "alder")]).changed(kind, |body| {
        body["UnreadRules"] =
            json!(["the stack Walls (line 9) of files/root.yaml", "the stack Gates of files/root.yaml"]);
    })
}

#[test]
fn nothing_comes_in_by_a_listener_whose_rules_were_not_all_read() {
    let (ingress, questions) = lifted(&handed_on(ObservationKind::Listener));
    assert_eq!(ids(&questions), ["unread-rules///alder:443"]);
    let text = &questions[0].1;
    assert!(text.contains("Walls (line 9)") && text.contains("and to the stack Gates"), "{text}");
    assert!(at(&ingress, DESK).iter().all(|(_, status)| *status == Some(404)), "{ingress:?}");
    for (said, is_open) in [("none", true), ("closed", false)] {
        let (ingress, questions) =
            lifted(&handed_on(ObservationKind::Listener).answered(&[("unread-rules///alder:443", said)]));
        assert!(questions.is_empty(), "{questions:?}");
        assert_eq!(at(&ingress, DESK).iter().any(|(_, status)| status.is_none()), is_open, "{said}: {ingress:?}");
    }
}

/// A name that only redirects there goes along by no such listener either.
#[test]
fn no_name_goes_along_by_a_listener_whose_rules_were_not_all_read() {
    let redirect = json!({"Type": "redirect", "RedirectConfig": {"Host": DESK, "StatusCode": "HTTP_301"}});
    let alder = Front("alder", 443, vec![(host("old.ferry.example"), redirect)], answer(404));
    let birch = Front("birch", 443, vec![(host(DESK), ours())], answer(404));
    let records = [("old.ferry.example", "alder"), (DESK, "birch")];
    let fixture = fronts(&[alder, birch], &records).changed(ObservationKind::Listener, |body| {
        if body["LoadBalancerArn"] == "alder" {
            body["UnreadRules"] = json!(["the stack Walls of files/root.yaml"]);
        }
    });
    let (ingress, questions) = lifted(&fixture);
    assert_eq!(ids(&questions), ["unread-rules///alder:443"]);
    assert!(at(&ingress, "old.ferry.example").is_empty() && !at(&ingress, DESK).is_empty(), "{ingress:?}");
}

#[test]
fn further_ways_to_a_target_group_are_asked_about_and_open_nothing() {
    let fixture = handed_on(ObservationKind::TargetGroup);
    let (ingress, questions) = lifted(&fixture);
    assert_eq!(ids(&questions), ["unread-entries/its target group"], "{questions:?}");
    assert!(at(&ingress, DESK).iter().any(|(_, status)| status.is_none()), "{ingress:?}");
    let fixture = fixture.answered(&[("unread-entries/ecs/test/it/its target group", "none")]);
    mapped(&fixture, |_, mut tracker| {
        let told = verdicts(&mut tracker);
        assert_eq!(told["/UnreadRules/0"], "condition-by-answer", "{told:?}");
        assert!(tracker.close().0.is_empty());
    });
}

/// A scan that was denied the rules, or came to an end before the last of them, knows of none that stands in front.
#[test]
fn rules_that_a_scan_did_not_read_whole_are_not_taken_for_none() {
    let alder = |rules| Front("alder", 443, rules, ours());
    let id = "unread-rules/111122223333/eu-central-1/alder:443";
    for rules in [vec![], vec![(host(DESK), ours())]] {
        let fixture = || fronts(&[alder(rules.clone())], &[(DESK, "alder")]).unread(crate::unread::RULES);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), [id]);
        assert!(at(&ingress, DESK).iter().all(|(_, status)| status.is_some()), "{ingress:?}");
        let (ingress, questions) = lifted(&fixture().answered(&[(id, "none")]));
        assert!(questions.is_empty() && at(&ingress, DESK).iter().any(|(_, status)| status.is_none()), "{ingress:?}");
    }
    // What leads here may stand among them.
    let front = Front("alder", 443, vec![], answer(404));
    let (_, questions) = lifted(&fronts(&[front], &[(DESK, "alder")]).unread(crate::unread::RULES));
    assert_eq!(ids(&questions), ["unread-entries/its target group"]);
    // Another list that is not whole says nothing of the rules.
    assert!(lifted(&fronts(&[alder(vec![])], &[(DESK, "alder")]).unread("ecs:ListServices")).1.is_empty());
}

//! Several workloads in one target group.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, mapped};
use crate::fixture::{Fixture, verdicts};
use caravan_inventory::ObservationKind;
use serde_json::json;

const ARN: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/desk/1";
const ID: &str = "group-server///desk";

/// A service behind one listener, whose target group others stand in as well.
fn among(workloads: &[(&str, u64)]) -> Fixture {
    let to = json!({"Type": "forward", "TargetGroupArn": ARN});
    let rules = vec![(host("desk.ferry.example"), to)];
    let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[("desk.ferry.example", "alder")]);
    let fixture = fixture.changed(ObservationKind::TargetGroup, |group| group["TargetGroupArn"] = json!(ARN));
    fixture.in_group(ARN, workloads)
}

fn serves(fixture: &Fixture) -> bool {
    let (ingress, _) = lifted(fixture);
    let open = at(&ingress, "desk.ferry.example").iter().any(|(_, status)| status.is_none());
    assert!(open || ingress.internal == Some(true), "no route, and so no host of the platform's either: {ingress:?}");
    open
}

/// What became of the group's ARN.
fn verdict(fixture: &Fixture) -> String {
    mapped(fixture, |_, mut tracker| verdicts(&mut tracker)["/TargetGroupArn"].clone())
}

#[test]
fn of_several_in_one_group_the_one_with_the_most_instances_serves_until_somebody_said() {
    for (workloads, here) in [
        (vec![("ecs/test/it", 8), ("ecs/test/spot", 2)], true),
        (vec![("ecs/test/it", 2), ("ecs/test/spot", 8)], false),
        (vec![("ecs/test/it", 2), ("ecs/test/it-v2", 2)], true),
        (vec![("ecs/test/a", 2), ("ecs/test/it", 2)], false),
        (vec![("ecs/test/a", 1), ("ecs/test/b", 4), ("ecs/test/it", 3)], false),
        (vec![("ecs/test/a", 1), ("ecs/test/b", 4), ("ecs/test/it", 5)], true),
    ] {
        let fixture = among(&workloads);
        let (_, questions) = lifted(&fixture);
        assert_eq!(ids(&questions), [ID], "{workloads:?}");
        for (workload, wanted) in &workloads {
            assert!(questions[0].1.contains(&format!("`{workload}` with {wanted} instances")), "{questions:?}");
        }
        assert_eq!(serves(&fixture), here, "{workloads:?}");
        assert_eq!(verdict(&fixture), ID);
    }
}

#[test]
fn one_answer_is_for_all_of_them_and_names_one() {
    let workloads = [("ecs/test/it", 2), ("ecs/test/spot", 8)];
    for (given, here) in [("ecs/test/it", true), ("ecs/test/spot", false)] {
        let fixture = among(&workloads).answered(&[(ID, given)]);
        assert!(lifted(&fixture).1.is_empty());
        assert_eq!(serves(&fixture), here, "{given}");
        assert_eq!(verdict(&fixture), "describe-only", "nobody has it exactly");
    }
    let unusable = among(&workloads).answered(&[(ID, "ecs/test/other")]);
    assert_eq!(ids(&lifted(&unusable).1), [ID]);
    assert!(!serves(&unusable));
}

#[test]
fn a_group_with_one_workload_is_no_question() {
    for workloads in [&[("ecs/test/it", 2)][..], &[]] {
        let fixture = among(workloads);
        assert!(lifted(&fixture).1.is_empty() && serves(&fixture), "{workloads:?}");
    }
}

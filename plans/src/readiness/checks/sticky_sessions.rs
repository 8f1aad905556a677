//! `sticky-sessions`: its load balancer keeps users on one instance.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, list};
use crate::readiness::subject::Subject;
use caravan_inventory::ObservationKind;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut evidence = Vec::new();
    for group in subject.of_kind(ObservationKind::TargetGroup) {
        for (number, attribute) in list(&group.body["Attributes"]).iter().enumerate() {
            if attribute["Key"] == "stickiness.enabled" && attribute["Value"] == "true" {
                evidence.push(at(group, format!("/Attributes/{number}/Value")));
            }
        }
    }
    if evidence.is_empty() {
        return Vec::new();
    }
    let text = "its load balancer keeps each user on one instance: sessions may be in memory, and end with the shift";
    vec![Finding::new(
        text,
        evidence,
        "ask where sessions live; if in memory, put them into a store that both sides read",
    )]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::Fixture;
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::json;

    #[test]
    fn stickiness_that_is_on_is_told() {
        let with = |value: &str| {
            let group =
                json!({"Attributes": [{"Key": "x", "Value": "true"}, {"Key": "stickiness.enabled", "Value": value}]});
            Fixture::new(WorkloadKind::Ecs, &[(ObservationKind::TargetGroup, group)])
        };
        assert_eq!(with("true").note(NoteKind::StickySessions).1, ["/Attributes/1/Value"]);
        assert!(with("false").notes(NoteKind::StickySessions).is_empty());
    }
}

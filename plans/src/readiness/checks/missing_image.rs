//! `missing-image`: a machine image that was asked for and is not there.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::EdgeKind;
use std::collections::BTreeMap;

/// Every image that is used is asked for by its id; of a list that is complete, what is missing is missing.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut missing = BTreeMap::new();
    for edge in subject.needs.iter().filter(|edge| edge.kind == EdgeKind::Runs) {
        let Some(image) = edge.to.strip_prefix("ec2:image/") else { continue };
        let by = subject.observations.iter().find(|observation| observation.id == edge.evidence.observation);
        if by.is_some_and(|by| subject.estate.is_complete(by, "ec2:DescribeImages")) {
            missing.entry(image).or_insert_with(|| edge.evidence.clone());
        }
    }
    let finding = |(image, evidence)| {
        Finding::new(
            format!("its machine image {image} was asked for and is not there: gone, or shared no more"),
            vec![evidence],
            "find out what was in it before the last machine of it goes away",
        )
    };
    missing.into_iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::instance;
    use caravan_inventory::{AccountId, EdgeKind, Provider, Region, Scope, Unit, UnitState};
    use serde_json::json;

    #[test]
    fn only_a_complete_list_tells_that_an_image_is_gone() {
        let with = |state| {
            let mut fixture = instance(json!({})).needing("ec2:image/ami-1", EdgeKind::Runs);
            fixture.needs[0].evidence.observation = fixture.observations[0].id.clone();
            let scope = Scope::new(Provider::Aws, AccountId::new("111122223333"), Region::new("eu-central-1"));
            fixture.estate.add_unit(&Unit::of(&scope, "ec2:DescribeImages", state));
            fixture.notes(NoteKind::MissingImage)
        };
        let found = with(UnitState::Complete);
        assert_eq!(found.len(), 1);
        assert!(found[0].text.contains("ami-1"), "{}", found[0].text);
        assert!(with(UnitState::Partial).is_empty());
        assert!(with(UnitState::Skipped).is_empty());
    }
}

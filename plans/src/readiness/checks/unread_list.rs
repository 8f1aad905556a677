//! `unread-list`: a list of its account and region is incomplete.

use crate::readiness::note::Finding;
use crate::readiness::places::some_of;
use crate::readiness::subject::Subject;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let unread = subject.estate.unread(subject.workload.account.as_ref(), subject.workload.region.as_ref());
    let names: Vec<String> = unread.map(|unit| format!("{} ({})", unit.api, unit.state.as_str())).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let text =
        format!("{} of its account and region is not read to its end: more may belong to it", some_of(&names, 2));
    vec![Finding::new(text, Vec::new(), "see why, and scan again: caravan inventory coverage --incomplete")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use caravan_inventory::{AccountId, Provider, Region, Scope, Unit, UnitState};
    use serde_json::json;

    #[test]
    fn only_lists_of_its_own_place_matter() {
        let with = |account: &str, region: &str, state| {
            let mut fixture = service(json!({}), json!({}), json!({}));
            let scope = Scope::new(Provider::Aws, AccountId::new(account), Region::new(region));
            fixture.estate.add_unit(&Unit::of(&scope, "scheduler:ListSchedules", state));
            fixture.notes(NoteKind::UnreadList)
        };
        let found = with("111122223333", "eu-central-1", UnitState::Denied);
        assert!(found[0].text.starts_with("scheduler:ListSchedules (denied) of its account"), "{found:?}");
        assert_eq!(with("111122223333", "global", UnitState::Partial).len(), 1);
        assert!(with("111122223333", "us-east-1", UnitState::Denied).is_empty());
        assert!(with("999922223333", "eu-central-1", UnitState::Denied).is_empty());
        assert!(with("111122223333", "eu-central-1", UnitState::Complete).is_empty());
    }
}

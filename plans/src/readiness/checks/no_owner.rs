//! `no-owner`: nobody owns it.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::TeamName;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.workload.team.as_str() != TeamName::UNASSIGNED {
        return Vec::new();
    }
    let id = &subject.workload.id;
    let remedy = format!("find its team: caravan decide 'owner/{id}=TEAM', or a rule of `ownership` in caravan.yaml");
    vec![Finding::new("nobody owns it, so nobody can say whether it is needed", subject.whole(), remedy)]
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::service;
    use crate::readiness::{NoteKind, Verdict};
    use caravan_inventory::TeamName;
    use serde_json::json;

    #[test]
    fn what_nobody_owns_is_undecided() {
        let mut fixture = service(json!({"desiredCount": 0}), json!({}), json!({}));
        assert!(fixture.notes(NoteKind::NoOwner).is_empty());
        fixture.workload.team = TeamName::new(TeamName::UNASSIGNED);
        assert_eq!(fixture.notes(NoteKind::NoOwner).len(), 1);
        let assessment = fixture.assess();
        assert_eq!(assessment.verdict, Verdict::Undecided);
        assert!(assessment.reasons.iter().any(|reason| reason.contains("desired count is 0")), "{assessment:?}");
    }
}

//! `not-converted`: its kind has no conversion yet.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::WorkloadKind;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if !is_so(subject) {
        return Vec::new();
    }
    let kind = match subject.workload.kind {
        WorkloadKind::Ecs => "ECS workloads",
        WorkloadKind::Lambda => "functions",
        WorkloadKind::Ec2 => "instances",
        WorkloadKind::Worker => "Workers",
    };
    let text = format!("{kind} can't be converted yet, so whether it can move is not known");
    let remedy =
        format!("convert it by hand, or say what becomes of it: caravan decide 'verdict/{}=keep'", subject.workload.id);
    vec![Finding::new(text, subject.whole(), remedy)]
}

/// Whether the lift looked at nothing of it because of its kind.
pub(super) fn is_so(subject: &Subject<'_>) -> bool {
    subject.is_dropped_by("kind-not-converted")
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::{Fixture, service};
    use crate::readiness::{NoteKind, Verdict};
    use caravan_convert_lift::{Document, FieldVerdict, Ledger, LedgerEntry, LiftOutcome, Lifted};
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::json;

    #[test]
    fn what_the_lift_does_not_read_is_undecided() {
        let mut worker = Fixture::new(WorkloadKind::Worker, &[(ObservationKind::CloudflareWorker, json!({"id": "x"}))]);
        let verdict = FieldVerdict::Dropped { rule: "kind-not-converted".into() };
        let entries = vec![LedgerEntry { path: "/id".to_owned(), verdict, target: None, note: None, line: None }];
        let documents = vec![Document { source: worker.observations[0].id.clone(), entries }];
        worker.lifted = Some(Lifted {
            outcome: LiftOutcome::Refused { reasons: vec!["Workers can't be converted yet".to_owned()] },
            ledger: Ledger { workload: worker.workload.id.clone(), documents },
            questions: Vec::new(),
            host: None,
            modules: Vec::new(),
        });
        assert_eq!(worker.notes(NoteKind::NotConverted).len(), 1);
        assert!(worker.notes(NoteKind::Refused).is_empty());
        assert_eq!(worker.assess().verdict, Verdict::Undecided);
        assert_eq!(worker.answered("verdict/ID", "move").assess().verdict, Verdict::Undecided, "a word moves nothing");
        assert!(service(json!({}), json!({}), json!({})).notes(NoteKind::NotConverted).is_empty());
    }
}

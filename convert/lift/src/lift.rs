//! The entry: one workload, by its kind.

use crate::lifted::{LiftOutcome, Lifted};
use crate::source::Source;
use crate::tracker::FieldTracker;
use crate::{ec2, ecs, lambda, unresolved, walk, worker};
use caravan_inventory::WorkloadKind;

/// Lifts one workload.
///
/// Total and deterministic: any JSON in the observations gives a ledger with one entry for each leaf, and the same
/// source gives the same bytes (C1, C3).
#[must_use]
pub fn lift(source: &Source<'_>) -> Lifted {
    let mut lifted = unresolved::lift(source, known);
    if matches!(lifted.outcome, LiftOutcome::Refused { .. }) {
        lifted.ledger.refuse();
        // Nothing of it is there that could start.
        lifted.questions.retain(|question| !question.id.as_str().starts_with("start/"));
    }
    lifted
}

/// Lifts a workload whose documents leave no value open.
fn known(tracker: &mut FieldTracker<'_>) -> Lifted {
    let (config, host) = match tracker.source.workload.kind {
        WorkloadKind::Ecs => (ecs::lift(tracker), None),
        WorkloadKind::Lambda => (lambda::lift(tracker), None),
        WorkloadKind::Ec2 => ec2::lift(tracker),
        WorkloadKind::Worker => (worker::lift(tracker), None),
    };
    let ledger = walk::ledger(tracker);
    let (questions, reasons) = tracker.close();
    let outcome = match config {
        Some(config) if reasons.is_empty() => LiftOutcome::Converted(config),
        _ => LiftOutcome::Refused { reasons },
    };
    let modules = tracker.modules();
    Lifted { outcome, ledger, questions, host, modules }
}

//! What follows from a value that a template leaves open and nobody has said: what stands beside it has no meaning without it,
//! and what is refused for want of it is not refused for good.

use crate::ledger::{FieldVerdict, LedgerEntry};
use crate::lifted::{LiftOutcome, Lifted};
use caravan_inventory::QuestionId;
use std::collections::BTreeSet;

/// A value that nothing is known of.
pub(crate) struct Unknown<'o> {
    /// Which of the source's documents it stands in.
    pub(crate) document: usize,
    pub(crate) pointer: &'o str,
    /// The question about it.
    pub(crate) id: QuestionId,
}

/// Asks about such values alone, and not about what they decide. `is_convertible` says whether the source is converted once
/// something stands in their places.
pub(crate) fn follow(lifted: &mut Lifted, unknown: &[Unknown<'_>], is_convertible: bool) {
    let Some(first) = unknown.first() else { return };
    let mut meaningless = BTreeSet::new();
    for one in unknown {
        let Some((above, _)) = one.pointer.rsplit_once('/').filter(|(above, _)| !above.is_empty()) else { continue };
        let is_beside = |entry: &LedgerEntry| {
            entry
                .path
                .strip_prefix(above)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|rest| !rest.contains('/'))
        };
        let document = lifted.ledger.documents.get_mut(one.document);
        let entries = document.into_iter().flat_map(|document| &mut document.entries);
        for entry in entries.filter(|entry| is_beside(entry)) {
            if let FieldVerdict::Question { id } = &entry.verdict
                && id.as_str().starts_with("misplaced/")
            {
                meaningless.insert(id.clone());
                entry.verdict = FieldVerdict::Question { id: one.id.clone() };
            }
        }
    }
    lifted.questions.retain(|question| !meaningless.contains(&question.id));
    if let LiftOutcome::Refused { reasons } = &mut lifted.outcome
        && is_convertible
    {
        let named: Vec<String> = unknown.iter().map(|one| format!("`{}`", one.id)).collect();
        *reasons = vec![format!("what its template leaves open has to be known first: {}", named.join(", "))];
        for entry in lifted.ledger.documents.iter_mut().flat_map(|document| &mut document.entries) {
            if matches!(entry.verdict, FieldVerdict::Blocker { .. }) {
                entry.verdict = FieldVerdict::Question { id: first.id.clone() };
            }
        }
    }
}

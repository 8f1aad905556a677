//! What follows from a value that a template leaves open and nobody has said: what stands beside it has no meaning without it,
//! and what is refused for want of it is not refused for good.

use crate::ledger::{FieldVerdict, LedgerEntry};
use crate::lifted::{LiftOutcome, Lifted};
use caravan_inventory::QuestionId;
use std::collections::BTreeMap;

/// How many values a reason names.
const NAMED: usize = 3;

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
    let mut meaningless = BTreeMap::new();
    for one in unknown {
        let Some((above, _)) = one.pointer.rsplit_once('/').filter(|(above, _)| !above.is_empty()) else { continue };
        let is_beside = |entry: &LedgerEntry| inside(&entry.path, above).is_some_and(|rest| !rest.contains('/'));
        // A rule's condition that lacks a value says something else than the template means.
        let condition = one.pointer.strip_prefix("/Conditions/").and_then(|rest| rest.split('/').next());
        let condition = condition.map(|number| format!("/Conditions/{number}"));
        let is_of_condition =
            |entry: &LedgerEntry| condition.as_deref().is_some_and(|whole| inside(&entry.path, whole).is_some());
        let entries = lifted.ledger.documents.get(one.document).into_iter().flat_map(|document| &document.entries);
        for entry in entries {
            if let FieldVerdict::Question { id } = &entry.verdict
                && (id.as_str().starts_with("misplaced/") && is_beside(entry)
                    || id.as_str().starts_with("condition/") && is_of_condition(entry))
            {
                meaningless.insert(id.clone(), one.id.clone());
            }
        }
    }
    // A question stands at other fields too: at what a rule does, for one.
    for entry in lifted.ledger.documents.iter_mut().flat_map(|document| &mut document.entries) {
        if let FieldVerdict::Question { id } = &mut entry.verdict
            && let Some(value) = meaningless.get(id)
        {
            id.clone_from(value);
        }
    }
    lifted.questions.retain(|question| !meaningless.contains_key(&question.id));
    if let LiftOutcome::Refused { reasons } = &mut lifted.outcome
        && is_convertible
    {
        let named: Vec<String> = unknown.iter().take(NAMED).map(|one| format!("`{}`", one.id)).collect();
        let more = match unknown.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more, which `caravan decide` lists"),
        };
        *reasons = vec![format!("what its template leaves open has to be known first: {}{more}", named.join(", "))];
        for entry in lifted.ledger.documents.iter_mut().flat_map(|document| &mut document.entries) {
            if matches!(entry.verdict, FieldVerdict::Blocker { .. }) {
                entry.verdict = FieldVerdict::Question { id: first.id.clone() };
            }
        }
    }
}

/// The rest of a path below another.
fn inside<'p>(path: &'p str, above: &str) -> Option<&'p str> {
    path.strip_prefix(above)?.strip_prefix('/')
}

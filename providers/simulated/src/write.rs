//! What a write does to a target.

use crate::Held;
use caravan_providers::target::{Guarantee, RecordSet, Snapshot, Target};
use caravan_providers::{CallError, Write};
use std::collections::BTreeMap;

/// Carries a write out, or refuses it: an atomic target when snapshot or fencing token are not as the write believes; a checked
/// one when the snapshot is not, since its adapter reads it first.
///
/// # Errors
/// [`CallError::Missing`] or [`CallError::Conflict`]; nothing was changed.
pub(crate) fn apply(targets: &mut BTreeMap<Target, Held>, write: &Write) -> Result<(), CallError> {
    let Some(held) = targets.get_mut(&write.target) else {
        return Err(CallError::Missing(write.target.to_string()));
    };
    let same_token = held.token == write.token_before || write.target.guarantee() == Guarantee::Checked;
    let snapshot = match (&held.snapshot, &write.before, &write.after) {
        (Snapshot::Records(live), Snapshot::Records(before), Snapshot::Records(after)) => changed(live, before, after),
        (live, before, after) => (live == before).then(|| after.clone()),
    };
    let (Some(snapshot), true) = (snapshot, same_token) else {
        return Err(CallError::Conflict(format!("{} is not as the write believes", write.target)));
    };
    held.snapshot = snapshot;
    if write.target.guarantee() == Guarantee::Atomic {
        held.token.clone_from(&write.token_after);
    }
    Ok(())
}

/// A change batch names only the sets that go and those that come: what somebody else sets beside them, or does to one
/// that stays, does not make it fail. The observation after the write sees it.
fn changed(live: &[RecordSet], before: &[RecordSet], after: &[RecordSet]) -> Option<Snapshot> {
    let goes = |set: &&RecordSet| before.contains(set) && !after.contains(set);
    let comes: Vec<&RecordSet> = after.iter().filter(|set| !before.contains(set)).collect();
    if before.iter().filter(goes).any(|set| !live.contains(set)) {
        return None;
    }
    let stay: Vec<&RecordSet> = live.iter().filter(|set| !goes(set)).collect();
    let place = |set: &RecordSet| (set.kind.clone(), set.set_identifier.clone());
    // A simple set can't stand beside weighted ones of its type, nor two sets in one place.
    let clash = |new: &RecordSet, set: &RecordSet| {
        let simple = new.set_identifier.is_none() || set.set_identifier.is_none();
        new.kind == set.kind && (simple || new.set_identifier == set.set_identifier)
    };
    if comes.iter().any(|new| stay.iter().any(|set| clash(new, set))) {
        return None;
    }
    let mut sets: Vec<RecordSet> = stay.into_iter().chain(comes).cloned().collect();
    sets.sort_by_key(place);
    Some(Snapshot::Records(sets))
}

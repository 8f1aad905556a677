//! What a write does to a target.

use crate::Held;
use crate::kind::simulation;
use caravan_providers::target::{Guarantee, Snapshot, Target};
use caravan_providers::{CallError, Write};
use std::collections::BTreeMap;

/// Carries a write out, or refuses it: an atomic target when snapshot or fencing token are not as the write believes; a checked
/// one when the snapshot is not, since its adapter reads it first. `now` is the world's time. Gives what stands there then.
///
/// # Errors
/// [`CallError::Missing`], [`CallError::Conflict`], or [`CallError::NotSent`] where its kind withholds it at that moment; nothing
/// was changed.
pub(crate) fn apply<'a>(
    targets: &'a mut BTreeMap<Target, Held>,
    write: &Write,
    now: u64,
) -> Result<&'a Snapshot, CallError> {
    let Some(held) = targets.get_mut(&write.target) else {
        return Err(CallError::Missing(write.target.to_string()));
    };
    let same_token = held.token == write.token_before || write.target.guarantee() == Guarantee::Checked;
    let written = simulation(&write.target).written(&held.snapshot, write);
    let (Some(snapshot), true) = (written, same_token) else {
        return Err(CallError::Conflict(format!("{} is not as the write believes", write.target)));
    };
    if let Some(why) = write.target.kind().withheld(&held.snapshot, &snapshot, now) {
        return Err(CallError::NotSent(format!("{}: {why}", write.target)));
    }
    held.snapshot = snapshot;
    if write.target.guarantee() == Guarantee::Atomic {
        held.token.clone_from(&write.token_after);
    }
    Ok(&held.snapshot)
}

/// Carries writes out that share a batch: all of them, or none.
///
/// # Errors
/// That of the first that is refused; nothing was changed.
pub(crate) fn apply_all(targets: &mut BTreeMap<Target, Held>, writes: &[Write], now: u64) -> Result<(), CallError> {
    let before: Vec<(&Target, Option<Held>)> =
        writes.iter().map(|write| (&write.target, targets.get(&write.target).cloned())).collect();
    for write in writes {
        if let Err(error) = apply(targets, write, now) {
            targets.extend(before.into_iter().filter_map(|(target, held)| Some((target.clone(), held?))));
            return Err(error);
        }
    }
    Ok(())
}

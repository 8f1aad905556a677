//! What a write does to a target.

use crate::Held;
use caravan_inventory::target::{Guarantee, Target};
use caravan_providers::{CallError, Write};
use std::collections::BTreeMap;

/// Carries a write out, or refuses it: an atomic target when image or marker are not as the write believes; a checked
/// one when the image is not, since its adapter reads it first.
///
/// # Errors
/// [`CallError::Missing`] or [`CallError::Conflict`]; nothing was changed.
pub(crate) fn apply(targets: &mut BTreeMap<Target, Held>, write: &Write) -> Result<(), CallError> {
    let Some(held) = targets.get_mut(&write.target) else {
        return Err(CallError::Missing(write.target.to_string()));
    };
    let same_marker = held.marker == write.marker_before || write.target.guarantee() == Guarantee::Checked;
    if held.image != write.before || !same_marker {
        return Err(CallError::Conflict(format!("{} is not as the write believes", write.target)));
    }
    held.image = write.after.clone();
    if write.target.guarantee() == Guarantee::Atomic {
        held.marker.clone_from(&write.marker_after);
    }
    Ok(())
}

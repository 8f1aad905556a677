//! What a write does to a target.

use crate::Held;
use caravan_inventory::target::{Guarantee, Image, RecordSet, Target};
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
    let image = match (&held.image, &write.before, &write.after) {
        (Image::Records(live), Image::Records(before), Image::Records(after)) => changed(live, before, after),
        (live, before, after) => (live == before).then(|| after.clone()),
    };
    let (Some(image), true) = (image, same_marker) else {
        return Err(CallError::Conflict(format!("{} is not as the write believes", write.target)));
    };
    held.image = image;
    if write.target.guarantee() == Guarantee::Atomic {
        held.marker.clone_from(&write.marker_after);
    }
    Ok(())
}

/// A change batch names only the sets that go and those that come: what somebody else sets beside them, or does to one
/// that stays, does not make it fail. The look after the write sees it.
fn changed(live: &[RecordSet], before: &[RecordSet], after: &[RecordSet]) -> Option<Image> {
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
    Some(Image::Records(sets))
}

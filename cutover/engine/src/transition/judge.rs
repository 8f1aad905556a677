//! What an answer or an observation says of a write.

use crate::State;
use crate::revision::SEES_ALL;
use caravan_providers::target::{FencingToken, Snapshot};
use caravan_providers::{CallError, Reply, Write};

/// Whether what stands there is what a write leaves.
pub(super) fn is_after(write: &Write, snapshot: &Snapshot, token: Option<&FencingToken>) -> bool {
    *snapshot == write.after && token == write.token_after.as_ref()
}

/// Whether what stands there is what a write begins from.
pub(super) fn is_before(write: &Write, snapshot: &Snapshot, token: Option<&FencingToken>) -> bool {
    *snapshot == write.before && token == write.token_before.as_ref()
}

/// Whether a fencing token is of a later driver of this run. By later rules the journal alone tells: it takes no entry of a driver
/// that was overtaken, and whoever may write to it and sees such a token has an older journal.
pub(super) fn is_of_later_driver(state: &State, token: Option<&FencingToken>) -> bool {
    let is_later = |token: &FencingToken| token.run == state.run && token.epoch > state.epoch;
    state.revision < SEES_ALL && token.is_some_and(is_later)
}

/// Whether a fencing token of this run is none that its journal has intended for a target: the journal is older than what was
/// written.
pub(super) fn is_newer_than_journal(state: &State, step: usize, place: usize, token: Option<&FencingToken>) -> bool {
    let intended = state.steps.get(step).and_then(|reached| reached.targets.get(place)).map(|target| &target.intended);
    state.revision >= SEES_ALL
        && token.is_some_and(|token| {
            token.run == state.run
                && !intended.is_some_and(|intended| intended.contains(&(token.epoch, token.sequence)))
        })
}

/// Whether a call that brought nothing may bring something when it is made again.
pub(super) const fn may_pass(error: &CallError) -> bool {
    matches!(error, CallError::NotSent(_) | CallError::Throttled(_) | CallError::InDoubt(_))
}

/// Why a reply can't be judged, for a person.
pub(super) fn nothing_to_judge(reply: &Result<Reply, CallError>) -> String {
    match reply {
        Ok(_) => "the answer was of another kind than the question".to_owned(),
        Err(error) => error.to_string(),
    }
}

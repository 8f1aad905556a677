//! What an answer or an observation says of a write.

use crate::State;
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

/// Whether a fencing token is of a later driver of this run.
pub(super) fn is_of_later_driver(state: &State, token: Option<&FencingToken>) -> bool {
    token.is_some_and(|token| token.run == state.run && token.epoch > state.epoch)
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

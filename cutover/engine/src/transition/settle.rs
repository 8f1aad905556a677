//! Writes that were accepted, on their way to everywhere.

use super::pace::BETWEEN_STATUS_MS;
use super::repeat::trouble;
use super::rules::Rules;
use crate::{Deferred, Moment, Phase, State, task};
use caravan_providers::{CallError, Reply};

/// Whether a write that was accepted has reached everywhere.
pub(super) fn settled(mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
    let Phase::Settling { task, write, ticket, .. } = state.phase.clone() else {
        return state;
    };
    let phase = match reply {
        Ok(Reply::Settled) | Err(CallError::Missing(_) | CallError::Denied(_) | CallError::Rejected(_)) => {
            // Whoever may not ask for the status can still observe.
            Phase::Verifying { task, write, tries: 0, not_before: None }
        }
        // Who wants to go back does not wait until a change is everywhere that is to be taken back (K5).
        _ if state.deferred == Deferred::Rollback || task::failed(&state).is_some() => {
            Phase::Verifying { task, write, tries: 0, not_before: None }
        }
        Err(error) => {
            let until = trouble(&mut state, error.to_string(), at);
            Phase::Settling { task, write, ticket, not_before: until.max(at.plus_ms(BETWEEN_STATUS_MS)) }
        }
        Ok(_) => {
            state.trouble = None;
            Phase::Settling { task, write, ticket, not_before: at.plus_ms(BETWEEN_STATUS_MS) }
        }
    };
    State { phase, ..state }
}

impl Rules<'_> {
    /// Whether the first of the writes of the way back has reached everywhere. Whoever may not ask takes it for sent: it was
    /// seen to stand.
    pub(super) fn all_settled(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let soon = at.plus_ms(BETWEEN_STATUS_MS);
        let not_before = match reply {
            Ok(Reply::Settled) | Err(CallError::Missing(_) | CallError::Denied(_) | CallError::Rejected(_)) => {
                state.unsettled.remove(0);
                return self.begin(state);
            }
            Err(error) => trouble(&mut state, error.to_string(), at).max(soon),
            Ok(_) => {
                state.trouble = None;
                soon
            }
        };
        State { phase: Phase::SettlingAll { not_before: Some(not_before) }, ..state }
    }
}

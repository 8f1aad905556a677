//! Recovery: the journal, once more through the same function.

use crate::{Event, Illegal, MovePlan, State, transition};

/// An entry that the state before it does not allow: written by another version, or not by Caravan.
#[derive(Debug, thiserror::Error)]
#[error("entry {entry} of the move of {name} does not fit the state before it")]
pub struct ReplayError {
    /// The hostname.
    pub name: String,
    /// The number of the entry, from 1.
    pub entry: usize,
    /// What the state said.
    #[source]
    pub source: Illegal,
}

/// The state in which the journal left the move.
///
/// # Errors
/// When an entry does not fit.
pub fn replay<'a>(plan: &MovePlan, events: impl IntoIterator<Item = &'a Event>) -> Result<State, ReplayError> {
    events.into_iter().enumerate().try_fold(State::planned(plan), |state, (at, event)| {
        let illegal = |source| ReplayError { name: plan.name.clone(), entry: at + 1, source };
        transition(plan, state, event).map_err(illegal)
    })
}

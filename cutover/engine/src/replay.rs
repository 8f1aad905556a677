//! Recovery: the journal, once more through the same function.

use crate::transition::{Rules, follow, transition_by};
use crate::{Event, Illegal, Moment, Phase, State, Together};
use caravan_plans::Sealed;

/// Why a journal can't be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// An entry that the state before it does not allow: written by another version, or not by Caravan.
    #[error("entry {entry} does not fit the state before it")]
    Illegal {
        /// The number of the entry, from 1.
        entry: usize,
        /// What the state said.
        #[source]
        source: Illegal,
    },
}

/// The state in which the journal left the run. What was on its way into the journal when the driver died is not part of
/// it.
///
/// # Errors
/// When an entry does not fit.
pub fn replay<'a>(run: &str, plan: &Sealed, events: impl IntoIterator<Item = &'a Event>) -> Result<State, ReplayError> {
    replay_on(plan, State::planned(run, plan.plan()), 0, events)
}

/// As [`replay`], from where an earlier replay came to: `state` is what the first `replayed` entries led to, `events` are
/// those after them. Whoever follows a run replays each entry once.
///
/// # Errors
/// When an entry does not fit.
pub fn replay_on<'a>(
    plan: &Sealed,
    state: State,
    replayed: usize,
    events: impl IntoIterator<Item = &'a Event>,
) -> Result<State, ReplayError> {
    replay_by(Rules::of(plan), state, replayed, events)
}

pub(crate) fn replay_by<'a>(
    rules: Rules<'_>,
    mut state: State,
    replayed: usize,
    events: impl IntoIterator<Item = &'a Event>,
) -> Result<State, ReplayError> {
    for (at, event) in events.into_iter().enumerate() {
        let illegal = |source| ReplayError::Illegal { entry: replayed + at + 1, source };
        state = match recorded(reach(rules, state, event).map_err(illegal)?, event) {
            Ok(then) => then,
            Err(state) => follow(rules, *state, event).map_err(illegal)?,
        };
    }
    Ok(state)
}

/// Whoever was answered had waited to the end, by whatever clock.
const LONG_OVER: Moment = Moment(u64::MAX);

/// What follows when the state was about to journal this very event; the state itself when it was not.
fn recorded(state: State, event: &Event) -> Result<State, Box<State>> {
    match state.phase {
        Phase::Recording { event: expected, then } if *expected == *event => Ok(*then),
        _ => Err(Box::new(state)),
    }
}

/// Brings the state to where the event can have happened: the answers of lease and clock are not journalled, and what
/// was on its way into the journal when another event came first was lost with its driver.
fn reach(rules: Rules<'_>, state: State, event: &Event) -> Result<State, Illegal> {
    match (&state.phase, event) {
        // The write was made: whatever was commanded came after the lease was checked.
        (Phase::CheckingLease { task, write, tries }, Event::Replied { .. }) => {
            let phase = Phase::Applying { task: *task, write: write.clone(), tries: *tries };
            Ok(State { phase, ..state })
        }
        (Phase::Together(Together::CheckingLease { writes }), Event::Replied { .. }) => {
            let phase = Phase::Together(Together::Applying { writes: writes.clone() });
            Ok(State { phase, ..state })
        }
        (Phase::CheckingLease { .. } | Phase::Together(Together::CheckingLease { .. }), Event::Withdrawn) => {
            transition_by(rules, state, Event::Leased(true))
        }
        (Phase::Conflict { .. }, Event::Replied { .. }) if state.look().is_none() => {
            transition_by(rules, state, Event::Woke { at: LONG_OVER })
        }
        (_, Event::Replied { .. }) if state.waits_for_time() => {
            transition_by(rules, state, Event::Woke { at: LONG_OVER })
        }
        (_, Event::Waited { at }) if state.waits_for_time() => transition_by(rules, state, Event::Woke { at: *at }),
        _ => Ok(state),
    }
}

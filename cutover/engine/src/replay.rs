//! Recovery: the journal, once more through the same function.

use crate::{Event, Illegal, Phase, Sabotage, State, transition};
use caravan_plans::Sealed;

/// Why a journal can't be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// An entry that the state before it does not allow: written by another version, or not by Caravan.
    #[error("entry {entry} does not fit the state before it")]
    Illegal {
        /// Which, from 1.
        entry: usize,
        /// What the state said.
        #[source]
        source: Illegal,
    },
    /// The engine would have journalled something else there.
    #[error("entry {entry} is not what this version would have written there")]
    Diverges {
        /// Which, from 1.
        entry: usize,
    },
}

/// The state in which the journal left the run. What was on its way into the journal when the driver died is not part of
/// it. `sabotage` is the one that the run was driven with: none, outside tests.
///
/// # Errors
/// When an entry does not fit.
pub fn replay<'a>(
    run: &str,
    plan: &Sealed,
    events: impl IntoIterator<Item = &'a Event>,
    sabotage: Sabotage,
) -> Result<State, ReplayError> {
    let mut state = State::planned(run, plan.plan());
    for (at, event) in events.into_iter().enumerate() {
        let illegal = |source| ReplayError::Illegal { entry: at + 1, source };
        let recorded = if expects(&state, event) {
            state
        } else {
            let state = reach(plan, state, event, sabotage).map_err(illegal)?;
            transition(plan, state, event.clone(), sabotage).map_err(illegal)?
        };
        if !expects(&recorded, event) {
            return Err(ReplayError::Diverges { entry: at + 1 });
        }
        state = transition(plan, recorded, Event::Recorded, sabotage).map_err(illegal)?;
    }
    Ok(state)
}

/// Whether the state is about to journal this very event.
fn expects(state: &State, event: &Event) -> bool {
    matches!(&state.phase, Phase::Recording { event: expected, .. } if **expected == *event)
}

/// Brings the state to where the event can have happened: the answers of lease and clock are not journalled, and what
/// was on its way into the journal when another event came first was lost with its driver.
fn reach(plan: &Sealed, state: State, event: &Event, sabotage: Sabotage) -> Result<State, Illegal> {
    match (&state.phase, event) {
        (Phase::Fencing { .. }, Event::Replied { .. }) => transition(plan, state, Event::Leased(true), sabotage),
        (phase, Event::Replied { at, .. }) if phase.waits_for_time() => {
            transition(plan, state, Event::Woke { at: *at }, sabotage)
        }
        _ => Ok(state),
    }
}

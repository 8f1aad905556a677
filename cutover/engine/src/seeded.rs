//! The entries that commit a [`SeededBug`]. Only tests may name this module, and the rehearsal's own entry for tests: a
//! test of the workspace holds that.

use crate::transition::{Rules, transition_by};
use crate::{Event, Illegal, ReplayError, SeededBug, State, replay};
use caravan_plans::Sealed;

/// As [`crate::transition`], with a bug.
///
/// # Errors
/// Those of [`crate::transition`].
pub fn transition_with(plan: &Sealed, state: State, event: Event, bug: SeededBug) -> Result<State, Illegal> {
    transition_by(Rules { plan: plan.plan(), bug }, state, event)
}

/// As [`crate::replay`], of a run that was driven with a bug.
///
/// # Errors
/// Those of [`crate::replay`].
pub fn replay_with<'a>(
    run: &str,
    plan: &Sealed,
    events: impl IntoIterator<Item = &'a Event>,
    bug: SeededBug,
) -> Result<State, ReplayError> {
    replay::replay_by(Rules { plan: plan.plan(), bug }, State::planned(run, plan.plan()), 0, events)
}

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

/// Whether whoever drives with a bug asks sides in the background.
#[must_use]
pub const fn watches(bug: SeededBug) -> bool {
    !matches!(bug, SeededBug::WatchNobody)
}

/// Whether whoever drives with a bug counts what a side brings that can't be judged.
#[must_use]
pub const fn counts_unknown(bug: SeededBug) -> bool {
    !matches!(bug, SeededBug::HoldOnUnknown)
}

//! The soak: for how long everything has stood on the new side while a driver watched, with evidence.
//!
//! It stands beside the run, as the background analysis does. Nobody's time of day is asked: time in which nobody drove, in which the
//! machine slept, or in which a side could not be judged, does not count.

use crate::{Direction, Event, Moment, Phase, State};
use caravan_plans::WavePlan;

/// The shortest and the longest stretch after which it is journalled, in milliseconds: a hundredth of the soak between them. So much
/// of it is lost with a driver.
const NOTED_AFTER_MS: (u64, u64) = (5_000, 300_000);

/// Milliseconds that are left of the soak of a run; 0 once it may be finalised. None while anything is not on the new side yet.
#[must_use]
pub fn soak_left_ms(plan: &WavePlan, state: &State) -> Option<u64> {
    state.soaks_since.map(|_| plan.soak_ms.saturating_sub(state.soaked_ms))
}

/// What a driver has watched of a soak and has not journalled yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Soak {
    watched_ms: u64,
}

impl Soak {
    /// So many milliseconds have passed in which every side that users are on passed whenever it was asked.
    pub const fn watched(&mut self, ms: u64) {
        self.watched_ms = self.watched_ms.saturating_add(ms);
    }

    /// What is left of a soak when what is not journalled yet counts, in milliseconds; none where nothing soaks.
    #[must_use]
    pub fn left_ms(&self, plan: &WavePlan, state: &State) -> Option<u64> {
        soak_left_ms(plan, state).map(|left| left.saturating_sub(self.watched_ms))
    }

    /// In how many milliseconds of watching the next event is due; none where nothing soaks, or the soak is over.
    #[must_use]
    pub fn due_in_ms(&self, plan: &WavePlan, state: &State) -> Option<u64> {
        let soaks = state.phase == Phase::Shifted && state.direction == Direction::Forward;
        let left = soak_left_ms(plan, state).filter(|left| soaks && *left > 0)?;
        let (least, most) = NOTED_AFTER_MS;
        Some(left.min((plan.soak_ms / 100).clamp(least, most)).saturating_sub(self.watched_ms))
    }

    /// The event that is to be journalled: when enough was watched since the last one, or the soak is over. What was watched while
    /// nothing soaked is forgotten.
    pub fn event(&mut self, plan: &WavePlan, state: &State, at: Moment) -> Option<Event> {
        match self.due_in_ms(plan, state) {
            Some(0) => Some(Event::Soaked { watched_ms: std::mem::take(&mut self.watched_ms), at }),
            Some(_) => None,
            None => {
                self.watched_ms = 0;
                None
            }
        }
    }
}

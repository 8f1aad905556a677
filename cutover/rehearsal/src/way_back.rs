//! How long the way back takes once nothing is in its way.

use crate::bounds::way_back_ms;
use crate::invariant::{Invariant, Violation};
use crate::users::Stretch;
use caravan_cutover_engine::{Deferred, Direction, Hold, Phase};
use caravan_plans::WavePlan;
use caravan_providers_simulated::World;

/// The way back of a run.
#[derive(Debug)]
pub(crate) struct WayBack {
    bound_ms: u64,
    /// Since when it goes back with nothing in its way.
    since: Option<u64>,
    /// Whether a person has to decide something: what a provider refuses for good, no patience mends.
    pub(crate) needs_person: bool,
    said: bool,
}

impl WayBack {
    pub(crate) fn of(plan: &WavePlan, world: &World) -> Self {
        Self { bound_ms: way_back_ms(plan, world), since: None, needs_person: false, said: false }
    }

    /// A stretch of time has passed. `is_foreign` tells whether a third party holds one of the plan's targets.
    pub(crate) fn passed(&mut self, stretch: &Stretch<'_>, is_foreign: bool) -> Option<Violation> {
        let Stretch { from, plan, state, world, .. } = *stretch;
        let is_back = state.direction == Direction::Back || state.deferred == Deferred::Rollback;
        let is_asked = state.waits_for_person() && (self.needs_person || is_foreign || is_persons_own(&state.phase));
        let is_troubled = stretch.journal_is_out
            || plan.targets().any(|target| world.outage(target, from).is_some())
            || (0..plan.steps.len()).any(|step| world.sides().get(step * 2).is_some_and(|side| !side.passes(from)));
        if !is_back || is_asked || is_troubled {
            self.since = None;
            return None;
        }
        let since = (*self.since.get_or_insert(from)).max(stretch.disturbed_at);
        let takes = world.now().saturating_sub(since);
        if self.said || takes <= self.bound_ms {
            return None;
        }
        self.said = true;
        let text = format!("the way back is {} after {} s without trouble", state.phase.name(), takes / 1000);
        Some(Violation { rule: Invariant::SwiftReturn, text })
    }
}

/// Whether a person has stopped the run themselves.
const fn is_persons_own(phase: &Phase) -> bool {
    matches!(phase, Phase::Paused | Phase::Held { reason: Hold::Adopted, .. })
}

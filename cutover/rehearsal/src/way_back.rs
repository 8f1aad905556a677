//! How long the way back takes once nothing is in its way.

use crate::bounds::way_back_ms;
use crate::invariant::{Invariant, Violation};
use crate::users::Stretch;
use caravan_cutover_engine::{Deferred, Direction, Hold, Phase};
use caravan_plans::{Step, WavePlan};
use caravan_providers::target::Target;
use caravan_providers_simulated::World;
use std::collections::{BTreeMap, BTreeSet};

/// The way back of a run.
#[derive(Debug)]
pub(crate) struct WayBack {
    bound_ms: u64,
    /// Since when it goes back with nothing in its way.
    since: Option<u64>,
    /// Since when each shift stands on its new side with nothing in its own way, by step.
    of_shifts: BTreeMap<usize, u64>,
    /// Whose calls a provider has refused for good, which no patience mends: until a person commands something.
    pub(crate) refused: BTreeSet<Target>,
    said: bool,
}

impl WayBack {
    pub(crate) fn of(plan: &WavePlan, world: &World) -> Self {
        let (of_shifts, refused) = (BTreeMap::new(), BTreeSet::new());
        Self { bound_ms: way_back_ms(plan, world), since: None, of_shifts, refused, said: false }
    }

    /// A stretch of time has passed. `is_foreign` tells whether a third party holds a target.
    pub(crate) fn passed(&mut self, stretch: &Stretch<'_>, is_foreign: impl Fn(&Target) -> bool) -> Option<Violation> {
        let is_back = stretch.state.direction == Direction::Back || stretch.state.deferred == Deferred::Rollback;
        if !is_back || stretch.journal_is_out || is_persons_own(&stretch.state.phase) {
            self.since = None;
            self.of_shifts.clear();
            return None;
        }
        let text = self.whole(stretch, &is_foreign).or_else(|| self.shift(stretch, &is_foreign));
        let text = text.filter(|_| !self.said)?;
        self.said = true;
        Some(Violation { rule: Invariant::SwiftReturn, text })
    }

    /// The run is not back in time.
    fn whole(&mut self, stretch: &Stretch<'_>, is_foreign: impl Fn(&Target) -> bool) -> Option<String> {
        let Stretch { from, plan, state, world, .. } = *stretch;
        let needs_person = !self.refused.is_empty() || plan.targets().any(is_foreign);
        let is_asked = state.waits_for_person() && needs_person;
        let is_troubled = (0..plan.steps.len()).any(|step| is_troubled(stretch, step));
        if is_asked || is_troubled {
            self.since = None;
            return None;
        }
        let since = (*self.since.get_or_insert(from)).max(stretch.disturbed_at);
        let takes = world.now().saturating_sub(since);
        let is_late = takes > self.bound_ms;
        is_late.then(|| format!("the way back is {} after {} s without trouble", state.phase.name(), takes / 1000))
    }

    /// One of its shifts is not: nobody else stands in the way of it, whatever stands in the way of others.
    fn shift(&mut self, stretch: &Stretch<'_>, is_foreign: impl Fn(&Target) -> bool) -> Option<String> {
        let Stretch { from, plan, state, world, .. } = *stretch;
        let mut late = None;
        for (at, step) in plan.steps.iter().enumerate() {
            let Step::Shift(shift) = step else { continue };
            let is_left = state.steps.get(at).is_some_and(|reached| reached.released_to_others);
            let is_there = world.held(&shift.target).is_none_or(|held| held.snapshot == shift.original);
            let target = &shift.target;
            if is_left || is_there || is_foreign(target) || self.refused.contains(target) || is_troubled(stretch, at) {
                self.of_shifts.remove(&at);
                continue;
            }
            let since = (*self.of_shifts.entry(at).or_insert(from)).max(stretch.disturbed_at);
            let takes = world.now().saturating_sub(since);
            if takes > self.bound_ms {
                let phase = state.phase.name();
                late =
                    Some(format!("{target} is not back after {} s without trouble: the run is {phase}", takes / 1000));
            }
        }
        late
    }
}

/// Whether something lasts that keeps a step from going back.
fn is_troubled(stretch: &Stretch<'_>, step: usize) -> bool {
    let Stretch { from, plan, world, .. } = *stretch;
    let is_out = |target| world.outage(target, from).is_some();
    plan.steps.get(step).is_some_and(|planned| planned.targets().any(is_out))
        || world.sides().get(step * 2).is_some_and(|side| !side.passes(from))
}

/// Whether a person has stopped the run themselves.
const fn is_persons_own(phase: &Phase) -> bool {
    matches!(phase, Phase::Paused | Phase::Held { reason: Hold::Adopted, .. })
}

//! One simulated run from start to end.

use crate::engine::Engine;
use crate::rehearsal::Rehearsal;
use crate::{FaultPlan, Intention, SimulatedRun};
use caravan_cutover_engine::SeededBug;
use caravan_cutover_engine::seeded::{counts_unknown, replay_with, transition_with, watches};
use caravan_plans::Sealed;
use caravan_providers_simulated::World;

/// Rehearses a plan in a world, until it is over or nobody can do anything more.
#[must_use]
pub fn rehearse(plan: &Sealed, world: World, intention: Intention, fault_plan: &FaultPlan) -> SimulatedRun {
    rehearse_with(plan, world, intention, fault_plan, SeededBug::None)
}

/// As [`rehearse`], without its effects: for runs of which only the end counts.
#[must_use]
pub(crate) fn rehearse_to_end(
    plan: &Sealed,
    world: World,
    intention: Intention,
    fault_plan: &FaultPlan,
) -> SimulatedRun {
    Rehearsal::new(engine(plan, SeededBug::None), world, intention, fault_plan).run()
}

/// As [`rehearse`], by an engine with a seeded bug: only for tests of the invariants.
#[must_use]
pub fn rehearse_with(
    plan: &Sealed,
    world: World,
    intention: Intention,
    fault_plan: &FaultPlan,
    bug: SeededBug,
) -> SimulatedRun {
    Rehearsal::new(engine(plan, bug), world, intention, fault_plan).noting().run()
}

const fn engine(plan: &Sealed, bug: SeededBug) -> Engine<'_> {
    Engine {
        plan,
        bug,
        watches: watches(bug),
        counts_unknown: counts_unknown(bug),
        transition: transition_with,
        replay: |run, plan, journal, bug| replay_with(run, plan, journal, bug),
    }
}

//! One simulated run from start to end.

use crate::lost::Lost;
use crate::rehearsal::Rehearsal;
use crate::{FaultPlan, Intention, Violation};
use caravan_cutover_engine::seeded::{replay_with, transition_with};
use caravan_cutover_engine::{Effect, Event, Illegal, ReplayError, SeededBug, State, Task};
use caravan_plans::Sealed;
use caravan_providers_simulated::{Held, ServedRequests, World};

/// The name of every rehearsed run.
pub(crate) const RUN: &str = "r1";

/// A moment at which the driver dies: before or after one of its effects, counted from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Crash {
    /// The number of the effect, from 0.
    pub effect: usize,
    /// Before or after it.
    pub when: When,
}

/// Before an effect, or after it and before its event is taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum When {
    Before,
    After,
}

/// One effect that was carried out.
#[derive(Clone, Debug)]
pub struct Made {
    /// For which task; none where the run was between two.
    pub task: Option<Task>,
    /// The effect.
    pub effect: Effect,
    /// When, in milliseconds of the world.
    pub at: u64,
    /// How many calls had been made before it.
    pub calls_before: u64,
    /// How many events were in the journal before it.
    pub journalled_before: usize,
    /// What stood at the task's target.
    pub standing: Option<Held>,
}

/// How a run went.
#[derive(Clone, Debug)]
pub struct SimulatedRun {
    /// The state in which it ended.
    pub state: State,
    /// Its journal.
    pub journal: Vec<Event>,
    /// The effects that were carried out, in order; none where nobody asked for them.
    pub effects: Vec<Made>,
    /// What became of the traffic.
    pub served: ServedRequests,
    /// Requests that no side answered well, by why.
    pub lost: Lost,
    /// Virtual seconds from the command or the turn to go back until everything was back; none when it never went back.
    pub rollback_seconds: Option<u64>,
    /// Every invariant that did not hold.
    pub violations: Vec<Violation>,
}

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
    Rehearsal::new(Engine { plan, bug: SeededBug::None }, world, intention, fault_plan).run()
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
    Rehearsal::new(Engine { plan, bug }, world, intention, fault_plan).noting().run()
}

/// The engine that is rehearsed: the very one that cutovers run, with a bug where a test seeded one.
#[derive(Clone, Copy)]
pub(crate) struct Engine<'a> {
    pub(crate) plan: &'a Sealed,
    bug: SeededBug,
}

impl Engine<'_> {
    /// The state after an event.
    ///
    /// # Errors
    /// When the state does not allow the event.
    pub(crate) fn transition(self, state: State, event: Event) -> Result<State, Illegal> {
        transition_with(self.plan, state, event, self.bug)
    }

    /// The state in which a journal left the run.
    ///
    /// # Errors
    /// When an entry does not fit.
    pub(crate) fn replay(self, journal: &[Event]) -> Result<State, ReplayError> {
        replay_with(RUN, self.plan, journal, self.bug)
    }
}

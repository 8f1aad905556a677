//! What is known of a simulated run once it is over.

use crate::Violation;
use crate::lost::Lost;
use caravan_cutover_engine::{Effect, Event, State, Task};
use caravan_providers::target::Target;
use caravan_providers_simulated::{Held, ServedRequests};

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
    /// What stood at the task's target; of a batch, at each of its targets.
    pub standing: Vec<(Target, Held)>,
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

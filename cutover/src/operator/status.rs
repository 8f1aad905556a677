//! The status of a run.

use super::conflict::ConflictStatus;
use super::run_state::{RunState, StepProgress};
use super::waiting::WaitingFor;
use crate::journal::QueuedCommand;
use caravan_cutover_engine::State;
use caravan_plans::Sealed;
use serde::Serialize;

/// The status of a run (`caravan.run/v1`).
#[derive(Clone, Debug, Serialize)]
pub struct RunStatus {
    /// `caravan.run/v1`.
    pub schema: &'static str,
    /// The run.
    pub run: String,
    /// The hash of its plan.
    pub plan_hash: String,
    /// Where it stands.
    pub state: RunState,
    /// Every stage of every shift, in order.
    pub steps: Vec<StepStatus>,
    /// What stood, was planned and is there, where somebody else changed a target (K2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictStatus>,
    /// What it waits for; none when it goes on by itself or is over.
    pub waiting_for: Option<WaitingFor>,
    /// What people want of it and no driver has taken in yet, in JSON as `rollback by olivia`. [`status`] leaves it
    /// empty: commands stand in the journal, not in a run's state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queued: Vec<QueuedCommand>,
}

/// One stage of one shift.
#[derive(Clone, Debug, Serialize)]
pub struct StepStatus {
    /// The workload and the share, `ecs/…/track 50 %`; where a workload has several targets, with the target.
    pub name: String,
    /// Where it stands.
    pub state: StepProgress,
    /// What is changed.
    pub target: String,
    /// The share of the new side that the step wants, in percent.
    pub desired: u8,
    /// The share of the new side that was last seen to stand, in percent; none when somebody else changed it.
    pub actual: Option<u8>,
}

/// The status of a run whose plan and state are these.
#[must_use]
pub fn status(run: &str, plan: &Sealed, state: &State) -> RunStatus {
    let steps = plan.plan().shifts.iter().enumerate().flat_map(|(at, shift)| {
        let reached = &state.shifts[at];
        let actual = reached.stage.and_then(|stage| shift.stages.get(stage)).map_or(0, |stage| stage.percent);
        shift.stages.iter().enumerate().map(move |(number, stage)| StepStatus {
            name: plan.plan().step_name(at, number).unwrap_or_default(),
            state: StepProgress::of(state, at, number),
            target: shift.target.to_string(),
            desired: stage.percent,
            actual: (!reached.released_to_others).then_some(actual),
        })
    });
    RunStatus {
        schema: "caravan.run/v1",
        run: run.to_owned(),
        plan_hash: plan.hash().to_string(),
        state: RunState::from(&state.phase),
        steps: steps.collect(),
        conflict: ConflictStatus::of(plan, state),
        waiting_for: WaitingFor::of(plan, state),
        queued: Vec::new(),
    }
}

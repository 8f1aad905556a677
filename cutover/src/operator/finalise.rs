//! What is shown before somebody approves that a run is finalised.

use super::command::{SubmitError, unexpected};
use super::run::Run;
use super::since::Said;
use crate::journal::Command;
use caravan_cutover_engine::{Shown, State, is_to_be_finalised, soak_left_ms};
use caravan_plans::{Change, Sealed, Step};

/// What is known before somebody approves that a run is finalised.
#[derive(Clone, Debug)]
pub struct FinaliseEvidence {
    /// Each target that is changed.
    pub changes: Vec<FinalChange>,
    /// For how many seconds drivers have watched its soak.
    pub soaked_seconds: u64,
    /// Who has approved it before.
    pub approved_by: Vec<String>,
    /// What the old side said when the driver last asked it.
    pub old_side: Option<Said>,
    /// What the new side said when the driver last asked it.
    pub new_side: Option<Said>,
    /// What is shown, as an approval names it.
    pub shown: Shown,
}

/// One target that is finalised.
#[derive(Clone, Debug)]
pub struct FinalChange {
    /// The step, by its place in the plan.
    pub step: usize,
    /// The workload.
    pub workload: String,
    /// The change that will be made.
    pub change: Change,
}

impl FinaliseEvidence {
    /// What is known of a run that soaks, or has soaked.
    ///
    /// # Errors
    /// [`SubmitError::Unexpected`] when it does not, or nothing of it is to be finalised.
    pub fn of(run: &Run) -> Result<Self, SubmitError> {
        let (plan, state) = (run.plan(), run.state());
        let makes_no_sense = || unexpected(run, Command::Finalise);
        let shown = run.wait().filter(|wait| wait.is_of_end()).map(|wait| wait.shown(run.sequence()));
        let shown = shown.ok_or_else(makes_no_sense)?;
        soak_left_ms(plan.plan(), state).ok_or_else(makes_no_sense)?;
        let changes: Vec<FinalChange> = changes(plan, state)
            .into_iter()
            .map(|(at, step, change)| FinalChange { step: at, workload: step.workload().to_string(), change })
            .collect();
        if changes.is_empty() {
            return Err(makes_no_sense());
        }
        let approved_by = state.finalise_approved_by.iter().cloned().collect();
        let (old_side, new_side) = (run.since().old_side.clone(), run.since().new_side.clone());
        Ok(Self { changes, soaked_seconds: state.soaked_ms / 1000, approved_by, old_side, new_side, shown })
    }
}

/// What finalising a run changes, by step.
fn changes<'a>(plan: &'a Sealed, state: &State) -> Vec<(usize, &'a Step, Change)> {
    let steps = plan.plan().steps.iter().zip(&state.steps).enumerate();
    let is_strange = steps.filter(|(_, (planned, reached))| is_to_be_finalised(planned, reached));
    is_strange.filter_map(|(at, (planned, reached))| Some((at, planned, planned.finalise(reached.stage?)?))).collect()
}

//! Submitting an operator's command, and the evidence that is shown before an approval.

use super::run::Run;
use super::run_state::RunState;
use super::waiting::WaitingFor;
use crate::journal::{Command, JournalError};
use crate::store::RunStore;
use caravan_cutover_engine::{Illegal, Moment, Phase, Task, transition};
use caravan_plans::Change;

/// Why a command was not left for the driver. The run is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The run has no use for it where it stands: give what it waits for.
    #[error("`{command}` makes no sense now: run {run} is {state}")]
    Unexpected {
        /// The command.
        command: Command,
        /// The run.
        run: String,
        /// The state in which the run is.
        state: RunState,
        /// What it waits for, if it waits.
        waiting_for: Option<Box<WaitingFor>>,
    },
    /// The run waits with another step than the one that is to be approved: look at its evidence first.
    #[error("the run waits with `{waits}`, not `{given}`")]
    OtherStep {
        /// The step that waits.
        waits: String,
        /// The text that was given instead.
        given: String,
    },
    /// The journal can't be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What is known before somebody approves the step with which a run waits.
#[derive(Clone, Debug)]
pub struct ApprovalEvidence {
    /// The step's name.
    pub step: String,
    /// The wave.
    pub wave: String,
    /// The change that will be made.
    pub change: Change,
    /// What has passed so far.
    pub passed: Passed,
}

/// What has passed before a step waits for its approval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Passed {
    /// Both sides answered well just before.
    Probes,
    /// The stage before has baked, and both sides answered well just before.
    BakeAndProbes,
}

impl ApprovalEvidence {
    /// What is known of the step with which a run waits for approval.
    ///
    /// # Errors
    /// [`SubmitError::Unexpected`] when it waits with none.
    pub fn of(run: &Run) -> Result<Self, SubmitError> {
        let Phase::AwaitingApproval { task: Task::Enter { step, stage } } = run.state().phase else {
            return Err(unexpected(run, Command::Approve));
        };
        let plan = run.plan().plan();
        let change = plan.steps.get(step).and_then(|step| step.enter(stage));
        Ok(Self {
            step: plan.step_name(step, stage).unwrap_or_default(),
            wave: plan.wave.clone(),
            change: change.ok_or_else(|| unexpected(run, Command::Approve))?,
            passed: if stage == 0 { Passed::Probes } else { Passed::BakeAndProbes },
        })
    }

    /// Whether somebody means this step, by the name that they give (S3).
    ///
    /// # Errors
    /// [`SubmitError::OtherStep`].
    pub fn is_of(&self, step: &str) -> Result<(), SubmitError> {
        if step == self.step {
            return Ok(());
        }
        Err(SubmitError::OtherStep { waits: self.step.clone(), given: step.to_owned() })
    }
}

/// Leaves a command for the run's driver, which takes it in where the run then stands; without a driver it waits for the
/// next one.
///
/// # Errors
/// [`SubmitError`]: also when it makes no sense where the run stood when it was read.
pub async fn submit(
    journal: &impl RunStore,
    run: &Run,
    command: Command,
    who: &str,
    now: Moment,
) -> Result<(), SubmitError> {
    match transition(run.plan(), run.state().clone(), command.event(who, now)) {
        Ok(_) => Ok(journal.submit(run.name(), command, who, now).await?),
        Err(Illegal::Unexpected { .. }) => Err(unexpected(run, command)),
    }
}

fn unexpected(run: &Run, command: Command) -> SubmitError {
    let status = run.status();
    SubmitError::Unexpected {
        command,
        run: status.run,
        state: status.state,
        waiting_for: status.waiting_for.map(Box::new),
    }
}

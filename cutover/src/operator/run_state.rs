//! Where a run and its steps stand, as one word each.

use caravan_cutover_engine::{Direction, Outcome, Phase, State, Task, Together};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// Where a run stands: the engine's phase without what belongs to it.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words are those of the engine's phases, which have their documentation there")]
pub enum RunState {
    Planned,
    FindingControllers,
    Observing,
    Guarding,
    AwaitingApproval,
    CheckingLease,
    Applying,
    Settling,
    InDoubt,
    Resolving,
    Verifying,
    Baking,
    Proving,
    Paused,
    Held,
    Conflict,
    Stuck,
    Shifted,
    Done,
    RolledBack,
    EndedElsewhere,
    JournalUnavailable,
    LeaseLost,
}

/// How far one step is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepProgress {
    /// Its turn has not come.
    Pending,
    /// It is being entered, or bakes.
    Running,
    /// It was entered and has baked.
    Done,
    /// It is being taken back.
    RollingBack,
    /// It was taken back: with the run, or alone after its new side failed. Of a run that goes back also what it never came to.
    RolledBack,
    /// Its target was left to whoever changed it.
    Released,
}

impl RunState {
    /// Whether the run is over: nothing happens any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::RolledBack | Self::EndedElsewhere)
    }

    /// The word for it, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::FindingControllers => "finding-controllers",
            Self::Observing => "observing",
            Self::Guarding => "guarding",
            Self::AwaitingApproval => "awaiting-approval",
            Self::CheckingLease => "checking-lease",
            Self::Applying => "applying",
            Self::Settling => "settling",
            Self::InDoubt => "in-doubt",
            Self::Resolving => "resolving",
            Self::Verifying => "verifying",
            Self::Baking => "baking",
            Self::Proving => "proving",
            Self::Paused => "paused",
            Self::Held => "held",
            Self::Conflict => "conflict",
            Self::Stuck => "stuck",
            Self::Shifted => "shifted",
            Self::Done => "done",
            Self::RolledBack => "rolled-back",
            Self::EndedElsewhere => "ended-elsewhere",
            Self::JournalUnavailable => "journal-unavailable",
            Self::LeaseLost => "lease-lost",
        }
    }
}

impl StepProgress {
    /// The word for it, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::RollingBack => "rolling-back",
            Self::RolledBack => "rolled-back",
            Self::Released => "released",
        }
    }

    /// Whether something happens at it now.
    #[must_use]
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Running | Self::RollingBack)
    }

    /// Where a stage of a step stands.
    pub(super) fn of(state: &State, step: usize, stage: usize) -> Self {
        let reached = &state.steps[step];
        let own = |task: &Task| task.step() == step;
        let task = match &state.phase {
            Phase::Together(together) => together.writes().iter().map(|one| one.task).find(own),
            phase => phase.task().filter(own),
        };
        let is_forward = state.direction == Direction::Forward;
        let running = match task {
            Some(Task::Enter { stage: entering, .. }) => entering == stage,
            Some(Task::Bake { .. } | Task::Finalise { .. }) => reached.stage == Some(stage),
            Some(Task::Prove { .. }) => is_forward && reached.stage == Some(stage),
            _ => false,
        };
        let undoing = match task {
            Some(Task::Undo { .. }) => true,
            Some(Task::Prove { .. }) => !is_forward,
            _ => false,
        };
        // Seen to stand as it was, by whoever takes the run back; of a run that has ended so, each.
        let is_back = state.phase == Phase::Finished(Outcome::RolledBack)
            || (state.direction == Direction::Back && reached.targets.iter().all(|target| target.seen_at_end));
        match reached.stage {
            _ if reached.released_to_others => Self::Released,
            _ if running => Self::Running,
            None if reached.failed || is_back => Self::RolledBack,
            Some(last) if undoing && stage <= last => Self::RollingBack,
            Some(last) if stage <= last => Self::Done,
            _ => Self::Pending,
        }
    }
}

impl fmt::Display for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for StepProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is on its way into the journal counts as having happened.
impl From<&Phase> for RunState {
    fn from(phase: &Phase) -> Self {
        match phase {
            Phase::Recording { then, .. } => Self::from(&then.phase),
            Phase::Planned => Self::Planned,
            Phase::FindingControllers { .. } => Self::FindingControllers,
            Phase::Observing { .. } => Self::Observing,
            Phase::Guarding { .. } => Self::Guarding,
            Phase::AwaitingApproval { .. } => Self::AwaitingApproval,
            Phase::CheckingLease { .. } => Self::CheckingLease,
            Phase::Applying { .. } => Self::Applying,
            Phase::Settling { .. } | Phase::SettlingAll { .. } => Self::Settling,
            Phase::Together(Together::Guarding { .. }) => Self::Guarding,
            Phase::Together(Together::CheckingLease { .. }) => Self::CheckingLease,
            Phase::Together(Together::Applying { .. }) => Self::Applying,
            Phase::Together(Together::ReadingBack { sent, .. }) if sent.answer.is_ok() => Self::Verifying,
            Phase::Together(Together::ReadingBack { not_before: Some(_), .. }) => Self::InDoubt,
            Phase::Together(Together::ReadingBack { .. }) => Self::Resolving,
            Phase::InDoubt { .. } => Self::InDoubt,
            Phase::Resolving { .. } => Self::Resolving,
            Phase::Verifying { .. } => Self::Verifying,
            Phase::Baking { .. } => Self::Baking,
            Phase::Proving { .. } => Self::Proving,
            Phase::Paused => Self::Paused,
            Phase::Held { .. } => Self::Held,
            Phase::Conflict { .. } => Self::Conflict,
            Phase::Stuck { .. } => Self::Stuck,
            Phase::Shifted => Self::Shifted,
            Phase::Finished(Outcome::Done) => Self::Done,
            Phase::Finished(Outcome::RolledBack) => Self::RolledBack,
            Phase::Finished(Outcome::Elsewhere) => Self::EndedElsewhere,
            Phase::JournalUnavailable { .. } => Self::JournalUnavailable,
            Phase::LeaseLost => Self::LeaseLost,
        }
    }
}

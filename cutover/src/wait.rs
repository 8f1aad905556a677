//! The wait for an approval: since which entry a run waits without a break.

use caravan_cutover_engine::{Phase, Shown, State, Task};

/// An unbroken wait for one approval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ApprovalWait {
    awaits: Awaits,
    since: u64,
}

/// What waits to be approved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Awaits {
    /// A stage of a step.
    Stage { step: usize, stage: usize },
    /// That the run is finalised, which comes after so many steps.
    Finalising { steps: usize },
}

impl ApprovalWait {
    /// The wait in which a run is after its entry of this sequence led to a state; none when it waits for no approval.
    /// `before` is the wait after the entry before.
    pub(crate) fn after(before: Option<Self>, state: &State, sequence: u64) -> Option<Self> {
        let awaits = match state.phase {
            Phase::AwaitingApproval { task: Task::Enter { step, stage } } => Awaits::Stage { step, stage },
            Phase::Shifted => Awaits::Finalising { steps: state.steps.len() },
            _ => return None,
        };
        Some(before.filter(|wait| wait.awaits == awaits).unwrap_or(Self { awaits, since: sequence }))
    }

    /// Whether what somebody was shown is of this wait: the run has not left it since.
    pub(crate) fn is_of(self, shown: Shown) -> bool {
        self.shown(shown.entry) == shown && shown.entry >= self.since
    }

    /// Whether it is the wait for a stage.
    pub(crate) const fn is_of_stage(self) -> bool {
        matches!(self.awaits, Awaits::Stage { .. })
    }

    /// What waits, as it stood after an entry.
    pub(crate) const fn shown(self, entry: u64) -> Shown {
        match self.awaits {
            Awaits::Stage { step, stage } => Shown { step, stage, entry },
            Awaits::Finalising { steps } => Shown { step: steps, stage: 0, entry },
        }
    }
}

//! The wait for an approval: since which entry a run waits without a break.

use caravan_cutover_engine::{Phase, Shown, State, Task};

/// An unbroken wait for one approval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ApprovalWait {
    task: Task,
    since: u64,
}

impl ApprovalWait {
    /// The wait in which a run is after its entry of this sequence led to a state; none when it waits for no approval.
    /// `before` is the wait after the entry before.
    pub(crate) fn after(before: Option<Self>, state: &State, sequence: u64) -> Option<Self> {
        let Phase::AwaitingApproval { task } = state.phase else { return None };
        Some(before.filter(|wait| wait.task == task).unwrap_or(Self { task, since: sequence }))
    }

    /// Whether what somebody was shown is of this wait: the run has not left it since.
    pub(crate) fn is_of(self, shown: Shown) -> bool {
        self.task == Task::Enter { step: shown.step, stage: shown.stage } && shown.entry >= self.since
    }

    /// The stage that waits, as it stood after an entry.
    pub(crate) const fn shown(self, entry: u64) -> Option<Shown> {
        match self.task {
            Task::Enter { step, stage } => Some(Shown { step, stage, entry }),
            _ => None,
        }
    }
}

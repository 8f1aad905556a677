//! What a run does next.

use crate::{Direction, State};
use caravan_plans::{Change, Shift, WavePlan};
use caravan_providers::Write;
use caravan_providers::target::{FencingToken, Guarantee};
use serde::{Deserialize, Serialize};

/// One thing to do, on one shift.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Enter a stage.
    Enter {
        /// The shift.
        shift: usize,
        /// The stage.
        stage: usize,
    },
    /// Bake the stage that was entered.
    Bake {
        /// The shift.
        shift: usize,
    },
    /// Put the original back.
    Undo {
        /// The shift.
        shift: usize,
    },
    /// Swap the fencing token of an earlier epoch for ours, and nothing else (K8).
    Claim {
        /// The shift.
        shift: usize,
    },
    /// Take our fencing token away and leave what stands.
    Release {
        /// The shift.
        shift: usize,
    },
}

impl Task {
    /// The shift that it works on.
    #[must_use]
    pub const fn shift(self) -> usize {
        match self {
            Self::Enter { shift, .. }
            | Self::Bake { shift }
            | Self::Undo { shift }
            | Self::Claim { shift }
            | Self::Release { shift } => shift,
        }
    }
}

/// The next task; none when the run has come to the end of the way it is going.
pub(crate) fn next(plan: &WavePlan, state: &State) -> Option<Task> {
    claim(plan, state).or_else(|| match state.direction {
        Direction::Forward => forward(plan, state),
        Direction::Back => back(state),
        Direction::Release => release(state),
    })
}

fn claim(plan: &WavePlan, state: &State) -> Option<Task> {
    let stale = |shift: &usize| {
        let theirs = &state.shifts[*shift];
        !theirs.released_to_others && theirs.token.as_ref().is_some_and(|token| token.epoch != state.epoch)
    };
    (0..plan.shifts.len()).find(stale).map(|shift| Task::Claim { shift })
}

fn forward(plan: &WavePlan, state: &State) -> Option<Task> {
    plan.shifts.iter().enumerate().find_map(|(shift, planned)| {
        let reached = &state.shifts[shift];
        match reached.stage {
            _ if reached.released_to_others => None,
            Some(_) if !reached.baked => Some(Task::Bake { shift }),
            Some(stage) if stage + 1 < planned.stages.len() => Some(Task::Enter { shift, stage: stage + 1 }),
            Some(_) => None,
            None => Some(Task::Enter { shift, stage: 0 }),
        }
    })
}

fn back(state: &State) -> Option<Task> {
    let entered = |shift: &usize| !state.shifts[*shift].released_to_others && state.shifts[*shift].stage.is_some();
    (0..state.shifts.len()).rev().find(entered).map(|shift| Task::Undo { shift })
}

fn release(state: &State) -> Option<Task> {
    let marked = |shift: &usize| !state.shifts[*shift].released_to_others && state.shifts[*shift].token.is_some();
    (0..state.shifts.len()).rev().find(marked).map(|shift| Task::Release { shift })
}

/// The change that a task makes; none for a bake.
pub(crate) fn change(plan: &WavePlan, state: &State, task: Task) -> Option<Change> {
    let shift = plan.shifts.get(task.shift())?;
    match task {
        Task::Enter { stage, .. } => shift.enter(stage),
        Task::Bake { .. } => None,
        Task::Undo { .. } => shift.rollback(state.shifts[task.shift()].stage?),
        Task::Claim { .. } | Task::Release { .. } => {
            let stands = standing(shift, state.shifts[task.shift()].stage)?;
            Some(Change { target: shift.target.clone(), before: stands.clone(), after: stands })
        }
    }
}

fn standing(shift: &Shift, stage: Option<usize>) -> Option<caravan_providers::target::Snapshot> {
    Some(match stage {
        Some(stage) => shift.stages.get(stage)?.snapshot.clone(),
        None => shift.original.clone(),
    })
}

/// The write that makes a task's change: a total function of the change and the state's fencing tokens.
pub(crate) fn write(plan: &WavePlan, state: &State, task: Task) -> Option<Write> {
    let shift = plan.shifts.get(task.shift())?;
    let change = change(plan, state, task)?;
    let removes = matches!(task, Task::Undo { .. } | Task::Release { .. });
    let token_after = (shift.target.guarantee() == Guarantee::Atomic && !removes).then(|| FencingToken {
        run: state.run.clone(),
        epoch: state.epoch,
        sequence: state.sequence + 1,
    });
    Some(Write {
        target: change.target,
        before: change.before,
        after: change.after,
        token_before: state.shifts[task.shift()].token.clone(),
        token_after,
        in_flight: shift.in_flight,
    })
}

//! The wait for a person: since which entry a run waits without a break, and with what.

use caravan_cutover_engine::{Moment, Phase, Shown, State, Task, adoptable, is_going_back};
use caravan_plans::WavePlan;

/// An unbroken wait for one word of a person: an approval, or a word about what stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PersonWait {
    awaits: Awaits,
    since: u64,
}

/// What waits for the word.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Awaits {
    /// A stage of a step.
    Stage { step: usize, stage: usize },
    /// That the run is finalised, which comes after so many steps, or is released.
    End { steps: usize },
    /// A run that stopped, as it stood then: what is said of this conflict is not said of another one.
    Stopped { step: usize, stood: Box<Phase> },
    /// A run that repeats on its way back since a moment, and its steps.
    Repeating { step: usize, since: Moment },
}

impl PersonWait {
    /// The wait in which a run is after its entry of this sequence led to a state; none when it waits for no word.
    /// `before` is the wait after the entry before.
    pub(crate) fn after(before: Option<Self>, plan: &WavePlan, state: &State, sequence: u64) -> Option<Self> {
        let step = || adoptable(plan, state).unwrap_or(state.steps.len());
        let awaits = match (&state.phase, &state.trouble) {
            (Phase::AwaitingApproval { task: Task::Enter { step, stage } }, _) => {
                Awaits::Stage { step: *step, stage: *stage }
            }
            (Phase::Shifted, _) => Awaits::End { steps: state.steps.len() },
            (Phase::Paused | Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. }, _) => {
                Awaits::Stopped { step: step(), stood: Box::new(state.phase.clone()) }
            }
            (_, Some(trouble)) if is_going_back(state) => Awaits::Repeating { step: step(), since: trouble.since },
            _ => return None,
        };
        let since = before.filter(|wait| wait.awaits.is_same(&awaits)).map_or(sequence, |wait| wait.since);
        Some(Self { awaits, since })
    }

    /// Whether what somebody was shown is of this wait: the run has not left it since.
    pub(crate) fn is_of(&self, shown: Shown) -> bool {
        // Which of the steps that get no further is meant, the engine holds against where they stand.
        let is_meant = matches!(self.awaits, Awaits::Repeating { .. }) || self.shown(shown.entry) == shown;
        is_meant && shown.entry >= self.since
    }

    /// Whether it is the wait for a stage.
    pub(crate) const fn is_of_stage(&self) -> bool {
        matches!(self.awaits, Awaits::Stage { .. })
    }

    /// Whether it is the wait of a run that has come to its end.
    pub(crate) const fn is_of_end(&self) -> bool {
        matches!(self.awaits, Awaits::End { .. })
    }

    /// What waits, as it stood after an entry.
    pub(crate) const fn shown(&self, entry: u64) -> Shown {
        match self.awaits {
            Awaits::Stage { step, stage } => Shown { step, stage, entry },
            Awaits::End { steps: step } | Awaits::Stopped { step, .. } | Awaits::Repeating { step, .. } => {
                Shown { step, stage: 0, entry }
            }
        }
    }
}

impl Awaits {
    /// Whether it is still the same wait. A run that repeats turns from one step to another.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Repeating { since, .. }, Self::Repeating { since: others, .. }) => since == others,
            _ => self == other,
        }
    }
}

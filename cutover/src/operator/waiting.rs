//! What a run waits for.

use super::conflict::ConflictStatus;
use caravan_cutover_engine::{Hold, Phase, State, Task, is_to_be_finalised};
use caravan_inventory::WorkloadId;
use caravan_plans::Sealed;
use serde::{Serialize, Serializer};
use std::fmt;

/// What a run waits for. Displayed it says so to a person, with the commands that help; JSON has the same text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WaitingFor {
    /// Nobody has driven it yet.
    Driver,
    /// A stage wants a person's approval.
    Approval {
        /// The step's name, as it is given back to approve it.
        step: String,
    },
    /// A person paused it.
    Resume,
    /// It holds: a person must look.
    Held(Hold),
    /// Somebody else changed a target.
    Conflict {
        /// The workload whose target it is.
        workload: WorkloadId,
        /// What stood, was planned and is there.
        conflict: Box<ConflictStatus>,
    },
    /// The rollback can't go on.
    Stuck {
        /// Whose target can't be taken back.
        workload: WorkloadId,
        /// The reason, for a person.
        reason: String,
    },
    /// Everything is on the new side: it is finalised after its soak, or a person ends the run or takes it back.
    Finalise,
    /// Everything is where it is meant to be, and nothing is to be finalised: a person ends the run or takes it back.
    Release,
    /// One person has approved that it is finalised, and another must.
    SecondApproval {
        /// Who has.
        by: String,
    },
    /// The journal takes no entry.
    Room {
        /// The journal's own words.
        reason: String,
    },
}

impl WaitingFor {
    /// What a state waits for; none when it goes on by itself or is over.
    pub(super) fn of(plan: &Sealed, state: &State) -> Option<Self> {
        let workload = |task: &Task| plan.plan().steps[task.step()].workload().clone();
        Some(match &state.phase {
            Phase::Planned => Self::Driver,
            Phase::AwaitingApproval { task: Task::Enter { step, stage } } => {
                Self::Approval { step: plan.plan().step_name(*step, *stage).unwrap_or_default() }
            }
            Phase::Paused => Self::Resume,
            Phase::Held { reason, .. } => Self::Held(reason.clone()),
            Phase::Conflict { task, .. } => {
                Self::Conflict { workload: workload(task), conflict: Box::new(ConflictStatus::of(plan, state)?) }
            }
            Phase::Stuck { task, reason } => Self::Stuck { workload: workload(task), reason: reason.clone() },
            Phase::Shifted => match state.finalise_approved_by.first() {
                Some(by) => Self::SecondApproval { by: by.clone() },
                None if has_final_form(plan, state) => Self::Finalise,
                None => Self::Release,
            },
            Phase::JournalUnavailable { reason } => Self::Room { reason: reason.clone() },
            _ => return None,
        })
    }
}

impl fmt::Display for WaitingFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Driver => f.write_str("a driver"),
            Self::Approval { step } => write!(f, "approval of `{step}`"),
            Self::Resume => f.write_str("a person, who lets it go on: it is paused"),
            Self::Held(reason) => write_hold(f, reason),
            Self::Conflict { workload, conflict } => {
                write!(f, "a person: somebody else changed the target of {workload}; {}", conflict.brief())
            }
            Self::Stuck { workload, reason } => write!(
                f,
                "a person: {workload} can't be taken back ({reason}); finish it by the script of the manual rollback"
            ),
            Self::Release => f.write_str("a person, who ends the run or takes it back"),
            Self::Finalise => {
                f.write_str("its soak and two persons, who finalise it, or one who ends the run or takes it back")
            }
            Self::SecondApproval { by } => write!(f, "another person, who approves as {by} did that it is finalised"),
            Self::Room { reason } => write!(f, "room: the journal takes no entry ({reason})"),
        }
    }
}

/// Whether finalising would change anything.
fn has_final_form(plan: &Sealed, state: &State) -> bool {
    let mut steps = plan.plan().steps.iter().zip(&state.steps);
    steps.any(|(planned, reached)| is_to_be_finalised(planned, reached))
}

/// Why a run holds, for a person.
pub(super) fn why_held(reason: &Hold) -> String {
    match reason {
        Hold::Inconclusive(text) => format!("nobody can tell where it stands, or how healthy it is ({text})"),
        Hold::NewSideUnhealthy(text) => format!("the new side is unhealthy ({text})"),
        Hold::OldSideUnhealthy(text) => format!("the old side is unhealthy ({text})"),
        Hold::StillAtWork(text) => format!("an owner that was stopped goes on working ({text})"),
        Hold::ControllersActive(controllers) => {
            let names: Vec<String> = controllers.iter().map(ToString::to_string).collect();
            format!("somebody else writes to the target: {}", names.join(", "))
        }
        Hold::Refused(text) => format!("the provider refused ({text})"),
        Hold::OlderJournal { text, .. } => format!("this journal is older than what was written ({text})"),
        Hold::Adopted => "a target was left to others".to_owned(),
    }
}

fn write_hold(f: &mut fmt::Formatter<'_>, reason: &Hold) -> fmt::Result {
    match reason {
        Hold::ControllersActive(controllers) => {
            let controllers: Vec<String> =
                controllers.iter().map(|controller| format!("{controller}: {}", controller.how_to_pause())).collect();
            write!(
                f,
                "a person: somebody else writes to the target: {}; then it is tried again, or where their mark stays, they \
                 are named under `paused_controllers` and the wave is sealed anew",
                controllers.join("; ")
            )
        }
        Hold::NewSideUnhealthy(_) => write!(f, "a person: {}; no traffic is on it", why_held(reason)),
        Hold::OlderJournal { .. } => write!(
            f,
            "a person: {}; put the newer journal back, or roll back: what bears the mark of this run is put back",
            why_held(reason)
        ),
        Hold::Refused(_) => write!(f, "a person: {}; nothing was changed", why_held(reason)),
        Hold::Adopted => write!(f, "a person: {}, and the run can go on without it", why_held(reason)),
        Hold::Inconclusive(_) | Hold::OldSideUnhealthy(_) | Hold::StillAtWork(_) => {
            write!(f, "a person: {}", why_held(reason))
        }
    }
}

/// The text for people.
impl Serialize for WaitingFor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

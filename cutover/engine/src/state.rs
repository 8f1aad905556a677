//! The state of a run: its phase, its direction, and how far each step is.

use crate::{
    Deferred, Direction, Event, Hold, Moment, NextLook, Outcome, Pending, SentBatch, StepState, Task, TaskWrite,
    Together, Trouble,
};
use caravan_plans::WavePlan;
use caravan_providers::target::{FencingToken, Snapshot};
use caravan_providers::{CallError, Write};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where a run stands. Everything in it follows from the plan and the journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct State {
    /// The run's name; holds no slash.
    pub run: String,
    /// The epoch of the lease under which it is driven.
    pub epoch: u64,
    /// The revision of the engine that drives it.
    #[serde(default)]
    pub revision: u32,
    /// The sequence of the last fencing token that was intended.
    pub sequence: u64,
    /// Its direction.
    pub direction: Direction,
    /// What a person wants as soon as the write in flight is settled.
    pub deferred: Deferred,
    /// Each step, as the plan has them.
    pub steps: Vec<StepState>,
    /// The stages that were approved, as (step, stage).
    pub approved: BTreeSet<(usize, usize)>,
    /// Whether a person ended it before everything was on the new side.
    #[serde(default)]
    pub cut_short: bool,
    /// Since when everything has stood on the new side, baked: it soaks from then on. None before that, and once anything goes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soaks_since: Option<Moment>,
    /// For how many milliseconds it has soaked: watched, with evidence, by drivers that came and went.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub soaked_ms: u64,
    /// Who has approved that it is finalised. With enough persons it begins.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub finalise_approved_by: BTreeSet<String>,
    /// Whether a person sends traffic back to an old side whose probes do not pass.
    #[serde(default)]
    pub despite_probes: bool,
    /// Why it gets no further for now, while it repeats a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// The writes of the way back that were accepted and seen to stand, and are on their way to everywhere: the next original is
    /// put back meanwhile, and they are waited for together at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsettled: Vec<Unsettled>,
    /// Batches of the way back that were sent: read back once all of them are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentBatch>,
    /// The most originals that go back as one, since a larger batch was refused with nothing to be seen that could be why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_batch: Option<usize>,
    /// While it waits for a person on its way back: when it looks by itself whether what somebody else changed still stands. None
    /// where nothing of the kind is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_look: Option<NextLook>,
    /// How often in a row a write of the way back was refused, or an owner was not proved to be as it should: it is tried again, ever
    /// more rarely.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refusals: u32,
    /// What tells that the journal is older than what was written; none while nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older_journal: Option<String>,
    /// The moment of the last entry that this driver made by its own clock: it has waited until then.
    #[serde(default)]
    pub as_of: Moment,
    /// What it is doing.
    pub phase: Phase,
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// Writes that were accepted as one, or one alone, and are on their way to everywhere.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unsettled {
    /// What was put back.
    pub writes: Vec<TaskWrite>,
    /// With what to ask.
    pub ticket: String,
}

/// What a run is doing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nobody has started it.
    Planned,
    /// An event goes into the journal; only then does anything follow from it.
    Recording {
        /// The event.
        event: Box<Event>,
        /// The state that follows from it.
        then: Box<State>,
    },
    /// Asks who else writes to a target, before the first change of its step.
    FindingControllers {
        /// The task that it belongs to.
        task: Task,
        /// The target's place in the task's step.
        place: usize,
        /// Questions that brought nothing so far.
        tries: u32,
        /// Not before this moment.
        not_before: Option<Moment>,
    },
    /// Observes the target.
    Observing {
        /// The task that it belongs to.
        task: Task,
        /// Observations that brought nothing so far.
        tries: u32,
        /// Not before this moment.
        not_before: Option<Moment>,
    },
    /// Asks both sides how they are.
    Guarding {
        /// The task that it belongs to.
        task: Task,
        /// How many probes have passed.
        passed: usize,
        /// How often the write was made before.
        tries: u32,
        /// Not before this moment.
        #[serde(default)]
        not_before: Option<Moment>,
    },
    /// Waits for a person's approval.
    AwaitingApproval {
        /// The task whose sides are asked.
        task: Task,
    },
    /// The write is intended; the lease is checked once more.
    CheckingLease {
        /// The task that it belongs to.
        task: Task,
        /// The write.
        write: Box<Write>,
        /// How often it was made before.
        tries: u32,
    },
    /// The write is being made.
    Applying {
        /// The task that it belongs to.
        task: Task,
        /// The write.
        write: Box<Write>,
        /// How often it was made before.
        tries: u32,
    },
    /// The write was accepted and is on its way to everywhere.
    Settling {
        /// The task that it belongs to.
        task: Task,
        /// The write.
        write: Box<Write>,
        /// With what to ask.
        ticket: String,
        /// Not before this moment.
        not_before: Moment,
    },
    /// Everything is back, and the writes of the way back are on their way to everywhere.
    SettlingAll {
        /// Not before this moment.
        not_before: Option<Moment>,
    },
    /// Originals that share a batch go back.
    Together(Together),
    /// Nobody can tell whether the write took effect; once nothing can be in flight any more, the target is observed.
    InDoubt {
        /// The task that it belongs to.
        task: Task,
        /// The write.
        write: Box<Write>,
        /// Not before this moment.
        until: Moment,
        /// The error that left it open.
        error: CallError,
        /// How often it was made before.
        tries: u32,
    },
    /// Observes the target to tell what became of the write.
    Resolving {
        /// The task that it belongs to.
        task: Task,
        /// The write.
        write: Box<Write>,
        /// The error that left it open.
        error: CallError,
        /// How often it was made before.
        tries: u32,
    },
    /// Observes the target to see that the write did what it should.
    Verifying {
        /// The task that it belongs to.
        task: Task,
        /// The write.
        write: Box<Write>,
        /// Observations that brought nothing so far.
        tries: u32,
        /// Not before this moment.
        not_before: Option<Moment>,
    },
    /// The stage bakes.
    Baking {
        /// The task of the stage or switch.
        task: Task,
        /// Since when its probes have passed without a gap.
        since: Option<Moment>,
        /// Rounds that passed.
        rounds: u32,
        /// Probes of this round that passed.
        passed: usize,
        /// The next round begins then.
        not_before: Option<Moment>,
        /// Rounds in which the new side brought nothing and the old side passed; forgotten after as many that passed in a row
        /// as the gate asks for.
        #[serde(default)]
        unknown: u32,
        /// Rounds in a row in which neither side could be told to be well.
        #[serde(default)]
        blind: u32,
        /// The place of the old side's probe that is asked, after the new side brought nothing.
        #[serde(default)]
        old: Option<usize>,
    },
    /// Asks an owner whether it has stopped, or is at work.
    Proving {
        /// The task of the stage or switch.
        task: Task,
        /// Since when it is asked.
        since: Option<Moment>,
        /// Answers in a row that said so.
        rounds: u32,
        /// Not before this moment.
        not_before: Option<Moment>,
    },
    /// A person wanted no further step.
    Paused,
    /// It waits for a person, and the world is as it was.
    Held {
        /// The reason why it holds.
        reason: Hold,
        /// The write whose outcome is not known yet: looked for first when it goes on.
        pending: Option<Pending>,
    },
    /// Somebody else changed the target: nothing was overwritten, and a person must decide.
    Conflict {
        /// What was to be done.
        task: Task,
        /// What should have been there.
        expected: Box<Snapshot>,
        /// What the plan wants there.
        planned: Box<Snapshot>,
        /// The snapshot that stands there now.
        live: Box<Snapshot>,
        /// Whose fencing token is there.
        token: Option<FencingToken>,
        /// The write after which this was found, if there was one: it may have taken effect before the change.
        pending: Option<Pending>,
    },
    /// The rollback can't go on: a person must finish it by hand.
    Stuck {
        /// What was to be done.
        task: Task,
        /// Why it could not.
        reason: String,
    },
    /// Everything is on the new side, baked, and soaks; it waits for persons to finalise it, or for one to release it or take it
    /// back.
    Shifted,
    /// It is over.
    Finished(Outcome),
    /// The journal took no entry: nothing follows until a driver starts anew.
    JournalUnavailable {
        /// The reason, for a person.
        reason: String,
    },
    /// Another driver holds the lease: this one does nothing more.
    LeaseLost,
}

impl State {
    /// A run that nobody has started.
    #[must_use]
    pub fn planned(run: impl Into<String>, plan: &WavePlan) -> Self {
        Self {
            run: run.into(),
            epoch: 0,
            revision: 0,
            sequence: 0,
            direction: Direction::Forward,
            deferred: Deferred::None,
            steps: plan.steps.iter().map(|step| StepState::untouched(step.places())).collect(),
            approved: BTreeSet::new(),
            cut_short: false,
            soaks_since: None,
            soaked_ms: 0,
            finalise_approved_by: BTreeSet::new(),
            despite_probes: false,
            trouble: None,
            unsettled: Vec::new(),
            sent: Vec::new(),
            largest_batch: None,
            next_look: None,
            refusals: 0,
            older_journal: None,
            as_of: Moment(0),
            phase: Phase::Planned,
        }
    }

    /// The look that a run which waits for a person makes by itself; none where it makes none.
    pub(crate) const fn look(&self) -> Option<NextLook> {
        match self.phase {
            Phase::Held { reason: Hold::Adopted, .. } => None,
            Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. } => self.next_look,
            _ => None,
        }
    }

    /// Whether nothing happens before a moment has come, unless a person commands something.
    #[must_use]
    pub const fn waits_for_time(&self) -> bool {
        match self.look() {
            Some(look) => look.at.0 > 0,
            None => self.phase.waits_for_time(),
        }
    }

    /// Whether nothing will happen any more unless somebody starts it anew.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Finished(_))
    }

    /// Whether the way back is over: the first write that finalises a target was made, or may have been.
    #[must_use]
    pub fn is_one_way(&self) -> bool {
        let in_doubt = match &self.phase {
            Phase::Recording { then, .. } => return then.is_one_way(),
            // It is withdrawn where a person's command comes before it is made.
            Phase::CheckingLease { .. } => None,
            Phase::Held { pending, .. } | Phase::Conflict { pending, .. } => {
                pending.as_ref().map(|pending| pending.task)
            }
            phase => phase.in_flight().map(|(task, _)| task),
        };
        matches!(in_doubt, Some(Task::Finalise { .. })) || self.steps.iter().any(|step| step.finalised)
    }

    /// Whether a step's original was sent with others and is not read back yet.
    pub(crate) fn is_sent(&self, step: usize) -> bool {
        self.sent.iter().any(|sent| sent.has(step))
    }

    /// Whether it waits for a person.
    #[must_use]
    pub const fn waits_for_person(&self) -> bool {
        matches!(
            self.phase,
            Phase::Planned
                | Phase::AwaitingApproval { .. }
                | Phase::Paused
                | Phase::Held { .. }
                | Phase::Conflict { .. }
                | Phase::Stuck { .. }
                | Phase::Shifted
        )
    }
}

impl Phase {
    /// Its name, for people and errors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Recording { .. } => "recording",
            Self::FindingControllers { .. } => "finding-controllers",
            Self::Observing { .. } => "observing",
            Self::Guarding { .. } => "guarding",
            Self::AwaitingApproval { .. } => "awaiting-approval",
            Self::CheckingLease { .. } => "checking-lease",
            Self::Applying { .. } => "applying",
            Self::Settling { .. } | Self::SettlingAll { .. } => "settling",
            Self::Together(together) => together.name(),
            Self::InDoubt { .. } => "in-doubt",
            Self::Resolving { .. } => "resolving",
            Self::Verifying { .. } => "verifying",
            Self::Baking { .. } => "baking",
            Self::Proving { .. } => "proving",
            Self::Paused => "paused",
            Self::Held { .. } => "held",
            Self::Conflict { .. } => "conflict",
            Self::Stuck { .. } => "stuck",
            Self::Shifted => "shifted",
            Self::Finished(_) => "finished",
            Phase::JournalUnavailable { .. } => "journal-unavailable",
            Self::LeaseLost => "lease-lost",
        }
    }

    /// The write that is on its way, with what it is for; of several the first.
    #[must_use]
    pub const fn in_flight(&self) -> Option<(Task, &Write)> {
        match self {
            Self::CheckingLease { task, write, .. }
            | Self::Applying { task, write, .. }
            | Self::Settling { task, write, .. }
            | Self::InDoubt { task, write, .. }
            | Self::Resolving { task, write, .. }
            | Self::Verifying { task, write, .. } => Some((*task, write)),
            Self::Together(together) => together.in_flight(),
            _ => None,
        }
    }

    /// What it is doing, if it is doing something, of several the first; while an event is recorded, what follows from it.
    #[must_use]
    pub fn task(&self) -> Option<Task> {
        match self {
            Self::Recording { then, .. } => then.phase.task(),
            Self::FindingControllers { task, .. }
            | Self::Observing { task, .. }
            | Self::Guarding { task, .. }
            | Self::AwaitingApproval { task }
            | Self::Baking { task, .. }
            | Self::Proving { task, .. }
            | Self::Conflict { task, .. }
            | Self::Stuck { task, .. } => Some(*task),
            Self::Together(together) => together.writes().first().map(|one| one.task),
            Self::Held { pending, .. } => pending.as_ref().map(|pending| pending.task),
            _ => self.in_flight().map(|(task, _)| task),
        }
    }

    /// The same, begun only at a moment.
    pub(crate) fn later(mut self, moment: Moment) -> Self {
        match &mut self {
            Self::FindingControllers { not_before, .. }
            | Self::Observing { not_before, .. }
            | Self::Guarding { not_before, .. }
            | Self::Verifying { not_before, .. }
            | Self::Baking { not_before, .. }
            | Self::SettlingAll { not_before }
            | Self::Proving { not_before, .. }
            | Self::Together(Together::Guarding { not_before, .. } | Together::ReadingBack { not_before, .. }) => {
                *not_before = Some(not_before.map_or(moment, |before| before.max(moment)));
            }
            Self::InDoubt { until, .. } => *until = moment.max(*until),
            _ => {}
        }
        self
    }

    /// Until when a write in it may still land that nobody knows the outcome of; none where it does not wait for that.
    pub(crate) const fn may_land_until(&self) -> Option<Moment> {
        match self {
            Self::InDoubt { until, .. } => Some(*until),
            Self::Together(Together::ReadingBack { sent: SentBatch { answer: Err(_), .. }, not_before, .. }) => {
                *not_before
            }
            _ => None,
        }
    }

    /// The same once the moment that it waited for has come.
    pub(crate) fn woken(self) -> Self {
        match self {
            Self::InDoubt { task, write, error, tries, .. } => Self::Resolving { task, write, error, tries },
            Self::Settling { task, write, ticket, .. } => Self::Settling { task, write, ticket, not_before: Moment(0) },
            Self::FindingControllers { task, place, tries, .. } => {
                Self::FindingControllers { task, place, tries, not_before: None }
            }
            Self::SettlingAll { .. } => Self::SettlingAll { not_before: None },
            Self::Together(together) => Self::Together(together.woken()),
            Self::Observing { task, tries, .. } => Self::Observing { task, tries, not_before: None },
            Self::Guarding { task, passed, tries, .. } => Self::Guarding { task, passed, tries, not_before: None },
            Self::Verifying { task, write, tries, .. } => Self::Verifying { task, write, tries, not_before: None },
            Self::Baking { task, since, rounds, passed, unknown, blind, old, .. } => {
                Self::Baking { task, since, rounds, passed, not_before: None, unknown, blind, old }
            }
            Self::Proving { task, since, rounds, .. } => Self::Proving { task, since, rounds, not_before: None },
            other => other,
        }
    }

    /// Whether nothing happens before a moment has come.
    #[must_use]
    pub const fn waits_for_time(&self) -> bool {
        match self {
            Self::FindingControllers { not_before, .. }
            | Self::Observing { not_before, .. }
            | Self::Guarding { not_before, .. }
            | Self::Verifying { not_before, .. }
            | Self::Baking { not_before, .. }
            | Self::SettlingAll { not_before }
            | Self::Proving { not_before, .. } => not_before.is_some(),
            Self::Settling { not_before, .. } => not_before.0 > 0,
            Self::Together(together) => together.waits_for_time(),
            Self::InDoubt { .. } => true,
            _ => false,
        }
    }
}

//! Looking at the target and asking both sides, before a write is intended.

use super::write::is_after;
use super::{Illegal, Rules, recording};
use crate::effect::guard_probes;
use crate::{Event, Going, Hold, Moment, Pending, Phase, Sabotage, State, Task, task};
use caravan_inventory::target::{Image, Marker};
use caravan_providers::{CallError, Reply, Verdict, Write};

/// Looks that may bring nothing before a person is asked.
pub(super) const LOOKS: u32 = 5;
/// Milliseconds between two looks.
pub(super) const BETWEEN_LOOKS_MS: u64 = 1000;

impl Rules<'_> {
    /// The target was looked at before anything is done to it.
    pub(super) fn observed(self, state: State, reply: &Result<Reply, CallError>, at: Moment) -> Result<State, Illegal> {
        let Phase::Observing { task, tries, .. } = state.phase else {
            return Err(Illegal::Unexpected { phase: state.phase.name(), event: "reply" });
        };
        let (image, marker) = match reply {
            Ok(Reply::Observed { image, marker }) => (image, marker),
            Err(CallError::NotSent(_) | CallError::Throttled(_) | CallError::InDoubt(_)) if tries + 1 < LOOKS => {
                let not_before = Some(at.plus_ms(BETWEEN_LOOKS_MS << tries));
                return Ok(State { phase: Phase::Observing { task, tries: tries + 1, not_before }, ..state });
            }
            other => return Ok(hold(state, Hold::Inconclusive(nothing_to_judge(other)))),
        };
        let Some(write) = task::write(self.plan, &state, task) else {
            return Err(Illegal::Unexpected { phase: "observing", event: "reply" });
        };
        if *image == write.before && *marker == write.marker_before {
            return Ok(self.guard(state, task, 0));
        }
        // Somebody took it back by hand, our marker with it: nothing is left to undo.
        let undo = Task::Undo { shift: task.shift() };
        let undone =
            || task::write(self.plan, &state, undo).is_some_and(|undo| is_after(&undo, image, marker.as_ref()));
        if state.going == Going::Back && matches!(task, Task::Undo { .. } | Task::Claim { .. }) && undone() {
            return Ok(self.complete(state, undo, None));
        }
        let found = foreign(state.clone(), task, &write, image, marker.as_ref(), None);
        let overwrites = self.sabotage == Sabotage::OverwriteOnConflict && matches!(task, Task::Enter { .. });
        if overwrites && found.phase != Phase::Fenced {
            let write = Write { before: image.clone(), marker_before: marker.clone(), ..write };
            return Ok(self.intend_this(state, task, write, 0));
        }
        Ok(found)
    }

    /// Asks both sides before a write, also before one that is made again: time has passed since.
    pub(super) fn guard(self, state: State, task: Task, tries: u32) -> State {
        match guard_probes(&self.plan.shifts[task.shift()], task).next() {
            Some(_) => State { phase: Phase::Guarding { task, passed: 0, tries }, ..state },
            None => self.proceed(state, task, tries),
        }
    }

    /// One side has answered.
    pub(super) fn guarded(self, state: State, reply: &Result<Reply, CallError>) -> Result<State, Illegal> {
        let Phase::Guarding { task, passed, tries } = state.phase else {
            return Err(Illegal::Unexpected { phase: state.phase.name(), event: "reply" });
        };
        let shift = &self.plan.shifts[task.shift()];
        let of_new_side = matches!(task, Task::Enter { .. }) && passed < shift.new.len();
        Ok(match self.verdict(&state, reply) {
            Verdict::Pass => self.passed(state, task, passed + 1, tries),
            Verdict::Fail { reason } if of_new_side => self.new_side_failed(state, reason),
            Verdict::Fail { .. } if self.sabotage == Sabotage::RollBackOntoUnhealthy => {
                self.passed(state, task, passed + 1, tries)
            }
            Verdict::Fail { reason } => hold(state, Hold::OldSideUnwell(reason)),
            Verdict::Inconclusive { reason } => hold(state, Hold::Inconclusive(reason)),
        })
    }

    fn passed(self, state: State, task: Task, passed: usize, tries: u32) -> State {
        if passed < guard_probes(&self.plan.shifts[task.shift()], task).count() {
            State { phase: Phase::Guarding { task, passed, tries }, ..state }
        } else {
            self.proceed(state, task, tries)
        }
    }

    /// With traffic on the new side it is taken back; without, nothing has happened and a person looks.
    pub(super) fn new_side_failed(self, mut state: State, reason: String) -> State {
        if state.shifts.iter().any(|shift| shift.stage.is_some() && !shift.left) {
            state.going = Going::Back;
            self.begin(state)
        } else {
            hold(state, Hold::NewSideUnwell(reason))
        }
    }

    /// What a probe says, where an error says nothing (K6).
    pub(super) fn verdict(self, state: &State, reply: &Result<Reply, CallError>) -> Verdict {
        let verdict = match reply {
            Ok(Reply::Probed(verdict)) => verdict.clone(),
            other => Verdict::Inconclusive { reason: nothing_to_judge(other) },
        };
        match verdict {
            Verdict::Inconclusive { .. }
                if self.sabotage == Sabotage::PromoteOnUnknown && state.going == Going::Forward =>
            {
                Verdict::Pass
            }
            verdict => verdict,
        }
    }

    fn proceed(self, state: State, task: Task, tries: u32) -> State {
        if let Task::Enter { shift, stage } = task {
            let wanted = self.plan.shifts[shift].stages.get(stage).is_some_and(|stage| stage.approval);
            if wanted && !state.approved.contains(&(shift, stage)) {
                return State { phase: Phase::AwaitingApproval { task }, ..state };
            }
        }
        self.intend(state, task, tries)
    }

    /// Journals the intent of a task's write; the write follows when it is recorded (K1).
    fn intend(self, state: State, task: Task, tries: u32) -> State {
        match task::write(self.plan, &state, task) {
            Some(write) => self.intend_this(state, task, write, tries),
            None => self.begin(state),
        }
    }

    fn intend_this(self, state: State, task: Task, write: Write, tries: u32) -> State {
        let event = Event::Intended { write: Box::new(write.clone()) };
        let fencing = Phase::Fencing { task, write: Box::new(write), tries };
        let then = State { sequence: state.sequence + 1, phase: fencing, ..state.clone() };
        if self.sabotage == Sabotage::SkipIntent { then } else { recording(state, event, then) }
    }
}

/// Somebody else's state stands there: a later driver of this run, or a third party. `pending` is the write after which
/// it was found.
pub(super) fn foreign(
    state: State,
    task: Task,
    write: &Write,
    live: &Image,
    marker: Option<&Marker>,
    pending: Option<Pending>,
) -> State {
    if marker.is_some_and(|marker| marker.run == state.run && marker.epoch > state.epoch) {
        return State { phase: Phase::Fenced, ..state };
    }
    let (expected, planned) = (Box::new(write.before.clone()), Box::new(write.after.clone()));
    let live = Box::new(live.clone());
    State { phase: Phase::Conflict { task, expected, planned, live, marker: marker.cloned(), pending }, ..state }
}

/// Waits for a person; the world is as it was.
pub(super) fn hold(state: State, reason: Hold) -> State {
    State { phase: Phase::Held { reason, pending: None }, ..state }
}

/// Why a reply can't be judged, for a person.
pub(super) fn nothing_to_judge(reply: &Result<Reply, CallError>) -> String {
    match reply {
        Ok(_) => "the answer was of another kind than the question".to_owned(),
        Err(error) => error.to_string(),
    }
}

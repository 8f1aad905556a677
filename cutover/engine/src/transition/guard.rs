//! Looking at the target and asking both sides, before a write is intended.

use super::write::is_after;
use super::{Illegal, Rules, recording};
use crate::effect::guard_probes;
use crate::{Direction, Event, Hold, Moment, Pending, Phase, SeededBug, State, Task, task};
use caravan_providers::target::{FencingToken, Snapshot};
use caravan_providers::{CallError, Reply, Verdict, Write};

/// Looks that may bring nothing before a person is asked.
pub(super) const OBSERVATIONS: u32 = 5;
/// Milliseconds between two observations.
pub(super) const BETWEEN_OBSERVATIONS_MS: u64 = 1000;

impl Rules<'_> {
    /// The target was observed before anything is done to it.
    pub(super) fn observed(self, state: State, reply: &Result<Reply, CallError>, at: Moment) -> Result<State, Illegal> {
        let Phase::Observing { task, tries, .. } = state.phase else {
            return Err(Illegal::Unexpected { phase: state.phase.name(), event: "reply" });
        };
        let (snapshot, token) = match reply {
            Ok(Reply::Observed { snapshot, token }) => (snapshot, token),
            Err(CallError::NotSent(_) | CallError::Throttled(_) | CallError::InDoubt(_))
                if tries + 1 < OBSERVATIONS =>
            {
                let not_before = Some(at.plus_ms(BETWEEN_OBSERVATIONS_MS << tries));
                return Ok(State { phase: Phase::Observing { task, tries: tries + 1, not_before }, ..state });
            }
            other => return Ok(hold(state, Hold::Inconclusive(nothing_to_judge(other)))),
        };
        let Some(write) = task::write(self.plan, &state, task) else {
            return Err(Illegal::Unexpected { phase: "observing", event: "reply" });
        };
        if *snapshot == write.before && *token == write.token_before {
            return Ok(self.guard(state, task, 0));
        }
        // Somebody took it back by hand, our fencing token with it: nothing is left to undo.
        let undo = Task::Undo { shift: task.shift() };
        let undone =
            || task::write(self.plan, &state, undo).is_some_and(|undo| is_after(&undo, snapshot, token.as_ref()));
        if state.direction == Direction::Back && matches!(task, Task::Undo { .. } | Task::Claim { .. }) && undone() {
            return Ok(self.complete(state, undo, None));
        }
        let found = foreign(state.clone(), task, &write, snapshot, token.as_ref(), None);
        let overwrites = self.bug == SeededBug::OverwriteOnConflict && matches!(task, Task::Enter { .. });
        if overwrites && found.phase != Phase::LeaseLost {
            let write = Write { before: snapshot.clone(), token_before: token.clone(), ..write };
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
            Verdict::Fail { .. } if self.bug == SeededBug::RollBackOntoUnhealthy => {
                self.passed(state, task, passed + 1, tries)
            }
            Verdict::Fail { reason } => hold(state, Hold::OldSideUnhealthy(reason)),
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
        if state.shifts.iter().any(|shift| shift.stage.is_some() && !shift.released_to_others) {
            state.direction = Direction::Back;
            self.begin(state)
        } else {
            hold(state, Hold::NewSideUnhealthy(reason))
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
                if self.bug == SeededBug::PromoteOnUnknown && state.direction == Direction::Forward =>
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
        let checking_lease = Phase::CheckingLease { task, write: Box::new(write), tries };
        let then = State { sequence: state.sequence + 1, phase: checking_lease, ..state.clone() };
        if self.bug == SeededBug::SkipIntent { then } else { recording(state, event, then) }
    }
}

/// Somebody else's state stands there: a later driver of this run, or a third party. `pending` is the write after which
/// it was found.
pub(super) fn foreign(
    state: State,
    task: Task,
    write: &Write,
    live: &Snapshot,
    token: Option<&FencingToken>,
    pending: Option<Pending>,
) -> State {
    if token.is_some_and(|token| token.run == state.run && token.epoch > state.epoch) {
        return State { phase: Phase::LeaseLost, ..state };
    }
    let (expected, planned) = (Box::new(write.before.clone()), Box::new(write.after.clone()));
    let live = Box::new(live.clone());
    State { phase: Phase::Conflict { task, expected, planned, live, token: token.cloned(), pending }, ..state }
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

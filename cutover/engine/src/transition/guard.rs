//! Observing the target and asking both sides, before a write is intended.

use super::judge::{is_after, is_before, may_pass, nothing_to_judge};
use super::look_again::Blocking;
use super::pace::OBSERVATIONS;
use super::repeat::{counted, trouble};
use super::rules::{Illegal, Rules, recording};
use crate::effect::guard_probes;
use crate::revision::{TOGETHER, WORD_AT_ONCE};
use crate::task::is_going_back;
use crate::{Blocked, Deferred, Direction, Event, Hold, Moment, Phase, SeededBug, State, Task, task};
use caravan_providers::{CallError, Reply, Verdict, Write};

impl Rules<'_> {
    /// The target was observed before anything is done to it.
    pub(super) fn observed(
        self,
        mut state: State,
        reply: &Result<Reply, CallError>,
        at: Moment,
    ) -> Result<State, Illegal> {
        let Phase::Observing { task, tries, .. } = state.phase else {
            return Err(Illegal::Unexpected { phase: state.phase.name(), event: "reply" });
        };
        let (snapshot, token) = match reply {
            Ok(Reply::Observed { snapshot, token }) => (snapshot, token),
            Err(error) if may_pass(error) && self.is_repeated(&state, tries, OBSERVATIONS) => {
                let state = match self.see_others(state, task, None, error.to_string(), at) {
                    Ok(others) => return Ok(others),
                    Err(state) => *state,
                };
                let mut state = match self.pass_over(state, task, error.to_string(), at) {
                    Ok(others_first) => return Ok(others_first),
                    Err(state) => *state,
                };
                let not_before = Some(trouble(&mut state, error.to_string(), at));
                let tries = counted(&state, tries);
                return Ok(State { phase: Phase::Observing { task, tries, not_before }, ..state });
            }
            other => {
                let reason = nothing_to_judge(other);
                let state = match self.see_others(state, task, Some(Blocked::Unseen), reason.clone(), at) {
                    Ok(others) => return Ok(others),
                    Err(state) => *state,
                };
                let blocking = Blocking { task, by: Blocked::Unseen, pending: None, reason: reason.clone() };
                return Ok(match self.pass_over_blocked(state, blocking, at) {
                    Ok(others) => others,
                    Err(state) => self.hold(*state, Hold::Inconclusive(reason)),
                });
            }
        };
        let Some(write) = task::write(self.plan, &state, task) else {
            return Err(Illegal::Unexpected { phase: "observing", event: "reply" });
        };
        state.trouble = None;
        if is_before(&write, snapshot, token.as_ref()) {
            if matches!(task, Task::See { .. } | Task::Release { .. }) && write.changes_nothing() {
                return Ok(self.complete(state, task, None));
            }
            return Ok(self.guard(state, task, 0));
        }
        if matches!(task, Task::See { .. }) {
            return Ok(self.seen_otherwise(state, task, &write, (snapshot, token.as_ref()), at));
        }
        // Somebody took it back by hand, our fencing token with it: nothing is left to undo.
        let undo = Task::Undo { step: task.step(), place: task.place(self.plan) };
        // Somebody turned it into its final form by hand: nothing is left to finalise.
        let finalise = Task::Finalise { step: task.step(), place: task.place(self.plan) };
        let finalised =
            || task::write(self.plan, &state, finalise).is_some_and(|write| is_after(&write, snapshot, token.as_ref()));
        if state.direction == Direction::Finalise
            && matches!(task, Task::Finalise { .. } | Task::Claim { .. })
            && finalised()
        {
            return Ok(self.complete(state, finalise, None));
        }
        let undone =
            || task::write(self.plan, &state, undo).is_some_and(|undo| is_after(&undo, snapshot, token.as_ref()));
        if self.goes_back(&state, task) && matches!(task, Task::Undo { .. } | Task::Claim { .. }) && undone() {
            return Ok(self.complete(state, undo, None));
        }
        let found = self.foreign(state.clone(), task, &write, (snapshot, token.as_ref()), None, at);
        if matches!(found.phase, Phase::Conflict { .. })
            && let Ok(others_first) = self.pass_over(state.clone(), task, "somebody else changed the target", at)
        {
            return Ok(others_first);
        }
        let overwrites = self.bug == SeededBug::OverwriteOnConflict && matches!(task, Task::Enter { .. });
        if overwrites && found.phase != Phase::LeaseLost {
            let write = Write { before: snapshot.clone(), token_before: token.clone(), ..write };
            return Ok(self.intend_this(state, task, write, 0));
        }
        Ok(found)
    }

    /// Whether this step goes back, with the run or alone. Before, any step did while another one went back alone: what a person
    /// had put back by hand was entered anew then.
    pub(super) fn goes_back(self, state: &State, task: Task) -> bool {
        let with_all = state.direction == Direction::Back || state.deferred == Deferred::Rollback;
        match state.revision >= TOGETHER {
            true => with_all || state.steps[task.step()].failed,
            false => is_going_back(state),
        }
    }

    /// Asks both sides before a write, also before one that is made again: time has passed since.
    pub(super) fn guard(self, state: State, task: Task, tries: u32) -> State {
        match guard_probes(&self.plan.steps[task.step()], task).next().filter(|_| !is_overridden(&state, task)) {
            Some(_) => State { phase: asks(task, 0, tries), ..state },
            None => self.proceed(state, task, tries),
        }
    }

    /// One side has answered. On the way forward one answer decides, as holding changes nothing for users. On the way back the
    /// old side is asked until it passes, or a person says that they go back to it all the same.
    pub(super) fn guarded(self, state: State, reply: &Result<Reply, CallError>, at: Moment) -> Result<State, Illegal> {
        let Phase::Guarding { task, passed, tries, .. } = state.phase else {
            return Err(Illegal::Unexpected { phase: state.phase.name(), event: "reply" });
        };
        let new_probes = self.plan.steps[task.step()].new_probes().len();
        let of_new_side = matches!(task, Task::Enter { .. }) && passed < new_probes;
        let finalises = matches!(task, Task::Finalise { .. });
        Ok(match self.verdict(&state, reply) {
            // A person's word may have come while the side was asked.
            _ if state.revision >= WORD_AT_ONCE && is_overridden(&state, task) => self.proceed(state, task, tries),
            Verdict::Pass => self.passed(state, task, passed + 1, tries),
            Verdict::Fail { reason } | Verdict::Inconclusive { reason } if finalises => {
                self.not_finalised(state, reason, at)
            }
            Verdict::Fail { reason } if of_new_side => self.new_side_failed(state, task.step(), reason),
            Verdict::Fail { .. } if self.bug == SeededBug::RollBackOntoUnhealthy => {
                self.passed(state, task, passed + 1, tries)
            }
            Verdict::Fail { reason } if is_going_back(&state) => {
                self.ask_again(state, format!("the old side fails: {reason}"), at)
            }
            Verdict::Fail { reason } => self.hold(state, Hold::OldSideUnhealthy(reason)),
            Verdict::Inconclusive { reason } if is_going_back(&state) => self.ask_again(state, reason, at),
            Verdict::Inconclusive { reason } if of_new_side => self.compare(state, task.step(), reason, at),
            Verdict::Inconclusive { reason } => self.hold(state, Hold::Inconclusive(reason)),
        })
    }

    /// The same probe once more, a while later; where others can go back meanwhile, they do.
    fn ask_again(self, state: State, reason: String, at: Moment) -> State {
        let Phase::Guarding { task, passed, tries, .. } = state.phase else { return state };
        if self.bug == SeededBug::GiveUpOnTheWayBack {
            return self.hold(state, Hold::Inconclusive(reason));
        }
        match self.pass_over(state, task, reason.as_str(), at) {
            Ok(others_first) => others_first,
            Err(mut state) => {
                let not_before = Some(trouble(&mut state, reason, at));
                State { phase: Phase::Guarding { task, passed, tries, not_before }, ..*state }
            }
        }
    }

    fn passed(self, state: State, task: Task, passed: usize, tries: u32) -> State {
        if passed < guard_probes(&self.plan.steps[task.step()], task).count() {
            State { phase: asks(task, passed, tries), ..state }
        } else {
            self.proceed(state, task, tries)
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
        if let Task::Enter { step, stage } = task
            && self.plan.steps[step].wants_approval(stage)
            && !state.approved.contains(&(step, stage))
        {
            return State { phase: Phase::AwaitingApproval { task }, ..state };
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
        let mut then = State { sequence: state.sequence + 1, ..state.clone() };
        let target = &mut then.steps[task.step()].targets[task.place(self.plan)];
        match &write.token_after {
            Some(token) => target.intended.push((token.epoch, token.sequence)),
            None => target.may_be_unmarked |= write.before == write.after && write.token_before.is_some(),
        }
        then.phase = Phase::CheckingLease { task, write: Box::new(write), tries };
        if self.bug == SeededBug::SkipIntent { then } else { recording(state, event, then) }
    }
}

/// Whether a person sends traffic back whatever the old side says.
const fn is_overridden(state: &State, task: Task) -> bool {
    state.despite_probes && matches!(task, Task::Undo { .. })
}

/// The next probe, at once.
const fn asks(task: Task, passed: usize, tries: u32) -> Phase {
    Phase::Guarding { task, passed, tries, not_before: None }
}

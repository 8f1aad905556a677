//! A write on its way, and what became of it.

use super::judge::{is_after, is_before, may_pass, nothing_to_judge};
use super::look_again::Blocking;
use super::pace::{BETWEEN_STATUS_MS, OBSERVATIONS, WRITES};
use super::repeat::{counted, trouble};
use super::rules::{Illegal, Rules, recording};
use crate::revision::{ALL_BACK_AT_ONCE, SEES_LATER_STAGES};
use crate::task::is_going_back;
use crate::{
    Blocked, Direction, Event, Hold, Moment, Pending, Phase, SeededBug, State, StepState, Task, TaskWrite, Together,
    Unsettled, task,
};
use caravan_providers::target::FencingToken;
use caravan_providers::{CallError, Reply, Write};

impl Rules<'_> {
    /// Whether this driver may still write. One that may not does nothing more, whatever it was about to do.
    pub(super) fn leased(self, state: State, held: bool) -> Result<State, Illegal> {
        if !held && self.bug != SeededBug::IgnoreLease {
            return Ok(State { phase: Phase::LeaseLost, ..state });
        }
        match state.phase {
            // A person's command came between the intent and the write (K5): it is not made.
            // Nor is it made once a shift is to be taken back first.
            Phase::CheckingLease { task, .. } if self.has_command(&state) || self.is_overtaken(&state, task) => {
                let then = self.begin(state.clone());
                Ok(recording(state, Event::Withdrawn, then))
            }
            Phase::CheckingLease { task, write, tries } => {
                Ok(State { phase: Phase::Applying { task, write, tries }, ..state })
            }
            Phase::Together(Together::CheckingLease { .. }) => Ok(self.leased_together(state)),
            _ => Err(Illegal::Unexpected { phase: state.phase.name(), event: "leased" }),
        }
    }

    /// The write was answered, or not.
    pub(super) fn applied(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::Applying { task, write, tries } = state.phase.clone() else {
            return state;
        };
        let phase = match reply {
            Ok(Reply::Accepted { ticket })
                if self.bug == SeededBug::SkipVerify && (ticket.is_none() || self.is_put_back_at_once(&state)) =>
            {
                return self.complete(state, task, write.token_after);
            }
            // Every original is put back before any of them is waited for.
            Ok(Reply::Accepted { ticket: Some(ticket) }) if self.is_put_back_at_once(&state) => {
                state.trouble = None;
                let writes = vec![TaskWrite { task, write: (*write).clone() }];
                state.unsettled.push(Unsettled { writes, ticket: ticket.clone() });
                Phase::Verifying { task, write, tries: 0, not_before: None }
            }
            Ok(Reply::Accepted { ticket: Some(ticket) }) => {
                state.trouble = None;
                let not_before = at.plus_ms(BETWEEN_STATUS_MS);
                Phase::Settling { task, write, ticket: ticket.clone(), not_before }
            }
            Ok(Reply::Accepted { ticket: None } | Reply::Settled) => {
                state.trouble = None;
                Phase::Verifying { task, write, tries: 0, not_before: None }
            }
            // Nothing was changed, they say: an observation settles it at once.
            Err(
                error
                @ (CallError::Conflict(_) | CallError::Rejected(_) | CallError::Denied(_) | CallError::Missing(_)),
            ) => Phase::Resolving { task, write, error: error.clone(), tries },
            Err(error @ (CallError::NotSent(_) | CallError::Throttled(_))) => {
                state = match self.pass_over(state, task, error.to_string(), at) {
                    Ok(others_first) => return others_first,
                    Err(state) => *state,
                };
                let until = trouble(&mut state, error.to_string(), at);
                Phase::InDoubt { task, write, until, error: error.clone(), tries }
            }
            other => {
                let error = CallError::InDoubt(nothing_to_judge(other));
                let until = at.plus_ms(u64::from(write.in_flight) * 1000);
                state = match self.pass_over_in_doubt(state, pending(task, &write, &error), until, at) {
                    Ok(others_first) => return others_first,
                    Err(state) => *state,
                };
                trouble(&mut state, error.to_string(), at);
                Phase::InDoubt { task, write, until, error, tries }
            }
        };
        State { phase, ..state }
    }

    /// The target was observed to tell what became of the write (K3).
    pub(super) fn resolved(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::Resolving { task, write, error, tries } = state.phase.clone() else {
            return state;
        };
        match reply {
            Ok(Reply::Observed { snapshot, token }) if is_after(&write, snapshot, token.as_ref()) => {
                self.landed(state, task, write)
            }
            Ok(Reply::Observed { snapshot, token }) if is_before(&write, snapshot, token.as_ref()) => {
                self.not_applied(state, (task, write), &error, tries, at)
            }
            Ok(Reply::Observed { snapshot, token }) => {
                // What was refused has changed nothing: while nobody is at work there is no write to wait for.
                let is_refused = matches!(
                    error,
                    CallError::Conflict(_) | CallError::Rejected(_) | CallError::Denied(_) | CallError::Missing(_)
                );
                let waits = !(is_refused && self.turns_back_in_gap(&state));
                let pending = waits.then(|| pending(task, &write, &error));
                self.foreign(state, task, &write, (snapshot, token.as_ref()), pending, at)
            }
            Err(unanswered) if may_pass(unanswered) && self.is_repeated(&state, tries, OBSERVATIONS) => {
                // Nothing can be in flight any more: it is observed as soon as its turn comes again.
                state = match self.pass_over_in_doubt(state, pending(task, &write, &error), at, at) {
                    Ok(others_first) => return others_first,
                    Err(state) => *state,
                };
                let until = trouble(&mut state, unanswered.to_string(), at);
                let tries = counted(&state, tries);
                State { phase: Phase::InDoubt { task, write, until, error, tries }, ..state }
            }
            other => self.hold_pending(state, task, write, other, at),
        }
    }

    /// The target is as it was before the write: made again where that can help and is still wanted, else a person is
    /// asked.
    fn not_applied(
        self,
        mut state: State,
        (task, write): (Task, Box<Write>),
        error: &CallError,
        tries: u32,
        at: Moment,
    ) -> State {
        if self.has_command(&state) || !self.is_next(&state, task) {
            if matches!(error, CallError::InDoubt(_)) {
                self.doubt_start(&mut state, task);
            }
            return self.begin(state);
        }
        let repeatable = matches!(
            error,
            CallError::NotSent(_) | CallError::Throttled(_) | CallError::InDoubt(_) | CallError::Conflict(_)
        );
        if may_pass(error) && is_going_back(&state) {
            return self.guard(state, task, tries);
        }
        if repeatable && tries + 1 < WRITES {
            return self.guard(state, task, tries + 1);
        }
        match task {
            // The provider says that something else stands there, and reads show what was believed: reads lag behind, for longer than
            // a few tries take.
            Task::Undo { .. } if matches!(error, CallError::Conflict(_)) && state.revision >= SEES_LATER_STAGES => {
                state = match self.pass_over(state, task, error.to_string(), at) {
                    Ok(others_first) => return others_first,
                    Err(state) => *state,
                };
                let until = trouble(&mut state, error.to_string(), at);
                State { phase: Phase::InDoubt { task, write, until, error: error.clone(), tries: 0 }, ..state }
            }
            Task::Undo { .. } => {
                let reason = error.to_string();
                let blocking = Blocking { task, by: Blocked::Refused, pending: None, reason: reason.clone() };
                match self.pass_over_blocked(state, blocking, at) {
                    Ok(others) => others,
                    Err(state) => State { phase: Phase::Stuck { task, reason }, trouble: None, ..*state },
                }
            }
            _ => self.hold(state, Hold::Refused(error.to_string())),
        }
    }

    /// Whether a task is still what comes next.
    fn is_next(self, state: &State, task: Task) -> bool {
        task::next(self.plan, state) == Some(task)
    }

    /// Whether the originals are put back one after the other, and waited for together.
    fn is_put_back_at_once(self, state: &State) -> bool {
        state.direction == Direction::Back
            && state.revision >= ALL_BACK_AT_ONCE
            && self.bug != SeededBug::SettleOneByOne
    }

    /// Whether a shift that has failed goes back before a task.
    fn is_overtaken(self, state: &State, task: Task) -> bool {
        task::failed(state).is_some() && !self.is_next(state, task)
    }

    /// The target was observed after the write was accepted.
    pub(super) fn verified(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::Verifying { task, write, tries, .. } = state.phase.clone() else {
            return state;
        };
        match reply {
            Ok(Reply::Observed { snapshot, token }) if is_after(&write, snapshot, token.as_ref()) => {
                self.complete(state, task, write.token_after)
            }
            // Reads may lag behind writes.
            Ok(Reply::Observed { snapshot, token })
                if tries + 1 < OBSERVATIONS && is_before(&write, snapshot, token.as_ref()) =>
            {
                let not_before = Some(trouble(&mut state, NOT_SEEN_YET, at));
                State { phase: Phase::Verifying { task, write, tries: tries + 1, not_before }, ..state }
            }
            // On the way back it is written again, once it can't come any more: nobody else looks after the users.
            Ok(Reply::Observed { snapshot, token })
                if is_going_back(&state) && is_before(&write, snapshot, token.as_ref()) =>
            {
                trouble(&mut state, NOT_SEEN_YET, at);
                let until = at.plus_ms(u64::from(write.in_flight) * 1000);
                let error = CallError::InDoubt(NOT_SEEN_YET.to_owned());
                State { phase: Phase::InDoubt { task, write, until, error, tries: 0 }, ..state }
            }
            Ok(Reply::Observed { snapshot, token }) if !is_before(&write, snapshot, token.as_ref()) => {
                let error = CallError::InDoubt(CHANGED_SINCE.to_owned());
                let pending = Pending { task, write: write.clone(), error };
                self.foreign(state, task, &write, (snapshot, token.as_ref()), Some(pending), at)
            }
            Err(error) if may_pass(error) && self.is_repeated(&state, tries, OBSERVATIONS) => {
                let unseen = CallError::InDoubt(NOT_OBSERVED.to_owned());
                state = match self.pass_over_in_doubt(state, pending(task, &write, &unseen), at, at) {
                    Ok(others_first) => return others_first,
                    Err(state) => *state,
                };
                let not_before = Some(trouble(&mut state, error.to_string(), at));
                let tries = counted(&state, tries);
                State { phase: Phase::Verifying { task, write, tries, not_before }, ..state }
            }
            other => self.hold_pending(state, task, write, other, at),
        }
    }

    /// What the task wanted stands there.
    pub(super) fn complete(self, mut state: State, task: Task, token: Option<FencingToken>) -> State {
        self.completed(&mut state, task, token);
        self.begin(state)
    }

    /// As [`Rules::complete`], where something else comes next than what would begin.
    pub(super) fn completed(self, state: &mut State, task: Task, token: Option<FencingToken>) {
        let (place, planned) = (task.place(self.plan), &self.plan.steps[task.step()]);
        let reached = &mut state.steps[task.step()];
        let unproven = planned.proof().map(|_| place);
        match task {
            Task::Enter { stage, .. } => {
                (reached.targets[place].token, reached.targets[place].unseen) = (token, false);
                *reached = StepState { stage: Some(stage), baked: false, unproven, ..reached.clone() };
            }
            Task::Undo { .. } => {
                (reached.targets[place], reached.blocked) = (reached.targets[place].put_back(), None);
                state.refusals = 0;
                let stage = reached.stage.and_then(|stage| planned.after_undo(stage));
                *reached = StepState { stage, baked: false, unproven, ..reached.clone() };
            }
            Task::Finalise { .. } => (reached.targets[place].token, reached.finalised) = (token, true),
            Task::Claim { .. } => reached.targets[place].token = token,
            Task::Release { .. } => (reached.targets[place].token, reached.targets[place].seen_at_end) = (token, true),
            Task::See { .. } => {
                (reached.blocked, reached.passed_over) = (None, false);
                (reached.targets[place].seen_at_end, reached.targets[place].unseen) = (true, false);
            }
            Task::Bake { .. } | Task::Prove { .. } => {}
        }
    }
}

fn pending(task: Task, write: &Write, error: &CallError) -> Pending {
    Pending { task, write: Box::new(write.clone()), error: error.clone() }
}

/// Its target could not be observed since.
pub(super) const NOT_OBSERVED: &str = "the write was accepted, and its target could not be observed since";
/// Reads may lag behind writes.
pub(super) const NOT_SEEN_YET: &str = "the write was accepted, and what stood before it is still seen";
/// Neither what was written nor what stood before it is seen.
pub(super) const CHANGED_SINCE: &str = "it was accepted, and then somebody changed the target";

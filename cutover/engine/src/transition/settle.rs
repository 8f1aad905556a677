//! A write that was taken reaches users, or does not.

use super::pace::BETWEEN_STATUS_MS;
use super::repeat::trouble;
use super::rules::{Illegal, Rules};
use crate::revision::ACCEPTED_IS_KNOWN;
use crate::task::{self, is_going_back};
use crate::{Deferred, Direction, Event, Moment, Phase, SeededBug, State, Task};
use caravan_providers::{CallError, Reply, Write};

impl Rules<'_> {
    /// A write whose answer was lost stands there: whether it has reached users is asked before anything rests on it, without
    /// a ticket. On the way back nobody waits for that before the other targets go back.
    pub(super) fn landed(self, state: State, task: Task, write: Box<Write>) -> State {
        let goes_on = matches!(state.direction, Direction::Forward | Direction::Finalise) && !is_going_back(&state);
        if goes_on && matches!(task, Task::Enter { .. } | Task::Finalise { .. }) && write.before != write.after {
            let phase = Phase::Settling { task, write, ticket: String::new(), not_before: Moment(0) };
            return State { phase, ..state };
        }
        self.complete(state, task, write.token_after)
    }

    /// Whether a write that was accepted has reached users. Unknown never promotes (K6): on the way forward it is asked for
    /// as long as it takes, whatever the reason.
    pub(super) fn settled(
        self,
        mut state: State,
        event: &Event,
        reply: &Result<Reply, CallError>,
        at: Moment,
    ) -> Result<State, Illegal> {
        let Phase::Settling { task, write, ticket, .. } = state.phase.clone() else {
            return Ok(state);
        };
        let wait = |not_before| Phase::Settling { task, write: write.clone(), ticket: ticket.clone(), not_before };
        let observe = || Phase::Verifying { task, write: write.clone(), tries: 0, not_before: None };
        let next = at.plus_ms(BETWEEN_STATUS_MS);
        let phase = match reply {
            Ok(Reply::Settled) if self.bug == SeededBug::SkipVerify => {
                let then = self.complete(state, task, write.token_after.clone());
                return self.decide(then, event);
            }
            Ok(Reply::Settled) => observe(),
            // Who wants to go back does not wait until a change is everywhere that is to be taken back (K5).
            _ if state.deferred == Deferred::Rollback || task::failed(&state).is_some() => observe(),
            Ok(Reply::Pending | Reply::Unsettled { .. })
                if self.bug == SeededBug::PromoteUnsettled && !is_going_back(&state) =>
            {
                observe()
            }
            Ok(Reply::Pending) => {
                state.trouble = None;
                wait(next)
            }
            // The others go back first: what does not follow here must not keep their users where they are.
            Ok(Reply::Unsettled { .. }) if is_going_back(&state) && has_others(&state, task) => observe(),
            Ok(Reply::Unsettled { reason }) => {
                trouble(&mut state, reason.clone(), at);
                wait(next)
            }
            // Whoever may not ask for the status can still observe what is taken back.
            Err(CallError::Missing(_) | CallError::Denied(_) | CallError::Rejected(_)) if is_going_back(&state) => {
                observe()
            }
            // A ticket of long ago: what is asked for then is what users see.
            Err(CallError::Missing(_)) if !ticket.is_empty() && state.revision >= ACCEPTED_IS_KNOWN => {
                Phase::Settling { task, write, ticket: String::new(), not_before: next }
            }
            Err(error) => {
                let until = trouble(&mut state, error.to_string(), at);
                wait(until.max(next))
            }
            // A journal of before this question: there a write that stood was complete, and one whose status nobody might ask
            // for was observed.
            Ok(_) if ticket.is_empty() => {
                let then = self.complete(state, task, write.token_after.clone());
                return self.decide(then, event);
            }
            Ok(_) => {
                let then = State { phase: observe(), ..state };
                return self.decide(then, event);
            }
        };
        Ok(State { phase, ..state })
    }

    /// Whether the first of the writes of the way back has reached everywhere. Whoever may not ask takes it for sent: it was
    /// seen to stand.
    pub(super) fn all_settled(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let soon = at.plus_ms(BETWEEN_STATUS_MS);
        let not_before = match slowest(reply) {
            Ok(Reply::Settled) | Err(CallError::Missing(_) | CallError::Denied(_) | CallError::Rejected(_)) => {
                state.unsettled.remove(0);
                return self.begin(state);
            }
            Err(error) => trouble(&mut state, error.to_string(), at).max(soon),
            Ok(Reply::Unsettled { reason }) => trouble(&mut state, reason.clone(), at).max(soon),
            Ok(_) => {
                state.trouble = None;
                soon
            }
        };
        State { phase: Phase::SettlingAll { not_before: Some(not_before) }, ..state }
    }
}

/// What keeps those that were sent as one from being everywhere; what one of them says, where one was asked for.
fn slowest(reply: &Result<Reply, CallError>) -> &Result<Reply, CallError> {
    let Ok(Reply::All(answers)) = reply else { return reply };
    let weight = |answer: &&Result<Reply, CallError>| match answer {
        Ok(Reply::Settled) => 0,
        Ok(Reply::Unsettled { .. }) => 2,
        Ok(_) => 1,
        Err(_) => 3,
    };
    answers.iter().max_by_key(weight).unwrap_or(reply)
}

/// Whether another step still has something on the new side that is to go back.
fn has_others(state: &State, task: Task) -> bool {
    let mut steps = state.steps.iter().enumerate();
    steps.any(|(at, step)| at != task.step() && step.stage.is_some() && !step.released_to_others)
}

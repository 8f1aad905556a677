//! Proving that a switch has had its effect: the owner itself says so, several times in a row.

use super::judge::{may_pass, nothing_to_judge};
use super::look_again::Blocking;
use super::repeat::trouble;
use super::rules::Rules;
use crate::revision::TRIES_WHAT_WAS_REFUSED;
use crate::{Blocked, Direction, Hold, Moment, Phase, SeededBug, State, Task};
use caravan_providers::{Activity, CallError, Reply};

impl Rules<'_> {
    /// Begins a proof from nothing.
    pub(super) fn begin_proof(self, state: State, task: Task) -> State {
        if self.bug == SeededBug::StartBeforeStopped && self.wanted(&state, task) == Some(Activity::Idle) {
            return self.proof_is_there(state, task);
        }
        State { phase: Phase::Proving { task, since: None, rounds: 0, not_before: None }, ..state }
    }

    /// The owner has answered, or not. What is not known proves nothing (K6).
    pub(super) fn proved(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::Proving { task, since, rounds, .. } = state.phase else {
            return state;
        };
        let (Some(wanted), Some(proof)) = (self.wanted(&state, task), self.plan.steps[task.step()].proof()) else {
            return self.proof_is_there(state, task);
        };
        if let (Err(error), Direction::Back) = (reply, state.direction)
            && may_pass(error)
        {
            state = match self.pass_over(state, task, error.to_string(), at) {
                Ok(others_first) => return others_first,
                Err(state) => *state,
            };
            // The time that the plan gives the owner runs while it can be asked.
            let not_before = trouble(&mut state, error.to_string(), at).max(at.plus_ms(proof.every_ms));
            let phase = Phase::Proving { task, since: None, rounds: 0, not_before: Some(not_before) };
            return State { phase, ..state };
        }
        state.trouble = None;
        let since = since.unwrap_or(at);
        let rounds = match reply {
            Ok(Reply::Activity(activity)) if *activity == wanted => rounds + 1,
            Ok(Reply::Activity(_)) => 0,
            Err(error) if may_pass(error) => 0,
            // A right that is missing says nothing of the owner.
            Err(error) if state.revision >= TRIES_WHAT_WAS_REFUSED && state.direction == Direction::Back => {
                return self.is_unseen(state, error.to_string(), at);
            }
            other => return self.is_unproven(state, nothing_to_judge(other), at),
        };
        if rounds >= proof.rounds {
            return self.proof_is_there(state, task);
        }
        if at.0.saturating_sub(since.0) >= proof.longest_ms {
            let reason = match reply {
                Ok(Reply::Activity(Activity::Working)) => "it is still at work".to_owned(),
                Ok(Reply::Activity(Activity::Idle)) => "it is not at work".to_owned(),
                other => nothing_to_judge(other),
            };
            return self.is_unproven(state, format!("{reason} after {} s", proof.longest_ms / 1000), at);
        }
        let not_before = Some(at.plus_ms(proof.every_ms));
        State { phase: Phase::Proving { task, since: Some(since), rounds, not_before }, ..state }
    }

    /// What is to be proved of the owner at a task's place.
    fn wanted(self, state: &State, task: Task) -> Option<Activity> {
        let (step, reached) = (self.plan.steps.get(task.step())?, &state.steps[task.step()]);
        let works = step.works(task.place(self.plan), reached.stage)?;
        Some(if works { Activity::Working } else { Activity::Idle })
    }

    fn proof_is_there(self, mut state: State, task: Task) -> State {
        (state.steps[task.step()].unproven, state.refusals) = (None, 0);
        self.begin(state)
    }

    /// On the way back nobody can be asked whether the owner is as it should: a person is told, and it is asked on.
    fn is_unseen(self, state: State, reason: String, at: Moment) -> State {
        let Phase::Proving { task, .. } = state.phase else { return state };
        let blocking = Blocking { task, by: Blocked::Refused, pending: None, reason: reason.clone() };
        match self.others_go_on(state, blocking, at) {
            Ok(others) => others,
            Err(state) => self.hold(*state, Hold::Inconclusive(reason)),
        }
    }

    /// Forward, the old owner goes on: turned back. On the rollback nothing is started beside an owner that may be at work: a person is
    /// told, and it is asked on.
    fn is_unproven(self, state: State, reason: String, at: Moment) -> State {
        let Phase::Proving { task, .. } = state.phase else { return state };
        let wanted = self.wanted(&state, task);
        if state.direction == Direction::Forward {
            return self.new_side_failed(state, task.step(), reason);
        }
        let blocking = Blocking { task, by: Blocked::Refused, pending: None, reason: reason.clone() };
        let state = match self.others_go_on(state, blocking, at) {
            Ok(others) => return others,
            Err(state) => *state,
        };
        match wanted {
            Some(Activity::Working) => self.hold(state, Hold::OldSideUnhealthy(reason)),
            _ => self.hold(state, Hold::StillAtWork(reason)),
        }
    }
}

//! What no write is known to is seen to stand as it was: before a run ends as rolled back, and once another driver has gone before.
//! A journal may be older than what was written, by a copy of its disk that was put back.

use super::judge::is_newer_than_journal;
use super::repeat::trouble;
use super::rules::Rules;
use crate::revision::SEES_LATER_STAGES;
use crate::{Blocked, Direction, Hold, Moment, Pending, Phase, State, StepState, Task, task};
use caravan_plans::Step;
use caravan_providers::Write;
use caravan_providers::target::{FencingToken, Guarantee, Snapshot};

impl Rules<'_> {
    /// A target to which the journal knows of no write stands otherwise than it was. On the way back it is put back where it bears the
    /// run's own mark; else a person decides, once all the others are seen. On the way forward nothing goes on by an older journal;
    /// what somebody else made of a target is found when it is entered.
    pub(super) fn seen_otherwise(
        self,
        state: State,
        task: Task,
        write: &Write,
        (live, token): (&Snapshot, Option<&FencingToken>),
        at: Moment,
    ) -> State {
        let is_newer = is_newer_than_journal(&state, task.step(), task.place(self.plan), token);
        let own = self.own_stage(&state, task, live, token);
        if state.direction != Direction::Back {
            if let Some(late) = self.came_late(&state, task, write, live, token) {
                return self.begin(late);
            }
            return match is_newer || own.is_some() {
                true => self.hold_older(state, task, own, token, None),
                false => self.complete(state, task, None),
            };
        }
        if let Some(stage) = own {
            return self.begin(self.taken_for_own(state, task, stage, token));
        }
        let state = match self.see_others(state, task, Some(Blocked::Foreign), "somebody else changed the target", at) {
            Ok(others) => return others,
            Err(state) => *state,
        };
        self.in_conflict(state, task, write, (live, token), None, at)
    }

    /// A fencing token of this run stands at a target, and its journal has not intended it. What is to go back goes back all the same,
    /// where the run's own stage stands there; the state as it was, with what to say of it, where something else does. Nothing else
    /// goes on.
    pub(super) fn is_newer(
        self,
        mut state: State,
        task: Task,
        (live, token): (&Snapshot, Option<&FencingToken>),
        pending: Option<&Pending>,
    ) -> Result<State, Box<State>> {
        let own = self.own_stage(&state, task, live, token);
        if !self.goes_back(&state, task) {
            return Ok(self.hold_older(state, task, own, token, pending.cloned()));
        }
        match own {
            Some(stage) => Ok(self.begin(self.taken_for_own(state, task, stage, token))),
            None => {
                state.older_journal = Some(self.older_text(task, None, token));
                Err(Box::new(state))
            }
        }
    }

    /// Whether what stands at a target was written by this run, and its journal has not written it: the fencing token tells. Where a
    /// target carries none, on the way back a later stage of the plan than the journal knows of; an earlier one may be a person's, who has
    /// made the share smaller by hand.
    pub(super) fn is_by_lost_entries(
        self,
        state: &State,
        task: Task,
        live: &Snapshot,
        token: Option<&FencingToken>,
    ) -> bool {
        let known = state.steps[task.step()].stage;
        let is_later = |stage: usize| known.is_none_or(|known| stage > known);
        let is_own = || self.own_stage(state, task, live, token).is_some_and(is_later);
        is_newer_than_journal(state, task.step(), task.place(self.plan), token)
            || state.revision >= SEES_LATER_STAGES && token.is_none() && self.goes_back(state, task) && is_own()
    }

    /// While others are still to be seen, they are seen first: any of them may have users on its new side. The state as it was where
    /// none is, or where something else than seeing is done.
    pub(super) fn see_others(
        self,
        mut state: State,
        task: Task,
        blocked: Option<Blocked>,
        reason: impl Into<String>,
        at: Moment,
    ) -> Result<State, Box<State>> {
        if state.direction != Direction::Back || !matches!(task, Task::See { .. }) {
            return Err(Box::new(state));
        }
        let reached = &mut state.steps[task.step()];
        (reached.passed_over, reached.blocked) = (true, blocked);
        if !task::sees_others(&state, task) {
            return Err(Box::new(state));
        }
        trouble(&mut state, reason, at);
        let trouble = state.trouble.clone();
        Ok(State { trouble, ..self.begin(state) })
    }

    /// The stage of a shift whose snapshot stands at its target with a mark of this run: its fencing token, or where a target carries
    /// none, the snapshot itself.
    fn own_stage(self, state: &State, task: Task, live: &Snapshot, token: Option<&FencingToken>) -> Option<usize> {
        let Step::Shift(shift) = &self.plan.steps[task.step()] else { return None };
        let is_marked = match token {
            Some(token) => token.run == state.run,
            None => shift.target.guarantee() != Guarantee::Atomic,
        };
        let stage = || shift.stages.iter().position(|stage| stage.snapshot == *live);
        (is_marked && *live != shift.original).then(stage).flatten()
    }

    /// The state that takes what stands at a target for the run's own: from there it goes back.
    fn taken_for_own(self, mut state: State, task: Task, stage: usize, token: Option<&FencingToken>) -> State {
        let place = task.place(self.plan);
        if token.is_none() || is_newer_than_journal(&state, task.step(), place, token) {
            state.older_journal = Some(self.older_text(task, Some(stage), token));
        }
        let reached = &mut state.steps[task.step()];
        *reached = StepState { stage: Some(stage), baked: false, blocked: None, passed_over: false, ..reached.clone() };
        reached.targets[place].token = token.cloned();
        reached.targets[place].intended.extend(token.map(|token| (token.epoch, token.sequence)));
        state
    }

    fn hold_older(
        self,
        mut state: State,
        task: Task,
        stage: Option<usize>,
        token: Option<&FencingToken>,
        pending: Option<Pending>,
    ) -> State {
        let text = self.older_text(task, stage, token);
        state.older_journal = Some(text.clone());
        let reason = Hold::OlderJournal { step: task.step(), text };
        State { phase: Phase::Held { reason, pending }, trouble: None, ..state }
    }

    fn older_text(self, task: Task, stage: Option<usize>, token: Option<&FencingToken>) -> String {
        let target = self.plan.steps[task.step()].target(task.place(self.plan));
        let target = target.map(|target| target.kind().short_name()).unwrap_or_default();
        let stands = stage.and_then(|stage| self.plan.step_name(task.step(), stage));
        let stands = stands.map(|name| format!(" stands as `{name}` and")).unwrap_or_default();
        match token {
            Some(token) => {
                format!("{target}{stands} bears the token {token} of this run, which the journal has not written")
            }
            None => {
                format!("{target}{stands} is as this run would have written it, and the journal knows of no such write")
            }
        }
    }
}

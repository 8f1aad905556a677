//! On the way back no step stands in the way of a shift: where one gets no further, the shifts go back first.

use super::repeat::trouble;
use super::rules::Rules;
use crate::revision::{ALL_BACK_AT_ONCE, NONE_WAITS_FOR_A_TOKEN, TOGETHER};
use crate::{Deferred, Direction, Doubt, Moment, Pending, SentBatch, State, Task, TaskWrite};
use caravan_plans::Step;

impl Rules<'_> {
    /// The state that goes on with another shift, since this step gets no further for now; it comes back to this one when all
    /// the others are back, or get no further either. Without another shift to go on with, the state as it was, in which none
    /// is passed over.
    pub(super) fn pass_over(
        self,
        mut state: State,
        task: Task,
        reason: impl Into<String>,
        at: Moment,
    ) -> Result<State, Box<State>> {
        // Whatever it was before: its trouble may pass now.
        state.steps[task.step()].blocked = None;
        if !self.may_pass_over(&state, task) {
            state.steps.iter_mut().for_each(|step| step.passed_over = false);
            return Err(Box::new(state));
        }
        state.steps[task.step()].passed_over = true;
        trouble(&mut state, reason, at);
        let trouble = state.trouble.clone();
        Ok(State { trouble, ..self.begin(state) })
    }

    /// As [`Rules::pass_over`], where the answer to a write was lost: until the moment it may still land, and the others go
    /// back meanwhile. What became of it, an observation tells then.
    pub(super) fn pass_over_in_doubt(
        self,
        mut state: State,
        pending: Pending,
        until: Moment,
        at: Moment,
    ) -> Result<State, Box<State>> {
        let (task, reason) = (pending.task, pending.error.to_string());
        if self.may_pass_over(&state, task) {
            state.steps[task.step()].doubt = Some(Doubt { pending, until });
        }
        self.pass_over(state, task, reason, at)
    }

    /// As [`Rules::pass_over`] of several that share a batch; what was sent of them is read back when their turn comes.
    pub(super) fn pass_over_all(
        self,
        mut state: State,
        writes: &[TaskWrite],
        sent: Option<&SentBatch>,
        reason: &str,
        at: Moment,
    ) -> Result<State, Box<State>> {
        let is_of = |step: usize| writes.iter().any(|one| one.task.step() == step);
        writes.iter().for_each(|one| state.steps[one.task.step()].blocked = None);
        // Who pauses or releases wants what was sent read back, and nothing else first.
        let goes_on = state.direction == Direction::Back && state.deferred != Deferred::Pause;
        if !goes_on || !(0..state.steps.len()).any(|step| !is_of(step) && self.can_go_first(&state, step)) {
            state.steps.iter_mut().for_each(|step| step.passed_over = false);
            return Err(Box::new(state));
        }
        writes.iter().for_each(|one| state.steps[one.task.step()].passed_over = true);
        state.sent.extend(sent.cloned());
        trouble(&mut state, reason, at);
        let trouble = state.trouble.clone();
        Ok(State { trouble, ..self.begin(state) })
    }

    /// Whether a shift is still to go back, or nobody knows whether it is, and it is not passed over.
    fn can_go_first(self, state: &State, step: usize) -> bool {
        let reached = &state.steps[step];
        matches!(self.plan.steps.get(step), Some(Step::Shift(_)))
            && (reached.stage.is_some() || reached.doubt.is_some())
            && !reached.released_to_others
            && !reached.passed_over
    }

    pub(super) fn may_pass_over(self, state: &State, task: Task) -> bool {
        let goes_back = state.direction == Direction::Back || state.deferred == Deferred::Rollback;
        let mut others = (0..state.steps.len()).filter(|step| *step != task.step());
        // Before, a token that was being claimed or taken away when the run turned back kept the others from going back.
        let moves = matches!(task, Task::Undo { .. } | Task::Enter { .. } | Task::Prove { .. })
            || state.revision >= NONE_WAITS_FOR_A_TOKEN;
        // Of shifts that have failed and go back alone none waits for another either.
        let is_alone = state.steps[task.step()].failed && matches!(task, Task::Undo { .. });
        match goes_back {
            true => state.revision >= ALL_BACK_AT_ONCE && moves && others.any(|step| self.can_go_first(state, step)),
            false => {
                state.revision >= TOGETHER
                    && is_alone
                    && others.any(|step| state.steps[step].failed && self.can_go_first(state, step))
            }
        }
    }
}

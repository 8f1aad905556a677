//! A write of this run that gets there late, when nobody waits for it any more: it is the run's own.

use super::judge::is_newer_than_journal;
use super::rules::Rules;
use crate::revision::{KNOWS_ITS_LATE_RELEASE, KNOWS_ITS_OWN};
use crate::{State, StepState, Task};
use caravan_plans::Step;
use caravan_providers::Write;
use caravan_providers::target::{FencingToken, Snapshot};

impl Rules<'_> {
    /// The state once what stands there is taken for what this run was about to write, by this driver or by an earlier one that is
    /// gone; none where it is somebody else's.
    ///
    /// It is the run's own when it bears a token that the journal intended after the one that was last seen there, and is
    /// the very snapshot of one of the plan's stages. Nobody else makes such a token, and what was written meanwhile can't land any
    /// more: the target takes a write only on top of the token that it names. The next task then claims the token. A target without a
    /// token that stands as it is believed to is the run's own where the journal intended to take the token away.
    pub(super) fn came_late(
        self,
        state: &State,
        task: Task,
        write: &Write,
        live: &Snapshot,
        token: Option<&FencingToken>,
    ) -> Option<State> {
        let Some(token) = token else { return self.unmarked_late(state, task, live) };
        let may_be_late = |token: &FencingToken| match state.revision >= KNOWS_ITS_OWN {
            true => token.epoch <= state.epoch,
            false => token.epoch < state.epoch,
        };
        let token = Some(token).filter(|token| token.run == state.run && may_be_late(token))?;
        if is_newer_than_journal(state, task.step(), task.place(self.plan), Some(token)) {
            return None;
        }
        let seen = write.token_before.as_ref().map_or(0, |before| before.sequence);
        // Of a hand-over's owners each is switched by itself; what is known of them does not follow from one snapshot.
        let (Step::Shift(shift), true) = (&self.plan.steps[task.step()], token.sequence > seen) else { return None };
        let stage = shift.stages.iter().position(|stage| stage.snapshot == *live)?;
        let mut state = state.clone();
        let reached = &mut state.steps[task.step()];
        *reached = StepState { stage: Some(stage), baked: false, ..reached.clone() };
        reached.targets[task.place(self.plan)].token = Some(token.clone());
        Some(state)
    }

    fn unmarked_late(self, state: &State, task: Task, live: &Snapshot) -> Option<State> {
        let (step, place) = (task.step(), task.place(self.plan));
        let (Step::Shift(shift), true) = (&self.plan.steps[step], state.revision >= KNOWS_ITS_LATE_RELEASE) else {
            return None;
        };
        let reached = &state.steps[step];
        let believed = reached.stage.and_then(|stage| shift.stages.get(stage)).map(|stage| &stage.snapshot);
        let target = &reached.targets[place];
        if !target.may_be_unmarked || target.token.is_none() || believed != Some(live) {
            return None;
        }
        let mut state = state.clone();
        let target = &mut state.steps[step].targets[place];
        (target.token, target.may_be_unmarked) = (None, false);
        Some(state)
    }
}

//! A stage bakes: its probes must pass for a while before the next one.

use super::rules::Rules;
use crate::{Hold, Moment, Phase, State, Task};
use caravan_providers::{CallError, Reply, Verdict};

impl Rules<'_> {
    /// Begins a bake from nothing.
    pub(super) fn begin_bake(self, mut state: State, task: Task, step: usize) -> State {
        let planned = &self.plan.steps[step];
        if self.bake_gate(&state, step).is_none() {
            state.steps[step].baked = true;
            return self.begin(state);
        }
        if planned.new_probes().is_empty() {
            return self.hold(state, Hold::Inconclusive("the plan has no probe that could tell".to_owned()));
        }
        let (since, not_before, old) = (None, None, None);
        let phase = Phase::Baking { task, since, rounds: 0, passed: 0, not_before, unknown: 0, blind: 0, old };
        State { phase, ..state }
    }

    /// A probe has answered: one of the new side's, or of the old side's after the new side brought nothing.
    pub(super) fn baked(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::Baking { task, since, rounds, passed, unknown, old, .. } = state.phase else {
            return state;
        };
        if old.is_some() {
            return self.compared(state, reply, at);
        }
        match self.verdict(&state, reply) {
            Verdict::Pass => {}
            Verdict::Fail { reason } => return self.new_side_failed(state, task.step(), reason),
            Verdict::Inconclusive { reason } => return self.compare(state, task.step(), reason, at),
        }
        let planned = &self.plan.steps[task.step()];
        let since = since.unwrap_or(at);
        if passed + 1 < planned.new_probes().len() {
            let (since, passed, not_before) = (Some(since), passed + 1, None);
            let phase = Phase::Baking { task, since, rounds, passed, not_before, unknown, blind: 0, old };
            return State { phase, ..state };
        }
        let rounds = rounds + 1;
        let Some(gate) = state.steps[task.step()].stage.and_then(|stage| planned.gate(stage)) else {
            return self.begin(state);
        };
        if rounds >= gate.rounds && at.0.saturating_sub(since.0) >= gate.bake_ms {
            state.steps[task.step()].baked = true;
            return self.begin(state);
        }
        state.trouble = None;
        let (since, not_before) = (Some(since), Some(at.plus_ms(gate.every_ms)));
        let unknown = if rounds >= gate.rounds { 0 } else { unknown };
        let phase = Phase::Baking { task, since, rounds, passed: 0, not_before, unknown, blind: 0, old };
        State { phase, ..state }
    }
}

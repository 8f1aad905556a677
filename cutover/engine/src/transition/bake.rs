//! A stage bakes: its probes must pass for a while before the next one.

use super::rules::Rules;
use crate::{Hold, Moment, Phase, State, Task};
use caravan_providers::{CallError, Reply, Verdict};

impl Rules<'_> {
    /// Begins a bake from nothing.
    pub(super) fn begin_bake(self, mut state: State, task: Task, step: usize) -> State {
        let planned = &self.plan.steps[step];
        let gate = state.steps[step].stage.and_then(|stage| planned.gate(stage));
        if gate.is_none_or(|gate| gate.bake_ms == 0 && gate.rounds == 0) {
            state.steps[step].baked = true;
            return self.begin(state);
        }
        if planned.new_probes().is_empty() {
            return self.hold(state, Hold::Inconclusive("the plan has no probe that could tell".to_owned()));
        }
        State { phase: Phase::Baking { task, since: None, rounds: 0, passed: 0, not_before: None }, ..state }
    }

    /// A probe of the new side has answered.
    pub(super) fn baked(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::Baking { task, since, rounds, passed, .. } = state.phase else {
            return state;
        };
        match self.verdict(&state, reply) {
            Verdict::Pass => {}
            Verdict::Fail { reason } => return self.new_side_failed(state, reason),
            Verdict::Inconclusive { reason } => return self.hold(state, Hold::Inconclusive(reason)),
        }
        let planned = &self.plan.steps[task.step()];
        let since = since.unwrap_or(at);
        if passed + 1 < planned.new_probes().len() {
            let phase = Phase::Baking { task, since: Some(since), rounds, passed: passed + 1, not_before: None };
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
        let not_before = Some(at.plus_ms(gate.every_ms));
        State { phase: Phase::Baking { task, since: Some(since), rounds, passed: 0, not_before }, ..state }
    }
}

//! A stage bakes: its probes must pass for a while before the next one.

use super::Rules;
use super::guard::hold;
use crate::{Hold, Moment, Phase, State, Task};
use caravan_providers::{CallError, Reply, Verdict};

impl Rules<'_> {
    /// Begins a bake from nothing.
    pub(super) fn begin_bake(self, mut state: State, task: Task, shift: usize) -> State {
        let planned = &self.plan.shifts[shift];
        let gate = state.shifts[shift].stage.and_then(|stage| planned.stages.get(stage)).map(|stage| stage.gate);
        if gate.is_none_or(|gate| gate.bake_ms == 0 && gate.rounds == 0) {
            state.shifts[shift].baked = true;
            return self.begin(state);
        }
        if planned.new.is_empty() {
            return hold(state, Hold::Inconclusive("the plan has no probe that could tell".to_owned()));
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
            Verdict::Inconclusive { reason } => return hold(state, Hold::Inconclusive(reason)),
        }
        let planned = &self.plan.shifts[task.shift()];
        let since = since.unwrap_or(at);
        if passed + 1 < planned.new.len() {
            let phase = Phase::Baking { task, since: Some(since), rounds, passed: passed + 1, not_before: None };
            return State { phase, ..state };
        }
        let rounds = rounds + 1;
        let stage = state.shifts[task.shift()].stage.and_then(|stage| planned.stages.get(stage));
        let Some(gate) = stage.map(|stage| stage.gate) else {
            return self.begin(state);
        };
        if rounds >= gate.rounds && at.0.saturating_sub(since.0) >= gate.bake_ms {
            state.shifts[task.shift()].baked = true;
            return self.begin(state);
        }
        let not_before = Some(at.plus_ms(gate.every_ms));
        State { phase: Phase::Baking { task, since: Some(since), rounds, passed: 0, not_before }, ..state }
    }
}

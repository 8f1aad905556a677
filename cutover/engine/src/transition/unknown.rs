//! A new side of which nobody can tell how it is: it is held against the old one, and a few such rounds are a failure.

use super::repeat::trouble;
use super::rules::Rules;
use crate::{Hold, Moment, Phase, SeededBug, State, Task};
use caravan_plans::Gate;
use caravan_providers::{CallError, Reply, Verdict};

impl Rules<'_> {
    /// A probe of the new side brought nothing, in a bake or before the next stage. With users on it the old side is asked the
    /// same: when that one can be judged, it is not the network of whoever asks. The bake begins anew, as nothing unknown
    /// counts as passed (K6). Without users a person has all the time.
    pub(super) fn compare(self, mut state: State, step: usize, reason: String, at: Moment) -> State {
        let (reached, planned) = (&state.steps[step], &self.plan.steps[step]);
        let has_traffic = reached.stage.is_some_and(|stage| planned.has_traffic(stage));
        if self.bug == SeededBug::HoldOnUnknown
            || !has_traffic
            || planned.old_probes().is_empty()
            || self.bake_gate(&state, step).is_none()
        {
            return self.hold(state, Hold::Inconclusive(reason));
        }
        let (unknown, blind) = match state.phase {
            Phase::Baking { unknown, blind, .. } => (unknown, blind),
            _ => (0, 0),
        };
        state.steps[step].baked = false;
        trouble(&mut state, reason, at);
        let (task, since, not_before, old) = (Task::Bake { step }, None, None, Some(0));
        State { phase: Phase::Baking { task, since, rounds: 0, passed: 0, not_before, unknown, blind, old }, ..state }
    }

    /// A probe of the old side has answered, after the new side brought nothing.
    pub(super) fn compared(self, state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::Baking { task, unknown, blind, old: Some(asked), .. } = state.phase else {
            return state;
        };
        let Some(gate) = self.bake_gate(&state, task.step()) else { return self.begin(state) };
        let verdict = self.verdict(&state, reply);
        let (unknown, blind, old) = match &verdict {
            Verdict::Pass if asked + 1 < self.plan.steps[task.step()].old_probes().len() => {
                (unknown, blind, Some(asked + 1))
            }
            Verdict::Pass => (unknown + 1, 0, None),
            Verdict::Fail { .. } | Verdict::Inconclusive { .. } => (unknown, blind + 1, None),
        };
        if unknown >= gate.unknown {
            let said = state.trouble.as_ref().map_or("", |trouble| trouble.reason.as_str());
            let reason = format!("it could not be judged {unknown} times while the old side passed, at last: {said}");
            return self.new_side_failed(state, task.step(), reason);
        }
        match verdict {
            Verdict::Fail { reason } if blind >= gate.unknown => self.hold(state, Hold::OldSideUnhealthy(reason)),
            Verdict::Inconclusive { reason } if blind >= gate.unknown => self.hold(state, Hold::Inconclusive(reason)),
            _ => {
                let not_before = old.is_none().then(|| at.plus_ms(gate.every_ms));
                let (since, rounds, passed) = (None, 0, 0);
                let phase = Phase::Baking { task, since, rounds, passed, not_before, unknown, blind, old };
                State { phase, ..state }
            }
        }
    }

    /// The gate of the stage that a step has reached; none where it asks nothing.
    pub(super) fn bake_gate(self, state: &State, step: usize) -> Option<Gate> {
        let gate = state.steps[step].stage.and_then(|stage| self.plan.steps[step].gate(stage));
        gate.filter(|gate| gate.bake_ms > 0 || gate.rounds > 0)
    }
}

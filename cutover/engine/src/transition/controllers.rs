//! Asking who else writes to a target, before its first change (K11).

use super::Rules;
use super::guard::{BETWEEN_OBSERVATIONS_MS, OBSERVATIONS, hold, nothing_to_judge};
use crate::{Hold, Moment, Phase, State};
use caravan_providers::target::Controller;
use caravan_providers::{CallError, Reply};

impl Rules<'_> {
    /// Somebody who is not paused would put back what the run changes: it does not begin. Whom the plan names as
    /// paused by a person is believed to be; if they write all the same, that is a conflict (K2).
    pub(super) fn controllers_found(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::FindingControllers { task, tries, .. } = state.phase else {
            return state;
        };
        let found = match reply {
            Ok(Reply::Controllers(found)) => found,
            Err(CallError::NotSent(_) | CallError::Throttled(_) | CallError::InDoubt(_))
                if tries + 1 < OBSERVATIONS =>
            {
                let not_before = Some(at.plus_ms(BETWEEN_OBSERVATIONS_MS << tries));
                return State { phase: Phase::FindingControllers { task, tries: tries + 1, not_before }, ..state };
            }
            other => return hold(state, Hold::Inconclusive(nothing_to_judge(other))),
        };
        let paused = &self.plan.shifts[task.shift()].paused_controllers;
        let free: Vec<Controller> =
            found.iter().filter(|controller| !paused.contains(&controller.tool)).cloned().collect();
        if free.is_empty() {
            state.shifts[task.shift()].exclusive = true;
            self.begin(state)
        } else {
            hold(state, Hold::ControllersActive(free))
        }
    }
}

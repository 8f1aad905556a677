//! Asking who else writes to a target, before the first change of its step (K11).

use super::judge::{may_pass, nothing_to_judge};
use super::pace::OBSERVATIONS;
use super::repeat::trouble;
use super::rules::Rules;
use crate::{Hold, Moment, Phase, State};
use caravan_providers::target::Controller;
use caravan_providers::{CallError, Reply};

impl Rules<'_> {
    /// Somebody who is not paused would put back what the run changes: it does not begin. Whom the plan names as
    /// paused by a person is believed to be; if they write all the same, that is a conflict (K2).
    pub(super) fn controllers_found(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::FindingControllers { task, place, tries, .. } = state.phase else {
            return state;
        };
        let found = match reply {
            Ok(Reply::Controllers(found)) => found,
            Err(error) if may_pass(error) && tries + 1 < OBSERVATIONS => {
                let not_before = Some(trouble(&mut state, error.to_string(), at));
                return State {
                    phase: Phase::FindingControllers { task, place, tries: tries + 1, not_before },
                    ..state
                };
            }
            other => return self.hold(state, Hold::Inconclusive(nothing_to_judge(other))),
        };
        let paused = self.plan.steps[task.step()].paused_controllers();
        let free: Vec<Controller> =
            found.iter().filter(|controller| !paused.contains(&controller.tool)).cloned().collect();
        if free.is_empty() {
            state.steps[task.step()].targets[place].exclusive = true;
            self.begin(state)
        } else {
            self.hold(state, Hold::ControllersActive(free))
        }
    }
}

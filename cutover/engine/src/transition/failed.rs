//! A new side has failed: what the plan takes back.

use super::people::unpaused;
use super::rules::{Illegal, Rules, unexpected};
use crate::analysis::is_watched;
use crate::revision::{HOLDS_AT_ZERO, HOLDS_WITHOUT_USERS};
use crate::{Deferred, Direction, Event, Hold, Phase, State};
use caravan_plans::{OnFailure, Step};

impl Rules<'_> {
    /// A gate found that a step's new side has failed. With traffic or work on it the plan says what is taken back; without,
    /// nothing has happened and a person decides. Nor are the users of others taken back for a side that has none: they are watched.
    pub(super) fn new_side_failed(self, mut state: State, step: usize, reason: String) -> State {
        let has_moved = |step: &crate::StepState| step.stage.is_some() && !step.released_to_others;
        let is_used = |(at, reached): (usize, &crate::StepState)| {
            let planned = &self.plan.steps[at];
            let uses = |stage| matches!(planned, Step::HandOver(_)) || planned.has_traffic(stage);
            !reached.released_to_others && reached.stage.is_some_and(uses)
        };
        let revision = state.revision;
        let goes_back = |at: usize, reached: &crate::StepState| match revision >= HOLDS_AT_ZERO {
            true => is_used((at, reached)),
            false => has_moved(reached),
        };
        let by_others_alone = !is_used((step, &state.steps[step])) && state.steps.iter().enumerate().any(is_used);
        match self.plan.on_failure {
            OnFailure::Wave if state.revision >= HOLDS_WITHOUT_USERS && by_others_alone => {
                self.hold(state, Hold::NewSideUnhealthy(reason))
            }
            // Where the way back is over for some, the others go back all the same.
            OnFailure::Wave if state.is_one_way() => {
                goes_back_alone(&mut state, step);
                self.begin(state)
            }
            OnFailure::Shift if goes_back(step, &state.steps[step]) => {
                goes_back_alone(&mut state, step);
                self.begin(state)
            }
            OnFailure::Wave if state.steps.iter().enumerate().any(|(at, reached)| goes_back(at, reached)) => {
                state.direction = Direction::Back;
                self.begin(state)
            }
            OnFailure::Shift | OnFailure::Wave => self.hold(state, Hold::NewSideUnhealthy(reason)),
        }
    }

    /// The background analysis found that a step's new side has failed. A write in flight is settled first. Where only that
    /// shift goes back, what waited for a person waits for them afterwards.
    pub(super) fn analysis_failed(self, mut state: State, step: usize, event: &Event) -> Result<State, Illegal> {
        if !is_watched(self.plan, &state, step) {
            return Err(unexpected(&state, event));
        }
        // Whoever paused the way back has not seen this: nobody is left on a side that fails.
        if state.direction == Direction::Back {
            return Ok(self.go_on(unpaused(state)));
        }
        match self.plan.on_failure {
            OnFailure::Wave if !state.is_one_way() => (state.deferred, state.cut_short) = (Deferred::Rollback, false),
            OnFailure::Wave | OnFailure::Shift => {
                goes_back_alone(&mut state, step);
                let rests = matches!(state.phase, Phase::Paused | Phase::Held { .. } | Phase::Conflict { .. });
                state.deferred = if rests { Deferred::Pause } else { state.deferred };
            }
        }
        Ok(self.go_on(state))
    }
}

/// A step has failed and goes back alone. While nothing is final the approvals of finalising are void, and the soak begins anew:
/// they rested on all that had moved.
fn goes_back_alone(state: &mut State, step: usize) {
    state.steps[step].failed = true;
    if state.direction == Direction::Finalise && !state.is_one_way() {
        state.direction = Direction::Forward;
    }
}

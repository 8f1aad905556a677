//! After the soak nothing strange stays, by the word of two persons (K7): from the first write on there is no way back.

use super::repeat::trouble;
use super::rules::{Illegal, Rules, unexpected};
use crate::revision::{FINALISED_FOR_ONE_WAIT, SOAKS_BY_WATCH};
use crate::soak::soak_left_ms;
use crate::task::is_to_be_finalised;
use crate::{Direction, Event, Moment, Phase, SeededBug, Shown, State, Task};

/// How many persons must approve it (K7).
const PERSONS: usize = 2;

impl Rules<'_> {
    /// A driver has watched a run for a while that soaks.
    pub(super) fn soaked(self, mut state: State, watched_ms: u64, event: &Event) -> Result<State, Illegal> {
        if state.phase != Phase::Shifted || state.direction != Direction::Forward || state.revision < SOAKS_BY_WATCH {
            return Err(unexpected(&state, event));
        }
        state.soaked_ms = state.soaked_ms.saturating_add(watched_ms);
        Ok(state)
    }

    /// Milliseconds that are left of the soak; none where nothing soaks.
    fn left_ms(self, state: &State, at: Moment) -> Option<u64> {
        let by_time_of_day = |since: Moment| since.plus_ms(self.plan.soak_ms).0.saturating_sub(at.0);
        if state.revision < SOAKS_BY_WATCH || self.bug == SeededBug::SoakByTimeOfDay {
            return state.soaks_since.map(by_time_of_day);
        }
        soak_left_ms(self.plan, state)
    }

    /// A person approves that the run is finalised. The first approval waits for the second one, which must be another
    /// person's; whatever goes back meanwhile makes both void.
    pub(super) fn finalise_approved(
        self,
        mut state: State,
        who: &str,
        at: Moment,
        shown: Option<&Shown>,
        event: &Event,
    ) -> Result<State, Illegal> {
        let is_meant = shown.is_none_or(|shown| shown.step == self.plan.steps.len());
        let mut steps = self.plan.steps.iter().zip(&state.steps);
        let has_something = steps.any(|(planned, reached)| is_to_be_finalised(planned, reached));
        let Some(left_ms) = self.left_ms(&state, at) else { return Err(unexpected(&state, event)) };
        if state.phase != Phase::Shifted || !is_meant || !has_something {
            return Err(unexpected(&state, event));
        }
        let is_early = self.bug == SeededBug::FinaliseEarly;
        if left_ms > 0 && !is_early {
            return Err(Illegal::Soaks { left_seconds: left_ms.div_ceil(1000) });
        }
        let spelt = |who: &str| who.trim().to_lowercase();
        if state.finalise_approved_by.iter().any(|by| spelt(by) == spelt(who)) {
            return Err(Illegal::SamePerson { who: who.to_owned() });
        }
        state.finalise_approved_by.insert(who.to_owned());
        if state.finalise_approved_by.len() < PERSONS && !is_early {
            return Ok(state);
        }
        state.direction = Direction::Finalise;
        Ok(self.begin(state))
    }

    /// The new side does not pass right before a target is finalised. While nothing is final the run goes back to its soak, where
    /// the background analysis tells whether the side has failed, and the approvals are void: what they rested on is no more.
    /// Where something is final, the stage bakes anew: the side passes all that time, or has failed and goes back alone.
    pub(super) fn not_finalised(self, mut state: State, reason: String, at: Moment) -> State {
        let Phase::Guarding { task, passed, tries, .. } = state.phase else { return state };
        if state.is_one_way() && self.bake_gate(&state, task.step()).is_some() {
            state.steps[task.step()].baked = false;
            return self.begin(state);
        }
        if state.is_one_way() {
            let not_before = Some(trouble(&mut state, reason, at));
            return State { phase: Phase::Guarding { task, passed, tries, not_before }, ..state };
        }
        state.direction = Direction::Forward;
        state.finalise_approved_by.clear();
        self.begin(state)
    }
}

/// Where the soak begins and ends: it begins with the event by which everything is on the new side, and what goes back makes it void, and
/// every approval that rested on it.
pub(super) fn counting_soak(mut state: State, event: &Event) -> State {
    match (state.direction, &state.phase) {
        (Direction::Forward, Phase::Shifted) => state.soaks_since = state.soaks_since.or(event.moment()),
        (Direction::Forward, phase) if state.revision >= FINALISED_FOR_ONE_WAIT && moves_nobody(phase) => {}
        (Direction::Forward | Direction::Back, _) => {
            (state.soaks_since, state.soaked_ms) = (None, 0);
            state.finalise_approved_by.clear();
        }
        (Direction::Finalise | Direction::Release, _) => {}
    }
    state
}

/// Whether a driver does what it does before a run soaks on: it looks at targets, and takes their fencing tokens over.
fn moves_nobody(phase: &Phase) -> bool {
    let stands = matches!(phase, Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. });
    !stands && matches!(phase.task(), Some(Task::See { .. } | Task::Claim { .. }))
}

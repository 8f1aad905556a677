//! A driver goes on where another, or it itself before a crash, left off.

use super::people::forget_what_was_seen;
use super::rules::{Illegal, Rules, unexpected};
use crate::batch::in_flight_ms;
use crate::revision::{ACCEPTED_IS_KNOWN, SEES_ALL, SOAKS_BY_WATCH, TIME_COUNTS, TOGETHER};
use crate::{Event, Moment, Pending, Phase, State, Together};
use caravan_providers::CallError;

/// Why a write that was on its way is in doubt.
const GONE: &str = "the driver was gone before the answer came";

impl Rules<'_> {
    /// Whatever was on its way is in doubt; whatever was being observed is observed again; whatever waits for a
    /// person goes on waiting. Downtime never counts as baked.
    pub(super) fn taken_over(
        self,
        mut state: State,
        (epoch, revision): (u64, u32),
        at: Moment,
        event: &Event,
    ) -> Result<State, Illegal> {
        if let Phase::Planned | Phase::Finished(_) = state.phase {
            return Err(unexpected(&state, event));
        }
        // Whoever has approved it by the time of day was shown a soak that was over.
        if state.revision < SOAKS_BY_WATCH && revision >= SOAKS_BY_WATCH && !state.finalise_approved_by.is_empty() {
            state.soaked_ms = self.plan.soak_ms;
        }
        (state.epoch, state.revision) = (epoch, revision);
        forget_what_was_seen(&mut state);
        if revision >= SEES_ALL {
            believe_nothing(&mut state);
        }
        if revision >= TIME_COUNTS {
            go_on_waiting(&mut state, at);
            if state.phase.may_land_until().is_some() {
                return Ok(self.waits_on(state, at));
            }
        } else if revision >= TOGETHER {
            doubts_begin_anew(&mut state, at);
        }
        if let Phase::Together(together) = state.phase.clone() {
            return Ok(self.taken_over_together(state, together, CallError::InDoubt(GONE.to_owned()), at));
        }
        if revision >= ACCEPTED_IS_KNOWN
            && let Some(phase) = accepted(&state.phase)
        {
            return Ok(State { phase, ..state });
        }
        if let Some((task, write)) = state.phase.in_flight() {
            let until = at.plus_ms(u64::from(write.in_flight) * 1000);
            let write = Box::new(write.clone());
            let error = CallError::InDoubt(GONE.to_owned());
            let pending = Pending { task, write: write.clone(), error: error.clone() };
            state = match self.pass_over_in_doubt(state, pending, until, at) {
                Ok(others_first) => return Ok(others_first),
                Err(state) => *state,
            };
            state.phase = Phase::InDoubt { task, until, write, error, tries: 0 };
            return Ok(state);
        }
        Ok(match state.phase {
            // An intent that was not recorded yet was not sent either.
            Phase::Recording { .. }
            | Phase::FindingControllers { .. }
            | Phase::Observing { .. }
            | Phase::Guarding { .. }
            | Phase::Baking { .. }
            | Phase::Proving { .. }
            | Phase::SettlingAll { .. }
            // A later driver had been seen in the world; whether it still is ahead, an observation tells.
            | Phase::LeaseLost => self.begin(state),
            Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. } => self.looks_at_once(state),
            _ => state,
        })
    }

    /// What was in doubt before is in doubt still, for as long as is left of it.
    fn waits_on(self, mut state: State, at: Moment) -> State {
        match state.phase.clone() {
            Phase::InDoubt { task, write, until, error, .. } => {
                let pending = Pending { task, write, error };
                state = match self.pass_over_in_doubt(state, pending, until, at) {
                    Ok(others_first) => return others_first,
                    Err(state) => *state,
                };
                state
            }
            Phase::Together(Together::ReadingBack { sent, .. }) => {
                sent.writes.iter().for_each(|one| state.steps[one.task.step()].passed_over = true);
                state.sent.push(sent);
                self.begin(state)
            }
            _ => state,
        }
    }
}

/// What the journal knows of no write to is seen before anything goes on: the journal may be older than what was written.
fn believe_nothing(state: &mut State) {
    for reached in
        state.steps.iter_mut().filter(|step| step.stage.is_none() && !step.released_to_others && !step.failed)
    {
        reached.targets.iter_mut().for_each(|target| target.unseen = true);
    }
}

/// Until when what is in doubt may still land was told by the clock of the driver before, which may be hours off. By that same clock
/// the journal says until when it has waited.
fn go_on_waiting(state: &mut State, at: Moment) {
    let as_of = state.as_of;
    let from_now = |until: Moment, in_flight_ms: u64| at.plus_ms(until.0.saturating_sub(as_of.0).min(in_flight_ms));
    for doubt in state.steps.iter_mut().filter_map(|step| step.doubt.as_mut()) {
        doubt.until = from_now(doubt.until, u64::from(doubt.pending.write.in_flight) * 1000);
    }
    for sent in state.sent.iter_mut().filter(|sent| sent.answer.is_err()) {
        sent.until = from_now(sent.until, in_flight_ms(&sent.writes));
    }
    match &mut state.phase {
        Phase::InDoubt { until, write, .. } => *until = from_now(*until, u64::from(write.in_flight) * 1000),
        Phase::Together(Together::ReadingBack { sent, not_before, .. }) if sent.answer.is_err() => {
            sent.until = from_now(sent.until, in_flight_ms(&sent.writes));
            *not_before = Some(sent.until);
        }
        _ => {}
    }
}

/// What goes on with a write that the provider had accepted, as the journal says: it is no more in doubt than before. Moments
/// were told by the clock of the driver before, which may be hours off.
fn accepted(phase: &Phase) -> Option<Phase> {
    Some(match phase.clone() {
        Phase::Settling { task, write, ticket, .. } => Phase::Settling { task, write, ticket, not_before: Moment(0) },
        Phase::Verifying { task, write, .. } => Phase::Verifying { task, write, tries: 0, not_before: None },
        _ => return None,
    })
}

/// Until when what is in doubt may still land was told by the clock of the driver before, which may be hours off.
fn doubts_begin_anew(state: &mut State, at: Moment) {
    for doubt in state.steps.iter_mut().filter_map(|step| step.doubt.as_mut()) {
        doubt.until = at.plus_ms(u64::from(doubt.pending.write.in_flight) * 1000);
    }
    for sent in state.sent.iter_mut().filter(|sent| sent.answer.is_err()) {
        sent.until = at.plus_ms(in_flight_ms(&sent.writes));
    }
}

//! The one transition function.

mod bake;
mod controllers;
mod failed;
mod finalise;
mod guard;
mod halt;
mod judge;
mod late;
mod look_again;
mod pace;
mod pass_over;
mod people;
mod prove;
mod read_back;
mod repeat;
mod rules;
mod see;
mod settle;
mod takeover;
mod together;
mod unknown;
mod write;

pub(crate) use look_again::looked_at;
pub use people::adoptable;
pub use rules::Illegal;
pub(crate) use rules::Rules;

use crate::revision::{LOOKS_BEFORE, SEES_ALL, TIME_COUNTS};
use crate::{
    Deferred, Direction, Doubt, Event, Moment, NextLook, Outcome, Pending, Phase, State, StepState, Task, task,
};
use caravan_plans::Sealed;
use look_again::looks_now;
use rules::{recording, unexpected};

/// The state after an event. Total: every pair of state and event has an answer.
///
/// A journalled event leads to [`Phase::Recording`] first; what follows from it follows when it is `Recorded`.
///
/// # Errors
/// [`Illegal`] when the state does not allow the event.
pub fn transition(plan: &Sealed, state: State, event: Event) -> Result<State, Illegal> {
    transition_by(Rules::of(plan), state, event)
}

pub(crate) fn transition_by(rules: Rules<'_>, mut state: State, event: Event) -> Result<State, Illegal> {
    if event.is_journalled() {
        // What the state is doing ends with the event, which alone stays: it goes on to what follows.
        let phase = std::mem::replace(&mut state.phase, Phase::Planned);
        let then = follow(rules, State { phase, ..state.clone() }, &event)?;
        return Ok(recording(state, event, then));
    }
    match (state.phase, event) {
        (Phase::Recording { then, .. }, Event::Recorded) => Ok(*then),
        // What can't be kept of a soak does not count, and ends no driver.
        (Phase::Recording { event, .. }, Event::RecordFailed { .. }) if matches!(*event, Event::Soaked { .. }) => {
            state.phase = Phase::Shifted;
            Ok(state)
        }
        (Phase::Recording { .. }, Event::RecordFailed { reason }) => {
            state.phase = Phase::JournalUnavailable { reason };
            Ok(state)
        }
        (phase, Event::Leased(held)) => rules.leased(State { phase, ..state }, held),
        (phase, Event::Woke { at }) => rules.woke(State { phase, ..state }, at),
        (phase, event) => Err(Illegal::Unexpected { phase: phase.name(), event: event.name() }),
    }
}

/// What follows from a journalled event once it is recorded. A replay takes this way: the state before is not needed any
/// more.
pub(crate) fn follow(rules: Rules<'_>, state: State, event: &Event) -> Result<State, Illegal> {
    if matches!(state.phase, Phase::Recording { .. }) && !matches!(event, Event::TakenOver { .. }) {
        return Err(unexpected(&state, event));
    }
    let then = rules.decide(state, event).map(|then| finalise::counting_soak(then, event))?;
    let as_of = event.driver_moment().unwrap_or(then.as_of);
    Ok(State { as_of, ..then })
}

impl Rules<'_> {
    /// What follows from a journalled event.
    fn decide(self, state: State, event: &Event) -> Result<State, Illegal> {
        match event {
            Event::Started { .. }
            | Event::Approved { .. }
            | Event::Paused { .. }
            | Event::Resumed { .. }
            | Event::Aborted { .. }
            | Event::Adopted { .. }
            | Event::Retried { .. }
            | Event::Released { .. }
            | Event::FinaliseApproved { .. } => self.commanded(state, event),
            Event::TakenOver { epoch, at, revision } => self.taken_over(state, (*epoch, *revision), *at, event),
            Event::Replied { reply, at } => match state.phase {
                Phase::FindingControllers { .. } => Ok(self.controllers_found(state, reply, *at)),
                Phase::Observing { .. } => self.observed(state, reply, *at),
                Phase::Guarding { .. } => self.guarded(state, reply, *at),
                Phase::Applying { .. } => Ok(self.applied(state, reply, *at)),
                Phase::Settling { .. } => self.settled(state, event, reply, *at),
                Phase::SettlingAll { .. } => Ok(self.all_settled(state, reply, *at)),
                Phase::Together(_) => Ok(self.replied_together(state, reply, *at)),
                Phase::Resolving { .. } => Ok(self.resolved(state, reply, *at)),
                Phase::Verifying { .. } => Ok(self.verified(state, reply, *at)),
                Phase::Baking { .. } => Ok(self.baked(state, reply, *at)),
                Phase::Proving { .. } => Ok(self.proved(state, reply, *at)),
                Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. } => {
                    self.looked_again(state, reply, *at, event)
                }
                _ => Err(unexpected(&state, event)),
            },
            Event::AnalysisFailed { step, .. } => self.analysis_failed(state, *step, event),
            Event::Soaked { watched_ms, .. } => self.soaked(state, *watched_ms, event),
            // Only the engine intends and withdraws, by a state that already waits for it to be recorded.
            Event::Intended { .. }
            | Event::IntendedAll { .. }
            | Event::Withdrawn
            | Event::Waited { .. }
            | Event::Recorded
            | Event::RecordFailed { .. }
            | Event::Leased(_)
            | Event::Woke { .. } => Err(unexpected(&state, event)),
        }
    }

    /// Goes on to whatever comes next, after an operator's command has had its way.
    fn begin(self, mut state: State) -> State {
        (state.trouble, state.next_look) = (None, None);
        state = match self.read_back_first(state) {
            Ok(reads_back) => return reads_back,
            Err(state) => *state,
        };
        if self.has_command(&state) {
            match std::mem::replace(&mut state.deferred, Deferred::None) {
                // The way back is over once a target is final. A write that may have made it so is settled by now.
                Deferred::Rollback if state.steps.iter().any(|step| step.finalised) => {}
                Deferred::Rollback => state.direction = Direction::Back,
                Deferred::Pause => return State { phase: Phase::Paused, ..state },
                Deferred::None => {}
            }
        }
        state = match self.begin_together(state) {
            Ok(together) => return together,
            Err(state) => *state,
        };
        let phase = match task::next(self.plan, &state) {
            Some(task @ Task::Bake { step }) => return self.begin_bake(state, task, step),
            Some(task @ Task::Prove { .. }) => return self.begin_proof(state, task),
            Some(task @ Task::Enter { step, .. }) if state.steps[step].doubt.is_none() => {
                match first_shared(&state, step) {
                    Some(place) => Phase::FindingControllers { task, place, tries: 0, not_before: None },
                    None => Phase::Observing { task, tries: 0, not_before: None },
                }
            }
            Some(task) => match state.steps[task.step()].doubt.take() {
                Some(Doubt { pending: Pending { task, write, error }, until }) => {
                    Phase::InDoubt { task, write, until, error, tries: 0 }
                }
                None => Phase::Observing { task, tries: 0, not_before: None },
            },
            None => match state.direction {
                Direction::Forward if state.steps.iter().all(|step| step.failed) => {
                    state.direction = Direction::Back;
                    if state.revision >= SEES_ALL {
                        return self.begin(state);
                    }
                    Phase::Finished(outcome(&state))
                }
                Direction::Forward => Phase::Shifted,
                Direction::Back if !state.unsettled.is_empty() => Phase::SettlingAll { not_before: None },
                Direction::Back | Direction::Release | Direction::Finalise => Phase::Finished(outcome(&state)),
            },
        };
        State { phase, ..state }
    }
}

/// How a run ended whose direction has come to its end.
fn outcome(state: &State) -> Outcome {
    let is_left = |step: &StepState| {
        let is_back = step.failed && !step.finalised;
        step.released_to_others || (is_back && matches!(state.direction, Direction::Release | Direction::Finalise))
    };
    if state.cut_short || state.steps.iter().any(is_left) {
        return Outcome::Elsewhere;
    }
    if state.direction == Direction::Back { Outcome::RolledBack } else { Outcome::Done }
}

/// The first target of a step of which it is not known whether somebody else writes to it by themselves.
fn first_shared(state: &State, step: usize) -> Option<usize> {
    state.steps[step].targets.iter().position(|target| !target.exclusive)
}

impl Rules<'_> {
    /// The time that a phase waited for has come, or a part of it.
    fn woke(self, mut state: State, at: Moment) -> Result<State, Illegal> {
        if matches!(state.phase, Phase::Conflict { .. }) && state.look().is_none() && state.revision >= LOOKS_BEFORE {
            return Ok(looks_now(state));
        }
        if !state.waits_for_time() {
            return Err(Illegal::Unexpected { phase: state.phase.name(), event: "woke" });
        }
        if let Some(look) = state.look() {
            state.next_look = Some(NextLook { at: Moment(0), ..look });
            return Ok(state);
        }
        if state.revision >= TIME_COUNTS && state.phase.may_land_until().is_some_and(|until| at < until) {
            let then = State { as_of: at, ..state.clone() };
            return Ok(recording(state, Event::Waited { at }, then));
        }
        state.phase = state.phase.woken();
        Ok(state)
    }
}

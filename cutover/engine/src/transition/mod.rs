//! The one transition function.

mod bake;
mod controllers;
mod guard;
mod people;
mod takeover;
mod write;

use crate::{Deferred, Direction, Event, Moment, Outcome, Phase, SeededBug, State, Task, task};
use caravan_plans::{Sealed, WavePlan};
use write::settled;

/// An event that the state does not allow. Nothing has changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Illegal {
    /// The phase has no use for it.
    #[error("`{event}` makes no sense while the run is {phase}")]
    Unexpected {
        /// The phase's name.
        phase: &'static str,
        /// The event's name.
        event: &'static str,
    },
    /// The run has passed its point of no return: it can only go on.
    #[error("the run has passed its point of no return: it can't be taken back")]
    PastReturn,
}

/// The state after an event. Total: every pair of state and event has an answer.
///
/// A journalled event leads to [`Phase::Recording`] first; what follows from it follows when it is `Recorded`.
///
/// # Errors
/// [`Illegal`] when the state does not allow the event.
pub fn transition(plan: &Sealed, state: State, event: Event, bug: SeededBug) -> Result<State, Illegal> {
    if event.is_journalled() {
        let then = follow(plan, state.clone(), &event, bug)?;
        return Ok(recording(state, event, then));
    }
    let rules = Rules { plan: plan.plan(), bug };
    match (&state.phase, &event) {
        (Phase::Recording { then, .. }, Event::Recorded) => Ok((**then).clone()),
        (Phase::Recording { .. }, Event::RecordFailed { reason }) => {
            let phase = Phase::JournalUnavailable { reason: reason.clone() };
            Ok(State { phase, ..state })
        }
        (_, Event::Leased(held)) => rules.leased(state, *held),
        (_, Event::Woke { .. }) => woke(state),
        (_, event) => Err(unexpected(&state, event)),
    }
}

/// What follows from a journalled event once it is recorded. A replay takes this way: the state before is not needed any
/// more.
pub(crate) fn follow(plan: &Sealed, state: State, event: &Event, bug: SeededBug) -> Result<State, Illegal> {
    if matches!(state.phase, Phase::Recording { .. }) && !matches!(event, Event::TakenOver { .. }) {
        return Err(unexpected(&state, event));
    }
    Rules { plan: plan.plan(), bug }.decide(state, event)
}

/// What every part of the function needs.
#[derive(Clone, Copy)]
struct Rules<'a> {
    plan: &'a WavePlan,
    bug: SeededBug,
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
            | Event::Released { .. } => self.commanded(state, event),
            Event::TakenOver { epoch, at } => self.taken_over(state, *epoch, *at),
            Event::Replied { reply, at } => match state.phase {
                Phase::FindingControllers { .. } => Ok(self.controllers_found(state, reply, *at)),
                Phase::Observing { .. } => self.observed(state, reply, *at),
                Phase::Guarding { .. } => self.guarded(state, reply),
                Phase::Applying { .. } => Ok(self.applied(state, reply, *at)),
                Phase::Settling { .. } => Ok(settled(state, reply, *at)),
                Phase::Resolving { .. } => Ok(self.resolved(state, reply, *at)),
                Phase::Verifying { .. } => Ok(self.verified(state, reply, *at)),
                Phase::Baking { .. } => Ok(self.baked(state, reply, *at)),
                _ => Err(unexpected(&state, event)),
            },
            // Only the engine intends and withdraws, by a state that already waits for it to be recorded.
            Event::Intended { .. }
            | Event::Withdrawn
            | Event::Recorded
            | Event::RecordFailed { .. }
            | Event::Leased(_)
            | Event::Woke { .. } => Err(unexpected(&state, event)),
        }
    }

    /// Goes on to whatever comes next, after a person's command has had its way.
    fn begin(self, mut state: State) -> State {
        match std::mem::replace(&mut state.deferred, Deferred::None) {
            Deferred::Rollback => state.direction = Direction::Back,
            Deferred::Pause => {
                return State { phase: Phase::Paused, ..state };
            }
            Deferred::None => {}
        }
        let phase = match task::next(self.plan, &state) {
            Some(task @ Task::Bake { shift }) => return self.begin_bake(state, task, shift),
            Some(task @ Task::Enter { shift, .. }) if !state.shifts[shift].exclusive => {
                Phase::FindingControllers { task, tries: 0, not_before: None }
            }
            Some(task) => Phase::Observing { task, tries: 0, not_before: None },
            None => match state.direction {
                Direction::Forward => Phase::Shifted,
                Direction::Back => Phase::Finished(Outcome::RolledBack),
                Direction::Release => Phase::Finished(Outcome::Done),
            },
        };
        State { phase, ..state }
    }
}

/// The time that a phase waited for has come.
fn woke(mut state: State) -> Result<State, Illegal> {
    if !state.phase.waits_for_time() {
        return Err(Illegal::Unexpected { phase: state.phase.name(), event: "woke" });
    }
    state.phase = match state.phase {
        Phase::InDoubt { task, write, error, tries, .. } => Phase::Resolving { task, write, error, tries },
        Phase::Settling { task, write, ticket, .. } => Phase::Settling { task, write, ticket, not_before: Moment(0) },
        Phase::FindingControllers { task, tries, .. } => Phase::FindingControllers { task, tries, not_before: None },
        Phase::Observing { task, tries, .. } => Phase::Observing { task, tries, not_before: None },
        Phase::Verifying { task, write, tries, .. } => Phase::Verifying { task, write, tries, not_before: None },
        Phase::Baking { task, since, rounds, passed, .. } => {
            Phase::Baking { task, since, rounds, passed, not_before: None }
        }
        other => other,
    };
    Ok(state)
}

/// The state that waits for its event to be journalled.
fn recording(state: State, event: Event, then: State) -> State {
    State { phase: Phase::Recording { event: Box::new(event), then: Box::new(then) }, ..state }
}

fn unexpected(state: &State, event: &Event) -> Illegal {
    Illegal::Unexpected { phase: state.phase.name(), event: event.name() }
}

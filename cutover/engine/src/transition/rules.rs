//! `Rules`, which every part of the transition function extends, and the error of an event that does not fit.

use crate::{Event, Phase, SeededBug, State};
use caravan_plans::{Sealed, WavePlan};

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
    /// It has not stood on the new side for as long as the plan asks.
    #[error("the soak is not over for another {left_seconds} s")]
    Soaks {
        /// Seconds that are left, begun ones counted.
        left_seconds: u64,
    },
    /// The second approval must be another person's.
    #[error("{who} has approved it already: another person must")]
    SamePerson {
        /// Who has.
        who: String,
    },
    /// What was finalised can't be taken back.
    #[error("the run is being finalised, and its first write was made: there is no way back")]
    NoWayBack,
}

/// The plan by which a run goes, and the bug that a test seeded: none everywhere else.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) plan: &'a WavePlan,
    pub(crate) bug: SeededBug,
}

impl<'a> Rules<'a> {
    /// The rules of a plan.
    pub(crate) fn of(plan: &'a Sealed) -> Self {
        Self { plan: plan.plan(), bug: SeededBug::None }
    }
}

/// The state that waits for its event to be journalled.
pub(super) fn recording(state: State, event: Event, then: State) -> State {
    State { phase: Phase::Recording { event: Box::new(event), then: Box::new(then) }, ..state }
}

pub(super) fn unexpected(state: &State, event: &Event) -> Illegal {
    Illegal::Unexpected { phase: state.phase.name(), event: event.name() }
}

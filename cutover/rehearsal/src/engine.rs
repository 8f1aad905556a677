//! The engine that is rehearsed, as a run sees it.

use caravan_cutover_engine::{Event, Illegal, ReplayError, SeededBug, State};
use caravan_plans::Sealed;

/// The name of every rehearsed run.
pub(crate) const RUN: &str = "r1";

/// The engine that is rehearsed: the very one that cutovers run, with a bug where a test seeded one.
#[derive(Clone, Copy)]
pub(crate) struct Engine<'a> {
    pub(crate) plan: &'a Sealed,
    pub(crate) bug: SeededBug,
    /// Whether its driver asks sides in the background, and counts what can't be judged.
    pub(crate) watches: bool,
    pub(crate) counts_unknown: bool,
    pub(crate) transition: fn(&Sealed, State, Event, SeededBug) -> Result<State, Illegal>,
    pub(crate) replay: fn(&str, &Sealed, &[Event], SeededBug) -> Result<State, ReplayError>,
}

impl Engine<'_> {
    /// The state after an event.
    ///
    /// # Errors
    /// When the state does not allow the event.
    pub(crate) fn transition(self, state: State, event: Event) -> Result<State, Illegal> {
        (self.transition)(self.plan, state, event, self.bug)
    }

    /// The state in which a journal left the run.
    ///
    /// # Errors
    /// When an entry does not fit.
    pub(crate) fn replay(self, journal: &[Event]) -> Result<State, ReplayError> {
        (self.replay)(RUN, self.plan, journal, self.bug)
    }
}

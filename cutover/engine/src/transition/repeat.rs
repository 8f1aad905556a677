//! Repeating what brought nothing: on the way forward a few times, on the way back for as long as it takes.

use super::pace::{BETWEEN_TRIES_MS, LONGEST_BETWEEN_TRIES_MS};
use super::rules::Rules;
use crate::task::is_going_back;
use crate::{Moment, Phase, SeededBug, State, Together, Trouble};

impl Rules<'_> {
    /// Whether a call that brought nothing is made again. On the way back it always is: users may stand on a side that is
    /// dead, and whoever gives up leaves them there when the trouble is long over.
    pub(super) fn is_repeated(self, state: &State, tries: u32, limit: u32) -> bool {
        let is_back = is_going_back(state);
        (is_back || tries + 1 < limit) && !(is_back && self.bug == SeededBug::GiveUpOnTheWayBack)
    }
}

/// Whether it repeats a call on its way back, and a person's word can come between: a write that may go out this moment is
/// waited for.
pub(super) fn is_repeating(state: &State) -> bool {
    let may_write = matches!(
        state.phase,
        Phase::CheckingLease { .. }
            | Phase::Applying { .. }
            | Phase::Together(Together::CheckingLease { .. } | Together::Applying { .. })
    );
    is_going_back(state) && state.trouble.is_some() && !may_write
}

/// The tries after one more that brought nothing: only those with a limit are counted, so that trouble that has passed
/// takes nothing from the tries of what comes after it.
pub(super) fn counted(state: &State, tries: u32) -> u32 {
    if is_going_back(state) { tries } else { tries + 1 }
}

/// Notes that a call brought nothing; gives the moment at which it is made again. The waits double, up to ten seconds.
pub(super) fn trouble(state: &mut State, reason: impl Into<String>, at: Moment) -> Moment {
    let (since, before) = state.trouble.take().map_or((at, 0), |trouble| (trouble.since, trouble.tries));
    state.trouble = Some(Trouble { reason: reason.into(), since, tries: before.saturating_add(1) });
    let doubled = BETWEEN_TRIES_MS << before.min(4);
    at.plus_ms(doubled.min(LONGEST_BETWEEN_TRIES_MS))
}

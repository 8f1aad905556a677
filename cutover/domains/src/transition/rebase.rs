//! Moments of a driver whose clock was ahead, told by the clock of the one that takes over.

use super::Step;
use crate::OrderPhase;
use caravan_cutover_engine::Moment;

impl Step<'_> {
    /// By the clock of the driver before it is later than by this one, which may be hours behind: what was still to pass by that clock when
    /// it was last heard of is still to pass, and no more; what lay behind it begins now. Where this clock is ahead, time has passed, and
    /// nothing lies further off than it did.
    pub(super) fn rebase(&mut self) {
        let (as_of, at) = (self.state.as_of, self.at);
        if at >= as_of {
            return;
        }
        let still = |until: &mut Moment| *until = at.plus_ms(until.0.saturating_sub(as_of.0));
        let state = &mut self.state;
        [&mut state.not_before, &mut state.doubt_until, &mut state.next_order].into_iter().for_each(still);
        state.limited_until.iter_mut().for_each(still);
        let begun = |since: &mut Moment| *since = (*since).min(at);
        begun(&mut state.since);
        [&mut state.instructed, &mut state.moved, &mut state.restored].into_iter().flatten().for_each(begun);
        if let Some(order) = &mut state.order
            && let OrderPhase::Validating(since) | OrderPhase::Finalizing(since) = &mut order.phase
        {
            begun(since);
        }
    }
}

//! The certificate: one order at a time, its URL known before anything follows from it.

use super::{Ask, Wanted};
use crate::{Act, Look, OrderPhase};
use caravan_cutover_engine::Moment;

/// Validations of one name that may fail within [`failures`](crate::Times::failures): two of the five that Let's Encrypt allows.
pub(crate) const FAILURES: usize = 2;

impl Ask<'_> {
    pub(super) fn certificate(self) -> Wanted {
        if !self.state.looked_for_held {
            return Wanted::Look(Look::Held);
        }
        let Some(order) = &self.state.order else {
            let next = self.state.next_order;
            if self.now < next {
                return Wanted::Wait(next);
            }
            let is_reserved = self.state.reserved || !self.plan.authority.has_limits;
            return self.act(if is_reserved { Act::Order } else { Act::Reserve });
        };
        let url = || order.url.clone();
        match order.phase {
            OrderPhase::Placed => self.act(Act::Present { order: url() }),
            OrderPhase::Presented => Wanted::Look(Look::Presented { order: url() }),
            OrderPhase::Checked => match self.validation_waits() {
                Some(until) => Wanted::Wait(until),
                None => self.act(Act::Validate { order: url() }),
            },
            OrderPhase::Validating(_) | OrderPhase::Finalizing(_) => Wanted::Look(Look::Order { order: url() }),
            OrderPhase::Ready => self.act(Act::Finalize { order: url() }),
            OrderPhase::Valid => self.act(Act::Store { order: url() }),
            OrderPhase::Stored | OrderPhase::Failed => self.act(Act::Clear { order: url() }),
        }
    }

    /// Until when no further validation may fail.
    fn validation_waits(self) -> Option<Moment> {
        let stretch = self.plan.times.failures;
        let from = Moment(self.now.0.saturating_sub(stretch));
        let mut recent: Vec<Moment> = self.state.failed_since(from).collect();
        recent.sort_unstable();
        let nth = recent.len().checked_sub(FAILURES)?;
        recent.get(nth).map(|at| at.plus_ms(stretch))
    }
}

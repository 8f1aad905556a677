//! How an order goes on.

use super::Step;
use crate::{Hold, OrderPhase, OrderStatus, Stage};
use caravan_cutover_engine::Moment;
use caravan_providers::Verdict;

/// Orders that may come to nothing before a person is called.
const ORDERS: u32 = 3;
/// Looks at a challenge whose answer is not seen before a person is told.
const UNSEEN: u32 = 10;

impl Step<'_> {
    /// The authority is told only once the answer is seen: a validation that must fail is none of ours.
    pub(super) fn presented(&mut self, verdict: &Verdict, tries: u32) {
        match verdict {
            Verdict::Pass => {
                self.clear_hold(|hold| matches!(hold, Hold::NotRoutable(_)));
                self.order_is(OrderPhase::Checked);
            }
            Verdict::Fail { reason } | Verdict::Inconclusive { reason } => {
                self.state.tries = tries + 1;
                if self.state.tries < UNSEEN {
                    return self.wait(self.plan.times.order);
                }
                self.hold_if_free(Hold::NotRoutable(format!("the answer to the challenge is not seen: {reason}")));
                self.wait(self.plan.times.look);
            }
        }
    }

    pub(super) fn order(&mut self, status: &OrderStatus) {
        let Some(order) = &self.state.order else { return };
        match (order.phase, status) {
            (_, OrderStatus::Invalid { reason, by_validation }) => self.came_to_nothing(reason, *by_validation),
            (_, OrderStatus::Valid) => self.order_is(OrderPhase::Valid),
            (OrderPhase::Validating(_), OrderStatus::Ready) => self.order_is(OrderPhase::Ready),
            // What was asked for long ago, and shows nothing, did not get there.
            (OrderPhase::Validating(since), OrderStatus::Pending) if self.is_long_ago(since) => {
                self.order_is(OrderPhase::Checked);
            }
            (OrderPhase::Finalizing(since), OrderStatus::Ready) if self.is_long_ago(since) => {
                self.order_is(OrderPhase::Ready);
            }
            _ => self.wait(self.plan.times.order),
        }
    }

    fn is_long_ago(&self, since: Moment) -> bool {
        self.at >= since.plus_ms(self.plan.times.in_flight)
    }

    fn came_to_nothing(&mut self, reason: &str, by_validation: bool) {
        if by_validation {
            self.state.failures.push(self.at);
        }
        // Its answer is taken away before the next one is put there.
        self.order_is(OrderPhase::Failed);
        self.state.order = self.state.order.take().filter(|order| order.presented);
        let pause = self.plan.times.order_again.get(self.state.fruitless as usize).copied();
        self.state.next_order = self.at.plus_ms(pause.unwrap_or_default());
        self.state.fruitless += 1;
        if self.state.fruitless >= ORDERS {
            self.state.hold = Some(Hold::NoCertificate(reason.to_owned()));
        }
    }

    /// Another certificate is needed: the one at the new edge would end too soon. Not without end.
    pub(super) fn needs_another(&mut self, why: &str) {
        if self.state.renewed >= ORDERS {
            return self.hold_if_free(Hold::CertificateEnds(why.to_owned()));
        }
        self.state.renewed += 1;
        self.state.order = None;
        self.state.fruitless = 0;
        self.state.looked_for_held = false;
        if self.state.is_watched() || self.state.instructed.is_some() {
            self.state.renewing = true;
        } else {
            self.enter(Stage::Routable);
        }
    }
}

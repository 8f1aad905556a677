//! What came of a change.

use super::{Illegal, Step};
use crate::{Act, Answer, Event, Hold, Message, Order, OrderPhase};
use caravan_providers::CallError;

impl Step<'_> {
    pub(super) fn answered(mut self, answer: &Result<Answer, CallError>, event: &Event) -> Result<Self, Illegal> {
        let Some(intent) = &self.state.intent else { return Err(self.unexpected(event)) };
        let fits = match answer {
            Err(_) => true,
            Ok(answer) => matches!(
                (&intent.act, answer),
                (Act::Reserve, Answer::Reserved { .. })
                    | (Act::Order, Answer::Ordered { .. })
                    | (Act::Store { .. }, Answer::Stored(_))
                    | (
                        Act::Present { .. }
                            | Act::Validate { .. }
                            | Act::Finalize { .. }
                            | Act::Clear { .. }
                            | Act::Provision
                            | Act::Unprovision
                            | Act::Write(_)
                            | Act::Tell(_),
                        Answer::Done
                    )
            ),
        };
        if !fits {
            return Err(self.unexpected(event));
        }
        match answer {
            Err(error) => self.failed(error),
            Ok(answer) => self.done(answer),
        }
        Ok(self)
    }

    fn done(&mut self, answer: &Answer) {
        let Some(intent) = self.state.intent.take() else { return };
        self.state.tries = 0;
        self.state.not_before = self.at;
        match (intent.act, answer) {
            (Act::Reserve, Answer::Reserved { until }) => {
                self.state.reserved = until.is_none();
                self.state.limited_until = *until;
                self.state.next_order = until.map_or(self.at, |until| until.max(self.at));
            }
            (Act::Order, Answer::Ordered { order }) => {
                self.state.reserved = false;
                self.state.order = Some(Order { url: order.clone(), phase: OrderPhase::Placed, presented: false });
            }
            (Act::Present { .. }, _) => self.order_is(OrderPhase::Presented),
            (Act::Validate { .. }, _) => {
                self.order_is(OrderPhase::Validating(self.at));
                self.wait(self.plan.times.order);
            }
            (Act::Finalize { .. }, _) => {
                self.order_is(OrderPhase::Finalizing(self.at));
                self.wait(self.plan.times.order);
            }
            (Act::Store { .. }, Answer::Stored(held)) => {
                self.state.held = Some(held.clone());
                self.order_is(OrderPhase::Stored);
            }
            (Act::Clear { .. }, _) => {
                self.state.order.iter_mut().for_each(|order| order.presented = false);
                self.state.order = self.state.order.take().filter(|order| order.phase != OrderPhase::Failed);
            }
            (Act::Provision, _) => {
                self.state.provisioned_now = true;
                self.state.since = self.at;
            }
            (Act::Unprovision, _) => self.state.unprovisioned = true,
            (Act::Write(_), _) => self.state.record.seen = None,
            (Act::Tell(message), _) => self.has_told(message),
            (Act::Reserve | Act::Order | Act::Store { .. }, _) => {}
        }
    }

    fn has_told(&mut self, message: Message) {
        self.state.told.insert(message);
        if message == Message::Instruct {
            self.state.instructed = Some(self.at);
        }
    }

    pub(super) fn order_is(&mut self, phase: OrderPhase) {
        self.state.order.iter_mut().for_each(|order| order.phase = phase);
    }

    /// A change brought no answer, or a refusal.
    pub(super) fn failed(&mut self, error: &CallError) {
        let Some(intent) = self.state.intent.take() else { return };
        self.state.record.seen = None;
        match error {
            CallError::NotSent(_) | CallError::Throttled(_) => self.again_later(),
            CallError::InDoubt(_) => self.in_doubt(intent.act),
            CallError::Conflict(_) if matches!(intent.act, Act::Write(_)) => self.again_later(),
            CallError::Denied(text)
            | CallError::Missing(text)
            | CallError::Conflict(text)
            | CallError::Rejected(text) => {
                self.state.hold = Some(Hold::Refused(format!("{}: {text}", intent.act.name())));
            }
        }
    }

    /// It may still land, and is looked at afterwards. What may be repeated without harm is; an order may not, unless the authority
    /// answers with the one that is open.
    fn in_doubt(&mut self, act: Act) {
        self.state.doubt_until = self.at.plus_ms(self.plan.times.in_flight);
        match act {
            Act::Order if !self.plan.authority.gives_open_orders_again => self.state.hold = Some(Hold::OrderInDoubt),
            Act::Validate { .. } => self.order_is(OrderPhase::Validating(self.at)),
            Act::Finalize { .. } => self.order_is(OrderPhase::Finalizing(self.at)),
            Act::Write(write) => {
                let until = self.at.plus_ms(u64::from(write.in_flight) * 1_000);
                self.state.doubt_until = self.state.doubt_until.max(until);
            }
            // What was taken and not heard of is taken once more: of a limit less is used than there is.
            Act::Reserve => {}
            // They may have been told: they may come from now on.
            Act::Order
            | Act::Present { .. }
            | Act::Store { .. }
            | Act::Clear { .. }
            | Act::Provision
            | Act::Unprovision
            | Act::Tell(_) => {}
        }
    }
}

//! What follows by itself: stages that have nothing more to do.

use super::Step;
use crate::wanted::{Reach, reach};
use crate::{Lead, OrderPhase, Outcome, OwnRecord, Stage, Stand};

impl Step<'_> {
    /// Goes on as far as nothing has to be looked at, changed or waited for.
    pub(super) fn advance(mut self) -> Self {
        if self.state.intent.is_some() {
            return self;
        }
        loop {
            let before = self.state.stage;
            if self.state.renewing {
                self.after_the_order();
            }
            self.one_further();
            if self.state.stage == before {
                return self;
            }
        }
    }

    fn one_further(&mut self) {
        match self.state.stage {
            Stage::Certificate => self.after_the_order(),
            Stage::Lowering => self.after_lowering(),
            Stage::Flip => self.after_the_flip(),
            Stage::Converging => self.after_converging(),
            Stage::Soaking if self.state.watch.soaked >= self.plan.times.soak => {
                self.enter(Stage::Renewal);
            }
            Stage::Releasing => self.after_the_release(),
            Stage::Back => self.after_the_way_back(),
            _ => {}
        }
    }

    fn after_the_order(&mut self) {
        let is_stored =
            self.state.order.as_ref().is_some_and(|order| order.phase == OrderPhase::Stored && !order.presented);
        if is_stored && self.state.hold.is_none() {
            self.certificate_is_there();
        }
    }

    fn is_at(&self, own: &OwnRecord, stand: Stand) -> bool {
        reach(self.plan, own, &self.state, stand) == Reach::There
    }

    /// From the moment that every name server answers the shorter time, resolvers may remember the longer one once more.
    fn after_lowering(&mut self) {
        let ttl = match &self.plan.lead {
            Lead::Ours(own) if own.lowered.is_some() => {
                if !self.is_at(own, Stand::Lowered) {
                    return;
                }
                own.original_ttl
            }
            Lead::Ours(_) | Lead::Customer(_) => 0,
        };
        self.enter(Stage::Flip);
        self.wait(ttl);
    }

    fn after_the_flip(&mut self) {
        let Lead::Ours(own) = &self.plan.lead else { return };
        if self.state.led && self.is_at(own, Stand::Moved) {
            self.state.moved = Some(self.at);
            self.enter(Stage::Converging);
        }
    }

    /// Resolvers have forgotten the old answer, and the last round was good.
    fn after_converging(&mut self) {
        let ttl = match &self.plan.lead {
            Lead::Ours(own) => own.lowered_ttl,
            Lead::Customer(record) => record.ttl,
        };
        let is_forgotten = self.state.moved.is_some_and(|at| self.at >= at.plus_ms(2 * ttl));
        if is_forgotten && self.state.watch.evidence == Some(self.at) {
            self.enter(Stage::Soaking);
        }
    }

    fn after_the_release(&mut self) {
        let is_settled = match &self.plan.lead {
            Lead::Ours(own) => self.is_at(own, Stand::Settled),
            Lead::Customer(_) => true,
        };
        if is_settled && (self.state.is_clean || self.plan.own_zones.is_none()) {
            self.enter(Stage::Over(Outcome::Done));
        }
    }

    fn after_the_way_back(&mut self) {
        if self.state.restored.is_none() {
            let is_restored = match &self.plan.lead {
                Lead::Ours(own) => self.state.record.wrote.is_none() || self.is_at(own, Stand::Original),
                Lead::Customer(_) => !self.state.led,
            };
            if is_restored {
                self.state.restored = Some(self.at);
            }
        }
        let may_come_late = matches!(self.plan.lead, Lead::Customer(_)) && self.state.led;
        let edge_is_free = !self.state.provisioned || self.state.unprovisioned || may_come_late;
        let is_cleared = self.state.order.as_ref().is_none_or(|order| !order.presented);
        if self.state.restored.is_some() && edge_is_free && is_cleared {
            self.enter(Stage::Over(Outcome::Back));
        }
    }
}

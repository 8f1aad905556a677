//! The way back: the record first, the new edge when nobody can be led there any more.

use super::record::{Reach, reach};
use super::{Ask, Wanted};
use crate::{Act, Hold, Lead, Look, Message, Stand};

impl Ask<'_> {
    pub(super) fn back(self) -> Wanted {
        let Self { plan, state, now } = self;
        let person_first = state.paused || state.hold.as_ref().is_some_and(|hold| !hold.ends_by_sight());
        if person_first {
            return Wanted::Person;
        }
        let forgotten = match (&plan.lead, state.restored) {
            (Lead::Ours(own), None) => {
                return match reach(plan, own, state, Stand::Original) {
                    Reach::Look(look) => Wanted::Look(look),
                    Reach::Write(write) => self.put_back(write),
                    Reach::There => Wanted::Person,
                };
            }
            (Lead::Customer(_), None) => return self.asked_back(),
            // Twice what resolvers remember: some keep it longer.
            (Lead::Ours(own), Some(at)) => at.plus_ms(if state.led { 2 * own.lowered_ttl } else { 0 }),
            (Lead::Customer(_), Some(at)) => at,
        };
        if now < forgotten {
            return Wanted::Wait(forgotten);
        }
        if self.must_unprovision() {
            return Wanted::Act(Act::Unprovision);
        }
        match &state.order {
            Some(order) if order.presented => Wanted::Act(Act::Clear { order: order.url.clone() }),
            _ => Wanted::Person,
        }
    }

    /// Users go back only onto an old edge that was just seen to answer, unless a person has said so with a reason.
    fn put_back(self, write: Box<caravan_providers::Write>) -> Wanted {
        if !self.state.led || self.state.despite_probes || self.old_is_guarded() {
            return Wanted::Act(Act::Write(write));
        }
        Wanted::Look(Look::Sides)
    }

    fn old_is_guarded(self) -> bool {
        let passed = self.state.old_passed.is_some_and(|at| self.now < at.plus_ms(self.plan.times.guard));
        passed && !matches!(self.state.hold, Some(Hold::OldSide(_)))
    }

    fn asked_back(self) -> Wanted {
        if !self.state.told.contains(&Message::PutBack) {
            return Wanted::Act(Act::Tell(Message::PutBack));
        }
        self.paced(|| Wanted::Look(if self.state.watch.leads.is_none() { Look::Names } else { Look::Sides }))
    }

    /// Where a customer was told to move, the new edge goes on serving the name: they may still follow the first message.
    fn must_unprovision(self) -> bool {
        let may_come_late = matches!(self.plan.lead, Lead::Customer(_)) && self.state.led;
        self.state.provisioned && !self.state.unprovisioned && !may_come_late
    }
}

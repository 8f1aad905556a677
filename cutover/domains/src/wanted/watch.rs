//! Users are on the new edge: where the name leads and how both edges answer, round by round.

use super::record::{Reach, reach};
use super::{Ask, Wanted};
use crate::{Act, Lead, Look, Stage, Stand};

impl Ask<'_> {
    pub(super) fn watch(self) -> Wanted {
        match self.message() {
            Some(message) => Wanted::Act(Act::Tell(message)),
            None => self.paced(|| self.round()),
        }
    }

    /// A round when it is due; between two of them the next certificate, where one is on its way.
    pub(super) fn paced(self, round: impl FnOnce() -> Wanted) -> Wanted {
        let watch = &self.state.watch;
        let has_begun = watch.leads.is_some() || watch.sides || self.state.record.seen.is_some();
        if has_begun || self.now >= watch.next {
            return round();
        }
        let between = if self.state.renewing { self.certificate() } else { Wanted::Person };
        match between {
            Wanted::Wait(until) => Wanted::Wait(until.min(watch.next)),
            Wanted::Person | Wanted::Nothing | Wanted::Answer => Wanted::Wait(watch.next),
            wanted @ (Wanted::Look(_) | Wanted::Act(_)) => wanted,
        }
    }

    fn round(self) -> Wanted {
        let Self { plan, state, .. } = self;
        if state.watch.sides {
            return Wanted::Look(match state.stage {
                Stage::Renewal if state.watch.route => Look::Dangling,
                Stage::Renewal => Look::Route,
                _ => Look::Sides,
            });
        }
        if state.watch.leads.is_some() {
            return Wanted::Look(Look::Sides);
        }
        match &plan.lead {
            Lead::Customer(_) => Wanted::Look(Look::Names),
            Lead::Ours(own) => match reach(plan, own, state, Stand::Moved) {
                Reach::Look(look) => Wanted::Look(look),
                // Another driver's token is taken over; the record itself stays.
                Reach::Write(write) if self.may_act() && write.before == write.after => Wanted::Act(Act::Write(write)),
                Reach::Write(_) | Reach::There => Wanted::Look(Look::Sides),
            },
        }
    }
}

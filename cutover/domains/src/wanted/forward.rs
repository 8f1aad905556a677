//! The way to the new edge.

use super::{Ask, Reach, Wanted, reach};
use crate::{Act, Lead, Look, Stage, Stand};

impl Ask<'_> {
    pub(super) fn forward(self) -> Wanted {
        let Self { state, .. } = self;
        // Where no user can be, what only a person ends is not looked at.
        let waits_for_person = state.paused || state.hold.as_ref().is_some_and(|hold| !hold.ends_by_sight());
        if waits_for_person && !state.led {
            return Wanted::Person;
        }
        match state.stage {
            Stage::Routable => Wanted::Look(Look::Route),
            Stage::Certificate => self.certificate(),
            Stage::Edge if !state.edge_is_clear => Wanted::Look(Look::Edge),
            Stage::Edge if !state.provisioned_now => self.act(Act::Provision),
            Stage::Edge => Wanted::Look(Look::Edge),
            Stage::Preflight => Wanted::Look(Look::Sides),
            Stage::Lowering => self.record(Stand::Lowered),
            Stage::Flip => self.flip(),
            Stage::Converging | Stage::Soaking | Stage::Renewal | Stage::Release => self.watch(),
            Stage::Releasing => self.releasing(),
            Stage::Planned | Stage::Back | Stage::Over(_) => Wanted::Person,
        }
    }

    /// Leads the name to the new edge, or has the customer do so.
    fn flip(self) -> Wanted {
        match &self.plan.lead {
            Lead::Ours(_) => self.record(Stand::Moved),
            Lead::Customer(_) if self.state.instructed.is_some() => self.customer(),
            Lead::Customer(_) => self.guarded(Act::Tell(crate::Message::Instruct)),
        }
    }

    /// The record as it stays, and a last look at what would dangle.
    fn releasing(self) -> Wanted {
        let is_settled = match &self.plan.lead {
            Lead::Ours(own) => reach(self.plan, own, self.state, Stand::Settled) == Reach::There,
            Lead::Customer(_) => true,
        };
        if is_settled && self.plan.own_zones.is_some() && !self.state.is_clean {
            Wanted::Look(Look::Dangling)
        } else {
            self.record(Stand::Settled)
        }
    }

    /// What leads users to the new edge: approved, in its window, and right after both edges were seen to answer.
    pub(super) fn guarded(self, act: Act) -> Wanted {
        if !self.state.approved {
            return Wanted::Person;
        }
        if let Some(window) = self.plan.window {
            if self.now < window.from {
                return Wanted::Wait(window.from);
            }
            if self.now >= window.until {
                return Wanted::Person;
            }
        }
        if self.is_guarded() { self.act(act) } else { Wanted::Look(Look::Sides) }
    }
}

//! How both edges answer: before the name moves, right before it does, and as long as users may be there.

use super::Step;
use crate::wanted::{Reach, reach};
use crate::{Hold, Lead, Message, Sides, Stage, Stand};
use caravan_providers::Verdict;

/// Rounds in which the new side does not pass while the old one does, after which users leave it.
const FAILING: u32 = 3;

impl Step<'_> {
    pub(super) fn sides(&mut self, sides: &Sides) {
        if sides.old == Verdict::Pass {
            self.state.old_passed = Some(self.at);
        }
        let passes = sides.new == Verdict::Pass && sides.old == Verdict::Pass && sides.shown.is_some();
        if passes {
            self.state.passed = Some(self.at);
        }
        match self.state.stage {
            Stage::Preflight => self.preflight(sides, passes),
            Stage::Back if matches!(self.plan.lead, Lead::Customer(_)) => {
                self.renew_in_time(sides);
                self.end_round(self.customer_interval());
            }
            Stage::Back => self.before_the_way_back(sides),
            Stage::Flip if self.state.instructed.is_some() => self.while_the_customer_acts(sides, passes),
            Stage::Flip => self.before_the_flip(sides, passes),
            _ => self.round(sides),
        }
    }

    fn customer_interval(&self) -> u64 {
        let times = &self.plan.times;
        if matches!(self.state.hold, Some(Hold::Parked)) { times.parked } else { times.customer }
    }

    fn preflight(&mut self, sides: &Sides, passes: bool) {
        if !passes {
            return self.holds_back(sides);
        }
        let is_ours = sides.shown.as_ref().map(|shown| &shown.fingerprint)
            == self.state.held.as_ref().map(|held| &held.fingerprint);
        if !is_ours {
            self.state.passes = 0;
            self.hold_if_free(Hold::Preflight(
                "the new edge shows another certificate than the one it was given".to_owned(),
            ));
            return self.wait(self.plan.times.look);
        }
        self.clear_hold(|hold| matches!(hold, Hold::Preflight(_)));
        self.state.passes += 1;
        if self.state.passes >= 2 {
            // The last look before the flip asks for more than this one.
            self.state.passed = None;
            self.enter(Stage::Lowering);
        } else {
            self.wait(self.plan.times.gap);
        }
    }

    /// The new edge does not answer as it must, or nobody can tell, or the old one does not and there is nothing to compare with.
    fn holds_back(&mut self, sides: &Sides) {
        self.state.passes = 0;
        self.state.passed = None;
        // One that ended while something else was waited for is no reason to wait for ever.
        if self.state.held.as_ref().is_some_and(|held| !self.lasts(held.ends)) {
            self.clear_hold(|hold| matches!(hold, Hold::Preflight(_)));
            return self.needs_another("three certificates in a row ended before the name could move");
        }
        match (&sides.new, &sides.old) {
            (Verdict::Fail { reason }, _) => self.hold_if_free(Hold::Preflight(format!("the new edge: {reason}"))),
            (_, Verdict::Fail { reason }) => self.hold_if_free(Hold::Preflight(format!("the old edge: {reason}"))),
            _ => {}
        }
        self.wait(self.plan.times.look);
    }

    /// They may move at any moment: the new edge must be ready all the time.
    fn while_the_customer_acts(&mut self, sides: &Sides, passes: bool) {
        if passes {
            // Whoever was led back because of it may come again.
            self.clear_hold(|hold| matches!(hold, Hold::Preflight(_) | Hold::NewSide(_)));
            self.state.told.remove(&Message::PutBack);
        } else if let Verdict::Fail { reason } = &sides.new {
            self.hold_if_free(Hold::Preflight(format!("the new edge: {reason}")));
        }
        self.renew_in_time(sides);
        self.end_round(self.customer_interval());
    }

    /// Where users may be, the next certificate is ordered in good time; the one that is there goes on serving them.
    fn renew_in_time(&mut self, sides: &Sides) {
        let Some(ends) = sides.shown.as_ref().or(self.state.held.as_ref()).map(|held| held.ends) else { return };
        if self.state.renewing {
            return;
        }
        if ends >= self.at.plus_ms(self.plan.times.margin) {
            self.state.renewed = 0;
        } else {
            self.needs_another("three certificates in a row ended too soon");
        }
    }

    /// The last look before users are led to the new edge: it answers, and both certificates outlast the soak.
    fn before_the_flip(&mut self, sides: &Sides, passes: bool) {
        let Some(shown) = sides.shown.as_ref().filter(|_| passes) else { return self.holds_back(sides) };
        self.clear_hold(|hold| matches!(hold, Hold::Preflight(_)));
        if !self.lasts(shown.ends) {
            self.state.passed = None;
            self.needs_another("three certificates of the new edge would end before the soak could be over");
            return;
        }
        self.state.renewed = 0;
        if !self.state.led && !sides.old_shown.as_ref().is_some_and(|old| self.lasts(old.ends)) {
            self.state.passed = None;
            let text = "the old edge's certificate ends before the soak could be over: there would be no way back";
            self.hold_if_free(Hold::CertificateEnds(text.to_owned()));
        }
    }

    fn before_the_way_back(&mut self, sides: &Sides) {
        match &sides.old {
            Verdict::Pass => self.clear_hold(|hold| matches!(hold, Hold::OldSide(_))),
            Verdict::Fail { reason } | Verdict::Inconclusive { reason } => {
                // At once again first, then every so often.
                let is_known = matches!(self.state.hold, Some(Hold::OldSide(_)));
                self.hold_if_free(Hold::OldSide(reason.clone()));
                self.wait(if is_known { self.plan.times.look } else { self.plan.times.order });
            }
        }
    }

    /// One round of the watch over users.
    fn round(&mut self, sides: &Sides) {
        self.renew_in_time(sides);
        let ends_at_once = sides.shown.as_ref().is_some_and(|shown| shown.ends < self.at.plus_ms(self.plan.times.gap));
        if ends_at_once && sides.old == Verdict::Pass {
            return self.users_leave("its certificate ends within the hour, and no other one came");
        }
        if sides.new == Verdict::Pass {
            self.state.watch.failing = 0;
            self.clear_hold(|hold| matches!(hold, Hold::NewSide(_)));
        } else if sides.old == Verdict::Pass {
            self.state.watch.failing += 1;
        }
        if let Verdict::Fail { reason } | Verdict::Inconclusive { reason } = &sides.new
            && self.state.watch.failing >= FAILING
        {
            return self.users_leave(reason);
        }
        let leads = match &self.plan.lead {
            Lead::Ours(own) => reach(self.plan, own, &self.state, Stand::Moved) == Reach::There,
            Lead::Customer(_) => self.state.watch.leads == Some(true),
        };
        let is_good = leads && sides.new == Verdict::Pass && sides.shown.is_some();
        self.soak(is_good);
        if is_good && self.state.stage == Stage::Renewal {
            self.state.watch.sides = true;
        } else {
            self.end_round(self.plan.times.look);
        }
    }

    /// Users leave a side that is known to be bad: by our record at once, by the customer's word otherwise.
    fn users_leave(&mut self, reason: &str) {
        self.state.watch.evidence = None;
        let is_conflict = matches!(self.state.hold, Some(Hold::Conflict { .. }));
        match &self.plan.lead {
            Lead::Ours(_) if !is_conflict => self.go_back(),
            Lead::Ours(_) | Lead::Customer(_) => {
                self.hold_if_free(Hold::NewSide(reason.to_owned()));
                self.end_round(self.plan.times.look);
            }
        }
    }

    /// Time counts only between two looks that both saw everything as it must be, one soon after the other.
    fn soak(&mut self, is_good: bool) {
        let slack = 3 * self.plan.times.look;
        let since = self.state.watch.evidence.filter(|_| is_good);
        let lasted = since.map_or(0, |since| self.at.0.saturating_sub(since.0));
        if lasted <= slack && self.state.stage >= Stage::Soaking {
            self.state.watch.soaked += lasted;
        }
        self.state.watch.evidence = is_good.then_some(self.at);
    }

    /// The next round begins after a while.
    pub(super) fn end_round(&mut self, pause: u64) {
        self.state.watch.leads = None;
        self.state.watch.sides = false;
        self.state.watch.route = false;
        self.state.record.seen = None;
        self.state.watch.next = self.at.plus_ms(pause);
    }
}

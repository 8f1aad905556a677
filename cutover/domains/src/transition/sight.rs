//! What was seen.

use super::{Illegal, Step};
use crate::wanted::{Wanted, wanted};
use crate::{EdgeSight, Event, Held, Hold, Look, Sides, Sight, Stage};
use caravan_cutover_engine::Moment;
use caravan_providers::{CallError, Verdict};

impl Step<'_> {
    /// Only what was wanted when it was asked for is taken in.
    pub(super) fn saw(
        mut self,
        sight: &Result<Sight, CallError>,
        asked: Moment,
        event: &Event,
    ) -> Result<Self, Illegal> {
        let Wanted::Look(look) = wanted(self.plan, &self.state, asked) else { return Err(self.unexpected(event)) };
        match sight {
            Ok(sight) if !look.is_answered_by(sight) => return Err(self.unexpected(event)),
            Ok(sight) => self.seen(sight),
            Err(error) => self.unseen(&look, &error.to_string()),
        }
        Ok(self)
    }

    fn seen(&mut self, sight: &Sight) {
        let tries = std::mem::take(&mut self.state.tries);
        match sight {
            Sight::Route(verdict) => self.route(verdict),
            Sight::Held(held) => self.found(held.as_ref()),
            Sight::Order(status) => self.order(status),
            Sight::Presented(verdict) => self.presented(verdict, tries),
            Sight::Edge(edge) => self.edge(edge),
            Sight::Sides(sides) => self.sides(sides),
            Sight::Record { snapshot, token } => self.record(snapshot, token.as_ref()),
            Sight::Settled(None) => self.state.record.settled = true,
            Sight::Settled(Some(_)) => self.wait(self.plan.times.order),
            Sight::Names(answers) => self.names(answers),
            Sight::Dangling(found) => self.dangling(found),
        }
    }

    /// Nothing was seen: unknown promotes nothing (K6). While users are watched, the rest of the round goes on.
    fn unseen(&mut self, look: &Look, reason: &str) {
        if !self.state.is_watched() {
            return self.again_later();
        }
        self.state.watch.evidence = None;
        let unknown = || Verdict::Inconclusive { reason: reason.to_owned() };
        match look {
            Look::Sides => self.sides(&Sides { new: unknown(), old: unknown(), shown: None, old_shown: None }),
            Look::Route | Look::Dangling => self.end_round(self.plan.times.look),
            _ => self.state.watch.leads = Some(false),
        }
    }

    fn route(&mut self, verdict: &Verdict) {
        let is_renewal = self.state.stage == Stage::Renewal;
        match verdict {
            Verdict::Pass => {
                self.clear_hold(|hold| matches!(hold, Hold::NotRoutable(_)));
                if is_renewal && self.plan.own_zones.is_some() {
                    self.state.watch.route = true;
                } else if is_renewal {
                    self.end_round(self.plan.times.look);
                    self.enter(Stage::Release);
                } else {
                    self.enter(Stage::Certificate);
                }
            }
            Verdict::Fail { reason } => {
                self.hold_if_free(Hold::NotRoutable(reason.clone()));
                if is_renewal { self.end_round(self.plan.times.look) } else { self.wait(self.plan.times.customer) }
            }
            Verdict::Inconclusive { .. } if is_renewal => self.end_round(self.plan.times.look),
            Verdict::Inconclusive { .. } => self.again_later(),
        }
    }

    /// Nothing of the old side goes while something of the name leads there, or to nobody: whoever gets hold of that has a part of it.
    fn dangling(&mut self, found: &[String]) {
        let found: Vec<String> = found.iter().filter(|one| !self.state.left_dangling.contains(one)).cloned().collect();
        let is_released = self.state.stage == Stage::Releasing;
        if !is_released {
            self.end_round(self.plan.times.look);
        }
        if !found.is_empty() {
            self.state.hold = self.state.hold.take().filter(|hold| !matches!(hold, Hold::Dangling(_)));
            self.hold_if_free(Hold::Dangling(found));
            if is_released {
                self.wait(self.plan.times.customer);
            }
            return;
        }
        self.clear_hold(|hold| matches!(hold, Hold::Dangling(_)));
        if is_released {
            self.state.is_clean = true;
        } else {
            self.enter(Stage::Release);
        }
    }

    /// A certificate that lies there already, and lasts, is none to order.
    fn found(&mut self, held: Option<&Held>) {
        self.state.looked_for_held = true;
        if let Some(held) = held.filter(|held| self.lasts(held.ends)) {
            self.state.held = Some(held.clone());
            self.certificate_is_there();
        }
    }

    /// Where users are already, the edge that serves them takes it up by itself.
    pub(super) fn certificate_is_there(&mut self) {
        if std::mem::take(&mut self.state.renewing) {
            return;
        }
        self.state.edge_is_clear = false;
        self.state.provisioned_now = false;
        self.enter(Stage::Edge);
    }

    /// Whether what ends then would outlast a soak that began now.
    pub(super) fn lasts(&self, ends: Moment) -> bool {
        ends >= self.at.plus_ms(self.plan.times.soak).plus_ms(self.plan.times.margin)
    }

    fn edge(&mut self, edge: &EdgeSight) {
        match edge {
            EdgeSight::Foreign { reason } => self.state.hold = Some(Hold::EdgeForeign(reason.clone())),
            _ if !self.state.edge_is_clear => self.state.edge_is_clear = true,
            EdgeSight::Served => {
                self.clear_hold(|hold| matches!(hold, Hold::EdgeLate(_)));
                self.state.passes = 0;
                self.state.passed = None;
                self.enter(Stage::Preflight);
            }
            // Somebody took it away: it is put there once more.
            EdgeSight::Absent => {
                self.state.provisioned_now = false;
                self.wait(self.plan.times.order);
            }
            EdgeSight::Waiting { reason } => {
                if self.at < self.state.since.plus_ms(self.plan.times.edge) {
                    return self.wait(self.plan.times.order);
                }
                self.hold_if_free(Hold::EdgeLate(reason.clone()));
                self.wait(self.plan.times.look);
            }
        }
    }

    pub(super) fn clear_hold(&mut self, is: impl Fn(&Hold) -> bool) {
        self.state.hold = self.state.hold.take().filter(|hold| !is(hold));
    }

    /// Holds, unless something holds already that a person has to end.
    pub(super) fn hold_if_free(&mut self, hold: Hold) {
        if self.state.hold.as_ref().is_none_or(Hold::ends_by_sight) {
            self.state.hold = Some(hold);
        }
    }
}

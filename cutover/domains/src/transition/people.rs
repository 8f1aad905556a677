//! What people want, and drivers that come.

use super::{Illegal, Step};
use crate::{Event, Hold, Outcome, Stage};
use caravan_providers::CallError;

impl Step<'_> {
    pub(super) fn people(mut self, event: &Event) -> Result<Self, Illegal> {
        match event {
            Event::Started { epoch, .. } if self.state.stage == Stage::Planned => {
                self.state.epoch = *epoch;
                self.enter(Stage::Routable);
            }
            Event::TakenOver { epoch, .. } if !matches!(self.state.stage, Stage::Planned | Stage::Over(_)) => {
                self.taken_over(*epoch)?;
            }
            Event::Approved { .. } if self.state.stage == Stage::Flip && !self.state.approved => {
                self.state.approved = true;
            }
            Event::Paused { .. } if self.is_under_way() && !self.state.paused => self.state.paused = true,
            Event::Resumed { .. } if self.is_under_way() && self.state.paused => self.state.paused = false,
            Event::TurnedBack { despite_probes, .. } => self.turned_back(despite_probes.is_some(), event)?,
            Event::Retried { .. } if self.is_under_way() && self.state.hold.is_some() => self.retried(),
            Event::Adopted { .. } if matches!(self.state.hold, Some(Hold::Conflict { .. })) => {
                self.enter(Stage::Over(Outcome::Elsewhere));
                self.state.hold = None;
            }
            Event::Adopted { .. } if matches!(self.state.hold, Some(Hold::Dangling(_))) => self.leave_dangling(),
            Event::ReleaseApproved { who, .. } if self.state.stage == Stage::Release => self.released(who, event)?,
            _ => return Err(self.unexpected(event)),
        }
        Ok(self)
    }

    fn is_under_way(&self) -> bool {
        !matches!(self.state.stage, Stage::Planned | Stage::Over(_))
    }

    /// What was under way with the driver before is in doubt; what it saw is looked at again.
    fn taken_over(&mut self, epoch: u64) -> Result<(), Illegal> {
        if epoch <= self.state.epoch {
            return Err(Illegal::OldEpoch { epoch, known: self.state.epoch });
        }
        self.state.epoch = epoch;
        self.rebase();
        self.state.record.seen = None;
        self.state.passed = None;
        self.state.old_passed = None;
        self.state.watch.leads = None;
        self.state.watch.sides = false;
        self.state.watch.route = false;
        // Whoever comes looks at once; what has to last goes on lasting.
        self.state.watch.next = self.at;
        if self.state.hold.as_ref().is_some_and(Hold::ends_by_sight) {
            self.state.not_before = self.at;
        }
        // Nobody watched in between: that time counts for nothing.
        self.state.watch.evidence = None;
        if self.state.intent.is_some() {
            self.failed(&CallError::InDoubt("its driver is gone".to_owned()));
        }
        Ok(())
    }

    /// It is looked once more, and what was found is none any more.
    fn leave_dangling(&mut self) {
        if let Some(Hold::Dangling(found)) = self.state.hold.take() {
            self.state.left_dangling.extend(found);
        }
        self.state.not_before = self.at;
        self.state.watch.next = self.at;
    }

    fn turned_back(&mut self, despite_probes: bool, event: &Event) -> Result<(), Illegal> {
        match self.state.stage {
            Stage::Releasing | Stage::Over(_) => return Err(Illegal::Released),
            Stage::Planned => self.enter(Stage::Over(Outcome::Back)),
            // Once more only with more to say.
            Stage::Back if despite_probes && !self.state.despite_probes => {
                self.state.despite_probes = true;
                self.state.hold = self.state.hold.take().filter(|hold| !matches!(hold, Hold::OldSide(_)));
            }
            Stage::Back => return Err(self.unexpected(event)),
            _ => {
                self.go_back();
                self.state.despite_probes = despite_probes;
            }
        }
        Ok(())
    }

    /// Everything goes back, from wherever it is. What was in doubt is waited for first.
    pub(super) fn go_back(&mut self) {
        self.enter(Stage::Back);
        self.state.hold = None;
        self.state.paused = false;
        self.state.record.seen = None;
        self.state.watch.leads = None;
        self.state.watch.sides = false;
        self.state.watch.route = false;
        self.state.watch.next = self.at;
        self.state.released_by = None;
        self.state.renewing = false;
    }

    fn retried(&mut self) {
        match self.state.hold.take() {
            Some(Hold::NoCertificate(_)) => self.state.fruitless = 0,
            Some(Hold::CertificateEnds(_)) => self.state.renewed = 0,
            _ => {}
        }
        self.state.record.seen = None;
        self.state.tries = 0;
        self.state.not_before = self.at;
        // Whatever it waited for may take as long again.
        self.state.since = self.at;
    }

    fn released(&mut self, who: &str, event: &Event) -> Result<(), Illegal> {
        if self.state.hold.is_some() || self.state.paused || self.state.intent.is_some() {
            return Err(self.unexpected(event));
        }
        match &self.state.released_by {
            None => self.state.released_by = Some(who.to_owned()),
            Some(first) if spelt(first) == spelt(who) => return Err(Illegal::SamePerson { who: who.to_owned() }),
            Some(_) => {
                self.enter(Stage::Releasing);
                self.state.record.seen = None;
            }
        }
        Ok(())
    }
}

/// A person's name however it is written.
fn spelt(who: &str) -> String {
    who.trim().to_lowercase()
}

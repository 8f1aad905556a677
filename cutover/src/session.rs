//! A session: one run while one driver drives it.

use crate::background::Background;
use crate::drift::look_every_ms;
use crate::driver_error::DriverError;
use crate::metering::Metering;
use crate::wait::PersonWait;
use caravan_cutover_engine::{Effect, Event, LeaseState, Moment, Phase, Soak, State, effects, transition};
use caravan_plans::{Sealed, Shift, WavePlan};

/// One run while it is driven.
pub(crate) struct Session<'a> {
    pub(crate) run: &'a str,
    pub(crate) plan: &'a Sealed,
    pub(crate) state: State,
    pub(crate) epoch: u64,
    pub(crate) entries: u64,
    pub(crate) leased_at: Moment,
    pub(crate) lease: Lease,
    pub(crate) taken: Option<i64>,
    /// The word that it waits for, and since when without a break.
    pub(crate) wait: Option<PersonWait>,
    /// When it leaves a run that waits for a person, whatever its sides say: it asks them before.
    pub(crate) leaves_at: Option<Moment>,
    /// The command for which it has looked once more at what stands.
    pub(crate) looked_for: Option<i64>,
    /// What is asked of both sides meanwhile.
    pub(crate) background: Background<'a>,
    /// What is counted of its shifts meanwhile.
    pub(crate) metering: Metering<'a>,
    /// What was watched of its soak.
    pub(crate) soak: Soak,
    /// Up to when everything that is asked was well; none while anything is not.
    pub(crate) well_upto: Option<Moment>,
    /// When something was last not well, or not known.
    pub(crate) unwell_at: Moment,
}

/// So much later than it is due an answer may come, in milliseconds: after that nobody has watched, since the machine slept or the driver
/// hung.
const LATE_MS: u64 = 10_000;

/// The longest time between two answers of all that is asked, in milliseconds, while a driver watches.
fn longest_stride_ms(plan: &WavePlan, state: &State) -> u64 {
    let of_shift = |shift: &Shift| {
        let asked_ms = shift.new.iter().map(|probe| u64::from(probe.timeout_ms)).max().unwrap_or(0);
        shift.analysis.every_ms.saturating_add(asked_ms)
    };
    // One target is looked at after the other.
    let looked_ms = look_every_ms(plan, state).saturating_add(1_000 * plan.steps.len() as u64);
    plan.shifts().map(of_shift).max().unwrap_or(0).max(looked_ms).saturating_add(LATE_MS)
}

/// What became of the lease since the run was resumed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lease {
    Ours,
    /// It ran out and is ours again, under a new epoch: a call or the machine stood still for longer than it lasts.
    Lapsed {
        epoch: u64,
    },
    /// Another driver has it, or a person took it away.
    Gone,
}

impl Session<'_> {
    /// Takes in what the journal says of the lease; gives whether it is still the one that this session began with.
    pub(crate) fn hears(&mut self, lease: &LeaseState, now: Moment) -> bool {
        self.lease = match *lease {
            LeaseState::Held { epoch } if epoch == self.epoch => {
                self.leased_at = now;
                Lease::Ours
            }
            LeaseState::Held { epoch } => Lease::Lapsed { epoch },
            LeaseState::Other(_) | LeaseState::Broken { .. } => Lease::Gone,
        };
        self.lease == Lease::Ours
    }

    /// What a driver that waits has watched of the soak by now, once it is to be journalled. Only time between two answers of each that is
    /// asked counts, where both were good: what came after the last of them nobody knows.
    pub(crate) fn soaked(&mut self, now: Moment) -> Option<Event> {
        let plan = self.plan.plan();
        let soaks = self.state.phase == Phase::Shifted;
        let borne = soaks.then(|| self.background.borne_out(plan, &self.state, now)).flatten();
        match (borne, self.well_upto) {
            (Some(upto), Some(before)) => {
                let passed_ms = upto.0.saturating_sub(before.0);
                let is_watched = passed_ms < longest_stride_ms(plan, &self.state);
                self.soak.watched(if is_watched { passed_ms } else { 0 });
                self.well_upto = Some(upto);
            }
            // Answers from before something was not well bear nothing out.
            (Some(upto), None) if upto >= self.unwell_at => self.well_upto = Some(upto),
            (Some(_), None) => {}
            (None, _) => (self.well_upto, self.unwell_at) = (None, now),
        }
        self.soak.event(plan, &self.state, now)
    }

    pub(crate) fn take_in(&mut self, event: Event) -> Result<(), DriverError> {
        // A command cut the wait short: the state goes on waiting unless the command changes that.
        if matches!(event, Event::Woke { at } if effects(self.plan, &self.state).is_some_and(|effect| matches!(effect, Effect::WaitUntil(moment) if at < moment)))
        {
            return Ok(());
        }
        let engine = |source| DriverError::Engine { run: self.run.to_owned(), source };
        let recorded = event == Event::Recorded;
        self.state = transition(self.plan, self.state.clone(), event).map_err(engine)?;
        if recorded {
            self.wait = PersonWait::after(self.wait.take(), self.plan.plan(), &self.state, self.entries);
        }
        Ok(())
    }
}

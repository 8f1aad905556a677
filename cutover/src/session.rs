//! A session: one run while one driver drives it.

use crate::background::Background;
use crate::driver_error::DriverError;
use crate::metering::Metering;
use crate::wait::PersonWait;
use caravan_cutover_engine::{Effect, Event, LeaseState, Moment, Phase, Soak, State, effects, transition};
use caravan_plans::Sealed;

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
    /// When it was last seen that its sides are well; none while they are not.
    pub(crate) well_at: Option<Moment>,
}

/// Milliseconds between two looks after which nobody has watched: the machine slept, or the driver hung.
const UNWATCHED_AFTER_MS: u64 = 10_000;

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

    /// What a driver that waits has watched of the soak by now, once it is to be journalled. Only time between two looks counts at both of
    /// which everything bore it out.
    pub(crate) fn soaked(&mut self, now: Moment) -> Option<Event> {
        let plan = self.plan.plan();
        let is_well = self.state.phase == Phase::Shifted && self.background.bears_out(plan, &self.state);
        if let (Some(before), true) = (self.well_at, is_well) {
            let passed_ms = now.0.saturating_sub(before.0);
            self.soak.watched(if passed_ms < UNWATCHED_AFTER_MS { passed_ms } else { 0 });
        }
        self.well_at = is_well.then_some(now);
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

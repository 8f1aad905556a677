//! How a driver gets a run's lease, keeps it, and makes sure of it before a write.
//!
//! How long a lease was left alone, and whether this driver stood still, is measured by the clock that nobody sets. The time
//! of day, which the store keeps for other processes, may jump: it locks nobody out, and takes no run from a living driver.

use crate::budget::Acquire;
use crate::driver::{Driver, RENEW_AT};
use crate::driver_error::DriverError;
use crate::session::Session;
use crate::store::RunStore;
use caravan_cutover_engine::{Clock, Event, JournalStoreError, LeaseClaim, LeaseMark, LeaseState, Moment};
use caravan_providers::Executor;

/// How often a driver looks whether another one's lease is free.
const LOOK_EVERY_MS: u64 = 250;
/// The longest lease that a driver may be told to take. One that lasts longer is nobody's to be waited for: a person breaks it.
const LONGEST_MS: u64 = 3_600_000;

impl<S: RunStore, E: Executor, C: Clock> Driver<S, E, C> {
    /// Takes the lease: at once where nobody has it, or its driver gave it up; else once that one has given no sign of life for as
    /// long as its lease lasts, by the clock of this driver that nobody sets. Whatever the time of day is here or there, a living
    /// driver keeps it. Waits no longer than the longer of both leases lasts, an hour at the most.
    pub(crate) async fn take_lease(&self, run: &str) -> Result<u64, DriverError> {
        let mut deadline = self.clock.now().plus_ms(self.lease_ms);
        let mut watched: Option<(LeaseMark, Moment)> = None;
        loop {
            let now = self.clock.now();
            let silent = watched.filter(|(mark, since)| now.0 - since.0 >= mark.lasts_ms(self.lease_ms));
            match self.claim(run, None, silent.map(|(mark, _)| mark)).await? {
                LeaseState::Held { epoch } => return Ok(epoch),
                LeaseState::Broken { who } => return Err(DriverError::LeaseBroken { run: run.to_owned(), who }),
                LeaseState::Other(mark) => {
                    let lasts_ms = mark.lasts_ms(self.lease_ms);
                    if watched.is_none() && lasts_ms <= LONGEST_MS {
                        deadline = deadline.max(now.plus_ms(lasts_ms));
                    }
                    if watched.is_none_or(|(seen, _)| seen != mark) {
                        watched = Some((mark, now));
                    }
                    if now >= deadline {
                        let since = watched.map_or(now, |(_, since)| since);
                        let left_ms = lasts_ms.saturating_sub(now.0.saturating_sub(since.0));
                        return Err(DriverError::LeaseHeld { run: run.to_owned(), left_ms });
                    }
                    self.clock.until(now.plus_ms(LOOK_EVERY_MS).min(deadline)).await;
                }
            }
        }
    }

    /// Renews the lease when it is time.
    pub(crate) async fn renew(&self, session: &mut Session<'_>) {
        let now = self.clock.now();
        if now.0.saturating_sub(session.leased_at.0) >= self.lease_ms / RENEW_AT {
            // A store that can't be reached now may be reachable before the lease runs out; the append will tell.
            if let Ok(lease) = self.claim_again(session).await {
                session.hears(&lease, now);
            }
        }
    }

    /// Makes sure of the lease before a write. A store that can't be reached says nothing of it: it is asked again until the
    /// lease has run out, and the write is not made meanwhile.
    ///
    /// # Errors
    /// That of the store, when it could not be reached for so long.
    pub(crate) async fn check_lease(&self, session: &mut Session<'_>) -> Result<Event, DriverError> {
        loop {
            let now = self.clock.now();
            match self.claim_again(session).await {
                Ok(lease) => return Ok(Event::Leased(session.hears(&lease, now))),
                Err(error @ JournalStoreError::Unavailable { .. }) if self.has_run_out(session) => {
                    return Err(error.into());
                }
                Err(JournalStoreError::Unavailable { .. }) => {
                    self.clock.until(self.clock.now().plus_ms(LOOK_EVERY_MS)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Takes from an API's budget. The inner error is after how many milliseconds it makes sense to ask again.
    pub(crate) async fn acquire(&self, acquire: Acquire) -> Result<Result<(), u64>, DriverError> {
        // All processes share the budget, so its moments are times of day; how long there is to wait is not.
        let now = self.clock.time_of_day();
        let taken = self.journal.acquire(acquire, now).await?;
        Ok(taken.map_err(|until| until.0.saturating_sub(now.0)))
    }

    async fn claim_again(&self, session: &Session<'_>) -> Result<LeaseState, JournalStoreError> {
        self.claim(session.run, (!self.has_run_out(session)).then_some(session.epoch), None).await
    }

    fn has_run_out(&self, session: &Session<'_>) -> bool {
        self.clock.now().0.saturating_sub(session.leased_at.0) >= self.lease_ms
    }

    async fn claim(
        &self,
        run: &str,
        keeps: Option<u64>,
        silent: Option<LeaseMark>,
    ) -> Result<LeaseState, JournalStoreError> {
        let (driver, now, lasts_ms) = (self.name.as_str(), self.clock.time_of_day(), self.lease_ms);
        self.journal.claim(run, LeaseClaim { driver, now, lasts_ms, keeps, silent }).await
    }
}

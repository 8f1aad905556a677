//! What the driver keeps for the engine, and where it takes the time from.

use crate::{Entry, Moment};
use std::future::Future;

/// Whether a lease is held.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LeaseState {
    /// By this driver, under this epoch.
    Held {
        /// Higher with each holder.
        epoch: u64,
    },
    /// By another driver, unless it lets it run out.
    Other(LeaseMark),
    /// A person has broken this driver's lease of the run: it never gets it again.
    Broken {
        /// Who broke it.
        who: String,
    },
}

/// A lease as a driver left it: one that is renewed, taken over or given up has another mark.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LeaseMark {
    /// The epoch of its holder.
    pub epoch: u64,
    /// When it runs out, by its holder's time of day, which may be hours off.
    pub until: Moment,
    /// When it was last taken or renewed, by the same clock; none where that was not kept.
    pub renewed: Option<Moment>,
}

/// How a driver asks for a lease, or for more of it.
#[derive(Clone, Copy, Debug)]
pub struct LeaseClaim<'a> {
    /// Its name: unique for each process.
    pub driver: &'a str,
    /// The time of day.
    pub now: Moment,
    /// Milliseconds that the lease shall last from now.
    pub lasts_ms: u64,
    /// The epoch under which it has the lease, where it has not stood still for longer than the lease lasts, by a clock that
    /// nobody sets: the time of day may have jumped.
    pub keeps: Option<u64>,
    /// Another driver's lease that has stood unchanged for as long as it lasts, by a clock that nobody sets: its holder is
    /// gone, whatever its own clock said.
    pub silent: Option<LeaseMark>,
}

impl LeaseMark {
    /// Milliseconds that it lasts from one renewal to the next; `unknown` where that was not kept.
    #[must_use]
    pub const fn lasts_ms(&self, unknown: u64) -> u64 {
        match self.renewed {
            Some(renewed) => self.until.0.saturating_sub(renewed.0),
            None => unknown,
        }
    }
}

/// Why a store could not do what was asked. What it had, it still has.
#[derive(Debug, thiserror::Error)]
pub enum JournalStoreError {
    /// Another driver holds the run's lease: stop.
    #[error("another driver holds run {run}")]
    LeaseLost {
        /// The run.
        run: String,
    },
    /// There is no such run.
    #[error("there is no run {run}")]
    NoSuchRun {
        /// The run.
        run: String,
    },
    /// The chain does not hold: somebody changed the journal.
    #[error("the journal of run {run} was changed at entry {sequence}")]
    BrokenChain {
        /// The run.
        run: String,
        /// The first entry that does not fit.
        sequence: u64,
    },
    /// The journal was written by a newer version: it is not touched.
    #[error("the journal is of format {found}, this version knows up to {known}")]
    Newer {
        /// The format that was found.
        found: u32,
        /// The newest format that this version knows.
        known: u32,
    },
    /// The disk or the service failed.
    #[error("the journal can't be reached: {text}")]
    Unavailable {
        /// The store's own words.
        text: String,
        /// The store's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Where journals and leases are kept. There may be any number of processes and drivers. Only the driver calls it, never
/// the transition function.
pub trait JournalStore: Send + Sync {
    /// Appends one entry under the epoch that it names. When this returns, the entry is durable, and the command that it
    /// takes in (if any) is gone in the same commit: no command is ever taken in twice.
    ///
    /// # Errors
    /// [`JournalStoreError::LeaseLost`] when the lease has a higher epoch; the entry is then not written.
    fn append(
        &self,
        run: &str,
        entry: &Entry,
        fulfils: Option<i64>,
    ) -> impl Future<Output = Result<(), JournalStoreError>> + Send;

    /// The entries of a run, in order, their chain verified.
    ///
    /// # Errors
    /// [`JournalStoreError::BrokenChain`], [`JournalStoreError::NoSuchRun`].
    fn load(&self, run: &str) -> impl Future<Output = Result<Vec<Entry>, JournalStoreError>> + Send;

    /// Takes or renews the lease of a run. Taking it over raises the epoch; renewing keeps it.
    ///
    /// # Errors
    /// When the store can't be reached. That says nothing of the lease: it must be taken for lost once its time has run out.
    fn claim(
        &self,
        run: &str,
        claim: LeaseClaim<'_>,
    ) -> impl Future<Output = Result<LeaseState, JournalStoreError>> + Send;

    /// As [`JournalStore::claim`], by a driver that relies on the time of day alone.
    ///
    /// # Errors
    /// Those of [`JournalStore::claim`].
    fn lease(
        &self,
        run: &str,
        driver: &str,
        now: Moment,
        lasts_ms: u64,
    ) -> impl Future<Output = Result<LeaseState, JournalStoreError>> + Send {
        self.claim(run, LeaseClaim { driver, now, lasts_ms, keeps: None, silent: None })
    }
}

/// Where the driver takes the time from.
pub trait Clock: Send + Sync {
    /// The time now, by a clock that nobody sets and that goes on while the machine sleeps: waits are measured by it. Near the
    /// time of day, and as far from it as that has jumped since the process began.
    fn now(&self) -> Moment;

    /// The time of day, which all processes of a machine share, and which may jump: for leases and budgets.
    fn time_of_day(&self) -> Moment;

    /// Returns when the moment has come, by [`Clock::now`].
    fn until(&self, moment: Moment) -> impl Future<Output = ()> + Send;
}

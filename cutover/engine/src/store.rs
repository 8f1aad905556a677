//! What the driver keeps for the engine, and where it takes the time from.

use crate::{Entry, Moment};
use std::future::Future;

/// Whether a lease is held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LeaseState {
    /// By this driver, under this epoch.
    Held {
        /// Higher with each holder.
        epoch: u64,
    },
    /// By another driver, until this moment unless it renews.
    Other {
        /// When it runs out.
        until: Moment,
    },
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
        /// What it is.
        found: u32,
        /// What is known.
        known: u32,
    },
    /// The disk or the service failed.
    #[error("the journal can't be reached: {text}")]
    Unavailable {
        /// What it said.
        text: String,
        /// What lies beneath.
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

    /// Takes or renews the lease of a run for `lasts_ms` from `now`. Taking it over raises the epoch; renewing keeps it.
    ///
    /// # Errors
    /// When the store can't be reached: the lease must then be taken for lost once its time has run out.
    fn lease(
        &self,
        run: &str,
        driver: &str,
        now: Moment,
        lasts_ms: u64,
    ) -> impl Future<Output = Result<LeaseState, JournalStoreError>> + Send;
}

/// Where the driver takes the time from.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;

    /// Returns when the moment has come.
    fn until(&self, moment: Moment) -> impl Future<Output = ()> + Send;
}

//! What the reads cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that all clones share.
#[derive(Clone, Debug, Default)]
pub struct Stats(Arc<Counters>);

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct StatsSnapshot {
    /// Requests that were sent, retries included.
    pub calls: u64,
    /// Answers that said "too fast". Each is a defect of the budgets (D6).
    pub throttled: u64,
    /// Requests that repeated an earlier one.
    pub retried: u64,
}

#[derive(Debug, Default)]
struct Counters {
    calls: AtomicU64,
    throttled: AtomicU64,
    retried: AtomicU64,
}

impl Stats {
    /// Reads the counters.
    #[must_use]
    pub fn snapshot(&self) -> StatsSnapshot {
        StatsSnapshot {
            calls: self.0.calls.load(Ordering::Relaxed),
            throttled: self.0.throttled.load(Ordering::Relaxed),
            retried: self.0.retried.load(Ordering::Relaxed),
        }
    }

    /// Counts a request that goes out; `attempt` begins at 1.
    pub(crate) fn sent(&self, attempt: u32) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        if attempt > 1 {
            self.0.retried.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts an answer that said "too fast".
    pub(crate) fn throttled(&self) {
        self.0.throttled.fetch_add(1, Ordering::Relaxed);
    }
}

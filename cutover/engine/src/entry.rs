//! One entry of the journal and the chain that holds them together.

use crate::Event;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// One entry of a run's journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// Counts from 1 within the run, without a gap.
    pub sequence: u64,
    /// The epoch of the driver that wrote it.
    pub epoch: u64,
    /// The event that was journalled.
    pub event: Event,
}

/// The SHA-256 of an entry and of everything before it in its run (K10).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChainHash(pub [u8; 32]);

impl ChainHash {
    /// The hash that stands before a run's first entry: that of the run's name and its plan's hash.
    #[must_use]
    pub fn genesis(run: &str, plan: &str) -> Self {
        Self(Sha256::new().chain_update(run).chain_update([0]).chain_update(plan).finalize().into())
    }

    /// The hash after one more entry, given in the very bytes that the journal keeps.
    #[must_use]
    pub fn after(&self, payload: &[u8]) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(payload).finalize().into())
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

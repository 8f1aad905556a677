//! A certificate as it lies at the new edge.

use caravan_cutover_engine::Moment;
use serde::{Deserialize, Serialize};

/// A certificate for the name, trusted and with its key: what its fingerprint is and when it ends.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// SHA-256 of it, in hex.
    pub fingerprint: String,
    /// When it ends.
    pub ends: Moment,
}

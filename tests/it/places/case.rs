//! One target with what it goes through.

use caravan_providers::target::{Snapshot, Target};

/// One target with what it goes through.
#[derive(Clone)]
pub(crate) struct Case {
    /// What is particular about it.
    pub(crate) name: &'static str,
    pub(crate) target: Target,
    /// A target of the same kind that there is not.
    pub(crate) missing: Target,
    pub(crate) original: Snapshot,
    /// The snapshots at 0, 10, 50 and 100 %.
    pub(crate) stages: Vec<Snapshot>,
    /// The snapshot at 10 % after somebody else gave it other weights.
    pub(crate) edited: Snapshot,
    /// The snapshot at 10 % after somebody else set something beside it, where that can be done.
    pub(crate) joined: Option<Snapshot>,
}

impl Case {
    pub(crate) const PERCENTS: [u8; 4] = [0, 10, 50, 100];
}

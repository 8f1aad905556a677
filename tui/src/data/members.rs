//! What a wave is made of, as people have written it.

use caravan_inventory::WorkloadId;

/// One step of a wave's file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Member {
    /// Whose traffic or work it is.
    pub workload: WorkloadId,
    /// What it is, in a word.
    pub what: &'static str,
    /// What it changes.
    pub target: String,
}

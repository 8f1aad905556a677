//! What is known of readiness.

use super::{Loaded, Pane, Windowed};
use crate::data::{Assessed, Progress, ReadinessRow, Sieve};
use caravan_inventory::WorkloadId;

#[derive(Debug, Default)]
pub(crate) struct ReadinessState {
    /// Which workloads are shown.
    pub(crate) sieve: Sieve,
    pub(crate) list: Windowed<ReadinessRow>,
    /// How far the list is known.
    pub(crate) progress: Progress,
    pub(crate) detail: Option<AssessedState>,
    pub(crate) pane: Pane,
}

#[derive(Debug)]
pub(crate) struct AssessedState {
    pub(crate) id: WorkloadId,
    pub(crate) told: Loaded<Box<Assessed>>,
    pub(crate) top: usize,
}

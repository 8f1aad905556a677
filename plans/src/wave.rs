//! A wave: what moves together in one window.

use crate::{PlanHash, Shift};
use serde::{Deserialize, Serialize};

/// The plan of one wave. It holds everything that execution needs: no choice is left for then.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WavePlan {
    /// `caravan.wave/v1`.
    pub schema: String,
    /// The wave's name.
    pub wave: String,
    /// The hash of this wave's previous seal; none for its first.
    pub parent: Option<PlanHash>,
    /// Who may drive it.
    pub drivers: Drivers,
    /// The shifts, in the order in which they are made; the rollback is the reverse.
    pub shifts: Vec<Shift>,
}

/// Who may drive a run (K8).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drivers {
    /// Drivers on several machines, under a shared lease.
    #[default]
    Shared,
    /// Only drivers on one machine: a checked target is then safe without the shared lease.
    OneMachine,
}

impl WavePlan {
    /// The version of the format that this code writes.
    pub const SCHEMA: &str = "caravan.wave/v1";

    /// The name of a step, as people give it back to approve it: the workload and the share, and the target where a
    /// workload has several. None when there is no such step.
    #[must_use]
    pub fn step_name(&self, shift: usize, stage: usize) -> Option<String> {
        let planned = self.shifts.get(shift)?;
        let percent = planned.stages.get(stage)?.percent;
        let alone = self.shifts.iter().filter(|other| other.workload == planned.workload).count() == 1;
        let at = if alone { String::new() } else { format!(" at {}", planned.target.short_name()) };
        Some(format!("{}{at} {percent} %", planned.workload))
    }
}

//! One weighted shift of traffic.

use crate::Change;
use caravan_inventory::WorkloadId;
use caravan_providers::target::{Probe, Snapshot, Target};
use serde::{Deserialize, Serialize};

/// One workload's traffic, moved in stages from its old side to its new side on one target.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Whose traffic it is.
    pub workload: WorkloadId,
    /// The target that is changed.
    pub target: Target,
    /// The state of the target when the plan was made: the rollback ends here, exactly.
    pub original: Snapshot,
    /// The stages, in their order: the first installs the split at 0 %.
    pub stages: Vec<Stage>,
    /// The tools that write to the target by themselves and are paused for the time of the run (K11).
    #[serde(default, alias = "fenced", skip_serializing_if = "Vec::is_empty")]
    pub paused_controllers: Vec<String>,
    /// How to tell that the old side is healthy: asked before anything goes back to it (K5).
    pub old: Vec<Probe>,
    /// How to tell that the new side is healthy: asked before traffic goes to it and through each bake.
    pub new: Vec<Probe>,
    /// How its sides are watched for as long as users are on the new one. Plans that were sealed without it have what a wave
    /// that names none has.
    #[serde(default)]
    pub analysis: Analysis,
    /// Seconds after which an unanswered write can no longer take effect.
    pub in_flight: u32,
    /// The commands that put the original back, when neither Caravan nor its journal is at hand (K12).
    #[serde(alias = "by_hand")]
    pub manual_rollback: Vec<String>,
}

/// One stage of a shift.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The share of the new side, 0 to 100.
    pub percent: u8,
    /// The state of the target in this stage.
    #[serde(alias = "image")]
    pub snapshot: Snapshot,
    /// Whether a person must approve before it.
    pub approval: bool,
    /// What must hold, and for how long, before the next stage.
    pub gate: Gate,
    /// Whether and how it can be taken back.
    pub undo: Undo,
}

/// Whether and how a stage can be taken back (K5).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// It can be taken back exactly.
    Reversible {
        /// What stays behind all the same: sessions on the new side, writes it took, resolvers' caches.
        leaves: Vec<String>,
    },
    /// By something that makes up for it.
    Compensated {
        /// What its undo leaves behind.
        leaves: Vec<String>,
    },
}

/// What must hold before the next stage.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Milliseconds that the stage bakes: probes must pass all that time.
    pub bake_ms: u64,
    /// Milliseconds between two rounds of probes.
    pub every_ms: u64,
    /// Rounds that must have passed at the least.
    pub rounds: u32,
    /// Rounds in which the new side may bring nothing that can be judged while the old side passes: with so many of them it
    /// has failed. Plans that were sealed without it have it at 5.
    #[serde(default = "default_unknown")]
    pub unknown: u32,
}

/// How the sides of a shift are watched for as long as users are on the new one, whatever the run is doing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Analysis {
    /// Milliseconds between two rounds of probes.
    pub every_ms: u64,
    /// Rounds that the new side may fail while the old side passes: with so many of them it has failed.
    pub failures: u32,
    /// Rounds in which the new side may bring nothing that can be judged while the old side passes: with so many of them it
    /// has failed.
    pub unknown: u32,
    /// Rounds in a row that must pass before failures and unknown rounds are forgotten.
    pub successes: u32,
}

impl Default for Analysis {
    fn default() -> Self {
        Self { every_ms: 10_000, failures: 3, unknown: default_unknown(), successes: 30 }
    }
}

/// Long enough for a side that starts anew, short enough for users who get no answer.
pub(crate) const fn default_unknown() -> u32 {
    5
}

impl Shift {
    /// The change that enters a stage; none when there is no such stage.
    #[must_use]
    pub fn enter(&self, stage: usize) -> Option<Change> {
        let after = self.stages.get(stage)?.snapshot.clone();
        let before = match stage.checked_sub(1) {
            Some(previous) => self.stages.get(previous)?.snapshot.clone(),
            None => self.original.clone(),
        };
        Some(Change { target: self.target.clone(), before, after })
    }

    /// The one change that puts the original back from a stage; none when there is no such stage.
    #[must_use]
    pub fn rollback(&self, stage: usize) -> Option<Change> {
        let before = self.stages.get(stage)?.snapshot.clone();
        Some(Change { target: self.target.clone(), before, after: self.original.clone() })
    }
}

//! One hand-over: an owner of work stops, is proved to have stopped, and another starts.

use crate::{Change, Undo};
use caravan_inventory::WorkloadId;
use caravan_providers::target::{Probe, Snapshot, Target};
use serde::{Deserialize, Serialize};

/// One workload's work, handed from its old owner to its new one: queue consumers, schedules, singletons. Never are two
/// owners at work at once, and never is none for longer than [`HandOver::longest_gap_ms`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Whose work it is.
    pub workload: WorkloadId,
    /// The switches, in the order in which they are turned: first those that stop, then those that start.
    pub switches: Vec<Switch>,
    /// Whether a person must approve before the first switch is turned.
    pub approval: bool,
    /// What proves that a switch has had its effect.
    pub proof: Proof,
    /// Milliseconds for which nobody may be at work.
    pub longest_gap_ms: u64,
    /// The tools that write to the targets by themselves and are paused for the time of the run (K11).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paused_controllers: Vec<String>,
    /// How to tell that the new side is healthy: asked before anything is stopped and before anything is started.
    pub new: Vec<Probe>,
    /// Seconds after which an unanswered write can no longer take effect.
    pub in_flight: u32,
    /// The commands that put the originals back, when neither Caravan nor its journal is at hand (K12).
    pub manual_rollback: Vec<String>,
}

/// One target that is stopped or started.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The target that is changed.
    pub target: Target,
    /// Whether it stops or starts.
    pub turn: Turn,
    /// The state of the target when the plan was made: a rollback ends here, exactly.
    pub original: Snapshot,
    /// The state of the target once it is stopped or started.
    pub snapshot: Snapshot,
    /// What its undo leaves behind.
    pub undo: Undo,
}

/// Whether a switch stops an owner or starts one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// The old owner stops.
    Off,
    /// The new owner starts.
    On,
}

/// What proves that a switch has had its effect: the target itself says so, several times in a row.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Milliseconds between two questions.
    pub every_ms: u64,
    /// Answers in a row that must say so.
    pub rounds: u32,
    /// Milliseconds after which what has not been proved counts as failed.
    pub longest_ms: u64,
}

impl HandOver {
    /// The change that turns a switch; none when there is no such switch.
    #[must_use]
    pub fn turn(&self, switch: usize) -> Option<Change> {
        let Switch { target, original, snapshot, .. } = self.switches.get(switch)?.clone();
        Some(Change { target, before: original, after: snapshot })
    }

    /// The change that turns a switch back; none when there is no such switch.
    #[must_use]
    pub fn turn_back(&self, switch: usize) -> Option<Change> {
        let Switch { target, original, snapshot, .. } = self.switches.get(switch)?.clone();
        Some(Change { target, before: snapshot, after: original })
    }

    /// Whether the switches are in an order in which one owner stops before another starts: at least one of each, and
    /// none that stops after one that starts.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        let turns: Vec<Turn> = self.switches.iter().map(|switch| switch.turn).collect();
        let stops = turns.iter().take_while(|turn| **turn == Turn::Off).count();
        stops > 0 && stops < turns.len() && turns[stops..].iter().all(|turn| *turn == Turn::On)
    }
}

//! One step of a wave, whatever its kind: what the engine asks of it.

use crate::{Gate, HandOver, Proof, Shift, Turn, Undo};
use caravan_inventory::WorkloadId;
use caravan_providers::target::{Probe, Snapshot, Target};
use serde::{Deserialize, Serialize};

/// One step of a wave. It has stages, each of which changes one of its targets.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Traffic moves in shares: one target, one stage for each share.
    Shift(Shift),
    /// Work changes its owner: one stage for each switch, each with a target of its own.
    HandOver(HandOver),
}

/// One change of one target: what is shown to people and what is done are this value (K1).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Change {
    /// The target that is changed.
    pub target: Target,
    /// Its state before.
    pub before: Snapshot,
    /// Its state after.
    pub after: Snapshot,
}

impl Step {
    /// Why it can't be gone through; none when it can.
    #[must_use]
    pub fn unsound(&self) -> Option<&'static str> {
        match self {
            Self::Shift(shift) => shift.stages.is_empty().then_some("a shift has a stage at least"),
            Self::HandOver(hand_over) => (!hand_over.is_in_order())
                .then_some("a hand-over stops an owner at least, and only then starts one at least"),
        }
    }

    /// Whose traffic or work it is.
    #[must_use]
    pub const fn workload(&self) -> &WorkloadId {
        match self {
            Self::Shift(shift) => &shift.workload,
            Self::HandOver(hand_over) => &hand_over.workload,
        }
    }

    /// How many targets it has: places are counted from 0.
    #[must_use]
    pub const fn places(&self) -> usize {
        match self {
            Self::Shift(_) => 1,
            Self::HandOver(hand_over) => hand_over.switches.len(),
        }
    }

    /// How many stages it has: they are counted from 0.
    #[must_use]
    pub const fn stages(&self) -> usize {
        match self {
            Self::Shift(shift) => shift.stages.len(),
            Self::HandOver(hand_over) => hand_over.switches.len(),
        }
    }

    /// The target at a place; none when there is no such place.
    #[must_use]
    pub fn target(&self, place: usize) -> Option<&Target> {
        match self {
            Self::Shift(shift) => (place == 0).then_some(&shift.target),
            Self::HandOver(hand_over) => hand_over.switches.get(place).map(|switch| &switch.target),
        }
    }

    /// Its targets, in the order of places.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        (0..self.places()).filter_map(|place| self.target(place))
    }

    /// The place of the target that a stage changes.
    #[must_use]
    pub const fn place_of(&self, stage: usize) -> usize {
        match self {
            Self::Shift(_) => 0,
            Self::HandOver(_) => stage,
        }
    }

    /// The state that a target had when the plan was made.
    #[must_use]
    pub fn original(&self, place: usize) -> Option<&Snapshot> {
        match self {
            Self::Shift(shift) => (place == 0).then_some(&shift.original),
            Self::HandOver(hand_over) => hand_over.switches.get(place).map(|switch| &switch.original),
        }
    }

    /// The state of a target once a stage is reached; none is before the first.
    #[must_use]
    pub fn standing(&self, place: usize, stage: Option<usize>) -> Option<&Snapshot> {
        match (self, stage) {
            (Self::Shift(shift), Some(stage)) => shift.stages.get(stage).map(|stage| &stage.snapshot),
            (Self::HandOver(hand_over), Some(stage)) if place <= stage => {
                hand_over.switches.get(place).map(|switch| &switch.snapshot)
            }
            _ => self.original(place),
        }
    }

    /// The change that enters a stage; none when there is no such stage.
    #[must_use]
    pub fn enter(&self, stage: usize) -> Option<Change> {
        match self {
            Self::Shift(shift) => shift.enter(stage),
            Self::HandOver(hand_over) => hand_over.turn(stage),
        }
    }

    /// The one change that leads back from a stage; none when there is no such stage.
    #[must_use]
    pub fn undo(&self, stage: usize) -> Option<Change> {
        match self {
            Self::Shift(shift) => shift.rollback(stage),
            Self::HandOver(hand_over) => hand_over.turn_back(stage),
        }
    }

    /// Whether and how a stage can be taken back; none when there is no such stage.
    #[must_use]
    pub fn undo_of(&self, stage: usize) -> Option<&Undo> {
        match self {
            Self::Shift(shift) => shift.stages.get(stage).map(|stage| &stage.undo),
            Self::HandOver(hand_over) => hand_over.switches.get(stage).map(|switch| &switch.undo),
        }
    }

    /// The stage that is reached once a stage is undone: a shift goes back in one, a hand-over switch by switch.
    #[must_use]
    pub const fn after_undo(&self, stage: usize) -> Option<usize> {
        match self {
            Self::Shift(_) => None,
            Self::HandOver(_) => stage.checked_sub(1),
        }
    }

    /// Whether a person must approve before a stage.
    #[must_use]
    pub fn wants_approval(&self, stage: usize) -> bool {
        match self {
            Self::Shift(shift) => shift.stages.get(stage).is_some_and(|stage| stage.approval),
            Self::HandOver(hand_over) => stage == 0 && hand_over.approval,
        }
    }

    /// What must hold in a stage before the next one; none where the switch's proof is enough.
    #[must_use]
    pub fn gate(&self, stage: usize) -> Option<Gate> {
        match self {
            Self::Shift(shift) => shift.stages.get(stage).map(|stage| stage.gate),
            Self::HandOver(_) => None,
        }
    }

    /// Whether users are on the new side in a stage; never in a hand-over of work.
    #[must_use]
    pub fn has_traffic(&self, stage: usize) -> bool {
        matches!(self, Self::Shift(shift) if shift.stages.get(stage).is_some_and(|stage| stage.percent > 0))
    }

    /// What proves that a switch has had its effect; none for what is no switch.
    #[must_use]
    pub const fn proof(&self) -> Option<Proof> {
        match self {
            Self::Shift(_) => None,
            Self::HandOver(hand_over) => Some(hand_over.proof),
        }
    }

    /// Whether the owner at a place is to be at work once a stage is reached; none for what is no switch.
    #[must_use]
    pub fn works(&self, place: usize, stage: Option<usize>) -> Option<bool> {
        let Self::HandOver(hand_over) = self else { return None };
        let is_turned = stage.is_some_and(|stage| place <= stage);
        Some((hand_over.switches.get(place)?.turn == Turn::On) == is_turned)
    }

    /// Whether nobody is meant to be at work in a stage: the old owner is stopped, and the new one is not started.
    #[must_use]
    pub fn is_gap(&self, stage: Option<usize>) -> bool {
        matches!((self, stage), (Self::HandOver(hand_over), Some(stage)) if stage + 1 < hand_over.switches.len())
    }

    /// The tools that write to its targets by themselves and are paused for the time of the run (K11).
    #[must_use]
    pub fn paused_controllers(&self) -> &[String] {
        match self {
            Self::Shift(shift) => &shift.paused_controllers,
            Self::HandOver(hand_over) => &hand_over.paused_controllers,
        }
    }

    /// How to tell that the old side is healthy; none for a hand-over, whose old owner says itself whether it works.
    #[must_use]
    pub fn old_probes(&self) -> &[Probe] {
        match self {
            Self::Shift(shift) => &shift.old,
            Self::HandOver(_) => &[],
        }
    }

    /// How to tell that the new side is healthy.
    #[must_use]
    pub fn new_probes(&self) -> &[Probe] {
        match self {
            Self::Shift(shift) => &shift.new,
            Self::HandOver(hand_over) => &hand_over.new,
        }
    }

    /// Seconds after which an unanswered write can no longer take effect.
    #[must_use]
    pub const fn in_flight(&self) -> u32 {
        match self {
            Self::Shift(shift) => shift.in_flight,
            Self::HandOver(hand_over) => hand_over.in_flight,
        }
    }

    /// The commands that put the originals back without Caravan (K12).
    #[must_use]
    pub fn manual_rollback(&self) -> &[String] {
        match self {
            Self::Shift(shift) => &shift.manual_rollback,
            Self::HandOver(hand_over) => &hand_over.manual_rollback,
        }
    }

    /// What distinguishes a stage for people: the share of the new side, or the switch that is turned.
    #[must_use]
    pub fn stage_name(&self, stage: usize) -> Option<String> {
        match self {
            Self::Shift(shift) => shift.stages.get(stage).map(|stage| format!("{} %", stage.percent)),
            Self::HandOver(hand_over) => hand_over.switches.get(stage).map(|switch| {
                let verb = if switch.turn == Turn::Off { "stop" } else { "start" };
                format!("{verb} {}", switch.target.short_name())
            }),
        }
    }
}

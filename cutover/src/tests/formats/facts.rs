//! What the version that wrote the journal of format 2 printed of each of its runs, in that version's words.

use caravan_cutover_engine::{Deferred, Direction, Hold, Outcome, Phase, State};
use caravan_plans::Sealed;
use caravan_providers::target::{FencingToken, Guarantee, Snapshot};
use serde::Deserialize;
use std::collections::BTreeSet;

/// One run: where its journal left it, and how that version drove it on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunFacts {
    pub(super) run: String,
    /// The hash of its plan.
    pub(super) plan: String,
    /// How many entries its journal had.
    pub(super) entries: u64,
    /// What a replay of them led to.
    pub(super) replayed: View,
    /// The commands that waited.
    pub(super) waiting: Vec<String>,
    /// The simulated world's time when its driver left it.
    pub(super) now: u64,
    /// What stood at each target then.
    pub(super) held: Vec<Standing>,
    /// Whether the new side was unhealthy when it was driven on.
    pub(super) unwell: bool,
    /// The commands that it was then given, one after each drive.
    pub(super) then: Vec<String>,
    /// Where each drive left it: one without a command, then one for each.
    pub(super) driven: Vec<View>,
    /// How many entries its journal had in the end.
    pub(super) entries_then: u64,
    /// What stood at each target in the end.
    pub(super) held_then: Vec<Standing>,
    /// Milliseconds of the simulated world's time that these drives took.
    pub(super) took_ms: u64,
}

/// What stands at one target.
#[derive(Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct Standing {
    #[serde(rename = "image")]
    pub(super) snapshot: Snapshot,
    #[serde(rename = "marker")]
    pub(super) token: Option<FencingToken>,
}

/// A run's state in the words of the old version.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    pub(super) phase: String,
    /// Why it holds, or how it ended.
    pub(super) detail: Option<String>,
    /// The shift of the write whose outcome is not known.
    pending: Option<usize>,
    going: String,
    wish: String,
    epoch: u64,
    sequence: u64,
    pub(super) shifts: Vec<ShiftView>,
    pub(super) approved: BTreeSet<(usize, usize)>,
}

/// One shift in the words of the old version.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct ShiftView {
    pub(super) stage: Option<usize>,
    baked: bool,
    left: bool,
    alone: bool,
    marker: Option<FencingToken>,
}

impl View {
    /// Whether it was over.
    pub(super) fn is_over(&self) -> bool {
        self.phase == "finished"
    }

    /// How many targets without a fencing token this version looks at once more before such an end, of a plan of shifts.
    pub(super) fn looks_at_its_end(&self, plan: &Sealed) -> u64 {
        if self.detail.as_deref() != Some("done") {
            return 0;
        }
        let targets = plan.plan().targets().zip(&self.shifts);
        targets.filter(|(target, shift)| target.guarantee() != Guarantee::Atomic && !shift.left).count() as u64
    }

    /// How many writes fewer than in the other were made to come to the end of a way back.
    pub(super) fn fewer_writes(&self, other: &Self) -> u64 {
        let is_back = self.phase == "finished" && self.going == "back";
        if is_back { other.sequence.saturating_sub(self.sequence) } else { 0 }
    }

    /// The same, after so many writes fewer on its way back.
    pub(super) fn with_fewer_writes(&self, fewer: u64) -> Self {
        let is_back = self.phase == "finished" && self.going == "back";
        Self { sequence: if is_back { self.sequence - fewer } else { self.sequence }, ..self.clone() }
    }

    pub(super) fn of(state: &State) -> Self {
        let pending = match &state.phase {
            Phase::Held { pending, .. } | Phase::Conflict { pending, .. } => pending.as_ref(),
            _ => None,
        };
        let shifts = state.steps.iter().map(|step| {
            assert_eq!((step.targets.len(), step.unproven), (1, None), "every step of that version was a shift");
            ShiftView {
                stage: step.stage,
                baked: step.baked,
                left: step.released_to_others,
                alone: step.targets[0].exclusive,
                marker: step.targets[0].token.clone(),
            }
        });
        Self {
            phase: phase(&state.phase).to_owned(),
            detail: detail(state).map(str::to_owned),
            pending: pending.map(|pending| pending.task.step()),
            going: match state.direction {
                Direction::Forward => "forward",
                Direction::Back => "back",
                Direction::Release => "release",
                Direction::Finalise => "that version knew none",
            }
            .to_owned(),
            wish: match state.deferred {
                Deferred::None => "none",
                Deferred::Pause => "pause",
                Deferred::Rollback => "back",
            }
            .to_owned(),
            epoch: state.epoch,
            sequence: state.sequence,
            shifts: shifts.collect(),
            approved: state.approved.clone(),
        }
    }
}

fn phase(phase: &Phase) -> &'static str {
    match phase {
        Phase::FindingControllers { .. } => "finding-owners",
        Phase::CheckingLease { .. } => "fencing",
        Phase::JournalUnavailable { .. } => "silent",
        Phase::LeaseLost => "fenced",
        same => same.name(),
    }
}

fn detail(state: &State) -> Option<&'static str> {
    Some(match &state.phase {
        Phase::Held { reason, .. } => match reason {
            Hold::Inconclusive(_) => "inconclusive",
            Hold::NewSideUnhealthy(_) => "new-side-unwell",
            Hold::OldSideUnhealthy(_) => "old-side-unwell",
            Hold::ControllersActive(_) => "owned",
            Hold::Refused(_) => "refused",
            Hold::OlderJournal { .. } => "older-journal",
            Hold::Adopted => "adopted",
            Hold::StillAtWork(_) => "only hand-overs hold so",
        },
        Phase::Finished(Outcome::Done) => "done",
        Phase::Finished(Outcome::RolledBack) => "rolled-back",
        // That version knew no third word: whichever way a run went last was how it ended.
        Phase::Finished(Outcome::Elsewhere) if state.direction == Direction::Back => "rolled-back",
        Phase::Finished(Outcome::Elsewhere) => "done",
        _ => return None,
    })
}

/// What stands at each target of a plan, in the order of its steps.
pub(super) fn standing(world: &caravan_providers_simulated::World, plan: &Sealed) -> Vec<Standing> {
    let held = |target| {
        let held = world.held(target).unwrap();
        Standing { snapshot: held.snapshot.clone(), token: held.token.clone() }
    };
    plan.plan().targets().map(held).collect()
}

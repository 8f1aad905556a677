//! The status of a run.

use super::conflict::ConflictStatus;
use super::remains::{RemainsStatus, SoakStatus};
use super::run_state::{RunState, StepProgress};
use super::since::{DriverStatus, Since};
use super::waiting::WaitingFor;
use super::watched::WatchedStatus;
use crate::MeasuredSpan;
use crate::journal::{QueuedCommand, RefusedCommand};
use caravan_cutover_engine::{Blocked, Direction, Phase, State, Task, entering, gaps};
use caravan_plans::{Sealed, Step};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The status of a run (`caravan.run/v1`).
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RunStatus {
    /// `caravan.run/v1`.
    pub schema: &'static str,
    /// The run.
    pub run: String,
    /// The hash of its plan.
    pub plan_hash: String,
    /// The state in which the run is.
    pub state: RunState,
    /// The direction of the run.
    pub direction: Direction,
    /// Since when it stands there, the very reason, and what the sides last said. Of [`status`] none: it knows no entries.
    pub since: Option<Since>,
    /// Who drives it, or drove it last; none when nobody ever did. Of [`status`] none, as `queued`.
    pub driver: Option<DriverStatus>,
    /// The shares of traffic that are on a new side: what is at risk while the run is not over.
    pub at_risk: Vec<ShareStatus>,
    /// The workloads of hand-overs in which nobody is known to be at work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nobody_works: Vec<String>,
    /// The soak, after which the run may be finalised; none while not everything is on the new side, and once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soak: Option<SoakStatus>,
    /// What stands that was not there before and is not meant to stay: at the end of a run that ended on the new side, and of one
    /// that may be finalised. Empty once it is finalised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remains: Vec<RemainsStatus>,
    /// The share that moved as what carries the traffic has counted it, by shift; of [`status`] none: it reads no counters.
    pub measured: Vec<MeasuredStatus>,
    /// What both sides of each shift said when its driver last asked them, while users are on the new one; of [`status`] none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<WatchedStatus>,
    /// Every stage of every step, in order.
    pub steps: Vec<StepStatus>,
    /// What stood, was planned and is there, where somebody else changed a target (K2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictStatus>,
    /// What tells that the journal is older than what was written; none while nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_journal: Option<String>,
    /// What it waits for; none when it goes on by itself or is over.
    #[schemars(with = "Option<String>")]
    pub waiting_for: Option<WaitingFor>,
    /// What people want of it and no driver has taken in yet, in JSON as `rollback by olivia`. [`status`] leaves it
    /// empty: commands stand in the journal, not in a run's state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub queued: Vec<QueuedCommand>,
    /// The last commands that a driver refused, the newest first, in JSON with the reason. [`status`] leaves it empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub refused: Vec<RefusedCommand>,
}

/// A share of a workload's traffic that is on its new side.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ShareStatus {
    /// The workload.
    pub workload: String,
    /// The target.
    pub target: String,
    /// The share, in percent, as the run wrote it last.
    pub percent: u8,
    /// Whether somebody else has changed the target since: how large the share is now is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed_by_others: bool,
}

impl fmt::Display for ShareStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workload, percent, .. } = self;
        match self.changed_by_others {
            true => {
                write!(f, "nobody knows how much of {workload}: somebody else changed it after we wrote {percent} %")
            }
            false => write!(f, "{percent} % of {workload} is on the new side"),
        }
    }
}

/// What was counted of one shift.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct MeasuredStatus {
    /// The workload.
    pub workload: String,
    /// The target.
    pub target: String,
    /// While it stood at each share, the oldest first; empty when nothing was counted.
    pub spans: Vec<MeasuredSpan>,
    /// Requests that were lost while it was measured, at every share and in between; none where nobody counts that.
    pub lost: Option<u64>,
    /// Why nothing was counted; none when something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_measured: Option<&'static str>,
}

impl MeasuredStatus {
    /// Of every shift of a plan.
    pub(super) fn of(plan: &Sealed, spans: &[MeasuredSpan]) -> Vec<Self> {
        let numbered = plan.plan().steps.iter().enumerate();
        let shifts = numbered.filter_map(|(at, step)| match step {
            Step::Shift(shift) => Some((at, shift)),
            Step::HandOver(_) => None,
        });
        let of_shift = |(at, shift): (usize, &caravan_plans::Shift)| {
            let spans: Vec<MeasuredSpan> = spans.iter().filter(|span| span.step == at).cloned().collect();
            Self {
                workload: shift.workload.to_string(),
                target: shift.target.to_string(),
                lost: spans.iter().any(|span| span.answered > 0).then(|| spans.iter().map(|span| span.lost).sum()),
                not_measured: spans.is_empty().then_some(NOTHING_COUNTED),
                spans,
            }
        };
        shifts.map(of_shift).collect()
    }
}

/// Nobody was named, or nobody has driven the run.
const NOTHING_COUNTED: &str = "nothing that counts its requests is named, or no driver has read it yet";

/// One stage of one step.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StepStatus {
    /// The workload and the share or the switch, `ecs/…/track 50 %`; where a workload has several targets, with the target.
    pub name: String,
    /// How far the stage is.
    pub state: StepProgress,
    /// The target that is changed.
    pub target: String,
    /// What the step wants.
    pub desired: StepValue,
    /// What was last observed to stand, or was taken by the provider since; none when somebody else changed it.
    pub actual: Option<StepValue>,
}

/// What a step changes, in one value: in JSON a number of percent, or `active` or `suspended`.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
pub enum StepValue {
    /// The share of the new side, in percent.
    Percent(u8),
    /// Whether the owner takes on work.
    Owner(OwnerState),
}

/// Whether an owner takes on work.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnerState {
    /// It takes on work.
    Active,
    /// It takes on none.
    Suspended,
}

impl StepValue {
    /// The value of a stage's target once `reached` is reached.
    fn of(step: &Step, stage: usize, reached: Option<usize>) -> Option<Self> {
        match step {
            Step::Shift(shift) => {
                let stage = reached.map(|reached| shift.stages.get(reached));
                Some(Self::Percent(stage.map_or(Some(0), |stage| stage.map(|stage| stage.percent))?))
            }
            Step::HandOver(_) => {
                let works = step.works(step.place_of(stage), reached)?;
                Some(Self::Owner(if works { OwnerState::Active } else { OwnerState::Suspended }))
            }
        }
    }
}

impl fmt::Display for StepValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent} %"),
            Self::Owner(OwnerState::Active) => f.write_str("active"),
            Self::Owner(OwnerState::Suspended) => f.write_str("suspended"),
        }
    }
}

impl RunStatus {
    /// With what was seen beside the run's own work: of a target that somebody else has changed since, nobody knows how large the share
    /// on its new side is.
    pub(super) fn with_seen(mut self) -> Self {
        let is_changed =
            |watched: &&WatchedStatus| watched.changed_by_others.as_ref().is_some_and(|drift| !drift.beside);
        let changed = self.watched.iter().filter(is_changed);
        let changed: BTreeSet<&str> = changed.map(|watched| watched.target.as_str()).collect();
        for share in &mut self.at_risk {
            share.changed_by_others |= changed.contains(share.target.as_str());
        }
        for step in self.steps.iter_mut().filter(|step| changed.contains(step.target.as_str())) {
            step.actual = None;
        }
        self
    }
}

/// The status of a run whose plan and state are these.
#[must_use]
pub fn status(run: &str, plan: &Sealed, state: &State) -> RunStatus {
    let plan_of_run = plan.plan();
    let steps = plan_of_run.steps.iter().enumerate().flat_map(|(at, step)| {
        (0..step.stages()).filter_map(move |stage| {
            let reached = &state.steps[at];
            Some(StepStatus {
                name: plan_of_run.step_name(at, stage)?,
                state: StepProgress::of(state, at, stage),
                target: step.target(step.place_of(stage))?.to_string(),
                desired: StepValue::of(step, stage, Some(stage))?,
                actual: StepValue::of(step, stage, standing(state, at))
                    .filter(|_| !reached.released_to_others && !is_changed_by_others(state, at)),
            })
        })
    });
    let at_risk = at_risk(plan, state);
    RunStatus {
        schema: "caravan.run/v1",
        run: run.to_owned(),
        plan_hash: plan.hash().to_string(),
        state: RunState::from(&state.phase),
        direction: state.direction,
        since: None,
        driver: None,
        // What was left to others soaks for nobody.
        soak: SoakStatus::of(plan, state).filter(|_| !at_risk.is_empty()),
        at_risk,
        nobody_works: nobody_works(plan, state),
        remains: RemainsStatus::of(plan, state),
        measured: Vec::new(),
        watched: Vec::new(),
        steps: steps.collect(),
        conflict: ConflictStatus::of(plan, state),
        older_journal: state.older_journal.clone(),
        waiting_for: WaitingFor::of(plan, state),
        queued: Vec::new(),
        refused: Vec::new(),
    }
}

/// Of a run that is over nobody looks after it any more.
fn nobody_works(plan: &Sealed, state: &State) -> Vec<String> {
    let steps = gaps(plan.plan(), state).filter(|_| !state.is_over() && state.phase != Phase::Planned);
    steps.map(|step| plan.plan().steps[step].workload().to_string()).collect()
}

/// The stage whose snapshot stands at a step's target, as far as it is known: the one that was observed, or the one whose write
/// was taken and is waited for.
fn standing(state: &State, step: usize) -> Option<usize> {
    match &state.phase {
        Phase::Settling { task: Task::Enter { step: entered, stage }, .. }
        | Phase::Verifying { task: Task::Enter { step: entered, stage }, .. }
            if *entered == step =>
        {
            Some(*stage)
        }
        _ => state.steps.get(step)?.stage,
    }
}

/// Whether somebody else's state was seen at a step's target.
fn is_changed_by_others(state: &State, step: usize) -> bool {
    let in_conflict = matches!(state.phase, Phase::Conflict { task, .. } if task.step() == step);
    in_conflict || state.steps.get(step).is_some_and(|reached| reached.blocked == Some(Blocked::Foreign))
}

/// The shares that are on a new side while the run is not over, or may be: of what stood and what was sent the larger.
fn at_risk(plan: &Sealed, state: &State) -> Vec<ShareStatus> {
    if state.is_over() {
        return Vec::new();
    }
    let steps = plan.plan().steps.iter().zip(&state.steps).enumerate();
    let shares = steps.filter_map(|(at, (step, reached))| {
        let percent = |stage| match StepValue::of(step, 0, stage) {
            Some(StepValue::Percent(percent)) => Some(percent),
            _ => None,
        };
        let percent =
            percent(reached.stage)?.max(entering(state, at).and_then(|stage| percent(Some(stage))).unwrap_or(0));
        let (workload, target) = (step.workload().to_string(), step.target(0)?.to_string());
        (percent > 0 && !reached.released_to_others && !reached.finalised).then_some(ShareStatus {
            workload,
            target,
            percent,
            changed_by_others: is_changed_by_others(state, at),
        })
    });
    shares.collect()
}

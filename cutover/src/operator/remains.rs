//! What comes after the last stage: the soak, and what remains until a run is finalised.

use super::by_hand::guarded;
use super::time::time_text;
use caravan_cutover_engine::{Phase, State, StepState, soak_left_ms};
use caravan_plans::{Sealed, Step, WavePlan};
use schemars::JsonSchema;
use serde::Serialize;

/// The soak of a run that stands on the new side.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct SoakStatus {
    /// When the last shift had come to the new side for good, in UTC.
    pub since: String,
    /// For how many seconds of it drivers have watched, with every side that users are on passing; what a driver that is at work has
    /// watched since it last wrote it down is not in it.
    pub watched_seconds: u64,
    /// How many seconds are left until it may be finalised: they pass only while a driver watches.
    pub left_seconds: u64,
    /// Who has approved that it is, of the two persons who must.
    pub approved_by: Vec<String>,
    /// Whether its first final write was made: from then on there is no way back.
    pub no_way_back: bool,
}

/// What remains of a shift at a target until it is finalised.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct RemainsStatus {
    /// The target.
    pub target: String,
    /// What stands there, one line for each part.
    pub stands: Vec<String>,
    /// What it is turned into when the run is finalised; empty of a run that was ended half-way.
    pub becomes: Vec<String>,
    /// The lines of one shell command that does it by hand, for a run that is over: nothing of Caravan does it any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

impl SoakStatus {
    /// The soak in which a run is, or was before it began to be finalised; none when it is over or has not come so far.
    pub(super) fn of(plan: &Sealed, state: &State) -> Option<Self> {
        let (since, left_ms) = (state.soaks_since?, soak_left_ms(plan.plan(), state)?);
        (!state.is_over()).then(|| Self {
            since: time_text(since),
            watched_seconds: plan.plan().soak_ms.saturating_sub(left_ms) / 1000,
            left_seconds: left_ms.div_ceil(1000),
            approved_by: state.finalise_approved_by.iter().cloned().collect(),
            no_way_back: state.is_one_way(),
        })
    }
}

impl RemainsStatus {
    /// What remains of a run that is over, or soaks.
    pub(super) fn of(plan: &Sealed, state: &State) -> Vec<Self> {
        if state.soaks_since.is_none() && !matches!(state.phase, Phase::Finished(_)) {
            return Vec::new();
        }
        let steps = plan.plan().steps.iter().zip(&state.steps);
        let of_step = |step| Self::of_step(&state.run, plan.plan(), step, state.is_over());
        steps.filter_map(of_step).collect()
    }

    fn of_step(run: &str, plan: &WavePlan, (planned, reached): (&Step, &StepState), is_over: bool) -> Option<Self> {
        let (Step::Shift(shift), false) = (planned, reached.finalised || reached.released_to_others) else {
            return None;
        };
        let (kind, stage) = (shift.target.kind(), reached.stage?);
        let stands = &shift.stages.get(stage)?.snapshot;
        let becomes = planned.finalise(stage).map(|change| change.after);
        // By hand it is the other way round from a manual rollback: from the last stage to the final form.
        let commands = becomes.as_ref().filter(|_| is_over);
        Some(Self {
            target: shift.target.to_string(),
            stands: kind.lines(stands),
            becomes: becomes.as_ref().map(|becomes| kind.lines(becomes)).unwrap_or_default(),
            commands: commands.map_or_else(Vec::new, |becomes| {
                guarded(run, plan, planned, kind.manual_rollback(becomes, &[(100, stands)]))
            }),
        })
    }
}

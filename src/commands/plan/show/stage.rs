//! One stage of one step, as JSON.

use caravan_plans::{Analysis, Change, Gate, Proof, Step, Turn, Undo, WavePlan};
use caravan_providers::target::{Guarantee, Probe, Snapshot};
use serde::Serialize;

/// One stage of one step: what is changed, and what belongs to its kind of step.
#[derive(Serialize)]
pub(super) struct StageDocument<'a> {
    name: String,
    workload: &'a str,
    target: String,
    guarantee: Guarantee,
    /// What shows that the change has reached users.
    settled_when: &'static str,
    #[serde(flatten)]
    kind: KindDocument,
    approval: bool,
    /// Seconds after which the target of a write without an answer is observed.
    in_flight_seconds: u32,
    old_probes: &'a [Probe],
    new_probes: &'a [Probe],
    undo: &'a Undo,
    before: &'a Snapshot,
    after: &'a Snapshot,
    /// Who else writes to the target and is paused by people.
    paused_controllers: &'a [String],
    manual_rollback: &'a [String],
}

/// What belongs to the kind of step.
#[derive(Serialize)]
#[serde(untagged)]
enum KindDocument {
    /// Of a shift: the share of the new side, and what must hold before the next stage.
    Shift {
        percent: u8,
        bake_seconds: u64,
        probe_every_seconds: u64,
        probe_rounds: u32,
        unknown_rounds: u32,
        analysis: AnalysisDocument,
        at_risk: AtRiskDocument,
    },
    /// Of a hand-over: what becomes of the owner, and what proves it.
    HandOver { turn: Turn, proof_every_seconds: u64, proof_rounds: u32, proof_seconds: u64, longest_gap_seconds: u64 },
}

/// What users may lose when the new side turns bad in the stage while nothing else is in the way: this share of them, for so
/// long.
#[derive(Serialize)]
struct AtRiskDocument {
    percent: u8,
    seconds: u64,
    /// For how much longer resolvers that keep the answer may send users there; nothing where users follow a write at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_seconds: Option<u32>,
}

/// How both sides are watched for as long as users are on the new one.
#[derive(Serialize)]
struct AnalysisDocument {
    every_seconds: u64,
    failures: u32,
    unknown_rounds: u32,
    successes: u32,
}

/// What a shift's target is turned into when the run is finalised.
#[derive(Serialize)]
pub(super) struct FinalDocument {
    target: String,
    before: Snapshot,
    after: Snapshot,
}

/// What finalising changes, of every shift of a plan.
pub(super) fn finalised(plan: &WavePlan) -> Vec<FinalDocument> {
    let changes = plan.steps.iter().filter_map(|step| step.finalise(step.stages().checked_sub(1)?));
    let document =
        |Change { target, before, after }: Change| FinalDocument { target: target.to_string(), before, after };
    changes.map(document).collect()
}

/// Every stage of every step of a plan.
pub(super) fn stages(plan: &WavePlan) -> Vec<StageDocument<'_>> {
    let numbered = plan.steps.iter().enumerate();
    numbered
        .flat_map(|(at, step)| (0..step.stages()).filter_map(move |stage| document(plan, at, step, stage)))
        .collect()
}

fn document<'a>(plan: &WavePlan, at: usize, step: &'a Step, stage: usize) -> Option<StageDocument<'a>> {
    let place = step.place_of(stage);
    let target = step.target(place)?;
    Some(StageDocument {
        name: plan.step_name(at, stage)?,
        workload: step.workload().as_str(),
        target: target.to_string(),
        guarantee: target.guarantee(),
        settled_when: target.kind().settled_when(),
        kind: kind(plan, step, stage)?,
        approval: step.wants_approval(stage),
        in_flight_seconds: step.in_flight(),
        old_probes: step.old_probes(),
        new_probes: step.new_probes(),
        undo: step.undo_of(stage)?,
        before: step.standing(place, stage.checked_sub(1))?,
        after: step.standing(place, Some(stage))?,
        paused_controllers: step.paused_controllers(),
        manual_rollback: step.manual_rollback(),
    })
}

fn kind(plan: &WavePlan, step: &Step, stage: usize) -> Option<KindDocument> {
    Some(match step {
        Step::Shift(shift) => {
            let stage = shift.stages.get(stage)?;
            let Gate { bake_ms, every_ms, rounds, unknown } = stage.gate;
            KindDocument::Shift {
                percent: stage.percent,
                bake_seconds: bake_ms / 1000,
                probe_every_seconds: every_ms / 1000,
                probe_rounds: rounds,
                unknown_rounds: unknown,
                analysis: {
                    let Analysis { every_ms, failures, unknown, successes } = shift.analysis;
                    AnalysisDocument { every_seconds: every_ms / 1000, failures, unknown_rounds: unknown, successes }
                },
                at_risk: AtRiskDocument {
                    percent: shift.percent_at_risk(stage),
                    seconds: plan.exposure_ms(shift).div_ceil(1000),
                    kept_seconds: shift.kept_seconds(stage),
                },
            }
        }
        Step::HandOver(hand_over) => {
            let Proof { every_ms, rounds, longest_ms } = hand_over.proof;
            KindDocument::HandOver {
                turn: hand_over.switches.get(stage)?.turn,
                proof_every_seconds: every_ms / 1000,
                proof_rounds: rounds,
                proof_seconds: longest_ms / 1000,
                longest_gap_seconds: hand_over.longest_gap_ms / 1000,
            }
        }
    })
}

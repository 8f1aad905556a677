//! One stage of a step: what changes, what must hold, and how it is taken back.

use super::{Task, look};
use crate::pages::duration;
use crate::{Gate, Proof, Step, Undo, WavePlan};
use caravan_providers::target::quoted;
use serde::Serialize;

/// One stage.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct StageText {
    /// As it is approved and shown: `ecs/… 10 %`.
    pub name: String,
    /// Who approves it, with the command; none where nobody must.
    pub approval: Option<Task>,
    /// Lines of the target that go.
    pub goes: Vec<String>,
    /// Lines that come.
    pub comes: Vec<String>,
    /// What must hold before the next one.
    pub gate: String,
    /// The commands that show that it stands, with what they print.
    pub verify: Vec<Task>,
    /// What users may lose meanwhile; none where they are on the old side.
    pub at_risk: Option<String>,
    /// How it is taken back.
    pub undo: String,
    /// What stays behind all the same.
    pub leaves: Vec<String>,
}

pub(super) fn stage(plan: &WavePlan, at: usize, step: &Step, stage: usize, team: &str) -> Option<StageText> {
    let name = plan.step_name(at, stage)?;
    let place = step.place_of(stage);
    let target = step.target(place)?;
    let before = step.standing(place, stage.checked_sub(1))?;
    let after = step.standing(place, Some(stage))?;
    let (goes, comes) = difference(&target.kind().lines(before), &target.kind().lines(after));
    let (how, leaves) = match step.undo_of(stage)? {
        Undo::Reversible { leaves } => ("exactly as it was", leaves),
        Undo::Compensated { leaves } => ("by what makes up for it", leaves),
    };
    Some(StageText {
        approval: step.wants_approval(stage).then(|| {
            Task::new(team, "approve it, once what both sides say is good").by(
                format!("caravan cutover approve \"$RUN\" --step {}", quoted(&name)),
                "what changes, and what both sides say now",
            )
        }),
        verify: look::standing(target, after, team),
        gate: gate(step, stage),
        at_risk: at_risk(plan, step, stage),
        undo: format!("`caravan cutover rollback \"$RUN\"` takes it back, {how}"),
        leaves: leaves.clone(),
        goes,
        comes,
        name,
    })
}

/// What goes and what comes, of the lines of two states.
pub(super) fn difference(old: &[String], new: &[String]) -> (Vec<String>, Vec<String>) {
    let lacking = |of: &[String], other: &[String]| of.iter().filter(|line| !other.contains(line)).cloned().collect();
    (lacking(old, new), lacking(new, old))
}

fn gate(step: &Step, stage: usize) -> String {
    if let Some(Gate { bake_ms, every_ms, rounds, unknown }) = step.gate(stage) {
        let (bake, every) = (duration(bake_ms / 1000), duration(every_ms / 1000));
        return format!(
            "bakes {bake}: both sides are asked every {every}, {rounds} times at least; {unknown} rounds in which only the old \
             side can be judged take it back"
        );
    }
    match step.proof() {
        Some(Proof { every_ms, rounds, longest_ms }) => format!(
            "proved within {}: asked every {}, {rounds} times in a row",
            duration(longest_ms / 1000),
            duration(every_ms / 1000)
        ),
        None => "none".to_owned(),
    }
}

fn at_risk(plan: &WavePlan, step: &Step, stage: usize) -> Option<String> {
    match step {
        Step::Shift(shift) => {
            let standing = shift.stages.get(stage).filter(|standing| standing.percent > 0)?;
            let (percent, seconds) = (shift.percent_at_risk(standing), plan.exposure_ms(shift).div_ceil(1000));
            let kept = shift.kept_seconds(standing).map(|kept| {
                format!("; resolvers that keep the answer may send users there for {} more", duration(u64::from(kept)))
            });
            Some(format!(
                "if the new side turns bad: {percent} % of users for {seconds} s at most, while nothing else is in the way{}",
                kept.unwrap_or_default()
            ))
        }
        Step::HandOver(hand_over) => step
            .is_gap(Some(stage))
            .then(|| format!("nobody is at work, for {} at most", duration(hand_over.longest_gap_ms / 1000))),
    }
}

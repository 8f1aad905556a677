//! The runbook of a wave: what its plan does, as a document for the people of the night.
//!
//! In: a [`WavePlan`], sealed or not, and the team of each workload.
//! Out: a [`Runbook`]: who does what when, with the commands, what they print, and how each step is taken back; as data, as Markdown
//! and as HTML.
//!
//! What must never happen here: a step, a command or a time that is not the plan's. The engine executes the same values.

mod look;
mod messages;
mod render;
mod stages;
#[cfg(test)]
mod tests;

pub use messages::Message;
pub use render::RenderError;
pub use stages::StageText;

use crate::pages::duration;
use crate::{Drivers, OnFailure, PlanHash, Step, WavePlan};
use caravan_inventory::WorkloadId;
use serde::Serialize;
use std::collections::BTreeMap;

/// A wave for people.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Runbook {
    /// `caravan.runbook/v1`.
    pub schema: &'static str,
    /// The wave.
    pub wave: String,
    /// The hash of the seal that it was made of; none of a draft, which nobody may run.
    pub hash: Option<String>,
    /// The hash of the wave's seal before it.
    pub parent: Option<String>,
    /// Who sits up: each team with its workloads.
    pub owners: Vec<Owner>,
    /// How long it takes.
    pub times: Times,
    /// What is done before the first change.
    pub before: Vec<Task>,
    /// The steps, in the order in which they are made.
    pub steps: Vec<RunbookStep>,
    /// What is done once everything is on the new side.
    pub after: Vec<Task>,
    /// How all of it is taken back, and until when.
    pub rollback: Rollback,
    /// What is sent to whom.
    pub messages: Vec<Message>,
}

/// A team with what it owns of the wave.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Owner {
    /// The team; `unknown` where nobody told.
    pub team: String,
    /// Its workloads.
    pub workloads: Vec<String>,
}

/// How long a wave takes, by its gates and proofs alone: persons who are waited for come on top.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Times {
    /// Seconds until everything is on the new side, when every gate passes at the first go.
    pub least_seconds: u64,
    /// Seconds for which hand-overs may wait for their proofs.
    pub proofs_seconds: u64,
    /// How often a person must approve.
    pub approvals: u64,
    /// Seconds for which everything must have stood on the new side before it may be finalised.
    pub soak_seconds: u64,
}

/// Something that a person does.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Task {
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
    /// The command; none where it is none.
    pub command: Option<String>,
    /// What it prints, or how it ends.
    pub expect: Option<String>,
}

/// One step of the plan.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RunbookStep {
    /// Its number, from 1.
    pub number: usize,
    /// As the engine names it.
    pub name: String,
    /// Whose traffic or work it is.
    pub workload: String,
    /// The team that owns it.
    pub team: String,
    /// `shift`, `hand-over`.
    pub kind: &'static str,
    /// What is changed.
    pub targets: Vec<String>,
    /// When users have followed a change.
    pub settled_when: Vec<&'static str>,
    /// The tools that must be paused all the time.
    pub paused_controllers: Vec<String>,
    /// How each side is asked, before and all the time.
    pub checks: Vec<Task>,
    /// The stages, in their order.
    pub stages: Vec<StageText>,
    /// What the target is turned into when the run is finalised: what goes, and what comes.
    pub finalised: Option<(Vec<String>, Vec<String>)>,
    /// The commands that put the original back without Caravan.
    pub manual_rollback: Vec<String>,
}

/// How a wave is taken back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Rollback {
    /// The command.
    pub command: String,
    /// What goes back when a new side fails by itself.
    pub by_itself: &'static str,
    /// Until when there is a way back.
    pub expires: String,
}

/// Makes the runbook of a plan. `hash` is that of its seal; `teams` says who owns which workload.
///
/// Total and deterministic.
#[must_use]
pub fn runbook(plan: &WavePlan, hash: Option<&PlanHash>, teams: &BTreeMap<WorkloadId, String>) -> Runbook {
    let team = |workload: &WorkloadId| teams.get(workload).cloned().unwrap_or_else(|| "unknown".to_owned());
    let steps: Vec<RunbookStep> =
        plan.steps.iter().enumerate().map(|(at, planned)| step(plan, at, planned, team(planned.workload()))).collect();
    let times = times(plan);
    let wave = plan.wave.clone();
    Runbook {
        schema: "caravan.runbook/v1",
        hash: hash.map(ToString::to_string),
        parent: plan.parent.as_ref().map(ToString::to_string),
        owners: owners(&steps),
        before: before(plan, hash),
        after: after(plan, &times),
        rollback: rollback(plan, &times),
        messages: messages::messages(plan, &steps, &times),
        wave,
        times,
        steps,
    }
}

fn step(plan: &WavePlan, at: usize, step: &Step, team: String) -> RunbookStep {
    let mut settled_when: Vec<&'static str> = step.targets().map(|target| target.kind().settled_when()).collect();
    settled_when.dedup();
    let last = step.stages().checked_sub(1);
    let finalised = last.and_then(|last| step.finalise(last)).map(|change| {
        let kind = change.target.kind();
        stages::difference(&kind.lines(&change.before), &kind.lines(&change.after))
    });
    RunbookStep {
        number: at + 1,
        name: plan.step_title(at).unwrap_or_else(|| step.workload().to_string()),
        workload: step.workload().to_string(),
        kind: match step {
            Step::Shift(_) => "shift",
            Step::HandOver(_) => "hand-over",
        },
        targets: step.targets().map(ToString::to_string).collect(),
        settled_when,
        paused_controllers: step.paused_controllers().to_vec(),
        checks: look::checks(step, &team),
        stages: (0..step.stages()).filter_map(|stage| stages::stage(plan, at, step, stage, &team)).collect(),
        finalised,
        manual_rollback: step.manual_rollback().to_vec(),
        team,
    }
}

fn owners(steps: &[RunbookStep]) -> Vec<Owner> {
    let mut teams: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for step in steps {
        let workloads = teams.entry(&step.team).or_default();
        if !workloads.contains(&step.workload) {
            workloads.push(step.workload.clone());
        }
    }
    teams.into_iter().map(|(team, workloads)| Owner { team: team.to_owned(), workloads }).collect()
}

fn times(plan: &WavePlan) -> Times {
    let stages = || plan.steps.iter().flat_map(|step| (0..step.stages()).map(move |stage| (step, stage)));
    let bakes: u64 = stages().filter_map(|(step, stage)| step.gate(stage)).map(|gate| gate.bake_ms).sum();
    let proofs = stages().filter_map(|(step, _)| step.proof());
    // A proof asks at least as often as it must be told so.
    let least: u64 = proofs.clone().map(|proof| proof.every_ms * u64::from(proof.rounds.saturating_sub(1))).sum();
    Times {
        least_seconds: (bakes + least).div_ceil(1000),
        proofs_seconds: proofs.map(|proof| proof.longest_ms).sum::<u64>().div_ceil(1000),
        approvals: stages().filter(|(step, stage)| step.wants_approval(*stage)).count() as u64,
        soak_seconds: plan.soak_ms / 1000,
    }
}

impl Task {
    fn new(who: &str, what: impl Into<String>) -> Self {
        Self { who: who.to_owned(), what: what.into(), command: None, expect: None }
    }

    fn by(self, command: impl Into<String>, expect: impl Into<String>) -> Self {
        Self { command: Some(command.into()), expect: Some(expect.into()), ..self }
    }
}

/// Who starts and drives runs.
const DRIVER: &str = "whoever drives";

fn before(plan: &WavePlan, hash: Option<&PlanHash>) -> Vec<Task> {
    let wave = &plan.wave;
    let mut tasks = Vec::new();
    match hash {
        Some(hash) => {
            tasks.push(
                Task::new(DRIVER, "rehearse it").by(format!("caravan rehearse {wave} --runs 1000"), "ends with 0"),
            );
            tasks.push(
                Task::new("whoever approves", "approve the hash that stands on this page").by(
                    format!("caravan plan approve {wave} --hash {hash}"),
                    format!("… approves {hash} of wave {wave}"),
                ),
            );
        }
        None => {
            tasks.push(Task::new(DRIVER, "seal it: this page is of a draft, and nobody may run that").by(
                format!("caravan plan seal {wave} --live"),
                format!("wave {wave} is sealed: plans/sealed/{wave}-…"),
            ))
        }
    }
    let mut paused: Vec<&str> = plan.steps.iter().flat_map(Step::paused_controllers).map(String::as_str).collect();
    paused.sort_unstable();
    paused.dedup();
    if !paused.is_empty() {
        tasks.push(Task::new("the platform", format!("pause for the time of the run: {}", paused.join(", "))));
    }
    if plan.drivers == Drivers::OneMachine {
        tasks.push(Task::new(DRIVER, "use one machine for every driver of this wave: nothing else keeps two apart"));
    }
    tasks.push(Task::new(DRIVER, "begin; nothing is changed yet").by(
        format!("RUN=$(caravan cutover start {wave}) && echo \"$RUN\""),
        "the name of the run, for all the others",
    ));
    tasks.push(
        Task::new("everybody else", "take the name of the run from whoever began it, in each shell that you use")
            .by("RUN=<run>", "nothing; without it no command below knows of which run it is"),
    );
    tasks.push(
        Task::new(DRIVER, "drive it, in a terminal that stays or by the supervised driver")
            .by("caravan cutover run \"$RUN\" --wait", "goes on until a person is needed, and says for what"),
    );
    tasks.push(
        Task::new("everybody else", "watch it").by("caravan cutover watch \"$RUN\"", "a line for each stage and gate"),
    );
    tasks
}

fn after(plan: &WavePlan, times: &Times) -> Vec<Task> {
    let mut tasks = if plan.shifts().next().is_none() {
        // Of work that was handed over nothing strange stays: there is nothing to finalise.
        let ends = "end it once the new owners have worked: until then it can be taken back";
        vec![Task::new(DRIVER, ends).by("caravan cutover release \"$RUN\"", "the run ends, and leaves what stands")]
    } else {
        finalised(times)
    };
    if plan.steps.iter().any(|step| !step.paused_controllers().is_empty()) {
        tasks.push(Task::new("the platform", "write into Git what stands there now, then let the paused tools go on"));
    }
    let suspended = plan.steps.iter().any(|step| matches!(step, Step::HandOver(_)));
    if suspended {
        tasks.push(Task::new("each team", "take the line `suspended:` out of its plconfig: Git says what stands"));
    }
    tasks
}

fn finalised(times: &Times) -> Vec<Task> {
    vec![
        Task::new(
            DRIVER,
            format!("let it soak for {}, both sides watched all that time", duration(times.soak_seconds)),
        )
        .by("caravan cutover status \"$RUN\"", "soaking, and from when on it may be finalised"),
        Task::new("two persons", "finalise it: from the first write on there is no way back")
            .by("caravan cutover finalise \"$RUN\"", "what each target is turned into, and what both sides say"),
    ]
}

fn rollback(plan: &WavePlan, times: &Times) -> Rollback {
    Rollback {
        command: "caravan cutover rollback \"$RUN\"".to_owned(),
        by_itself: match plan.on_failure {
            OnFailure::Wave => "when a new side fails, everything that the wave has moved goes back by itself",
            OnFailure::Shift => "when a new side fails, that shift alone goes back by itself; the others go on",
        },
        expires: match plan.shifts().next() {
            Some(_) => format!(
                "the way back is there from the first change until two persons finalise the run, which they may {} after the \
                 last change at the earliest; then it is gone",
                duration(times.soak_seconds)
            ),
            None => {
                "the way back is there from the first change until a person ends the run; then it is gone".to_owned()
            }
        },
    }
}

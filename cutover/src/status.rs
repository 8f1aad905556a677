//! What people see of a run.

use caravan_cutover_engine::{Hold, Phase, State, Task};
use caravan_plans::Sealed;
use caravan_providers::target::{Snapshot, Target};
use serde::Serialize;

/// What people see of a run (`caravan.run/v1`).
#[derive(Clone, Debug, Serialize)]
pub struct RunStatus {
    /// `caravan.run/v1`.
    pub schema: &'static str,
    /// The run.
    pub run: String,
    /// The hash of its plan.
    pub plan_hash: String,
    /// The phase's name; for a finished run `done` or `rolled-back`.
    pub state: String,
    /// Every stage of every shift, in order.
    pub steps: Vec<StepStatus>,
    /// What stood, was planned and is there, where somebody else changed a target (K2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictStatus>,
    /// What it waits for, for a person; none when it does not wait for one.
    pub waiting_for: Option<String>,
    /// What people want of it and no driver has taken in yet, such as `rollback by olivia`. [`status`] leaves it empty:
    /// commands stand in the journal, not in a run's state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queued: Vec<String>,
}

/// A conflict, three ways.
#[derive(Clone, Debug, Serialize)]
pub struct ConflictStatus {
    /// What was changed.
    pub target: Target,
    /// What stood there when it was last observed.
    pub before: Snapshot,
    /// What the plan wants there.
    pub planned: Snapshot,
    /// What is there.
    pub live: Snapshot,
    /// Whose fencing token is there.
    pub token: Option<String>,
}

/// One stage of one shift.
#[derive(Clone, Debug, Serialize)]
pub struct StepStatus {
    /// The workload and the share, `ecs/…/track 50 %`; where a workload has several targets, with the target.
    pub name: String,
    /// `to do`, `running`, `done`, `going back`, or `left` to others.
    pub state: &'static str,
    /// What is changed.
    pub target: String,
    /// The share of the new side that the step wants.
    pub desired: u8,
    /// The share of the new side that was last seen to stand; none when somebody else changed it.
    pub actual: Option<u8>,
}

/// What people see of a run.
#[must_use]
pub fn status(run: &str, plan: &Sealed, state: &State) -> RunStatus {
    let steps = plan.plan().shifts.iter().enumerate().flat_map(|(at, shift)| {
        let reached = &state.shifts[at];
        let actual = reached.stage.and_then(|stage| shift.stages.get(stage)).map_or(0, |stage| stage.percent);
        shift.stages.iter().enumerate().map(move |(number, stage)| StepStatus {
            name: plan.plan().step_name(at, number).unwrap_or_default(),
            state: step_state(state, at, number),
            target: shift.target.to_string(),
            desired: stage.percent,
            actual: (!reached.released_to_others).then_some(actual),
        })
    });
    RunStatus {
        schema: "caravan.run/v1",
        run: run.to_owned(),
        plan_hash: plan.hash().to_string(),
        state: name(state),
        steps: steps.collect(),
        conflict: conflict(plan, state),
        waiting_for: waiting_for(plan, state),
        queued: Vec::new(),
    }
}

fn conflict(plan: &Sealed, state: &State) -> Option<ConflictStatus> {
    let Phase::Conflict { task, expected, planned, live, token, .. } = &state.phase else { return None };
    Some(ConflictStatus {
        target: plan.plan().shifts.get(task.shift())?.target.clone(),
        before: (**expected).clone(),
        planned: (**planned).clone(),
        live: (**live).clone(),
        token: token.as_ref().map(ToString::to_string),
    })
}

fn name(state: &State) -> String {
    match &state.phase {
        Phase::Finished(caravan_cutover_engine::Outcome::Done) => "done".to_owned(),
        Phase::Finished(caravan_cutover_engine::Outcome::RolledBack) => "rolled-back".to_owned(),
        Phase::Recording { then, .. } => name(then),
        phase => phase.name().to_owned(),
    }
}

fn step_state(state: &State, shift: usize, stage: usize) -> &'static str {
    let reached = &state.shifts[shift];
    let running = match state.phase.task() {
        Some(Task::Enter { shift: at, stage: entering }) => at == shift && entering == stage,
        Some(Task::Bake { shift: at }) => at == shift && reached.stage == Some(stage),
        _ => false,
    };
    let undoing = matches!(state.phase.task(), Some(Task::Undo { shift: at }) if at == shift);
    match reached.stage {
        _ if reached.released_to_others => "left",
        _ if running => "running",
        Some(last) if undoing && stage <= last => "going back",
        Some(last) if stage <= last => "done",
        _ => "to do",
    }
}

fn waiting_for(plan: &Sealed, state: &State) -> Option<String> {
    let workload = |task: &Task| plan.plan().shifts[task.shift()].workload.to_string();
    Some(match &state.phase {
        Phase::Planned => "a driver: `caravan cutover run`".to_owned(),
        Phase::AwaitingApproval { task: Task::Enter { shift, stage } } => {
            let step = plan.plan().step_name(*shift, *stage).unwrap_or_default();
            format!("approval of `{step}`: `caravan cutover approve`")
        }
        Phase::Paused => "a person: `caravan cutover resume` or `rollback`".to_owned(),
        Phase::Held { reason, .. } => match reason {
            Hold::Inconclusive(text) => {
                format!("a person: nobody can tell whether it is healthy ({text}); `resume` asks again")
            }
            Hold::NewSideUnhealthy(text) => {
                format!("a person: the new side is unhealthy ({text}); no traffic is on it")
            }
            Hold::OldSideUnhealthy(text) => format!("a person: the old side is unhealthy ({text}); `retry` asks again"),
            Hold::ControllersActive(controllers) => {
                let controllers: Vec<String> = controllers
                    .iter()
                    .map(|controller| format!("{controller}: {}", controller.how_to_pause()))
                    .collect();
                format!(
                    "a person: somebody else writes to the target: {}; then `retry`, or where their mark stays, name \
                     them under `paused_controllers` and seal anew",
                    controllers.join("; ")
                )
            }
            Hold::Refused(text) => format!("a person: the provider refused ({text}); nothing was changed"),
            Hold::Adopted => "a person: `resume` goes on without the target that was left to others".to_owned(),
        },
        Phase::Conflict { task, expected, planned, live, .. } => {
            let target = &plan.plan().shifts[task.shift()].target;
            let [before, wanted, now] = in_words(target, [expected, planned, live]);
            format!(
                "a person: somebody else changed the target of {}; before: {before}, planned: {wanted}, there now: {now}; \
                 `retry`, `adopt` or `rollback`",
                workload(task)
            )
        }
        Phase::Stuck { task, reason } => format!("a person: {} can't be taken back ({reason})", workload(task)),
        Phase::Shifted => "a person: `release` ends the run, `rollback` takes it back".to_owned(),
        Phase::JournalUnavailable { reason } => format!("room: the journal takes no entry ({reason})"),
        _ => return None,
    })
}

/// A conflict's three snapshots in words; in full, when words do not tell two of them apart.
fn in_words(target: &Target, snapshots: [&Snapshot; 3]) -> [String; 3] {
    let words = snapshots.map(|snapshot| target.kind().lines(snapshot).join("; "));
    let alike = |(one, other): (usize, usize)| words[one] == words[other] && snapshots[one] != snapshots[other];
    if [(0, 1), (0, 2), (1, 2)].into_iter().any(alike) {
        return snapshots.map(|snapshot| serde_json::to_string(snapshot).unwrap_or_default());
    }
    words
}

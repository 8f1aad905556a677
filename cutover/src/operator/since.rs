//! Since when a run stands where it stands, the very reason, and what its sides last said.

use super::run_state::RunState;
use super::time::time_text;
use super::waiting::why_held;
use crate::journal::{Lease, LeaseBreak};
use caravan_cutover_engine::{Direction, Event, Moment, Phase, State, Task, Together, is_going_back};
use caravan_plans::WavePlan;
use caravan_providers::{CallError, Reply, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

/// Since when a run stands where it stands, the very reason, and what its sides last said.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Since {
    /// When it came to where it stands, in UTC.
    pub at: String,
    /// Why it goes back, or waits for a person, or who has ended it where it stands, and why; none when it goes on as planned.
    pub why: Option<Why>,
    /// Why it waits for a person on its way back; none while it does not, or goes forward: then `why` says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Why>,
    /// Why it gets no further for now, and since when, while it repeats a call or waits until users follow a write; none when
    /// it does not.
    pub repeats: Option<Why>,
    /// What the old side said when it was last asked.
    pub old_side: Option<Said>,
    /// What the new side said when it was last asked.
    pub new_side: Option<Said>,
    /// Whether `why` says why approvals to finalise are void: it stands until somebody approves anew.
    #[serde(skip)]
    void: bool,
    /// Who has released it, and why.
    #[serde(skip)]
    released: Option<Why>,
    /// The moment of the last entry that has one.
    #[serde(skip)]
    now: Moment,
}

/// Why a run goes back, or waits for a person.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Why {
    /// The very reason.
    pub text: String,
    /// When it came, in UTC.
    pub at: String,
}

/// What a side said when it was asked.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Said {
    /// Whether it passed.
    pub passed: bool,
    /// The verdict, for a person.
    pub text: String,
    /// When, in UTC.
    pub at: String,
}

/// One side of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Side {
    Old,
    New,
}

/// What a run did before an entry.
#[derive(Clone, Debug)]
pub(super) struct Before {
    word: RunState,
    goes_back: bool,
    /// Whether two persons have approved that it is finalised, and nothing is final yet.
    finalises: bool,
    asked: Option<Side>,
    /// Whose side it is.
    workload: Option<String>,
    /// Why a write is looked for.
    refused: Option<String>,
}

impl Before {
    /// What a state does.
    pub(super) fn of(plan: &WavePlan, state: &State) -> Self {
        let asked = match &state.phase {
            Phase::Guarding { task: Task::Enter { step, .. }, passed, .. }
                if plan.steps.get(*step).is_some_and(|step| *passed < step.new_probes().len()) =>
            {
                Some(Side::New)
            }
            Phase::Guarding { task: Task::Finalise { .. }, .. } => Some(Side::New),
            Phase::Guarding { .. } | Phase::Together(Together::Guarding { .. }) => Some(Side::Old),
            // Once the new side has brought nothing, the old one is asked beside it.
            Phase::Baking { old: Some(_), .. } => Some(Side::Old),
            Phase::Baking { .. } => Some(Side::New),
            _ => None,
        };
        let step = state.phase.task().and_then(|task| plan.steps.get(task.step()));
        let workload = step.map(|step| step.workload().to_string());
        let refused = match &state.phase {
            Phase::Resolving { error, .. } | Phase::InDoubt { error, .. } => Some(error.to_string()),
            _ => None,
        };
        let finalises = state.direction == Direction::Finalise && !state.is_one_way();
        let (word, goes_back) = (RunState::from(&state.phase), is_going_back(state));
        Self { word, goes_back, finalises, asked, workload, refused }
    }
}

impl Since {
    /// Of a run that was created then.
    pub(super) fn created(at: Moment) -> Self {
        Self {
            at: time_text(at),
            why: None,
            stopped: None,
            repeats: None,
            old_side: None,
            new_side: None,
            void: false,
            released: None,
            now: at,
        }
    }

    /// Takes an entry in, with what the run did before it and the state that it led to.
    pub(super) fn take_in(&mut self, plan: &WavePlan, before: &Before, state: &State, event: &Event) {
        self.now = event.moment().unwrap_or(self.now);
        let at = time_text(self.now);
        if let (Some(side), Event::Replied { reply, .. }) = (before.asked, event) {
            let (passed, text) = match worst_of(reply) {
                Ok(Reply::Probed(Verdict::Pass)) => (true, "answered well".to_owned()),
                Ok(Reply::Probed(Verdict::Fail { reason } | Verdict::Inconclusive { reason })) => {
                    (false, reason.clone())
                }
                Ok(_) => (false, "the answer was of another kind than the question".to_owned()),
                Err(error) => (false, error.to_string()),
            };
            let said = Some(Said { passed, text, at: at.clone() });
            match side {
                Side::Old => self.old_side = said,
                Side::New => self.new_side = said,
            }
        }
        if let Event::AnalysisFailed { reason, .. } = event {
            self.new_side = Some(Said { passed: false, text: reason.clone(), at: at.clone() });
        }
        let word = RunState::from(&state.phase);
        if word != before.word {
            self.at.clone_from(&at);
        }
        let trouble = state.trouble.as_ref();
        self.repeats = trouble.map(|trouble| Why { text: trouble.reason.clone(), at: time_text(trouble.since) });
        let is_still_void = self.void && !matches!(event, Event::FinaliseApproved { .. });
        let turned = !before.goes_back && is_going_back(state);
        let stopped = word != before.word && is_stopped(word);
        // It went on going back by itself, whoever had paused it.
        let overruled = matches!(event, Event::AnalysisFailed { .. }) && before.word == RunState::Paused;
        // Why it goes back stays the reason, whatever stops it on the way: that is said beside it.
        let is_on_its_way_back = before.goes_back && is_going_back(state) && self.why.is_some();
        if turned || overruled || (stopped && !is_on_its_way_back) {
            self.why = Some(Why { text: reason(plan, before, word, state, event), at: at.clone() });
        } else if before.finalises && state.direction == Direction::Forward {
            let why = reason(plan, before, word, state, event);
            self.why = Some(Why { text: format!("the approvals to finalise are void: {why}"), at: at.clone() });
            self.void = true;
        } else if !is_going_back(state) && !is_stopped(word) && !is_still_void {
            (self.why, self.void) = (None, false);
        }
        if let Event::Released { who, reason, .. } = event {
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            self.released = Some(Why { text: format!("{who} released it{reason}"), at: at.clone() });
        }
        // Nothing that came later says more of why it was ended.
        if self.why.is_none() && (state.direction == Direction::Release || state.is_over()) {
            self.why.clone_from(&self.released);
        }
        if stopped && is_on_its_way_back {
            self.stopped = Some(Why { text: reason(plan, before, word, state, event), at });
        } else if !state.waits_for_person() {
            self.stopped = None;
        }
    }

    /// The moment of the last entry that has one; before it, when the run was created.
    pub(super) const fn moment(&self) -> Moment {
        self.now
    }

    /// Whether both sides passed when they were last asked; a side that was never asked counts as one that did.
    #[must_use]
    pub fn both_passed(&self) -> bool {
        [&self.old_side, &self.new_side].into_iter().flatten().all(|said| said.passed)
    }
}

/// Says why a run turns back to whoever sees its states one after the other, those that are being recorded among them.
#[derive(Debug, Default)]
pub struct TurnsBack {
    before: Option<Before>,
    why: Option<String>,
}

impl TurnsBack {
    /// Takes in the next state; gives why the run has turned back, once that is recorded.
    pub fn see(&mut self, plan: &WavePlan, state: &State) -> Option<String> {
        if let Phase::Recording { event, then } = &state.phase {
            let before = self.before.as_ref().filter(|before| !before.goes_back && is_going_back(then));
            let why = before.map(|before| reason(plan, before, RunState::from(&then.phase), then, event));
            self.why = why.or(self.why.take());
            return None;
        }
        self.before = Some(Before::of(plan, state));
        self.why.take().filter(|_| is_going_back(state))
    }
}

/// Whether an entry says that every side that was asked is well; none where it is about something else.
#[must_use]
pub fn says_well(event: &Event) -> Option<bool> {
    match event {
        Event::AnalysisFailed { .. } => Some(false),
        Event::Replied { reply, .. } => match worst_of(reply) {
            Ok(Reply::Probed(verdict)) => Some(*verdict == Verdict::Pass),
            _ => None,
        },
        _ => None,
    }
}

/// What the worst of several sides said that were asked at once; what was said, where one was asked.
fn worst_of(reply: &Result<Reply, CallError>) -> &Result<Reply, CallError> {
    let Ok(Reply::All(answers)) = reply else { return reply };
    let passed = |answer: &&Result<Reply, CallError>| matches!(answer, Ok(Reply::Probed(Verdict::Pass)));
    let failed = |answer: &&Result<Reply, CallError>| matches!(answer, Ok(Reply::Probed(Verdict::Fail { .. })));
    let worse = answers.iter().find(failed).or_else(|| answers.iter().find(|answer| !passed(answer)));
    worse.or(answers.first()).unwrap_or(reply)
}

/// Whether a run has stopped for a reason: one that waits for an approval, or soaks, has none.
const fn is_stopped(word: RunState) -> bool {
    matches!(word, RunState::Held | RunState::Conflict | RunState::Stuck | RunState::Paused)
}

/// What an entry says of why the run turned or stopped.
fn reason(plan: &WavePlan, before: &Before, word: RunState, state: &State, event: &Event) -> String {
    let of = before.workload.as_ref().map(|workload| format!(" of {workload}")).unwrap_or_default();
    let side = match before.asked {
        Some(Side::Old) => format!("the old side{of}: "),
        Some(Side::New) => format!("the new side{of}: "),
        None => String::new(),
    };
    match event {
        Event::Replied {
            reply: Ok(Reply::Probed(Verdict::Fail { reason } | Verdict::Inconclusive { reason })),
            ..
        } => {
            format!("{side}{reason}")
        }
        Event::Replied { reply: Err(error), .. } => format!("{side}{error}"),
        Event::Replied { .. } if word == RunState::Conflict => "somebody else changed the target".to_owned(),
        Event::AnalysisFailed { step, reason, .. } => {
            let workload = plan.steps.get(*step).map(|step| format!(" of {}", step.workload()));
            format!("the new side{}: {reason}", workload.unwrap_or_default())
        }
        Event::Aborted { who, .. } => format!("{who} wants it back"),
        Event::Paused { who, .. } => format!("{who} paused it"),
        Event::Resumed { who, .. } | Event::Retried { who, .. } => format!("{who} lets it go on after it had stopped"),
        Event::Adopted { who, .. } => format!("{who} left a target to whoever changed it"),
        other => match &state.phase {
            Phase::Stuck { reason, .. } => reason.clone(),
            Phase::Held { reason, .. } => why_held(reason),
            _ => before.refused.clone().unwrap_or_else(|| format!("after `{}`", other.name())),
        },
    }
}

/// Who drives a run, or drove it last.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct DriverStatus {
    /// The driver's name.
    pub name: String,
    /// Whether its lease still holds: one that is dead keeps it until it runs out.
    pub drives: bool,
    /// Seconds since its last sign of life; none when that was not kept.
    pub silent_seconds: Option<u64>,
    /// Who broke its lease of the run, and why; none when nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_broken: Option<String>,
}

impl DriverStatus {
    /// Whose lease it is or was, at this moment of the day, with what people did to it.
    pub(super) fn of(lease: Lease, breaks: &[LeaseBreak], now: Moment) -> Self {
        let broken = breaks.iter().rev().find(|broken| broken.driver == lease.driver);
        let said = |broken: &LeaseBreak| format!("{} at {}: {}", broken.who, time_text(broken.at), broken.reason);
        Self {
            drives: lease.holds(now),
            silent_seconds: lease.renewed.map(|renewed| now.0.saturating_sub(renewed.0) / 1000),
            lease_broken: broken.map(said),
            name: lease.driver,
        }
    }
}

//! Submitting an operator's command, and the evidence that is shown before an approval.

use super::run::{Run, RunReadError};
use super::run_state::RunState;
use super::since::Said;
use super::waiting::WaitingFor;
use crate::journal::{Command, JournalError, QueuedCommand, Request};
use crate::store::RunStore;
use crate::wait::PersonWait;
use caravan_cutover_engine::{Event, Illegal, Moment, Phase, Shown, State, soak_left_ms, transition};
use caravan_plans::Change;
use caravan_providers::{Reply, Verdict};

/// Why a command was not left for the driver. The run is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The run has no use for it where it stands: give what it waits for.
    #[error("`{command}` makes no sense now: run {run} is {state}")]
    Unexpected {
        /// The command.
        command: Command,
        /// The run.
        run: String,
        /// The state in which the run is.
        state: RunState,
        /// What it waits for, if it waits.
        waiting_for: Option<Box<WaitingFor>>,
    },
    /// The run waits with another step than the one that is to be approved: look at its evidence first.
    #[error("the run waits with `{waits}`, not `{given}`")]
    OtherStep {
        /// The step that waits.
        waits: String,
        /// The text that was given instead.
        given: String,
    },
    /// The run has gone on since what was approved, or left to others, was shown: look at it anew.
    #[error("run {run} has gone on since entry {entry}: it is {state}, and since then came {changes}")]
    Outdated {
        /// The run.
        run: String,
        /// The entry that was shown.
        entry: u64,
        /// The state in which the run is.
        state: RunState,
        /// The entries since, in a few words.
        changes: String,
    },
    /// A run that has not come to its end is released only with a reason.
    #[error("run {run} has not come to its end: releasing it leaves traffic where it stands, and wants a reason")]
    NoReason {
        /// The run.
        run: String,
    },
    /// It has not stood on the new side for as long as the plan asks.
    #[error("run {run} is finalised only after its soak, which is not over for another {left_seconds} s")]
    Soaks {
        /// The run.
        run: String,
        /// Seconds that are left.
        left_seconds: u64,
    },
    /// The second approval must be another person's.
    #[error("{who} has approved already that run {run} is finalised: another person must")]
    SamePerson {
        /// The run.
        run: String,
        /// Who has.
        who: String,
    },
    /// The stage was approved before, and no driver has taken that in.
    #[error("{who} has approved `{step}` already: the approval waits for a driver")]
    Given {
        /// The run.
        run: String,
        /// The stage.
        step: String,
        /// Who has.
        who: String,
    },
    /// What was finalised can't be taken back.
    #[error("run {run} is being finalised, and its first write was made: there is no way back")]
    NoWayBack {
        /// The run.
        run: String,
    },
    /// The run can't be read.
    #[error(transparent)]
    Read(#[from] RunReadError),
    /// The journal can't be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What is known before somebody approves the step with which a run waits.
#[derive(Clone, Debug)]
pub struct ApprovalEvidence {
    /// The step's name.
    pub step: String,
    /// The wave.
    pub wave: String,
    /// The change that will be made.
    pub change: Change,
    /// Whether the stage before has baked; of a first stage false.
    pub baked: bool,
    /// What the old side said when it was last asked.
    pub old_side: Option<Said>,
    /// What the new side said when it was last asked.
    pub new_side: Option<Said>,
    /// What is shown, as an approval names it.
    pub shown: Shown,
}

impl ApprovalEvidence {
    /// What is known of the step with which a run waits for approval.
    ///
    /// # Errors
    /// [`SubmitError::Unexpected`] when it waits with none.
    pub fn of(run: &Run) -> Result<Self, SubmitError> {
        let shown = run.wait().filter(|wait| wait.is_of_stage()).map(|wait| wait.shown(run.sequence()));
        let shown = shown.ok_or_else(|| unexpected(run, Command::Approve))?;
        let (step, stage) = (shown.step, shown.stage);
        let plan = run.plan().plan();
        let change = plan.steps.get(step).and_then(|step| step.enter(stage));
        Ok(Self {
            step: plan.step_name(step, stage).unwrap_or_default(),
            wave: plan.wave.clone(),
            change: change.ok_or_else(|| unexpected(run, Command::Approve))?,
            baked: run.state().steps.get(step).is_some_and(|reached| reached.baked),
            old_side: run.since().old_side.clone(),
            new_side: run.since().new_side.clone(),
            shown,
        })
    }

    /// Whether somebody means this step, by the name that they give (S3).
    ///
    /// # Errors
    /// [`SubmitError::OtherStep`].
    pub fn is_of(&self, step: &str) -> Result<(), SubmitError> {
        if step == self.step {
            return Ok(());
        }
        Err(SubmitError::OtherStep { waits: self.step.clone(), given: step.to_owned() })
    }
}

/// Whether a command makes sense where a run stood when it was read.
///
/// # Errors
/// [`SubmitError::Unexpected`].
pub fn makes_sense(run: &Run, request: &Request) -> Result<(), SubmitError> {
    makes_sense_in(run, run.state().clone(), request)
}

fn makes_sense_in(run: &Run, state: State, request: &Request) -> Result<(), SubmitError> {
    // Between an answer and the next intent the journal ends with the answer, also for good where the driver died there. The engine takes
    // no command in that moment; whoever drives takes it in right after, or the next driver does.
    let state = match &state.phase {
        Phase::Recording { then, .. } => (**then).clone(),
        _ => state,
    };
    let next = transition(run.plan(), state, request.event());
    let name = || run.name().to_owned();
    next.map(drop).map_err(|illegal| match illegal {
        Illegal::Unexpected { .. } => unexpected(run, request.command),
        Illegal::Soaks { left_seconds } => SubmitError::Soaks { run: name(), left_seconds },
        Illegal::SamePerson { who } => SubmitError::SamePerson { run: name(), who },
        Illegal::NoWayBack => SubmitError::NoWayBack { run: name() },
    })
}

/// Leaves a command for the run's driver, which takes it in where the run then stands; without a driver it waits for the
/// next one. One that takes what stands for right ([`Command::is_bound`]) is bound to where the run stood when it was read.
///
/// # Errors
/// [`SubmitError`]: also when it makes no sense where the run stood when it was read, and when the run would be released
/// before its end without a reason.
pub async fn submit(journal: &impl RunStore, run: &Run, request: &Request) -> Result<(), SubmitError> {
    let bound = request.shown.or_else(|| shown(run).filter(|_| request.command.is_bound()));
    let request = Request { shown: bound, ..request.clone() };
    makes_sense(run, &request)?;
    if request.command == Command::Release && !has_come_to_its_end(run) {
        let given = request.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
        if !given {
            return Err(SubmitError::NoReason { run: run.name().to_owned() });
        }
    }
    let queued = journal.commands(run.name()).await?;
    match request.command {
        Command::Approve => is_first(run, &queued, &request)?,
        // Those that no driver has taken in yet are approvals as well.
        Command::Finalise => {
            let given = queued.iter().filter(|queued| queued.request.command == Command::Finalise);
            let next = |state: State, event| transition(run.plan(), state, event);
            let recorded = |state: State, event| next(next(state, event)?, Event::Recorded);
            let taken_in = |state: State, event| recorded(state.clone(), event).unwrap_or(state);
            let state = given.map(|queued| queued.request.event()).fold(run.state().clone(), taken_in);
            makes_sense_in(run, state, &request)?;
        }
        _ => {}
    }
    Ok(journal.submit(run.name(), &request).await?)
}

/// Whether nothing is left but to end the run: everything of it is on the new side, and its soak is over; what was left to others has
/// none.
#[must_use]
pub fn has_come_to_its_end(run: &Run) -> bool {
    let is_soaked = soak_left_ms(run.plan().plan(), run.state()).is_none_or(|left| left == 0);
    let is_soaked = is_soaked || run.status().at_risk.is_empty();
    run.state().phase == Phase::Shifted && is_soaked
}

/// Whether nobody has left an approval of the same wait.
fn is_first(run: &Run, queued: &[QueuedCommand], request: &Request) -> Result<(), SubmitError> {
    let is_of = |shown: Shown| run.wait().is_some_and(|wait| wait.is_of(shown));
    let is_same =
        |one: &&QueuedCommand| one.request.command == Command::Approve && one.request.shown.is_some_and(is_of);
    let Some(given) = queued.iter().find(is_same) else { return Ok(()) };
    let step = request.shown.and_then(|shown| run.plan().plan().step_name(shown.step, shown.stage));
    let (run, who) = (run.name().to_owned(), given.request.who.clone());
    Err(SubmitError::Given { run, step: step.unwrap_or_default(), who })
}

/// What a run waits with, as a command names it that is bound to it; none when it waits for no word of a person.
#[must_use]
pub fn shown(run: &Run) -> Option<Shown> {
    run.wait().map(|wait| wait.shown(run.sequence()))
}

/// Leaves an approval of what somebody was shown, of a stage or of finalising, unless the run has left that wait since: it is
/// read once more.
///
/// # Errors
/// [`SubmitError::Outdated`], and those of reading the run and of the journal.
pub async fn approve(
    journal: &impl RunStore,
    run: &mut Run,
    shown: Shown,
    who: &str,
    now: Moment,
) -> Result<(), SubmitError> {
    run.advance(journal).await?;
    let is_of_stage = run.wait().is_some_and(PersonWait::is_of_stage);
    let command = if is_of_stage { Command::Approve } else { Command::Finalise };
    submit_shown(journal, run, &Request { shown: Some(shown), ..command.by(who, now) }).await
}

/// As [`submit`], about what somebody was shown, unless the run has left that wait since: it is read once more.
///
/// # Errors
/// [`SubmitError::Outdated`], and those of [`submit`].
pub async fn submit_shown(journal: &impl RunStore, run: &mut Run, request: &Request) -> Result<(), SubmitError> {
    run.advance(journal).await?;
    let is_of = |shown: Shown| run.wait().is_some_and(|wait| wait.is_of(shown) && shown.entry <= run.sequence());
    if !request.shown.is_some_and(is_of) {
        return Err(outdated(journal, run, request.shown.map_or(0, |shown| shown.entry)).await?);
    }
    submit(journal, run, request).await
}

/// What has come since an entry that somebody was shown.
async fn outdated(journal: &impl RunStore, run: &Run, entry: u64) -> Result<SubmitError, SubmitError> {
    let (entries, _) = journal.entries_after(run.name(), None).await?;
    let later = entries.iter().filter(|later| later.sequence > entry);
    let mut changes: Vec<String> = later.map(|entry| format!("{} {}", entry.sequence, said(&entry.event))).collect();
    let more = changes.len().saturating_sub(MOST_CHANGES);
    changes.truncate(MOST_CHANGES);
    changes.extend((more > 0).then(|| format!("and {more} more")));
    let waits = run.status().waiting_for.map(|waiting| format!("; now it waits for {waiting}"));
    if changes.is_empty() {
        changes.push("nothing: there is no such entry yet".to_owned());
    }
    let changes = format!("{}{}", changes.join(", "), waits.unwrap_or_default());
    let (run, state) = (run.name().to_owned(), RunState::from(&run.state().phase));
    Ok(SubmitError::Outdated { run, entry, state, changes })
}

/// Entries that a refusal names at the most.
const MOST_CHANGES: usize = 6;

/// An entry in a few words.
fn said(event: &Event) -> String {
    match event {
        Event::Replied { reply: Err(error), .. } => format!("reply: {error}"),
        Event::Replied {
            reply: Ok(Reply::Probed(Verdict::Fail { reason } | Verdict::Inconclusive { reason })),
            ..
        } => {
            format!("probe: {reason}")
        }
        Event::Started { who, .. }
        | Event::Approved { who, .. }
        | Event::Paused { who, .. }
        | Event::Resumed { who, .. }
        | Event::Aborted { who, .. }
        | Event::Adopted { who, .. }
        | Event::Retried { who, .. }
        | Event::Released { who, .. }
        | Event::FinaliseApproved { who, .. } => format!("{} by {who}", event.name()),
        other => other.name().to_owned(),
    }
}

pub(super) fn unexpected(run: &Run, command: Command) -> SubmitError {
    let status = run.status();
    SubmitError::Unexpected {
        command,
        run: status.run,
        state: status.state,
        waiting_for: status.waiting_for.map(Box::new),
    }
}

//! One attempt to drive a run, and what is done about it after that.

use super::attendant::{Attendant, Telling};
use crate::defect;
use crate::driver::{Driven, Driver};
use crate::driver_error::DriverError;
use crate::journal::RunRecord;
use crate::operator::{Run, RunReadError};
use crate::store::RunStore;
use caravan_cutover_engine::{Clock, Phase};
use caravan_providers::Executor;
use std::sync::Arc;
use tokio::task::JoinError;

/// Milliseconds until it tries again what may pass; doubled with each further time.
const AGAIN_MS: u64 = 1_000;
/// Milliseconds until it tries again what a person has to put right.
const AFTER_PERSON_MS: u64 = 60_000;

/// What came of driving a run for a while.
pub(super) struct Attempt {
    pub(super) run: String,
    pub(super) came: Came,
    /// Whether the run got any further.
    pub(super) progressed: bool,
}

impl Attempt {
    /// One whose task broke off by a defect.
    pub(super) fn broken_off(run: String, error: JoinError) -> Self {
        let came = Came::Again(Telling::NeedsPerson(defect::text(error)), AGAIN_MS);
        Self { run, came, progressed: false }
    }
}

/// What is done about the run next.
pub(super) enum Came {
    Over,
    Again(Telling, u64),
    /// The journal took no entry.
    Unrecorded(String),
    Left(Telling),
}

/// Drives one run for as long as that goes well.
pub(super) async fn drive<S, E, C, A>(
    driver: Arc<Driver<S, E, C>>,
    attendant: Arc<A>,
    who: String,
    record: RunRecord,
) -> Attempt
where
    S: RunStore,
    E: Executor,
    C: Clock,
    A: Attendant,
{
    let run = record.name.clone();
    let tried = try_to_drive(&driver, &*attendant, &who, record).await;
    let (came, progressed) = tried.unwrap_or_else(|error| (came_of(&error), false));
    Attempt { run, came, progressed }
}

async fn try_to_drive<S: RunStore, E: Executor, C: Clock, A: Attendant>(
    driver: &Driver<S, E, C>,
    attendant: &A,
    who: &str,
    record: RunRecord,
) -> Result<(Came, bool), DriverError> {
    let name = record.name.clone();
    if driver.journal.end(&name).await?.is_some() {
        return Ok((Came::Over, true));
    }
    let run = match Run::of(&driver.journal, record).await {
        Ok(run) if run.state().is_over() => return Ok((Came::Over, true)),
        Ok(run) => run,
        Err(RunReadError::Journal(error)) => return Err(error.into()),
        Err(RunReadError::OtherEngine { run, engines }) => return Err(DriverError::OtherEngine { run, engines }),
        Err(RunReadError::Replay { run, source }) => return Err(DriverError::Replay { run, source }),
        Err(RunReadError::NoSuchRun { .. }) => return Ok((Came::Over, true)),
    };
    attendant.takes_up(&run).await;
    if run.needs_proof(&driver.journal).await?
        && let Err(denied) = attendant.admit(&run).await
    {
        return Ok((Came::Again(Telling::NeedsPerson(denied.to_string()), AFTER_PERSON_MS), false));
    }
    let plan = run.plan();
    let Driven { state, entries } =
        driver.drive(&name, plan, who, |state| attendant.came_to(&name, plan, state)).await?;
    let came = match &state.phase {
        Phase::LeaseLost => {
            let text = "its lease is gone: another driver has taken over, or a person broke it";
            Came::Again(Telling::Waits(text.to_owned()), driver.lease_ms)
        }
        Phase::JournalUnavailable { reason } => Came::Unrecorded(reason.clone()),
        _ if state.is_over() => Came::Over,
        _ => Came::Again(Telling::GoesOn, AGAIN_MS),
    };
    // Its first entry says that it is driven anew.
    Ok((came, entries > run.sequence() + 1))
}

/// What is done about a run that could not be driven on.
fn came_of(error: &DriverError) -> Came {
    let text = error.to_string();
    match error {
        DriverError::LeaseHeld { .. } => Came::Again(Telling::Waits("another driver has it".to_owned()), AGAIN_MS),
        // Whoever broke it may have left users on a new side whom nobody watches.
        DriverError::LeaseBroken { .. } | DriverError::OtherEngine { .. } => Came::Left(Telling::NeedsPerson(text)),
        _ if error.needs_person() => Came::Again(Telling::NeedsPerson(text), AFTER_PERSON_MS),
        _ if error.is_of_journal() => Came::Unrecorded(text),
        _ => Came::Again(Telling::Waits(text), AGAIN_MS),
    }
}

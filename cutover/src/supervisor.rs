//! A driver that lives for weeks: it drives every run that is not over, takes up new ones as they are started, and goes on
//! when the journal, an account or a lease is back.

use crate::driver::{Driven, Driver};
use crate::driver_error::DriverError;
use crate::journal::{JournalError, RunRecord};
use crate::operator::{Run, RunReadError};
use crate::store::RunStore;
use caravan_cutover_engine::{Clock, JournalStoreError, Moment, Phase, State};
use caravan_plans::Sealed;
use caravan_providers::{CallError, Executor};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How often it looks for runs that were started.
const LOOK_EVERY_MS: u64 = 1_000;
/// Looks in a row until the journal counts as away, or as back.
const LOOKS: u32 = 3;
/// Milliseconds until it tries again what may pass; doubled with each further time.
const AGAIN_MS: u64 = 1_000;
/// The longest that this grows to.
const LONGEST_AGAIN_MS: u64 = 30_000;
/// Milliseconds until it tries again what a person has to put right.
const AFTER_PERSON_MS: u64 = 60_000;

/// Whom a supervisor asks and tells.
pub trait Attendant: Send + Sync + 'static {
    /// Whether a run may be driven: that the credentials of its accounts are theirs.
    fn admit(&self, run: &Run) -> impl Future<Output = Result<(), CallError>> + Send;

    /// A run that is driven has come to a state.
    fn came_to(&self, run: &str, plan: &Sealed, state: &State);

    /// Something about a run, or about all of them where none is named, changed that no state tells.
    fn tell(&self, run: Option<&str>, telling: &Telling) -> impl Future<Output = ()> + Send;
}

/// What no state tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Telling {
    /// It is not driven for now, and tried again: the journal is away, or another driver has it.
    Waits(String),
    /// A person has to put something right: credentials, a journal that was changed, a run of another engine.
    NeedsPerson(String),
    /// What kept it waiting is over.
    GoesOn,
}

/// Drives every run that is not over, for ever.
pub struct Supervisor<S, E, C, A> {
    /// What drives them.
    pub driver: Arc<Driver<S, E, C>>,
    /// Whom it asks and tells.
    pub attendant: Arc<A>,
    /// Who starts a run that nobody has started.
    pub who: String,
}

/// What it does about a run.
#[derive(Debug)]
enum Standing {
    /// A task drives it.
    Driven,
    /// It is tried again then.
    Later(Moment),
    /// It is nobody's of this process any more.
    Left,
}

/// What came of driving a run for a while.
struct Attempt {
    run: String,
    came: Came,
    /// Whether the run got any further.
    progressed: bool,
}

/// What is done about the run next.
enum Came {
    Over,
    Again(Telling, u64),
    Left(Telling),
}

/// Whether the list of runs can be read. A read can fail beside a write, so that one look alone says nothing.
#[derive(Default)]
struct Reach {
    is_away: bool,
    /// Looks in a row that said otherwise.
    otherwise: u32,
}

/// What it knows of the runs that are not over.
#[derive(Default)]
struct Known {
    standing: BTreeMap<String, Standing>,
    /// What was said of each last, and how often it was tried since.
    said: BTreeMap<String, (Telling, u32)>,
    over: BTreeSet<String>,
}

impl<S, E, C, A> Supervisor<S, E, C, A>
where
    S: RunStore + Clone + 'static,
    E: Executor + 'static,
    C: Clock + 'static,
    A: Attendant,
{
    /// Drives for ever.
    ///
    /// Cancel safety: dropping the future ends every task as a crash would; [`Supervisor::leave`] then gives the leases up.
    pub async fn supervise(&self) {
        let (mut known, mut tasks, mut reach) = (Known::default(), JoinSet::new(), Reach::default());
        loop {
            match self.driver.journal.runs().await {
                Ok(records) => {
                    if let Some(telling) = reach.looked(None) {
                        self.attendant.tell(None, &telling).await;
                    }
                    known.forget_all_but(&records);
                    for record in records {
                        if known.is_due(&record.name, self.driver.clock.now()) {
                            known.standing.insert(record.name.clone(), Standing::Driven);
                            tasks.spawn(drive(
                                Arc::clone(&self.driver),
                                Arc::clone(&self.attendant),
                                self.who.clone(),
                                record,
                            ));
                        }
                    }
                }
                Err(error) => {
                    if let Some(telling) = reach.looked(Some(error.to_string())) {
                        self.attendant.tell(None, &telling).await;
                    }
                }
            }
            let next = self.driver.clock.now().plus_ms(LOOK_EVERY_MS);
            tokio::select! {
                Some(Ok(attempt)) = tasks.join_next(), if !tasks.is_empty() => self.settle(&mut known, attempt).await,
                () = self.driver.clock.until(next) => {}
            }
        }
    }

    /// Gives up every lease of this process, so that the next one takes over at once.
    ///
    /// # Errors
    /// Those of the journal; the leases then run out by themselves.
    pub async fn leave(&self) -> Result<(), JournalError> {
        self.driver.journal.give_up_all(&self.driver.name).await
    }

    async fn settle(&self, known: &mut Known, Attempt { run, came, progressed }: Attempt) {
        if progressed {
            known.said.remove(&run);
        }
        let (standing, telling) = match came {
            Came::Over => {
                known.standing.remove(&run);
                known.said.remove(&run);
                known.over.insert(run);
                return;
            }
            Came::Again(telling, after_ms) => {
                let times = known.said.get(&run).map_or(0, |(_, times)| *times);
                let wait = (after_ms << times.min(5)).min(LONGEST_AGAIN_MS.max(after_ms));
                (Standing::Later(self.driver.clock.now().plus_ms(wait)), telling)
            }
            Came::Left(telling) => (Standing::Left, telling),
        };
        known.standing.insert(run.clone(), standing);
        let said = known.said.get(&run);
        let times = said.map_or(0, |(_, times)| times.saturating_add(1));
        if said.is_none_or(|(said, _)| *said != telling) {
            self.attendant.tell(Some(&run), &telling).await;
        }
        known.said.insert(run, (telling, times));
    }
}

impl Reach {
    /// Takes in a look, with why it failed; gives what is to be said of it.
    fn looked(&mut self, failed: Option<String>) -> Option<Telling> {
        if failed.is_some() == self.is_away {
            self.otherwise = 0;
            return None;
        }
        self.otherwise += 1;
        if self.otherwise < LOOKS {
            return None;
        }
        (self.is_away, self.otherwise) = (!self.is_away, 0);
        Some(failed.map_or(Telling::GoesOn, Telling::Waits))
    }
}

impl Known {
    fn is_due(&self, run: &str, now: Moment) -> bool {
        match self.standing.get(run) {
            None => !self.over.contains(run),
            Some(Standing::Later(moment)) => *moment <= now,
            Some(Standing::Driven | Standing::Left) => false,
        }
    }

    /// What is not in the journal any more needs no memory.
    fn forget_all_but(&mut self, records: &[RunRecord]) {
        let there: BTreeSet<&str> = records.iter().map(|record| record.name.as_str()).collect();
        self.over.retain(|run| there.contains(run.as_str()));
        self.said.retain(|run, _| there.contains(run.as_str()));
        self.standing.retain(|run, standing| matches!(standing, Standing::Driven) || there.contains(run.as_str()));
    }
}

/// Drives one run for as long as that goes well.
async fn drive<S, E, C, A>(driver: Arc<Driver<S, E, C>>, attendant: Arc<A>, who: String, record: RunRecord) -> Attempt
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
    if run.needs_proof(&driver.journal).await?
        && let Err(denied) = attendant.admit(&run).await
    {
        return Ok((Came::Again(Telling::NeedsPerson(denied.to_string()), AFTER_PERSON_MS), false));
    }
    let plan = run.plan();
    let Driven { state, entries } =
        driver.drive(&name, plan, who, |state| attendant.came_to(&name, plan, state)).await?;
    let came = match &state.phase {
        Phase::LeaseLost => Came::Again(Telling::Waits("another driver has taken over".to_owned()), driver.lease_ms),
        Phase::JournalUnavailable { reason } => Came::Again(Telling::Waits(reason.clone()), AGAIN_MS),
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
        DriverError::LeaseBroken { .. } => Came::Left(Telling::Waits(text)),
        DriverError::OtherEngine { .. } => Came::Left(Telling::NeedsPerson(text)),
        DriverError::Journal(JournalError::LeaseLost { .. })
        | DriverError::Store(JournalStoreError::LeaseLost { .. } | JournalStoreError::Unavailable { .. })
        | DriverError::Journal(
            JournalError::Locked { .. }
            | JournalError::DiskFull { .. }
            | JournalError::Sqlite { .. }
            | JournalError::Missing { .. },
        ) => Came::Again(Telling::Waits(text), AGAIN_MS),
        DriverError::Replay { .. } | DriverError::Engine { .. } | DriverError::Journal(_) | DriverError::Store(_) => {
            Came::Again(Telling::NeedsPerson(text), AFTER_PERSON_MS)
        }
    }
}

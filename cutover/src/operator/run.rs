//! One run as the journal has it, and what happens to it from then on.

use super::status::{RunStatus, status};
use crate::journal::{Command, JournalError, RunRecord, Verified};
use crate::store::RunStore;
use caravan_cutover_engine::{Direction, Entry, Moment, ReplayError, State, replay_on};
use caravan_plans::Sealed;

/// One run as the journal had it when it was last read.
#[derive(Clone, Debug)]
pub struct Run {
    record: RunRecord,
    plan: Sealed,
    state: State,
    verified: Verified,
}

/// Why a run can't be read. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RunReadError {
    /// There is no run of that name: ask for one that there is.
    #[error("there is no run `{name}`")]
    NoSuchRun {
        /// What was asked for.
        name: String,
        /// The runs that there are, the oldest first.
        known: Vec<String>,
    },
    /// The journal can't be used, does not hold the run's plan, or was changed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another version wrote the run in a way that this one does not understand: read it with that one.
    #[error("run {run} can't be read")]
    Replay {
        /// The run.
        run: String,
        /// The entry that does not fit.
        #[source]
        source: ReplayError,
    },
}

impl Run {
    /// Reads a run: its chain verified, its entries replayed.
    ///
    /// # Errors
    /// [`RunReadError`].
    pub async fn read(journal: &impl RunStore, name: &str) -> Result<Self, RunReadError> {
        let mut records = journal.runs().await?;
        match records.iter().position(|record| record.name == name) {
            Some(at) => Self::of(journal, records.swap_remove(at)).await,
            None => Err(RunReadError::NoSuchRun {
                name: name.to_owned(),
                known: records.into_iter().map(|record| record.name).collect(),
            }),
        }
    }

    /// As [`Run::read`], of a run whose record was read before.
    ///
    /// # Errors
    /// [`RunReadError`].
    pub async fn of(journal: &impl RunStore, record: RunRecord) -> Result<Self, RunReadError> {
        let plan = journal.plan(&record.hash).await?;
        let (entries, verified) = journal.entries_after(&record.name, None).await?;
        let state = State::planned(&record.name, plan.plan());
        let state = replayed(&record.name, &plan, state, 0, &entries)?;
        Ok(Self { record, plan, state, verified })
    }

    /// Reads the entries that have come since the run was last read, goes on to the state that they lead to, and gives
    /// them. Only they are read and replayed; their chain is held against what was verified before.
    ///
    /// Cancel safety: dropping the future leaves the run as it was; the next call brings the same entries.
    ///
    /// # Errors
    /// [`RunReadError`]; the run is then as it was.
    pub async fn advance(&mut self, journal: &impl RunStore) -> Result<Vec<Entry>, RunReadError> {
        let (entries, verified) = journal.entries_after(&self.record.name, Some(self.verified)).await?;
        if !entries.is_empty() {
            let before = usize::try_from(self.verified.sequence).unwrap_or(usize::MAX);
            self.state = replayed(&self.record.name, &self.plan, self.state.clone(), before, &entries)?;
            self.verified = verified;
        }
        Ok(entries)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// What was written down when it was created.
    #[must_use]
    pub const fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Its plan.
    #[must_use]
    pub const fn plan(&self) -> &Sealed {
        &self.plan
    }

    /// Where it stood when it was last read.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The sequence of the last entry that was read; 0 when there was none.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.verified.sequence
    }

    /// Its status, without the commands that wait for a driver.
    #[must_use]
    pub fn status(&self) -> RunStatus {
        status(self.name(), &self.plan, &self.state)
    }

    /// Its status, with the commands that wait for a driver.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn full_status(&self, journal: &impl RunStore) -> Result<RunStatus, JournalError> {
        Ok(RunStatus { queued: journal.commands(self.name()).await?, ..self.status() })
    }

    /// Whether the credentials of its accounts must be proved before it is driven (D3). One that is on its rollback, or
    /// that somebody wants back, is driven whatever they are: what can be taken back is taken back (K5).
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn needs_proof(&self, journal: &impl RunStore) -> Result<bool, JournalError> {
        let commands = journal.commands(self.name()).await?;
        let goes_back = self.state.direction == Direction::Back
            || commands.iter().any(|queued| queued.command == Command::Rollback);
        Ok(!goes_back && !self.state.is_over())
    }

    /// Who drives it at this moment, and until when unless they renew; none when nobody does.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn driver(&self, journal: &impl RunStore, now: Moment) -> Result<Option<(String, Moment)>, JournalError> {
        Ok(journal.driver_of(self.name()).await?.filter(|(_, until)| *until > now))
    }
}

fn replayed(run: &str, plan: &Sealed, state: State, before: usize, entries: &[Entry]) -> Result<State, RunReadError> {
    let events = entries.iter().map(|entry| &entry.event);
    replay_on(plan, state, before, events).map_err(|source| RunReadError::Replay { run: run.to_owned(), source })
}

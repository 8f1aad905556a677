//! One run as the journal has it, and what happens to it from then on.

use super::since::{Before, DriverStatus, Since};
use super::status::{MeasuredStatus, RunStatus, status};
use super::watched::WatchedStatus;
use crate::driver_error::engine_text;
use crate::journal::{Command, EngineRange, JournalError, Lease, RunRecord, Verified};
use crate::store::RunStore;
use crate::wait::PersonWait;
use caravan_cutover_engine::{ChainHash, Entry, Moment, ReplayError, State, is_going_back, replay_on};
use caravan_plans::Sealed;

/// One run as the journal had it when it was last read.
#[derive(Clone, Debug)]
pub struct Run {
    record: RunRecord,
    plan: Sealed,
    state: State,
    verified: Verified,
    wait: Option<PersonWait>,
    since: Since,
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
    /// Another engine wrote the run, which is not over, and this one would come to another state: read it with that one.
    #[error("run {run} was driven by {}; this is another engine: read and finish the run with that one", engine_text(.engines))]
    OtherEngine {
        /// The run.
        run: String,
        /// The engines that wrote its entries.
        engines: EngineRange,
    },
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

impl RunReadError {
    /// Whether a person has to put something right before the run can be read.
    #[must_use]
    pub const fn needs_person(&self) -> bool {
        match self {
            Self::NoSuchRun { .. } => false,
            Self::Journal(error) => !error.may_pass(),
            Self::OtherEngine { .. } | Self::Replay { .. } => true,
        }
    }
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
        let since = Since::created(record.created_at);
        let verified_before = Verified { sequence: 0, chain: verified.chain };
        let mut run = Self { record, plan, state, verified: verified_before, wait: None, since };
        let (engines, end) = (journal.engines(run.name()).await?, journal.end(run.name()).await?);
        let mut on = run.clone();
        let replayed = if engines.is_replayed() {
            on.replay(&entries)
        } else {
            Err(RunReadError::OtherEngine { run: run.name().to_owned(), engines })
        };
        match (replayed, end) {
            (Ok(()), _) => run = on,
            // What is over stays readable, whatever its entries mean to this engine.
            (Err(_), Some(end)) => run.state = end.state(run.name(), run.plan.plan()),
            (Err(error), None) => return Err(error),
        }
        run.verified = verified;
        Ok(run)
    }

    /// A run as it was before its first entry, whatever it has become since: whoever follows it sees each entry.
    ///
    /// # Errors
    /// [`RunReadError::Journal`].
    pub(crate) async fn untouched(journal: &impl RunStore, record: RunRecord) -> Result<Self, RunReadError> {
        let plan = journal.plan(&record.hash).await?;
        let state = State::planned(&record.name, plan.plan());
        let verified = Verified { sequence: 0, chain: ChainHash::genesis(&record.name, &record.hash) };
        let since = Since::created(record.created_at);
        Ok(Self { record, plan, state, verified, wait: None, since })
    }

    /// As [`Run::advance`], and shows the run after each entry, with what `before` kept of the state before it.
    ///
    /// # Errors
    /// [`RunReadError`]; the run is then of no use any more.
    pub(crate) async fn follow<B>(
        &mut self,
        journal: &impl RunStore,
        before: impl Fn(&State) -> B,
        mut see: impl FnMut(B, &Self),
    ) -> Result<(), RunReadError> {
        let (entries, verified) = journal.entries_after(&self.record.name, Some(self.verified)).await?;
        for entry in &entries {
            let stood = before(&self.state);
            self.replay(std::slice::from_ref(entry))?;
            self.verified.sequence = entry.sequence;
            see(stood, self);
        }
        self.verified = verified;
        Ok(())
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
            let mut on = self.clone();
            on.replay(&entries)?;
            *self = Self { verified, ..on };
        }
        Ok(entries)
    }

    /// Goes on by entries, one after the other.
    fn replay(&mut self, entries: &[Entry]) -> Result<(), RunReadError> {
        for entry in entries {
            let before = usize::try_from(entry.sequence.saturating_sub(1)).unwrap_or(usize::MAX);
            let state = std::mem::replace(&mut self.state, State::planned("", self.plan.plan()));
            let before_it = Before::of(self.plan.plan(), &state);
            self.state = replay_on(&self.plan, state, before, [&entry.event])
                .map_err(|source| RunReadError::Replay { run: self.record.name.clone(), source })?;
            self.wait = PersonWait::after(self.wait.take(), self.plan.plan(), &self.state, entry.sequence);
            self.since.take_in(self.plan.plan(), &before_it, &self.state, &entry.event);
        }
        Ok(())
    }

    /// The word that it waits for, and since when without a break.
    pub(super) const fn wait(&self) -> Option<&PersonWait> {
        self.wait.as_ref()
    }

    /// Since when it stands where it stands, and why.
    pub(super) const fn since(&self) -> &Since {
        &self.since
    }

    /// The moment of the last entry that was read and has one.
    pub(crate) const fn moment(&self) -> Moment {
        self.since.moment()
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
        RunStatus { since: Some(self.since.clone()), ..status(self.name(), &self.plan, &self.state) }
    }

    /// Its status, with the commands that wait for a driver or were refused, and with who drives it at the moment `now`.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn full_status(&self, journal: &impl RunStore, now: Moment) -> Result<RunStatus, JournalError> {
        let (lease, breaks) = (journal.driver_of(self.name()).await?, journal.lease_breaks(self.name()).await?);
        let status = RunStatus {
            queued: journal.commands(self.name()).await?,
            refused: journal.refusals(self.name()).await?,
            watched: WatchedStatus::of(&self.plan, &self.state, &journal.watched(self.name()).await?),
            measured: MeasuredStatus::of(&self.plan, &journal.measured(self.name()).await?),
            driver: lease.map(|lease| DriverStatus::of(lease, &breaks, now)),
            ..self.status()
        };
        Ok(status.with_seen())
    }

    /// Whether the credentials of its accounts must be proved before it is driven (D3). One that is going back, the whole of it or
    /// a shift that has failed, or that somebody wants back, is driven whatever they are: what can be taken back is taken back (K5).
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn needs_proof(&self, journal: &impl RunStore) -> Result<bool, JournalError> {
        let commands = journal.commands(self.name()).await?;
        let goes_back =
            is_going_back(&self.state) || commands.iter().any(|queued| queued.request.command == Command::Rollback);
        // Users on a new side are watched, and taken back where that can be done, whoever's account is closed.
        Ok(!goes_back && !self.state.is_over() && self.status().at_risk.is_empty())
    }

    /// The lease of whoever drives it at this moment; none when nobody does.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn driver(&self, journal: &impl RunStore, now: Moment) -> Result<Option<Lease>, JournalError> {
        Ok(journal.driver_of(self.name()).await?.filter(|lease| lease.holds(now)))
    }
}

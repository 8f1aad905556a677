//! Which engines have driven a run, and how it ended.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::{prepared, run_row};
use caravan_cutover_engine::{Direction, OLDEST_REVISION, Outcome, Phase, REVISION, State, StepState};
use caravan_plans::WavePlan;
use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

const ENGINES: &str = "SELECT revision, version FROM run_engine WHERE run = ?1 ORDER BY revision";
const NOTE: &str = "INSERT INTO run_engine (run, revision, version) VALUES (?1, ?2, ?3)
    ON CONFLICT (run, revision) DO UPDATE SET version = excluded.version";
const END: &str = "INSERT INTO run_end (run, ended) VALUES (?1, ?2) ON CONFLICT (run) DO NOTHING";
const ENDED: &str = "SELECT ended FROM run_end WHERE run = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ENGINES, NOTE, END, ENDED];

/// The revisions of the engine that have driven a run; of one that nobody has driven this program's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EngineRange {
    /// The lowest; 0 for versions that kept none.
    pub oldest: u32,
    /// The highest.
    pub newest: u32,
    /// The version of Caravan that has the highest one, where it is known.
    pub version: Option<String>,
}

impl EngineRange {
    /// Whether this program replays the entries to the state in which they left the run.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        let replayed = OLDEST_REVISION..=REVISION;
        replayed.contains(&self.oldest) && replayed.contains(&self.newest)
    }
}

/// How a run ended, kept in few words that every version reads.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunEnd {
    outcome: Outcome,
    steps: Vec<StepEnd>,
}

/// How one step ended.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct StepEnd {
    stage: Option<usize>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    finalised: bool,
    released_to_others: bool,
}

impl RunEnd {
    /// The end of a run; none when it is not over.
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        let Phase::Finished(outcome) = state.phase else { return None };
        let steps = state.steps.iter();
        let steps = steps.map(|step| StepEnd {
            stage: step.stage,
            finalised: step.finalised,
            released_to_others: step.released_to_others,
        });
        Some(Self { outcome, steps: steps.collect() })
    }

    /// The state in which it left the run: what a replay of the entries would lead to, without its fencing tokens.
    #[must_use]
    pub fn state(&self, run: &str, plan: &WavePlan) -> State {
        let mut state = State::planned(run, plan);
        for (step, end) in state.steps.iter_mut().zip(&self.steps) {
            let StepEnd { stage, finalised, released_to_others } = *end;
            *step = StepState { stage, baked: stage.is_some(), finalised, released_to_others, ..step.clone() };
        }
        let direction = match self.outcome {
            Outcome::RolledBack => Direction::Back,
            Outcome::Done | Outcome::Elsewhere => Direction::Release,
        };
        State { direction, phase: Phase::Finished(self.outcome), ..state }
    }
}

impl Journal {
    /// The engines that have driven a run.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn engines(&self, run: &str) -> Result<EngineRange, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let mut statement = prepared(transaction, ENGINES, file)?;
            let rows = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?))).map_err(fail)?;
            let engines: Vec<(u32, Option<String>)> = rows.collect::<Result<_, _>>().map_err(fail)?;
            let oldest = engines.first().map_or(REVISION, |(revision, _)| *revision);
            let (newest, version) = engines.last().cloned().unwrap_or((REVISION, None));
            Ok(EngineRange { oldest, newest, version })
        })
        .await
    }

    /// Notes that this program's engine drives a run from now on: before its first entry.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn note_engine(&self, run: &str) -> Result<(), JournalError> {
        let run = run.to_owned();
        self.with(move |transaction, file| {
            let (id, _) = run_row(transaction, file, &run)?;
            prepared(transaction, NOTE, file)?
                .execute(params![id, REVISION, env!("CARGO_PKG_VERSION")])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// Keeps how a run ended. The first end stays.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn keep_end(&self, run: &str, end: &RunEnd) -> Result<(), JournalError> {
        let (run, end) = (run.to_owned(), end.clone());
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let ended = serde_json::to_string(&end)
                .map_err(|source| fail(rusqlite::Error::ToSqlConversionFailure(Box::new(source))))?;
            prepared(transaction, END, file)?.execute(params![id, ended]).map_err(fail)?;
            Ok(())
        })
        .await
    }

    /// How a run ended, as it was kept; none when it is not over, or ended under a version that kept none.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn end(&self, run: &str) -> Result<Option<RunEnd>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let ended: Option<String> =
                prepared(transaction, ENDED, file)?.query_row([id], |row| row.get(0)).optional().map_err(fail)?;
            Ok(ended.and_then(|ended| serde_json::from_str(&ended).ok()))
        })
        .await
    }
}

//! The journal's list of runs.

use super::error::JournalError;
use super::handle::Journal;
use super::open::MARK_COPY;
use super::statement::prepared;
use caravan_cutover_engine::Moment;
use rusqlite::params;
use std::time::Duration;

const CREATE: &str = "INSERT INTO run (name, hash, code_version, created_at) VALUES (?1, ?2, ?3, ?4)";
const RUNS: &str = "SELECT name, hash, code_version, created_at FROM run ORDER BY id";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[CREATE, RUNS];

/// One run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RunRecord {
    /// Its name.
    pub name: String,
    /// The hash of its plan.
    pub hash: String,
    /// The version of Caravan that created it.
    pub code_version: String,
    /// When it was created.
    pub created_at: Moment,
}

impl Journal {
    /// Creates a run; nothing happens until somebody drives it.
    ///
    /// # Errors
    /// Those of the journal; a name is given only once.
    pub async fn create_run(&self, run: &RunRecord) -> Result<(), JournalError> {
        let run = run.clone();
        self.with(move |transaction, file| {
            prepared(transaction, CREATE, file)?
                .execute(params![run.name, run.hash, run.code_version, run.created_at.0])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// Every run, the oldest first.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        if self.is_replaced() {
            return Err(JournalError::Replaced { file: self.file.clone() });
        }
        self.read(|transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let mut statement = prepared(transaction, RUNS, file)?;
            let rows = statement
                .query_map([], |row| {
                    Ok(RunRecord {
                        name: row.get(0)?,
                        hash: row.get(1)?,
                        code_version: row.get(2)?,
                        created_at: Moment(row.get(3)?),
                    })
                })
                .map_err(fail)?;
            rows.collect::<Result<_, _>>().map_err(fail)
        })
        .await
    }

    /// The run of that name.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn run(&self, name: &str) -> Result<RunRecord, JournalError> {
        let runs = self.runs().await?;
        runs.into_iter().find(|run| run.name == name).ok_or_else(|| JournalError::NoSuchRun { run: name.to_owned() })
    }

    /// Copies the whole journal to another file, as it stands now. The copy is for reading alone, and says so: it never hears of
    /// what its runs write later, and whoever drove one by it would take what stands for what stood
    /// ([`JournalError::Copy`]).
    ///
    /// # Errors
    /// When the copy can't be written; the journal is not touched.
    pub fn back_up(&self, to: &camino::Utf8Path) -> Result<(), JournalError> {
        let fail = |source| JournalError::of(to, source);
        let from = rusqlite::Connection::open(&self.file).map_err(|source| JournalError::of(&self.file, source))?;
        let mut copy = rusqlite::Connection::open(to).map_err(fail)?;
        let backup = rusqlite::backup::Backup::new(&from, &mut copy).map_err(fail)?;
        backup.run_to_completion(1000, Duration::ZERO, None).map_err(fail)?;
        drop(backup);
        // One file, without a log beside it.
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(fail)?;
        copy.execute_batch(MARK_COPY).map_err(fail)
    }
}

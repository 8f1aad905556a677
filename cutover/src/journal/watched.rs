//! What both sides of a run's shifts last said: evidence beside the entries, written only by the driver that has the lease.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::{prepared, run_row};
use crate::watched::WatchedRound;
use rusqlite::params;

const KEEP: &str = "INSERT INTO watched (run, step, round)
    SELECT ?1, ?2, ?3 WHERE (SELECT epoch FROM lease WHERE run = ?1) = ?4
    ON CONFLICT (run, step) DO UPDATE SET round = excluded.round";
const ROUNDS: &str = "SELECT round FROM watched WHERE run = ?1 ORDER BY step";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[KEEP, ROUNDS];

impl Journal {
    /// Keeps the last round of a shift, in the place of the one before; nothing when the run has been taken over.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn keep_watched(&self, run: &str, epoch: u64, round: &WatchedRound) -> Result<(), JournalError> {
        let (run, step) = (run.to_owned(), i64::try_from(round.step).unwrap_or(i64::MAX));
        let round = serde_json::to_string(round).unwrap_or_default();
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            prepared(transaction, KEEP, file)?.execute(params![id, step, round, epoch]).map_err(fail)?;
            Ok(())
        })
        .await
    }

    /// The last round of each shift of a run that was watched. What this version can't read is no evidence: it is left out.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn watched(&self, run: &str) -> Result<Vec<WatchedRound>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let mut statement = prepared(transaction, ROUNDS, file)?;
            let rows = statement.query_map([id], |row| row.get::<_, String>(0)).map_err(fail)?;
            let rows = rows.collect::<Result<Vec<_>, _>>().map_err(fail)?;
            Ok(rows.iter().filter_map(|row| serde_json::from_str(row).ok()).collect())
        })
        .await
    }
}

//! What was counted of a run's shifts: evidence beside the entries, written only by the driver that has the lease.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::{prepared, run_row};
use crate::measure::{CounterMark, MeasuredSpan};
use rusqlite::params;
use serde::de::DeserializeOwned;

const KEEP: &str = "INSERT INTO measured (run, step, since, span)
    SELECT ?1, ?2, ?3, ?4 WHERE (SELECT epoch FROM lease WHERE run = ?1) = ?5
    ON CONFLICT (run, step, since) DO UPDATE SET span = excluded.span";
const MARK: &str = "INSERT INTO counter_mark (run, step, mark)
    SELECT ?1, ?2, ?3 WHERE (SELECT epoch FROM lease WHERE run = ?1) = ?4
    ON CONFLICT (run, step) DO UPDATE SET mark = excluded.mark";
const SPANS: &str = "SELECT span FROM measured WHERE run = ?1 ORDER BY since, step";
const MARKS: &str = "SELECT mark FROM counter_mark WHERE run = ?1 ORDER BY step";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[KEEP, MARK, SPANS, MARKS];

impl Journal {
    /// Keeps what was counted, in the place of what was kept of the same span; nothing when the run has been taken over.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn keep_measured(
        &self,
        run: &str,
        epoch: u64,
        span: &MeasuredSpan,
        mark: Option<&CounterMark>,
    ) -> Result<(), JournalError> {
        let run = run.to_owned();
        let (step, since) = (i64::try_from(span.step).unwrap_or(i64::MAX), span.from.0);
        let (span, mark) = (text(span), mark.map(text));
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            prepared(transaction, KEEP, file)?.execute(params![id, step, since, span, epoch]).map_err(fail)?;
            if let Some(mark) = mark {
                prepared(transaction, MARK, file)?.execute(params![id, step, mark, epoch]).map_err(fail)?;
            }
            Ok(())
        })
        .await
    }

    /// What was counted of a run's shifts, the oldest first.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn measured(&self, run: &str) -> Result<Vec<MeasuredSpan>, JournalError> {
        self.all_of(run, SPANS).await
    }

    /// The counters of a run's shifts as they were last read.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn counter_marks(&self, run: &str) -> Result<Vec<CounterMark>, JournalError> {
        self.all_of(run, MARKS).await
    }

    /// What this version can't read is no evidence: it is left out.
    async fn all_of<T: DeserializeOwned + Send + 'static>(
        &self,
        run: &str,
        statement: &'static str,
    ) -> Result<Vec<T>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let mut statement = prepared(transaction, statement, file)?;
            let rows = statement.query_map([id], |row| row.get::<_, String>(0)).map_err(fail)?;
            let rows = rows.collect::<Result<Vec<_>, _>>().map_err(fail)?;
            Ok(rows.iter().filter_map(|row| serde_json::from_str(row).ok()).collect())
        })
        .await
    }
}

fn text(kept: &impl serde::Serialize) -> String {
    serde_json::to_string(kept).unwrap_or_default()
}

//! Breaking a lease: a person takes a run from its driver.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::{prepared, run_row};
use camino::Utf8Path;
use caravan_cutover_engine::Moment;
use rusqlite::{OptionalExtension as _, Transaction, params};

const HELD: &str = "SELECT driver, epoch FROM lease WHERE run = ?1 AND until > 0";
const FREE: &str = "UPDATE lease SET epoch = epoch + 1, until = 0 WHERE run = ?1";
const BREAK: &str = "INSERT INTO lease_break (run, driver, epoch, who, at, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const BREAKS: &str = "SELECT driver, epoch, who, at, reason FROM lease_break WHERE run = ?1 ORDER BY id";
const BROKEN_BY: &str = "SELECT who FROM lease_break WHERE run = ?1 AND driver = ?2 LIMIT 1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[HELD, FREE, BREAK, BREAKS, BROKEN_BY];

/// A lease that a person broke.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct LeaseBreak {
    /// The driver whose lease it was: it never gets that run again.
    pub driver: String,
    /// The epoch that it had.
    pub epoch: u64,
    /// Who broke it.
    pub who: String,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
}

impl Journal {
    /// Breaks the lease of a run: it is free at once, its driver never gets it again, and whatever that driver still does is
    /// refused by its epoch. Gives what was broken.
    ///
    /// # Errors
    /// [`JournalError::NotLeased`] when it was given up, or nobody ever had it; [`JournalError::NoSuchRun`].
    pub async fn break_lease(
        &self,
        run: &str,
        who: &str,
        at: Moment,
        reason: &str,
    ) -> Result<LeaseBreak, JournalError> {
        let (run, who, reason) = (run.to_owned(), who.to_owned(), reason.to_owned());
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let held: Option<(String, u64)> = prepared(transaction, HELD, file)?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
                .map_err(fail)?;
            let Some((driver, epoch)) = held else { return Err(JournalError::NotLeased { run }) };
            prepared(transaction, FREE, file)?.execute([id]).map_err(fail)?;
            prepared(transaction, BREAK, file)?.execute(params![id, driver, epoch, who, at.0, reason]).map_err(fail)?;
            Ok(LeaseBreak { driver, epoch, who, at, reason })
        })
        .await
    }

    /// The leases of a run that were broken, the oldest first.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn lease_breaks(&self, run: &str) -> Result<Vec<LeaseBreak>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let mut statement = prepared(transaction, BREAKS, file)?;
            let rows = statement
                .query_map([id], |row| {
                    Ok(LeaseBreak {
                        driver: row.get(0)?,
                        epoch: row.get(1)?,
                        who: row.get(2)?,
                        at: Moment(row.get(3)?),
                        reason: row.get(4)?,
                    })
                })
                .map_err(fail)?;
            rows.collect::<Result<_, _>>().map_err(fail)
        })
        .await
    }
}

/// Who broke this driver's lease of the run, if somebody did.
pub(super) fn broken_by(
    transaction: &Transaction<'_>,
    file: &Utf8Path,
    run: i64,
    driver: &str,
) -> Result<Option<String>, JournalError> {
    prepared(transaction, BROKEN_BY, file)?
        .query_row(params![run, driver], |row| row.get(0))
        .optional()
        .map_err(|source| JournalError::of(file, source))
}

//! What the statements of every part share.

use super::error::JournalError;
use camino::Utf8Path;
use rusqlite::{OptionalExtension as _, Transaction};

const RUN: &str = "SELECT id, hash FROM run WHERE name = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[RUN];

/// A run's row and the hash of its plan.
pub(super) fn run_row(
    transaction: &Transaction<'_>,
    file: &Utf8Path,
    run: &str,
) -> Result<(i64, String), JournalError> {
    prepared(transaction, RUN, file)?
        .query_row([run], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(|source| JournalError::of(file, source))?
        .ok_or_else(|| JournalError::NoSuchRun { run: run.to_owned() })
}

/// A statement, prepared once for each connection.
pub(super) fn prepared<'a>(
    transaction: &'a Transaction<'_>,
    sql: &str,
    file: &Utf8Path,
) -> Result<rusqlite::CachedStatement<'a>, JournalError> {
    transaction.prepare_cached(sql).map_err(|source| JournalError::of(file, source))
}

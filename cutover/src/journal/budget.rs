//! What runs have asked of providers, for all processes that share the journal (K9).

use super::error::JournalError;
use super::handle::Journal;
use super::statement::prepared;
use crate::budget::{Acquire, Bucket};
use caravan_cutover_engine::Moment;
use rusqlite::{OptionalExtension as _, params};

const BUCKET: &str = "SELECT level, at FROM budget WHERE api = ?1 AND owner = ?2 AND region = ?3";
const FILL: &str = "INSERT INTO budget (api, owner, region, level, at) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (api, owner, region) DO UPDATE SET level = excluded.level, at = excluded.at";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[BUCKET, FILL];

impl Journal {
    /// Takes from a bucket. What is given is durable before anybody is asked: a process that dies has spent it.
    ///
    /// The inner error is the moment before which there is too little to take; nothing was taken.
    ///
    /// # Errors
    /// Those of the journal.
    pub(crate) async fn acquire(&self, acquire: Acquire, now: Moment) -> Result<Result<(), Moment>, JournalError> {
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let of = &acquire.budget;
            let bucket = prepared(transaction, BUCKET, file)?
                .query_row(params![of.api, of.owner, of.region], |row| {
                    Ok(Bucket { level: row.get(0)?, at: Moment(row.get(1)?) })
                })
                .optional()
                .map_err(fail)?;
            let (bucket, taken) = acquire.take(bucket, now);
            prepared(transaction, FILL, file)?
                .execute(params![of.api, of.owner, of.region, bucket.level, bucket.at.0])
                .map_err(fail)?;
            Ok(taken)
        })
        .await
    }
}

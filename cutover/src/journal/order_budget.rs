//! What orders of certificates have taken of the limits of their authority, for all processes that share the journal (K9).

use super::error::JournalError;
use super::handle::Journal;
use super::statement::prepared;
use caravan_cutover_engine::Moment;
use rusqlite::{OptionalExtension as _, params};

const BUCKET: &str = "SELECT level, at FROM budget WHERE api = ?1 AND owner = ?2 AND region = ?3";
const FILL: &str = "INSERT INTO budget (api, owner, region, level, at) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (api, owner, region) DO UPDATE SET level = excluded.level, at = excluded.at";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[BUCKET, FILL];

/// Thousandths of an order.
const ONE: u64 = 1_000;

/// A limit of an authority: a bucket that starts full and refills steadily.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrderLimit {
    /// Which limit: `letsencrypt-new-orders`.
    pub limit: String,
    /// Whose bucket: an account, a registered domain, the names of a certificate.
    pub owner: String,
    /// The authority: the URL of its directory.
    pub authority: String,
    /// How many orders at once.
    pub burst: u64,
    /// Milliseconds until one comes back.
    pub refill: u64,
}

impl OrderLimit {
    /// What is in the bucket now, in thousandths of an order. A clock that was put back adds nothing.
    fn level(&self, bucket: Option<(u64, Moment)>, now: Moment) -> u64 {
        let most = self.burst.saturating_mul(ONE);
        let Some((level, at)) = bucket else { return most };
        let fresh = now.0.saturating_sub(at.0).saturating_mul(ONE) / self.refill.max(1);
        level.saturating_add(fresh).min(most)
    }

    /// When there is one in it again.
    fn until(&self, level: u64, now: Moment) -> Moment {
        now.plus_ms((ONE.saturating_sub(level)).saturating_mul(self.refill).div_ceil(ONE))
    }
}

impl Journal {
    /// Takes one order from each of these limits, or nothing from any. What is given is durable before anybody is asked: a process that
    /// dies has spent it.
    ///
    /// The inner error is the moment before which some limit has no order; nothing was taken.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn reserve_order(
        &self,
        limits: Vec<OrderLimit>,
        now: Moment,
    ) -> Result<Result<(), Moment>, JournalError> {
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (mut levels, mut until) = (Vec::new(), None);
            for of in &limits {
                let bucket = prepared(transaction, BUCKET, file)?
                    .query_row(params![of.limit, of.owner, of.authority], |row| Ok((row.get(0)?, Moment(row.get(1)?))))
                    .optional()
                    .map_err(fail)?;
                let level = of.level(bucket, now);
                if level < ONE {
                    until = until.max(Some(of.until(level, now)));
                }
                levels.push(level);
            }
            if let Some(until) = until {
                return Ok(Err(until));
            }
            for (of, level) in limits.iter().zip(levels) {
                prepared(transaction, FILL, file)?
                    .execute(params![of.limit, of.owner, of.authority, level - ONE, now.0])
                    .map_err(fail)?;
            }
            Ok(Ok(()))
        })
        .await
    }
}

//! The lease: which driver drives a run.

use super::error::JournalError;
use super::handle::Journal;
use super::lease_break::broken_by;
use super::statement::{prepared, run_row};
use caravan_cutover_engine::{Entry, JournalStore, JournalStoreError, LeaseClaim, LeaseMark, LeaseState, Moment};
use rusqlite::{OptionalExtension as _, params};

const LEASE: &str = "SELECT driver, epoch, until, renewed FROM lease WHERE run = ?1";
const TAKE: &str = "INSERT INTO lease (run, driver, epoch, until, renewed) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (run) DO UPDATE SET driver = excluded.driver, epoch = excluded.epoch, until = excluded.until,
        renewed = excluded.renewed";

const GIVE_UP: &str = "UPDATE lease SET until = 0 WHERE run = ?1 AND driver = ?2";

const GIVE_UP_ALL: &str = "UPDATE lease SET until = 0 WHERE driver = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[LEASE, TAKE, GIVE_UP, GIVE_UP_ALL];

/// The epoch under which whoever claims a lease has it, a run's or a move's; the mark of the other driver who has it, where one does.
pub(super) fn epoch_of(held: Option<(String, LeaseMark)>, claim: &LeaseClaim<'_>) -> Result<u64, LeaseMark> {
    let LeaseClaim { driver, now, keeps, silent, .. } = *claim;
    match held {
        // No time of day tells that its driver is gone: it gave it up, a person broke it, or it stood still.
        Some((other, mark)) if other != driver && mark.until > Moment(0) && silent != Some(mark) => Err(mark),
        Some((same, mark)) if same == driver && (mark.until > now || keeps == Some(mark.epoch)) => Ok(mark.epoch),
        // Whoever let it run out may have been overtaken in between: a new epoch fences that off.
        Some((_, mark)) => Ok(mark.epoch + 1),
        None => Ok(1),
    }
}

impl JournalStore for Journal {
    async fn append(&self, run: &str, entry: &Entry, fulfils: Option<i64>) -> Result<(), JournalStoreError> {
        self.append_entry(run, entry, fulfils).await.map_err(store_error)
    }

    async fn load(&self, run: &str) -> Result<Vec<Entry>, JournalStoreError> {
        self.entries(run).await.map_err(store_error)
    }

    async fn claim(&self, run: &str, claim: LeaseClaim<'_>) -> Result<LeaseState, JournalStoreError> {
        let (run, driver) = (run.to_owned(), claim.driver.to_owned());
        let LeaseClaim { now, lasts_ms, keeps, silent, .. } = claim;
        let state = self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            if let Some(who) = broken_by(transaction, file, id, &driver)? {
                return Ok(LeaseState::Broken { who });
            }
            let held: Option<(String, LeaseMark)> = prepared(transaction, LEASE, file)?
                .query_row([id], |row| {
                    let renewed = row.get::<_, Option<u64>>(3)?.map(Moment);
                    Ok((row.get(0)?, LeaseMark { epoch: row.get(1)?, until: Moment(row.get(2)?), renewed }))
                })
                .optional()
                .map_err(fail)?;
            let claim = LeaseClaim { driver: &driver, now, lasts_ms, keeps, silent };
            let epoch = match epoch_of(held, &claim) {
                Ok(epoch) => epoch,
                Err(other) => return Ok(LeaseState::Other(other)),
            };
            prepared(transaction, TAKE, file)?
                .execute(params![id, driver, epoch, now.plus_ms(lasts_ms).0, now.0])
                .map_err(fail)?;
            Ok(LeaseState::Held { epoch })
        });
        state.await.map_err(store_error)
    }
}

impl Journal {
    /// Gives the lease up, so that the next driver need not wait for it to run out.
    ///
    /// # Errors
    /// Those of the journal; the lease then runs out by itself.
    pub async fn give_up(&self, run: &str, driver: &str) -> Result<(), JournalError> {
        let (run, driver) = (run.to_owned(), driver.to_owned());
        self.with(move |transaction, file| {
            let (id, _) = run_row(transaction, file, &run)?;
            prepared(transaction, GIVE_UP, file)?
                .execute(params![id, driver])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// Gives up every lease of a driver, so that the next one need not wait for them to run out.
    ///
    /// # Errors
    /// Those of the journal; the leases then run out by themselves.
    pub async fn give_up_all(&self, driver: &str) -> Result<(), JournalError> {
        let driver = driver.to_owned();
        self.with(move |transaction, file| {
            prepared(transaction, GIVE_UP_ALL, file)?
                .execute([driver])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// Who drives a run, or drove it last; none when nobody ever did.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn driver_of(&self, run: &str) -> Result<Option<Lease>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let (id, _) = run_row(transaction, file, &run)?;
            prepared(transaction, LEASE, file)?
                .query_row([id], |row| {
                    let renewed = row.get::<_, Option<u64>>(3)?.map(Moment);
                    Ok(Lease { driver: row.get(0)?, until: Moment(row.get(2)?), renewed })
                })
                .optional()
                .map_err(|source| JournalError::of(file, source))
        })
        .await
    }
}

/// A run's lease.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lease {
    /// The driver that has it, or had it last.
    pub driver: String,
    /// When it runs out unless it is renewed; 0 once it was given up or broken.
    pub until: Moment,
    /// When it was last taken or renewed; none in journals of versions that did not keep it.
    pub renewed: Option<Moment>,
}

impl Lease {
    /// Whether somebody drives by it at this moment of the day. One that begins further in the future than it lasts is of a
    /// driver whose clock was ahead and that has given no sign of life since the clock was put right.
    #[must_use]
    pub fn holds(&self, now: Moment) -> bool {
        let lasts = self.renewed.map(|renewed| self.until.0.saturating_sub(renewed.0));
        self.until > now && lasts.is_none_or(|lasts| self.until <= now.plus_ms(lasts.saturating_mul(2)))
    }
}

/// What the engine's driver can do about it.
fn store_error(error: JournalError) -> JournalStoreError {
    match error {
        JournalError::LeaseLost { run } => JournalStoreError::LeaseLost { run },
        JournalError::NoSuchRun { run } => JournalStoreError::NoSuchRun { run },
        JournalError::BrokenChain { run, sequence } => JournalStoreError::BrokenChain { run, sequence },
        other => JournalStoreError::Unavailable { text: other.to_string(), source: Box::new(other) },
    }
}

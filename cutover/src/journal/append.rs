//! Appending and reading entries.

use super::command::fulfil;
use super::error::JournalError;
use super::handle::Journal;
use super::statement::{prepared, run_row};
use camino::Utf8Path;
use caravan_cutover_engine::{ChainHash, Entry, Event};
use rusqlite::{OptionalExtension as _, Transaction, params};

const LEASE_EPOCH: &str = "SELECT epoch FROM lease WHERE run = ?1";
const LAST: &str = "SELECT sequence, chain FROM event WHERE run = ?1 ORDER BY sequence DESC LIMIT 1";
const APPEND: &str = "INSERT INTO event (run, sequence, epoch, payload, chain) VALUES (?1, ?2, ?3, ?4, ?5)";
const ENTRIES: &str =
    "SELECT sequence, epoch, payload, chain FROM event WHERE run = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3";
const CHAIN_AT: &str = "SELECT chain FROM event WHERE run = ?1 AND sequence = ?2";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[LEASE_EPOCH, LAST, APPEND, ENTRIES, CHAIN_AT];

/// All entries that there are, as a limit of SQLite.
const ALL: i64 = -1;

impl Journal {
    /// Appends one entry, and takes away the command that it takes in. When this returns, both are durable.
    ///
    /// # Errors
    /// [`JournalError::LeaseLost`] when the lease has another epoch than the entry, or the entry is not the next one.
    pub async fn append_entry(&self, run: &str, entry: &Entry, fulfils: Option<i64>) -> Result<(), JournalError> {
        let (run, entry) = (run.to_owned(), entry.clone());
        self.with(move |transaction, file| {
            append(transaction, file, &run, &entry)?;
            fulfils.map_or(Ok(()), |command| fulfil(transaction, file, command))
        })
        .await
    }

    /// A run's events, in order, the chain verified.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    pub async fn entries(&self, run: &str) -> Result<Vec<Entry>, JournalError> {
        Ok(self.entries_after(run, None).await?.0)
    }

    /// A run's events after those that were verified before, all of them without any, and how far the chain is verified
    /// with them. Entries before are not read: when nothing has come since, no entry is.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    pub async fn entries_after(
        &self,
        run: &str,
        verified: Option<Verified>,
    ) -> Result<(Vec<Entry>, Verified), JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let mut entries = Vec::new();
            let verified = each(transaction, file, &run, (verified, ALL), |entry, _| entries.push(entry))?;
            Ok((entries, verified))
        })
        .await
    }

    /// As [`Journal::entries`], with the hash of the chain after each.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    pub async fn audit(&self, run: &str) -> Result<Vec<Audited>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let mut audited = Vec::new();
            each(transaction, file, &run, (None, ALL), |entry, chain| audited.push(Audited { entry, chain }))?;
            Ok(audited)
        })
        .await
    }

    /// As [`Journal::audit`], of the entries after those that were verified before, so many of them at the most, and how far the
    /// chain is verified with them. No other entry is read.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    pub async fn audit_after(
        &self,
        run: &str,
        verified: Option<Verified>,
        limit: usize,
    ) -> Result<(Vec<Audited>, Verified), JournalError> {
        let (run, limit) = (run.to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        self.read(move |transaction, file| {
            let mut audited = Vec::new();
            let verified = each(transaction, file, &run, (verified, limit), |entry, chain| {
                audited.push(Audited { entry, chain });
            })?;
            Ok((audited, verified))
        })
        .await
    }

    /// The chain's hash after an entry, as it is kept: what the entries behind it are held against by [`Journal::audit_after`].
    /// That it is the hash of what stands before it, whoever has verified that far knows. None where there is no such entry.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn chain_at(&self, run: &str, sequence: u64) -> Result<Option<Verified>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let (id, plan) = run_row(transaction, file, &run)?;
            if sequence == 0 {
                return Ok(Some(Verified { sequence, chain: ChainHash::genesis(&run, &plan) }));
            }
            let chain: Option<[u8; 32]> = prepared(transaction, CHAIN_AT, file)?
                .query_row(params![id, sequence], |row| row.get(0))
                .optional()
                .map_err(|source| JournalError::of(file, source))?;
            Ok(chain.map(|chain| Verified { sequence, chain: ChainHash(chain) }))
        })
        .await
    }
}

/// How far a run's chain was verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verified {
    /// The last entry's sequence; 0 before the first one.
    pub sequence: u64,
    /// The chain's hash after it: what the next entry is held against.
    pub chain: ChainHash,
}

/// One entry, and the hash of it and of everything before it in its run.
#[derive(Clone, Debug)]
pub struct Audited {
    /// The entry.
    pub entry: Entry,
    /// The chain's hash after it.
    pub chain: ChainHash,
}

fn append(transaction: &Transaction<'_>, file: &Utf8Path, run: &str, entry: &Entry) -> Result<(), JournalError> {
    let fail = |source| JournalError::of(file, source);
    let (id, plan) = run_row(transaction, file, run)?;
    let epoch: Option<u64> =
        prepared(transaction, LEASE_EPOCH, file)?.query_row([id], |row| row.get(0)).optional().map_err(fail)?;
    let last: Option<(u64, [u8; 32])> = prepared(transaction, LAST, file)?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(fail)?;
    let (sequence, chain) = match last {
        Some((sequence, chain)) => (sequence, ChainHash(chain)),
        None => (0, ChainHash::genesis(run, &plan)),
    };
    if epoch != Some(entry.epoch) || entry.sequence != sequence + 1 {
        return Err(JournalError::LeaseLost { run: run.to_owned() });
    }
    let payload = serde_json::to_string(&entry.event)
        .map_err(|source| fail(rusqlite::Error::ToSqlConversionFailure(Box::new(source))))?;
    let chain = chain.after(payload.as_bytes());
    prepared(transaction, APPEND, file)?
        .execute(params![id, entry.sequence, entry.epoch, payload, chain.0])
        .map_err(fail)?;
    Ok(())
}

/// Shows the entries of a run in order, those after the verified ones and at most so many, each after its hash was held against
/// the chain.
fn each(
    transaction: &Transaction<'_>,
    file: &Utf8Path,
    run: &str,
    (verified, limit): (Option<Verified>, i64),
    mut visit: impl FnMut(Entry, ChainHash),
) -> Result<Verified, JournalError> {
    let fail = |source| JournalError::of(file, source);
    let (id, plan) = run_row(transaction, file, run)?;
    let mut verified = verified.unwrap_or_else(|| Verified { sequence: 0, chain: ChainHash::genesis(run, &plan) });
    let mut statement = prepared(transaction, ENTRIES, file)?;
    let mut rows = statement.query(params![id, verified.sequence, limit]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        let sequence: u64 = row.get(0).map_err(fail)?;
        let payload = row.get_ref(2).and_then(|value| Ok(value.as_str()?)).map_err(fail)?;
        let chain = verified.chain.after(payload.as_bytes());
        let broken = || JournalError::BrokenChain { run: run.to_owned(), sequence };
        if sequence != verified.sequence + 1 || row.get::<_, [u8; 32]>(3).map_err(fail)? != chain.0 {
            return Err(broken());
        }
        let event: Event = serde_json::from_str(payload).map_err(|_| broken())?;
        visit(Entry { sequence, epoch: row.get(1).map_err(fail)?, event }, chain);
        verified = Verified { sequence, chain };
    }
    Ok(verified)
}

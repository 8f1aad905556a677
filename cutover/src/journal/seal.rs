//! Sealed plans and who approved them.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::prepared;
use camino::Utf8Path;
use caravan_cutover_engine::Moment;
use caravan_plans::{PlanHash, Sealed};
use rusqlite::{OptionalExtension as _, Transaction, params};

const CURRENT: &str =
    "SELECT hash FROM seal WHERE wave = ?1 AND hash NOT IN (SELECT parent FROM seal WHERE parent IS NOT NULL)";
const SEAL: &str =
    "INSERT INTO seal (hash, wave, parent, canonical, sealed_at, sealed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const SEALS: &str = "SELECT hash, wave, parent, canonical, sealed_at, sealed_by FROM seal ORDER BY sealed_at, hash";
const APPROVE: &str = "INSERT OR REPLACE INTO approval (hash, who, at, reason) VALUES (?1, ?2, ?3, ?4)";
const APPROVALS: &str = "SELECT who, at, reason FROM approval WHERE hash = ?1 ORDER BY at, who";

const KNOWN: &str = "SELECT 1 FROM seal WHERE hash = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[CURRENT, SEAL, SEALS, APPROVE, APPROVALS, KNOWN];

/// One sealed plan as the journal keeps it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealRecord {
    /// Its hash.
    pub hash: String,
    /// Its wave.
    pub wave: String,
    /// The seal before it.
    pub parent: Option<String>,
    /// Its canonical form.
    pub canonical: String,
    /// When it was made.
    pub at: Moment,
    /// Who made it.
    pub by: String,
}

/// One approval of a plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approval {
    /// Who left it.
    pub who: String,
    /// When it was made.
    pub at: Moment,
    /// The reason that they gave.
    pub reason: Option<String>,
}

impl Journal {
    /// Keeps a sealed plan. Its parent must be the wave's newest seal (P2). Sealing the same plan twice is one seal.
    ///
    /// # Errors
    /// [`JournalError::StaleParent`].
    pub async fn keep_seal(&self, sealed: &Sealed, by: &str, at: Moment) -> Result<(), JournalError> {
        let (sealed, by) = (sealed.clone(), by.to_owned());
        self.with(move |transaction, file| keep_seal(transaction, file, &sealed, &by, at)).await
    }

    /// The newest seal of a wave; none when it was never sealed.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn current_seal(&self, wave: &str) -> Result<Option<String>, JournalError> {
        let wave = wave.to_owned();
        self.read(move |transaction, file| current(transaction, file, &wave)).await
    }

    /// Every sealed plan, the oldest first.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn seals(&self) -> Result<Vec<SealRecord>, JournalError> {
        self.read(|transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let mut statement = prepared(transaction, SEALS, file)?;
            let rows = statement
                .query_map([], |row| {
                    Ok(SealRecord {
                        hash: row.get(0)?,
                        wave: row.get(1)?,
                        parent: row.get(2)?,
                        canonical: row.get(3)?,
                        at: Moment(row.get(4)?),
                        by: row.get(5)?,
                    })
                })
                .map_err(fail)?;
            rows.collect::<Result<_, _>>().map_err(fail)
        })
        .await
    }

    /// A sealed plan, held against its hash.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPlan`]; when it is kept and can't be opened, [`JournalError::ChangedSeal`],
    /// [`JournalError::NewerSeal`] or [`JournalError::UnreadableSeal`].
    pub async fn plan(&self, hash: &str) -> Result<Sealed, JournalError> {
        let missing = || JournalError::NoSuchPlan { hash: hash.to_owned() };
        let sealed = PlanHash::parse(hash).ok_or_else(missing)?;
        let kept = self.seals().await?.into_iter().find(|seal| seal.hash == hash).ok_or_else(missing)?;
        Sealed::open(&kept.canonical, &sealed).map_err(|source| JournalError::of_seal(kept.wave, sealed, source))
    }

    /// Keeps an approval of exactly this plan.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPlan`].
    pub async fn approve(&self, hash: &str, approval: &Approval) -> Result<(), JournalError> {
        let (hash, approval) = (hash.to_owned(), approval.clone());
        self.with(move |transaction, file| {
            let known: Option<i64> = prepared(transaction, KNOWN, file)?
                .query_row([&hash], |row| row.get(0))
                .optional()
                .map_err(|source| JournalError::of(file, source))?;
            if known.is_none() {
                return Err(JournalError::NoSuchPlan { hash });
            }
            prepared(transaction, APPROVE, file)?
                .execute(params![hash, approval.who, approval.at.0, approval.reason])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// Who approved a plan, the first first.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn approvals(&self, hash: &str) -> Result<Vec<Approval>, JournalError> {
        let hash = hash.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let mut statement = prepared(transaction, APPROVALS, file)?;
            let rows = statement
                .query_map([hash], |row| {
                    Ok(Approval { who: row.get(0)?, at: Moment(row.get(1)?), reason: row.get(2)? })
                })
                .map_err(fail)?;
            rows.collect::<Result<_, _>>().map_err(fail)
        })
        .await
    }
}

fn keep_seal(
    transaction: &Transaction<'_>,
    file: &Utf8Path,
    sealed: &Sealed,
    by: &str,
    at: Moment,
) -> Result<(), JournalError> {
    let plan = sealed.plan();
    let newest = current(transaction, file, &plan.wave)?;
    if newest.as_deref() == Some(sealed.hash().as_str()) {
        return Ok(());
    }
    let parent = plan.parent.as_ref().map(|parent| parent.as_str().to_owned());
    if parent != newest {
        let current = newest.unwrap_or_else(|| "nothing".to_owned());
        return Err(JournalError::StaleParent { wave: plan.wave.clone(), current });
    }
    prepared(transaction, SEAL, file)?
        .execute(params![sealed.hash().as_str(), plan.wave, parent, sealed.canonical(), at.0, by])
        .map_err(|source| JournalError::of(file, source))?;
    Ok(())
}

pub(super) fn current(
    transaction: &Transaction<'_>,
    file: &Utf8Path,
    wave: &str,
) -> Result<Option<String>, JournalError> {
    prepared(transaction, CURRENT, file)?
        .query_row([wave], |row| row.get(0))
        .optional()
        .map_err(|source| JournalError::of(file, source))
}

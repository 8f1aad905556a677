//! Sealing a wave's plan, and approving the seal.

use crate::journal::{Approval, JournalError, SealRecord};
use crate::store::RunStore;
use caravan_cutover_engine::Moment;
use caravan_plans::{SealError, Sealed, WavePlan};

/// The result of sealing.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// The sealed plan.
    pub sealed: Sealed,
    /// Whether it was sealed just so before: then nothing was kept anew.
    pub unchanged: bool,
}

/// Why a plan was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// The journal can't be used. [`JournalError::StaleParent`]: somebody sealed the wave meanwhile, so seal it again.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The plan can't be written down.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Why a wave has no such seal.
#[derive(Debug, thiserror::Error)]
pub enum NewestSealError {
    /// The wave was never sealed: seal it.
    #[error("wave `{wave}` was never sealed")]
    NeverSealed {
        /// The wave.
        wave: String,
    },
    /// The hash is not that of the newest seal (P2): look at the newest one, and give its hash.
    #[error("the newest seal of wave {wave} is {newest}, not {given}")]
    OtherSeal {
        /// The wave.
        wave: String,
        /// The hash of its newest seal.
        newest: String,
        /// The text that was given instead.
        given: String,
    },
    /// The journal can't be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Digits of a hash that are enough to name it.
const ENOUGH_DIGITS: usize = 8;

/// Seals a plan on top of its wave's newest seal, and keeps it in the journal. The plan's own parent is not asked for.
///
/// # Errors
/// [`SealingError`]; nothing is kept then.
pub async fn seal(journal: &impl RunStore, plan: WavePlan, who: &str, now: Moment) -> Result<Sealing, SealingError> {
    let sealing = on_top(journal, plan).await?;
    if !sealing.unchanged {
        journal.keep_seal(&sealing.sealed, who, now).await?;
    }
    Ok(sealing)
}

/// What [`seal`] would make of a plan now: on top of its wave's newest seal, or that one where it is just so. Nothing is kept.
///
/// # Errors
/// [`SealingError`].
pub async fn on_top(journal: &impl RunStore, plan: WavePlan) -> Result<Sealing, SealingError> {
    let newest = match journal.current_seal(&plan.wave).await? {
        Some(hash) => Some(journal.plan(&hash).await?),
        None => None,
    };
    if let Some(newest) = &newest {
        let same = WavePlan { parent: newest.plan().parent.clone(), ..plan.clone() };
        if same == *newest.plan() {
            return Ok(Sealing { sealed: newest.clone(), unchanged: true });
        }
    }
    let sealed = Sealed::seal(WavePlan { parent: newest.map(|newest| newest.hash().clone()), ..plan })?;
    Ok(Sealing { sealed, unchanged: false })
}

/// The newest seal of a wave.
///
/// # Errors
/// [`NewestSealError::NeverSealed`], and those of the journal.
pub async fn newest_seal(journal: &impl RunStore, wave: &str) -> Result<SealRecord, NewestSealError> {
    let seals = journal.seals().await?;
    let current = journal.current_seal(wave).await?;
    let newest = current.and_then(|hash| seals.into_iter().find(|seal| seal.hash == hash));
    newest.ok_or_else(|| NewestSealError::NeverSealed { wave: wave.to_owned() })
}

/// The newest seal of a wave, if it is the one that somebody has looked at: `hash` is all of its hash, or at least its
/// first 8 digits.
///
/// # Errors
/// [`NewestSealError`].
pub async fn reviewed_seal(journal: &impl RunStore, wave: &str, hash: &str) -> Result<SealRecord, NewestSealError> {
    let seal = newest_seal(journal, wave).await?;
    if hash.len() < ENOUGH_DIGITS || !seal.hash.starts_with(hash) {
        return Err(NewestSealError::OtherSeal { wave: wave.to_owned(), newest: seal.hash, given: hash.to_owned() });
    }
    Ok(seal)
}

/// Keeps an approval of a wave's newest seal, which must be the one that was reviewed, and gives its whole hash.
///
/// # Errors
/// [`NewestSealError`]; nothing is approved then.
pub async fn approve_seal(
    journal: &impl RunStore,
    wave: &str,
    hash: &str,
    approval: &Approval,
) -> Result<String, NewestSealError> {
    let seal = reviewed_seal(journal, wave, hash).await?;
    journal.approve(&seal.hash, approval).await?;
    Ok(seal.hash)
}

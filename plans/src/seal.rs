//! The seal that makes a plan immutable.

use crate::WavePlan;
use crate::format;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fmt::Write as _;

/// The SHA-256 of a plan's canonical form, 64 hex digits.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct PlanHash(String);

/// A plan that can no longer change: only this can be approved and run (P2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    plan: WavePlan,
    canonical: String,
    hash: PlanHash,
}

/// Why a text is no sealed plan.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// It can't be read as a plan.
    #[error("the plan can't be read")]
    Unreadable(#[source] serde_json::Error),
    /// A newer version of Caravan sealed it.
    #[error(
        "the plan is of format {found}, this version reads up to {}: use the version that sealed it",
        WavePlan::SCHEMA
    )]
    Newer {
        /// Its format.
        found: String,
    },
    /// A step of it can't be gone through: it is not sealed, and what was sealed so by other means is not run.
    #[error("step {step} of the plan can't be gone through: {reason}")]
    Unsound {
        /// Which, from 1.
        step: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// It was changed after it was sealed.
    #[error("the plan was changed after it was sealed: its hash is {found}, sealed was {sealed}")]
    Changed {
        /// The hash of what is there.
        found: PlanHash,
        /// The hash that was sealed.
        sealed: PlanHash,
    },
}

impl Sealed {
    /// Seals a plan: JSON with sorted keys and no white space, then SHA-256 (P1: same plan, same bytes).
    ///
    /// # Errors
    /// When a step can't be gone through, or the plan holds something that JSON can't: never for plans made by this crate.
    pub fn seal(plan: WavePlan) -> Result<Self, SealError> {
        check_steps(&plan)?;
        // Through a value, whose maps are sorted by key.
        let canonical = serde_json::to_value(&plan).map_err(SealError::Unreadable)?.to_string();
        let hash = PlanHash::of(&canonical);
        Ok(Self { plan, canonical, hash })
    }

    /// Reads a sealed plan: its very bytes are held against its hash, and then read by the format that they name.
    ///
    /// # Errors
    /// When it was changed after it was sealed, can't be read, is of a newer format, or has a step that can't be gone through.
    pub fn open(text: &str, sealed: &PlanHash) -> Result<Self, SealError> {
        let found = PlanHash::of(text);
        if found != *sealed {
            return Err(SealError::Changed { found, sealed: sealed.clone() });
        }
        let plan = format::read(text)?;
        check_steps(&plan)?;
        Ok(Self { plan, canonical: text.to_owned(), hash: found })
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &WavePlan {
        &self.plan
    }

    /// The bytes that were hashed.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The hash: what people approve.
    #[must_use]
    pub const fn hash(&self) -> &PlanHash {
        &self.hash
    }
}

/// The engine goes through every step without asking whether it can.
fn check_steps(plan: &WavePlan) -> Result<(), SealError> {
    let mut steps = plan.steps.iter().zip(1..);
    steps
        .find_map(|(step, number)| Some(SealError::Unsound { step: number, reason: step.unsound()? }))
        .map_or(Ok(()), Err)
}

impl PlanHash {
    fn of(text: &str) -> Self {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(text.as_bytes()) {
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// Takes 64 hex digits; none for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 64 && text.bytes().all(is_hex)).then(|| Self(text.to_owned()))
    }

    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

//! The trait of strategies: how a target is split between two sides.

use caravan_providers::target::{Snapshot, Target};

/// Why a strategy can't make the shift.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StrategyError {
    /// The target is of a form that can't be split without changing what it means.
    #[error("{0}")]
    Unsplittable(String),
    /// Both sides answer the same: nothing would move.
    #[error("{0}: both sides are the same, and nothing would move")]
    SameSide(String),
    /// Users would stay on a side whatever its share says.
    #[error("{what}, so that users stay on a side whatever its share says")]
    Sticky {
        /// What holds them there.
        what: String,
        /// The command that ends it.
        command: String,
    },
    /// A share is not 0 to 100.
    #[error("{0} % is no share of traffic")]
    NoShare(u8),
}

impl StrategyError {
    /// What was observed is the snapshot of another kind of target.
    pub(super) fn of_another_kind() -> Self {
        Self::Unsplittable("what was observed there is of another kind".to_owned())
    }
}

/// How one kind of target is split between both sides of a shift, as a person wrote it.
pub(crate) trait Split {
    /// The target that is changed.
    fn target(&self) -> Target;

    /// Whether a person has left blank where the new side is.
    fn is_blank(&self) -> bool;

    /// The exact snapshot for each share of the new side, from the snapshot that stands there.
    ///
    /// # Errors
    /// When the target can't be split exactly.
    fn stages(&self, original: &Snapshot, percents: &[u8]) -> Result<Vec<Snapshot>, StrategyError>;
}

pub(super) fn check_shares(percents: &[u8]) -> Result<(), StrategyError> {
    percents.iter().find(|percent| **percent > 100).map_or(Ok(()), |percent| Err(StrategyError::NoShare(*percent)))
}

//! From what is and both sides of a shift to the exact snapshot of each stage.
//!
//! Each strategy is a pure function: the original snapshot, the sides and the shares go in, one snapshot for each share comes
//! out. None of them invents a target: what they can't do exactly they refuse.

pub mod alb;
pub mod route;
pub mod route53;

/// Why a strategy can't make the shift.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StrategyError {
    /// The target is of a form that can't be split without changing what it means.
    #[error("{0}")]
    Unsplittable(String),
    /// A share is not 0 to 100.
    #[error("{0} % is no share of traffic")]
    NoShare(u8),
}

fn check_shares(percents: &[u8]) -> Result<(), StrategyError> {
    percents.iter().find(|percent| **percent > 100).map_or(Ok(()), |percent| Err(StrategyError::NoShare(*percent)))
}

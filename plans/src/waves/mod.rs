//! The waves of a whole estate, proposed.
//!
//! In: [`Candidate`]s (every workload with its verdict and what was noted about it), the estate's edges, and a [`WavePolicy`].
//! Out: a [`Proposal`]: waves in their order, each placement with what explains it, and who is left out and why.
//!
//! What must never happen here: a workload before what it needs (P4), unless the policy declares the edge crossable; another
//! answer to the same question (P1).

mod candidate;
mod difference;
mod graph;
mod place;
mod policy;
mod proposal;
mod propose;
mod risk;
#[cfg(test)]
mod tests;

pub use candidate::Candidate;
pub use difference::{
    FrontChange, LeftOutRecord, Place, PlacementRecord, ProposalChange, ProposalDifference, ProposalRecord, WaveRecord,
    compare,
};
pub use policy::{Apart, Crossable, Hold, PolicyError, Together, WavePolicy};
pub use proposal::{Crossing, LeftOut, LeftOutBecause, Need, Placement, Proposal, ProposedWave};
pub use propose::propose;
pub use risk::{Risk, RiskLevel};

//! What should be: the shifts of a wave as exact snapshots, and the seal that makes a plan immutable.
//!
//! In: snapshots of what is (observed by whoever calls), and a [`WaveSpec`]: both sides of each shift and each hand-over, stages and
//! gates as a person wrote them, or as [`draft`] proposes them from the inventory.
//! Out: by [`build`], a [`WavePlan`] whose every step is one [`Change`] from one exact snapshot to another, and its [`Sealed`] form:
//! canonical bytes with their SHA-256 (P1, P2).
//!
//! What must never happen here: input or output, a clock; a choice left for the moment of execution.

mod blank;
mod bounds;
pub mod budget;
mod build;
pub mod cost;
pub mod domains;
mod draft;
mod estate;
mod evidence;
mod exposure;
mod finalised;
mod format;
mod hand_over;
mod hand_over_build;
pub mod hand_over_spec;
mod leading;
mod pages;
mod plan_difference;
pub mod readiness;
pub mod report;
mod routes_beside;
mod rule_body;
pub mod runbook;
mod seal;
mod shift;
pub mod sizing;
pub mod spec;
mod step;
pub mod strategy;
mod surroundings;
#[cfg(test)]
mod tests;
mod through;
mod wave;
pub mod waves;

pub use blank::FILL_IN;
pub use build::{BuildError, build, check_filled_in, check_name};
pub use draft::{ClosedWay, Drafted, ENTRIES, NewSide, closed_ways, draft};
pub use estate::Estate;
pub use exposure::ACTS_WITHIN_MS;
pub use hand_over::{HandOver, Proof, Switch, Turn};
pub use hand_over_build::HandOverError;
pub use plan_difference::{FieldChange, PlanDifference, StepDifference, StepState, compare_plans, read_plan};
pub use routes_beside::check_routes;
pub use seal::{PlanHash, SealError, Sealed};
pub use shift::{Analysis, Gate, Shift, Stage, Undo};
pub use spec::WaveSpec;
pub use step::{Change, Step};
pub use surroundings::{Shared, SurroundingsError, check_surroundings};
pub use wave::{Drivers, OnFailure, WavePlan};

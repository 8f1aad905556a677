//! What should be: the shifts of a wave as exact images, and the seal that makes a plan immutable.
//!
//! In: images of what is (observed by whoever calls), both sides of each shift, and the policy of stages and gates.
//! Out: a [`WavePlan`] whose every step is one [`Change`] from one exact image to another, and its [`Sealed`] form:
//! canonical bytes with their SHA-256 (P1, P2).
//!
//! What must never happen here: input or output, a clock; a choice left for the moment of execution.

mod seal;
mod shift;
pub mod strategy;
mod wave;

pub use seal::{PlanHash, SealError, Sealed};
pub use shift::{Change, Gate, Shift, Stage, Undo};
pub use wave::{Drivers, WavePlan};

//! The engine over the simulated world.
//!
//! In: a sealed plan, a seed, and what shall go wrong ([`FaultPlan`]). Out: a [`SimulatedRun`]: how the run ended, what became
//! of the traffic, and every [`Violation`] of what must always hold.
//!
//! What must never happen here: another transition function than the engine's own; chance that the seed does not
//! decide.

mod fault_plan;
mod invariant;
mod matrix;
mod person;
mod report;
mod simulated_run;
mod world;

pub use fault_plan::{FaultPlan, Profile};
pub use invariant::{Invariant, Violation};
pub use matrix::{Cell, FaultClass, Matrix, crash_matrix};
pub use person::{Intention, Person};
pub use report::{RehearsalReport, RollbackSeconds, Tally, rehearse_many, rehearse_seeds};
pub use simulated_run::{Crash, Made, SimulatedRun, When, rehearse, rehearse_with};
pub use world::world_of;

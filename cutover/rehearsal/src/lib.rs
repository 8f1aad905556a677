//! The engine over the simulated world.
//!
//! In: a sealed plan, a seed, and what shall go wrong ([`FaultPlan`]). Out: a [`SimulatedRun`]: how the run ended, what became
//! of the traffic, and every [`Violation`] of what must always hold.
//!
//! What must never happen here: another transition function than the engine's own; chance that the seed does not
//! decide.

mod bounds;
mod carrying;
mod engine;
mod fault_plan;
mod invariant;
mod lasting;
mod lost;
mod matrix;
mod person;
mod profile;
mod rehearsal;
mod report;
mod run_outcome;
mod simulated_run;
mod single;
mod users;
mod watch;
mod way_back;
mod world;

pub use fault_plan::{Crash, FaultPlan, Sleeper, When};
pub use invariant::{Invariant, Violation};
pub use lost::Lost;
pub use matrix::{Cell, FaultClass, Matrix, crash_matrix};
pub use person::{Intention, Manner, Person};
pub use profile::Profile;
pub use report::{Ends, RehearsalReport, RollbackSeconds, Tally, rehearse_many, rehearse_seeds};
pub use run_outcome::{Made, SimulatedRun};
pub use simulated_run::{rehearse, rehearse_with};
pub use world::{world_of, world_of_all};

#[cfg(test)]
mod tests;

//! The engine over the simulated world.
//!
//! In: a sealed plan, a seed, and what shall go wrong ([`Trouble`]). Out: a [`Night`]: how the run ended, what became
//! of the traffic, and every [`Violation`] of what must always hold.
//!
//! What must never happen here: another transition function than the engine's own; chance that the seed does not
//! decide.

mod invariant;
mod matrix;
mod night;
mod person;
mod report;
mod stage;
mod trouble;

pub use invariant::{Rule, Violation};
pub use matrix::{Cell, Matrix, Mishap, crash_matrix};
pub use night::{Crash, Made, Night, When, rehearse};
pub use person::{Intention, Person};
pub use report::{Report, RollbackSeconds, rehearse_many};
pub use stage::world_of;
pub use trouble::{Profile, Trouble};

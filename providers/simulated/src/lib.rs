//! The contract with the world, over a world in virtual time.
//!
//! In: the same [`Call`](caravan_providers::Call)s that the real adapters take, the [`CallFault`]s that a rehearsal
//! plans for them, and the [`Trouble`]s that last for a while. Out: the same replies and errors, and what became of the traffic meanwhile.
//!
//! What must never happen here: a real clock, a thread, chance that the seed does not decide; an answer that the real
//! provider would not give (one conformance suite sends identical calls to both).

mod answer;
mod fault;
mod flow;
mod kind;
mod owner;
mod side;
mod spells;
mod traffic;
mod trouble;
mod world;
mod write;

pub use fault::CallFault;
pub use kind::touched;
pub use owner::Succession;
pub use side::{Lie, Side};
pub use traffic::ServedRequests;
pub use trouble::{Outage, Trouble};
pub use world::{Held, World};

//! The heart of a cutover, without input or output.
//!
//! In: a sealed plan, a [`State`] and an [`Event`]: what a person wants, or what an effect brought.
//! Out: by [`transition`], the next state and the [`Effect`]s that it wants carried out: append to the journal, check
//! the lease, make a call, wait. The driver carries them out one at a time and brings back what came of each.
//!
//! ```text
//!            events                      effects
//!  people ──────────►  transition  ──────────────►  journal, lease, calls, clock
//!             ▲        (pure, total)                        │
//!             └─────────────────────────────────────────────┘
//! ```
//!
//! Each stage of a step goes the same way: observe, guard, approve, intend, apply, verify, bake; before the first one of a
//! target, who else writes to it is asked. On the way back what shares a batch goes together ([`Together`]). Every event but the bare answers of journal, lease and clock is journalled before anything
//! follows from it, so that recovery is [`replay`] through the very same function (K1).
//!
//! Beside it stand the [`Analysis`], which sides are to be asked in the background and what follows from the answers, and the [`Soak`],
//! for how long that brought evidence.
//!
//! What must never happen here: a network, a disk, a clock, a thread; a write that no journalled intent covers; a
//! silent default for an event that a state does not expect.

mod analysis;
mod batch;
mod direction;
mod effect;
mod entry;
mod event;
mod hold;
mod look;
mod replay;
mod revision;
pub mod seeded;
mod seeded_bug;
mod soak;
mod state;
mod step_state;
mod store;
mod task;
mod transition;
mod trouble;

pub use analysis::{Analysis, entering, is_watched, worst};
pub use batch::{SentBatch, TaskWrite, Together};
pub use direction::{Deferred, Direction};
pub use effect::{Effect, effects};
pub use entry::{ChainHash, Entry};
pub use event::{Event, Moment, Shown};
pub use hold::{Hold, Outcome, Pending};
pub use look::{Blocked, NextLook};
pub use replay::{ReplayError, replay, replay_on};
pub use revision::{OLDEST_REVISION, REVISION};
pub use seeded_bug::SeededBug;
pub use soak::{Soak, soak_left_ms};
pub use state::{Phase, State, Unsettled};
pub use step_state::{Doubt, StepState, TargetState};
pub use store::{Clock, JournalStore, JournalStoreError, LeaseClaim, LeaseMark, LeaseState};
pub use task::{Task, gaps, is_going_back, is_to_be_finalised};
pub use transition::adoptable;
pub use transition::{Illegal, transition};
pub use trouble::Trouble;

//! The way of one customer's hostname from the old edge to the new one, without input or output: certificate before DNS.
//!
//! In: a [`MovePlan`], a [`State`] and an [`Event`]: what a person wants, what was seen, or what came of a change. Out: by
//! [`transition`] the next state, and by [`wanted`] the one thing that it wants next: a [`Look`], an [`Act`], a moment, a person.
//!
//! ```text
//!   routable ─► certificate ─► edge ─► preflight ─► ttl ─► window ─► flip ─► converging ─► soaking ─► renewal ─► release ─► done
//!      │            │           │          │         │        │        │          │           │          │
//!      └────────────┴───────────┴──────────┴─────────┴────────┴────────┴──────────┴───────────┴──────────┴──► back ─► over
//! ```
//!
//! A driver asks [`wanted`], journals [`Event::Intended`] before it makes a change (K1), and journals what came of each look and
//! each change. Recovery is [`replay`]: the very same function over the journal. What was under way when a driver died is in
//! doubt, and is looked at once it can no longer land (K3).
//!
//! What must never happen here: a network, a disk, a clock; a name led to an edge that was not seen with a valid certificate and a
//! route right before; a second order for a certificate that has one; a change that no journalled intent covers; anything of the
//! old side taken away before the soak is over and two people have said so.

mod act;
mod build;
mod event;
mod held;
mod hold;
mod lead;
mod look;
mod messages;
mod next;
mod objects;
mod plan;
mod replay;
pub mod settings;
mod state;
mod times;
mod transition;
mod wanted;
mod words;

pub use act::{Act, Answer, Message};
pub use build::{BuildRefusal, MoveInput, OwnZone, build_move, record_to_read};
pub use event::Event;
pub use held::Held;
pub use hold::{Hold, Outcome};
pub use lead::{CustomerRecord, Lead, OwnRecord, Refusal, Stand, lead_of};
pub use look::{EdgeSight, Look, OrderStatus, ServerAnswer, Sides, Sight};
pub use messages::{DueMessage, SentMessage, moment, whereabouts, word_before, word_of};
pub use next::{NextStep, Situation, Whose, next_step};
pub use plan::{Authority, Edges, MovePlan, PlanError, Proof, Window};
pub use replay::{ReplayError, replay};
pub use state::{Intent, Order, OrderPhase, RecordState, Stage, State, Watch};
pub use times::Times;
pub use transition::{Illegal, transition};
pub use wanted::{Wanted, wanted};

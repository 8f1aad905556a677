//! Telling people: of holds, rollbacks, failures, and approvals that wait.
//!
//! In: the journal's entries, in the order in which they came. Out: a [`Notice`] for each that wants a person, through an
//! outbox in the journal to each [`Receiver`], at least once: a notice is in the outbox in the same commit that notes its
//! entry as seen, and stays until its [`Sender`] has delivered it. Its id follows from run and entry, so that a
//! receiver can tell one that comes twice.
//!
//! What must never happen here: a run that waits for a receiver; an address in the journal.

mod away;
mod courier;
mod follow;
mod gather;
mod text;
mod types;

pub use away::Away;
pub use courier::{Courier, Receiver};
pub use types::{Notice, NoticeKind, SendError, Sender, Sending};

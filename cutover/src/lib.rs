//! Drives the engine, and lets people operate what is driven.
//!
//! In: sealed plans, people's commands, an executor of calls, a clock. Out: runs, one durable journal entry at a time,
//! under a lease; and the [`operator`]'s library, over which command line and terminal interface are thin.
//!
//! What must never happen here: a decision of its own about what comes next (that is the engine's); a write that the
//! journal does not hold first; a journal entry changed or taken away; a newer journal written to.

mod background;
mod blind;
mod budget;
mod clock;
mod defect;
mod drift;
mod driver;
mod driver_error;
mod journal;
mod lease;
mod measure;
mod metering;
mod moves;
pub mod notice;
pub mod operator;
mod owners;
mod session;
mod store;
mod supervisor;
#[cfg(test)]
mod tests;
mod untouched;
mod wait;
mod watched;

pub use budget::{Acquire, Bucket};
pub use clock::SystemClock;
pub use driver::{Driven, Driver, WaitPolicy};
pub use driver_error::DriverError;
pub use journal::{
    Approval, Audited, Command, DueNotice, EngineRange, Journal, JournalError, Lease, LeaseBreak, MoveCommand,
    MoveHead, MoveRecord, NextNotice, NoticeRow, OrderLimit, QueuedCommand, RefusedCommand, Request, RunEnd, RunRecord,
    SealRecord, Unseen, Verified, WaitingNotices,
};
pub use measure::{CounterMark, MeasuredSpan};
pub use moves::{MoveDriver, MoveError, MoveWorld, Stays};
pub use store::RunStore;
pub use supervisor::{Attendant, Supervisor, Telling};
pub use watched::{Drift, Neither, WatchedRound, said_text};

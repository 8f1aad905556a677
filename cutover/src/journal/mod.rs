//! The journal in SQLite.
//!
//! One thread of the process owns the connection. What all runs of the process want written at one moment goes into one
//! transaction, committed with one flush of the disk: group commit. Other processes have connections of their own.

mod append;
mod budget;
mod command;
mod delivery;
mod engine;
mod error;
mod handle;
mod lease;
mod lease_break;
mod mark;
mod measured;
mod move_heads;
mod moves;
mod open;
mod order_budget;
mod outbox;
mod run;
mod seal;
mod statement;
mod store;
mod watched;
mod writer;

pub use append::{Audited, Verified};
pub use command::{Command, QueuedCommand, RefusedCommand, Request};
pub use delivery::{DueNotice, NextNotice, WaitingNotices};
pub use engine::{EngineRange, RunEnd};
pub use error::JournalError;
pub use handle::Journal;
pub use lease::Lease;
pub use lease_break::LeaseBreak;
pub use move_heads::MoveHead;
pub use moves::{MoveCommand, MoveRecord};
pub use order_budget::OrderLimit;
pub use outbox::{NoticeRow, Unseen};
pub use run::RunRecord;
pub use seal::{Approval, SealRecord};

/// Every statement, for the test that prepares them against the schema.
#[cfg(test)]
pub(crate) fn statements() -> impl Iterator<Item = &'static str> {
    let all = [
        append::STATEMENTS,
        budget::STATEMENTS,
        delivery::STATEMENTS,
        engine::STATEMENTS,
        lease::STATEMENTS,
        lease_break::STATEMENTS,
        measured::STATEMENTS,
        move_heads::STATEMENTS,
        moves::STATEMENTS,
        order_budget::STATEMENTS,
        outbox::STATEMENTS,
        run::STATEMENTS,
        seal::STATEMENTS,
        statement::STATEMENTS,
        command::STATEMENTS,
        watched::STATEMENTS,
    ];
    all.into_iter().flatten().copied()
}

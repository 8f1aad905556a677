//! The journal in SQLite.
//!
//! One thread of the process owns the connection. What all runs of the process want written at one moment goes into one
//! transaction, committed with one flush of the disk: group commit. Other processes have connections of their own.

mod append;
mod budget;
mod command;
mod error;
mod lease;
mod open;
mod run;
mod seal;
mod statement;
mod writer;

pub use append::{Audited, Verified};
pub use command::{Command, QueuedCommand};
pub use error::JournalError;
pub use run::RunRecord;
pub use seal::{Approval, SealRecord};

use camino::{Utf8Path, Utf8PathBuf};
use tokio::sync::mpsc;

/// Every statement, for the test that prepares them against the schema.
#[cfg(test)]
pub(crate) fn statements() -> impl Iterator<Item = &'static str> {
    let all = [
        append::STATEMENTS,
        budget::STATEMENTS,
        lease::STATEMENTS,
        run::STATEMENTS,
        seal::STATEMENTS,
        statement::STATEMENTS,
        command::STATEMENTS,
    ];
    all.into_iter().flatten().copied()
}

/// A handle of the journal; clones share the one connection of the process.
#[derive(Clone, Debug)]
pub struct Journal {
    file: Utf8PathBuf,
    jobs: mpsc::UnboundedSender<writer::Job>,
}

impl Journal {
    /// The file it stands in.
    #[must_use]
    pub fn file(&self) -> &Utf8Path {
        &self.file
    }
}

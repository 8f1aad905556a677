//! Errors of the journal.

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::ErrorCode;

/// A failure of the journal. What it held before, it still holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There is no journal yet.
    #[error("there is no journal at {file}; seal a plan with `caravan plan seal` first")]
    Missing {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The file is something else.
    #[error("{file} is not a journal of Caravan; move it away, or choose another folder with `--dir`")]
    NotAJournal {
        /// The database.
        file: Utf8PathBuf,
    },
    /// A newer Caravan wrote it (K10). It was not changed.
    #[error(
        "{file} has format {found}, and this caravan knows up to {known}; nothing was changed: use a newer caravan"
    )]
    Newer {
        /// The database.
        file: Utf8PathBuf,
        /// The format found.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// Another process holds it for longer than a write takes.
    #[error("{file} is locked by another process; let it finish, then try again")]
    Locked {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The disk is full: nothing is written to any target until there is room again.
    #[error("the disk of {file} is full; free some space, then run `caravan cutover run` again")]
    DiskFull {
        /// The database.
        file: Utf8PathBuf,
    },
    /// No such run.
    #[error("there is no run {run}; `caravan cutover status` lists them")]
    NoSuchRun {
        /// What was asked for.
        run: String,
    },
    /// No such plan.
    #[error("there is no sealed plan {hash}; `caravan plan show` lists them")]
    NoSuchPlan {
        /// What was asked for.
        hash: String,
    },
    /// The wave was sealed by somebody else meanwhile (P2).
    #[error("wave {wave} has been sealed since this draft was made: draft it again on top of {current}")]
    StaleParent {
        /// The wave.
        wave: String,
        /// Its newest seal.
        current: String,
    },
    /// Another driver holds the run's lease.
    #[error("another driver holds run {run}")]
    LeaseLost {
        /// The run.
        run: String,
    },
    /// The chain does not hold.
    #[error("the journal of run {run} was changed at entry {sequence}: it is not safe to go on; restore the backup")]
    BrokenChain {
        /// The run.
        run: String,
        /// The first entry that does not fit.
        sequence: u64,
    },
    /// SQLite says something else.
    #[error("the journal {file} can't be used")]
    Sqlite {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The thread that writes it is gone.
    #[error("the journal {file} is closed")]
    Closed {
        /// The database.
        file: Utf8PathBuf,
    },
}

impl JournalError {
    pub(crate) fn of(file: &Utf8Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { file },
            Some(ErrorCode::DiskFull) => Self::DiskFull { file },
            Some(ErrorCode::NotADatabase) => Self::NotAJournal { file },
            _ => Self::Sqlite { file, source },
        }
    }
}

//! The handle of the journal, and the jobs that it hands to the thread that owns the connection.

use super::error::JournalError;
use super::mark::{DatabaseFiles, FileMark};
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::Transaction;
use std::fmt;
use tokio::sync::mpsc;

/// A handle of the journal; clones share the one connection of the process.
#[derive(Clone, Debug)]
pub struct Journal {
    pub(super) file: Utf8PathBuf,
    /// Of a copy, what it is a copy of.
    pub(super) copied: Option<FileMark>,
    /// The files that were opened.
    pub(super) opened: Option<DatabaseFiles>,
    pub(super) jobs: mpsc::UnboundedSender<JournalJob>,
}

impl Journal {
    /// The file it stands in.
    #[must_use]
    pub fn file(&self) -> &Utf8Path {
        &self.file
    }

    /// Whether another file stands in the place of one that was opened, or its log was taken away beside it: what is written there nobody
    /// reads. A database that was moved away, with nothing in its place, may come back.
    pub(super) fn is_replaced(&self) -> bool {
        self.opened.zip(DatabaseFiles::of(&self.file)).is_some_and(|(opened, now)| opened.are_replaced_by(&now))
    }
}

/// What is answered once the group is committed, or is not.
pub(super) type JobAnswer = Box<dyn FnOnce(Result<(), JournalError>) + Send>;

/// One thing to do inside the group's transaction. Without a transaction it only answers why there is none.
pub(super) struct JournalJob {
    pub(super) only_reads: bool,
    pub(super) work: Box<dyn FnOnce(CommitGroup<'_>) -> JobAnswer + Send>,
}

/// What a job is given: the transaction of its group, or why there is none.
pub(super) type CommitGroup<'a> = Result<(&'a Transaction<'a>, &'a Utf8Path), JournalError>;

impl fmt::Debug for JournalJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JournalJob")
    }
}

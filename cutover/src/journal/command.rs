//! Operators' commands: left in the journal by any process until the run's driver takes them in.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::{prepared, run_row};
use camino::Utf8Path;
use caravan_cutover_engine::{Event, Moment};
use rusqlite::{Transaction, params};
use serde::{Serialize, Serializer};
use std::fmt;

const COMMAND: &str = "INSERT INTO command (run, kind, who, at) VALUES (?1, ?2, ?3, ?4)";
const COMMANDS: &str = "SELECT id, kind, who, at FROM command WHERE run = ?1 ORDER BY id";
const FULFILLED: &str = "DELETE FROM command WHERE id = ?1";
const REFUSED: &str =
    "DELETE FROM command WHERE id = ?1 AND (SELECT epoch FROM lease WHERE lease.run = command.run) = ?2";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COMMAND, COMMANDS, FULFILLED, REFUSED];

/// What a person can want of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the words are those of the command line")]
pub enum Command {
    Approve,
    Pause,
    Resume,
    Rollback,
    Adopt,
    Retry,
    Release,
}

/// A command that waits for the driver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QueuedCommand {
    /// Its number.
    pub id: i64,
    /// What.
    pub command: Command,
    /// Who.
    pub who: String,
    /// When.
    pub at: Moment,
}

impl Command {
    /// Every command.
    pub const ALL: [Self; 7] =
        [Self::Approve, Self::Pause, Self::Resume, Self::Rollback, Self::Adopt, Self::Retry, Self::Release];

    /// The word of the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Rollback => "rollback",
            Self::Adopt => "adopt",
            Self::Retry => "retry",
            Self::Release => "release",
        }
    }

    /// The event that it is for the engine.
    #[must_use]
    pub fn event(self, who: &str, at: Moment) -> Event {
        let who = who.to_owned();
        match self {
            Self::Approve => Event::Approved { who, at },
            Self::Pause => Event::Paused { who, at },
            Self::Resume => Event::Resumed { who, at },
            Self::Rollback => Event::Aborted { who, at },
            Self::Adopt => Event::Adopted { who, at },
            Self::Retry => Event::Retried { who, at },
            Self::Release => Event::Released { who, at },
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `rollback by olivia`.
impl fmt::Display for QueuedCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.command, self.who)
    }
}

/// The text for people.
impl Serialize for QueuedCommand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Journal {
    /// Leaves a command for the run's driver.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn submit(&self, run: &str, command: Command, who: &str, at: Moment) -> Result<(), JournalError> {
        let (run, who) = (run.to_owned(), who.to_owned());
        self.with(move |transaction, file| {
            let (id, _) = run_row(transaction, file, &run)?;
            prepared(transaction, COMMAND, file)?
                .execute(params![id, command.as_str(), who, at.0])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// The commands that wait for the run's driver, the oldest first.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn commands(&self, run: &str) -> Result<Vec<QueuedCommand>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let mut statement = prepared(transaction, COMMANDS, file)?;
            let mut rows = statement.query([id]).map_err(fail)?;
            let mut queued = Vec::new();
            while let Some(row) = rows.next().map_err(fail)? {
                let kind: String = row.get(1).map_err(fail)?;
                if let Some(command) = Command::ALL.into_iter().find(|command| command.as_str() == kind) {
                    let (id, who, at) =
                        (row.get(0).map_err(fail)?, row.get(2).map_err(fail)?, Moment(row.get(3).map_err(fail)?));
                    queued.push(QueuedCommand { id, command, who, at });
                }
            }
            Ok(queued)
        })
        .await
    }

    /// Takes a command away that the run refused, unless the run has been taken over: the command is then its new driver's.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn refuse(&self, command: i64, epoch: u64) -> Result<(), JournalError> {
        self.with(move |transaction, file| {
            prepared(transaction, REFUSED, file)?
                .execute(params![command, epoch])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }
}

/// Takes a command away, in the commit that takes it in.
pub(super) fn fulfil(transaction: &Transaction<'_>, file: &Utf8Path, command: i64) -> Result<(), JournalError> {
    prepared(transaction, FULFILLED, file)?.execute([command]).map_err(|source| JournalError::of(file, source))?;
    Ok(())
}

//! Operators' commands: left in the journal by any process until the run's driver takes them in.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::{prepared, run_row};
use camino::Utf8Path;
use caravan_cutover_engine::{Event, Moment, Shown};
use rusqlite::{Row, Transaction, params};
use serde::{Serialize, Serializer};
use std::fmt;

const COMMAND: &str = "INSERT INTO command (run, kind, who, at, reason, shown) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const COMMANDS: &str =
    "SELECT id, kind, who, at, reason, shown FROM command WHERE run = ?1 AND refused IS NULL ORDER BY id";
const FULFILLED: &str = "DELETE FROM command WHERE id = ?1";
const REFUSED: &str = "UPDATE command SET refused = ?3
    WHERE id = ?1 AND (SELECT epoch FROM lease WHERE lease.run = command.run) = ?2";
const REFUSALS: &str = "SELECT id, kind, who, at, reason, shown, refused FROM command
    WHERE run = ?1 AND refused IS NOT NULL ORDER BY id DESC LIMIT 3";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COMMAND, COMMANDS, FULFILLED, REFUSED, REFUSALS];

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
    Finalise,
}

/// A command with everything that its giver said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The command.
    pub command: Command,
    /// Who gives it.
    pub who: String,
    /// When it is given.
    pub at: Moment,
    /// Why; none where nobody asks for a reason.
    pub reason: Option<String>,
    /// What the giver was shown: without it, no driver takes a command in that is bound to it ([`Command::is_bound`]).
    pub shown: Option<Shown>,
}

/// A command that waits for the driver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QueuedCommand {
    /// Its number.
    pub id: i64,
    /// The command, and who wants it.
    pub request: Request,
}

/// A command that a run's driver refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RefusedCommand {
    /// The command, and who wanted it.
    pub request: Request,
    /// Why, for a person.
    pub why: String,
}

impl Command {
    /// Every command.
    pub const ALL: [Self; 8] = [
        Self::Approve,
        Self::Pause,
        Self::Resume,
        Self::Rollback,
        Self::Adopt,
        Self::Retry,
        Self::Release,
        Self::Finalise,
    ];

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
            Self::Finalise => "finalise",
        }
    }

    /// Whether it takes what stands for right, and so means what its giver was shown and nothing that came later: an approval,
    /// a target that is left to others, a run that ends where it stands. What a run does after the others it decides by what it
    /// finds then.
    #[must_use]
    pub const fn is_bound(self) -> bool {
        matches!(self, Self::Approve | Self::Finalise | Self::Adopt | Self::Release)
    }

    /// The command of somebody who gives no reason and was shown nothing.
    #[must_use]
    pub fn by(self, who: &str, at: Moment) -> Request {
        Request { command: self, who: who.to_owned(), at, reason: None, shown: None }
    }
}

impl Request {
    /// The event that it is for the engine.
    #[must_use]
    pub fn event(&self) -> Event {
        let (who, at) = (self.who.clone(), self.at);
        match self.command {
            Command::Approve => Event::Approved { who, at, shown: self.shown },
            Command::Pause => Event::Paused { who, at },
            Command::Resume => Event::Resumed { who, at },
            Command::Rollback => Event::Aborted { who, at, despite_probes: self.reason.clone() },
            Command::Adopt => Event::Adopted { who, at, shown: self.shown },
            Command::Retry => Event::Retried { who, at },
            Command::Release => Event::Released { who, at, reason: self.reason.clone() },
            Command::Finalise => Event::FinaliseApproved { who, at, shown: self.shown },
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
        write!(f, "{} by {}", self.request.command, self.request.who)
    }
}

/// `approve by olivia: the run has gone on since entry 12`.
impl fmt::Display for RefusedCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}: {}", self.request.command, self.request.who, self.why)
    }
}

/// The text for people.
impl Serialize for RefusedCommand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
    pub async fn submit(&self, run: &str, request: &Request) -> Result<(), JournalError> {
        let (run, request) = (run.to_owned(), request.clone());
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let Request { command, who, at, reason, shown } = request;
            let shown = shown.map(|shown| serde_json::to_string(&shown)).transpose();
            let shown = shown.map_err(|error| fail(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
            prepared(transaction, COMMAND, file)?
                .execute(params![id, command.as_str(), who, at.0, reason, shown])
                .map_err(fail)?;
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
            let rows = statement.query_map([id], |row| Ok((row.get(0)?, request(row)?))).map_err(fail)?;
            let all: Vec<(i64, Option<Request>)> = rows.collect::<Result<_, _>>().map_err(fail)?;
            Ok(all.into_iter().filter_map(|(id, request)| Some(QueuedCommand { id, request: request? })).collect())
        })
        .await
    }

    /// Marks a command as refused, with the reason, unless the run has been taken over: the command is then its new
    /// driver's.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn refuse(&self, command: i64, epoch: u64, why: &str) -> Result<(), JournalError> {
        let why = why.to_owned();
        self.with(move |transaction, file| {
            prepared(transaction, REFUSED, file)?
                .execute(params![command, epoch, why])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// The last commands that the run's drivers refused, the newest first, three at the most.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn refusals(&self, run: &str) -> Result<Vec<RefusedCommand>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (id, _) = run_row(transaction, file, &run)?;
            let mut statement = prepared(transaction, REFUSALS, file)?;
            let rows = statement.query_map([id], |row| Ok((request(row)?, row.get(6)?))).map_err(fail)?;
            let all: Vec<(Option<Request>, String)> = rows.collect::<Result<_, _>>().map_err(fail)?;
            Ok(all.into_iter().filter_map(|(request, why)| Some(RefusedCommand { request: request?, why })).collect())
        })
        .await
    }
}

/// The command of a row; none for one that this version does not know.
fn request(row: &Row<'_>) -> rusqlite::Result<Option<Request>> {
    let kind: String = row.get(1)?;
    let Some(command) = Command::ALL.into_iter().find(|command| command.as_str() == kind) else { return Ok(None) };
    let shown: Option<String> = row.get(5)?;
    let shown = shown.and_then(|text| serde_json::from_str(&text).ok());
    Ok(Some(Request { command, who: row.get(2)?, at: Moment(row.get(3)?), reason: row.get(4)?, shown }))
}

/// Takes a command away, in the commit that takes it in.
pub(super) fn fulfil(transaction: &Transaction<'_>, file: &Utf8Path, command: i64) -> Result<(), JournalError> {
    prepared(transaction, FULFILLED, file)?.execute([command]).map_err(|source| JournalError::of(file, source))?;
    Ok(())
}

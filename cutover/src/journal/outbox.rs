//! The outbox: up to where each receiver's notices were made, and what was put on its way.

use super::error::JournalError;
use super::handle::Journal;
use super::run::RunRecord;
use super::statement::prepared;
use crate::notice::Notice;
use caravan_cutover_engine::Moment;
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::collections::BTreeMap;

const ADD: &str = "INSERT INTO receiver (name, position) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
const SEEN: &str = "SELECT position FROM receiver WHERE name = ?1";
const LAST: &str = "SELECT ifnull(max(position), 0) FROM event";
const LAST_OF_RUN: &str = "SELECT ifnull(max(event.sequence), 0) FROM event JOIN run ON run.id = event.run
    WHERE run.name = ?1";
const UNSEEN: &str = "SELECT run.name, run.hash, run.code_version, run.created_at, min(event.sequence)
    FROM event JOIN run ON run.id = event.run WHERE event.position > ?1 GROUP BY run.id ORDER BY run.id";
const KEEP: &str = "INSERT INTO notice (receiver, id, body, due, tries) VALUES (?1, ?2, ?3, ?4, 0)
    ON CONFLICT (receiver, id) DO NOTHING";
const MOVE: &str = "UPDATE receiver SET position = max(position, ?2) WHERE name = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ADD, SEEN, LAST, LAST_OF_RUN, UNSEEN, KEEP, MOVE];

/// A notice for one receiver.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// The receiver's name.
    pub receiver: String,
    /// The notice.
    pub notice: Notice,
    /// When it is to be sent first.
    pub due: Moment,
}

/// What has come into the journal that some receiver's notices were not made of yet.
#[derive(Clone, Debug)]
pub struct Unseen {
    /// The runs that it belongs to, the oldest first.
    pub runs: Vec<RunRecord>,
    /// The receivers that the journal does not know.
    pub unknown: Vec<String>,
    /// The last position of the journal that it reaches to.
    pub position: i64,
    /// For each receiver and run the sequence of the first such entry.
    firsts: BTreeMap<(String, String), u64>,
}

impl Unseen {
    /// Whether the notice of an entry of a run was not made yet for a receiver.
    #[must_use]
    pub fn holds(&self, receiver: &str, run: &str, sequence: u64) -> bool {
        self.firsts.get(&(receiver.to_owned(), run.to_owned())).is_some_and(|first| *first <= sequence)
    }
}

impl Journal {
    /// Makes receivers known whose notices are made of what comes after a position, with those that they get besides, all in
    /// one commit. One that is known already stays as it is.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn add_receivers(&self, names: &[String], position: i64, rows: &[NoticeRow]) -> Result<(), JournalError> {
        let (names, rows) = (names.to_vec(), rows.to_vec());
        self.with(move |transaction, file| {
            for name in names {
                prepared(transaction, ADD, file)?
                    .execute(params![name, position])
                    .map_err(|source| JournalError::of(file, source))?;
            }
            keep(transaction, file, &rows)
        })
        .await
    }

    /// What has come that the notices of these receivers were not made of yet.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn unseen(&self, receivers: &[String]) -> Result<Unseen, JournalError> {
        let receivers = receivers.to_vec();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let position: i64 = prepared(transaction, LAST, file)?.query_row([], |row| row.get(0)).map_err(fail)?;
            let (mut unknown, mut firsts, mut runs) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
            for receiver in receivers {
                let seen: Option<i64> = prepared(transaction, SEEN, file)?
                    .query_row([&receiver], |row| row.get(0))
                    .optional()
                    .map_err(fail)?;
                let Some(seen) = seen else {
                    unknown.push(receiver);
                    continue;
                };
                if seen == position {
                    continue;
                }
                let mut statement = prepared(transaction, UNSEEN, file)?;
                let mut rows = statement.query([seen]).map_err(fail)?;
                while let Some(row) = rows.next().map_err(fail)? {
                    let record = RunRecord {
                        name: row.get(0).map_err(fail)?,
                        hash: row.get(1).map_err(fail)?,
                        code_version: row.get(2).map_err(fail)?,
                        created_at: Moment(row.get(3).map_err(fail)?),
                    };
                    firsts.insert((receiver.clone(), record.name.clone()), row.get(4).map_err(fail)?);
                    runs.insert((record.created_at, record.name.clone()), record);
                }
            }
            Ok(Unseen { runs: runs.into_values().collect(), unknown, position, firsts })
        })
        .await
    }

    /// The sequence of a run's last entry, whether the run can be read or not; 0 when it has none.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn last_sequence(&self, run: &str) -> Result<u64, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            prepared(transaction, LAST_OF_RUN, file)?
                .query_row([run], |row| row.get(0))
                .map_err(|source| JournalError::of(file, source))
        })
        .await
    }

    /// Puts notices into the outbox and, with a position, notes everything up to it as seen for these receivers, all in one
    /// commit. One that is there stays as it is.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn keep_notices(
        &self,
        rows: &[NoticeRow],
        receivers: &[String],
        position: Option<i64>,
    ) -> Result<(), JournalError> {
        if rows.is_empty() && position.is_none() {
            return Ok(());
        }
        let (rows, receivers) = (rows.to_vec(), receivers.to_vec());
        self.with(move |transaction, file| {
            keep(transaction, file, &rows)?;
            for (receiver, position) in receivers.iter().zip(position.into_iter().cycle()) {
                prepared(transaction, MOVE, file)?
                    .execute(params![receiver, position])
                    .map_err(|source| JournalError::of(file, source))?;
            }
            Ok(())
        })
        .await
    }
}

fn keep(transaction: &Transaction<'_>, file: &camino::Utf8Path, rows: &[NoticeRow]) -> Result<(), JournalError> {
    let fail = |source| JournalError::of(file, source);
    for row in rows {
        let body = serde_json::to_string(&row.notice)
            .map_err(|source| fail(rusqlite::Error::ToSqlConversionFailure(Box::new(source))))?;
        prepared(transaction, KEEP, file)?
            .execute(params![row.receiver, row.notice.id, body, row.due.0])
            .map_err(fail)?;
    }
    Ok(())
}

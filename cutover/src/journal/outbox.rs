//! The outbox: notices on their way to people.

use super::error::JournalError;
use super::handle::Journal;
use super::run::RunRecord;
use super::statement::prepared;
use crate::notice::Notice;
use caravan_cutover_engine::Moment;
use rusqlite::{OptionalExtension as _, params};

const ADD: &str = "INSERT INTO receiver (name, position)
    SELECT ?1, ifnull(max(position), 0) FROM event WHERE true ON CONFLICT (name) DO NOTHING";
const SEEN: &str = "SELECT position FROM receiver WHERE name = ?1";
const LAST: &str = "SELECT ifnull(max(position), 0) FROM event";
const UNSEEN: &str = "SELECT run.name, run.hash, run.code_version, run.created_at, min(event.sequence)
    FROM event JOIN run ON run.id = event.run WHERE event.position > ?1 GROUP BY run.id ORDER BY run.id";
const KEEP: &str = "INSERT INTO notice (receiver, id, body, due, tries) VALUES (?1, ?2, ?3, ?4, 0)
    ON CONFLICT (receiver, id) DO NOTHING";
const MOVE: &str = "UPDATE receiver SET position = max(position, ?2) WHERE name = ?1";
const DUE: &str = "SELECT number, body, tries, due, refused FROM notice WHERE receiver = ?1 AND delivered IS NULL
    ORDER BY number LIMIT 1";
const IN_HAND: &str = "UPDATE notice SET due = ?2 WHERE number = ?1";
const DELIVERED: &str = "UPDATE notice SET delivered = ?2, refused = NULL WHERE number = ?1";
const REFUSED: &str = "UPDATE notice SET due = ?2, refused = ?3, tries = tries + 1 WHERE number = ?1";
const OLDEST: &str = "SELECT min(delivered) FROM notice";
const FORGET: &str = "DELETE FROM notice WHERE delivered < ?1";
const WAITING: &str = "SELECT receiver, count(*), max(refused) FROM notice WHERE delivered IS NULL
    GROUP BY receiver ORDER BY receiver";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[ADD, SEEN, LAST, UNSEEN, KEEP, MOVE, DUE, IN_HAND, DELIVERED, REFUSED, OLDEST, FORGET, WAITING];

/// The longest that a notice may be due in the future: longer than any wait between two tries.
const LONGEST_DUE_MS: u64 = 600_000;

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

/// A notice that is to be sent now.
#[derive(Clone, Debug)]
pub struct DueNotice {
    /// Its number in the outbox.
    pub number: i64,
    /// The notice.
    pub notice: Notice,
    /// How often it was tried before.
    pub tries: u32,
    /// Why it was not taken the last time.
    pub refused: Option<String>,
}

/// What has come into the journal that some receiver's notices were not made of yet.
#[derive(Clone, Debug)]
pub struct Unseen {
    /// The runs that it belongs to.
    pub runs: Vec<RunRecord>,
    /// The first such entry of each.
    firsts: Vec<u64>,
    /// The last position of the journal that it reaches to.
    pub position: i64,
}

/// The notices that wait for one receiver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WaitingNotices {
    /// The receiver's name.
    pub receiver: String,
    /// How many wait.
    pub count: u64,
    /// Why the last one that was tried was not taken; none when none was tried.
    pub refused: Option<String>,
}

impl Unseen {
    /// The sequence of the first entry of a run that is to be seen.
    #[must_use]
    pub fn first(&self, run: &str) -> u64 {
        let at = self.runs.iter().position(|record| record.name == run);
        at.and_then(|at| self.firsts.get(at)).copied().unwrap_or(u64::MAX)
    }
}

impl Journal {
    /// Makes a receiver known; one that is new is told of what comes from now on.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn add_receiver(&self, name: &str) -> Result<(), JournalError> {
        let name = name.to_owned();
        self.with(move |transaction, file| {
            prepared(transaction, ADD, file)?.execute([name]).map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// What has come that the notices of one of these receivers were not made of yet.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn unseen(&self, receivers: &[String]) -> Result<Unseen, JournalError> {
        let receivers = receivers.to_vec();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let position: i64 = prepared(transaction, LAST, file)?.query_row([], |row| row.get(0)).map_err(fail)?;
            let mut seen = position;
            for name in receivers {
                let of: Option<i64> =
                    prepared(transaction, SEEN, file)?.query_row([name], |row| row.get(0)).optional().map_err(fail)?;
                seen = seen.min(of.unwrap_or(position));
            }
            let mut unseen = Unseen { runs: Vec::new(), firsts: Vec::new(), position };
            if seen == position {
                return Ok(unseen);
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
                unseen.runs.push(record);
                unseen.firsts.push(row.get(4).map_err(fail)?);
            }
            Ok(unseen)
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
            let fail = |source| JournalError::of(file, source);
            for row in rows {
                let body = serde_json::to_string(&row.notice)
                    .map_err(|source| fail(rusqlite::Error::ToSqlConversionFailure(Box::new(source))))?;
                prepared(transaction, KEEP, file)?
                    .execute(params![row.receiver, row.notice.id, body, row.due.0])
                    .map_err(fail)?;
            }
            for (receiver, position) in receivers.iter().zip(position.into_iter().cycle()) {
                prepared(transaction, MOVE, file)?.execute(params![receiver, position]).map_err(fail)?;
            }
            Ok(())
        })
        .await
    }

    /// The first notice for a receiver if it is to be sent by now; nobody else is given it for so many milliseconds.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn due_notice(
        &self,
        receiver: &str,
        now: Moment,
        in_hand_ms: u64,
    ) -> Result<Option<DueNotice>, JournalError> {
        let first = receiver.to_owned();
        let found = self.read(move |transaction, file| {
            prepared(transaction, DUE, file)?
                .query_row([first], |row| {
                    let (number, body, due): (i64, String, u64) = (row.get(0)?, row.get(1)?, row.get(3)?);
                    Ok((number, body, row.get(2)?, due, row.get(4)?))
                })
                .optional()
                .map_err(|source| JournalError::of(file, source))
        });
        let Some((number, body, tries, due, refused)) = found.await? else { return Ok(None) };
        // What is due later than any wait is of a clock that was ahead.
        if due > now.0 && due <= now.plus_ms(LONGEST_DUE_MS).0 {
            return Ok(None);
        }
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            prepared(transaction, IN_HAND, file)?.execute(params![number, now.plus_ms(in_hand_ms).0]).map_err(fail)?;
            let notice = serde_json::from_str(&body)
                .map_err(|source| fail(rusqlite::Error::ToSqlConversionFailure(Box::new(source))))?;
            Ok(Some(DueNotice { number, notice, tries, refused }))
        })
        .await
    }

    /// Notes that a notice was delivered.
    ///
    /// # Errors
    /// Those of the journal; it is sent again then.
    pub async fn delivered(&self, number: i64, at: Moment) -> Result<(), JournalError> {
        self.with(move |transaction, file| {
            prepared(transaction, DELIVERED, file)?
                .execute(params![number, at.0])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// Notes that a notice was not taken, and when it is sent again.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn not_delivered(&self, number: i64, due: Moment, why: &str) -> Result<(), JournalError> {
        let why = why.to_owned();
        self.with(move |transaction, file| {
            prepared(transaction, REFUSED, file)?
                .execute(params![number, due.0, why])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// Forgets the notices that were delivered before a moment.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn forget_delivered(&self, before: Moment) -> Result<(), JournalError> {
        let any = self.read(|transaction, file| {
            prepared(transaction, OLDEST, file)?
                .query_row([], |row| row.get::<_, Option<u64>>(0))
                .map_err(|source| JournalError::of(file, source))
        });
        if any.await?.is_none_or(|oldest| oldest >= before.0) {
            return Ok(());
        }
        self.with(move |transaction, file| {
            prepared(transaction, FORGET, file)?
                .execute([before.0])
                .map_err(|source| JournalError::of(file, source))?;
            Ok(())
        })
        .await
    }

    /// The notices that were not delivered yet, for each receiver.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn waiting_notices(&self) -> Result<Vec<WaitingNotices>, JournalError> {
        self.read(|transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let mut statement = prepared(transaction, WAITING, file)?;
            let rows = statement
                .query_map([], |row| {
                    Ok(WaitingNotices { receiver: row.get(0)?, count: row.get(1)?, refused: row.get(2)? })
                })
                .map_err(fail)?;
            rows.collect::<Result<_, _>>().map_err(fail)
        })
        .await
    }
}

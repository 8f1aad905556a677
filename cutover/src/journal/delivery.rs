//! Notices on their way out of the journal: which one is next, in whose hands it is, and what came of it.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::prepared;
use crate::notice::Notice;
use caravan_cutover_engine::Moment;
use rusqlite::{CachedStatement, params};
use std::collections::BTreeSet;

const WAITING: &str = "SELECT number, body, tries, due, refused FROM notice WHERE receiver = ?1 AND delivered IS NULL
    ORDER BY number";
const IN_HAND: &str = "UPDATE notice SET due = ?3 WHERE number = ?1 AND due = ?2 AND tries = ?4 AND delivered IS NULL";
const UNREADABLE: &str = "UPDATE notice SET refused = ?2 WHERE number = ?1 AND refused IS NOT ?2 AND delivered IS NULL";
const DELIVERED: &str = "UPDATE notice SET delivered = ?2, refused = NULL WHERE number = ?1 AND delivered IS NULL";
const REFUSED: &str =
    "UPDATE notice SET due = ?2, refused = ?3, tries = tries + 1 WHERE number = ?1 AND delivered IS NULL";
const OLDEST: &str = "SELECT min(delivered) FROM notice";
const FORGET: &str = "DELETE FROM notice WHERE delivered < ?1";
const ALL_WAITING: &str =
    "SELECT receiver, body, refused FROM notice WHERE delivered IS NULL ORDER BY receiver, number";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[WAITING, IN_HAND, UNREADABLE, DELIVERED, REFUSED, OLDEST, FORGET, ALL_WAITING];

/// The longest that a notice may be due in the future: longer than any wait between two tries.
const LONGEST_DUE_MS: u64 = 600_000;

/// What comes next for a receiver.
#[derive(Clone, Debug)]
pub enum NextNotice {
    /// A notice that is to be sent now.
    Due(Box<DueNotice>),
    /// Why one that is in the outbox can't be read; it stays there, is not told of again, and keeps no other waiting.
    Unreadable(String),
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

/// The notices that wait for one receiver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WaitingNotices {
    /// The receiver's name.
    pub receiver: String,
    /// How many wait.
    pub count: u64,
    /// How many of them can't be read, and are not sent therefore.
    pub unreadable: u64,
    /// Why the first that was tried or looked at was not taken; none when none was.
    pub refused: Option<String>,
}

/// A row of the outbox without its body.
struct Row {
    number: i64,
    tries: u32,
    due: u64,
    refused: Option<String>,
}

impl Row {
    /// What is due later than any wait is of a clock that was ahead.
    fn is_due(&self, now: Moment) -> bool {
        self.due <= now.0 || self.due > now.plus_ms(LONGEST_DUE_MS).0
    }
}

impl Journal {
    /// The first notice for a receiver if it is to be sent by now; nobody else is given it for so many milliseconds. Those that are
    /// `rejected` keep no other one waiting until they are due again.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn next_notice(
        &self,
        receiver: &str,
        now: Moment,
        in_hand_ms: u64,
        rejected: &BTreeSet<i64>,
    ) -> Result<Option<NextNotice>, JournalError> {
        match self.first_of(receiver, now, rejected).await? {
            Some((row, Ok(notice))) => {
                let is_due = row.is_due(now);
                let Row { number, tries, due, refused } = row;
                let until = now.plus_ms(in_hand_ms).0;
                // Somebody else may have taken it since it was read.
                let take =
                    move |statement: &mut CachedStatement<'_>| statement.execute(params![number, due, until, tries]);
                let is_ours = is_due && self.changes(IN_HAND, take).await?;
                let due = DueNotice { number, notice, tries, refused };
                Ok(is_ours.then(|| NextNotice::Due(Box::new(due))))
            }
            Some((Row { number, .. }, Err(why))) => {
                let text = why.clone();
                self.changes(UNREADABLE, move |statement| statement.execute(params![number, text])).await?;
                Ok(Some(NextNotice::Unreadable(why)))
            }
            None => Ok(None),
        }
    }

    /// The first notice for a receiver, or why it can't be read, unless that was noted before, or it was rejected and is not due:
    /// then the next one.
    async fn first_of(
        &self,
        receiver: &str,
        now: Moment,
        rejected: &BTreeSet<i64>,
    ) -> Result<Option<(Row, Result<Notice, String>)>, JournalError> {
        let (receiver, rejected) = (receiver.to_owned(), rejected.clone());
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let mut statement = prepared(transaction, WAITING, file)?;
            let mut rows = statement.query([receiver]).map_err(fail)?;
            while let Some(row) = rows.next().map_err(fail)? {
                let body: String = row.get(1).map_err(fail)?;
                let row = Row {
                    number: row.get(0).map_err(fail)?,
                    tries: row.get(2).map_err(fail)?,
                    due: row.get(3).map_err(fail)?,
                    refused: row.get(4).map_err(fail)?,
                };
                if rejected.contains(&row.number) && !row.is_due(now) {
                    continue;
                }
                let notice = read(row.number, &body);
                if notice.as_ref().err().is_none_or(|why| row.refused.as_ref() != Some(why)) {
                    return Ok(Some((row, notice)));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Whether a statement has changed a row.
    async fn changes(
        &self,
        sql: &'static str,
        change: impl FnOnce(&mut CachedStatement<'_>) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<bool, JournalError> {
        self.with(move |transaction, file| {
            let changed = change(&mut prepared(transaction, sql, file)?);
            Ok(changed.map_err(|source| JournalError::of(file, source))? > 0)
        })
        .await
    }

    /// Notes that a notice was delivered.
    ///
    /// # Errors
    /// Those of the journal; it is sent again then.
    pub async fn delivered(&self, number: i64, at: Moment) -> Result<(), JournalError> {
        self.changes(DELIVERED, move |statement| statement.execute(params![number, at.0])).await.map(drop)
    }

    /// Notes that a notice was not taken, and when it is sent again.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn not_delivered(&self, number: i64, due: Moment, why: &str) -> Result<(), JournalError> {
        let why = why.to_owned();
        self.changes(REFUSED, move |statement| statement.execute(params![number, due.0, why])).await.map(drop)
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
        self.changes(FORGET, move |statement| statement.execute([before.0])).await.map(drop)
    }

    /// The notices that were not delivered yet, for each receiver.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn waiting_notices(&self) -> Result<Vec<WaitingNotices>, JournalError> {
        self.read(|transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let (mut all, mut statement) = (Vec::<WaitingNotices>::new(), prepared(transaction, ALL_WAITING, file)?);
            let mut rows = statement.query([]).map_err(fail)?;
            while let Some(row) = rows.next().map_err(fail)? {
                let receiver: String = row.get(0).map_err(fail)?;
                let (body, refused): (String, Option<String>) = (row.get(1).map_err(fail)?, row.get(2).map_err(fail)?);
                if all.last().is_none_or(|last| last.receiver != receiver) {
                    all.push(WaitingNotices { receiver, count: 0, unreadable: 0, refused: None });
                }
                if let Some(of) = all.last_mut() {
                    of.count += 1;
                    of.unreadable += u64::from(serde_json::from_str::<Notice>(&body).is_err());
                    of.refused = of.refused.take().or(refused);
                }
            }
            Ok(all)
        })
        .await
    }
}

fn read(number: i64, body: &str) -> Result<Notice, String> {
    serde_json::from_str(body).map_err(|error| {
        format!("notice {number} in the journal can't be read by this version, and is not sent ({error})")
    })
}

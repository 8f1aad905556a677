//! The journal of moves: hostnames on their way, their entries, leases and commands.

use super::error::JournalError;
use super::handle::Journal;
use super::lease::epoch_of;
use super::statement::prepared;
use camino::Utf8Path;
use caravan_cutover_domains::{Event, MovePlan};
use caravan_cutover_engine::{ChainHash, LeaseClaim, LeaseMark, LeaseState, Moment};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

const CREATE: &str =
    "INSERT INTO move (run, name, plan, code_version, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const ROW: &str = "SELECT id, run, name, plan, created_at, created_by, ended FROM move WHERE run = ?1";
const ROWS: &str = "SELECT id, run, name, plan, created_at, created_by, ended FROM move ORDER BY id";
const END: &str = "UPDATE move SET ended = 1 WHERE id = ?1";
const LAST: &str = "SELECT sequence, chain FROM move_event WHERE move = ?1 ORDER BY sequence DESC LIMIT 1";
const APPEND: &str = "INSERT INTO move_event (move, sequence, epoch, payload, chain) VALUES (?1, ?2, ?3, ?4, ?5)";
const ENTRIES: &str = "SELECT sequence, payload, chain FROM move_event WHERE move = ?1 ORDER BY sequence";
const EPOCH: &str = "SELECT epoch FROM move_lease WHERE move = ?1";
const LEASE: &str = "SELECT driver, epoch, until, renewed FROM move_lease WHERE move = ?1";
const TAKE: &str = "INSERT INTO move_lease (move, driver, epoch, until, renewed) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (move) DO UPDATE SET driver = excluded.driver, epoch = excluded.epoch, until = excluded.until,
        renewed = excluded.renewed";
const GIVE_UP: &str = "UPDATE move_lease SET until = 0 WHERE move = ?1 AND driver = ?2";
const COMMAND: &str = "INSERT INTO move_command (move, event) VALUES (?1, ?2)";
const COMMANDS: &str = "SELECT id, event FROM move_command WHERE move = ?1 AND refused IS NULL ORDER BY id";
const FULFILLED: &str = "DELETE FROM move_command WHERE id = ?1";
const REFUSED: &str = "UPDATE move_command SET refused = ?2 WHERE id = ?1";
const REFUSAL: &str =
    "SELECT refused FROM move_command WHERE move = ?1 AND refused IS NOT NULL ORDER BY id DESC LIMIT 1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    CREATE, ROW, ROWS, END, LAST, APPEND, ENTRIES, EPOCH, LEASE, TAKE, GIVE_UP, COMMAND, COMMANDS, FULFILLED, REFUSED,
    REFUSAL,
];

/// A move as it was created.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MoveRecord {
    /// Its plan; its run's name and the hostname are in it.
    pub plan: MovePlan,
    /// When.
    pub created_at: Moment,
    /// By whom.
    pub created_by: String,
    /// Whether it is over.
    pub ended: bool,
}

/// A person's word that waits for a move's driver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MoveCommand {
    /// Its number.
    pub id: i64,
    /// What it is to the move.
    pub event: Event,
}

/// A move's row, with the text of its plan, which the chain begins with.
struct MoveRow {
    id: i64,
    text: String,
    record: MoveRecord,
}

impl Journal {
    /// Creates a move; nothing happens until somebody drives it.
    ///
    /// # Errors
    /// [`JournalError::MoveUnderWay`] when another one of this hostname is under way; those of the journal.
    pub async fn create_move(&self, plan: &MovePlan, by: &str, version: &str, at: Moment) -> Result<(), JournalError> {
        let (plan, by, version) = (plan.clone(), by.to_owned(), version.to_owned());
        self.with(move |transaction, file| {
            let text = json(file, &plan)?;
            let created =
                prepared(transaction, CREATE, file)?.execute(params![plan.run, plan.name, text, version, at.0, by]);
            match created {
                Ok(_) => Ok(()),
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                    Err(JournalError::MoveUnderWay { name: plan.name })
                }
                Err(error) => Err(JournalError::of(file, error)),
            }
        })
        .await
    }

    /// Every move, the oldest first.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn moves(&self) -> Result<Vec<MoveRecord>, JournalError> {
        self.read(|transaction, file| {
            let mut statement = prepared(transaction, ROWS, file)?;
            let mut rows = statement.query([]).map_err(|source| JournalError::of(file, source))?;
            let mut records = Vec::new();
            while let Some(row) = rows.next().map_err(|source| JournalError::of(file, source))? {
                records.push(read_row(file, row)?.record);
            }
            Ok(records)
        })
        .await
    }

    /// Appends one entry under this epoch, and takes away the command that it takes in. When this returns, both are durable.
    ///
    /// # Errors
    /// [`JournalError::LeaseLost`] when the lease has another epoch, or the entry is not the next one.
    pub async fn append_move(
        &self,
        run: &str,
        (sequence, epoch): (u64, u64),
        event: &Event,
        fulfils: Option<i64>,
        ends: bool,
    ) -> Result<(), JournalError> {
        let (run, event) = (run.to_owned(), event.clone());
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let row = row(transaction, file, &run)?;
            let held: Option<u64> =
                prepared(transaction, EPOCH, file)?.query_row([row.id], |row| row.get(0)).optional().map_err(fail)?;
            let last: Option<(u64, [u8; 32])> = prepared(transaction, LAST, file)?
                .query_row([row.id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
                .map_err(fail)?;
            let (before, chain) = last.map_or_else(
                || (0, ChainHash::genesis(&run, &row.text)),
                |(sequence, chain)| (sequence, ChainHash(chain)),
            );
            if held != Some(epoch) || sequence != before + 1 {
                return Err(JournalError::LeaseLost { run });
            }
            let payload = json(file, &event)?;
            let chain = chain.after(payload.as_bytes());
            prepared(transaction, APPEND, file)?
                .execute(params![row.id, sequence, epoch, payload, chain.0])
                .map_err(fail)?;
            if let Some(command) = fulfils {
                prepared(transaction, FULFILLED, file)?.execute([command]).map_err(fail)?;
            }
            if ends {
                prepared(transaction, END, file)?.execute([row.id]).map_err(fail)?;
            }
            Ok(())
        })
        .await
    }

    /// A move and its events, in order, the chain verified.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    pub async fn read_move(&self, run: &str) -> Result<(MoveRecord, Vec<Event>), JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let row = row(transaction, file, &run)?;
            let (mut chain, mut events) = (ChainHash::genesis(&run, &row.text), Vec::new());
            let mut statement = prepared(transaction, ENTRIES, file)?;
            let mut rows = statement.query([row.id]).map_err(fail)?;
            while let Some(entry) = rows.next().map_err(fail)? {
                let sequence: u64 = entry.get(0).map_err(fail)?;
                let payload: String = entry.get(1).map_err(fail)?;
                chain = chain.after(payload.as_bytes());
                if sequence != events.len() as u64 + 1 || entry.get::<_, [u8; 32]>(2).map_err(fail)? != chain.0 {
                    return Err(JournalError::BrokenChain { run, sequence });
                }
                events.push(parsed(file, &payload)?);
            }
            Ok((row.record, events))
        })
        .await
    }

    /// Takes or renews the lease of a move, as [`JournalStore::claim`](caravan_cutover_engine::JournalStore::claim) does that of a run.
    ///
    /// # Errors
    /// When the journal can't be reached.
    pub async fn claim_move(&self, run: &str, claim: LeaseClaim<'_>) -> Result<LeaseState, JournalError> {
        let (run, driver) = (run.to_owned(), claim.driver.to_owned());
        let (now, lasts_ms, keeps, silent) = (claim.now, claim.lasts_ms, claim.keeps, claim.silent);
        self.with(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let id = row(transaction, file, &run)?.id;
            let held: Option<(String, LeaseMark)> = prepared(transaction, LEASE, file)?
                .query_row([id], |row| {
                    let renewed = Some(Moment(row.get(3)?));
                    Ok((row.get(0)?, LeaseMark { epoch: row.get(1)?, until: Moment(row.get(2)?), renewed }))
                })
                .optional()
                .map_err(fail)?;
            let claim = LeaseClaim { driver: &driver, now, lasts_ms, keeps, silent };
            let epoch = match epoch_of(held, &claim) {
                Ok(epoch) => epoch,
                Err(other) => return Ok(LeaseState::Other(other)),
            };
            prepared(transaction, TAKE, file)?
                .execute(params![id, driver, epoch, now.plus_ms(lasts_ms).0, now.0])
                .map_err(fail)?;
            Ok(LeaseState::Held { epoch })
        })
        .await
    }

    /// Gives the lease of a move up, so that the next driver need not wait for it to run out.
    ///
    /// # Errors
    /// Those of the journal; the lease then runs out by itself.
    pub async fn give_up_move(&self, run: &str, driver: &str) -> Result<(), JournalError> {
        let (run, driver) = (run.to_owned(), driver.to_owned());
        self.with(move |transaction, file| {
            let id = row(transaction, file, &run)?.id;
            let gave = prepared(transaction, GIVE_UP, file)?.execute(params![id, driver]);
            gave.map(drop).map_err(|source| JournalError::of(file, source))
        })
        .await
    }

    /// Leaves a person's word for a move's driver.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn submit_move(&self, run: &str, event: &Event) -> Result<(), JournalError> {
        let (run, event) = (run.to_owned(), event.clone());
        self.with(move |transaction, file| {
            let id = row(transaction, file, &run)?.id;
            let kept = prepared(transaction, COMMAND, file)?.execute(params![id, json(file, &event)?]);
            kept.map(drop).map_err(|source| JournalError::of(file, source))
        })
        .await
    }

    /// The words that wait for a move's driver, the oldest first.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    pub async fn move_commands(&self, run: &str) -> Result<Vec<MoveCommand>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let id = row(transaction, file, &run)?.id;
            let mut statement = prepared(transaction, COMMANDS, file)?;
            let rows = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?))).map_err(fail)?;
            let rows: Vec<(i64, String)> = rows.collect::<Result<_, _>>().map_err(fail)?;
            rows.into_iter().map(|(id, event)| Ok(MoveCommand { id, event: parsed(file, &event)? })).collect()
        })
        .await
    }

    /// Marks a word as refused, with the reason.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn refuse_move_command(&self, command: i64, why: &str) -> Result<(), JournalError> {
        let why = why.to_owned();
        self.with(move |transaction, file| {
            let marked = prepared(transaction, REFUSED, file)?.execute(params![command, why]);
            marked.map(drop).map_err(|source| JournalError::of(file, source))
        })
        .await
    }

    /// Why the last refused word was refused; none where none was.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn move_refusal(&self, run: &str) -> Result<Option<String>, JournalError> {
        let run = run.to_owned();
        self.read(move |transaction, file| {
            let id = row(transaction, file, &run)?.id;
            let refusal = prepared(transaction, REFUSAL, file)?.query_row([id], |row| row.get(0)).optional();
            refusal.map_err(|source| JournalError::of(file, source))
        })
        .await
    }
}

fn row(transaction: &Transaction<'_>, file: &Utf8Path, run: &str) -> Result<MoveRow, JournalError> {
    let fail = |source| JournalError::of(file, source);
    let mut statement = prepared(transaction, ROW, file)?;
    let mut rows = statement.query([run]).map_err(fail)?;
    match rows.next().map_err(fail)? {
        Some(row) => read_row(file, row),
        None => Err(JournalError::NoSuchRun { run: run.to_owned() }),
    }
}

fn read_row(file: &Utf8Path, row: &Row<'_>) -> Result<MoveRow, JournalError> {
    let fail = |source| JournalError::of(file, source);
    let text: String = row.get(3).map_err(fail)?;
    Ok(MoveRow {
        id: row.get(0).map_err(fail)?,
        record: MoveRecord {
            plan: parsed(file, &text)?,
            created_at: Moment(row.get(4).map_err(fail)?),
            created_by: row.get(5).map_err(fail)?,
            ended: row.get(6).map_err(fail)?,
        },
        text,
    })
}

fn json(file: &Utf8Path, value: &impl Serialize) -> Result<String, JournalError> {
    serde_json::to_string(value)
        .map_err(|error| JournalError::of(file, rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
}

fn parsed<T: DeserializeOwned>(file: &Utf8Path, text: &str) -> Result<T, JournalError> {
    serde_json::from_str(text).map_err(|error| {
        let kind = rusqlite::types::Type::Text;
        JournalError::of(file, rusqlite::Error::FromSqlConversionFailure(0, kind, Box::new(error)))
    })
}

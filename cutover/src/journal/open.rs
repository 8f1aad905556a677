//! Opening the journal: the file is read before anything is written to it.

use super::error::JournalError;
use super::handle::Journal;
use super::mark::FileMark;
use super::writer;
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::time::Duration;

/// `cvjn`: what the file says it is.
const APPLICATION_ID: i64 = 0x6376_6a6e;
/// Each format's change from the one before it; never changed once released.
const MIGRATIONS: [&str; 9] = [
    include_str!("../../schema/0001.sql"),
    include_str!("../../schema/0002.sql"),
    include_str!("../../schema/0003.sql"),
    include_str!("../../schema/0004.sql"),
    include_str!("../../schema/0005.sql"),
    include_str!("../../schema/0006.sql"),
    include_str!("../../schema/0007.sql"),
    include_str!("../../schema/0008.sql"),
    include_str!("../../schema/0009.sql"),
];
/// Marks a copy of a journal.
pub(super) const MARK_COPY: &str = "CREATE TABLE IF NOT EXISTS made_as_copy (is_for_reading INTEGER NOT NULL)";
/// Whether a journal is a copy.
const IS_COPY: &str = "SELECT count(*) FROM sqlite_schema WHERE name = 'made_as_copy'";
/// How long a write waits for another process.
const BUSY: Duration = Duration::from_secs(10);

impl Journal {
    /// Opens a journal, creating the file when there is none.
    ///
    /// # Errors
    /// [`JournalError::Newer`] (nothing was written), [`JournalError::NotAJournal`], [`JournalError::Copy`],
    /// [`JournalError::Locked`], and those of a failing disk.
    pub fn open(file: &Utf8Path) -> Result<Self, JournalError> {
        let connection = connect(file)?;
        writer::start(file, connection)
    }

    /// As [`Journal::open`], with something done to the connection: a limit, a hook.
    #[cfg(test)]
    pub(crate) fn open_with(file: &Utf8Path, prepare: impl FnOnce(&mut Connection)) -> Result<Self, JournalError> {
        let mut connection = connect(file)?;
        prepare(&mut connection);
        writer::start(file, connection)
    }

    /// Opens a journal that must be there, only to read it: no lock is taken that a writer would wait for, and no right to
    /// write is needed. Its file stays of the format that it is: one of an older format is copied into memory and migrated
    /// there ([`Journal::is_outdated`]).
    ///
    /// # Errors
    /// [`JournalError::Missing`], otherwise those of [`Journal::open`].
    pub fn open_to_read(file: &Utf8Path) -> Result<Self, JournalError> {
        if !file.metadata().is_ok_and(|about| about.len() > 0) {
            return Err(JournalError::Missing { file: file.to_owned() });
        }
        let fail = |source| JournalError::of(file, source);
        // Before it is read: what is written meanwhile makes the copy count as outdated.
        let (mark, mut is_copy) = (FileMark::of(file), false);
        let (mut connection, found) = match examine(file, OpenFlags::SQLITE_OPEN_READ_WRITE) {
            // A folder that can't be written to has no room for the index of the write-ahead log. Without a log there is
            // nothing that could change the file.
            Err(JournalError::Sqlite { .. } | JournalError::DiskFails { .. }) if !has_log(file) => {
                let path = file.as_str().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                let uri = Utf8PathBuf::from(format!("file:{path}?immutable=1"));
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
                // It takes the file as it is now: a log that begins later is not seen through it.
                is_copy = true;
                examine_as(file, &uri, flags)?
            }
            other => other?,
        };
        if found != known() {
            is_copy = true;
            connection = copied(&connection).map_err(fail)?;
            migrate(&mut connection).map_err(fail)?;
        }
        connection.pragma_update(None, "query_only", true).map_err(fail)?;
        // Whoever reads last leaves the log where it is: copying it into the file is a writer's.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(fail)?;
        let journal = writer::start(file, connection)?;
        // What it was copied from has a log of its own, which comes and goes.
        let opened = journal.opened.map(|opened| if is_copy { opened.without_log() } else { opened });
        Ok(Self { copied: is_copy.then_some(mark), opened, ..journal })
    }

    /// Whether this is the file as it was when it was opened, a copy in memory of an older format or a file in a folder that
    /// can't be written to, and the file was written to since; or another file stands in its place: open it anew.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.is_replaced() || self.copied.is_some_and(|mark| mark != FileMark::of(&self.file))
    }

    /// Whether it is a copy for reading alone, as [`Journal::back_up`] makes one: it knows nothing of what its runs wrote since.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn is_copy(&self) -> Result<bool, JournalError> {
        self.read(|transaction, file| {
            let count = transaction.query_row(IS_COPY, [], |row| row.get::<_, i64>(0));
            Ok(count.map_err(|source| JournalError::of(file, source))? > 0)
        })
        .await
    }

    /// Opens a journal that must be there.
    ///
    /// # Errors
    /// [`JournalError::Missing`], otherwise those of [`Journal::open`].
    pub fn open_existing(file: &Utf8Path) -> Result<Self, JournalError> {
        if file.metadata().is_ok_and(|about| about.len() > 0) {
            Self::open(file)
        } else {
            Err(JournalError::Missing { file: file.to_owned() })
        }
    }
}

fn connect(file: &Utf8Path) -> Result<Connection, JournalError> {
    let fail = |source| JournalError::of(file, source);
    let (mut connection, found) = examine(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    if connection.query_row(IS_COPY, [], |row| row.get::<_, i64>(0)).map_err(fail)? > 0 {
        return Err(JournalError::Copy { file: file.to_owned() });
    }
    connection.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
    // Durable when a commit returns, whatever happens to the machine: K1 stands on it.
    connection.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(fail)?;
    if found != known() {
        migrate(&mut connection).map_err(fail)?;
    }
    Ok(connection)
}

/// The newest format known.
fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// A connection, and the format of what is there, 0 for nothing; nothing was written yet.
fn examine(file: &Utf8Path, flags: OpenFlags) -> Result<(Connection, i64), JournalError> {
    examine_as(file, file, flags)
}

/// As [`examine`], of the file under the name that SQLite is given.
fn examine_as(file: &Utf8Path, name: &Utf8Path, flags: OpenFlags) -> Result<(Connection, i64), JournalError> {
    let fail = |source| JournalError::of(file, source);
    let connection = Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fail)?;
    connection.busy_timeout(BUSY).map_err(fail)?;
    // Until the format is known, closing must not copy a leftover write-ahead log into the file.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(fail)?;
    let known = known();
    let (application, found) = format(&connection).map_err(fail)?;
    if found > known && application == APPLICATION_ID {
        return Err(JournalError::Newer { file: file.to_owned(), found, known });
    }
    let is_empty =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)).map_err(fail)? == 0;
    if application != APPLICATION_ID && !(is_empty && application == 0) {
        return Err(JournalError::NotAJournal { file: file.to_owned() });
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(fail)?;
    Ok((connection, found))
}

/// Whether entries stand in a write-ahead log beside the file.
fn has_log(file: &Utf8Path) -> bool {
    Utf8PathBuf::from(format!("{file}-wal")).metadata().is_ok_and(|about| about.len() > 0)
}

/// The whole database in memory, as it stands at one moment.
fn copied(from: &Connection) -> rusqlite::Result<Connection> {
    let mut copy = Connection::open_in_memory()?;
    rusqlite::backup::Backup::new(from, &mut copy)?.run_to_completion(1000, Duration::ZERO, None)?;
    Ok(copy)
}

fn format(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let read = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get(0));
    Ok((read("application_id")?, read("user_version")?))
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let (_, found) = format(&transaction)?;
    for (at, change) in MIGRATIONS.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(change)?;
        transaction.pragma_update(None, "user_version", at + 1)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()
}

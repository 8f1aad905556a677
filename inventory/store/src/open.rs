//! Opening: the file's format is read before anything is written to it.

use crate::migrate::{self, Format};
use crate::{Store, StoreError};
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};
use std::time::Duration;

/// How long a write waits for another process. Our own transactions take milliseconds; only a relinking of a large
/// estate takes longer than this.
const BUSY: Duration = Duration::from_secs(4);

/// More than there are statements, so that none is ever prepared twice.
const CACHED_STATEMENTS: usize = 128;

impl Store {
    /// Opens an inventory, creating the file when there is none; its folder must exist. An older format is migrated.
    ///
    /// # Errors
    /// [`StoreError::NoFolder`], [`StoreError::Newer`] (nothing was written), [`StoreError::NotAnInventory`],
    /// [`StoreError::NotADatabase`], [`StoreError::Locked`] after four seconds, [`StoreError::Unreachable`] and those of
    /// a failing disk.
    pub fn open(file: &Utf8Path) -> Result<Self, StoreError> {
        let folder = file.parent().filter(|folder| !folder.as_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(StoreError::NoFolder { file: file.to_owned() });
        }
        open_with(file, OpenFlags::SQLITE_OPEN_CREATE, BUSY)
    }

    /// Opens an inventory that must be there, only to read it. Its file stays of the format that it is: one of an older
    /// format is copied into memory and migrated there, so that whoever still has an older caravan can go on using it until
    /// something is written. Neither the file nor its folder need be writable.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file or it is empty, otherwise those of [`Store::open`].
    pub fn open_to_read(file: &Utf8Path) -> Result<Self, StoreError> {
        if !file.metadata().is_ok_and(|about| about.len() > 0) {
            return Err(StoreError::Missing { file: file.to_owned() });
        }
        let fail = |source| StoreError::of(file, source);
        let (mut connection, mut format) = match connect(file, OpenFlags::empty(), BUSY) {
            Err(StoreError::Unreachable { .. }) if file.is_file() && log_is_empty(file) => {
                format_of(file, unchanging(file).map_err(fail)?)?
            }
            other => other?,
        };
        if format != Format::Known(migrate::NEWEST) {
            connection = copied(&connection).map_err(fail)?;
            format = read_format(&connection).map_err(fail)?;
        }
        let connection = prepare(connection, &format).map_err(fail)?;
        Ok(Self { connection, file: file.to_owned() })
    }

    /// An inventory that is gone when it is dropped.
    ///
    /// # Errors
    /// When SQLite can't get memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        let file = Utf8PathBuf::from(":memory:");
        Connection::open_in_memory()
            .and_then(|connection| prepare(connection, &Format::Empty))
            .map_err(|source| StoreError::of(&file, source))
            .map(|connection| Self { connection, file })
    }

    /// The file it stands in; `:memory:` for none.
    #[must_use]
    pub fn file(&self) -> &Utf8Path {
        &self.file
    }
}

/// Opens, and waits for another process for as long as `busy` says; tests wait less.
pub(crate) fn open_with(file: &Utf8Path, create: OpenFlags, busy: Duration) -> Result<Store, StoreError> {
    let (connection, format) = connect(file, create, busy)?;
    let connection = prepare(connection, &format).map_err(|source| StoreError::of(file, source))?;
    Ok(Store { connection, file: file.to_owned() })
}

/// A connection, and the format of what is there; nothing was written yet.
fn connect(file: &Utf8Path, create: OpenFlags, busy: Duration) -> Result<(Connection, Format), StoreError> {
    let fail = |source| StoreError::of(file, source);
    // Without SQLITE_OPEN_URI: a path is a path, whatever it begins with.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
    let connection = Connection::open_with_flags(file, flags).map_err(fail)?;
    connection.busy_timeout(busy).map_err(fail)?;
    format_of(file, connection)
}

/// A connection to a file in a folder in which nobody can write: SQLite would make its write-ahead log there to read it.
fn unchanging(file: &Utf8Path) -> rusqlite::Result<Connection> {
    let path = file.as_str().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)
}

/// Whether all that was committed stands in the file itself.
fn log_is_empty(file: &Utf8Path) -> bool {
    Utf8PathBuf::from(format!("{file}-wal")).metadata().map_or(true, |log| log.len() == 0)
}

/// The format of what is there.
fn format_of(file: &Utf8Path, connection: Connection) -> Result<(Connection, Format), StoreError> {
    let format = read_format(&connection).map_err(|source| StoreError::of(file, source))?;
    match format {
        Format::Empty | Format::Known(_) => {}
        Format::Newer(found) => {
            return Err(StoreError::Newer { file: file.to_owned(), found, known: migrate::NEWEST });
        }
        Format::Foreign => return Err(StoreError::NotAnInventory { file: file.to_owned() }),
    }
    Ok((connection, format))
}

/// The whole database in memory, as it stands at one moment.
fn copied(from: &Connection) -> rusqlite::Result<Connection> {
    let mut copy = Connection::open_in_memory()?;
    rusqlite::backup::Backup::new(from, &mut copy)?.run_to_completion(1000, Duration::ZERO, None)?;
    Ok(copy)
}

/// Reads the format. Until it is known to be ours, closing must not copy a leftover write-ahead log into the file.
fn read_format(connection: &Connection) -> rusqlite::Result<Format> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let format = migrate::format(connection)?;
    if matches!(format, Format::Empty | Format::Known(_)) {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    }
    Ok(format)
}

/// Sets the connection up, and migrates what is not of the newest format. A current inventory is only read, so that
/// it opens while another process writes.
fn prepare(mut connection: Connection, format: &Format) -> rusqlite::Result<Connection> {
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    let mode = match connection.is_readonly(MAIN_DB)? {
        true => Ok(()),
        false => connection.pragma_update(None, "journal_mode", "WAL"),
    };
    match mode {
        // Another process is just creating it and switches the mode, which lasts. Whatever else may be locked will say so.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
        other => other?,
    }
    // A power cut may cost the last commits, never the order or the integrity of what is there; the scan then makes
    // these reads again. Killing the process costs nothing that was committed.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    if *format != Format::Known(migrate::NEWEST) {
        migrate::migrate(&mut connection)?;
    }
    Ok(connection)
}

//! The formats of the database, oldest first.

use rusqlite::{Connection, TransactionBehavior};

/// Says that a SQLite database is a Caravan inventory: "CRVI" in ASCII, at byte 68 of the file.
pub(crate) const APPLICATION: i64 = 0x4352_5649;

/// Migration `n` (from 0) leads from format `n` to format `n + 1`. Only ever append.
const MIGRATIONS: &[&str] = &[
    include_str!("../schema/0001.sql"),
    include_str!("../schema/0002.sql"),
    include_str!("../schema/0003.sql"),
    include_str!("../schema/0004.sql"),
];

/// The newest format we know.
pub(crate) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// What a database says of itself.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// Nothing is in it: just created, or killed while it was.
    Empty,
    /// An inventory of this format, at most [`NEWEST`].
    Known(i64),
    /// An inventory of a format that only a newer Caravan knows.
    Newer(i64),
    /// Something other than an inventory.
    Foreign,
}

/// Reads the format without writing.
pub(crate) fn format(connection: &Connection) -> rusqlite::Result<Format> {
    // One transaction: another process may just be creating it.
    let connection = connection.unchecked_transaction()?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, version, tables) {
        (0, 0, 0) => Format::Empty,
        (APPLICATION, version, _) if version > NEWEST => Format::Newer(version),
        (APPLICATION, version, _) if version > 0 => Format::Known(version),
        _ => Format::Foreign,
    })
}

/// Brings an empty or older database to [`NEWEST`], in one transaction.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Looked up again under the lock: two processes may open a new database at once.
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (from, sql) in (0_i64..).zip(MIGRATIONS) {
        if from >= version {
            transaction.execute_batch(sql)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", NEWEST.max(version))?;
    transaction.commit()
}

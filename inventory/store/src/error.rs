//! Errors of the inventory's database.

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::ErrorCode;

/// A failure of the store. Nothing that was recorded before is lost: whatever was under way is rolled back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no inventory yet.
    #[error("there is no inventory at {file}; run `caravan discover`, or `caravan inventory import FILE`")]
    Missing {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The folder that the database should stand in does not exist.
    #[error("the folder of {file} does not exist; create it, or choose another with `--dir`")]
    NoFolder {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The file is no SQLite database.
    #[error("{file} is not a SQLite database; move it away, or choose another folder with `--dir`")]
    NotADatabase {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is a SQLite database of something else.
    #[error("{file} is a database, but not a Caravan inventory; move it away, or choose another folder with `--dir`")]
    NotAnInventory {
        /// The database.
        file: Utf8PathBuf,
    },
    /// A newer Caravan wrote it. It was not changed.
    #[error(
        "{file} has format {found}, and this caravan knows formats up to {known}; nothing was changed: use a newer caravan"
    )]
    Newer {
        /// The database.
        file: Utf8PathBuf,
        /// The format found.
        found: i64,
        /// The newest format we know.
        known: i64,
    },
    /// Another process holds it.
    #[error("{file} is locked by another process; let it finish, then try again")]
    Locked {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The disk is full. What was under way was rolled back.
    #[error(
        "the disk of {file} is full; what was recorded before is safe: free some space, then run the command again"
    )]
    DiskFull {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The disk does not read or write.
    #[error(
        "the disk of {file} failed; what was recorded before is safe if the disk is: check it, then run the command again"
    )]
    Disk {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// It can't be opened or written: rights, a folder in its place, a read-only file system.
    #[error("{file} cannot be opened for writing; check that it is a file, and the rights of it and its folder")]
    Unreachable {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Its content makes no sense.
    #[error("{file} is damaged; move it away and run `caravan discover` again, or import an export of it")]
    Damaged {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite, or the reading of a value, said.
        #[source]
        source: rusqlite::Error,
    },
    /// A read was recorded that is not pending: another process drives the same scan, or it was recorded before.
    #[error("a page for unit {unit} was recorded twice in {file}; let only one `caravan discover` run at a time")]
    NotPending {
        /// The database.
        file: Utf8PathBuf,
        /// The unit of the read.
        unit: caravan_inventory::UnitId,
    },
    /// A scan is named that is not running.
    #[error("scan {scan} is not running in {file}; begin a new one with `caravan discover`")]
    NotRunning {
        /// The database.
        file: Utf8PathBuf,
        /// The scan.
        scan: caravan_inventory::ScanId,
    },
    /// A unit is named that the running scan does not have.
    #[error("unit {unit} is not in the running scan of {file}; this is a defect of caravan, please report it")]
    UnknownUnit {
        /// The database.
        file: Utf8PathBuf,
        /// The unit.
        unit: caravan_inventory::UnitId,
    },
    /// Something refers to what is not recorded: an unknown unit, a part or evidence that was never observed.
    #[error("something refers to what {file} does not hold")]
    Dangling {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Anything else that SQLite says; a defect of ours.
    #[error("a statement failed on {file}; this is a defect of caravan, please report it")]
    Statement {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Gives an error of SQLite its meaning.
    pub(crate) fn of(file: &Utf8Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        if is_conversion(&source) {
            return Self::Damaged { file, source };
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { file, source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { file, source },
            Some(ErrorCode::DiskFull) => Self::DiskFull { file, source },
            Some(ErrorCode::SystemIoFailure) => Self::Disk { file, source },
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Unreachable { file, source }
            }
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { file, source },
            Some(ErrorCode::ConstraintViolation)
                if source.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY) =>
            {
                Self::Dangling { file, source }
            }
            _ => Self::Statement { file, source },
        }
    }
}

fn is_conversion(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
    )
}

//! `journal.db`: where it lies, opening it, and the time that goes into it.

use crate::error::Failure;
use crate::paths;
use crate::permit::WritePermit;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_cutover::{JournalError, SystemClock};
use caravan_cutover_engine::{Clock, Moment};

/// Where this program keeps its runs: what is opened here is what every command holds.
pub(crate) use caravan_cutover::Journal;

/// Where the database lies.
pub(crate) fn path(dir: &Utf8Path) -> Utf8PathBuf {
    paths::within(dir, paths::JOURNAL)
}

/// Opens a journal that must be there, only to read it: without a lock, without a right to write, and as it is.
///
/// # Errors
/// When it is missing, newer, or no journal.
pub(crate) fn open_to_read(dir: &Utf8Path) -> Result<Journal, Failure> {
    Ok(Journal::open_to_read(&path(dir))?)
}

/// Opens a journal that must be there, to write to it.
///
/// # Errors
/// When it is missing, locked, newer, or no journal.
pub(crate) fn open(dir: &Utf8Path, _permit: &WritePermit) -> Result<Journal, Failure> {
    Ok(Journal::open_existing(&path(dir))?)
}

/// Opens a journal to write to it; makes it when there is none.
///
/// # Errors
/// When its folder is missing, when it is locked, newer, or no journal.
pub(crate) fn open_for_writing(dir: &Utf8Path, _permit: &WritePermit) -> Result<Journal, JournalError> {
    Journal::open(&path(dir))
}

/// With less room than this on its disk a journal may take no more entries: SQLite writes whole pages, and two files grow.
const NEEDS_BYTES: u64 = 1 << 20;

/// How full the disk under a journal is, where it is so full that what drivers see may not be kept any more.
pub(crate) fn fullness(dir: &Utf8Path) -> Option<String> {
    // What can't be asked is no finding: whoever writes there will be told.
    let disk = rustix::fs::statvfs(path(dir).as_std_path()).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    (free < NEEDS_BYTES).then(|| format!("the disk of {} is full ({} KiB left)", path(dir), free / 1024))
}

/// The time of day.
pub(crate) fn now() -> Moment {
    SystemClock.time_of_day()
}

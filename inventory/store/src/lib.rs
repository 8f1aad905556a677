//! The SQLite store of the inventory: `inventory.db`.
//!
//! In: pages of observations as a scan reads them ([`Store::record_page`]), workloads, edges, domains and questions as
//! linking concludes them ([`Store::replace_links`]), exports of other inventories ([`Store::import`]).
//! Out: the same by id, by page and by visitor, how complete each list is, and an export with a fixed order.
//!
//! A scan survives its process. [`Store::begin_scan`] writes down the first reads, [`Store::pending_work`] says what is
//! yet to be read, and each page is one transaction: what it showed, what it makes necessary, and how far its read came.
//! Whoever opens the store after a kill finds [`Store::unfinished_scan`] and goes on (D4).
//!
//! What must never happen here: a write to a format that is newer than ours, a thing marked as gone by a unit that was
//! not enumerated completely (D2), a clock (times come in as values), or a secret (observations come in redacted, D1).

mod diff;
mod domain;
mod error;
mod export;
mod finish;
mod import;
mod links;
mod migrate;
mod open;
mod progress;
mod query;
mod read;
mod record;
mod row;
mod scan;
mod sql;
mod write;

#[cfg(test)]
mod tests;

pub use diff::{Change, Difference, FieldChange};
pub use error::StoreError;
pub use export::{EXPORT_SCHEMA, ExportError, TIMELESS_SCHEMA};
pub use import::{ImportError, ImportProblem, Imported};
pub use links::{LinkScope, Links};
pub use read::WorkloadFilter;
pub use scan::{NewScan, NewUnit, NewWork, PageRecord, Scan, ScanOutcome, ScanState, Sighting, WorkId, WorkItem};

/// An open inventory. One connection; it can be sent to another thread, not shared between threads.
///
/// Any number of processes may read while one writes. Each writing method is one transaction: when it returns, all of
/// it is recorded; when it fails, nothing of it is.
#[derive(Debug)]
pub struct Store {
    connection: rusqlite::Connection,
    file: camino::Utf8PathBuf,
}

impl Store {
    /// Runs statements and gives their failure its meaning.
    fn run<'s, T>(
        &'s self,
        statements: impl FnOnce(&'s rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        statements(&self.connection).map_err(|source| StoreError::of(&self.file, source))
    }
}

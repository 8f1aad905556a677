//! The scan of files.

use super::report::{Failed, Found};
use crate::clock;
use crate::error::Failure;
use camino::Utf8PathBuf;
use caravan_discover::{Redactor, record_files};
use caravan_inventory::{Ownership, ScanId};
use caravan_inventory_store::Store;
use ulid::Ulid;

/// Reads files and folders, and says what they gave.
///
/// # Errors
/// When the inventory can't be written; what was recorded before stays.
pub(super) fn scan(
    store: &mut Store,
    paths: &[Utf8PathBuf],
    ownership: &Ownership,
    redactor: &Redactor,
) -> Result<Found, Failure> {
    let id = ScanId::new(Ulid::generate().to_string());
    let scanned = record_files(store, paths, redactor, ownership, id, clock::now())?;
    let units = store.units(&scanned.scan)?;
    Ok(Found {
        scan: scanned.scan,
        coverage: scanned.coverage,
        gone: scanned.gone,
        failures: units.into_iter().filter_map(Failed::of).collect(),
        refused: Vec::new(),
    })
}

//! The scan of files.

use super::report::{Failed, Found};
use crate::clock;
use crate::error::Failure;
use crate::printer::Printer;
use crate::progress::Progress;
use camino::Utf8PathBuf;
use caravan_discover::{Redactor, TemplateParameters, record_files};
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
    parameters: &TemplateParameters,
    ownership: &Ownership,
    redactor: &Redactor,
    printer: &Printer,
) -> Result<Found, Failure> {
    let id = ScanId::new(Ulid::generate().to_string());
    let progress = Progress::new(printer);
    progress.now("reading files, then linking what they say".to_owned());
    let scanned = record_files(store, paths, parameters, redactor, ownership, id, clock::now())?;
    drop(progress);
    let units = store.units(&scanned.scan)?;
    Ok(Found {
        scan: scanned.scan,
        coverage: scanned.coverage,
        gone: scanned.gone,
        failures: units.into_iter().filter_map(Failed::of).collect(),
        refused: Vec::new(),
    })
}

//! `inventory.db`: opening it, and reading it window by window.

use crate::error::Failure;
use crate::paths;
use crate::permit::WritePermit;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::Workload;
use caravan_inventory_store::{Store, WorkloadFilter};

/// How many workloads are held at once. A window of a thousand is a few MiB with all their observations.
const WINDOW: usize = 1_000;

/// Where the database lies.
pub(crate) fn path(dir: &Utf8Path) -> Utf8PathBuf {
    paths::within(dir, paths::INVENTORY)
}

/// Whether there is an inventory.
pub(crate) fn is_there(dir: &Utf8Path) -> bool {
    path(dir).try_exists().unwrap_or(true)
}

/// Opens an inventory that must be there, only to read it: its file is not changed.
///
/// # Errors
/// When it is missing, locked, newer, or no inventory.
pub(crate) fn open(dir: &Utf8Path) -> Result<Store, Failure> {
    Ok(Store::open_to_read(&path(dir))?)
}

/// Opens an inventory to write to it; makes it when there is none.
///
/// # Errors
/// When its folder is missing, when it is locked, newer, or no inventory.
pub(crate) fn open_for_writing(dir: &Utf8Path, _permit: &WritePermit) -> Result<Store, Failure> {
    Ok(Store::open(&path(dir))?)
}

/// Shows every workload that fits the filter, sorted by id, a window of them in memory at a time.
///
/// # Errors
/// Those of reading, and the visitor's own, which end it.
pub(crate) fn each_workload(
    store: &Store,
    filter: &WorkloadFilter,
    mut visit: impl FnMut(Workload) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let window = store.workloads(filter, after.as_ref(), WINDOW)?;
        let is_last = window.len() < WINDOW;
        after = window.last().map(|workload| workload.id.clone());
        window.into_iter().try_for_each(&mut visit)?;
        if is_last {
            return Ok(());
        }
    }
}

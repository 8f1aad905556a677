//! A scan of files into the store.

use super::{FileSink, TemplateParameters, scan_walked, unit, walk};
use crate::Redactor;
use crate::link::finish_and_relink;
use camino::Utf8PathBuf;
use caravan_inventory::{Coverage, Observation, Ownership, Provider, ScanId, Unit, UnitId, UnitState};
use caravan_inventory_store::{NewScan, NewUnit, NewWork, PageRecord, ScanState, Store, StoreError};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How a scan of files ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileScan {
    /// The scan.
    pub scan: ScanId,
    /// The states of its units, one a file.
    pub coverage: Coverage,
    /// How many observations were marked as gone: things that left their file, and those of files that are no more.
    pub gone: u64,
}

/// Scans files as [`crate::scan_files`] does, records what they hold as the scan `scan` (a fresh ULID), and links the inventory
/// anew. A file that the last scan of the same arguments found, and that is no more, counts as read and empty, so that
/// what it held is marked as gone; not so when a folder could not be listed.
///
/// When it returns, all of it is recorded; an unfinished scan of a cloud is given up by it ([`Store::begin_scan`]).
///
/// # Errors
/// Only the store's. Files that can't be read are units of the scan.
pub fn record_files(
    store: &mut Store,
    paths: &[Utf8PathBuf],
    parameters: &TemplateParameters,
    redactor: &Redactor,
    ownership: &Ownership,
    scan: ScanId,
    now: Timestamp,
) -> Result<FileScan, StoreError> {
    let selection = json!({"source": Provider::Files, "files": paths});
    let before = units_before(store, &selection)?;
    store.begin_scan(&NewScan { id: scan.clone(), began: now, selection, units: Vec::new(), work: Vec::new() })?;
    let mut sink = StoreSink { store, scan: &scan, seen: BTreeSet::new() };
    let walked = walk::walk(paths);
    scan_walked(&walked, parameters, redactor, now, &mut sink)?;
    if walked.is_whole {
        sink.forget(&before)?;
    }
    let outcome = finish_and_relink(store, &scan, now, ownership)?;
    Ok(FileScan { scan, coverage: outcome.coverage, gone: outcome.gone })
}

/// The files of the last finished scan of the same arguments.
fn units_before(store: &Store, selection: &Value) -> Result<BTreeSet<UnitId>, StoreError> {
    let scans = store.scans()?;
    let same =
        |scan: &&caravan_inventory_store::Scan| scan.state == ScanState::Finished && scan.selection == *selection;
    match scans.iter().filter(same).max_by(|one, other| one.id.cmp(&other.id)) {
        Some(scan) => Ok(store.units(&scan.id)?.into_iter().map(|unit| unit.id).collect()),
        None => Ok(BTreeSet::new()),
    }
}

/// Writes each file as one unit with one read.
struct StoreSink<'s> {
    store: &'s mut Store,
    scan: &'s ScanId,
    seen: BTreeSet<UnitId>,
}

impl FileSink for StoreSink<'_> {
    type Error = StoreError;

    fn file(&mut self, unit: Unit, observations: Vec<Observation>) -> Result<(), StoreError> {
        let id = unit.id.clone();
        self.seen.insert(id.clone());
        // The unit counts its own things as pages come, and is complete when nothing is left to read.
        let open = matches!(unit.state, UnitState::Complete | UnitState::Partial);
        let state = if open { UnitState::Partial } else { unit.state };
        let new = NewUnit { unit: Unit { found: 0, state, ..unit.clone() }, fed_by: Vec::new() };
        let work: Vec<NewWork> = open.then(|| NewWork { unit: id, request: unit.id.to_string() }).into_iter().collect();
        for item in self.store.add_work(self.scan, &[new], &work)? {
            let page = PageRecord {
                work: item,
                next: None,
                observations: observations.clone(),
                found: unit.found,
                units: Vec::new(),
                follow_up: Vec::new(),
            };
            self.store.record_page(&page)?;
        }
        if unit.state == UnitState::Complete && unit.reason.is_some() {
            self.store.set_unit_state(self.scan, &unit.id, UnitState::Complete, unit.reason.as_deref())?;
        }
        Ok(())
    }
}

impl StoreSink<'_> {
    /// Records the files that are no more as complete and empty.
    fn forget(&mut self, before: &BTreeSet<UnitId>) -> Result<(), StoreError> {
        let seen = std::mem::take(&mut self.seen);
        for id in before.difference(&seen) {
            let name = id.file().unwrap_or(id.as_str());
            self.file(unit(name, UnitState::Complete, 0, None), Vec::new())?;
        }
        Ok(())
    }
}

//! The events of a scan, as progress.

use crate::printer::Printer;
use crate::progress::Progress;
use caravan_discover::{ScanEvent, ScanProgress};
use caravan_inventory::UnitId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Shows a scan's progress.
pub(super) struct Watch {
    progress: Progress,
    verbose: bool,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    pages: u64,
    found: u64,
    /// Reads that are known to be left, by unit.
    left: BTreeMap<UnitId, u64>,
}

impl Watch {
    /// Begins to watch.
    pub(super) fn new(printer: &Printer) -> Self {
        let progress = Progress::new(printer);
        progress.now("whose credentials are these?".to_owned());
        Self { progress, verbose: printer.is_verbose(), counts: Mutex::default() }
    }

    fn page(&self, unit: &UnitId, found: u64, left: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.pages += 1;
        counts.found += found;
        counts.left.insert(unit.clone(), left);
        let open = counts.left.values().filter(|left| **left > 0).count();
        self.progress.now(format!("{} pages, {} things; {open} lists open; last {unit}", counts.pages, counts.found));
    }
}

impl ScanProgress for Watch {
    fn tell(&self, event: ScanEvent) {
        match event {
            ScanEvent::Began { scan, resumed: true } => self.progress.change(&format!("scan {scan} goes on")),
            ScanEvent::Began { scan, resumed: false } => self.progress.change(&format!("scan {scan} begins")),
            ScanEvent::Account { account, refused: None } => {
                self.progress.change(&format!("{account}: its identity is proved"))
            }
            ScanEvent::Account { account, refused: Some(_) } => self.progress.change(&format!("{account}: not read")),
            ScanEvent::Page { unit, found, left } => {
                if self.verbose && left == 0 {
                    self.progress.change(&format!("{unit}: read"));
                }
                self.page(&unit, found, left);
            }
            ScanEvent::Failed { unit, state, .. } => self.progress.change(&format!("{unit}: {}", state.as_str())),
            ScanEvent::Linking => self.progress.change("all is read; linking"),
        }
    }
}

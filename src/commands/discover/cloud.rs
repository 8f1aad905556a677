//! The scan of clouds.

use super::report::{Failed, Found, Refused};
use super::watch::Watch;
use crate::clock;
use crate::clouds::Clouds;
use crate::config::Config;
use crate::error::Failure;
use crate::printer::Printer;
use crate::signals;
use caravan_discover::{Redactor, ScanContext, ScanPlan, ScanReport};
use caravan_inventory_store::Store;
use caravan_providers_aws::RetryPolicy;

/// Scans, and says what it found.
///
/// # Errors
/// When the scan can't be recorded; what was recorded stays, and `--resume` goes on.
pub(super) fn scan(
    store: &mut Store,
    plan: &ScanPlan,
    config: &Config,
    redactor: &Redactor,
    printer: &Printer,
) -> Result<Found, Failure> {
    let reader = Clouds::new(&config.accounts, RetryPolicy::default());
    let watch = Watch::new(printer);
    let context = ScanContext { redactor, ownership: &config.ownership, now: &clock::now, progress: &watch };
    let report = signals::block_on(caravan_discover::scan(store, plan, &reader, &context))??;
    drop(watch);
    if plan.resume && !report.was_read {
        printer.note("there was no scan to go on with; the last one is complete");
    }
    found(store, report)
}

fn found(store: &Store, report: ScanReport) -> Result<Found, Failure> {
    let units = store.units(&report.scan)?;
    Ok(Found {
        scan: report.scan,
        coverage: report.coverage,
        gone: report.gone,
        failures: units.into_iter().filter_map(Failed::of).collect(),
        refused: report.refused.into_iter().map(Refused::from).collect(),
    })
}

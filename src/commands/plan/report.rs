//! `caravan plan report`: the estate on one page.

use crate::config::Config;
use crate::costing::Costing;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::printer::Printer;
use caravan_inventory::WorkloadId;
use caravan_plans::readiness::{Assessment, Severity, Subject};
use caravan_plans::report::{ReadinessRow, report};
use clap::Args;
use std::collections::BTreeMap;

/// Print one HTML page for whoever decides: waves, who needs whom, readiness, cost and savings, coverage
///
/// The page needs nothing else: no network, no script. It is light or dark as the reader's screen is, and can be printed.
/// `--format json` gives every figure that stands on it.
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// Let pods ask for what CloudWatch counted, where anything was counted, instead of what is declared
    #[arg(long)]
    sized: bool,
}

/// Runs the command.
///
/// # Errors
/// When the inventory or `caravan.yaml` can't be read.
pub(super) fn run(global: &Global, printer: &Printer, args: &ReportArgs) -> Result<Exit, Failure> {
    let config = Config::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let mut rows: BTreeMap<WorkloadId, ReadinessRow> = BTreeMap::new();
    let costing = Costing::read_with(global, &store, &config, args.sized, &mut |subject, assessment| {
        // Of a workload that is several apps the first part stands for all; blockers and warnings are of all parts.
        let row = row(subject, assessment);
        rows.entry(subject.workload.id.clone())
            .and_modify(|known| {
                known.blockers += row.blockers;
                known.warnings += row.warnings;
            })
            .or_insert(row);
    })?;
    let proposal = costing.estate.propose(global)?;
    let rows = rows.into_values().collect();
    let report = report(&proposal, rows, &costing.estimate, &costing.region, store.coverage()?);
    if printer.is_json() {
        printer.json(&report)?;
        return Ok(Exit::Done);
    }
    let page = report.html().map_err(|error| Failure::caused(FailureKind::Work, error))?;
    printer.document(page.as_bytes())?;
    Ok(Exit::Done)
}

fn row(subject: &Subject<'_>, assessment: &Assessment) -> ReadinessRow {
    let count = |severity: Severity| assessment.notes.iter().filter(|note| note.severity == severity).count();
    ReadinessRow {
        id: subject.workload.id.to_string(),
        team: subject.workload.team.to_string(),
        environment: subject.workload.environment.to_string(),
        verdict: assessment.verdict,
        reason: assessment.reasons.first().cloned().unwrap_or_default(),
        blockers: count(Severity::Blocker),
        warnings: count(Severity::Warning),
    }
}

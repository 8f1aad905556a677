//! `caravan inventory coverage`.

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::printer::Printer;
use crate::table::Table;
use caravan_inventory::{Coverage, Unit, UnitState};
use clap::Args;
use serde::Serialize;

/// Show how complete each list is, as the latest scan that asked for it left it
#[derive(Args, Debug)]
pub(crate) struct CoverageArgs {
    /// Only lists that are not complete
    #[arg(long)]
    incomplete: bool,
}

/// `caravan.coverage/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    coverage: Coverage,
    units: &'a [Unit],
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &CoverageArgs) -> Result<Exit, Failure> {
    let mut units = inventory_db::open(&global.dir)?.latest_units()?;
    let coverage = Coverage::of(units.iter().map(|unit| unit.state));
    units.retain(|unit| !args.incomplete || unit.state != UnitState::Complete);
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.coverage/v1", coverage, units: &units })?;
    } else {
        write(printer, &coverage, &units)?;
    }
    Ok(Exit::Done)
}

fn write(printer: &Printer, coverage: &Coverage, units: &[Unit]) -> Result<(), Failure> {
    let rows: Vec<[String; 4]> = units
        .iter()
        .map(|unit| {
            let reason = unit.reason.clone().unwrap_or_default();
            [unit.id.to_string(), unit.state.as_str().to_owned(), unit.found.to_string(), reason]
        })
        .collect();
    printer.text(|out| Table::new(["LIST", "STATE", "FOUND", "REASON"]).write_all(out, &rows))?;
    printer.note(&summary(coverage));
    Ok(())
}

/// The counts in one line, those that are zero left out.
pub(crate) fn summary(coverage: &Coverage) -> String {
    let counts = [
        (coverage.complete, UnitState::Complete),
        (coverage.partial, UnitState::Partial),
        (coverage.denied, UnitState::Denied),
        (coverage.throttled, UnitState::Throttled),
        (coverage.failed, UnitState::Failed),
        (coverage.skipped, UnitState::Skipped),
    ];
    let said: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| format!("{count} {}", state.as_str()))
        .collect();
    if said.is_empty() { "nothing was scanned".to_owned() } else { format!("lists: {}", said.join(", ")) }
}

//! `caravan plan show --why`: why a workload is in its wave, or in none.

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::operator::no_such_workload;
use crate::printer::{Printer, printable};
use crate::proposing::Estate;
use crate::wrap::wrapped;
use caravan_inventory::WorkloadId;
use serde::Serialize;
use std::io::Write as _;

/// `caravan.placement/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    id: &'a WorkloadId,
    /// The wave that is proposed for it; null where it is in none.
    wave: Option<&'a str>,
    /// Why, one sentence each.
    why: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read, or has no such workload.
pub(super) fn run(global: &Global, printer: &Printer, id: &str) -> Result<Exit, Failure> {
    let id = WorkloadId::new(id);
    let config = Config::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    if store.workload(&id)?.is_none() {
        return Err(no_such_workload(&store, &id));
    }
    let estate = Estate::read(global, &store, &config)?;
    let proposal = estate.propose(global)?;
    let (wave, why) = match proposal.placement(&id) {
        Some((number, placement)) => {
            (proposal.waves.get(number).map(|wave| wave.name.as_str()), proposal.why(number, placement))
        }
        None => {
            let left = proposal.left_out.iter().find(|left| *left.workload == id);
            (None, left.map(|left| left.because.text()).into_iter().collect())
        }
    };
    let document = Document { schema: "caravan.placement/v1", id: &id, wave, why };
    if printer.is_json() {
        printer.json(&document)?;
    } else {
        printer.text(|out| {
            writeln!(out, "{}: {}", printable(id.as_str()), document.wave.unwrap_or("in no wave"))?;
            let lines = document.why.iter().flat_map(|text| wrapped(&printable(text), 78));
            lines.into_iter().try_for_each(|line| writeln!(out, "  {line}"))
        })?;
    }
    Ok(Exit::Done)
}

//! `caravan plan runbook`: the wave as a document for the people of the night.

use super::show::plan_of;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::lifting::own;
use crate::printer::Printer;
use crate::waves::Over;
use crate::{decisions, inventory_db};
use caravan_inventory::WorkloadId;
use caravan_plans::WavePlan;
use caravan_plans::runbook::runbook;
use clap::Args;
use std::collections::BTreeMap;

/// Print a wave's runbook: who does what when, with the commands, what they print, and how each step is taken back
///
/// Made of the very plan that is run: the newest seal, or with --draft what would be sealed now. It is Markdown, or with --html
/// one page that needs nothing else and can be printed; `--format json` gives its data.
#[derive(Args, Debug)]
pub(crate) struct RunbookArgs {
    /// The wave
    #[arg(value_name = "WAVE")]
    wave: String,
    /// Of what would be sealed now, over what the inventory has observed
    #[arg(long)]
    draft: bool,
    /// With --draft, over what stands at the targets now
    #[arg(long, requires = "draft")]
    live: bool,
    /// As one HTML page instead of Markdown
    #[arg(long)]
    html: bool,
}

/// Runs the command.
///
/// # Errors
/// When the wave was never sealed, or with --draft can't be built.
pub(super) fn run(global: &Global, printer: &Printer, args: &RunbookArgs) -> Result<Exit, Failure> {
    let (sealed, is_sealed) = plan_of(global, printer, &args.wave, args.draft.then(|| Over::of(args.live)))?;
    let teams = teams(global, sealed.plan())?;
    let runbook = runbook(sealed.plan(), is_sealed.then(|| sealed.hash()), &teams);
    if printer.is_json() {
        printer.json(&runbook)?;
        return Ok(Exit::Done);
    }
    let text = if args.html { runbook.html() } else { runbook.markdown() };
    let text = text.map_err(|error| Failure::caused(FailureKind::Work, error))?;
    printer.document(text.as_bytes())?;
    Ok(Exit::Done)
}

/// Who owns each workload, as far as the inventory and people's answers tell.
fn teams(global: &Global, plan: &WavePlan) -> Result<BTreeMap<WorkloadId, String>, Failure> {
    let mut teams = BTreeMap::new();
    if !inventory_db::is_there(&global.dir) {
        return Ok(teams);
    }
    let (store, decisions) = (inventory_db::open(&global.dir)?, decisions::load(&global.dir)?);
    for id in plan.steps.iter().map(|step| step.workload()) {
        if let Some(mut workload) = store.workload(id)? {
            own(&mut workload, &decisions);
            teams.insert(id.clone(), workload.team.to_string());
        }
    }
    Ok(teams)
}

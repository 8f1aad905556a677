//! `caravan plan draft`.

use crate::error::{Failure, Kind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::suggest::nearest_id;
use crate::{inventory_db, waves};
use caravan_inventory::{Workload, WorkloadId};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_plans::{Drafted, FILL_IN, NewSide, draft};
use caravan_providers::target::Alias;
use clap::Args;
use serde::Serialize;

/// Proposes a wave from the inventory: names that lead to the workloads' load balancers, or the rules that forward to
/// them. Writes plans/wave-WAVE.yaml, which a person changes and reviews in Git. What only a person knows is left blank
/// (`<fill in>`), and a blank is never sealed.
#[derive(Args, Debug)]
pub(crate) struct DraftArgs {
    /// The wave's name: lower-case letters, digits and dashes
    #[arg(value_name = "WAVE", value_parser = parse_wave)]
    wave: String,
    /// A workload that moves; may be repeated
    #[arg(long, value_name = "ID", required = true)]
    workload: Vec<String>,
    /// The load balancer in front of the new side: hosted zone, `/`, name
    #[arg(long, value_name = "ZONE/NAME", value_parser = parse_alias)]
    new_alias: Option<Alias>,
    /// Where probes of the new side connect
    #[arg(long, value_name = "HOST:PORT")]
    new_address: Option<String>,
}

/// `caravan.draft/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    file: String,
    shifts: usize,
    blanks: usize,
    left_out: &'a [String],
}

fn parse_wave(text: &str) -> Result<String, caravan_plans::BuildError> {
    caravan_plans::check_name(text).map(|()| text.to_owned())
}

pub(super) fn run(global: &Global, printer: &Printer, args: &DraftArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing a wave")?;
    let store = inventory_db::open(&global.dir)?;
    let new = NewSide { alias: args.new_alias.clone(), address: args.new_address.clone() };
    let workloads: Vec<WorkloadId> = args.workload.iter().map(WorkloadId::new).collect();
    let drafted = draft_wave(&store, &args.wave, &workloads, &new)?;
    for text in &drafted.left_out {
        printer.warning(&format!("left out: {text}"));
    }
    if drafted.spec.shifts.is_empty() {
        return Err(Failure::new(Kind::Work, "nothing of it can be shifted, so no wave was written"));
    }
    let file = waves::save(&global.dir, &drafted.spec, &permit)?;
    let blanks = crate::error::read_text(&file, Kind::Work)?.matches(FILL_IN).count();
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.draft/v1",
            file: file.to_string(),
            shifts: drafted.spec.shifts.len(),
            blanks,
            left_out: &drafted.left_out,
        })?;
    } else {
        printer.text(|out| {
            use std::io::Write as _;
            writeln!(out, "{file}")
        })?;
    }
    printer.note(&format!("{} shifts, {blanks} blanks to fill in", drafted.spec.shifts.len()));
    printer.hint(&format!("then: caravan plan show {} --draft", args.wave));
    Ok(Exit::Done)
}

/// Proposes a wave of these workloads.
///
/// # Errors
/// A usage failure when one of them is not in the inventory.
pub(crate) fn draft_wave(store: &Store, wave: &str, ids: &[WorkloadId], new: &NewSide) -> Result<Drafted, Failure> {
    let workloads = ids.iter().map(|id| workload(store, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(draft(wave, &workloads, &waves::estate(store)?, new))
}

fn workload(store: &Store, id: &WorkloadId) -> Result<Workload, Failure> {
    if let Some(workload) = store.workload(id)? {
        return Ok(workload);
    }
    let mut known = Vec::new();
    inventory_db::each_workload(store, &WorkloadFilter::default(), |workload| {
        known.push(workload.id);
        Ok(())
    })?;
    let failure = Failure::new(Kind::Usage, format!("there is no workload `{id}`"));
    Err(match nearest_id(id.as_str(), known.iter().map(WorkloadId::as_str)) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("`caravan inventory list` lists them"),
    })
}

fn parse_alias(text: &str) -> Result<Alias, String> {
    match text.split_once('/') {
        Some((zone, name)) if !zone.is_empty() && !name.is_empty() => {
            Ok(Alias { zone: zone.to_owned(), name: name.to_owned(), evaluate_health: false })
        }
        _ => Err("write the hosted zone's id, `/` and the load balancer's name".to_owned()),
    }
}

//! `caravan plan draft`: one wave of the workloads that are named, or the waves of the whole estate.

mod estate;

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::operator::{AskedInventory, draft_failure};
use crate::permit::WritePermit;
use crate::printer::{Printer, counted};
use crate::{decisions, inventory_db, lifting, waves};
use caravan_cutover::operator::draft_wave;
use caravan_inventory::WorkloadId;
use caravan_inventory_store::Store;
use caravan_plans::waves::ProposalRecord;
use caravan_plans::{ClosedWay, FILL_IN, NewSide, closed_ways};
use caravan_providers::target::Alias;
use clap::Args;
use serde::Serialize;

/// Proposes waves from the inventory: names that lead to the workloads' load balancers, or the rules that forward to
/// them. Writes plans/wave-WAVE.yaml, which a person changes and reviews in Git. What only a person knows is left blank
/// (`<fill in>`), and a blank is never sealed.
///
/// Without a wave it proposes waves of the whole estate: no workload before what it needs, low risk first, each
/// placement with its reasons. `waves` in caravan.yaml says how large they are and what may cross.
#[derive(Args, Debug)]
pub(crate) struct DraftArgs {
    /// The wave's name: lower-case letters, digits and dashes; without it, waves of the whole estate
    #[arg(value_name = "WAVE", value_parser = parse_wave, requires = "workload")]
    wave: Option<String>,
    /// A workload that moves; may be repeated
    #[arg(long, value_name = "ID", requires = "wave")]
    workload: Vec<String>,
    /// Of the whole estate: show what would be proposed, and write nothing
    #[arg(long, conflicts_with = "wave")]
    dry_run: bool,
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
    hand_overs: usize,
    blanks: usize,
    left_out: &'a [String],
    /// What keeps it from being sealed as it stands.
    before_seal: &'a [String],
}

/// What would be proposed for the whole estate now.
///
/// # Errors
/// When the inventory can't be read, or `waves` in caravan.yaml asks for what can't be.
pub(super) fn proposed_now(global: &Global) -> Result<ProposalRecord, Failure> {
    estate::record(global)
}

fn parse_wave(text: &str) -> Result<String, caravan_plans::BuildError> {
    caravan_plans::check_name(text).map(|()| text.to_owned())
}

pub(super) fn run(global: &Global, printer: &Printer, args: &DraftArgs) -> Result<Exit, Failure> {
    let new = NewSide { alias: args.new_alias.clone(), address: args.new_address.clone() };
    match &args.wave {
        Some(wave) => one(global, printer, wave, args, &new),
        None => estate::run(global, printer, args.dry_run, &new),
    }
}

fn one(global: &Global, printer: &Printer, wave: &str, args: &DraftArgs, new: &NewSide) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing a wave")?;
    let store = inventory_db::open(&global.dir)?;
    let workloads: Vec<WorkloadId> = args.workload.iter().map(WorkloadId::new).collect();
    let closed = closed(global, &store, &workloads)?;
    let inventory = AskedInventory { store: &store, closed };
    let drafted = draft_wave(&inventory, wave, &workloads, new).map_err(|error| draft_failure(&store, error))?;
    for text in &drafted.left_out {
        printer.warning(&format!("left out: {text}"));
    }
    for text in &drafted.before_seal {
        printer.warning(&format!("before it is sealed: {text}"));
    }
    let (shifts, hand_overs) = (drafted.spec.shifts.len(), drafted.spec.hand_overs.len());
    if shifts + hand_overs == 0 {
        let text = "nothing of it can be shifted or handed over, so no wave was written";
        return Err(Failure::new(FailureKind::Work, text));
    }
    let file = waves::save(&global.dir, &drafted.spec, &[], &permit)?;
    let blanks = crate::error::read_text(&file, FailureKind::Work)?.matches(FILL_IN).count();
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.draft/v1",
            file: file.to_string(),
            shifts,
            hand_overs,
            blanks,
            left_out: &drafted.left_out,
            before_seal: &drafted.before_seal,
        })?;
    } else {
        printer.text(|out| {
            use std::io::Write as _;
            writeln!(out, "{file}")
        })?;
    }
    let all = [(shifts, "shift"), (hand_overs, "hand-over"), (blanks, "blank")];
    let all = all.into_iter().filter(|(count, what)| *count > 0 || *what == "blank");
    let all: Vec<String> = all.map(|(count, what)| counted(count, what)).collect();
    printer.note(&format!("{} to fill in", all.join(", ")));
    match hand_overs {
        0 => printer.hint(&format!("then: caravan plan show {wave} --draft")),
        // No inventory has what stands in a cluster.
        _ => printer.hint(&format!("then: caravan plan seal {wave} --live")),
    }
    Ok(Exit::Done)
}

/// What keeps ways in to these workloads closed on the gateway; of one that the inventory has not, nothing.
fn closed(global: &Global, store: &Store, workloads: &[WorkloadId]) -> Result<Vec<ClosedWay>, Failure> {
    let (config, decisions) = (Config::load(&global.dir)?, decisions::load(&global.dir)?);
    let estate = lifting::Estate::read(store, &decisions, &config.platform)?;
    let mut closed = Vec::new();
    for id in workloads {
        if store.workload(id)?.is_some() {
            closed.extend(closed_ways(id, &estate.open_questions(store, id, &decisions)?, &decisions));
        }
    }
    Ok(closed)
}

fn parse_alias(text: &str) -> Result<Alias, String> {
    match text.split_once('/') {
        Some((zone, name)) if !zone.is_empty() && !name.is_empty() => {
            Ok(Alias { zone: zone.to_owned(), name: name.to_owned(), evaluate_health: false })
        }
        _ => Err("write the hosted zone's id, `/` and the load balancer's name".to_owned()),
    }
}

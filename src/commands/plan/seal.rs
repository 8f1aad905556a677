//! `caravan plan seal`.

use super::planned::planned;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::waves::Over;
use crate::who::Who;
use crate::{journal_db, signals, waves};
use camino::Utf8Path;
use caravan_cutover::operator::{ActiveController, Sealing, seal};
use caravan_plans::{PlanHash, WavePlan};
use clap::Args;
use serde::Serialize;

/// Makes the plan of a wave immutable: the exact snapshot of each stage of each shift, over what was observed, under one
/// SHA-256. Writes plans/sealed/WAVE-HASH.json, which belongs into Git, and keeps it in journal.db. The plan's parent is
/// the wave's seal before it. Sealing what is sealed already changes nothing.
///
/// With --live it also asks who else writes to the targets (Argo CD, external-dns and their like), and refuses with 11
/// while one of them is not paused.
#[derive(Args, Debug)]
pub(crate) struct SealArgs {
    /// The wave
    #[arg(value_name = "WAVE")]
    wave: String,
    /// Observe the targets now, instead of taking what the inventory has observed
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    who: Who,
}

/// `caravan.seal/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    wave: &'a str,
    hash: &'a str,
    parent: Option<&'a str>,
    file: String,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &SealArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "sealing a plan")?;
    let who = args.who.name()?;
    let planned = planned(global, printer, &args.wave, Over::of(args.live))?;
    all_paused(&args.wave, &planned.active)?;
    let journal = journal_db::open_for_writing(&global.dir, &permit)?;
    let sealing = seal_wave(&global.dir, &journal, planned.plan, &who, &permit)?;
    show(global, printer, &sealing)?;
    Ok(Exit::Done)
}

/// A run would hold before its first change of such a target: better to know it now.
fn all_paused(wave: &str, active: &[ActiveController]) -> Result<(), Failure> {
    if active.is_empty() {
        return Ok(());
    }
    let active: Vec<String> = active.iter().map(ToString::to_string).collect();
    let text = format!("wave {wave} is not ready: {}", active.join("; "));
    Err(Failure::new(FailureKind::NotReady, text)
        .hint("pause them, name them under the shift's `paused_controllers:`, and seal again"))
}

/// Seals a plan on top of its wave's newest seal, and writes it beside the journal.
///
/// # Errors
/// When somebody else sealed the wave meanwhile, or journal or disk do not take it.
pub(crate) fn seal_wave(
    dir: &Utf8Path,
    journal: &Journal,
    plan: WavePlan,
    who: &str,
    permit: &WritePermit,
) -> Result<Sealing, Failure> {
    let sealing = signals::block_on(seal(journal, plan, who, journal_db::now()))??;
    waves::write(&waves::sealed_path(dir, &sealing.sealed), sealing.sealed.canonical().as_bytes(), permit)?;
    Ok(sealing)
}

fn show(global: &Global, printer: &Printer, sealing: &Sealing) -> Result<(), Failure> {
    let plan = sealing.sealed.plan();
    let hash = sealing.sealed.hash();
    let file = waves::sealed_path(&global.dir, &sealing.sealed);
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.seal/v1",
            wave: &plan.wave,
            hash: hash.as_str(),
            parent: plan.parent.as_ref().map(PlanHash::as_str),
            file: file.to_string(),
        })?;
    } else {
        printer.text(|out| {
            use std::io::Write as _;
            writeln!(out, "{hash}")
        })?;
    }
    let what = if sealing.unchanged { "was sealed just so before" } else { "is sealed" };
    printer.note(&format!("wave {} {what}: {file}", plan.wave));
    printer.hint(&format!("review it: caravan plan show {}", plan.wave));
    printer.hint(&format!("then: caravan plan approve {} --hash {hash}", plan.wave));
    Ok(())
}

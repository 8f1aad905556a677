//! `caravan plan seal`.

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::operator::StoredInventory;
use crate::permit::WritePermit;
use crate::printer::{Printer, counted};
use crate::waves::Over;
use crate::who::Who;
use crate::world::RealWorld;
use crate::{inventory_db, journal_db, signals, waves};
use camino::Utf8Path;
use caravan_cutover::operator::{
    ActiveController, Inventory, Sealing, active_controllers, plan_from_inventory, plan_from_world, seal,
};
use caravan_plans::spec::ShiftSpec;
use caravan_plans::strategy::Strategy;
use caravan_plans::{PlanHash, SurroundingsError, WavePlan, WaveSpec, check_routes, check_surroundings};
use caravan_providers::CallError;
use caravan_providers::target::{SettledBy, Target};
use clap::Args;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

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
    let config = Config::load(&global.dir)?;
    let spec = waves::load(&global.dir, &args.wave)?;
    let plan = if args.live {
        let world = RealWorld::new(&global.dir, &config)?;
        signals::block_on(async {
            let plan = plan_from_world(&world, &spec, config.drivers).await;
            let plan = plan.map_err(|error| waves::in_file(&global.dir, &spec, Over::Live, error.into()))?;
            all_paused(&spec, &active_controllers(&world, &spec).await?)?;
            say_what_leaves_no_mark(printer, &spec);
            beside(global, printer, &spec, &world).await?;
            around(global, printer, &spec, &plan)?;
            Ok::<_, Failure>(plan)
        })??
    } else {
        let store = inventory_db::open(&global.dir)?;
        let inventory = StoredInventory(&store);
        let plan = plan_from_inventory(&inventory, &spec, config.drivers)
            .map_err(|error| waves::in_file(&global.dir, &spec, Over::Inventory, error.into()))?;
        for unit in inventory.incomplete_lists(&plan)? {
            printer.warning(&format!("the plan was read from a list that is not complete: {unit}"));
        }
        waves::kept_elsewhere(&store, &plan)?.iter().for_each(|said| printer.warning(said));
        plan
    };
    let journal = journal_db::open_for_writing(&global.dir, &permit)?;
    let sealing = seal_wave(&global.dir, &journal, plan, &who, &permit)?;
    show(global, printer, &sealing)?;
    Ok(Exit::Done)
}

/// What stands around the targets is known from the inventory alone, where there is one.
fn around(global: &Global, printer: &Printer, spec: &WaveSpec, plan: &WavePlan) -> Result<(), Failure> {
    if !inventory_db::is_there(&global.dir) {
        printer.warning(
            "there is no inventory: what shares the targets, and which target groups are sticky, is not known",
        );
        return Ok(());
    }
    let store = inventory_db::open(&global.dir)?;
    if let Some(scan) = store.latest_scan()? {
        printer.note(&format!(
            "what stands around the targets is known as of the scan of {:.0}: what was made since is not",
            scan.began
        ));
    }
    for unit in waves::incomplete(&store, plan)? {
        printer.warning(&format!("what shares the targets was read from a list that is not complete: {unit}"));
    }
    waves::kept_elsewhere(&store, plan)?.iter().for_each(|said| printer.warning(said));
    check_surroundings(spec, &waves::estate(&store)?)
        .map_err(|error| waves::in_file(&global.dir, spec, Over::Live, error.into()))
}

/// What the zones and the clusters themselves say of the surroundings, inventory or not.
async fn beside(global: &Global, printer: &Printer, spec: &WaveSpec, world: &RealWorld) -> Result<(), Failure> {
    let refused = |error: SurroundingsError| waves::in_file(&global.dir, spec, Over::Live, error.into());
    for (shift, number) in spec.shifts.iter().zip(1..) {
        if let Target::Records(target) = shift.strategy.target()
            && target.settled_by == SettledBy::NameServers
            && !world.has_name_servers(&target).await?
        {
            return Err(refused(SurroundingsError::PrivateZone { shift: number, zone: target.zone }));
        }
    }
    check_routes(spec, &routes(printer, spec, world).await?).map_err(refused)
}

/// Every route of each cluster in which the wave moves one, as far as these credentials may list them.
async fn routes(
    printer: &Printer,
    spec: &WaveSpec,
    world: &RealWorld,
) -> Result<BTreeMap<String, Vec<serde_json::Value>>, Failure> {
    let clusters: BTreeSet<&str> = spec.shifts.iter().filter_map(cluster_of).collect();
    let mut routes = BTreeMap::new();
    for cluster in clusters {
        match world.all_routes(cluster).await {
            Ok(all) => drop(routes.insert(cluster.to_owned(), all)),
            Err(CallError::Denied(why)) => printer.warning(&format!(
                "which other routes of cluster {cluster} take the same requests, or lead to the old side too, is not known: {why}"
            )),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(routes)
}

fn cluster_of(shift: &ShiftSpec) -> Option<&str> {
    match &shift.strategy {
        Strategy::Route(route) => Some(&route.cluster),
        _ => None,
    }
}

/// Who can write to a name without leaving a mark that can be looked for.
fn say_what_leaves_no_mark(printer: &Printer, spec: &WaveSpec) {
    let is_open = |shift: &&ShiftSpec| {
        matches!(shift.strategy, Strategy::Route53(_))
            && !shift.paused_controllers.iter().any(|tool| tool == "external-dns")
    };
    let names = spec.shifts.iter().filter(is_open).count();
    if names > 0 {
        printer.note(&format!(
            "external-dns was looked for at {} by its usual TXT records: one with --txt-prefix, --txt-suffix, \
             --txt-encrypt-enabled or --txt-wildcard-replacement leaves none that can be found, so pause it yourself",
            counted(names, "name")
        ));
    }
}

/// A run would hold before its first change of such a target: better to know it now.
fn all_paused(spec: &WaveSpec, active: &[ActiveController]) -> Result<(), Failure> {
    if active.is_empty() {
        return Ok(());
    }
    let active: Vec<String> = active.iter().map(ToString::to_string).collect();
    let text = format!("wave {} is not ready: {}", spec.wave, active.join("; "));
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

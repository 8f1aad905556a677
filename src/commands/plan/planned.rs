//! The plan of a wave as it would be sealed now.

use crate::config::Config;
use crate::error::Failure;
use crate::global::Global;
use crate::operator::StoredInventory;
use crate::printer::{Printer, counted};
use crate::waves::Over;
use crate::world::RealWorld;
use crate::{inventory_db, signals, waves};
use caravan_cutover::operator::{
    ActiveController, Inventory, active_controllers, plan_from_inventory, plan_from_world,
};
use caravan_plans::spec::ShiftSpec;
use caravan_plans::strategy::Strategy;
use caravan_plans::{Step, SurroundingsError, WavePlan, WaveSpec, check_routes, check_surroundings};
use caravan_providers::target::{SettledBy, Target, TargetLocation};
use caravan_providers::{Call, CallError, Observer as _};
use std::collections::{BTreeMap, BTreeSet};

/// A plan that nobody has sealed.
pub(super) struct Planned {
    /// The plan.
    pub(super) plan: WavePlan,
    /// Who writes to its targets and is not paused, as the targets themselves say; empty over the inventory, which does not know.
    pub(super) active: Vec<ActiveController>,
}

/// Plans a wave over what the inventory has observed, or over what stands at its targets now; and says what the plan can't know.
///
/// # Errors
/// When the wave's file can't be read or made a plan of, and when a target can't be observed.
pub(super) fn planned(global: &Global, printer: &Printer, wave: &str, over: Over) -> Result<Planned, Failure> {
    let config = Config::load(&global.dir)?;
    let spec = waves::load(&global.dir, wave)?;
    if over == Over::Live {
        let world = RealWorld::new(&global.dir, &config)?;
        return signals::block_on(async {
            let plan = plan_from_world(&world, &spec, config.drivers).await;
            let plan = plan.map_err(|error| waves::in_file(&global.dir, &spec, over, error.into()))?;
            let active = active_controllers(&world, &spec).await?;
            owners_answer(&world, &plan).await?;
            say_what_leaves_no_mark(printer, &spec);
            beside(global, printer, &spec, &world).await?;
            around(global, printer, &spec, &plan)?;
            say_unproven_clusters(printer, &plan);
            Ok(Planned { plan, active })
        })?;
    }
    let store = inventory_db::open(&global.dir)?;
    let inventory = StoredInventory(&store);
    let plan = plan_from_inventory(&inventory, &spec, config.drivers)
        .map_err(|error| waves::in_file(&global.dir, &spec, over, error.into()))?;
    for unit in inventory.incomplete_lists(&plan)? {
        printer.warning(&format!("the plan was read from a list that is not complete: {unit}"));
    }
    waves::kept_elsewhere(&store, &plan)?.iter().for_each(|said| printer.warning(said));
    Ok(Planned { plan, active: Vec::new() })
}

/// Asks every owner of work whether it works, as a hand-over will: a right that is missing is found before anybody is stopped.
async fn owners_answer(world: &RealWorld, plan: &WavePlan) -> Result<(), Failure> {
    for step in plan.steps.iter().filter(|step| matches!(step, Step::HandOver(_))) {
        for target in step.targets() {
            if let Err(error) = world.observe(&Call::Activity(target.clone())).await {
                return Err(Failure::from(error).context(format!("nobody could tell whether {target} works")));
            }
        }
    }
    Ok(())
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

/// A context is a name on a machine.
fn say_unproven_clusters(printer: &Printer, plan: &WavePlan) {
    let contexts: BTreeSet<String> = plan
        .targets()
        .filter_map(|target| match target.kind().location() {
            TargetLocation::Cluster(context) => Some(context),
            _ => None,
        })
        .filter(|context| !plan.clusters.contains_key(context))
        .collect();
    for context in contexts {
        printer.warning(&format!(
            "context {context}: the namespace kube-system can't be had, whose uid tells one cluster from another: a kubeconfig in which it \
             leads elsewhere will not be noticed"
        ));
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

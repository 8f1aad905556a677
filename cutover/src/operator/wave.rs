//! Building a wave: from what the inventory has observed, or from what stands at its targets now.

use caravan_inventory::{Observation, ObservationKind, Workload, WorkloadId};
use caravan_plans::{
    BuildError, Drafted, Drivers, Estate, NewSide, SurroundingsError, WavePlan, WaveSpec, build, check_filled_in,
    check_surroundings, draft,
};
use caravan_providers::target::{
    Controller, ListenerRuleTarget, RouteFrame, RuleFrame, SnapshotError, Target, TargetKind, TargetLocation,
};
use caravan_providers::{Call, CallError, Observer, Reply};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// What a wave is built from, as far as the inventory has observed it. Whoever keeps an inventory implements it.
pub trait Inventory {
    /// Why the inventory can't be read.
    type Error: Error + Send + Sync + 'static;

    /// The workload of that id; none when there is none.
    ///
    /// # Errors
    /// Those of reading.
    fn workload(&self, id: &WorkloadId) -> Result<Option<Workload>, Self::Error>;

    /// What a draft is made from.
    ///
    /// # Errors
    /// Those of reading.
    fn estate(&self) -> Result<Estate, Self::Error>;

    /// The lists from which the plan's targets were read and that are not complete, by name.
    ///
    /// # Errors
    /// Those of reading.
    fn incomplete_lists(&self, plan: &WavePlan) -> Result<Vec<String>, Self::Error>;
}

/// Why a wave could not be drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError<E: Error + 'static> {
    /// The inventory has no such workload: name one that it has.
    #[error("there is no workload `{id}`")]
    NoSuchWorkload {
        /// What was asked for.
        id: WorkloadId,
    },
    /// The inventory can't be read.
    #[error(transparent)]
    Inventory(E),
}

/// Why a wave could not be built from the inventory.
#[derive(Debug, thiserror::Error)]
pub enum InventoryPlanError<E: Error + 'static> {
    /// The wave can't be planned as it is written. [`BuildError::Unobserved`]: discover the target, or observe it live.
    #[error(transparent)]
    Build(BuildError),
    /// What the inventory knows of the surroundings of what is moved speaks against it.
    #[error(transparent)]
    Surroundings(SurroundingsError),
    /// What was observed of a target is not of its form: discover it again.
    #[error("can't read {target}")]
    Unreadable {
        /// The target.
        target: Box<Target>,
        /// The field that is missing.
        #[source]
        source: SnapshotError,
    },
    /// The inventory can't be read.
    #[error(transparent)]
    Inventory(E),
}

/// Why a wave could not be built from what stands at its targets.
#[derive(Debug, thiserror::Error)]
pub enum LivePlanError {
    /// The wave can't be planned as it is written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A run has the target: release that run or take it back first.
    #[error("{target} is in the hands of run {run}")]
    Taken {
        /// The target.
        target: Box<Target>,
        /// Whose fencing token is there.
        run: String,
    },
    /// Two contexts lead to one cluster: what is moved there might be moved twice.
    #[error("contexts {one} and {other} lead to one cluster")]
    OneCluster {
        /// The one context.
        one: String,
        /// The other.
        other: String,
    },
    /// The target can't be observed now.
    #[error("can't observe {target}")]
    Unobservable {
        /// The target.
        target: Box<Target>,
        /// What the provider said; none when it answered another question.
        #[source]
        source: Option<CallError>,
    },
}

/// Why nobody can tell who else writes to a target.
#[derive(Debug, thiserror::Error)]
#[error("can't tell who else writes to {target}")]
pub struct ControllersError {
    /// The target.
    pub target: Box<Target>,
    /// What the provider said; none when it answered another question.
    #[source]
    pub source: Option<CallError>,
}

/// Somebody else who writes to a target by themselves and is not paused. Displayed it says how to pause them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ActiveController {
    /// The target.
    pub target: Target,
    /// The tool that writes to it.
    pub controller: Controller,
}

impl fmt::Display for ActiveController {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, controller } = self;
        write!(f, "{target} is also written by {controller}: {}", controller.how_to_pause())
    }
}

/// Proposes a wave of these workloads.
///
/// # Errors
/// [`DraftError`].
pub fn draft_wave<I: Inventory>(
    inventory: &I,
    wave: &str,
    ids: &[WorkloadId],
    new: &NewSide,
) -> Result<Drafted, DraftError<I::Error>> {
    let mut workloads = Vec::new();
    for id in ids {
        let found = inventory.workload(id).map_err(DraftError::Inventory)?;
        workloads.push(found.ok_or_else(|| DraftError::NoSuchWorkload { id: id.clone() })?);
    }
    let estate = inventory.estate().map_err(DraftError::Inventory)?;
    Ok(draft(wave, &workloads, &estate, new).hand_over(&workloads, &estate))
}

/// The plan of a wave over what the inventory has observed, as for its first seal. `drivers` holds when the wave does not
/// say.
///
/// # Errors
/// [`InventoryPlanError`].
pub fn plan_from_inventory<I: Inventory>(
    inventory: &I,
    spec: &WaveSpec,
    drivers: Drivers,
) -> Result<WavePlan, InventoryPlanError<I::Error>> {
    let estate = inventory.estate().map_err(InventoryPlanError::Inventory)?;
    let mut observed = BTreeMap::new();
    for target in targets(spec) {
        match target.kind().observed_in(&mut estate.observations()) {
            Ok(found) => observed.extend(found.map(|snapshot| (target, snapshot))),
            Err(source) => return Err(InventoryPlanError::Unreadable { target: Box::new(target), source }),
        }
    }
    let plan = build(spec, |target| observed.get(target).cloned(), drivers, None).map_err(InventoryPlanError::Build)?;
    check_surroundings(spec, &estate).map_err(InventoryPlanError::Surroundings)?;
    Ok(WavePlan { rules: observed_rules(&estate, &plan), ..plan })
}

/// What of the plan's rules of load balancers is not their actions, as far as the inventory has seen it whole: what was redacted there can't
/// be compared.
fn observed_rules(estate: &Estate, plan: &WavePlan) -> BTreeMap<String, RuleFrame> {
    let frame = |target: &Target| {
        let Target::ListenerRule(rule) = target else { return None };
        let arn = rule.listener();
        let mut observed = estate.observations();
        let listener = observed.find(|seen| seen.kind == ObservationKind::Listener && seen.native_name() == arn)?;
        let is_of_it = |seen: &&Observation| {
            let of = ListenerRuleTarget { arn: seen.native_name().to_owned(), ..rule.clone() };
            seen.kind == ObservationKind::ListenerRule && of.listener() == arn
        };
        let rules: Vec<Value> = estate.observations().filter(is_of_it).map(|seen| seen.body.clone()).collect();
        let is_whole = !rules.iter().any(|rule| rule.to_string().contains("<redacted:"));
        let frame = is_whole.then(|| RuleFrame::of(&rule.arn, &listener.body, &rules))??;
        Some((rule.arn.clone(), frame))
    };
    plan.targets().filter_map(frame).collect()
}

/// The plan of a wave over what stands at its targets right now, as for its first seal. `drivers` holds when the wave does
/// not say.
///
/// # Errors
/// [`LivePlanError`].
pub async fn plan_from_world(
    world: &impl Observer,
    spec: &WaveSpec,
    drivers: Drivers,
) -> Result<WavePlan, LivePlanError> {
    check_filled_in(spec)?;
    let mut observed = BTreeMap::new();
    for target in targets(spec) {
        let unobservable = |source| LivePlanError::Unobservable { target: Box::new(target.clone()), source };
        match world.observe(&Call::Observe(target.clone())).await {
            Ok(Reply::Observed { snapshot, token: None }) => {
                observed.insert(target, snapshot);
            }
            Ok(Reply::Observed { token: Some(token), .. }) => {
                return Err(LivePlanError::Taken { target: Box::new(target), run: token.run });
            }
            Ok(_) => return Err(unobservable(None)),
            Err(error) => return Err(unobservable(Some(error))),
        }
    }
    let plan = build(spec, |target| observed.get(target).cloned(), drivers, None)?;
    let (clusters, routes) = (clusters(world, &plan).await?, routes(world, &plan).await?);
    Ok(WavePlan { clusters, routes, rules: rules(world, &plan).await?, ..plan })
}

/// What of the plan's routes is not their rules.
async fn routes(world: &impl Observer, plan: &WavePlan) -> Result<BTreeMap<String, RouteFrame>, LivePlanError> {
    let mut routes = BTreeMap::new();
    for target in plan.targets() {
        let Target::Route(route) = target else { continue };
        let frame = world
            .route_frame(route)
            .await
            .map_err(|source| LivePlanError::Unobservable { target: Box::new(target.clone()), source: Some(source) })?;
        routes.extend(frame.map(|frame| (route.identity(), frame)));
    }
    Ok(routes)
}

/// What of the plan's rules of load balancers is not their actions.
async fn rules(world: &impl Observer, plan: &WavePlan) -> Result<BTreeMap<String, RuleFrame>, LivePlanError> {
    let mut rules = BTreeMap::new();
    for target in plan.targets() {
        let Target::ListenerRule(rule) = target else { continue };
        let frame = world
            .rule_frame(rule)
            .await
            .map_err(|source| LivePlanError::Unobservable { target: Box::new(target.clone()), source: Some(source) })?;
        rules.extend(frame.map(|frame| (rule.arn.clone(), frame)));
    }
    Ok(rules)
}

/// The clusters in which a plan has targets, each by its own identity, as far as it may be asked.
async fn clusters(world: &impl Observer, plan: &WavePlan) -> Result<BTreeMap<String, String>, LivePlanError> {
    let mut clusters: BTreeMap<String, String> = BTreeMap::new();
    for target in plan.targets() {
        let TargetLocation::Cluster(context) = target.kind().location() else { continue };
        if clusters.contains_key(&context) {
            continue;
        }
        match world.cluster_identity(&context).await {
            Ok(Some(uid)) => {
                if let Some((other, _)) = clusters.iter().find(|(_, known)| **known == uid) {
                    return Err(LivePlanError::OneCluster { one: other.clone(), other: context });
                }
                clusters.insert(context, uid);
            }
            Ok(None) | Err(CallError::Denied(_) | CallError::Missing(_)) => {}
            Err(source) => {
                return Err(LivePlanError::Unobservable { target: Box::new(target.clone()), source: Some(source) });
            }
        }
    }
    Ok(clusters)
}

/// Who else writes to the wave's targets by themselves, and is not named there as paused (K11).
///
/// # Errors
/// [`ControllersError`]: the first target of which nobody can tell.
pub async fn active_controllers(
    world: &impl Observer,
    spec: &WaveSpec,
) -> Result<Vec<ActiveController>, ControllersError> {
    let mut active = Vec::new();
    for (target, paused) in spec.paused() {
        let unknown = |source| ControllersError { target: Box::new(target.clone()), source };
        let found = match world.observe(&Call::Controllers(target.clone())).await {
            Ok(Reply::Controllers(found)) => found,
            Ok(_) => return Err(unknown(None)),
            Err(error) => return Err(unknown(Some(error))),
        };
        let found = found.into_iter().filter(|controller| !paused.contains(&controller.tool));
        active.extend(found.map(|controller| ActiveController { target: target.clone(), controller }));
    }
    Ok(active)
}

fn targets(spec: &WaveSpec) -> Vec<Target> {
    spec.paused().map(|(target, _)| target).collect()
}

//! From the inventory to what the estate costs, now and then.

use crate::config::{self, Config};
use crate::error::{Failure, FailureKind};
use crate::global::Global;
use crate::proposing::Estate;
use crate::waves;
use caravan_inventory::{EdgeKind, Observation, ObservationId, ObservationKind, WorkloadId};
use caravan_inventory_store::Store;
use caravan_plans::cost::{CostInput, Estimate, Hosts, NodeSettings, estimate};
use caravan_plans::readiness::{Assessment, Subject};
use caravan_plans::waves::Proposal;
use std::collections::BTreeMap;

/// What everything costs, with what it was reckoned of.
pub(crate) struct Costing {
    /// The figures.
    pub(crate) estimate: Estimate,
    /// The region in which nodes are bought.
    pub(crate) region: String,
    /// What was proposed, and who is owned by whom.
    pub(crate) estate: Estate,
}

impl Costing {
    /// Reckons the estate of an inventory. With `sized`, pods ask for what was measured where anything was.
    ///
    /// # Errors
    /// Those of reading, and of what `caravan.yaml` asks for and can't be.
    pub(crate) fn read(global: &Global, store: &Store, config: &Config, sized: bool) -> Result<Self, Failure> {
        Self::read_with(global, store, config, sized, &mut |_, _| {})
    }

    /// The same, and shows each workload as it is assessed, part by part.
    ///
    /// # Errors
    /// Likewise.
    pub(crate) fn read_with(
        global: &Global,
        store: &Store,
        config: &Config,
        sized: bool,
        visit: &mut dyn FnMut(&Subject<'_>, &Assessment),
    ) -> Result<Self, Failure> {
        let settings = settings(global, config)?;
        let mut inputs: BTreeMap<WorkloadId, CostInput> = BTreeMap::new();
        let estate = Estate::read_with(global, store, config, &mut |subject, assessment| {
            visit(subject, assessment);
            let input = CostInput::read(subject, assessment, sized);
            match inputs.get_mut(&subject.workload.id) {
                Some(known) => known.join(input),
                None => drop(inputs.insert(subject.workload.id.clone(), input)),
            }
        })?;
        let (by_workload, order) = places(global, &estate.propose(global)?)?;
        let inputs = inputs.into_values().collect();
        let estimate = estimate(inputs, &hosts(store)?, &settings, &by_workload, &order);
        Ok(Self { estimate, region: settings.region, estate })
    }
}

fn settings(global: &Global, config: &Config) -> Result<NodeSettings, Failure> {
    let (region, disk) = (&config.platform.region, &config.platform.nodes.disk);
    NodeSettings::new(region, disk).ok_or_else(|| {
        let path = Config::path(&global.dir);
        Failure::new(FailureKind::Configuration, format!("{path}: platform.nodes.disk: `{disk}` is no size"))
            .hint(format!("write one such as `50Gi` into {}", config::FILE))
    })
}

/// The wave of each workload, and the waves in their order: what people have written goes before what is proposed.
fn places(global: &Global, proposal: &Proposal<'_>) -> Result<(BTreeMap<WorkloadId, String>, Vec<String>), Failure> {
    let (mut by_workload, mut order) = (BTreeMap::new(), Vec::new());
    for wave in &proposal.waves {
        order.push(wave.name.clone());
        let members = wave.placements.iter().map(|placement| (placement.workload.clone(), wave.name.clone()));
        by_workload.extend(members);
    }
    for name in waves::written(&global.dir)? {
        let spec = waves::load(&global.dir, &name)?;
        let shifted = spec.shifts.into_iter().map(|shift| shift.workload);
        let handed_over = spec.hand_overs.into_iter().map(|hand_over| hand_over.workload);
        by_workload.extend(shifted.chain(handed_over).map(|workload| (workload, name.clone())));
        if !order.contains(&name) {
            order.push(name);
        }
    }
    order.retain(|name| by_workload.values().any(|wave| wave == name));
    Ok((by_workload, order))
}

/// The machines of the clusters, by what says that they belong there.
fn hosts(store: &Store) -> Result<Hosts, Failure> {
    let mut hosts = Hosts::default();
    let is_instance =
        |id: &str| id.strip_prefix(ObservationKind::Ec2Instance.as_str()).is_some_and(|rest| rest.starts_with('/'));
    let mut owned = store.edges_of_kind(EdgeKind::OwnedBy)?;
    owned.retain(|edge| is_instance(&edge.from));
    owned.sort();
    owned.dedup_by(|one, other| one.from == other.from && one.to == other.to);
    for edge in owned {
        let seen: Option<Observation> = store.observation(&ObservationId::new(&edge.from))?;
        if let Some(instance) = seen {
            hosts.add(&edge.to, &instance);
        }
    }
    Ok(hosts)
}

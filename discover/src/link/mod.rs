//! Linking: observations become workloads, and edges with the evidence for them.
//!
//! ```text
//! names (balancers, records, zones, shared resources) ──► one location after the other: workloads, edges, hosts to resolve
//!                                                     │
//!   files, as one location of their own, and templates that name each other's things as one ──► hosts resolved ──► domains
//! ```
//!
//! Memory: the observations of one account and region at a time (and all from files), the names of all load balancers
//! and record sets, and what comes out. Everything is sorted: same observations and rules, same bytes.

mod balancing;
mod calls;
mod classic;
mod distributions;
mod dns_name;
mod domains;
mod ecs;
mod found;
mod functions;
mod gateway;
mod gateway_calls;
mod gateway_hosts;
mod governed;
mod hosts;
mod joined;
mod machine_owner;
mod machine_parts;
mod machines;
mod names;
mod owner;
mod records;
mod references;
mod resources;
mod rights;
mod scheduled;
mod source;
mod state_machines;
mod values;
mod view;
mod workers;
mod wrangler;

#[cfg(test)]
mod tests;

use caravan_inventory::{
    AccountId, Domain, Edge, Observation, ObservationKind, Ownership, Question, Region, Workload, WorkloadId,
};
use found::{Files, Found};
use governed::Keepers;
use hosts::{Hosts, PendingHost};
use resources::Resources;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) use balancing::{conditions, listener_of_rule, targets};
pub(crate) use dns_name::plain_name;
pub(crate) use gateway::{Gateways, base_path, own_host, owner_field, target_names};
pub(crate) use gateway_calls::{Call, calls};
pub(crate) use source::finish_and_relink;
pub use source::relink;
pub(crate) use view::{View, step};

/// Where observations live.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Location {
    /// The account; none for files that do not say.
    pub account: Option<AccountId>,
    /// The region; `global` for global services, none for files that do not say.
    pub region: Option<Region>,
}

/// Observations, read one at a time.
pub trait ObservationSource {
    /// Why they could not be read.
    type Error;

    /// Every location that holds observations, sorted.
    ///
    /// # Errors
    /// When they cannot be read.
    fn locations(&self) -> Result<Vec<Location>, Self::Error>;

    /// Shows every observation of a kind that was not marked gone, in one location or in all, sorted by id.
    ///
    /// # Errors
    /// When they cannot be read.
    fn visit(
        &self,
        kind: ObservationKind,
        location: Option<&Location>,
        visitor: &mut dyn FnMut(Observation),
    ) -> Result<(), Self::Error>;
}

/// What linking gives: same observations and rules, same value, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linked {
    /// Every workload, sorted by id.
    pub workloads: Vec<Workload>,
    /// Every edge, sorted.
    pub edges: Vec<Edge>,
    /// Vanity domains, sorted by name.
    pub domains: Vec<Domain>,
    /// What only a person can tell, sorted by id.
    pub questions: Vec<Question>,
}

/// A linking under way.
struct Linker<'o> {
    ownership: &'o Ownership,
    workloads: BTreeMap<WorkloadId, Workload>,
    edges: BTreeSet<Edge>,
    questions: Vec<Question>,
    hosts: Hosts,
    pending: Vec<PendingHost>,
    /// ARN of an instance profile → the observation of it.
    profiles: BTreeMap<String, Observation>,
    /// ARN of a function → its workload.
    functions: BTreeMap<String, String>,
    /// ARN of a service of Cloud Map → the workloads that are registered in it.
    registries: BTreeMap<String, BTreeSet<String>>,
    /// Edges from functions of other locations, by ARN.
    foreign: Vec<Edge>,
    resources: Resources,
    keepers: Keepers,
    /// What roles are allowed, whether or not anything acts as them.
    rights: Vec<Edge>,
}

/// Links observations. `ownership` says whose each workload is; what no rule matches is asked.
///
/// # Errors
/// Only the source's.
pub fn link<S: ObservationSource>(source: &S, ownership: &Ownership) -> Result<Linked, S::Error> {
    let mut linker = Linker::new(ownership);
    linker.read_keepers(source)?;
    linker.read_names(source)?;
    linker.read_resources(source)?;
    linker.read_rights(source)?;
    source.visit(ObservationKind::InstanceProfile, None, &mut |profile| {
        // A template names a profile by its name as well as by its ARN.
        let names = ["Arn", "InstanceProfileName"].into_iter().filter_map(|field| profile.body.get(field)?.as_str());
        let names: Vec<String> = names.filter(|_| View::of(&profile).is_file()).map(str::to_owned).collect();
        for name in names {
            linker.profiles.insert(name, profile.clone());
        }
        linker.profiles.insert(profile.name.clone(), profile);
    })?;
    let mut files = Files::default();
    for location in source.locations()? {
        let found = Found::read(source, &location, &mut files)?;
        found.observations().for_each(|observation| linker.govern(observation));
        linker.link_location(&found);
    }
    let files = files.groups();
    files.iter().for_each(|found| linker.link_location(found));
    linker.called_workers(files.iter());
    linker.resolve_functions();
    linker.resolve_secrets();
    linker.resolve_rights();
    linker.resolve_hosts();
    Ok(linker.finish())
}

impl<'o> Linker<'o> {
    fn new(ownership: &'o Ownership) -> Self {
        Self {
            ownership,
            workloads: BTreeMap::new(),
            edges: BTreeSet::new(),
            questions: Vec::new(),
            hosts: Hosts::default(),
            pending: Vec::new(),
            profiles: BTreeMap::new(),
            functions: BTreeMap::new(),
            registries: BTreeMap::new(),
            foreign: Vec::new(),
            resources: Resources::default(),
            keepers: Keepers::default(),
            rights: Vec::new(),
        }
    }

    /// One account and region, templates that belong together, or all other files.
    fn link_location(&mut self, found: &Found) {
        let gateways = Gateways::of(&found.gateways);
        self.services(found, &gateways);
        self.scheduled_tasks(found);
        self.unreferenced_definitions(found);
        self.functions(found, &gateways);
        self.gateways(found, &gateways);
        self.state_machines(found);
        self.machines(found, &gateways);
        self.workers(found);
        self.wrangler(found);
    }

    fn finish(mut self) -> Linked {
        let domains = self.domains();
        self.questions.sort_by(|one, other| one.id.cmp(&other.id));
        Linked {
            workloads: self.workloads.into_values().collect(),
            edges: self.edges.into_iter().collect(),
            domains,
            questions: self.questions,
        }
    }
}

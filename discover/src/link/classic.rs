//! Classic load balancers: which instances, groups and services they send to.

use super::Linker;
use super::balancing::{Front, FrontEntry};
use super::found::Found;
use super::view::View;
use caravan_inventory::{Confidence, EdgeKind, Observation, ObservationId};
use std::collections::BTreeSet;

/// The classic load balancers of one location.
pub(super) struct Classics<'f>(&'f [Observation]);

impl<'f> Classics<'f> {
    pub(super) fn of(found: &'f Found) -> Self {
        Self(&found.classic_balancers)
    }

    /// The one of a name.
    pub(super) fn named(&self, name: &str) -> Option<&'f ObservationId> {
        self.0.iter().find(|balancer| balancer.name == name).map(|balancer| &balancer.id)
    }

    /// Those that name an instance by itself, with the field that does.
    pub(super) fn of_instance(&self, instance: &str) -> impl Iterator<Item = (View<'f>, String)> {
        let named = |view: View<'f>| {
            let at = view
                .list("/Instances")
                .iter()
                .position(|one| one.get("InstanceId").and_then(serde_json::Value::as_str) == Some(instance))?;
            Some((view, format!("/Instances/{at}/InstanceId")))
        };
        self.0.iter().map(View::of).filter_map(named).collect::<Vec<_>>().into_iter()
    }
}

/// The name of a classic load balancer, as an edge says it where the load balancer was not read.
pub(super) fn unread(name: &str) -> String {
    format!("elasticloadbalancing:loadbalancer/{name}")
}

impl Linker<'_> {
    /// A workload receives everything that comes to a classic load balancer: it has no rules.
    pub(super) fn behind_classic(&mut self, id: &str, balancer: &ObservationId) {
        let (balancer, rule) = (balancer.clone(), balancer.clone());
        let (hosts, beside, paths) = (Vec::new(), BTreeSet::new(), Vec::new());
        let front = Front { balancer, entry: FrontEntry::default(), rule, hosts, beside, paths, led_to: false };
        self.hosts.add_fronts(id, vec![front]);
    }

    /// The classic load balancers that a document of a workload names, with the fields that do.
    pub(super) fn names_classics<'n>(
        &mut self,
        id: &str,
        view: &View<'_>,
        classics: &Classics<'_>,
        names: impl IntoIterator<Item = (&'n str, String)>,
    ) {
        for (name, pointer) in names {
            let observed = classics.named(name);
            let to = observed.map_or_else(|| unread(name), ToString::to_string);
            self.edges.insert(view.edge(id, &to, EdgeKind::Routes, Confidence::Stated, &pointer));
            if let Some(balancer) = observed {
                self.behind_classic(id, balancer);
            }
        }
    }
}

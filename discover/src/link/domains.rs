//! Vanity domains: host names of customers that our load balancers and Workers answer for.

use super::Linker;
use super::hosts::Hosts;
use caravan_inventory::{Domain, Hostname, ObservationId};
use std::collections::{BTreeMap, BTreeSet};

impl Linker<'_> {
    /// Host names that rules, routes and custom domains name and that are in no zone of our own.
    pub(super) fn domains(&self) -> Vec<Domain> {
        let own = own_zones(&self.hosts);
        let mut domains = BTreeMap::new();
        for (host, target, observation) in served(&self.hosts) {
            let is_ours = own.contains(&host) || parents(&host).any(|parent| own.contains(parent));
            // What AWS names is no customer's.
            if is_ours || !is_exact(&host) || caravan_inventory::is_made_by_aws(&host) {
                continue;
            }
            // A record set of a zone that the customer delegated says more than a rule.
            let record =
                self.hosts.records.get(&host).and_then(|records| records.first()).map(|record| record.id.clone());
            let name = Hostname::new(host.as_str());
            domains.entry(host).or_insert_with(|| Domain {
                name,
                customer: None,
                target: Some(target),
                observation: Some(record.unwrap_or(observation)),
                request: None,
                inspection: None,
            });
        }
        domains.into_values().collect()
    }
}

/// Every host that something is named for: host, what answers, the observation that says so.
fn served(hosts: &Hosts) -> Vec<(String, String, ObservationId)> {
    let of_rules = hosts.fronts.values().flatten().flat_map(|(_, front)| {
        front.hosts.iter().map(|host| (host.clone(), front.balancer.to_string(), front.rule.clone()))
    });
    let of_workers =
        hosts.workers.iter().map(|((host, _), (_, worker))| (host.clone(), worker.to_string(), worker.clone()));
    let mut served: Vec<_> = of_rules.chain(of_workers).chain(hosts.apis.served()).collect();
    served.sort();
    served
}

/// Zones that hold more addresses than that of their own name: a zone with its own name alone was delegated by the
/// customer for this one host.
fn own_zones(hosts: &Hosts) -> BTreeSet<String> {
    let mut own = BTreeSet::new();
    for name in hosts.records.keys() {
        own.extend(parents(name).find(|parent| hosts.zones.contains(*parent)).map(str::to_owned));
    }
    own
}

/// The names above a name, from the nearest on.
fn parents(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').map(|(at, _)| &name[at + 1..])
}

/// A whole host name with a dot and without wildcards: a Worker's route may hold patterns.
fn is_exact(host: &str) -> bool {
    host.contains('.') && !host.contains(['*', '?'])
}

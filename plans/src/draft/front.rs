//! The ways in to a workload: rules and default actions that forward to its target groups.

use crate::Estate;
use crate::rule_body::{Hosts, groups, groups_for, hosts, listener_of};
use caravan_inventory::{Observation, ObservationKind, Workload};
use std::collections::BTreeSet;

/// One rule or default action that forwards to a workload.
pub(super) struct Front<'a> {
    pub(super) rule: &'a Observation,
    pub(super) listener: &'a Observation,
    pub(super) balancer: &'a Observation,
    pub(super) group: &'a Observation,
    /// Whether it forwards to this one target group and to no other.
    pub(super) alone: bool,
}

/// Every way in to the workload, in the order of the estate.
pub(super) fn fronts<'a>(workload: &Workload, estate: &'a Estate) -> Vec<Front<'a>> {
    let own: BTreeSet<&str> = workload
        .parts
        .iter()
        .filter_map(|part| estate.target_groups.iter().find(|group| group.id == *part))
        .map(|group| group.name.as_str())
        .collect();
    let by_name = |all: &'a [Observation], name: &str| all.iter().find(|observed| observed.name == name);
    let forwards = |observed: &'a Observation| {
        let groups = groups(&observed.body);
        let first = groups.iter().find(|group| own.contains(group.as_str()))?;
        let group = by_name(&estate.target_groups, first)?;
        let listener = match observed.kind {
            ObservationKind::Listener => observed,
            _ => by_name(&estate.listeners, &listener_of(&observed.name)?)?,
        };
        let balancer = by_name(&estate.load_balancers, listener.body["LoadBalancerArn"].as_str()?)?;
        Some(Front { rule: observed, listener, balancer, group, alone: groups.len() == 1 })
    };
    // A listener's default action is also observed as its default rule, which can't be written.
    let written = estate.rules.iter().filter(|rule| rule.body["IsDefault"] != true);
    written.chain(&estate.listeners).filter_map(forwards).collect()
}

impl Front<'_> {
    /// `rule 10 of edge:443`, `the default action of edge:443`, for people.
    pub(super) fn called(&self) -> String {
        let balancer = self.balancer.body["LoadBalancerName"].as_str().unwrap_or(&self.balancer.name);
        let of = format!("{balancer}:{}", self.listener.body["Port"].as_u64().unwrap_or(443));
        match self.rule.body["Priority"].as_str() {
            Some(priority) => format!("rule {priority} of {of}"),
            None => format!("the default action of {of}"),
        }
    }

    /// The protocol of its listener, where no probe speaks it; none where one does.
    pub(super) fn unasked(&self) -> Option<&str> {
        self.listener.body["Protocol"].as_str().filter(|protocol| !matches!(*protocol, "HTTP" | "HTTPS"))
    }

    /// The exact names that come in by it, and its wildcards; where it takes every host, `leading` tells the names. None where
    /// it asks for hosts in a way that names none.
    pub(super) fn names(&self, leading: &BTreeSet<String>) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
        let all = match hosts(&self.rule.body) {
            Hosts::Every => leading.clone(),
            Hosts::Named(named) => named,
            Hosts::Unreadable => return None,
        };
        Some(all.into_iter().partition(|host| !host.contains(['*', '?'])))
    }

    /// Whether everything under this name goes to the same target group, whatever the listener of its load balancer; what
    /// the load balancer answers by itself sends nobody elsewhere.
    pub(super) fn owns(&self, host: &str, estate: &Estate) -> bool {
        groups_for(estate, &self.balancer.name, host).iter().all(|group| *group == self.group.name)
    }
}

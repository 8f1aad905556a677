//! The ways in to a workload: rules and default actions that forward to its target groups.

use crate::Estate;
use crate::rule_body::{groups, listener_of};
use caravan_inventory::{Observation, ObservationKind, Workload};
use serde_json::Value;
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

    /// The exact names that come in by it, and its wildcards; where it takes every host, `leading` tells the names.
    pub(super) fn names(&self, leading: &BTreeSet<String>) -> (BTreeSet<String>, BTreeSet<String>) {
        let named = hosts(&self.rule.body);
        let all = if named.is_empty() { leading.clone() } else { named.into_iter().collect() };
        all.into_iter().partition(|host| !host.contains(['*', '?']))
    }

    /// Whether everything under this name goes to the same target group, whatever the listener of its load balancer; what
    /// the load balancer answers by itself sends nobody elsewhere.
    pub(super) fn owns(&self, host: &str, estate: &Estate) -> bool {
        let of_balancer = |listener: &&Observation| listener.body["LoadBalancerArn"] == self.balancer.name.as_str();
        let here = |body: &Value| {
            let groups = groups(body);
            groups.is_empty() || groups == [self.group.name.clone()]
        };
        estate.listeners.iter().filter(of_balancer).all(|listener| {
            let rules = estate.rules.iter().filter(|rule| listener_of(&rule.name).as_ref() == Some(&listener.name));
            let mut rules: Vec<&Observation> = rules.filter(|rule| rule.body["IsDefault"] != true).collect();
            rules.sort_by_key(|rule| priority(&rule.body));
            for rule in rules.into_iter().filter(|rule| takes(&rule.body, host)) {
                if !here(&rule.body) {
                    return false;
                }
                if conditions(&rule.body).iter().all(|condition| condition["Field"] == "host-header") {
                    return true;
                }
            }
            here(&listener.body)
        })
    }
}

fn priority(rule: &Value) -> u64 {
    let text = rule["Priority"].as_str().and_then(|text| text.parse().ok());
    text.or_else(|| rule["Priority"].as_u64()).unwrap_or(u64::MAX)
}

fn conditions(rule: &Value) -> &[Value] {
    rule["Conditions"].as_array().map_or(&[], Vec::as_slice)
}

/// The hosts of a rule, in lower case, maybe with wildcards; none is every host.
fn hosts(rule: &Value) -> BTreeSet<String> {
    let of_host = conditions(rule).iter().filter(|condition| condition["Field"] == "host-header");
    let lists = of_host.flat_map(|condition| [&condition["HostHeaderConfig"]["Values"], &condition["Values"]]);
    let values = lists.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    values.map(str::to_ascii_lowercase).collect()
}

fn takes(rule: &Value, host: &str) -> bool {
    let hosts = hosts(rule);
    hosts.is_empty() || hosts.iter().any(|pattern| matches(pattern.as_bytes(), host.as_bytes()))
}

/// `*` is any run of characters, `?` any single one.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            matches(rest, text) || text.split_first().is_some_and(|(_, text)| matches(pattern, text))
        }
        (Some((b'?', rest)), Some((_, text))) => matches(rest, text),
        (Some((one, rest)), Some((other, text))) => one == other && matches(rest, text),
        _ => false,
    }
}

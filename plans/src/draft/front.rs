//! The ways in to a workload: rules and default actions that forward to its target groups.

use crate::Estate;
use crate::rule_body::{
    Hosts, answering, groups, groups_for, hosts, listener_of, priority, receiving, rules_of, weights,
};
use caravan_inventory::{Observation, ObservationKind, Workload};
use std::collections::BTreeSet;

/// One rule or default action that forwards to a workload.
pub(super) struct Front<'a> {
    pub(super) rule: &'a Observation,
    pub(super) listener: &'a Observation,
    pub(super) balancer: &'a Observation,
    pub(super) group: &'a Observation,
    /// How much of what comes by it this target group gets.
    pub(super) part: Part,
}

/// How much of what comes by a rule or default action one target group gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// All of it: the rule forwards to no other.
    Alone,
    /// All of it: the others that it names have weight 0. With their names.
    BesideIdle(String),
    /// Some of it. With all groups and their weights.
    Divided(String),
    /// Nothing: it has weight 0. With those that get something.
    Nothing(String),
}

/// The part of a target group, of those that a rule or listener forwards to.
fn part(body: &serde_json::Value, group: &str) -> Part {
    let all = weights(body);
    let shown = |kept: &dyn Fn(&(String, u64)) -> bool| {
        let kept = all.iter().filter(|one| kept(one)).map(|(arn, weight)| format!("{} {weight}", short(arn)));
        kept.collect::<Vec<_>>().join(", ")
    };
    let receiving = receiving(body);
    let own = receiving.iter().any(|(arn, _)| arn == group);
    match (own, all.len(), receiving.len()) {
        (false, ..) => Part::Nothing(shown(&|(_, weight)| *weight > 0)),
        (true, 0 | 1, _) => Part::Alone,
        (true, _, 1) => Part::BesideIdle(shown(&|(_, weight)| *weight == 0)),
        (true, ..) => Part::Divided(shown(&|_| true)),
    }
}

/// What a target group is called, of its ARN.
pub(super) fn short(arn: &str) -> &str {
    arn.split(":targetgroup/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(arn)
}

/// The rules of a listener that redirect the hosts that they name to another one, with that one and those hosts.
pub(super) fn redirects<'e>(
    estate: &'e Estate,
    listener: &'e Observation,
) -> impl Iterator<Item = (&'e Observation, String, BTreeSet<String>)> {
    rules_of(estate, listener).filter_map(|rule| {
        let actions = rule.body["Actions"].as_array()?;
        let to = actions.iter().find_map(|action| action["RedirectConfig"]["Host"].as_str())?.to_ascii_lowercase();
        let Hosts::Named(names) = hosts(&rule.body) else { return None };
        Some((rule, to, names))
    })
}

/// Every way in to the workload, in the order of the estate.
pub(super) fn fronts<'a>(workload: &Workload, estate: &'a Estate) -> Vec<Front<'a>> {
    let own: BTreeSet<&str> = workload
        .parts
        .iter()
        .filter_map(|part| estate.target_groups.iter().find(|group| group.id == *part))
        .map(Observation::native_name)
        .collect();
    // Of a file, the name has the path in front; what bodies hold is what the cloud calls it, or would.
    let by_name = |all: &'a [Observation], name: &str| all.iter().find(|observed| observed.native_name() == name);
    let forwards = |observed: &'a Observation| {
        let groups = groups(&observed.body);
        let receiving = receiving(&observed.body);
        let ours = |group: &&String| own.contains(group.as_str());
        let first = receiving.iter().map(|(group, _)| group).find(ours).or_else(|| groups.iter().find(ours))?;
        let group = by_name(&estate.target_groups, first)?;
        let listener = match observed.kind {
            ObservationKind::Listener => observed,
            _ => by_name(&estate.listeners, &listener_of(observed.native_name())?)?,
        };
        let balancer = by_name(&estate.load_balancers, listener.body["LoadBalancerArn"].as_str()?)?;
        Some(Front { rule: observed, listener, balancer, group, part: part(&observed.body, group.native_name()) })
    };
    // A listener's default action is also observed as its default rule, which can't be written.
    let written = estate.rules.iter().filter(|rule| rule.body["IsDefault"] != true);
    written.chain(&estate.listeners).filter_map(forwards).collect()
}

impl Front<'_> {
    /// `rule 10 of edge:443`, `the default action of edge:443`, for people.
    pub(super) fn called(&self) -> String {
        let of = self.listener_called();
        match priority(&self.rule.body) {
            Some(priority) => format!("rule {priority} of {of}"),
            None => format!("the default action of {of}"),
        }
    }

    /// `edge:443`.
    pub(super) fn listener_called(&self) -> String {
        let balancer = self.balancer.body["LoadBalancerName"].as_str().unwrap_or(self.balancer.native_name());
        format!("{balancer}:{}", self.listener.body["Port"].as_u64().unwrap_or(443))
    }

    /// What answers a plain request for a host and path by its listener, for people, where that is not this front: another
    /// rule, or the same one by what it does.
    pub(super) fn caught(&self, estate: &Estate, host: &str, path: &str) -> Option<String> {
        let answering = answering(estate, self.listener, host, path);
        let body = &answering.body;
        if answering.id == self.rule.id || receiving(body).iter().any(|(group, _)| group == self.group.native_name()) {
            return None;
        }
        let actions = body.get("Actions").or_else(|| body.get("DefaultActions")).and_then(serde_json::Value::as_array);
        let does = actions.into_iter().flatten().find_map(|action| match action["Type"].as_str()? {
            "redirect" => Some("redirects"),
            "fixed-response" => Some("answers by itself"),
            "forward" => Some("sends elsewhere"),
            _ => None,
        });
        let what = Front { rule: answering, part: Part::Alone, ..*self }.called();
        Some(format!("{what} {} {path} of {host}", does.unwrap_or("takes")))
    }

    /// Whether anything of it is known from a file alone, which tells what is meant to stand, and no ARN of what does.
    pub(super) fn is_of_file(&self) -> bool {
        [self.rule, self.listener, self.balancer, self.group].iter().any(|seen| seen.is_of_file())
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
        let own = self.group.native_name();
        groups_for(estate, self.balancer.native_name(), host).iter().all(|group| group == own)
    }
}

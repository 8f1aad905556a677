//! From a load balancer through listeners and rules to what answers.

use super::answer::answers;
use super::certificate::certificate;
use super::say::{self, step};
use super::{Doors, Step, StepKind};
use crate::link::{View, conditions};
use caravan_inventory::{Evidence, Observation};

/// The hosts that a rule names; none takes all.
pub(super) fn hosts(rule: &Observation) -> Vec<String> {
    conditions(&View::of(rule), "host-header", "HostHeaderConfig")
}

/// Whether a rule of a balancer names a host.
pub(super) fn names_host(doors: &Doors, balancer: &Observation, hostname: &str) -> bool {
    let listeners = doors.listeners.get(balancer.native_name()).into_iter().flatten();
    let mut rules = listeners.filter_map(|listener| doors.rules.get(listener.native_name())).flatten();
    rules.any(|rule| hosts(rule).iter().any(|host| say::may_be_one(host, hostname)))
}

/// Every way of a request to a hostname from a load balancer on.
pub(super) fn through(
    doors: &Doors,
    balancer: &Observation,
    hostname: &str,
    before: &[Step],
    evidence: Option<Evidence>,
) -> Vec<Vec<Step>> {
    let here = step(StepKind::LoadBalancer, Some(balancer.id.as_str()), say::balancer(balancer), evidence);
    let before = [before, &[here]].concat();
    let listeners = doors.listeners.get(balancer.native_name()).map_or(&[][..], Vec::as_slice);
    if listeners.is_empty() {
        let says = "no listener of it was read".to_owned();
        return vec![[&before[..], &[step(StepKind::Outside, None, says, None)]].concat()];
    }
    let mut ways = Vec::new();
    for listener in listeners {
        let evidence = Evidence { observation: listener.id.clone(), path: "/LoadBalancerArn".to_owned() };
        ways.extend(at(doors, listener, hostname, &before, &evidence));
    }
    ways
}

/// Every way of a request to a hostname from a listener on, where this field leads to it.
pub(super) fn at(
    doors: &Doors,
    listener: &Observation,
    hostname: &str,
    before: &[Step],
    evidence: &Evidence,
) -> Vec<Vec<Step>> {
    let here = step(StepKind::Listener, Some(listener.id.as_str()), say::listener(listener), Some(evidence.clone()));
    let before = [before, &[here]].concat();
    let ways = at_listener(doors, listener, hostname, &before).into_iter();
    ways.map(|way| way.into_iter().chain(certificate(doors, listener, &before)).collect()).collect()
}

/// Rules are asked in their order; behind one that takes every request to the host, none is.
fn at_listener(doors: &Doors, listener: &Observation, hostname: &str, before: &[Step]) -> Vec<Vec<Step>> {
    let rules = doors.rules.get(listener.native_name()).map_or(&[][..], Vec::as_slice);
    let mut ways = Vec::new();
    for rule in rules {
        let hosts = hosts(rule);
        if !hosts.is_empty() && !hosts.iter().any(|host| say::may_be_one(host, hostname)) {
            continue;
        }
        let path = if hosts.is_empty() { "/RuleArn" } else { "/Conditions" };
        let evidence = Evidence { observation: rule.id.clone(), path: path.to_owned() };
        let here = step(StepKind::Rule, Some(rule.id.as_str()), say::rule(rule), Some(evidence));
        ways.extend(answers(doors, rule, "Actions", &[before, &[here]].concat()));
        if takes_all(rule, &hosts, hostname) {
            return ways;
        }
    }
    // Network load balancers have no rules, and the default rule of others is the listener's action, too.
    let evidence = Evidence { observation: listener.id.clone(), path: "/DefaultActions".to_owned() };
    let here = step(StepKind::Rule, Some(listener.id.as_str()), "default".to_owned(), Some(evidence));
    ways.extend(answers(doors, listener, "DefaultActions", &[before, &[here]].concat()));
    ways
}

/// Whether no request to the host gets past a rule.
fn takes_all(rule: &Observation, hosts: &[String], hostname: &str) -> bool {
    let mut asked = View::of(rule).list("/Conditions").iter();
    let only_hosts = asked.all(|one| one.get("Field").and_then(serde_json::Value::as_str) == Some("host-header"));
    // A pattern of hosts may mean others than those that the rule takes.
    only_hosts && (hosts.is_empty() || !hostname.contains('*') || hosts.iter().any(|host| host == hostname))
}

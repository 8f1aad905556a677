//! What rules and listeners say of hosts, paths and target groups, as the API gives them; and where a load balancer sends what
//! comes for a name.

use crate::Estate;
use caravan_inventory::{Observation, matches_wildcards};
use serde_json::Value;
use std::collections::BTreeSet;

/// The target groups that a rule or listener forwards to.
pub(crate) fn groups(body: &Value) -> Vec<String> {
    let found: BTreeSet<String> = weights(body).into_iter().map(|(group, _)| group).collect();
    found.into_iter().collect()
}

/// The target groups that get something of what a rule or listener forwards, with their weights (Elastic Load Balancing
/// API, TargetGroupTuple: one of weight 0 gets nothing; a group alone gets all of it).
pub(crate) fn receiving(body: &Value) -> Vec<(String, u64)> {
    let mut weighted = weights(body);
    weighted.retain(|(_, weight)| *weight > 0);
    weighted
}

/// All target groups that a rule or listener forwards to, with their weights; a group alone has weight 1.
pub(crate) fn weights(body: &Value) -> Vec<(String, u64)> {
    let actions = body.get("Actions").or_else(|| body.get("DefaultActions")).and_then(Value::as_array);
    let forwards =
        actions.into_iter().flatten().filter(|action| action["Type"].as_str().is_none_or(|kind| kind == "forward"));
    let mut found: Vec<(String, u64)> = Vec::new();
    for action in forwards {
        let several = action["ForwardConfig"]["TargetGroups"].as_array().map_or(&[][..], Vec::as_slice);
        let weight = |group: &Value| if several.len() > 1 { group["Weight"].as_u64().unwrap_or(1) } else { 1 };
        let named =
            several.iter().filter_map(|group| Some((group["TargetGroupArn"].as_str()?.to_owned(), weight(group))));
        let alone = action["TargetGroupArn"].as_str().filter(|_| several.is_empty());
        found.extend(named.chain(alone.map(|arn| (arn.to_owned(), 1))));
    }
    found
}

/// The rules of a listener, in no order; its default action is none of them, though DescribeRules lists it as one.
pub(crate) fn rules_of<'e>(estate: &'e Estate, listener: &'e Observation) -> impl Iterator<Item = &'e Observation> {
    let is_here = |rule: &&Observation| {
        rule.body["IsDefault"] != true && listener_of(rule.native_name()).as_deref() == Some(listener.native_name())
    };
    estate.rules.iter().filter(is_here)
}

/// What answers a plain request to a listener, for a host and a path: the first of its rules by priority that takes it, or
/// the listener itself by its default action. A rule that asks for more than host, path and method is passed over.
pub(crate) fn answering<'e>(estate: &'e Estate, listener: &'e Observation, host: &str, path: &str) -> &'e Observation {
    let takes = |rule: &&Observation| {
        let by_host = !matches!(hosts(&rule.body), Hosts::Unreadable) && takes_host(&rule.body, host);
        by_host && takes_path(&rule.body, path) && conditions(&rule.body).iter().all(is_plain)
    };
    let taking = rules_of(estate, listener).filter(takes);
    taking.min_by_key(|rule| priority(&rule.body).unwrap_or(u64::MAX)).unwrap_or(listener)
}

/// Whether a condition is one of host or path, or of a method that a probe has.
fn is_plain(condition: &Value) -> bool {
    match condition["Field"].as_str() {
        Some("host-header" | "path-pattern") => true,
        Some("http-request-method") => values(condition, "HttpRequestMethodConfig").any(|method| method == "GET"),
        _ => false,
    }
}

/// The ARN of a rule's listener: that of the rule without its last part.
pub(crate) fn listener_of(rule: &str) -> Option<String> {
    let (listener, _) = rule.rsplit_once('/')?;
    Some(listener.replacen(":listener-rule/", ":listener/", 1))
}

/// The hosts that a rule asks for.
pub(crate) enum Hosts {
    /// It asks for none: it takes every host.
    Every,
    /// These, in lower case, maybe with wildcards.
    Named(BTreeSet<String>),
    /// It asks in a way that names none, such as by a regular expression: it may take any.
    Unreadable,
}

/// The hosts that a rule asks for, by the form of today and that of before.
pub(crate) fn hosts(body: &Value) -> Hosts {
    let of_host: Vec<&Value> =
        conditions(body).iter().filter(|condition| condition["Field"] == "host-header").collect();
    if of_host.is_empty() {
        return Hosts::Every;
    }
    let named = |condition: &&Value| values(condition, "HostHeaderConfig").map(str::to_ascii_lowercase).collect();
    let named: Vec<BTreeSet<String>> = of_host.iter().map(named).collect();
    if named.iter().any(BTreeSet::is_empty) {
        return Hosts::Unreadable;
    }
    Hosts::Named(named.into_iter().flatten().collect())
}

/// Whether a rule takes what comes for a host, if its other conditions hold; where nobody can tell, it may.
pub(crate) fn takes_host(body: &Value, host: &str) -> bool {
    match hosts(body) {
        Hosts::Every | Hosts::Unreadable => true,
        Hosts::Named(named) => named.iter().any(|pattern| matches_wildcards(pattern, host)),
    }
}

/// Whether a path is one that a rule asks for, if it asks for any.
pub(crate) fn takes_path(body: &Value, path: &str) -> bool {
    let mut of_path = conditions(body).iter().filter(|condition| condition["Field"] == "path-pattern");
    of_path.all(|condition| values(condition, "PathPatternConfig").any(|pattern| matches_wildcards(pattern, path)))
}

/// Every target group to which a load balancer, by its ARN, sends something that comes for a host: by its rules in their
/// order, up to one that takes all of it, and else by the default action; of each of its listeners.
pub(crate) fn groups_for(estate: &Estate, balancer: &str, host: &str) -> BTreeSet<String> {
    let of_balancer = |listener: &&Observation| listener.body["LoadBalancerArn"] == balancer;
    let mut found = BTreeSet::new();
    for listener in estate.listeners.iter().filter(of_balancer) {
        let mut rules: Vec<&Observation> = rules_of(estate, listener).collect();
        rules.sort_by_key(|rule| priority(&rule.body).unwrap_or(u64::MAX));
        let taking = rules.into_iter().filter(|rule| takes_host(&rule.body, host));
        let mut ends = false;
        for rule in taking {
            found.extend(receiving(&rule.body).into_iter().map(|(group, _)| group));
            // Without a priority nobody can tell what comes after it.
            ends = takes_all(&rule.body) && priority(&rule.body).is_some();
            if ends {
                break;
            }
        }
        if !ends {
            found.extend(receiving(&listener.body).into_iter().map(|(group, _)| group));
        }
    }
    found
}

/// Whether a rule takes everything that comes for the hosts that it names.
pub(crate) fn takes_all(body: &Value) -> bool {
    let by_host_alone = conditions(body).iter().all(|condition| condition["Field"] == "host-header");
    by_host_alone && !matches!(hosts(body), Hosts::Unreadable)
}

/// The priority of a rule, a number or its digits; none of a default action.
pub(crate) fn priority(rule: &Value) -> Option<u64> {
    let text = rule["Priority"].as_str().and_then(|text| text.parse().ok());
    text.or_else(|| rule["Priority"].as_u64())
}

fn conditions(body: &Value) -> &[Value] {
    body["Conditions"].as_array().map_or(&[], Vec::as_slice)
}

fn values<'a>(condition: &'a Value, config: &str) -> impl Iterator<Item = &'a str> {
    let lists = [&condition[config]["Values"], &condition["Values"]];
    lists.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str)
}

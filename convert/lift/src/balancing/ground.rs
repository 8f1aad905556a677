//! What an answer that lets somebody in rests on beside the words of its question: from where the listener is reached, all that its
//! rule compares, and what stands in front of it. Where that changes, somebody looks again (ADR 0205, ADR 0287).

use super::actions::{self, Action, Forward};
use super::conditions::{self, HOST, Part};
use super::listeners::{Step, Way};
use super::model::{Conditions, covers};
use super::rules::own_group;
use crate::context::Context;
use crate::field::Object;
use crate::marks::without_marks;

/// What holds of all that stands behind a load balancer, whichever workload asks: from where it is reached.
pub(super) fn of_balancer(context: &Context<'_, '_>, way: &Way<'_>) -> String {
    let named = |one: &&Object<'_>| way.balancer.is_some() && one.peek("LoadBalancerArn") == way.balancer;
    let scheme = context.around.load_balancers.iter().find(named).and_then(|one| one.peek("Scheme"));
    format!("scheme {}", scheme.unwrap_or("not known"))
}

/// From where the component's load balancers are reached, all of them.
pub(super) fn of_all(context: &Context<'_, '_>) -> String {
    let scheme = |one: &Object<'_>| {
        let (name, scheme) = (one.peek("LoadBalancerName"), one.peek("Scheme"));
        format!("{} {}", name.unwrap_or_default(), scheme.unwrap_or("not known"))
    };
    let mut schemes: Vec<String> = context.around.load_balancers.iter().map(scheme).collect();
    schemes.sort();
    schemes.dedup();
    schemes.join("\n")
}

/// What a rule takes and from whom. Of one that stands in front of the component's, also the rules behind that get what it no longer
/// takes.
pub(super) fn of_rule(context: &Context<'_, '_>, way: &Way<'_>, step: &Step<'_>) -> String {
    let at = way.rules.iter().position(|other| other.id == step.id).unwrap_or(way.rules.len());
    let mut parts = vec![of_way(context, way)];
    parts.extend(in_front(context, way, at));
    parts.push(said(context, step));
    if !comes_here(context, step) {
        let behind = way.rules.iter().skip(at + 1).filter(|other| comes_here(context, other) && meet(step, other));
        parts.extend(behind.map(|other| said(context, other)));
    }
    parts.join("\n")
}

/// What a listener takes for the component and from whom.
pub(super) fn of_listener(context: &Context<'_, '_>, way: &Way<'_>) -> String {
    let own = way.rules.iter().enumerate().filter(|(_, step)| comes_here(context, step));
    let rules = own.flat_map(|(at, step)| {
        let mut parts = in_front(context, way, at);
        parts.push(said(context, step));
        parts
    });
    [of_way(context, way)].into_iter().chain(rules).collect::<Vec<_>>().join("\n")
}

/// From where a listener is reached, and how.
fn of_way(context: &Context<'_, '_>, way: &Way<'_>) -> String {
    let said = |name| way.listener.and_then(|listener| listener.field(name)).map(|field| field.0.to_string());
    let outer = way.outer.iter().map(|outer| format!(" behind {}", outer.name)).collect::<String>();
    let (protocol, port) = (said("Protocol").unwrap_or_default(), said("Port").unwrap_or_default());
    let reached = if way.is_public() { "outside" } else { "inside" };
    format!("{} {reached} {protocol} {port}{outer}", of_balancer(context, way))
}

/// The rules that are tried before one of them, as far as they may take what it takes.
fn in_front(context: &Context<'_, '_>, way: &Way<'_>, at: usize) -> Vec<String> {
    let Some(step) = way.rules.get(at) else { return Vec::new() };
    way.rules[..at].iter().filter(|other| meet(other, step)).map(|other| said(context, other)).collect()
}

fn comes_here(context: &Context<'_, '_>, step: &Step<'_>) -> bool {
    matches!(actions::read(&step.actions), Action::Forward(forward) if own_group(context, &forward).is_some())
}

/// Whether a request may fulfil both. When in doubt it may.
fn meet(one: &Step<'_>, other: &Step<'_>) -> bool {
    let read = |step: &Step<'_>| step.rule.map(|rule| conditions::read(rule, Part::Whole).0).unwrap_or_default();
    let (one, other) = (read(one), read(other));
    let same = |a: &String, b: &String| a == b || covers(a, b) || covers(b, a);
    let hosts = |one: &Conditions, other: &Conditions| one.hosts.iter().any(|a| other.hosts.iter().any(|b| same(a, b)));
    (one.hosts.is_empty() || other.hosts.is_empty() || hosts(&one, &other)) && one.meets(&other)
}

/// A rule without its place and its target groups' names, which change while it stays what it is.
fn said(context: &Context<'_, '_>, step: &Step<'_>) -> String {
    let compared = |condition: Object<'_>| {
        let field = condition.peek("Field").unwrap_or_default();
        let is_regular = condition.entries().any(|(_, value)| value.get("RegexValues").is_some())
            || condition.field("RegexValues").is_some();
        let mut values: Vec<String> =
            conditions::values_of(condition).split(", ").map(|value| cased(field, value)).collect();
        values.sort();
        format!("{field}{}={}", if is_regular { "~" } else { "" }, without_marks(&values.join(",")))
    };
    let mut compared: Vec<String> =
        step.rule.into_iter().flat_map(|rule| rule.objects("Conditions")).map(compared).collect();
    compared.sort();
    let rewrites = step.rule.and_then(|rule| rule.field("Transforms")).map(|field| without_marks(&field.0.to_string()));
    let kinds: Vec<&str> = step.actions.iter().filter_map(|action| action.peek("Type")).collect();
    format!(
        "{} {} {} {}",
        compared.join(" "),
        rewrites.unwrap_or_default(),
        kinds.join("+"),
        match actions::read(&step.actions) {
            Action::Forward(forward) => shares(context, &forward),
            Action::Respond(answer) => answer.status.to_string(),
            Action::Redirect(redirect) => without_marks(&format!("{redirect:?}")),
            Action::Unsaid(why) => why.to_owned(),
        }
    )
}

/// Hosts are the same in any letters.
fn cased(field: &str, value: &str) -> String {
    if field == HOST { value.to_ascii_lowercase() } else { value.to_owned() }
}

/// How much of a rule's requests comes here, whatever its groups are called: a deployment may swap these.
fn shares(context: &Context<'_, '_>, forward: &Forward<'_>) -> String {
    let is_here = own_group(context, forward).is_some();
    let mut weights: Vec<u64> = forward.groups.iter().map(|(_, weight)| *weight).filter(|weight| *weight > 0).collect();
    weights.sort_unstable();
    match (is_here, weights.len()) {
        (true, 0 | 1) => "here".to_owned(),
        (true, _) => format!("here of {weights:?}"),
        (false, _) => "elsewhere".to_owned(),
    }
}

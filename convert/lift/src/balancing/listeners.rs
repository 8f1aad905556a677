//! The listeners in front of a component: their rules by priority, the names that lead to them, and how they are entered.

use super::actions::{self, Action};
use super::conditions::is_host;
use super::outer::{self, Outer};
use crate::context::Context;
use crate::field::{Object, number};
use crate::records::Asker;
use crate::surroundings::Surroundings;
use std::collections::{BTreeMap, BTreeSet};

/// A listener with its rules.
pub(super) struct Way<'a> {
    pub(super) listener: Option<Object<'a>>,
    /// Its rules by priority, the default action last.
    pub(super) rules: Vec<Step<'a>>,
    /// Whether the order of its rules is known: each has a priority that is a number of its own.
    pub(super) is_ordered: bool,
    /// `edge:443`, for people; empty where the listener was not seen.
    pub(super) name: String,
    /// The ARN of its load balancer, where that was seen.
    pub(super) balancer: Option<&'a str>,
    /// Whether it is reached from the internet; none where its load balancer was not seen.
    pub(super) public: Option<bool>,
    pub(super) entry: Entry,
    /// Listeners on the internet that send to it.
    pub(super) outer: Vec<Outer<'a>>,
    /// Whether what an internal one serves is on the public Gateway as well, as a person said.
    pub(super) is_on_both: bool,
    /// Names whose record sets lead to it for everybody, in lower case.
    pub(super) outside: BTreeSet<String>,
    /// Names whose record sets lead to it for those who ask private zones first.
    pub(super) inside: BTreeSet<String>,
}

impl Way<'_> {
    /// Whether it is reached from the internet.
    pub(super) fn is_public(&self) -> bool {
        self.public == Some(true) || self.is_on_both
    }

    /// The names that lead to it for those whom its load balancer lets in.
    pub(super) fn known(&self) -> &BTreeSet<String> {
        if self.is_public() { &self.outside } else { &self.inside }
    }

    /// Whether one of its rules sends to a target group.
    pub(super) fn sends_to(&self, group: Object<'_>) -> bool {
        let own = group.peek("TargetGroupArn");
        let named = |step: &Step<'_>| match actions::read(&step.actions) {
            Action::Forward(forward) => forward.groups.iter().any(|(group, _)| Some(*group) == own),
            _ => false,
        };
        self.rules.iter().any(named)
    }

    /// Every name that leads to it.
    pub(super) fn recorded(&self) -> BTreeSet<String> {
        self.outside.union(&self.inside).cloned().collect()
    }
}

/// A rule, or the default action.
#[derive(Clone)]
pub(super) struct Step<'a> {
    /// None is the default action.
    pub(super) rule: Option<Object<'a>>,
    pub(super) actions: Vec<Object<'a>>,
    /// `rule 10 of edge:443`, for people.
    pub(super) name: String,
    /// `edge:443/10`, for the ids of questions.
    pub(super) id: String,
}

/// How a listener is entered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Entry {
    /// As the gateway is: TLS on port 443; so it is taken where the listener was not seen.
    Usual,
    /// HTTP without TLS on port 80.
    Plain,
    /// By another port.
    Other,
}

/// The listeners, by their ARN.
pub(super) fn ways<'a>(context: &Context<'_, 'a>) -> Vec<Way<'a>> {
    let around = context.around;
    let mut rules: BTreeMap<String, Vec<Object<'a>>> = BTreeMap::new();
    for &rule in &around.listener_rules {
        rules.entry(listener_of(rule)).or_default().push(rule);
    }
    let mut listeners: BTreeMap<String, Object<'a>> = BTreeMap::new();
    for &listener in around.listeners.iter().filter(|listener| !outer::leads_to_balancers(around, **listener)) {
        let arn = listener.peek("ListenerArn").unwrap_or("").to_owned();
        rules.entry(arn.clone()).or_default();
        listeners.insert(arn, listener);
    }
    let arns: Vec<String> = rules.keys().cloned().collect();
    let named: Vec<(String, bool)> = rules.keys().map(|arn| name_of(around, listeners.get(arn).copied())).collect();
    let ways = rules.into_iter().zip(&named).map(|((arn, rules), (name, is_whole))| {
        // Several whose balancers were not seen are told apart by the end of their ARNs: one answer is not for all of them.
        let is_shared = named.iter().filter(|(other, _)| other == name).count() > 1;
        let end = Some(end_among(&arn, &arns)).filter(|end| !end.is_empty() && is_shared && !is_whole);
        let name = match end {
            Some(end) if name.is_empty() => format!("listener/{end}"),
            Some(end) => format!("{name}/{end}"),
            None => name.clone(),
        };
        way(around, listeners.get(&arn).copied(), rules, name)
    });
    ways.collect()
}

/// What tells an ARN of a listener from the others: its last part, or where another one ends alike, all behind its kind.
fn end_among<'n>(arn: &'n str, all: &[String]) -> &'n str {
    let end = |arn: &'n str| arn.rsplit('/').next().unwrap_or(arn);
    let own = end(arn);
    let is_alone = all.iter().filter(|other| other.rsplit('/').next() == Some(own)).count() < 2;
    if is_alone { own } else { arn.split_once(":listener/").map_or(arn, |(_, rest)| rest) }
}

/// What a listener is called by its balancer and its port, and whether that names one alone.
fn name_of(around: &Surroundings<'_>, listener: Option<Object<'_>>) -> (String, bool) {
    let named = listener.and_then(|listener| balancer_of(around, listener)?.peek("LoadBalancerName"));
    match (named, listener.and_then(port_of)) {
        (Some(named), Some(port)) => (format!("{named}:{port}"), true),
        (None, Some(port)) => (format!("listener:{port}"), false),
        // A template may leave the port open.
        (Some(named), None) => (named.to_owned(), false),
        (None, None) => (String::new(), false),
    }
}

/// The load balancer of a listener, where it was seen.
fn balancer_of<'a>(around: &Surroundings<'a>, listener: Object<'a>) -> Option<Object<'a>> {
    let arn = listener.peek("LoadBalancerArn")?;
    around.load_balancers.iter().find(|balancer| balancer.peek("LoadBalancerArn") == Some(arn)).copied()
}

fn port_of(listener: Object<'_>) -> Option<u64> {
    listener.field("Port").and_then(|port| number(port.0))
}

/// The default rules of the listeners that were seen: DescribeRules says their default actions once more.
pub(super) fn defaults<'a>(around: &Surroundings<'a>) -> impl Iterator<Item = Object<'a>> {
    let seen: BTreeSet<String> =
        around.listeners.iter().filter_map(|listener| listener.peek("ListenerArn")).map(str::to_owned).collect();
    let is_default = |rule: &Object<'a>| rule.peek_bool("IsDefault") == Some(true);
    around.listener_rules.iter().copied().filter(is_default).filter(move |rule| seen.contains(&listener_of(*rule)))
}

fn way<'a>(
    around: &Surroundings<'a>,
    listener: Option<Object<'a>>,
    mut rules: Vec<Object<'a>>,
    name: String,
) -> Way<'a> {
    rules.retain(|rule| listener.is_none() || rule.peek_bool("IsDefault") != Some(true));
    rules.sort_by_key(|rule| rule.peek_u64("Priority").unwrap_or(u64::MAX));
    let balancer = listener.and_then(|listener| balancer_of(around, listener));
    let port = listener.and_then(port_of);
    let of = if name.is_empty() { String::new() } else { format!(" of {name}") };
    let inside = |rest: &str| if name.is_empty() { rest.to_owned() } else { format!("{name}/{rest}") };
    let is_ordered = is_ordered(listener.is_some(), &rules);
    let mut steps: Vec<Step<'a>> = Vec::with_capacity(rules.len() + 1);
    for (at, &rule) in rules.iter().enumerate() {
        let told = called(&rules, at);
        steps.push(Step {
            rule: Some(rule),
            actions: rule.objects("Actions").collect(),
            name: format!("Rule {told}{of}"),
            id: inside(&told),
        });
    }
    if let Some(listener) = listener {
        steps.push(Step {
            rule: None,
            actions: listener.objects("DefaultActions").collect(),
            name: format!("The default action{of}"),
            id: inside("default"),
        });
    }
    let outer = outer::of(around, balancer, port);
    // Names of a balancer in front lead here too.
    let fronts: Vec<Object<'a>> = balancer.into_iter().chain(outer.iter().map(|outer| outer.balancer)).collect();
    let leading = |asker| fronts.iter().flat_map(|front| leading(around, asker, *front)).collect();
    Way {
        listener,
        rules: steps,
        is_ordered,
        name,
        balancer: balancer.and_then(|balancer| balancer.peek("LoadBalancerArn")),
        public: exposure(around, balancer),
        entry: entry(listener, port),
        outside: leading(Asker::Outside),
        inside: leading(Asker::Inside),
        outer,
        is_on_both: false,
    }
}

/// Whether it is known which of the rules is tried first. What a template leaves open is no number, and two rules of one
/// listener never have the same; rules whose listeners were not seen may stand on several.
fn is_ordered(listener_is_seen: bool, rules: &[Object<'_>]) -> bool {
    let priorities: Option<Vec<u64>> = rules.iter().map(|rule| rule.peek_u64("Priority")).collect();
    let differ = |priorities: Vec<u64>| priorities.iter().collect::<BTreeSet<_>>().len() == priorities.len();
    rules.len() < 2 || priorities.is_some_and(|priorities| !listener_is_seen || differ(priorities))
}

/// What tells a rule from the others of its listener, for people and for the ids of questions: its priority. Where that is no
/// number, or another rule has it too, the last part of its ARN, and without one its place.
fn called(rules: &[Object<'_>], at: usize) -> String {
    let priority = |rule: &Object<'_>| rule.peek_u64("Priority");
    let own = rules.get(at);
    let number = own.and_then(priority);
    let has_it = |(other, rule): (usize, &Object<'_>)| other != at && priority(rule) == number;
    let last = |rule: &Object<'_>| rule.peek("RuleArn").and_then(|arn| arn.rsplit('/').next()).map(str::to_owned);
    let name = own.and_then(last).unwrap_or_else(|| format!("number-{}", at + 1));
    match number {
        Some(number) if rules.iter().enumerate().any(has_it) => format!("{number}/{name}"),
        Some(number) => number.to_string(),
        None => name,
    }
}

/// The scheme of its own balancer; where that is not known, that of all balancers there are.
fn exposure(around: &Surroundings<'_>, balancer: Option<Object<'_>>) -> Option<bool> {
    if let Some(balancer) = balancer {
        return is_public(balancer);
    }
    let all: BTreeSet<Option<bool>> = around.load_balancers.iter().map(|balancer| is_public(*balancer)).collect();
    match all.len() {
        1 => all.into_iter().next().flatten(),
        _ => None,
    }
}

/// Whether a load balancer is reached from the internet; none where its scheme is none of AWS's (Elastic Load Balancing API,
/// LoadBalancer), or not told.
pub(super) fn is_public(balancer: Object<'_>) -> Option<bool> {
    match balancer.peek("Scheme") {
        Some("internet-facing") => Some(true),
        Some("internal") => Some(false),
        _ => None,
    }
}

fn entry(listener: Option<Object<'_>>, port: Option<u64>) -> Entry {
    let protocol = listener.and_then(|listener| listener.peek("Protocol"));
    match (protocol, port) {
        (Some("HTTP" | "TCP"), Some(80)) => Entry::Plain,
        (None | Some("HTTPS" | "TLS"), None) | (Some("HTTPS" | "TLS" | "TCP") | None, Some(443)) => Entry::Usual,
        _ => Entry::Other,
    }
}

fn listener_of(rule: Object<'_>) -> String {
    if let Some(arn) = rule.peek("ListenerArn") {
        return arn.to_owned();
    }
    let derived = rule.peek("RuleArn").and_then(|arn| {
        let (before, after) = arn.split_once(":listener-rule/")?;
        let (listener, _) = after.rsplit_once('/')?;
        Some(format!("{before}:listener/{listener}"))
    });
    derived.unwrap_or_default()
}

/// The hosts whose record sets lead to the balancer.
fn leading(around: &Surroundings<'_>, asker: Asker, balancer: Object<'_>) -> BTreeSet<String> {
    let own = balancer.peek("DNSName");
    let mut hosts = own.map(|own| around.records.leading_to(asker, own)).unwrap_or_default();
    hosts.retain(|host| is_host(host));
    hosts
}

//! Redirects that lead back to where they stand on the gateway, or to a port that it does not have.
//!
//! A load balancer's listener on port 80 sends its callers to HTTPS. On the gateway every rule stands at port 443, to which
//! plain HTTP is sent too: there the same redirect is an endless loop. None of that kind is ever rendered.

use super::actions::Action;
use super::ground;
use super::listeners::Way;
use super::model::{Outcome, Placed, covers};
use super::questions;
use super::read::{Listener, Read};
use super::rules;
use super::sides::Side;
use crate::context::Context;
use crate::field::{Field, number};
use crate::plconfig::Redirect;
use crate::tracker::FieldTracker;
use std::collections::{BTreeMap, BTreeSet};

/// The port of a listener, where it was seen.
fn port_of(way: &Way<'_>) -> Option<u16> {
    let port = way.listener?.field("Port").and_then(|port| number(port.0))?;
    u16::try_from(port).ok()
}

/// A redirect as it is meant at its own listener: where it names that one's own port of the host that was asked for, it is "as it was
/// asked", which on the gateway is another. A scheme that it names stays, and of a host that is none of the listener's so does the one
/// that it leaves out: that host may not speak TLS.
pub(super) fn as_asked(redirect: Redirect, way: &Way<'_>) -> Redirect {
    let own = port_of(way);
    let Redirect { scheme, port, host, .. } = &redirect;
    let is_plain = way.listener.and_then(|listener| listener.peek("Protocol")) == Some("HTTP");
    let is_own = |to: &str| {
        let named = way.rules.iter().flat_map(rules::hosts_of);
        way.recorded().into_iter().chain(named).any(|host| covers(&host, to))
    };
    let is_elsewhere = host.as_deref().is_some_and(|to| !is_own(to));
    match (scheme.as_deref(), port) {
        // `#{protocol}` is HTTP there, and TLS on the gateway.
        (None, port) if is_plain && is_elsewhere => {
            let port = port.or(own).filter(|port| *port != 80);
            Redirect { scheme: Some("http".to_owned()), port, ..redirect }
        }
        (None, Some(port)) if Some(*port) == own => Redirect { port: None, ..redirect },
        (Some("http"), Some(port)) if is_plain && host.is_none() && Some(*port) == own => {
            Redirect { port: None, ..redirect }
        }
        (Some("https"), Some(port)) if !is_plain && host.is_none() && Some(*port) == own => {
            Redirect { port: None, ..redirect }
        }
        _ => redirect,
    }
}

/// What is the matter with a redirect on the gateway.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Fault {
    /// It leads to where it stands.
    Loop,
    /// It leads to a port of the gateway's hosts that only the load balancer had.
    Port(u16),
}

/// Takes the redirects that lead nowhere out of what the listeners' rules come to: their requests are closed, or the rule is none there
/// by a person's answer.
pub(super) fn settle<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    listeners: &[Listener<'a>],
    sides: &mut [Side],
) {
    let mut found: BTreeMap<(usize, usize), (Fault, BTreeSet<String>)> = BTreeMap::new();
    let open = sides.iter().flat_map(|side| &side.placed).filter(|placed| matches!(placed.outcome, Outcome::Group(_)));
    let served: BTreeSet<String> = open.flat_map(|placed| &placed.hosts).cloned().collect();
    for side in sides.iter() {
        for placed in &side.placed {
            let one = &listeners[side.listener];
            for (host, fault) in faults(one, placed, &served) {
                let of_rule = found.entry((side.listener, placed.rule)).or_insert((fault, BTreeSet::new()));
                of_rule.0 = of_rule.0.max(fault);
                of_rule.1.insert(host);
            }
        }
    }
    for ((listener, rule), (fault, hosts)) in found {
        let (way, read) = (&listeners[listener].way, &listeners[listener].read[rule]);
        let of_rule = ground::of_rule(context, way, &read.step);
        let gone = tracker.resting_on(of_rule, |tracker| ask(tracker, read, fault, &hosts));
        for side in sides.iter_mut().filter(|side| side.listener == listener) {
            close(&mut side.placed, rule, &hosts, gone);
        }
    }
}

/// The hosts at which what stands there would lead nowhere, with what is the matter; the app's own host is the empty name.
fn faults(one: &Listener<'_>, placed: &Placed, served: &BTreeSet<String>) -> Vec<(String, Fault)> {
    let Action::Redirect(redirect) = &one.read[placed.rule].action else { return Vec::new() };
    if placed.guard || !matches!(placed.outcome, Outcome::Answer(_)) {
        return Vec::new();
    }
    let own = BTreeSet::from([String::new()]);
    let hosts = if placed.hosts.is_empty() { &own } else { &placed.hosts };
    let leads = |host: &String| fault(one, (placed.rule, redirect), host, served).map(|fault| (host.clone(), fault));
    hosts.iter().filter_map(leads).collect()
}

/// `served` are the hosts that the component has on the gateway, by whichever listener.
fn fault(
    one: &Listener<'_>,
    (rule, redirect): (usize, &Redirect),
    host: &str,
    served: &BTreeSet<String>,
) -> Option<Fault> {
    let to = redirect.host.as_deref().unwrap_or(host);
    let names: BTreeSet<&String> = one.ordered.hosts().collect();
    if let Some(port) = redirect.port.filter(|port| ![80, 443].contains(port)) {
        let is_here = to == host || names.into_iter().chain(served).any(|name| covers(name, to));
        return is_here.then_some(Fault::Port(port));
    }
    // A name below a wildcard that has rules of its own is none of the wildcard's.
    let comes_back = to == host || (covers(host, to) && !names.iter().any(|name| *name == to));
    if !comes_back {
        return None;
    }
    let Some(path) = redirect.path.as_deref() else { return Some(Fault::Loop) };
    let takes = |read: &Read<'_>| {
        let conditions = &read.conditions;
        conditions.takes_path(path) && (conditions.hosts.is_empty() || conditions.takes_host(to))
    };
    let surely = |read: &Read<'_>| {
        let conditions = &read.conditions;
        read.unsaid.is_empty()
            && conditions.methods.is_empty()
            && conditions.headers.is_empty()
            && conditions.queries.is_empty()
    };
    let before = one.read[..rule].iter().any(|read| surely(read) && takes(read));
    (!before && takes(&one.read[rule])).then_some(Fault::Loop)
}

/// Asks about a rule; whether it is none at these hosts.
fn ask<'a>(tracker: &mut FieldTracker<'a>, read: &Read<'a>, fault: Fault, hosts: &BTreeSet<String>) -> bool {
    let named: Vec<String> = hosts.iter().filter(|host| !host.is_empty()).map(|host| format!("`{host}`")).collect();
    let at = if named.is_empty() { String::new() } else { format!(" at {}", named.join(", ")) };
    let why = match fault {
        Fault::Loop => format!(
            "redirects to the address that was asked for{at}, once its callers come by TLS on port 443, as all of the gateway's do: an \
             endless loop. Plain HTTP is sent there by the platform itself"
        ),
        Fault::Port(port) => {
            format!(
                "redirects to port {port}{at}, which the gateway does not have: it is entered by TLS on port 443 alone"
            )
        }
    };
    let text = format!(
        "{} {why}. Keep these requests closed, or leave the rule out there (`{}`: what it takes then goes on to the rules behind it, and so \
         perhaps to the app)?",
        questions::what(read),
        questions::WITHOUT_RULE,
    );
    let fields: Vec<Field<'a>> =
        read.step.actions.iter().flat_map(|action| action.entries()).map(|(_, value)| Field(value)).collect();
    let id = questions::in_front_id(tracker, read);
    questions::asked(tracker, id, &text, &["closed", questions::WITHOUT_RULE], &fields)
}

/// Whether a person answered that a redirect which would lead nowhere is none.
pub(super) fn is_gone(tracker: &FieldTracker<'_>, read: &Read<'_>) -> bool {
    let id = questions::in_front_id(tracker, read);
    matches!(read.action, Action::Redirect(_))
        && tracker.source.decisions.answer(&id) == Some(questions::WITHOUT_RULE)
        && !tracker.is_asked(&id)
}

/// Closes a rule at these hosts, or takes it away there.
fn close(placed: &mut Vec<Placed>, rule: usize, hosts: &BTreeSet<String>, gone: bool) {
    let mut out = Vec::with_capacity(placed.len() + 1);
    for one in placed.drain(..) {
        if one.rule != rule || one.guard || !matches!(one.outcome, Outcome::Answer(_)) {
            out.push(one);
            continue;
        }
        let alone = one.hosts.is_empty();
        let (back, on): (BTreeSet<String>, BTreeSet<String>) =
            one.hosts.iter().cloned().partition(|host| hosts.contains(host));
        let comes_back = !back.is_empty() || (alone && hosts.contains(""));
        if !on.is_empty() || (alone && !comes_back) {
            out.push(Placed { hosts: on, ..one.clone() });
        }
        if comes_back && !gone {
            out.push(Placed { hosts: back, outcome: Outcome::Closed, ..one });
        }
    }
    *placed = out;
}

//! Hosts that several listeners carry: the rules of one stand in no order to those of another, so at each host only the
//! listener counts that its DNS record leads to. Where that isn't known, people are asked, and nothing is served there.

use super::listeners::{Entry, Way};
use super::model::{Outcome, Placed, covers};
use super::read::Listener;
use super::written::routes;
use super::{asked_hosts, shared_hosts};
use crate::context::Context;
use crate::plconfig::{Component, Route};
use crate::tracker::FieldTracker;
use std::collections::BTreeSet;

/// Takes from what each listener comes to the hosts whose callers it does not get.
pub(super) fn settle<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    component: &Component,
    listeners: &[Listener<'a>],
    rendered: &mut [Vec<Placed>],
) {
    for internal in [false, true] {
        let mine: Vec<usize> =
            (0..listeners.len()).filter(|at| (listeners[*at].way.public != Some(true)) == internal).collect();
        let hosts: BTreeSet<String> = mine.iter().flat_map(|at| &rendered[*at]).flat_map(hosts_of).cloned().collect();
        for host in &hosts {
            let at_host = |at: usize| {
                let one = &listeners[at];
                at_host(&routes(context, component, &one.read, &rendered[at], internal), host)
            };
            let carriers: Vec<usize> = mine.iter().copied().filter(|at| !at_host(*at).is_empty()).collect();
            let differ = carriers.windows(2).any(|pair| at_host(pair[0]) != at_host(pair[1]));
            let leading = leading(listeners, &mine, host);
            let kept = match by_records(listeners, &carriers, &leading, differ) {
                Reached::All if is_apart(tracker, listeners, &carriers, &leading, internal, host) => {
                    ask(tracker, listeners, &carriers, internal, host).into_iter().collect()
                }
                Reached::All => continue,
                Reached::One(at) => vec![at],
                Reached::Unknown => ask(tracker, listeners, &carriers, internal, host).into_iter().collect(),
            };
            for at in carriers.iter().filter(|at| !kept.contains(at)) {
                take_away(&mut rendered[*at], host);
            }
        }
    }
}

/// What is known of whom the callers of a host reach.
enum Reached {
    /// Any of the listeners: they do the same.
    All,
    One(usize),
    Unknown,
}

fn hosts_of(placed: &Placed) -> &BTreeSet<String> {
    &placed.hosts
}

/// The routes at a host, by its own name or else by a wildcard, without their hosts.
fn at_host(routes: &[Route], host: &str) -> Vec<Route> {
    let having = |takes: &dyn Fn(&String) -> bool| -> Vec<Route> {
        let here = routes.iter().filter(|route| route.hosts.iter().any(takes));
        here.map(|route| Route { hosts: Vec::new(), ..route.clone() }).collect()
    };
    let named = having(&|own| own == host);
    if named.is_empty() { having(&|own| covers(own, host)) } else { named }
}

/// The listeners whose load balancer the host's records lead to: those of its own name before those of a wildcard.
fn leading(listeners: &[Listener<'_>], mine: &[usize], host: &str) -> Vec<usize> {
    let having = |takes: &dyn Fn(&String) -> bool| -> Vec<usize> {
        mine.iter().copied().filter(|at| listeners[*at].way.recorded.iter().any(takes)).collect()
    };
    let named = having(&|own| own == host);
    if named.is_empty() { having(&|own| covers(own, host)) } else { named }
}

fn by_records(listeners: &[Listener<'_>], carriers: &[usize], leading: &[usize], differ: bool) -> Reached {
    let led = |at: &usize| leading.is_empty() || leading.contains(at);
    if !differ {
        return if carriers.iter().any(led) { Reached::All } else { Reached::Unknown };
    }
    let left: Vec<usize> = carriers.iter().copied().filter(led).collect();
    let balancers: BTreeSet<Option<&str>> = leading.iter().map(|at| listeners[*at].way.balancer).collect();
    if balancers.len() > 1 {
        return Reached::Unknown;
    }
    let same = left.windows(2).all(|pair| {
        let (a, b) = (listeners[pair[0]].way.balancer, listeners[pair[1]].way.balancer);
        a.is_some() && a == b
    });
    let usual: Vec<usize> = left.iter().copied().filter(|at| listeners[*at].way.entry == Entry::Usual).collect();
    match (left.as_slice(), usual.as_slice()) {
        (&[one], _) => Reached::One(one),
        // Of one balancer, callers use the listener with TLS.
        (_, &[one]) if same => Reached::One(one),
        _ => Reached::Unknown,
    }
}

/// Whether another app has the host by a load balancer of its own: its rules would stand in these listeners otherwise.
fn is_apart(
    tracker: &FieldTracker<'_>,
    listeners: &[Listener<'_>],
    carriers: &[usize],
    leading: &[usize],
    internal: bool,
    host: &str,
) -> bool {
    if asked_hosts::is_told(tracker, internal, host) {
        return true;
    }
    if !leading.is_empty() || !shared_hosts::is_shared(tracker, internal, host) {
        return false;
    }
    let beside = |one: &Listener<'_>| {
        let takes = |own: &String| own == host || covers(own, host);
        let foreign = |placed: &&Placed| one.read[placed.rule].group.is_none() && placed.hosts.iter().any(takes);
        one.ordered.placed.iter().filter(foreign).any(|placed| matches!(placed.outcome, Outcome::Group(_)))
    };
    !carriers.iter().any(|at| beside(&listeners[*at]))
}

fn ask(
    tracker: &mut FieldTracker<'_>,
    listeners: &[Listener<'_>],
    carriers: &[usize],
    internal: bool,
    host: &str,
) -> Option<usize> {
    let name = |way: &Way<'_>| if way.name.is_empty() { "its listener".to_owned() } else { way.name.clone() };
    let mut names: Vec<String> = Vec::with_capacity(carriers.len());
    for at in carriers {
        let name = name(&listeners[*at].way);
        let number = names.len() + 1;
        // Balancers of several regions may be called the same.
        names.push(if names.contains(&name) { format!("{name} ({number})") } else { name });
    }
    asked_hosts::listener(tracker, internal, host, &names).map(|at| carriers[at])
}

fn take_away(placed: &mut Vec<Placed>, host: &str) {
    placed.retain_mut(|placed| !(placed.hosts.remove(host) && placed.hosts.is_empty()));
}

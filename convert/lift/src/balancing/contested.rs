//! Hosts that several listeners carry: the rules of one stand in no order to those of another, so at each host only the
//! listener counts that its DNS record leads to. Where that isn't known, people are asked, and nothing is served there.

use super::asked_hosts::{self, Why};
use super::listeners::{Entry, Way};
use super::model::{Outcome, Placed, covers};
use super::read::Listener;
use super::shared_hosts;
use super::sides::Side;
use super::written::routes;
use crate::context::Context;
use crate::plconfig::{Component, Route};
use crate::records::Asker;
use crate::tracker::FieldTracker;
use std::collections::{BTreeMap, BTreeSet};

/// Takes from what each listener comes to the hosts whose callers it does not get.
pub(super) fn settle<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    component: &Component,
    listeners: &[Listener<'a>],
    sides: &mut [Side],
) {
    for internal in [false, true] {
        let here: Vec<usize> = (0..sides.len()).filter(|at| sides[*at].internal == internal).collect();
        let hosts: BTreeSet<String> =
            here.iter().flat_map(|at| &sides[*at].placed).flat_map(hosts_of).cloned().collect();
        // From which side a listener is reached, whether it carries the host at hand or not.
        let mine: BTreeMap<usize, usize> = here.iter().map(|at| (sides[*at].listener, *at)).collect();
        // At which hosts a listener's rules count, be it by their name or by a wildcard above it.
        let (mut serves, mut taken) = (BTreeSet::new(), BTreeSet::new());
        for host in &hosts {
            let at_host = |at: usize| {
                let one = &listeners[at];
                at_host(&routes(context, component, &one.read, &sides[mine[&at]].placed, internal), host)
            };
            let mine: Vec<usize> = mine.keys().copied().collect();
            let carriers: Vec<usize> = mine.iter().copied().filter(|at| !at_host(*at).is_empty()).collect();
            let differ = carriers.windows(2).any(|pair| at_host(pair[0]) != at_host(pair[1]));
            let leading = leading(context, listeners, &mine, internal, host);
            let strange = if leading.is_empty() { strangers(context, internal, host) } else { BTreeSet::new() };
            let reached = match by_records(listeners, &carriers, &leading, differ) {
                _ if !strange.is_empty() => Reached::Unknown,
                reached => reached,
            };
            let ask = |tracker: &mut FieldTracker<'a>| {
                let shared = shared_hosts::is_shared(tracker, internal, host);
                let why = why((listeners, host), (&carriers, &leading), &strange, (differ, shared));
                ask(tracker, listeners, &carriers, (internal, host, why)).into_iter().collect()
            };
            let kept: Vec<usize> = match reached {
                Reached::All | Reached::One(_) if is_apart(tracker, listeners, &carriers, internal, host) => {
                    ask(tracker)
                }
                Reached::All => continue,
                Reached::One(at) => vec![at],
                Reached::Unknown => ask(tracker),
            };
            for side in sides.iter_mut().filter(|side| side.internal == internal) {
                if carriers.contains(&side.listener) && !kept.contains(&side.listener) {
                    take_away(&mut side.placed, host);
                    taken.insert(host.clone());
                }
            }
            if !kept.is_empty() {
                serves.insert(host.clone());
            }
        }
        for side in sides.iter_mut().filter(|side| side.internal == internal) {
            let by_name: BTreeSet<&String> = side.placed.iter().flat_map(hosts_of).collect();
            let one = &listeners[side.listener];
            // What only its own listener has is nobody else's wildcard's.
            let elsewhere = serves.iter().filter(|host| !by_name.contains(host) && taken.contains(*host));
            let elsewhere = elsewhere.cloned().collect();
            // Their listener is another app's, which may not be there yet, or be closed itself.
            let lent: BTreeSet<String> =
                by_name.into_iter().filter(|host| shared_hosts::is_guest(tracker, internal, host)).cloned().collect();
            side.close(&one.ordered, &hosts, &lent, &elsewhere);
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
fn leading(
    context: &Context<'_, '_>,
    listeners: &[Listener<'_>],
    mine: &[usize],
    internal: bool,
    host: &str,
) -> Vec<usize> {
    let asker = if internal { Asker::Inside } else { Asker::Outside };
    let known =
        |way: &Way<'_>| context.around.records.is_by(asker, host, if internal { &way.inside } else { &way.outside });
    mine.iter().copied().filter(|at| known(&listeners[*at].way)).collect()
}

/// The load balancers that the host's records lead to, where all of them lead to some and none is one of the component's.
fn strangers(context: &Context<'_, '_>, internal: bool, host: &str) -> BTreeSet<String> {
    let asker = if internal { Asker::Inside } else { Asker::Outside };
    let ends = context.around.records.ends_of(asker, host);
    let own = |end: &&str| {
        let names = context.around.load_balancers.iter().filter_map(|balancer| balancer.peek("DNSName"));
        names.into_iter().any(|name| name.eq_ignore_ascii_case(end))
    };
    let is_balancer = |end: &&str| end.contains(".elb.") && end.contains(".amazonaws.com");
    let all = ends.iter().all(|end| is_balancer(end) && !own(end));
    ends.into_iter().filter(|_| all).map(str::to_owned).collect()
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

/// Whether another app has the host by another listener, be it of the same load balancer, to which a record leads without saying by
/// which port: its rules would stand in these listeners otherwise. What it has of an answer of the balancer's own, or of a weighted
/// group, it has by these listeners too, if it stands behind them and no other listener here forwards to somebody else at the host.
fn is_apart(
    tracker: &FieldTracker<'_>,
    listeners: &[Listener<'_>],
    carriers: &[usize],
    internal: bool,
    host: &str,
) -> bool {
    if asked_hosts::is_told(tracker, internal, host) {
        return true;
    }
    if !shared_hosts::is_shared(tracker, internal, host) {
        return false;
    }
    let beside = |one: &Listener<'_>| {
        let takes = |own: &String| own == host || covers(own, host);
        let foreign = |placed: &&Placed| one.read[placed.rule].group.is_none() && placed.hosts.iter().any(takes);
        one.ordered.placed.iter().filter(foreign).any(|placed| matches!(placed.outcome, Outcome::Group(_)))
    };
    if carriers.iter().any(|at| beside(&listeners[*at])) {
        return false;
    }
    let others = listeners.iter().enumerate().filter(|(at, _)| !carriers.contains(at));
    let mut arns = carriers.iter().filter_map(|at| listeners[*at].way.listener?.peek("ListenerArn"));
    others.map(|(_, one)| one).any(beside)
        || !shared_hosts::are_others_behind(tracker, internal, host, &arns.by_ref().collect())
}

/// What is known of where the host's callers go, and so isn't of which listener they reach.
fn why(
    (listeners, host): (&[Listener<'_>], &str),
    (carriers, leading): (&[usize], &[usize]),
    strange: &BTreeSet<String>,
    (differ, shared): (bool, bool),
) -> Why {
    let balancers =
        || leading.iter().map(|at| balancer_of(&listeners[*at].way)).collect::<BTreeSet<_>>().into_iter().collect();
    if !strange.is_empty() {
        Why::Strange(strange.iter().cloned().collect())
    } else if leading.is_empty() {
        match (differ, shared) {
            (true, _) => Why::Differ,
            (false, true) => Why::Elsewhere,
            (false, false) => Why::Told(Vec::new()),
        }
    } else if !carriers.iter().any(|at| leading.contains(at)) {
        let is_own = |at: &usize| {
            listeners[*at].read.iter().any(|rule| rule.group.is_some() && rule.conditions.takes_host(host))
        };
        if leading.iter().any(is_own) { Why::Shut(balancers()) } else { Why::WithoutIt(balancers()) }
    } else {
        let several = leading.iter().map(|at| listeners[*at].way.balancer).collect::<BTreeSet<_>>().len() > 1;
        match (several, differ) {
            (true, true) => Why::Several(balancers()),
            (false, true) => Why::OneOfMany(balancers()),
            (_, false) if shared => Why::Beside(balancers()),
            (_, false) => Why::Told(balancers()),
        }
    }
}

/// The load balancer of a listener, for people.
fn balancer_of(way: &Way<'_>) -> String {
    let name = way.name.rsplit_once(':').map_or(way.name.as_str(), |(balancer, _)| balancer);
    if name.is_empty() { "its load balancer".to_owned() } else { name.to_owned() }
}

fn ask(
    tracker: &mut FieldTracker<'_>,
    listeners: &[Listener<'_>],
    carriers: &[usize],
    (internal, host, why): (bool, &str, Why),
) -> Option<usize> {
    let name = |way: &Way<'_>| if way.name.is_empty() { "its listener".to_owned() } else { way.name.clone() };
    let mut names: Vec<String> = Vec::with_capacity(carriers.len());
    for at in carriers {
        let name = name(&listeners[*at].way);
        let number = names.len() + 1;
        // Balancers of several regions may be called the same.
        names.push(if names.contains(&name) { format!("{name} ({number})") } else { name });
    }
    asked_hosts::listener(tracker, internal, host, &names, &why).map(|at| carriers[at])
}

fn take_away(placed: &mut Vec<Placed>, host: &str) {
    placed.retain_mut(|placed| !(placed.hosts.remove(host) && placed.hosts.is_empty()));
}

//! On which Gateway a listener's rules stand at each of its hosts: that of its load balancer, and the internal one where
//! only private zones lead to it.

use super::asked_hosts;
use super::listeners::Way;
use super::model::{Ordered, Placed};
use crate::context::Context;
use crate::records::Asker;
use crate::tracker::FieldTracker;
use std::collections::{BTreeMap, BTreeSet};

/// What a listener's rules come to on one Gateway.
pub(super) struct Side {
    /// Which listener.
    pub(super) listener: usize,
    /// Whether it is the internal Gateway.
    pub(super) internal: bool,
    pub(super) placed: Vec<Placed>,
    /// Hosts that are closed here, each with the wildcards here that would take it.
    pub(super) closed: BTreeMap<String, BTreeSet<String>>,
}

impl Side {
    fn new(listener: usize, internal: bool, placed: Vec<Placed>) -> Self {
        Self { listener, internal, placed, closed: BTreeMap::new() }
    }

    /// Keeps closed at its wildcards what stands below them and is none of its hosts, of its listener or `beside`, but for what a wildcard `serves`: no
    /// wildcard takes it then, and nothing is published. So are its hosts that are `lent`, for as long as nobody has their listener.
    pub(super) fn close(
        &mut self,
        ordered: &Ordered,
        beside: &BTreeSet<String>,
        lent: &BTreeSet<String>,
        serves: &BTreeSet<String>,
    ) {
        self.closed = ordered.below(&self.placed, beside, lent);
        self.closed.retain(|host, _| !serves.contains(host));
    }
}

/// Divides what a listener's rules come to. What a private load balancer carries is internal. Of a public one, a host that
/// only private zones have is internal unless people say otherwise; and one that a private zone leads here, while a public
/// zone leads elsewhere, is internal too.
pub(super) fn of<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    way: &Way<'a>,
    listener: usize,
    placed: Vec<Placed>,
) -> Vec<Side> {
    if way.is_on_both {
        return vec![Side::new(listener, false, placed.clone()), Side::new(listener, true, placed)];
    }
    if way.public != Some(true) {
        return vec![Side::new(listener, true, placed)];
    }
    let records = &context.around.records;
    let hosts: BTreeSet<&String> = placed.iter().flat_map(|placed| &placed.hosts).collect();
    let (mut alone, mut inside) = (BTreeSet::new(), BTreeSet::new());
    for host in hosts.into_iter().filter(|host| records.is_known_inside(host)) {
        let leads = |asker: Asker, names: &BTreeSet<String>| records.is_by(asker, host, names);
        if !records.is_private_alone(host) {
            let is_inside = leads(Asker::Inside, &way.inside) && !leads(Asker::Outside, &way.outside);
            inside.extend(is_inside.then(|| host.clone()));
        } else if !asked_hosts::is_published(tracker, &way.name, host) {
            alone.insert(host.clone());
            inside.insert(host.clone());
        }
    }
    if inside.is_empty() {
        return vec![Side::new(listener, false, placed)];
    }
    let internal = at(&placed, |host| inside.contains(host));
    let mut public = at(&placed, |host| !alone.contains(host));
    public.extend(placed.into_iter().filter(|placed| placed.hosts.is_empty()));
    public.sort_by_key(|placed| (placed.rule, placed.guard));
    vec![Side::new(listener, false, public), Side::new(listener, true, internal)]
}

/// What stands at some of the hosts.
fn at(placed: &[Placed], takes: impl Fn(&String) -> bool) -> Vec<Placed> {
    let with = |placed: &Placed| Placed {
        hosts: placed.hosts.iter().filter(|host| takes(host)).cloned().collect(),
        ..placed.clone()
    };
    placed.iter().map(with).filter(|placed| !placed.hosts.is_empty()).collect()
}

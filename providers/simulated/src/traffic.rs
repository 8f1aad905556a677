//! Users' traffic, and what becomes of it.
//!
//! Requests are made once a second, but nobody counts them one second at a time: between two moments at which a resolver
//! asks anew, or a snapshot changes, every second is like the one before.

use crate::Side;
use crate::flow::Flow;
use caravan_providers::target::{Snapshot, Target};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Milliseconds between two moments at which requests are made.
pub(crate) const TICK_MS: u64 = 1000;

/// What became of the traffic.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ServedRequests {
    /// Requests that a side answered well.
    pub well: u64,
    /// Requests that a side answered, but not well.
    pub unhealthy: u64,
    /// Requests that no side answers for: the name or the weights lead nowhere (K4).
    pub dark: u64,
}

/// The traffic of every target that is sent any.
#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    flows: BTreeMap<Target, Flow>,
    /// Milliseconds for which each resolver keeps any answer at the least.
    holds: Vec<u64>,
    chance: fastrand::Rng,
    served: ServedRequests,
    /// Of each side, the requests that it did not answer well.
    lost: Vec<u64>,
}

impl Traffic {
    /// Traffic to no target yet, by way of so many resolvers, whose answers the seed decides.
    pub(crate) fn new(seed: u64, resolvers: usize) -> Self {
        let chance = fastrand::Rng::with_seed(seed);
        let holds = vec![0; resolvers];
        Self { flows: BTreeMap::new(), holds, chance, served: ServedRequests::default(), lost: Vec::new() }
    }

    /// What became of it so far.
    pub(crate) const fn served(&self) -> ServedRequests {
        self.served
    }

    /// Requests that a side did not answer well so far.
    pub(crate) fn lost_on(&self, side: usize) -> u64 {
        self.lost.get(side).copied().unwrap_or(0)
    }

    /// A resolver keeps every answer for so many milliseconds at the least.
    pub(crate) fn hold_answers(&mut self, resolver: usize, ms: u64) {
        if let Some(holds) = self.holds.get_mut(resolver) {
            *holds = ms;
        }
    }

    /// From now on a snapshot stands at a target.
    pub(crate) fn lead(&mut self, target: &Target, snapshot: &Snapshot, sides: &[Side]) {
        match self.flows.get_mut(target) {
            Some(flow) => flow.lead(target, snapshot, sides),
            None => {
                let mut flow = Flow::new(self.holds.len());
                flow.lead(target, snapshot, sides);
                self.flows.insert(target.clone(), flow);
            }
        }
    }

    /// Lets traffic flow from after one moment until another.
    pub(crate) fn flow(&mut self, after: u64, until: u64, sides: &[Side]) {
        let (mut first, last) = (after / TICK_MS + 1, until / TICK_MS);
        while first <= last {
            // In the order of the targets: the same seed gives the same answers.
            for flow in self.flows.values_mut() {
                flow.ask(first * TICK_MS, &self.holds, &mut self.chance);
            }
            let asked_next = self.flows.values().filter_map(Flow::asks_at).min().map(|at| at.div_ceil(TICK_MS));
            let alike = first..=asked_next.map_or(last, |next| last.min(next.saturating_sub(1))).max(first);
            for (side, requests) in self.flows.values().flat_map(Flow::requests) {
                let lost = self.served.count(side.and_then(|side| sides.get(side)), requests, alike.clone());
                if let Some(side) = side.filter(|_| lost > 0) {
                    self.lost.resize(self.lost.len().max(side + 1), 0);
                    self.lost[side] += lost;
                }
            }
            first = alike.end() + 1;
        }
    }
}

impl ServedRequests {
    /// So many requests go to a side, or nowhere, at each of these ticks. Gives those that it does not answer well.
    fn count(&mut self, side: Option<&Side>, requests: u64, ticks: RangeInclusive<u64>) -> u64 {
        let all = ticks.end() + 1 - ticks.start();
        let Some(side) = side else {
            self.dark += requests * all;
            return 0;
        };
        let healthy = side.healthy_of(ticks, TICK_MS);
        self.well += requests * healthy;
        self.unhealthy += requests * (all - healthy);
        requests * (all - healthy)
    }
}

//! Users' traffic, and what becomes of it.

use crate::{Side, World};
use caravan_providers::target::{Snapshot, Target};
use std::collections::BTreeMap;

/// Requests a second for each target.
const REQUESTS_PER_SECOND: u64 = 100;
/// Milliseconds between two moments at which requests are made.
const TICK_MS: u64 = 1000;

/// One resolver between users and names: it keeps each answer for its time to live.
#[derive(Clone, Debug, Default)]
pub struct Resolver {
    kept: BTreeMap<Target, (u64, Option<usize>)>,
}

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

impl World {
    /// Lets traffic flow until a moment.
    pub(crate) fn flow_until(&mut self, moment: u64) {
        while self.now < moment {
            let next = (self.now / TICK_MS + 1) * TICK_MS;
            let until = next.min(moment);
            if until == next {
                self.tick(until);
            }
            self.now = until;
        }
    }

    /// One second's requests. A target's share goes where its weights lead, by way of the resolvers where it is a name.
    fn tick(&mut self, at: u64) {
        for (target, held) in &self.targets {
            if self.owners.contains_key(target) {
                // An owner takes its work itself: nobody sends it any.
                continue;
            }
            let shares = shares(target, &held.snapshot, &self.sides);
            let kept = target.kind().kept_seconds(&held.snapshot).filter(|_| !self.resolvers.is_empty());
            let Some(kept) = kept.map(|seconds| u64::from(seconds) * 1000) else {
                self.served.count_shares(&shares, &self.sides, at);
                continue;
            };
            let each = REQUESTS_PER_SECOND / self.resolvers.len() as u64;
            for resolver in &mut self.resolvers {
                let fresh = resolver.kept.get(target).filter(|(until, _)| *until > at).map(|(_, side)| *side);
                let side = fresh.unwrap_or_else(|| {
                    let side = draw(&shares, &mut self.chance);
                    resolver.kept.insert(target.clone(), (at + kept, side));
                    side
                });
                self.served.count(side, each, &self.sides, at);
            }
        }
    }
}

impl ServedRequests {
    fn count_shares(&mut self, shares: &[(Option<usize>, u64)], sides: &[Side], at: u64) {
        let total: u64 = shares.iter().map(|(_, weight)| weight).sum();
        if total == 0 {
            self.dark += REQUESTS_PER_SECOND;
            return;
        }
        for (side, weight) in shares {
            self.count(*side, REQUESTS_PER_SECOND * weight / total, sides, at);
        }
    }

    fn count(&mut self, side: Option<usize>, requests: u64, sides: &[Side], at: u64) {
        *match side.and_then(|side| sides.get(side)) {
            None => &mut self.dark,
            Some(side) if side.is_healthy(at) => &mut self.well,
            Some(_) => &mut self.unhealthy,
        } += requests;
    }
}

/// Draws one side by weight; none when every weight is 0.
fn draw(shares: &[(Option<usize>, u64)], chance: &mut fastrand::Rng) -> Option<usize> {
    let total: u64 = shares.iter().map(|(_, weight)| weight).sum();
    let mut left = if total == 0 { return None } else { chance.u64(0..total) };
    for (side, weight) in shares {
        if left < *weight {
            return *side;
        }
        left -= weight;
    }
    None
}

/// Where a snapshot sends traffic: sides with their weights; a name that is no side's leads nowhere.
fn shares(target: &Target, snapshot: &Snapshot, sides: &[Side]) -> Vec<(Option<usize>, u64)> {
    let leads = |side: &Side, name: &str| side.target == *target && side.names.iter().any(|known| known == name);
    let side_of = |name: &str| sides.iter().position(|side| leads(side, name));
    target.kind().shares(snapshot).into_iter().map(|share| (side_of(share.name), share.weight)).collect()
}

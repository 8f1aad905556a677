//! Users' traffic, and what becomes of it.

use crate::{Side, World};
use caravan_providers::target::{Snapshot, Target};
use serde_json::Value;
use std::collections::BTreeMap;

/// Requests a second for each target.
const REQUESTS_PER_SECOND: u64 = 100;
/// Milliseconds between two observes the traffic.
const TICK_MS: u64 = 1000;
/// Seconds that resolvers keep an alias (Route 53 gives aliases of load balancers 60 s).
const ALIAS_TTL: u32 = 60;

/// One resolver between users and names: it keeps each answer for its time to live.
#[derive(Clone, Debug, Default)]
pub struct Resolver {
    kept: BTreeMap<Target, (u64, Option<usize>)>,
}

/// What became of the traffic.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Served {
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
            let shares = shares(target, &held.snapshot, &self.sides);
            if !matches!(target, Target::Records { .. }) || self.resolvers.is_empty() {
                self.served.count_shares(&shares, &self.sides, at);
                continue;
            }
            let each = REQUESTS_PER_SECOND / self.resolvers.len() as u64;
            for resolver in &mut self.resolvers {
                let fresh = resolver.kept.get(target).filter(|(until, _)| *until > at).map(|(_, side)| *side);
                let side = fresh.unwrap_or_else(|| {
                    let side = draw(&shares, &mut self.chance);
                    resolver.kept.insert(target.clone(), (at + u64::from(ttl(&held.snapshot)) * 1000, side));
                    side
                });
                self.served.count(side, each, &self.sides, at);
            }
        }
    }
}

impl Served {
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
    match snapshot {
        Snapshot::Records(sets) => sets
            .iter()
            .map(|set| {
                let name = set.alias.as_ref().map(|alias| &alias.name).or_else(|| set.values.first());
                (name.and_then(|name| side_of(name)), set.weight.map_or(1, u64::from))
            })
            .collect(),
        Snapshot::Actions(actions) => {
            let only = actions.as_array().into_iter().flatten().filter_map(|action| action["TargetGroupArn"].as_str());
            let only = only.map(|name| (name.to_owned(), 1));
            let groups = weighted(actions, "/ForwardConfig/TargetGroups", "TargetGroupArn", "Weight");
            groups.into_iter().chain(only).map(|(name, weight)| (side_of(&name), weight)).collect()
        }
        Snapshot::Rules(rules) => {
            let backends = weighted(rules, "/backendRefs", "name", "weight");
            backends.into_iter().map(|(name, weight)| (side_of(&name), weight)).collect()
        }
    }
}

/// The weighted members of a list's items; a weight that is not written is 1.
fn weighted(list: &Value, members: &str, name: &str, weight: &str) -> Vec<(String, u64)> {
    let items = list.as_array().into_iter().flatten();
    let members = items.filter_map(|item| item.pointer(members)).filter_map(Value::as_array).flatten();
    members
        .map(|member| {
            let name = member[name].as_str().unwrap_or_default().to_owned();
            (name, member[weight].as_u64().unwrap_or(1))
        })
        .collect()
}

fn ttl(snapshot: &Snapshot) -> u32 {
    match snapshot {
        Snapshot::Records(sets) => sets.iter().map(|set| set.ttl.unwrap_or(ALIAS_TTL)).max().unwrap_or(ALIAS_TTL),
        Snapshot::Actions(_) | Snapshot::Rules(_) => 0,
    }
}

//! What the pods of one cluster cost: packed onto nodes, and divided among them again.

use super::book;
use super::item::{Item, ItemKind};
use super::money::{Cost, Range};
use super::nodes::{NodeKind, NodeSettings, kinds, largest_instance};
use super::packing::{self, Load, bound, pack};
use super::pods::Pods;
use super::today::SPOT;
use caravan_convert_lift::plconfig::Arch;
use caravan_inventory::EnvironmentName;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The zones of a cluster.
pub(super) const ZONES: u64 = 3;

/// How full nodes get, in percent of what is asked for: what `convert` lets the NodePools grow to.
const PACKED: u64 = 75;

/// The nodes that one NodePool buys for one kind of processor.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct BoughtNodes {
    /// The cluster's environment.
    pub environment: EnvironmentName,
    /// `general`, which may be spot, or `on-demand`.
    pub pool: &'static str,
    /// `amd64`, `arm64`, `any`.
    pub arch: Arch,
    /// How many pods.
    pub pods: u64,
    /// How many nodes of each type first-fit packing buys.
    pub nodes: BTreeMap<String, u64>,
    /// What they cost.
    pub cost: Cost,
    /// By how much what packing buys is above what no packing comes below, in percent, rounded up: at equal prices.
    pub gap_percent: u64,
}

/// Pods with who asks for them: the workload's number.
pub(super) struct Asked<'a> {
    pub(super) workload: usize,
    pub(super) pods: &'a Pods,
}

/// What the pods of one cluster cost: an item for each of them, in their order, and the nodes.
pub(super) fn then(
    environment: &EnvironmentName,
    asked: &[Asked<'_>],
    settings: &NodeSettings,
) -> (Vec<(usize, Item)>, Vec<BoughtNodes>) {
    let largest = asked.iter().map(|one| largest_instance(one.pods.cpu, one.pods.memory)).max().unwrap_or(0);
    let mut classes: BTreeMap<(bool, u8), Vec<&Asked<'_>>> = BTreeMap::new();
    for one in asked {
        classes.entry((one.pods.spot, rank(one.pods.arch))).or_default().push(one);
    }
    let (mut items, mut bought) = (Vec::new(), Vec::new());
    for ((spot, _), members) in classes {
        let class = Class { environment, spot, arch: members[0].pods.arch, settings, largest };
        class.cost(&members, &mut items, &mut bought);
    }
    items.sort_by_key(|(workload, _)| *workload);
    (items, bought)
}

const fn rank(arch: Arch) -> u8 {
    match arch {
        Arch::Amd64 => 0,
        Arch::Arm64 => 1,
        Arch::Any => 2,
    }
}

/// Pods that share nodes.
struct Class<'a> {
    environment: &'a EnvironmentName,
    spot: bool,
    arch: Arch,
    settings: &'a NodeSettings,
    largest: u64,
}

impl Class<'_> {
    fn cost(&self, members: &[&Asked<'_>], items: &mut Vec<(usize, Item)>, bought: &mut Vec<BoughtNodes>) {
        let kinds = match kinds(self.settings, self.arch, self.largest) {
            Ok(kinds) => kinds,
            Err(none) => {
                let unpriced = |one: &&Asked<'_>| (one.workload, unknown(one.pods, none.to_string()));
                items.extend(members.iter().map(unpriced));
                return;
            }
        };
        let fits = |one: &&&Asked<'_>| {
            kinds.iter().any(|kind| kind.room.cpu >= one.pods.cpu && kind.room.memory >= one.pods.memory)
        };
        let (held, too_large): (Vec<_>, Vec<_>) = members.iter().copied().partition(|one| fits(&one));
        items.extend(too_large.into_iter().map(|one| {
            let reason = packing::TooLarge { cpu: one.pods.cpu, memory: one.pods.memory }.to_string();
            (one.workload, unknown(one.pods, reason))
        }));
        let Some((range, nodes)) = self.nodes(&held, kinds) else { return };
        let weights = |count: fn(&Pods) -> u64| weights(&held, count);
        let low = divided(range.low(), &weights(|pods| pods.least));
        let high = divided(range.high(), &weights(|pods| pods.most));
        for ((one, low), high) in held.iter().zip(low).zip(high) {
            let cost = Cost::known(Range::between(low, high));
            let mut item = Item::new(ItemKind::Compute, self.said(one.pods), cost);
            item.sources = self.sources();
            items.push((one.workload, item));
        }
        bought.push(nodes);
    }

    /// What all of them cost, from the least to the most, and the nodes of the most.
    fn nodes(&self, held: &[&Asked<'_>], kinds: Vec<NodeKind>) -> Option<(Range, BoughtNodes)> {
        let cheap: Vec<NodeKind> = kinds.iter().map(|kind| self.cheap(kind)).collect();
        let dear: Vec<NodeKind> =
            kinds.into_iter().map(|kind| NodeKind { price: Range::exactly(kind.price.high()), ..kind }).collect();
        let least = bound(&loads(held, |pods| pods.least), &cheap);
        let whole = loads(held, |pods| pods.most);
        let below = bound(&whole, &dear);
        let (mut nodes, mut paid) = (BTreeMap::new(), 0_u64);
        for zone in zones(held) {
            // Whatever is too large for any node is not here.
            let found = pack(&zone, &dear).ok()?;
            for one in &found {
                *nodes.entry(dear[one.kind].name.clone()).or_default() += one.count;
            }
            paid = paid.saturating_add(packing::price(&found, &dear).low());
        }
        let most = paid.max((below * 100).div_ceil(PACKED));
        let range = Range::between(least, most);
        let pods = whole.iter().map(|load| load.count).sum();
        let bought = BoughtNodes {
            environment: self.environment.clone(),
            pool: if self.spot { "general" } else { "on-demand" },
            arch: self.arch,
            pods,
            nodes,
            cost: Cost::known(range),
            gap_percent: (paid * 100).div_ceil(below.max(1)).saturating_sub(100),
        };
        Some((range, bought))
    }

    /// The low end of a node's price: on spot where pods may run there; a disk costs the same.
    fn cheap(&self, kind: &NodeKind) -> NodeKind {
        let (disk, whole) = (kind.disk.low(), kind.price.low());
        let machine = Range::exactly(whole.saturating_sub(disk));
        let machine = if self.spot { machine.percent(SPOT.0, SPOT.0) } else { machine };
        NodeKind { price: Range::exactly(machine.low() + disk), ..kind.clone() }
    }

    fn said(&self, pods: &Pods) -> String {
        let count =
            if pods.least == pods.most { pods.most.to_string() } else { format!("{} to {}", pods.least, pods.most) };
        let pool = if self.spot { "spot or on-demand" } else { "on-demand" };
        format!("{}: {count} pods of {}m and {}Mi, {pool}", pods.component, pods.cpu, pods.memory)
    }

    fn sources(&self) -> BTreeSet<&'static str> {
        let of_region = if self.settings.region == "us-east-1" { book::INSTANCES.id } else { book::REGIONS.id };
        let spot = self.spot.then_some(book::SPOT.id);
        [of_region, book::VOLUMES.id].into_iter().chain(spot).collect()
    }
}

fn unknown(pods: &Pods, reason: String) -> Item {
    Item::unknown(ItemKind::Compute, format!("pods of {}", pods.component), reason)
}

fn loads(held: &[&Asked<'_>], count: fn(&Pods) -> u64) -> Vec<Load> {
    merged(held.iter().map(|one| Load { cpu: one.pods.cpu, memory: one.pods.memory, count: count(one.pods) }))
}

/// Equal pods together, in the order of their sizes.
fn merged(loads: impl Iterator<Item = Load>) -> Vec<Load> {
    let mut counts: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    for load in loads {
        *counts.entry((load.cpu, load.memory)).or_default() += load.count;
    }
    counts.into_iter().map(|((cpu, memory), count)| Load { cpu, memory, count }).collect()
}

/// The pods of each zone. Replicas are spread evenly, and begin where the least is; what runs once goes where others are.
fn zones(held: &[&Asked<'_>]) -> Vec<Vec<Load>> {
    let mut zones: Vec<(u128, Vec<Load>)> = vec![(0, Vec::new()); usize::try_from(ZONES).unwrap_or(1)];
    let (cpu, memory) = totals(held, |pods| pods.most);
    let (once, several): (Vec<&Pods>, Vec<&Pods>) = held.iter().map(|one| one.pods).partition(|pods| pods.most <= 1);
    for pods in several.iter().chain(&once) {
        let weight = u128::from(pods.cpu) * memory + u128::from(pods.memory) * cpu;
        let used = zones.iter().filter(|(full, _)| *full > 0).count().max(1);
        let mut order: Vec<usize> = (0..zones.len()).collect();
        order.sort_by_key(|zone| {
            // Empty zones come last for what runs once: nobody opens one for it.
            (pods.most <= 1 && *zone >= used && zones[*zone].0 == 0, zones[*zone].0, *zone)
        });
        for (at, zone) in order.into_iter().enumerate() {
            let count = pods.most / ZONES + u64::from((at as u64) < pods.most % ZONES);
            zones[zone].0 += weight * u128::from(count);
            zones[zone].1.push(Load { cpu: pods.cpu, memory: pods.memory, count });
        }
    }
    zones.into_iter().map(|(_, loads)| merged(loads.into_iter())).collect()
}

fn totals(held: &[&Asked<'_>], count: fn(&Pods) -> u64) -> (u128, u128) {
    held.iter().fold((0, 0), |(cpu, memory), one| {
        let count = u128::from(count(one.pods));
        (cpu + u128::from(one.pods.cpu) * count, memory + u128::from(one.pods.memory) * count)
    })
}

/// How much each carries: its part of all processors and its part of all memory.
fn weights(held: &[&Asked<'_>], count: fn(&Pods) -> u64) -> Vec<u128> {
    let (cpu, memory) = totals(held, count);
    held.iter()
        .map(|one| {
            let own = u128::from(one.pods.cpu) * memory.max(1) + u128::from(one.pods.memory) * cpu.max(1);
            own * u128::from(count(one.pods))
        })
        .collect()
}

/// An amount by weights: what is rounded away of one is carried on to the next, so that the parts are the whole.
fn divided(amount: u64, weights: &[u128]) -> Vec<u64> {
    let whole: u128 = weights.iter().sum::<u128>().max(1);
    let (mut reached, mut given) = (0_u128, 0_u64);
    weights
        .iter()
        .map(|weight| {
            reached += weight;
            // Weights of the largest estates by billions of billionths are beyond 128 bits: they are shortened alike.
            let shift = 128_u32.saturating_sub(64 + whole.leading_zeros());
            let upto = u128::from(amount) * (reached >> shift) / (whole >> shift).max(1);
            let upto = u64::try_from(upto).unwrap_or(amount).min(amount);
            let own = upto - given;
            given = upto;
            own
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_are_the_whole(amount in any::<u64>(), weights in prop::collection::vec(0_u128..1 << 100, 1..20)) {
            let parts = divided(amount, &weights);
            let sum: u128 = parts.iter().map(|part| u128::from(*part)).sum();
            let wanted = if weights.iter().all(|weight| *weight == 0) { 0 } else { amount };
            prop_assert_eq!(sum, u128::from(wanted));
        }
    }
}

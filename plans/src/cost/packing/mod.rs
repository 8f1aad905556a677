//! Pods onto nodes: how many of which kind are bought, and what no way of packing comes below.
//!
//! In: [`Load`]s, each a number of equal pods, and the [`NodeKind`]s that may be bought.
//! Out: [`Bought`] nodes with what runs on each, and a [`bound`].
//!
//! The bound is the cheapest mix of nodes in which all processors and all memory would be used to the last: a linear programme,
//! whose shadow prices say what a processor and a GiB are worth where these pods run. Packing is greedy by them: of all kinds, the
//! node is bought that holds the most worth for its price, again and again.

mod anew;
mod bound;
mod fill;
#[cfg(test)]
mod tests;

pub use bound::bound;

use super::money::Range;
use super::nodes::{NodeKind, Room};
use anew::pods_of;
use bound::{Worth, worth};
use fill::{Remaining, fill};

/// A number of equal pods.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Load {
    /// What one asks for: thousandths of a processor, and MiB.
    pub cpu: u64,
    /// MiB.
    pub memory: u64,
    /// How many.
    pub count: u64,
}

/// A number of equal nodes, each with the same pods on it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bought {
    /// The kind, by its number in the list.
    pub kind: usize,
    /// How many.
    pub count: u64,
    /// Pods on each: of which load, by its number, and how many.
    pub pods: Vec<(usize, u64)>,
}

/// Pods of one node: of which load, by its number, and how many.
type Pods = Vec<(usize, u64)>;

/// A pod that no node holds.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a pod of {cpu}m and {memory}Mi is larger than any node of the NodePools")]
pub struct TooLarge {
    /// Thousandths of a processor.
    pub cpu: u64,
    /// MiB.
    pub memory: u64,
}

/// Buys nodes for all these pods.
///
/// Total and deterministic. Each pod is on one node, and no node holds more than its room.
///
/// # Errors
/// When a pod fits on no node.
pub fn pack(loads: &[Load], kinds: &[NodeKind]) -> Result<Vec<Bought>, TooLarge> {
    let fits = |load: &&Load| kinds.iter().any(|kind| holds(&kind.room, load.cpu, load.memory, 1));
    if let Some(Load { cpu, memory, .. }) = loads.iter().filter(|load| load.count > 0).find(|load| !fits(load)) {
        return Err(TooLarge { cpu: *cpu, memory: *memory });
    }
    if loads.iter().map(|load| load.count).sum::<u64>() > FEW {
        return Ok(greedy(loads, kinds, &(0..kinds.len()).collect::<Vec<_>>()));
    }
    Ok(anew::anew(repacked(by_sizes(loads, kinds), loads, kinds), loads, kinds, bound(loads, kinds)))
}

/// Of few pods the last node decides: nodes of each size and below are tried, and the cheapest packing is taken.
fn by_sizes(loads: &[Load], kinds: &[NodeKind]) -> Vec<Bought> {
    let all: Vec<usize> = (0..kinds.len()).collect();
    let mut best = greedy(loads, kinds, &all);
    let mut sizes: Vec<u64> = kinds.iter().map(|kind| kind.room.cpu).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for most in sizes {
        let small: Vec<usize> = all.iter().copied().filter(|kind| kinds[*kind].room.cpu <= most).collect();
        let held = |load: &&Load| small.iter().any(|kind| holds(&kinds[*kind].room, load.cpu, load.memory, 1));
        if loads.iter().filter(|load| load.count > 0).all(|load| held(&load)) {
            let other = greedy(loads, kinds, &small);
            if price(&other, kinds).low() < price(&best, kinds).low() {
                best = other;
            }
        }
    }
    best
}

/// The last nodes hold what was left, and hold it badly: their pods are packed anew by themselves, where that is cheaper.
fn repacked(mut bought: Vec<Bought>, loads: &[Load], kinds: &[NodeKind]) -> Vec<Bought> {
    for last in 1..=LAST {
        let Some(at) = bought.len().checked_sub(last) else { break };
        let anew = by_sizes(&pods_of(&bought[at..], loads), kinds);
        if price(&anew, kinds).low() < price(&bought[at..], kinds).low() {
            bought.truncate(at);
            bought.extend(anew);
        }
    }
    bought
}

/// Of so many of the last nodes it is tried.
const LAST: usize = 12;

/// Up to so many pods several ways of packing are tried.
const FEW: u64 = 1_000;

/// Node by node what holds the most worth for its price, of these kinds, on one of which each pod fits.
fn greedy(loads: &[Load], kinds: &[NodeKind], of: &[usize]) -> Vec<Bought> {
    let mut remaining = Remaining::new(loads);
    let mut ordered: Option<Worth> = None;
    let mut bought = Vec::new();
    while !remaining.is_empty() {
        let worth = worth(remaining.demand(), kinds, of);
        // Mostly the same from node to node; sorting anew would be what takes the time.
        if ordered != Some(worth) {
            remaining.order(worth);
            ordered = Some(worth);
        }
        let mut best: Option<(f64, usize, Pods)> = None;
        for (floor, number) in promising(kinds, of, worth) {
            // Not even filled to the last would it or what comes after it be better.
            if best.as_ref().is_some_and(|(least, ..)| floor >= *least) {
                break;
            }
            let kind = &kinds[number];
            for pods in fill(&remaining, &kind.room, worth) {
                let held: f64 = pods.iter().map(|(load, count)| worth.of(&loads[*load]) * *count as f64).sum();
                let price = kind.price.low() as f64;
                // Of equals the first, which is the same in every run.
                if held > 0.0 && best.as_ref().is_none_or(|(least, ..)| price / held < *least) {
                    best = Some((price / held, number, pods));
                }
            }
        }
        // Whatever is left fits on some kind, so there is one.
        let Some((_, kind, pods)) = best else { break };
        let count = remaining.take(&pods);
        bought.push(Bought { kind: smallest(loads, kinds, &pods).unwrap_or(kind), count, pods });
    }
    bought
}

/// The kinds with the price of what is worth one when they are filled to the last, the best first; of equals the first.
fn promising(kinds: &[NodeKind], of: &[usize], worth: Worth) -> Vec<(f64, usize)> {
    let floor = |number: &usize| {
        let kind = &kinds[*number];
        let (cpu, memory) = worth.parts(kind.room.cpu, kind.room.memory);
        kind.price.low() as f64 / (cpu + memory).max(f64::MIN_POSITIVE)
    };
    let mut order: Vec<(f64, usize)> = of.iter().map(|number| (floor(number), *number)).collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    order
}

/// The cheapest kind that holds these pods.
fn smallest(loads: &[Load], kinds: &[NodeKind], pods: &[(usize, u64)]) -> Option<usize> {
    let used = used(loads, pods);
    let holding = kinds.iter().enumerate().filter(|(_, kind)| holds(&kind.room, used.cpu, used.memory, used.pods));
    holding.min_by_key(|(number, kind)| (kind.price.low(), *number)).map(|(number, _)| number)
}

/// What these pods ask for together.
#[must_use]
pub fn used(loads: &[Load], pods: &[(usize, u64)]) -> Room {
    pods.iter().fold(Room::default(), |all, (load, count)| Room {
        cpu: all.cpu + loads[*load].cpu * count,
        memory: all.memory + loads[*load].memory * count,
        pods: all.pods + count,
    })
}

/// What these nodes cost on demand for an hour.
#[must_use]
pub fn price(bought: &[Bought], kinds: &[NodeKind]) -> Range {
    bought.iter().fold(Range::default(), |all, nodes| all.plus(kinds[nodes.kind].price.times(nodes.count)))
}

const fn holds(room: &Room, cpu: u64, memory: u64, pods: u64) -> bool {
    cpu <= room.cpu && memory <= room.memory && pods <= room.pods
}

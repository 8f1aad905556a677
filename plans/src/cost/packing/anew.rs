//! Nodes are taken apart again, a few at a time, and their pods packed anew.

use super::bound::{Worth, demand, worth};
use super::{Bought, Load, by_sizes, greedy, holds, price};
use crate::cost::nodes::NodeKind;

/// Thousandths of the bound: what costs no more is packed well enough.
const WELL_PACKED: u64 = 1095;

/// Of fewer nodes the last one decides, however they are packed.
const FEWEST: usize = 8;

/// How often some nodes are taken apart.
const ROUNDS: usize = 1000;

/// From two on, so many sizes of what is taken apart at once.
const SIZES: usize = 10;

/// The same pods on other nodes, as long as that costs less and what they cost is not near the bound, in billionths of a dollar.
///
/// In each round the node that wastes the most, or in later turns the next one, is taken apart together with others drawn at random, by
/// numbers that are the same in every run. Deterministic, and never dearer than before.
pub(super) fn anew(bought: Vec<Bought>, loads: &[Load], kinds: &[NodeKind], bound: u64) -> Vec<Bought> {
    let is_enough = |paid: u64| paid <= bound.saturating_mul(WELL_PACKED) / 1000;
    let mut paid = price(&bought, kinds).low();
    let mut nodes: Vec<Bought> = bought.into_iter().flat_map(one_by_one).collect();
    if nodes.len() < FEWEST || is_enough(paid) {
        return nodes;
    }
    let worth = worth(demand(loads), kinds, &(0..kinds.len()).collect::<Vec<_>>());
    let (mut turn, mut random) = (0, Random(1));
    for round in 0..ROUNDS {
        if is_enough(paid) {
            break;
        }
        nodes.sort_by(|one, other| wasted(other, loads, kinds, worth).total_cmp(&wasted(one, loads, kinds, worth)));
        let apart = random.some(turn % nodes.len(), 2 + round % SIZES, nodes.len());
        let before: Vec<Bought> = apart.iter().map(|at| nodes[*at].clone()).collect();
        let pods = pods_of(&before, loads);
        let half = random.half(kinds.len());
        let held = |load: &Load| half.iter().any(|kind| holds(&kinds[*kind].room, load.cpu, load.memory, 1));
        let after = if round % 4 != 0 && pods.iter().filter(|load| load.count > 0).all(held) {
            greedy(&pods, kinds, &half)
        } else {
            by_sizes(&pods, kinds)
        };
        let (old, new) = (price(&before, kinds).low(), price(&after, kinds).low());
        turn = if new < old { turn } else { turn + 1 };
        // Of what costs the same the other one is taken: from there another way may lead down.
        if new <= old {
            apart.iter().rev().for_each(|at| drop(nodes.swap_remove(*at)));
            nodes.extend(after.into_iter().flat_map(one_by_one));
            paid = paid - old + new;
        }
    }
    nodes
}

fn one_by_one(bought: Bought) -> impl Iterator<Item = Bought> {
    (0..bought.count).map(move |_| Bought { count: 1, ..bought.clone() })
}

/// What a node costs beyond what its pods are worth.
fn wasted(node: &Bought, loads: &[Load], kinds: &[NodeKind], worth: Worth) -> f64 {
    let held: f64 = node.pods.iter().map(|(load, count)| worth.of(&loads[*load]) * *count as f64).sum();
    kinds[node.kind].price.low() as f64 - held
}

/// The pods of some nodes.
pub(super) fn pods_of(nodes: &[Bought], loads: &[Load]) -> Vec<Load> {
    let mut pods: Vec<Load> = loads.iter().map(|load| Load { count: 0, ..*load }).collect();
    for node in nodes {
        node.pods.iter().for_each(|(load, count)| pods[*load].count += count * node.count);
    }
    pods
}

/// Numbers that look like chance, the same in every run (xorshift64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// About half of so many.
    fn half(&mut self, all: usize) -> Vec<usize> {
        (0..all).filter(|_| self.next() & 64 == 0).collect()
    }

    /// This place and others, up to so many of all, in rising order.
    fn some(&mut self, first: usize, count: usize, all: usize) -> Vec<usize> {
        let mut some = vec![first];
        while some.len() < count.min(all) {
            let at = (self.next() % all as u64) as usize;
            if !some.contains(&at) {
                some.push(at);
            }
        }
        some.sort_unstable();
        some
    }
}

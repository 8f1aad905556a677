//! What no way of packing comes below, and what a processor and a MiB are worth.

use super::Load;
use crate::cost::nodes::NodeKind;

/// What a thousandth of a processor and a MiB are worth, in billionths of a dollar for each hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Worth {
    cpu: f64,
    memory: f64,
}

impl Worth {
    /// What a pod of a load is worth.
    pub(super) fn of(self, load: &Load) -> f64 {
        self.cpu * load.cpu as f64 + self.memory * load.memory as f64
    }

    /// The same for what is left of a node, part by part.
    pub(super) fn parts(self, cpu: u64, memory: u64) -> (f64, f64) {
        (self.cpu * cpu as f64, self.memory * memory as f64)
    }
}

/// The least that nodes for all these pods cost for an hour, at the low end of their prices: the cheapest mix in which nothing is
/// left over, or the cheapest node that holds the largest pod, whichever is more.
#[must_use]
pub fn bound(loads: &[Load], kinds: &[NodeKind]) -> u64 {
    let demand = demand(loads);
    let all: Vec<usize> = (0..kinds.len()).collect();
    let worth = worth(demand, kinds, &all);
    let value = worth.cpu * demand.0 as f64 + worth.memory * demand.1 as f64;
    let one = loads.iter().filter(|load| load.count > 0).filter_map(|load| {
        let holding = kinds.iter().filter(|kind| super::holds(&kind.room, load.cpu, load.memory, 1));
        holding.map(|kind| kind.price.low()).min()
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a price: above zero, far below 2^53")]
    let whole = value.floor() as u64;
    whole.max(one.max().unwrap_or(0))
}

/// What all these pods ask for together: thousandths of a processor, and MiB.
pub(super) fn demand(loads: &[Load]) -> (u64, u64) {
    loads.iter().fold((0, 0), |(cpu, memory), load| (cpu + load.cpu * load.count, memory + load.memory * load.count))
}

/// The shadow prices of this demand: worth so that no node holds more than its price, and the demand is worth the most. By weak
/// duality whatever they make of the demand is a bound, rounding or not. Only the kinds of these numbers are looked at.
pub(super) fn worth(demand: (u64, u64), kinds: &[NodeKind], of: &[usize]) -> Worth {
    let kinds: Vec<&NodeKind> = of.iter().map(|number| &kinds[*number]).collect();
    let (cpu, memory) = (demand.0 as f64, demand.1 as f64);
    let mut best = Worth { cpu: 0.0, memory: 0.0 };
    let mut most = -1.0;
    let mut offer = |candidate: Worth| {
        let value = candidate.cpu * cpu + candidate.memory * memory;
        if value > most && is_fair(candidate, &kinds) {
            (best, most) = (candidate, value);
        }
    };
    let rows = cheapest(&kinds);
    for (at, one) in rows.iter().enumerate() {
        // All of a node's price for one of the two.
        offer(Worth { cpu: one.2 / one.0, memory: 0.0 });
        offer(Worth { cpu: 0.0, memory: one.2 / one.1 });
        for other in &rows[at + 1..] {
            let determinant = one.0 * other.1 - other.0 * one.1;
            if determinant.abs() < 1.0 {
                continue;
            }
            let cpu = (one.2 * other.1 - other.2 * one.1) / determinant;
            let memory = (one.0 * other.2 - other.0 * one.2) / determinant;
            if cpu >= 0.0 && memory >= 0.0 {
                offer(Worth { cpu, memory });
            }
        }
    }
    best
}

/// Whether no node holds more worth than it costs, but for the last bits.
fn is_fair(worth: Worth, kinds: &[&NodeKind]) -> bool {
    kinds.iter().all(|kind| {
        let held = worth.cpu * kind.room.cpu as f64 + worth.memory * kind.room.memory as f64;
        held <= kind.price.low() as f64 * (1.0 + 1e-9)
    })
}

/// Room and price of the kinds, without those of which another has at least as much of both for less.
fn cheapest(kinds: &[&NodeKind]) -> Vec<(f64, f64, f64)> {
    let each = |kind: &&NodeKind| (kind.room.cpu as f64, kind.room.memory as f64, kind.price.low().max(1) as f64);
    let rows: Vec<(f64, f64, f64)> =
        kinds.iter().filter(|kind| kind.room.cpu > 0 && kind.room.memory > 0).map(each).collect();
    let beaten = |row: &(f64, f64, f64)| {
        rows.iter().any(|other| {
            let (cpu, memory) = (other.0 / other.2, other.1 / other.2);
            let (own_cpu, own_memory) = (row.0 / row.2, row.1 / row.2);
            cpu >= own_cpu && memory >= own_memory && (cpu > own_cpu || memory > own_memory)
        })
    };
    rows.iter().filter(|row| !beaten(row)).copied().collect()
}

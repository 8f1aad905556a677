//! What of the remaining pods goes onto one more node.

use super::Load;
use super::bound::Worth;
use crate::cost::nodes::Room;

/// From this many different pods on, a node is filled by size alone: looking for the best next one costs time with the square.
const MANY: usize = 256;

/// The pods that are on no node yet.
pub(super) struct Remaining<'a> {
    loads: &'a [Load],
    /// How many of each load.
    counts: Vec<u64>,
    /// The loads of which some are left, the most worth first.
    order: Vec<usize>,
}

impl<'a> Remaining<'a> {
    pub(super) fn new(loads: &'a [Load]) -> Self {
        let counts = loads.iter().map(|load| load.count).collect();
        let order = (0..loads.len()).filter(|load| loads[*load].count > 0).collect();
        Self { loads, counts, order }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// What they ask for together.
    pub(super) fn demand(&self) -> (u64, u64) {
        self.order.iter().fold((0, 0), |(cpu, memory), load| {
            let (one, count) = (&self.loads[*load], self.counts[*load]);
            (cpu + one.cpu * count, memory + one.memory * count)
        })
    }

    /// The most worth first; of equals the first.
    pub(super) fn order(&mut self, worth: Worth) {
        let loads = self.loads;
        self.order
            .sort_by(|one, other| worth.of(&loads[*other]).total_cmp(&worth.of(&loads[*one])).then(one.cmp(other)));
    }

    /// Takes the pods of one node away, as often as there are enough of all of them; gives how often.
    pub(super) fn take(&mut self, pods: &[(usize, u64)]) -> u64 {
        let times = pods.iter().map(|(load, count)| self.counts[*load] / count).min().unwrap_or(0).max(1);
        for (load, count) in pods {
            self.counts[*load] -= count * times;
        }
        let counts = &self.counts;
        self.order.retain(|load| counts[*load] > 0);
        times
    }
}

/// The ways in which one node may be filled; none of them empty.
pub(super) fn fill(remaining: &Remaining<'_>, room: &Room, worth: Worth) -> Vec<Vec<(usize, u64)>> {
    let mut ways = vec![by_size(remaining, room)];
    if remaining.order.len() < MANY {
        ways.push(by_shape(remaining, room, worth));
    }
    ways.retain(|pods| !pods.is_empty());
    ways
}

/// First-fit decreasing: the largest first, and whatever still fits after it.
fn by_size(remaining: &Remaining<'_>, room: &Room) -> Vec<(usize, u64)> {
    let (mut left, mut pods) = (*room, Vec::new());
    for load in &remaining.order {
        let one = &remaining.loads[*load];
        let count = fitting(one, &left).min(remaining.counts[*load]);
        if count > 0 {
            left = without(&left, one, count);
            pods.push((*load, count));
        }
        if left.pods == 0 {
            break;
        }
    }
    pods
}

/// One after the other, that whose shape is most like what is left: what would leave processors without memory, or memory
/// without processors, comes later.
fn by_shape(remaining: &Remaining<'_>, room: &Room, worth: Worth) -> Vec<(usize, u64)> {
    let (mut left, mut taken) = (*room, vec![0_u64; remaining.loads.len()]);
    loop {
        let (free_cpu, free_memory) = worth.parts(left.cpu, left.memory);
        let mut best: Option<(f64, usize)> = None;
        for load in &remaining.order {
            let one = &remaining.loads[*load];
            if taken[*load] >= remaining.counts[*load] || fitting(one, &left) == 0 {
                continue;
            }
            let (cpu, memory) = worth.parts(one.cpu, one.memory);
            let alike = cpu * free_cpu + memory * free_memory;
            if best.is_none_or(|(most, _)| alike > most) {
                best = Some((alike, *load));
            }
        }
        let Some((_, load)) = best else { break };
        left = without(&left, &remaining.loads[load], 1);
        taken[load] += 1;
    }
    taken.into_iter().enumerate().filter(|(_, count)| *count > 0).collect()
}

fn fitting(load: &Load, left: &Room) -> u64 {
    let times = |room: u64, each: u64| room.checked_div(each).unwrap_or(u64::MAX);
    times(left.cpu, load.cpu).min(times(left.memory, load.memory)).min(left.pods)
}

const fn without(left: &Room, load: &Load, count: u64) -> Room {
    Room { cpu: left.cpu - load.cpu * count, memory: left.memory - load.memory * count, pods: left.pods - count }
}

//! The world that a plan is rehearsed in.

use caravan_plans::{Shift, WavePlan};
use caravan_providers::target::Snapshot;
use caravan_providers_simulated::{Held, Side, World};
use std::collections::{BTreeMap, BTreeSet};

/// Resolvers between users and names.
const RESOLVERS: usize = 20;

/// A world in which every target stands as the plan found it. For each shift it has two sides, the old one first.
#[must_use]
pub fn world_of(plan: &WavePlan, seed: u64) -> World {
    let targets: BTreeMap<_, _> = plan
        .shifts
        .iter()
        .map(|shift| (shift.target.clone(), Held { snapshot: shift.original.clone(), token: None }))
        .collect();
    let sides = plan.shifts.iter().flat_map(sides).collect();
    World::new(seed, targets, sides, RESOLVERS)
}

fn sides(shift: &Shift) -> [Side; 2] {
    let old_names = names(shift, &shift.original);
    let all: BTreeSet<String> = shift.stages.iter().flat_map(|stage| names(shift, &stage.snapshot)).collect();
    let new_names = all.difference(&old_names).cloned().collect();
    [
        Side::new(shift.target.clone(), old_names.into_iter().collect(), shift.old.clone()),
        Side::new(shift.target.clone(), new_names, shift.new.clone()),
    ]
}

/// What a snapshot leads to, by name.
fn names(shift: &Shift, snapshot: &Snapshot) -> BTreeSet<String> {
    let shares = shift.target.kind().shares(snapshot);
    shares.into_iter().filter(|share| !share.name.is_empty()).map(|share| share.name.to_owned()).collect()
}

//! The world that a plan is rehearsed in.

use caravan_plans::{Shift, WavePlan};
use caravan_providers::target::Snapshot;
use caravan_providers_simulated::{Held, Side, World};
use serde_json::Value;
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
    let old_names = names(&shift.original);
    let all: BTreeSet<String> = shift.stages.iter().flat_map(|stage| names(&stage.snapshot)).collect();
    let new_names = all.difference(&old_names).cloned().collect();
    [
        Side::new(shift.target.clone(), old_names.into_iter().collect(), shift.old.clone()),
        Side::new(shift.target.clone(), new_names, shift.new.clone()),
    ]
}

/// What a snapshot leads to, by name.
fn names(snapshot: &Snapshot) -> BTreeSet<String> {
    match snapshot {
        Snapshot::Records(sets) => sets
            .iter()
            .filter_map(|set| set.alias.as_ref().map(|alias| &alias.name).or_else(|| set.values.first()))
            .cloned()
            .collect(),
        Snapshot::Actions(value) => found(value, "TargetGroupArn"),
        Snapshot::Rules(rules) => {
            let rules = rules.as_array().into_iter().flatten();
            rules.map(|rule| found(&rule["backendRefs"], "name")).fold(BTreeSet::new(), |all, more| &all | &more)
        }
    }
}

/// Every text under a key, however deep.
fn found(value: &Value, key: &str) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(|item| found(item, key)).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) if name == key => BTreeSet::from([text.clone()]),
                deeper => found(deeper, key),
            })
            .collect(),
        _ => BTreeSet::new(),
    }
}

//! The world that a plan is rehearsed in.

use caravan_plans::{HandOver, Shift, Step, Turn, WavePlan};
use caravan_providers::target::{Snapshot, Target};
use caravan_providers_simulated::{Held, Side, Succession, World};
use std::collections::{BTreeMap, BTreeSet};

/// Resolvers between users and names.
pub(crate) const RESOLVERS: usize = 20;

/// A world in which every target stands as the plan found it. For each step it has two sides, the old one first; of each
/// hand-over it watches that exactly one side is at work.
#[must_use]
pub fn world_of(plan: &WavePlan, seed: u64) -> World {
    world_of_all(&[plan], seed)
}

/// As [`world_of`], of several plans: a target that more than one of them changes stands as the first of these found it.
#[must_use]
pub fn world_of_all(plans: &[&WavePlan], seed: u64) -> World {
    let steps = || plans.iter().flat_map(|plan| &plan.steps);
    let places = steps().flat_map(|step| (0..step.places()).map(move |place| (step, place)));
    let stands = |(step, place): (&Step, usize)| {
        let held = Held { snapshot: step.original(place)?.clone(), token: None };
        Some((step.target(place)?.clone(), held))
    };
    // Of two at one target the first stays: it is put in last.
    let stands: Vec<(Target, Held)> = places.filter_map(stands).collect();
    let targets: BTreeMap<Target, Held> = stands.into_iter().rev().collect();
    let mut world = World::new(seed, targets, steps().flat_map(sides).collect(), RESOLVERS);
    for step in steps() {
        if let Step::HandOver(hand_over) = step {
            world.watch(succession(hand_over));
        }
    }
    world
}

fn sides(step: &Step) -> Vec<Side> {
    match step {
        Step::Shift(shift) => sides_of_shift(shift).into(),
        Step::HandOver(hand_over) => {
            let side = |switch: &caravan_plans::Switch, probes| Side::new(switch.target.clone(), Vec::new(), probes);
            let (first, last) = (hand_over.switches.first(), hand_over.switches.last());
            let old = first.map(|switch| side(switch, Vec::new()));
            old.into_iter().chain(last.map(|switch| side(switch, hand_over.new.clone()))).collect()
        }
    }
}

fn sides_of_shift(shift: &Shift) -> [Side; 2] {
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

fn succession(hand_over: &HandOver) -> Succession {
    let owners = |turn: Turn| {
        let switches = hand_over.switches.iter().filter(move |switch| switch.turn == turn);
        switches.map(|switch| switch.target.clone()).collect()
    };
    Succession::new(owners(Turn::Off), owners(Turn::On))
}

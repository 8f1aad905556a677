//! What shall go wrong.

use crate::{Crash, When};
use caravan_plans::{Step, WavePlan};
use caravan_providers::target::{Controller, Snapshot, Target};
use caravan_providers_simulated::{Fault, World, touched};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What shall go wrong in one rehearsal.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    /// Faults by the number of the call.
    pub faults: BTreeMap<u64, Fault>,
    /// Deaths of the driver.
    pub crashes: Vec<Crash>,
    /// Effects whose journal write fails.
    pub full_disk: BTreeSet<usize>,
    /// The effect from which on another driver has the lease.
    pub lease_lost: Option<usize>,
    /// The step and stage in whose bake the new side turns unhealthy.
    pub fails_in: Option<(usize, usize)>,
    /// Whether third parties take their edits back as soon as a run is in conflict over them.
    pub edits_taken_back: bool,
}

/// How much shall go wrong.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Nothing.
    None,
    /// The new side fails while it takes traffic.
    Unhealthy,
    /// Anything, several at once.
    Everything,
}

impl Profile {
    /// Draws what goes wrong, by the seed; sides that turn unhealthy are set in the world.
    pub fn draw(self, seed: u64, plan: &WavePlan, world: &mut World) -> FaultPlan {
        let mut chance = fastrand::Rng::with_seed(seed ^ 0x7472_6f75_626c_6573);
        match self {
            Self::None => FaultPlan::default(),
            Self::Unhealthy => FaultPlan { fails_in: stage_with_traffic(&mut chance, plan), ..FaultPlan::default() },
            Self::Everything => everything(&mut chance, plan, world),
        }
    }
}

fn everything(chance: &mut fastrand::Rng, plan: &WavePlan, world: &mut World) -> FaultPlan {
    let mut fault_plan = FaultPlan::default();
    for _ in 0..chance.usize(0..6) {
        let call = chance.u64(0..120);
        fault_plan.faults.insert(call, fault(chance, plan));
    }
    for _ in 0..chance.usize(0..4) {
        let when = if chance.bool() { When::Before } else { When::After };
        fault_plan.crashes.push(Crash { effect: chance.usize(0..300), when });
    }
    if chance.u8(0..10) == 0 {
        fault_plan.full_disk.insert(chance.usize(0..200));
    }
    if chance.u8(0..6) == 0 {
        fault_plan.lease_lost = Some(chance.usize(0..200));
    }
    fault_plan.edits_taken_back = chance.bool();
    if chance.u8(0..12) == 0
        && let Some((target, _)) = any_place(chance, plan)
    {
        world.set_controllers(&target, vec![Controller::new("argo-cd", "by the rehearsal's plan")]);
    }
    for side in 0..world.sides().len() {
        // The new sides fail more often than the old ones, which have run for years.
        let often = if side % 2 == 1 { 4 } else { 12 };
        if chance.u8(0..often) == 0 {
            turn(world, chance, side, 0..600_000);
        }
        if chance.u8(0..6) == 0 {
            let begin = chance.u64(0..600_000);
            let end = begin + chance.u64(1_000..200_000);
            world.silence(side, begin, end);
        }
    }
    fault_plan
}

/// One of the stages in which the new side takes traffic.
fn stage_with_traffic(chance: &mut fastrand::Rng, plan: &WavePlan) -> Option<(usize, usize)> {
    let stages = plan.steps.iter().enumerate().filter_map(|(at, step)| match step {
        Step::Shift(shift) => Some((at, shift)),
        Step::HandOver(_) => None,
    });
    let stages = stages.flat_map(|(at, shift)| {
        shift.stages.iter().enumerate().filter(|(_, stage)| stage.percent > 0).map(move |(stage, _)| (at, stage))
    });
    chance.choice(stages.collect::<Vec<_>>())
}

/// A side turns unhealthy, and well again some minutes later.
fn turn(world: &mut World, chance: &mut fastrand::Rng, side: usize, begin: std::ops::Range<u64>) {
    let begin = chance.u64(begin);
    let end = begin + chance.u64(60_000..600_000);
    world.turn_unhealthy(side, begin, end);
}

fn fault(chance: &mut fastrand::Rng, plan: &WavePlan) -> Fault {
    match chance.u8(0..9) {
        0 => Fault::NotSent,
        1 => Fault::Throttled,
        2 => Fault::Denied,
        3 => Fault::Rejected,
        4 => Fault::LostBefore,
        5 => Fault::LostAfter,
        6 => Fault::Late { ms: chance.u64(100..20_000) },
        7 => Fault::Twice,
        _ => match any_place(chance, plan) {
            Some((target, original)) => {
                Fault::Edited { snapshot: Box::new(touched(&target, &original)), target: Box::new(target), token: None }
            }
            None => Fault::NotSent,
        },
    }
}

/// One of the targets that a plan changes, and how it stood when the plan was made.
fn any_place(chance: &mut fastrand::Rng, plan: &WavePlan) -> Option<(Target, Snapshot)> {
    let places = plan.steps.iter().flat_map(|step| (0..step.places()).map(move |place| (step, place)));
    let (step, place) = chance.choice(places.collect::<Vec<_>>())?;
    Some((step.target(place)?.clone(), step.original(place)?.clone()))
}

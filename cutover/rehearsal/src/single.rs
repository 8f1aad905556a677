//! Single faults: calls that go wrong once, drivers that die, a full disk for one entry.

use crate::{Crash, FaultPlan, When};
use caravan_plans::WavePlan;
use caravan_providers::target::{Controller, Snapshot, Target};
use caravan_providers_simulated::{CallFault, World, touched};
use std::ops::Range;

/// How long what a third party changed stands where they take it back by themselves, in milliseconds.
const EDITS_LAST: Range<u64> = 5_000..1_200_000;

/// Draws some of everything.
pub(crate) fn draw(chance: &mut fastrand::Rng, plan: &WavePlan, world: &mut World, fault_plan: &mut FaultPlan) {
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
    fault_plan.edits_last_ms = chance.bool().then(|| chance.u64(EDITS_LAST));
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
}

/// A side turns unhealthy, and healthy again some minutes later.
fn turn(world: &mut World, chance: &mut fastrand::Rng, side: usize, begin: Range<u64>) {
    let begin = chance.u64(begin);
    let end = begin + chance.u64(60_000..600_000);
    world.turn_unhealthy(side, begin, end);
}

fn fault(chance: &mut fastrand::Rng, plan: &WavePlan) -> CallFault {
    match chance.u8(0..9) {
        0 => CallFault::NotSent,
        1 => CallFault::Throttled,
        2 => CallFault::Denied,
        3 => CallFault::Rejected,
        4 => CallFault::LostBefore,
        5 => CallFault::LostAfter,
        6 => CallFault::Late { ms: chance.u64(100..120_000) },
        7 => CallFault::Twice,
        _ => match any_place(chance, plan) {
            Some((target, original)) => CallFault::Edited {
                snapshot: Box::new(touched(&target, &original)),
                target: Box::new(target),
                token: None,
            },
            None => CallFault::NotSent,
        },
    }
}

/// One of the targets that a plan changes, and how it stood when the plan was made.
fn any_place(chance: &mut fastrand::Rng, plan: &WavePlan) -> Option<(Target, Snapshot)> {
    let places = plan.steps.iter().flat_map(|step| (0..step.places()).map(move |place| (step, place)));
    let (step, place) = chance.choice(places.collect::<Vec<_>>())?;
    Some((step.target(place)?.clone(), step.original(place)?.clone()))
}

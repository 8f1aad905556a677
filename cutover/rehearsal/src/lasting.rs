//! Trouble that lasts, drawn by seed: what a real night has in store beside single calls that fail.

use crate::fault_plan::Sleeper;
use crate::world::RESOLVERS;
use crate::{FaultPlan, Manner};
use caravan_plans::WavePlan;
use caravan_providers::Verdict;
use caravan_providers::target::ApiBudget;
use caravan_providers_simulated::{Lie, Outage, Trouble, World};
use std::ops::Range;

/// When trouble begins, in milliseconds: within the time that a wave with a thin gate takes there and back.
const BEGINS: Range<u64> = 0..900_000;
/// How long outages last, in milliseconds: seconds to an hour, each order of magnitude as often as the others.
const LASTS: [Range<u64>; 4] = [2_000..15_000, 15_000..60_000, 60_000..600_000, 600_000..3_600_000];
/// How long a change takes to reach every name server, in milliseconds.
const PROPAGATION: Range<u64> = 5_000..300_000;
/// How long some resolvers keep an answer whatever its time to live, in milliseconds.
const HOLDS: Range<u64> = 60_000..3_600_000;
/// How far a clock is wrong, in milliseconds.
const CLOCK: Range<i64> = -12 * 3_600_000..12 * 3_600_000;

/// Draws some of everything; what is the world's is set in the world.
pub(crate) fn draw(chance: &mut fastrand::Rng, plan: &WavePlan, world: &mut World, fault_plan: &mut FaultPlan) {
    let mut set = 0;
    set += outages(chance, plan, world);
    for _ in 0..often(chance, 4) {
        let outage = spell(chance);
        if fault_plan.journal_outages.last().is_none_or(|last| last.end < outage.start) {
            fault_plan.journal_outages.push(outage);
            set += 1;
        }
    }
    if chance.bool() {
        world.set_propagation(chance.u64(PROPAGATION));
        set += 1;
    }
    for _ in 0..often(chance, 4) {
        world.hold_answers(chance.usize(0..RESOLVERS), chance.u64(HOLDS));
        set += 1;
    }
    for side in 0..world.sides().len() {
        set += side_troubles(chance, world, side);
    }
    set += people_and_drivers(chance, fault_plan);
    fault_plan.lasting += set;
}

/// Each API that the plan uses may fail, in one way or another, once or twice.
fn outages(chance: &mut fastrand::Rng, plan: &WavePlan, world: &mut World) -> u64 {
    let mut apis: Vec<ApiBudget> = Vec::new();
    for api in plan.targets().map(|target| target.kind().budget()) {
        if !apis.contains(&api) {
            apis.push(api);
        }
    }
    let mut set = 0;
    for api in apis {
        for _ in 0..often(chance, 3) {
            let outage = match chance.u8(0..5) {
                0 => Outage::Unreachable,
                1 => Outage::Throttled,
                2 => Outage::Busy,
                3 => Outage::Silent,
                _ => Outage::Deaf,
            };
            let Range { start: from, end: until } = spell(chance);
            world.trouble(Trouble { api: api.clone(), outage, from, until });
            set += 1;
        }
    }
    set
}

/// A side fails, hangs or comes and goes; its probes bring nothing, or lie. New sides do so more often than old ones, which
/// have run for years.
fn side_troubles(chance: &mut fastrand::Rng, world: &mut World, side: usize) -> u64 {
    let is_new = side % 2 == 1;
    let often = if is_new { 2 } else { 8 };
    if chance.u8(0..often) != 0 {
        return 0;
    }
    let Range { start, end } = spell(chance);
    match chance.u8(0..7) {
        0 | 1 => world.turn_unhealthy(side, start, end),
        2 => world.hang(side, start, end),
        3 => {
            let mut at = start;
            for _ in 0..chance.u8(3..40) {
                let begin = at + chance.u64(2_000..40_000);
                at = begin + chance.u64(1_000..30_000);
                world.turn_unhealthy(side, begin, at);
            }
        }
        4 => world.silence(side, start, end),
        5 => {
            // What is well is said to be unwell.
            let reason = || "by the rehearsal's plan".to_owned();
            let says = if chance.bool() {
                Verdict::Fail { reason: reason() }
            } else {
                Verdict::Inconclusive { reason: reason() }
            };
            world.lie(side, Lie { from: start, until: end, says });
        }
        _ => {
            // What is unwell is said to be well.
            world.turn_unhealthy(side, start, end);
            world.lie(side, Lie { from: start, until: end, says: Verdict::Pass });
        }
    }
    1
}

fn people_and_drivers(chance: &mut fastrand::Rng, fault_plan: &mut FaultPlan) -> u64 {
    let mut set = 0;
    fault_plan.manner = match chance.u8(0..8) {
        0 => Manner::Silent,
        1 => Manner::Late { ms: chance.u64(300_000..7_200_000) },
        2 => Manner::Careless { answers: chance.u8(1..6), seed: chance.u64(..) },
        _ => Manner::Prompt,
    };
    set += u64::from(fault_plan.manner != Manner::Prompt);
    if chance.u8(0..3) == 0 {
        fault_plan.clocks = (0..chance.usize(1..6)).map(|_| chance.i64(CLOCK)).collect();
        set += 1;
    }
    if chance.u8(0..6) == 0 {
        let (effect, sleeps_ms) = (chance.usize(0..300), chance.u64(1_000..3_600_000));
        fault_plan.sleeper = Some(Sleeper { effect, sleeps_ms });
        set += 1;
    }
    set
}

/// 0 with most, else 1 or 2: about one in so many has any.
fn often(chance: &mut fastrand::Rng, one_in: u8) -> u8 {
    if chance.u8(0..one_in) == 0 { chance.u8(1..3) } else { 0 }
}

fn spell(chance: &mut fastrand::Rng) -> Range<u64> {
    let lasts = chance.choice(LASTS).unwrap_or(LASTS[0].clone());
    let begin = chance.u64(BEGINS);
    begin..begin + chance.u64(lasts)
}

//! Bugs on purpose that only a night that lasts brings to light: each is caught by its own rule alone.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;
#[path = "common/names.rs"]
mod names;

use caravan_cutover_engine::{Effect, Event, Outcome, Phase, SeededBug};
use caravan_cutover_rehearsal::{FaultPlan, Intention, Invariant, Manner, SimulatedRun, rehearse_with, world_of};
use caravan_plans::Sealed;
use caravan_providers::target::{FencingToken, RecordSetsTarget, Target};
use caravan_providers::{Call, Write};
use caravan_providers_simulated::{CallFault, Outage, Trouble, World, touched};
use common::{http_route, records, rule, sealed};
use names::names;
use std::collections::BTreeSet;

/// When a run of one shift, undisturbed, has half of the users on the new side and bakes, and when it waits for the approval
/// of its last stage: in milliseconds.
const BAKES_HALF_AT: u64 = 88_000;
const AWAITS_APPROVAL_AT: u64 = 130_000;

/// With a bug, and with none.
fn night(plan: &Sealed, intention: Intention, bug: SeededBug, worsen: impl Fn(&mut World)) -> [SimulatedRun; 2] {
    [bug, SeededBug::None].map(|bug| {
        let mut world = world_of(plan.plan(), 1);
        worsen(&mut world);
        let manner = if intention == Intention::Through { Manner::Silent } else { Manner::Prompt };
        rehearse_with(plan, world, intention, &FaultPlan { manner, ..FaultPlan::default() }, bug)
    })
}

/// The bug breaks its own rule and no other, and without it no rule is broken and everything is back.
fn caught_by(rule: Invariant, [with, without]: &[SimulatedRun; 2]) {
    let rules: BTreeSet<Invariant> = with.violations.iter().map(|violation| violation.rule).collect();
    assert_eq!(rules, BTreeSet::from([rule]), "{:?}", with.violations);
    assert_eq!(without.violations, []);
    assert_eq!(without.state.phase, Phase::Finished(Outcome::RolledBack));
}

#[test]
fn nobody_watches_while_an_approval_is_waited_for() {
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()]), sealed(vec![records()])] {
        let fails = |world: &mut World| world.turn_unhealthy(1, AWAITS_APPROVAL_AT, u64::MAX);
        let runs = night(&plan, Intention::Through, SeededBug::WatchNobody, fails);
        caught_by(Invariant::BadSideLeft, &runs);
    }
}

#[test]
fn what_nobody_can_judge_keeps_users() {
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()])] {
        let runs = night(&plan, Intention::Through, SeededBug::HoldOnUnknown, |world| {
            world.hang(1, BAKES_HALF_AT, u64::MAX);
        });
        caught_by(Invariant::NoHoldOnBadSide, &runs);
    }
}

/// Each API is away for a while on the way back, and nobody comes.
#[test]
fn one_call_that_brings_nothing_ends_the_way_back() {
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()])] {
        let api = plan.plan().targets().next().unwrap().kind().budget();
        let runs = night(&plan, Intention::Through, SeededBug::GiveUpOnTheWayBack, |world| {
            world.turn_unhealthy(1, AWAITS_APPROVAL_AT, AWAITS_APPROVAL_AT + 60_000);
            let (from, until) = (AWAITS_APPROVAL_AT, AWAITS_APPROVAL_AT + 120_000);
            world.trouble(Trouble { api: api.clone(), outage: Outage::Unreachable, from, until });
        });
        caught_by(Invariant::SwiftReturn, &runs);
    }
}

#[test]
fn each_name_waits_until_the_one_before_is_everywhere() {
    let named = |name: &str| {
        let mut shift = records();
        let Target::Records(target) = shift.target.clone() else { unreachable!() };
        shift.target = Target::Records(RecordSetsTarget { name: name.to_owned(), ..target });
        shift
    };
    let names = ["a.example.com.", "b.example.com.", "c.example.com.", "d.example.com."];
    let plan = sealed(names.map(named).to_vec());
    let runs = night(&plan, Intention::ThereAndBack, SeededBug::SettleOneByOne, |world| world.set_propagation(60_000));
    caught_by(Invariant::SwiftReturn, &runs);
}

/// What name servers answer follows minutes later, longer than the stage bakes.
#[test]
fn a_share_is_raised_before_the_one_before_has_reached_users() {
    for plan in [sealed(vec![records()]), names(3, 1)] {
        let runs = night(&plan, Intention::ThereAndBack, SeededBug::PromoteUnsettled, |world| {
            world.set_propagation(290_000);
        });
        caught_by(Invariant::ReachesUsers, &runs);
    }
}

/// Somebody changes one of the names just before the batch, and takes it back when the run is in conflict over it.
#[test]
fn a_batch_that_failed_is_sent_again_as_it_is() {
    for (count, zones, edited) in [(3, 1, 0), (4, 2, 3), (6, 1, 2)] {
        let plan = names(count, zones);
        let undisturbed = rehearse_with(
            &plan,
            world_of(plan.plan(), 1),
            Intention::ThereAndBack,
            &FaultPlan::default(),
            SeededBug::None,
        );
        let is_batch = |event: &Event| matches!(event, Event::IntendedAll { .. });
        assert_eq!(undisturbed.journal.iter().filter(|event| is_batch(event)).count(), zones);
        let target = plan.plan().steps[edited].target(0).unwrap().clone();
        let batch = undisturbed.effects.iter().find(|made| is_batch_of(&made.effect, &target)).unwrap();
        let held = plan.plan().steps[edited].standing(0, Some(3)).unwrap();
        let runs = [SeededBug::KeepFailedBatch, SeededBug::None].map(|bug| {
            let mut fault_plan = FaultPlan { edits_taken_back: true, ..FaultPlan::default() };
            let token = batch_token(&batch.effect, &target);
            let snapshot = Box::new(touched(&target, held));
            let fault = CallFault::Edited { target: Box::new(target.clone()), snapshot, token };
            fault_plan.faults.insert(batch.calls_before, fault);
            rehearse_with(&plan, world_of(plan.plan(), 1), Intention::ThereAndBack, &fault_plan, bug)
        });
        caught_by(Invariant::SwiftReturn, &runs);
    }
}

fn writes_of(effect: &Effect) -> &[Write] {
    match effect {
        Effect::Call(call) => match &**call {
            Call::WriteAll(writes) => writes,
            _ => &[],
        },
        _ => &[],
    }
}

fn is_batch_of(effect: &Effect, target: &Target) -> bool {
    writes_of(effect).iter().any(|write| write.target == *target)
}

/// Our token as it stands there: whoever edits by hand leaves it.
fn batch_token(effect: &Effect, target: &Target) -> Option<FencingToken> {
    let mut writes = writes_of(effect).iter();
    writes.find(|write| write.target == *target).and_then(|write| write.token_before.clone())
}

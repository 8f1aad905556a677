//! Nights that went wrong, each as a test: users on a side that fails, and a way back that must not give up.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

mod common;
#[path = "common/patient.rs"]
mod patient;

use caravan_cutover_engine::{Effect, Event, Outcome, Phase};
use caravan_cutover_rehearsal::{Crash, FaultPlan, Intention, Made, Manner, SimulatedRun, When, rehearse, world_of};
use caravan_plans::Sealed;
use caravan_providers_simulated::{Outage, Trouble, World};
use common::{hand_overs, http_route, mixed, records, rule, sealed, wave};
use patient::patient;

/// Nobody on call answers anything: what is to happen happens by itself.
const ALONE: FaultPlan = FaultPlan {
    manner: Manner::Silent,
    faults: std::collections::BTreeMap::new(),
    crashes: Vec::new(),
    full_disk: std::collections::BTreeSet::new(),
    lease_lost: None,
    fails_in: None,
    edits_taken_back: false,
    edits_last_ms: None,
    journal_outages: Vec::new(),
    clocks: Vec::new(),
    sleeper: None,
    lasting: 0,
};

/// Plays a plan through in a world that is made worse.
fn night(plan: &Sealed, fault_plan: &FaultPlan, worsen: impl FnOnce(&mut World)) -> SimulatedRun {
    let mut world = world_of(plan.plan(), 1);
    worsen(&mut world);
    rehearse(plan, world, Intention::Through, fault_plan)
}

/// Every rule held, and everything is back, without anybody's help.
fn is_back(name: &str, run: &SimulatedRun) {
    assert_eq!(run.violations, [], "{name}");
    assert_eq!(run.state.phase, Phase::Finished(Outcome::RolledBack), "{name}");
}

/// When a run of one shift, undisturbed, has half of the users on the new side and bakes; waits for the approval of its last
/// stage; and waits for its release: in milliseconds.
const BAKES_HALF_AT: u64 = 88_000;
const AWAITS_APPROVAL_AT: u64 = 130_000;
const AWAITS_RELEASE_AT: u64 = 300_000;

#[test]
fn a_side_that_fails_while_an_approval_or_the_release_is_waited_for_is_left() {
    let late = FaultPlan { manner: Manner::Late { ms: 3_600_000 }, ..ALONE };
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()]), sealed(vec![records()])] {
        is_back("approval", &night(&plan, &ALONE, |world| world.turn_unhealthy(1, AWAITS_APPROVAL_AT, u64::MAX)));
        is_back("late", &night(&plan, &late, |world| world.turn_unhealthy(1, AWAITS_APPROVAL_AT + 600_000, u64::MAX)));
        let waits = FaultPlan { manner: Manner::Prompt, ..ALONE };
        let run = night(&plan, &waits, |world| world.turn_unhealthy(1, AWAITS_RELEASE_AT, u64::MAX));
        assert_eq!(run.violations, []);
    }
}

#[test]
fn a_finished_shift_that_fails_while_the_next_one_moves_on_is_left() {
    let prompt = FaultPlan { manner: Manner::Prompt, ..ALONE };
    for (plan, at) in [
        (sealed(vec![rule(), http_route()]), 230_000),
        (sealed(vec![http_route(), rule()]), 260_000),
        (wave(), 320_000),
    ] {
        is_back("the first of several", &night(&plan, &prompt, |world| world.turn_unhealthy(1, at, u64::MAX)));
    }
}

#[test]
fn a_new_side_that_hangs_holds_nobody_on_it() {
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()]), sealed(vec![records()])] {
        for at in [45_000, 80_000, AWAITS_APPROVAL_AT] {
            is_back(&format!("from {at} ms on"), &night(&plan, &ALONE, |world| world.hang(1, at, u64::MAX)));
        }
    }
}

#[test]
fn a_new_side_that_comes_and_goes_costs_no_more_than_the_plan_announces() {
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()]), wave()] {
        for (bad, well) in [(4_000, 6_000), (8_000, 12_000), (3_000, 20_000)] {
            let run = night(&plan, &ALONE, |world| {
                let mut at = AWAITS_APPROVAL_AT;
                while at < 5_000_000 {
                    world.turn_unhealthy(1, at, at + bad);
                    at += bad + well;
                }
            });
            assert_eq!(run.violations, [], "{bad} ms of {well}");
            assert!(run.lost.by_new_side <= run.lost.announced, "{:?}", run.lost);
        }
    }
}

/// The new side fails at 50 %, and at the same moment its provider does, for a while.
#[test]
fn a_way_back_does_not_give_up_while_its_provider_is_in_trouble() {
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()]), sealed(vec![records()])] {
        let api = plan.plan().targets().next().unwrap().kind().budget();
        for outage in [Outage::Throttled, Outage::Unreachable, Outage::Busy, Outage::Silent, Outage::Deaf] {
            for lasts in [15_000, 32_000, 300_000, 3_600_000] {
                let run = night(&plan, &ALONE, |world| {
                    let from = BAKES_HALF_AT;
                    world.turn_unhealthy(1, from, u64::MAX);
                    world.trouble(Trouble { api: api.clone(), outage, from, until: from + lasts });
                });
                is_back(&format!("{outage:?} for {lasts} ms"), &run);
            }
        }
    }
}

/// The driver dies right after the command to go back: another one has to claim the names and to put them back.
#[test]
fn a_way_back_takes_one_propagation_also_after_a_driver_died() {
    for plan in [sealed(vec![records()]), wave(), mixed()] {
        for propagation in [5_000, 60_000, 300_000] {
            let played = |fault_plan: &FaultPlan| {
                let mut world = world_of(plan.plan(), 1);
                world.set_propagation(propagation);
                rehearse(&plan, world, Intention::ThereAndBack, fault_plan)
            };
            let prompt = FaultPlan { manner: Manner::Prompt, ..ALONE };
            let undisturbed = played(&prompt);
            let is_command = |made: &Made| matches!(made.effect, Effect::Append(Event::Aborted { .. }));
            let effect = undisturbed.effects.iter().position(is_command).unwrap();
            let run = played(&FaultPlan { crashes: vec![Crash { effect, when: When::After }], ..prompt });
            is_back(&format!("{propagation} ms"), &run);
        }
    }
}

/// The old side fails with the new one, and is well again after a while: then the way back goes on by itself.
#[test]
fn a_way_back_goes_on_by_itself_once_the_old_side_is_well_again() {
    for plan in [sealed(vec![rule()]), sealed(vec![http_route()]), sealed(vec![records()])] {
        for lasts in [3_000, 40_000, 600_000] {
            let run = night(&plan, &ALONE, |world| {
                world.turn_unhealthy(1, BAKES_HALF_AT, u64::MAX);
                world.turn_unhealthy(0, BAKES_HALF_AT, BAKES_HALF_AT + lasts);
            });
            is_back(&format!("unhealthy for {lasts} ms"), &run);
            let run = night(&plan, &ALONE, |world| {
                world.turn_unhealthy(1, BAKES_HALF_AT, u64::MAX);
                world.silence(0, BAKES_HALF_AT, BAKES_HALF_AT + lasts);
            });
            is_back(&format!("silent for {lasts} ms"), &run);
        }
    }
}

/// Work that changes its owner has no users to lose; what must hold of it is watched as ever.
#[test]
fn a_hand_over_comes_through_an_outage_of_its_provider() {
    let plan = patient(&hand_overs());
    let api = plan.plan().targets().next().unwrap().kind().budget();
    for outage in [Outage::Throttled, Outage::Unreachable, Outage::Silent] {
        for from in [10_000, 70_000, 90_000] {
            let run = night(&plan, &FaultPlan { manner: Manner::Prompt, ..ALONE }, |world| {
                world.trouble(Trouble { api: api.clone(), outage, from, until: from + 40_000 });
            });
            assert_eq!(run.violations, [], "{outage:?} from {from} ms on");
            assert!(run.state.is_over(), "{outage:?} from {from} ms on: {:?}", run.state.phase);
        }
    }
}

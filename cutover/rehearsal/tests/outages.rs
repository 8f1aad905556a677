//! Outages that last, in the simulated world: a rollback gives up on none, and no user stays on a side that hangs. Nobody
//! has to try anything again.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;

use caravan_cutover_engine::{Event, Outcome, Phase, Task};
use caravan_cutover_rehearsal::{FaultPlan, Intention, SimulatedRun, rehearse, world_of};
use caravan_plans::Sealed;
use caravan_providers_simulated::CallFault;
use common::{http_route, mixed, records, rule, sealed, wave};

fn plans() -> [Sealed; 4] {
    [sealed(vec![records()]), sealed(vec![rule()]), sealed(vec![http_route()]), wave()]
}

/// A run ended as it was before, by itself, with no rule broken.
fn assert_back_by_itself(run: &SimulatedRun, what: &str) {
    assert_eq!(run.violations, [], "{what}: {:?}", run.state.phase);
    assert_eq!(run.state.phase, Phase::Finished(Outcome::RolledBack), "{what}");
    let tries_again = |event: &&Event| {
        matches!(event, Event::Retried { .. } | Event::Resumed { .. } | Event::Adopted { .. } | Event::Released { .. })
    };
    assert_eq!(run.journal.iter().filter(tries_again).count(), 0, "{what}: a person had to help");
}

/// The number of the first call of the way back.
fn first_call_back(plan: &Sealed) -> u64 {
    let run = rehearse(plan, world_of(plan.plan(), 1), Intention::ThereAndBack, &FaultPlan::default());
    let back = run.effects.iter().find(|made| matches!(made.task, Some(Task::Undo { .. })));
    back.unwrap().calls_before
}

#[test]
fn calls_that_fail_for_long_on_the_way_back_hold_no_rollback() {
    for (at, plan) in plans().into_iter().chain([mixed()]).enumerate() {
        let first = first_call_back(&plan);
        for fault in [CallFault::NotSent, CallFault::Throttled, CallFault::LostBefore] {
            // From the first observation, from the probe, and from the write on.
            for after in 0..3 {
                for calls in [6, 30, 360] {
                    let mut faults = FaultPlan::default();
                    faults.faults.extend((first + after..first + after + calls).map(|call| (call, fault.clone())));
                    let run = rehearse(&plan, world_of(plan.plan(), 1), Intention::ThereAndBack, &faults);
                    assert_back_by_itself(&run, &format!("plan {at}, {calls} calls from the {after}th, {fault:?}"));
                }
            }
        }
    }
}

#[test]
fn an_old_side_that_answers_nothing_for_a_while_holds_no_rollback() {
    for (at, plan) in plans().into_iter().enumerate() {
        let undisturbed = rehearse(&plan, world_of(plan.plan(), 1), Intention::ThereAndBack, &FaultPlan::default());
        let back = undisturbed.journal.iter().find_map(|event| match event {
            Event::Aborted { at, .. } => Some(at.0),
            _ => None,
        });
        let back = back.unwrap();
        for lasts in [5_000, 40_000, 300_000, 3_600_000] {
            let mut world = world_of(plan.plan(), 1);
            for side in (0..world.sides().len()).step_by(2) {
                world.silence(side, back, back + lasts);
            }
            let run = rehearse(&plan, world, Intention::ThereAndBack, &FaultPlan::default());
            assert_back_by_itself(&run, &format!("plan {at}, {lasts} ms"));
            let seconds = run.rollback_seconds.unwrap();
            assert!(seconds >= lasts / 1000, "plan {at}: back after {seconds} s");
            let bound = lasts / 1000 + 60 * plan.plan().steps.len() as u64;
            assert!(seconds <= bound, "plan {at}: {seconds} s, {bound} s at the most");
        }
    }
}

#[test]
fn no_users_stay_on_a_new_side_that_hangs() {
    for (at, plan) in plans().into_iter().enumerate() {
        let undisturbed = rehearse(&plan, world_of(plan.plan(), 1), Intention::Through, &FaultPlan::default());
        // Each stage with users of the first step, some seconds into its bake.
        let writes = undisturbed.journal.iter().zip(undisturbed.journal.iter().skip(1));
        let mut entered = writes.filter_map(|(event, next)| match (event, next) {
            (Event::Intended { .. }, Event::Replied { at, .. }) => Some(at.0 + 10_000),
            _ => None,
        });
        for moment in entered.by_ref().skip(1).take(3) {
            let mut world = world_of(plan.plan(), 1);
            world.silence(1, moment, u64::MAX);
            let run = rehearse(&plan, world, Intention::Through, &FaultPlan::default());
            assert_back_by_itself(&run, &format!("plan {at}, silent from {moment}"));
        }
    }
}

//! What a third party changed on the way back: only their own names wait for them, and as soon as they have taken it back
//! the run goes on by itself.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;
#[path = "common/names.rs"]
mod names;

use caravan_cutover_engine::{Effect, Event, Outcome, Phase};
use caravan_cutover_rehearsal::{FaultPlan, Intention, Made, Manner, SimulatedRun, rehearse, world_of};
use caravan_plans::Sealed;
use caravan_providers::Call;
use caravan_providers_simulated::{CallFault, Held, Outage, Trouble, World, touched};
use common::{http_route, mixed, records, rule, sealed, wave};
use names::names;

const MINUTE: u64 = 60_000;
/// A person who does not come in the time that counts here.
const HOURS: Manner = Manner::Late { ms: 90 * MINUTE };

/// A night in which nobody comes after the command to go back for a long time, and somebody changes the target of a step right before
/// a call of the way back about it: a run for each of those calls. `lasts` is for how long, in milliseconds; none for good.
fn night(plan: &Sealed, step: usize, lasts: Option<u64>, worsen: impl Fn(&mut World, u64)) -> Vec<SimulatedRun> {
    let calm = FaultPlan { manner: HOURS, ..FaultPlan::default() };
    let undisturbed = rehearse(plan, world_of(plan.plan(), 1), Intention::ThereAndBack, &calm);
    assert_eq!(undisturbed.state.phase, Phase::Finished(Outcome::RolledBack));
    let is_command = |made: &Made| matches!(made.effect, Effect::Append(Event::Aborted { .. }));
    let begins = undisturbed.effects.iter().position(is_command).unwrap();
    let target = plan.plan().steps[step].target(0).unwrap();
    let is_of = |call: &Call| match call {
        Call::WriteAll(writes) => writes.iter().any(|write| write.target == *target),
        Call::All(calls) => calls.iter().any(|call| call.target() == Some(target)),
        other => other.target() == Some(target),
    };
    let calls =
        undisturbed.effects[begins..].iter().filter(|made| matches!(&made.effect, Effect::Call(call) if is_of(call)));
    let standing = |made: &Made| {
        let (_, held) = made.standing.iter().find(|(other, _)| other == target)?;
        Some(Held { snapshot: touched(target, &held.snapshot), token: held.token.clone() })
    };
    let runs = calls.filter_map(|made| Some((made, standing(made)?))).map(|(made, theirs)| {
        let (snapshot, token) = (Box::new(theirs.snapshot), theirs.token);
        let fault = CallFault::Edited { target: Box::new(target.clone()), snapshot, token };
        let faults = [(made.calls_before, fault)].into();
        let fault_plan = FaultPlan { faults, edits_last_ms: lasts, ..calm.clone() };
        let mut world = world_of(plan.plan(), 1);
        worsen(&mut world, made.at);
        rehearse(plan, world, Intention::ThereAndBack, &fault_plan)
    });
    runs.collect()
}

fn plans() -> [Sealed; 6] {
    [wave(), mixed(), names(4, 2), names(5, 1), sealed(vec![rule(), http_route()]), sealed(vec![records()])]
}

/// Somebody changes a name in the middle of the way back and takes it back after a while. Nobody comes: the run goes on by itself.
#[test]
fn what_somebody_changed_and_took_back_is_put_back_without_anybody() {
    let mut broken = Vec::new();
    for (at, plan) in plans().iter().enumerate() {
        for step in 0..plan.plan().steps.len() {
            for lasts in [20_000, 5 * MINUTE, 60 * MINUTE] {
                for (call, run) in night(plan, step, Some(lasts), |_, _| {}).into_iter().enumerate() {
                    let is_back = run.state.phase == Phase::Finished(Outcome::RolledBack);
                    if !is_back || !run.violations.is_empty() {
                        broken.push(format!(
                            "plan {at} step {step} call {call} {lasts} ms: {:?} {:?}",
                            run.state.phase.name(),
                            run.violations
                        ));
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "{} broken: {:#?}", broken.len(), &broken[..broken.len().min(12)]);
}

/// Somebody keeps what they changed, and the API of another target is in trouble for a while: only what they changed waits.
#[test]
fn a_conflict_holds_no_other_shift_not_even_one_whose_api_was_in_trouble_meanwhile() {
    let mut broken = Vec::new();
    for (at, plan) in plans().iter().enumerate() {
        for step in 0..plan.plan().steps.len() {
            for outage in [Outage::Throttled, Outage::Unreachable, Outage::Silent] {
                let worsen = |world: &mut World, from: u64| {
                    let own = plan.plan().steps[step].target(0).unwrap().kind().budget();
                    let others = plan.plan().targets().map(|target| target.kind().budget()).filter(|api| *api != own);
                    for api in others {
                        world.trouble(Trouble { api, outage, from, until: from + 5 * MINUTE });
                    }
                };
                for (call, run) in night(plan, step, None, worsen).into_iter().enumerate() {
                    if !run.violations.is_empty() {
                        broken.push(format!("plan {at} step {step} call {call} {outage:?}: {:?}", run.violations));
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "{} broken: {:#?}", broken.len(), &broken[..broken.len().min(12)]);
}

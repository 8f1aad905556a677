//! The rules of users' time and of what they lose, each by itself: over a world in which nothing drives.

use crate::invariant::Invariant;
use crate::tests::{plan, quiet};
use crate::users::{Stretch, Users};
use crate::world_of;
use caravan_cutover_engine::{Direction, Hold, Phase, State, Task};
use caravan_plans::Step;
use caravan_providers::Verdict;
use caravan_providers::target::Target;
use caravan_providers_simulated::{Lie, Outage, Trouble, World};

/// What a phase and a world that was made worse break in an hour, of which something disturbs the run at some seconds.
fn broken(phase: Phase, disturbed: &[u64], worsen: impl FnOnce(&mut World, &Target)) -> Vec<Invariant> {
    let plan = plan();
    let Step::Shift(shift) = &plan.steps[0] else { unreachable!() };
    let mut world = world_of(&plan, 1);
    world.edit(&shift.target, shift.stages[0].snapshot.clone(), None);
    worsen(&mut world, &shift.target);
    let mut state = State { phase, ..State::planned("r1", &plan) };
    state.steps[0].stage = Some(0);
    let mut users = Users::of(&plan, &world);
    let mut broken = Vec::new();
    for second in 0..3600 {
        let from = second * 1000;
        world.pass_until(from + 1000);
        let disturbed_at = disturbed.iter().filter(|at| **at <= second).max().map_or(0, |at| at * 1000);
        let journal_is_out = false;
        let stretch = Stretch {
            from,
            plan: &plan,
            state: &state,
            world: &world,
            journal_is_out,
            is_refused: false,
            disturbed_at,
        };
        broken.extend(users[0].passed(&stretch, false).map(|violation| violation.rule));
    }
    broken
}

fn held() -> Phase {
    Phase::Held { reason: Hold::Inconclusive("no answer in time".to_owned()), pending: None }
}

/// The bound of the plan above, in seconds: five rounds of ten seconds and two probes of two, the in-flight bound of half a
/// minute, and a minute.
const BOUND: u64 = 160;

#[test]
fn the_bound_is_the_rounds_of_the_analysis_a_write_in_flight_and_a_minute() {
    let plan = plan();
    let Step::Shift(shift) = &plan.steps[0] else { unreachable!() };
    assert_eq!(plan.exposure_ms(shift), BOUND * 1000);
}

#[test]
fn a_bad_side_breaks_the_rule_of_its_phase_and_no_other() {
    let approval = || Phase::AwaitingApproval { task: Task::Enter { step: 0, stage: 1 } };
    for (phase, rule) in [
        (approval(), Invariant::BadSideLeft),
        (Phase::Shifted, Invariant::BadSideLeft),
        (Phase::Paused, Invariant::BadSideLeft),
        (held(), Invariant::NoHoldOnBadSide),
    ] {
        let fails = |until| broken(phase.clone(), &[], |world, _| world.turn_unhealthy(1, 10_000, until));
        assert_eq!(fails(u64::MAX), [rule], "{}", phase.name());
        assert_eq!(fails((10 + BOUND) * 1000), [], "{}: it is well again in time", phase.name());
        assert_eq!(broken(phase.clone(), &[], |world, _| world.hang(1, 10_000, u64::MAX)), [rule]);
        let lie = Lie { from: 10_000, until: u64::MAX, says: Verdict::Fail { reason: String::new() } };
        assert_eq!(broken(phase.clone(), &[], |world, _| world.lie(1, lie)), [rule], "it is told to be bad");
    }
}

#[test]
fn a_side_that_comes_and_goes_breaks_the_rule_of_what_is_lost_alone() {
    for (bad, well) in [(5, 10), (20, 20), (80, 300)] {
        let rules = broken(Phase::Shifted, &[], |world, _| {
            for begin in (10..3600).step_by(bad + well) {
                world.turn_unhealthy(1, begin as u64 * 1000, (begin + bad) as u64 * 1000);
            }
        });
        assert_eq!(rules, [Invariant::LossAnnounced], "{bad} s of {}", bad + well);
    }
}

#[test]
fn nothing_is_held_against_a_run_that_something_else_is_in_the_way_of() {
    let fails = |world: &mut World| world.turn_unhealthy(1, 10_000, u64::MAX);
    let nothing: &[Invariant] = &[];
    let old_side = broken(held(), &[], |world, _| {
        fails(world);
        world.turn_unhealthy(0, 10_000, u64::MAX);
    });
    assert_eq!(old_side, nothing, "the old side is no better");
    let lie = broken(held(), &[], |world, _| {
        fails(world);
        world.lie(1, Lie { from: 0, until: u64::MAX, says: Verdict::Pass });
    });
    assert_eq!(lie, nothing, "nobody is told");
    let outage = |until| {
        broken(held(), &[], |world, target| {
            fails(world);
            let api = target.kind().budget();
            world.trouble(Trouble { api, outage: Outage::Throttled, from: 10_000, until });
        })
    };
    assert_eq!(outage(u64::MAX), nothing, "the provider takes no write");
    assert_eq!(outage(600_000), [Invariant::NoHoldOnBadSide], "it takes writes again");
    let disturbed: Vec<u64> = (0..3600).step_by(BOUND as usize - 2).collect();
    assert_eq!(broken(held(), &disturbed, |world, _| fails(world)), nothing, "calls fail again and again");
}

#[test]
fn whoever_releases_a_run_takes_the_new_side_as_it_is() {
    let plan = plan();
    let mut world = world_of(&plan, 1);
    let Step::Shift(shift) = &plan.steps[0] else { unreachable!() };
    world.edit(&shift.target, shift.stages[0].snapshot.clone(), None);
    world.turn_unhealthy(1, 0, u64::MAX);
    let state = State { direction: Direction::Release, phase: Phase::Shifted, ..State::planned("r1", &plan) };
    let mut users = Users::of(&plan, &world);
    for second in 0..600 {
        let from = second * 1000;
        world.pass_until(from + 1000);
        let stretch = quiet(from, &plan, &state, &world);
        assert_eq!(users[0].passed(&stretch, false), None);
    }
    let lost = users[0].lost();
    assert_eq!((lost.by_new_side, lost.in_trouble), (0, 30_000), "it is counted, and not held against the run");
}

//! How long a way back may take.

use crate::invariant::Invariant;
use crate::tests::{plan, quiet};
use crate::way_back::WayBack;
use crate::{bounds, world_of};
use caravan_cutover_engine::{Deferred, Direction, Hold, Phase, State, Task};
use caravan_providers_simulated::{Outage, Trouble, World};

/// The bound of the plan in seconds: a minute, the in-flight bound of half a minute, and two probes of two seconds.
const BOUND: u64 = 94;

/// The second at which a way back that never ends breaks the rule, within an hour.
fn broken_at(
    phase: Phase,
    needs_person: bool,
    worsen: impl FnOnce(&mut World),
    change: impl FnOnce(&mut State),
) -> Option<u64> {
    let plan = plan();
    let mut world = world_of(&plan, 1);
    worsen(&mut world);
    let mut state = State { direction: Direction::Back, phase, ..State::planned("r1", &plan) };
    change(&mut state);
    let mut way_back = WayBack::of(&plan, &world);
    way_back.refused.extend(plan.targets().filter(|_| needs_person).cloned());
    (0..3600).find(|second| {
        let from = second * 1000;
        world.pass_until(from + 1000);
        let stretch = quiet(from, &plan, &state, &world);
        way_back.passed(&stretch, |_| false).is_some_and(|violation| violation.rule == Invariant::SwiftReturn)
    })
}

fn observing() -> Phase {
    Phase::Observing { task: Task::Undo { step: 0, place: 0 }, tries: 0, not_before: None }
}

fn stuck() -> Phase {
    Phase::Stuck { task: Task::Undo { step: 0, place: 0 }, reason: "throttled".to_owned() }
}

fn held() -> Phase {
    Phase::Held { reason: Hold::Inconclusive("not sent".to_owned()), pending: None }
}

#[test]
fn a_way_back_that_does_not_end_breaks_the_rule_after_its_bound() {
    assert_eq!(bounds::way_back_ms(&plan(), &world_of(&plan(), 1)), BOUND * 1000);
    for phase in [observing(), stuck(), held()] {
        assert_eq!(broken_at(phase.clone(), false, |_| {}, |_| {}), Some(BOUND), "{}", phase.name());
    }
    let is_wanted = |state: &mut State| {
        (state.direction, state.deferred) = (Direction::Forward, Deferred::Rollback);
    };
    assert_eq!(broken_at(observing(), false, |_| {}, is_wanted), Some(BOUND), "it is commanded, and does not begin");
    let is_forward = |state: &mut State| state.direction = Direction::Forward;
    assert_eq!(broken_at(observing(), false, |_| {}, is_forward), None);
}

#[test]
fn the_bound_begins_when_trouble_is_over() {
    for (from, until) in [(0, 100_000), (10_000, 600_000), (80_000, 90_000)] {
        let outage = |world: &mut World| {
            let api = plan().targets().next().map(|target| target.kind().budget()).unwrap();
            world.trouble(Trouble { api, outage: Outage::Throttled, from, until });
        };
        let over = until / 1000;
        assert_eq!(broken_at(observing(), false, outage, |_| {}), Some(over + BOUND), "an outage");
        let old_side = |world: &mut World| world.turn_unhealthy(0, from, until);
        assert_eq!(broken_at(held(), false, old_side, |_| {}), Some(over + BOUND), "the old side");
    }
}

#[test]
fn what_only_a_person_can_decide_waits_for_them() {
    assert_eq!(broken_at(stuck(), true, |_| {}, |_| {}), None, "the provider has refused it");
    assert_eq!(broken_at(observing(), true, |_| {}, |_| {}), Some(BOUND), "they have decided");
    assert_eq!(broken_at(Phase::Paused, false, |_| {}, |_| {}), None, "they have paused it");
    let adopted = Phase::Held { reason: Hold::Adopted, pending: None };
    assert_eq!(broken_at(adopted, false, |_| {}, |_| {}), None, "they have left it to others");
}

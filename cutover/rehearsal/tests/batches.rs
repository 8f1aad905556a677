//! Names of one zone, which go back as one: with every fault at every step, by seeds, and with a bug on purpose.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;
#[path = "common/names.rs"]
mod names;

use caravan_cutover_engine::{Event, Outcome, Phase, SeededBug};
use caravan_cutover_rehearsal::{
    FaultClass, FaultPlan, Intention, Invariant, Profile, crash_matrix, rehearse, rehearse_many, rehearse_with,
    world_of,
};
use names::names;

#[test]
fn each_zone_is_one_batch() {
    for (count, zones) in [(2, 1), (5, 2), (7, 3)] {
        let plan = names(count, zones);
        let run = rehearse(&plan, world_of(plan.plan(), 1), Intention::ThereAndBack, &FaultPlan::default());
        assert_eq!((run.violations, run.state.phase), (Vec::new(), Phase::Finished(Outcome::RolledBack)));
        let batches = run.journal.iter().filter(|event| matches!(event, Event::IntendedAll { .. }));
        assert_eq!(batches.count(), zones);
    }
}

#[test]
fn every_fault_at_every_step_of_names_of_one_zone() {
    let matrix = crash_matrix(&names(3, 1));
    for ((task, class), cell) in &matrix.cells {
        assert_eq!(cell.violations.first(), None, "{task:?} × {class:?}");
    }
    let tasks: std::collections::BTreeSet<_> = matrix.cells.keys().map(|(task, _)| *task).collect();
    let is_tried = |task, class| matrix.cells.get(&(task, class)).is_some_and(|cell| cell.tried > 0);
    assert!(tasks.iter().all(|task| FaultClass::ALL.iter().all(|class| is_tried(*task, *class))), "{matrix}");
}

#[test]
fn seeds_of_names_that_share_zones_hold_every_rule() {
    for (plan, profile) in
        [(names(5, 2), Profile::Single), (names(4, 1), Profile::Lasting), (names(5, 2), Profile::Everything)]
    {
        let mut failing = Vec::new();
        rehearse_many(&plan, 400, 1, profile, Intention::BySeed, |seed, violation| {
            failing.push(format!("{profile:?}, seed {seed}: {:?}: {}", violation.rule, violation.text));
        });
        assert_eq!(failing, Vec::<String>::new());
    }
}

#[test]
fn a_batch_that_is_taken_for_done_is_caught_by_what_was_never_observed() {
    let plan = names(3, 1);
    let mut caught = 0;
    for seed in 0..20 {
        let mut world = world_of(plan.plan(), seed);
        let fault_plan = Profile::Unhealthy.draw(seed, plan.plan(), &mut world);
        let run = rehearse_with(&plan, world, Intention::ThereAndBack, &fault_plan, SeededBug::SkipReadBack);
        assert!(run.violations.iter().all(|violation| violation.rule == Invariant::Verified), "{:?}", run.violations);
        caught += u32::from(!run.violations.is_empty());
    }
    assert!(caught > 0);
}

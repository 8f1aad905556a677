//! Rehearsals over the simulated world: the crash matrix, seeded runs, and bugs on purpose.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

mod common;

use caravan_cutover_engine::{Effect, Event, Sabotage};
use caravan_cutover_rehearsal::{
    Intention, Made, Mishap, Profile, Rule, crash_matrix, rehearse, rehearse_many, world_of,
};
use caravan_inventory::target::Owner;
use caravan_plans::Sealed;
use caravan_providers::Reply;
use common::{http_route, records, rule, sealed, wave};
use std::io::Write as _;

#[test]
fn undisturbed_runs_end_exactly() {
    for intention in [Intention::Through, Intention::ThereAndBack] {
        let plan = wave();
        let night = rehearse(&plan, world_of(plan.plan(), 1), intention, &Default::default(), Sabotage::None);
        assert_eq!(night.violations, [], "{:?}", night.state.phase);
        assert_eq!(night.served.dark + night.served.unwell, 0);
    }
}

#[test]
fn every_mishap_at_every_step_against_the_simulated_world() {
    let matrix = crash_matrix(&wave());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{matrix}").unwrap();
    let tried: u64 = matrix.cells.values().map(|cell| cell.tried).sum();
    writeln!(out, "crash matrix: {tried} runs, {} cells", matrix.cells.len()).unwrap();
    let tasks: std::collections::BTreeSet<_> = matrix.cells.keys().map(|(task, _)| *task).collect();
    for task in tasks {
        for mishap in Mishap::ALL {
            let cell =
                matrix.cells.get(&(task, mishap)).unwrap_or_else(|| panic!("{task:?} × {mishap:?} was not tried"));
            assert!(
                cell.violations.is_empty(),
                "{task:?} × {mishap:?}: {:?}",
                &cell.violations[..cell.violations.len().min(4)]
            );
        }
    }
}

#[test]
fn five_thousand_seeds_hold_every_rule() {
    let plans = [wave(), sealed(vec![records()]), sealed(vec![rule()]), sealed(vec![http_route()])];
    let mut runs = 0;
    for (at, plan) in plans.iter().enumerate() {
        for intention in [Intention::Through, Intention::ThereAndBack] {
            let report =
                rehearse_many(plan, 700, 1 + at as u64 * 10_000, Profile::Everything, intention, |seed, violation| {
                    let _ = writeln!(std::io::stdout(), "plan {at}, seed {seed}, {intention:?}: {violation:?}");
                });
            assert_eq!(report.violations, 0, "failing seeds {:?}", report.failing_seeds);
            runs += report.runs;
        }
    }
    writeln!(std::io::stdout(), "seeded rehearsals: {runs} runs, 0 violations").unwrap();
    assert!(runs >= 5000);
}

#[test]
fn bugs_on_purpose_are_each_caught_by_their_own_rule_alone() {
    let bugs = [
        (Sabotage::SkipIntent, Rule::IntentFirst),
        (Sabotage::SkipVerify, Rule::Verified),
        (Sabotage::OverwriteOnConflict, Rule::NothingOverwritten),
        (Sabotage::PromoteOnUnknown, Rule::UnknownHolds),
        (Sabotage::RollBackOntoUnhealthy, Rule::HealthyWayBack),
        (Sabotage::IgnoreLease, Rule::OneDriver),
    ];
    let plan = wave();
    for (bug, rule) in bugs {
        let (mut caught, mut others) = (0, Vec::new());
        for seed in 0..600 {
            let mut world = world_of(plan.plan(), seed);
            let trouble = Profile::Everything.draw(seed, plan.plan(), &mut world);
            let night = rehearse(&plan, world, Intention::ThereAndBack, &trouble, bug);
            caught += u32::from(night.violations.iter().any(|violation| violation.rule == rule));
            others.extend(night.violations.into_iter().filter(|violation| violation.rule != rule).map(|v| (seed, v)));
        }
        writeln!(std::io::stdout(), "{bug:?}: caught by {rule:?} in {caught} of 600 runs").unwrap();
        assert!(caught > 0, "{bug:?} was never caught");
        others.truncate(6);
        assert_eq!(others, [], "{bug:?} is seen by other rules than {rule:?}");
    }
}

#[test]
fn nothing_is_written_where_somebody_else_writes_too_unless_they_are_fenced_off() {
    let mut shift = http_route();
    let mut world = world_of(sealed(vec![shift.clone()]).plan(), 1);
    world.own(&shift.target, vec![Owner::new("argo-cd", "annotation")]);
    let held = |plan: &Sealed| {
        let night = rehearse(plan, world.clone(), Intention::Through, &Default::default(), Sabotage::None);
        let holds =
            |made: &Made| matches!(&made.effect, Effect::Append(Event::Replied { reply: Ok(Reply::Owned(_)), .. }));
        (night.effects.iter().filter(|made| holds(made)).count(), night.violations)
    };
    let asked_again = held(&sealed(vec![shift.clone()]));
    assert_eq!(asked_again, (2, vec![]), "it holds, and is asked again once a person has fenced them off");
    shift.fenced = vec!["argo-cd".to_owned()];
    let (asked, violations) = held(&sealed(vec![shift]));
    // Whom the plan names as fenced off is believed to be; the simulated one is not, which the rule sees.
    assert_eq!(asked, 1);
    assert!(violations.iter().all(|violation| violation.rule == Rule::OneOwner) && !violations.is_empty());
}

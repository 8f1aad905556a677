//! Rehearsals over the simulated world: the crash matrix, seeded runs, and bugs on purpose.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

mod common;
#[path = "common/owners.rs"]
mod owners;

use caravan_cutover_engine::{Effect, Event, SeededBug};
use caravan_cutover_rehearsal::{
    FaultClass, Intention, Invariant, Lost, Made, Profile, RehearsalReport, Tally, crash_matrix, rehearse,
    rehearse_many, rehearse_seeds, rehearse_with, world_of,
};
use caravan_plans::Sealed;
use caravan_providers::Reply;
use caravan_providers::target::{Controller, HttpRouteTarget, Target};
use common::{hand_overs, http_route, mixed, records, rule, sealed, wave};
use owners::{hand_overs_at, real_hand_overs};
use std::io::Write as _;

#[test]
fn undisturbed_runs_end_exactly() {
    for plan in [wave(), hand_overs(), real_hand_overs(), mixed()] {
        for intention in [Intention::Through, Intention::Finalised, Intention::ThereAndBack] {
            let run = rehearse(&plan, world_of(plan.plan(), 1), intention, &Default::default());
            assert_eq!(run.violations, [], "{:?}", run.state.phase);
            assert_eq!((run.served.dark + run.served.unhealthy, run.lost), (0, Lost::default()));
        }
    }
}

#[test]
fn every_fault_at_every_step_against_the_simulated_world() {
    for (name, plan) in [
        ("shifts", wave()),
        ("hand-overs", hand_overs()),
        ("hand-overs between real owners", real_hand_overs()),
        ("shifts and a hand-over", mixed()),
    ] {
        let matrix = crash_matrix(&plan);
        let mut out = std::io::stdout().lock();
        writeln!(out, "{matrix}").unwrap();
        let tried: u64 = matrix.cells.values().map(|cell| cell.tried).sum();
        writeln!(out, "crash matrix of {name}: {tried} runs, {} cells", matrix.cells.len()).unwrap();
        let tasks: std::collections::BTreeSet<_> = matrix.cells.keys().map(|(task, _)| *task).collect();
        for task in tasks {
            for class in FaultClass::ALL {
                let cell =
                    matrix.cells.get(&(task, class)).unwrap_or_else(|| panic!("{task:?} × {class:?} was not tried"));
                assert!(
                    cell.violations.is_empty(),
                    "{task:?} × {class:?}: {:?}",
                    &cell.violations[..cell.violations.len().min(4)]
                );
            }
        }
    }
}

#[test]
fn five_thousand_seeds_hold_every_rule() {
    let plans = [
        wave(),
        sealed(vec![records()]),
        sealed(vec![rule()]),
        sealed(vec![http_route()]),
        hand_overs(),
        mixed(),
        real_hand_overs(),
    ];
    let mut runs = 0;
    for (at, plan) in plans.iter().enumerate() {
        for intention in [Intention::Through, Intention::Finalised, Intention::ThereAndBack] {
            let report =
                rehearse_many(plan, 700, 1 + at as u64 * 10_000, Profile::Single, intention, |seed, violation| {
                    let _ = writeln!(std::io::stdout(), "plan {at}, seed {seed}, {intention:?}: {violation:?}");
                });
            assert_eq!(report.violations, 0, "failing seeds {:?}", report.failing_seeds);
            runs += report.runs;
        }
    }
    writeln!(std::io::stdout(), "seeded rehearsals: {runs} runs, 0 violations").unwrap();
    assert!(runs >= 5000);
}

/// A schedule that fires every ten minutes can be stopped within 90 s of them: runs wait for that, there and back, and no rule is
/// broken meanwhile.
#[test]
fn a_schedule_that_is_about_to_fire_is_waited_for() {
    let plan = hand_overs_at("cron(0/10 * * * ? *)", "*/10 * * * *");
    for intention in [Intention::Through, Intention::ThereAndBack] {
        let report = rehearse_many(&plan, 200, 90_000, Profile::Single, intention, |seed, violation| {
            let _ = writeln!(std::io::stdout(), "seed {seed}, {intention:?}: {violation:?}");
        });
        assert_eq!(report.violations, 0, "failing seeds {:?}", report.failing_seeds);
    }
    let switch = match &plan.plan().steps[0] {
        caravan_plans::Step::HandOver(hand_over) => hand_over.switches[0].clone(),
        other => panic!("{other:?}"),
    };
    let write = caravan_providers::Write {
        target: switch.target,
        before: switch.original,
        after: switch.snapshot,
        token_before: None,
        token_after: None,
        in_flight: 30,
    };
    // It fires at midnight, and ten minutes later: stopped from 5:30 to 7:00.
    for (at, is_sent) in [(0, false), (300_000, false), (340_000, true), (430_000, false)] {
        let mut world = world_of(plan.plan(), 1);
        world.pass_until(at);
        let reply = world.execute(&caravan_providers::Call::Write(write.clone()));
        match is_sent {
            true => assert!(matches!(reply, Ok(Reply::Accepted { .. })), "{at}: {reply:?}"),
            false => assert!(
                matches!(&reply, Err(caravan_providers::CallError::NotSent(why)) if why.contains("firing")),
                "{at}: {reply:?}"
            ),
        }
    }
}

/// Several threads share the seeds, and end in any order.
#[test]
fn the_report_is_the_same_however_the_seeds_are_shared() {
    let plan = mixed();
    let (profile, intention) = (Profile::Everything, Intention::ThereAndBack);
    let text = |report: RehearsalReport| serde_json::to_string(&report).unwrap();
    let whole = text(rehearse_many(&plan, 300, 7, profile, intention, |_, _| {}));
    for parts in [&[(7, 307)][..], &[(107, 307), (7, 107)], &[(250, 307), (7, 8), (30, 250), (8, 30)]] {
        let mut tally = Tally::default();
        for seeds in parts.iter().map(|(first, end)| *first..*end) {
            tally.join(rehearse_seeds(&plan, seeds, profile, intention, |_, _| {}));
        }
        assert_eq!(text(tally.report(&plan)), whole);
    }
}

#[test]
fn bugs_on_purpose_are_each_caught_by_their_own_rule_alone() {
    let bugs = [
        (SeededBug::SkipIntent, Invariant::IntentFirst),
        (SeededBug::SkipVerify, Invariant::Verified),
        (SeededBug::OverwriteOnConflict, Invariant::NothingOverwritten),
        (SeededBug::PromoteOnUnknown, Invariant::UnknownHolds),
        (SeededBug::RollBackOntoUnhealthy, Invariant::HealthyRollback),
        (SeededBug::IgnoreLease, Invariant::OneDriver),
        (SeededBug::FinaliseEarly, Invariant::OldStays),
        (SeededBug::GoOnByOldWord, Invariant::WordOfThisWait),
        (SeededBug::StartBeforeStopped, Invariant::OneAtWork),
        (SeededBug::HoldInGap, Invariant::SomebodyAtWork),
    ];
    let (shifts, hand_overs) = (wave(), hand_overs());
    for (bug, rule) in bugs {
        let is_of_hand_overs = matches!(rule, Invariant::OneAtWork | Invariant::SomebodyAtWork);
        let plan = if is_of_hand_overs { &hand_overs } else { &shifts };
        let intention = if rule == Invariant::OldStays { Intention::Finalised } else { Intention::ThereAndBack };
        let (mut caught, mut others) = (0, Vec::new());
        for seed in 0..600 {
            let mut world = world_of(plan.plan(), seed);
            let fault_plan = Profile::Single.draw(seed, plan.plan(), &mut world);
            let run = rehearse_with(plan, world, intention, &fault_plan, bug);
            caught += u32::from(run.violations.iter().any(|violation| violation.rule == rule));
            others.extend(run.violations.into_iter().filter(|violation| violation.rule != rule).map(|v| (seed, v)));
        }
        writeln!(std::io::stdout(), "{bug:?}: caught by {rule:?} in {caught} of 600 runs").unwrap();
        assert!(caught > 0, "{bug:?} was never caught");
        others.truncate(6);
        assert_eq!(others, [], "{bug:?} is seen by other rules than {rule:?}");
    }
}

#[test]
fn nothing_is_written_where_somebody_else_writes_too_unless_they_are_paused() {
    let mut shift = http_route();
    let mut world = world_of(sealed(vec![shift.clone()]).plan(), 1);
    world.set_controllers(&shift.target, vec![Controller::new("argo-cd", "annotation")]);
    let held = |plan: &Sealed| {
        let run = rehearse(plan, world.clone(), Intention::Through, &Default::default());
        let holds = |made: &Made| {
            matches!(&made.effect, Effect::Append(Event::Replied { reply: Ok(Reply::Controllers(_)), .. }))
        };
        (run.effects.iter().filter(|made| holds(made)).count(), run.violations)
    };
    let asked_again = held(&sealed(vec![shift.clone()]));
    assert_eq!(asked_again, (2, vec![]), "it holds, and is asked again once a person has paused them");
    shift.paused_controllers = vec!["argo-cd".to_owned()];
    let (asked, violations) = held(&sealed(vec![shift]));
    // Whom the plan names as paused is believed to be; the simulated one is not, which the rule sees.
    assert_eq!(asked, 1);
    assert!(violations.iter().all(|violation| violation.rule == Invariant::OneOwner) && !violations.is_empty());
}

/// Apps behind one gateway share its address and often their probes: whichever of them fails, its own gate notices.
#[test]
fn a_new_side_that_fails_is_taken_back_also_where_shifts_share_names_and_probes() {
    let first = http_route();
    let mut second = first.clone();
    let Target::Route(HttpRouteTarget { name, .. }) = &mut second.target else { unreachable!() };
    name.push_str("-too");
    let plan = sealed(vec![first, second]);
    let report = rehearse_many(&plan, 60, 1, Profile::Unhealthy, Intention::Through, |_, _| {});
    assert_eq!((report.violations, report.forward.old_side), (0, 60));
    assert!(report.lost.by_new_side > 0, "the new side failed while it took traffic");
}

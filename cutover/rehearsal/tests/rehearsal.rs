//! Rehearsals over the simulated world: the crash matrix, seeded runs, and bugs on purpose.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that can't go on fails loudly"
)]

use caravan_cutover_engine::Sabotage;
use caravan_cutover_rehearsal::{Intention, Mishap, Profile, Rule, crash_matrix, rehearse, rehearse_many, world_of};
use caravan_inventory::target::{Alias, Image, Probe, RecordSet, Target};
use caravan_inventory::{AccountId, Region, WorkloadId};
use caravan_plans::strategy::{alb, route, route53};
use caravan_plans::{Drivers, Gate, Sealed, Shift, Stage, Undo, WavePlan};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;

const PERCENTS: [u8; 4] = [0, 10, 50, 100];

fn probe(address: &str) -> Vec<Probe> {
    vec![Probe {
        address: address.to_owned(),
        host: "track.example.com".to_owned(),
        path: "/healthz".to_owned(),
        tls: true,
        status: (200, 299),
        timeout_ms: 2000,
    }]
}

fn shift(name: &str, target: Target, original: Image, images: Vec<Image>) -> Shift {
    let stages = PERCENTS
        .iter()
        .zip(images)
        .map(|(percent, image)| Stage {
            percent: *percent,
            image,
            approval: *percent == 100,
            gate: Gate {
                bake_ms: 30_000,
                every_ms: 5_000,
                rounds: 3,
            },
            undo: Undo::Reversible {
                leaves: vec!["what the new side wrote".to_owned()],
            },
        })
        .collect();
    Shift {
        workload: WorkloadId::new(format!("ecs/123456789012/eu-central-1/main/{name}")),
        target,
        original,
        stages,
        old: probe(&format!("old-{name}:443")),
        new: probe(&format!("new-{name}:443")),
        in_flight: 30,
        by_hand: vec![],
    }
}

fn records() -> Shift {
    let alias = |name: &str| Alias {
        zone: "Z1".to_owned(),
        name: name.to_owned(),
        evaluate_health: true,
    };
    let set = |kind: &str| RecordSet {
        name: "track.example.com.".to_owned(),
        kind: kind.to_owned(),
        alias: Some(alias("old.elb.amazonaws.com.")),
        ..RecordSet::default()
    };
    let original = vec![set("A"), set("AAAA")];
    let answer = || route53::Answer::Alias(alias("new.elb.amazonaws.com."));
    let new = BTreeMap::from([("A".to_owned(), answer()), ("AAAA".to_owned(), answer())]);
    let target = Target::Records {
        account: AccountId::new("123456789012"),
        zone: "Z1".to_owned(),
        name: "track.example.com.".to_owned(),
        types: vec!["A".to_owned(), "AAAA".to_owned()],
    };
    let images = route53::stages(&original, &new, &PERCENTS).unwrap();
    shift("track", target, Image::Records(original), images)
}

fn rule() -> Shift {
    let original = json!([{"Type": "forward", "TargetGroupArn": "arn:old"}]);
    let target = Target::ListenerRule {
        account: AccountId::new("123456789012"),
        region: Region::new("eu-central-1"),
        arn: "arn:rule".to_owned(),
    };
    let images = alb::stages(&original, "arn:new", &PERCENTS).unwrap();
    shift("label", target, Image::Actions(original), images)
}

fn http_route() -> Shift {
    let old = json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "rates-legacy", "port": 443});
    let new = json!({"name": "rates", "port": 80});
    let original = json!([{"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [old]}]);
    let target = Target::Route {
        cluster: "main".to_owned(),
        namespace: "team-rates".to_owned(),
        name: "rates".to_owned(),
    };
    let images = route::stages(&original, &old, &new, &PERCENTS).unwrap();
    shift("rates", target, Image::Rules(original), images)
}

fn sealed(shifts: Vec<Shift>) -> Sealed {
    Sealed::seal(WavePlan {
        schema: WavePlan::SCHEMA.to_owned(),
        wave: "wave-1".to_owned(),
        parent: None,
        drivers: Drivers::OneMachine,
        shifts,
    })
    .unwrap()
}

fn wave() -> Sealed {
    sealed(vec![records(), rule(), http_route()])
}

#[test]
fn undisturbed_runs_end_exactly() {
    for intention in [Intention::Through, Intention::ThereAndBack] {
        let plan = wave();
        let night = rehearse(
            &plan,
            world_of(plan.plan(), 1),
            intention,
            &Default::default(),
            Sabotage::None,
        );
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
            let cell = matrix
                .cells
                .get(&(task, mishap))
                .unwrap_or_else(|| panic!("{task:?} × {mishap:?} was not tried"));
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
    let plans = [
        wave(),
        sealed(vec![records()]),
        sealed(vec![rule()]),
        sealed(vec![http_route()]),
    ];
    let mut runs = 0;
    for (at, plan) in plans.iter().enumerate() {
        for intention in [Intention::Through, Intention::ThereAndBack] {
            let report = rehearse_many(
                plan,
                700,
                1 + at as u64 * 10_000,
                Profile::Everything,
                intention,
                |seed, violation| {
                    let _ = writeln!(
                        std::io::stdout(),
                        "plan {at}, seed {seed}, {intention:?}: {violation:?}"
                    );
                },
            );
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
            others.extend(
                night
                    .violations
                    .into_iter()
                    .filter(|violation| violation.rule != rule)
                    .map(|v| (seed, v)),
            );
        }
        writeln!(std::io::stdout(), "{bug:?}: caught by {rule:?} in {caught} of 600 runs").unwrap();
        assert!(caught > 0, "{bug:?} was never caught");
        others.truncate(6);
        assert_eq!(others, [], "{bug:?} is seen by other rules than {rule:?}");
    }
}

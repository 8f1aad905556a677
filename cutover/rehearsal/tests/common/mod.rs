//! Small waves of every kind of step, for tests and benchmarks.

use caravan_inventory::{AccountId, Region, WorkloadId};
use caravan_plans::strategy::{alb, route, route53};
use caravan_plans::{
    Analysis, Drivers, Gate, HandOver, OnFailure, Proof, Sealed, Shift, Stage, Step, Switch, Turn, Undo, WavePlan,
};
use caravan_providers::target::{
    Alias, HttpRouteTarget, ListenerRuleTarget, Probe, RecordSet, RecordSetsTarget, SettledBy, SimulatedOwnerTarget,
    SimulatedWork, Snapshot, Target,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Ten minutes: as long as it takes until a run that goes on is past the first things that go wrong in these tests.
const SOAK_MS: u64 = 600_000;

const PERCENTS: [u8; 4] = [0, 10, 50, 100];

fn probe(address: &str) -> Vec<Probe> {
    vec![Probe {
        address: address.to_owned(),
        host: "track.example.com".to_owned(),
        path: "/healthz".to_owned(),
        tls: true,
        status: (200, 299),
        timeout_ms: 2000,
        grpc: None,
        through: Vec::new(),
    }]
}

fn shift(name: &str, target: Target, original: Snapshot, snapshots: Vec<Snapshot>) -> Shift {
    let stages = PERCENTS
        .iter()
        .zip(snapshots)
        .map(|(percent, snapshot)| Stage {
            percent: *percent,
            snapshot,
            approval: *percent == 100,
            gate: Gate { bake_ms: 30_000, every_ms: 5_000, rounds: 3, unknown: 5 },
            undo: Undo::Reversible { leaves: vec!["what the new side wrote".to_owned()] },
        })
        .collect();
    Shift {
        workload: WorkloadId::new(format!("ecs/123456789012/eu-central-1/main/{name}")),
        target,
        original,
        stages,
        old: probe(&format!("old-{name}:443")),
        new: probe(&format!("new-{name}:443")),
        analysis: Analysis { every_ms: 5_000, failures: 3, unknown: 5, successes: 30 },
        in_flight: 30,
        paused_controllers: Vec::new(),
        manual_rollback: vec![],
    }
}

pub(crate) fn records() -> Shift {
    let alias = |name: &str| Alias { zone: "Z1".to_owned(), name: name.to_owned(), evaluate_health: true };
    let set = |kind: &str| RecordSet {
        name: "track.example.com.".to_owned(),
        kind: kind.to_owned(),
        alias: Some(alias("old.elb.amazonaws.com.")),
        ..RecordSet::default()
    };
    let original = vec![set("A"), set("AAAA")];
    let answer = || route53::NewRecords::Alias(alias("new.elb.amazonaws.com."));
    let new = BTreeMap::from([("A".to_owned(), answer()), ("AAAA".to_owned(), answer())]);
    let target = Target::Records(RecordSetsTarget {
        account: AccountId::new("123456789012"),
        zone: "Z1".to_owned(),
        name: "track.example.com.".to_owned(),
        types: vec!["A".to_owned(), "AAAA".to_owned()],
        settled_by: SettledBy::Provider,
    });
    let snapshots = route53::stages(&original, &new, &PERCENTS).unwrap();
    shift("track", target, Snapshot::Records(original), snapshots)
}

pub(crate) fn rule() -> Shift {
    let original = json!([{"Type": "forward", "TargetGroupArn": "arn:old"}]);
    let target = Target::ListenerRule(ListenerRuleTarget {
        account: AccountId::new("123456789012"),
        region: Region::new("eu-central-1"),
        arn: "arn:rule".to_owned(),
    });
    let snapshots = alb::stages(&original, "arn:new", &PERCENTS).unwrap();
    shift("label", target, Snapshot::Actions(original), snapshots)
}

pub(crate) fn http_route() -> Shift {
    let old = json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "rates-legacy", "port": 443});
    let new = json!({"name": "rates", "port": 80});
    let original = json!([{"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [old]}]);
    let target = Target::Route(HttpRouteTarget {
        cluster: "main".to_owned(),
        namespace: "team-rates".to_owned(),
        name: "rates".to_owned(),
    });
    let snapshots = route::stages(&original, &old, &new, &PERCENTS).unwrap();
    shift("rates", target, Snapshot::Rules(original), snapshots)
}

/// The longest time in which nobody may be at work. A driver's death in the gap takes 15 s and the in-flight bound of
/// 30 s, a rollback that the provider refuses takes a person 60 s, and what was stopped has to finish before: one fault
/// needs up to 114 s in the crash matrix, several at once up to 126 s in the seeds of the tests.
const LONGEST_GAP_MS: u64 = 130_000;

/// A hand-over from one owner of this work to another.
pub(crate) fn hand_over(work: SimulatedWork, name: &str) -> HandOver {
    let switch = |side: &str, turn: Turn| {
        let state = |active| Snapshot::Activation { active, settings: json!({"batchSize": 10}) };
        Switch {
            target: Target::SimulatedOwner(SimulatedOwnerTarget { work, name: format!("{side}-{name}") }),
            turn,
            original: state(turn == Turn::Off),
            snapshot: state(turn == Turn::On),
            undo: Undo::Compensated { leaves: vec!["work that the new owner finished".to_owned()] },
        }
    };
    HandOver {
        workload: WorkloadId::new(format!("ecs/123456789012/eu-central-1/main/{name}")),
        switches: vec![switch("old", Turn::Off), switch("new", Turn::On)],
        approval: true,
        proof: Proof { every_ms: 5_000, rounds: 2, longest_ms: 120_000 },
        longest_gap_ms: LONGEST_GAP_MS,
        paused_controllers: Vec::new(),
        new: probe(&format!("new-{name}:443")),
        in_flight: 30,
        manual_rollback: vec![],
    }
}

/// A wave of hand-overs: a queue's consumer, and a schedule.
pub(crate) fn hand_overs() -> Sealed {
    let consumer = hand_over(SimulatedWork::Consumer, "orders");
    let schedule = hand_over(SimulatedWork::Schedule, "reports");
    sealed_steps(vec![Step::HandOver(consumer), Step::HandOver(schedule)])
}

pub(crate) fn sealed(shifts: Vec<Shift>) -> Sealed {
    sealed_steps(shifts.into_iter().map(Step::Shift).collect())
}

pub(crate) fn sealed_steps(steps: Vec<Step>) -> Sealed {
    Sealed::seal(WavePlan {
        schema: WavePlan::SCHEMA.to_owned(),
        wave: "wave-1".to_owned(),
        parent: None,
        drivers: Drivers::OneMachine,
        on_failure: OnFailure::Wave,
        soak_ms: SOAK_MS,
        clusters: std::collections::BTreeMap::new(),
        routes: std::collections::BTreeMap::new(),
        rules: std::collections::BTreeMap::new(),
        steps,
    })
    .unwrap()
}

/// All three strategies.
pub(crate) fn wave() -> Sealed {
    sealed(vec![records(), rule(), http_route()])
}

/// Every kind of step in one wave.
pub(crate) fn mixed() -> Sealed {
    let consumer = hand_over(SimulatedWork::Consumer, "orders");
    sealed_steps(vec![Step::Shift(records()), Step::HandOver(consumer), Step::Shift(http_route())])
}

//! A small wave of all three strategies, for tests and benchmarks.

use caravan_inventory::{AccountId, Region, WorkloadId};
use caravan_plans::strategy::{alb, route, route53};
use caravan_plans::{Drivers, Gate, Sealed, Shift, Stage, Undo, WavePlan};
use caravan_providers::target::{
    Alias, HttpRouteTarget, ListenerRuleTarget, Probe, RecordSet, RecordSetsTarget, Snapshot, Target,
};
use serde_json::json;
use std::collections::BTreeMap;

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

fn shift(name: &str, target: Target, original: Snapshot, snapshots: Vec<Snapshot>) -> Shift {
    let stages = PERCENTS
        .iter()
        .zip(snapshots)
        .map(|(percent, snapshot)| Stage {
            percent: *percent,
            snapshot,
            approval: *percent == 100,
            gate: Gate { bake_ms: 30_000, every_ms: 5_000, rounds: 3 },
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
    let answer = || route53::Answer::Alias(alias("new.elb.amazonaws.com."));
    let new = BTreeMap::from([("A".to_owned(), answer()), ("AAAA".to_owned(), answer())]);
    let target = Target::Records(RecordSetsTarget {
        account: AccountId::new("123456789012"),
        zone: "Z1".to_owned(),
        name: "track.example.com.".to_owned(),
        types: vec!["A".to_owned(), "AAAA".to_owned()],
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

pub(crate) fn sealed(shifts: Vec<Shift>) -> Sealed {
    Sealed::seal(WavePlan {
        schema: WavePlan::SCHEMA.to_owned(),
        wave: "wave-1".to_owned(),
        parent: None,
        drivers: Drivers::OneMachine,
        shifts,
    })
    .unwrap()
}

pub(crate) fn wave() -> Sealed {
    sealed(vec![records(), rule(), http_route()])
}

//! The rules of time, each by itself: over a world in which nothing drives.

mod users;
mod way_back;

use crate::users::Stretch;
use caravan_cutover_engine::State;
use caravan_inventory::WorkloadId;
use caravan_plans::strategy::route;
use caravan_plans::{Analysis, Drivers, Gate, OnFailure, Shift, Stage, Step, Undo, WavePlan};
use caravan_providers::target::{HttpRouteTarget, Probe, Snapshot, Target};
use caravan_providers_simulated::World;
use serde_json::json;

fn probe(address: &str) -> Vec<Probe> {
    vec![Probe {
        address: address.to_owned(),
        host: "shop.example.com".to_owned(),
        path: "/".to_owned(),
        tls: true,
        status: (200, 299),
        timeout_ms: 2000,
        grpc: None,
        through: Vec::new(),
    }]
}

/// One shift with one stage of 50 %.
fn plan() -> WavePlan {
    let (old, new) = (json!({"name": "old", "port": 80}), json!({"name": "new", "port": 80}));
    let original = json!([{"backendRefs": [old]}]);
    let snapshot = route::stages(&original, &old, &new, &[50]).unwrap().remove(0);
    let gate = Gate { bake_ms: 30_000, every_ms: 5_000, rounds: 3, unknown: 5 };
    let undo = Undo::Reversible { leaves: Vec::new() };
    let target = HttpRouteTarget { cluster: "main".to_owned(), namespace: "shop".to_owned(), name: "r".to_owned() };
    let shift = Shift {
        workload: WorkloadId::new("ecs/123456789012/eu-central-1/main/shop"),
        target: Target::Route(target),
        original: Snapshot::Rules(original),
        stages: vec![Stage { percent: 50, snapshot, approval: false, gate, undo }],
        old: probe("old:443"),
        new: probe("new:443"),
        analysis: Analysis::default(),
        in_flight: 30,
        paused_controllers: Vec::new(),
        manual_rollback: Vec::new(),
    };
    WavePlan {
        schema: WavePlan::SCHEMA.to_owned(),
        wave: "w".to_owned(),
        parent: None,
        drivers: Drivers::Shared,
        on_failure: OnFailure::Wave,
        soak_ms: 600_000,
        clusters: std::collections::BTreeMap::new(),
        routes: std::collections::BTreeMap::new(),
        rules: std::collections::BTreeMap::new(),
        steps: vec![Step::Shift(shift)],
    }
}

/// A stretch of time in which nothing is in the way.
fn quiet<'a>(from: u64, plan: &'a WavePlan, state: &'a State, world: &'a World) -> Stretch<'a> {
    Stretch { from, plan, state, world, journal_is_out: false, is_refused: false, disturbed_at: 0 }
}

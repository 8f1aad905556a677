//! Tests against real databases, in memory and on disk.

mod differing;
mod formats;
mod linking;
mod opening;
mod properties;
mod querying;
mod reading;
mod resuming;
mod scanning;
mod statements;
mod travelling;

use crate::{NewScan, NewUnit, NewWork, PageRecord, Store, WorkItem};
use caravan_inventory::{
    AccountId, Observation, ObservationId, ObservationKind, Provider, Region, ScanId, TeamName, Unit, UnitId,
    UnitState, Workload, WorkloadId, WorkloadKind,
};
use jiff::Timestamp;
use serde_json::json;

/// A moment of the test's day.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn partial(id: &str) -> NewUnit {
    NewUnit {
        unit: Unit {
            id: UnitId::new(id),
            provider: Provider::Aws,
            account: Some(AccountId::new("111122223333")),
            region: Some(Region::new("eu-central-1")),
            api: "ecs:ListServices".to_owned(),
            state: UnitState::Partial,
            found: 0,
            reason: None,
        },
        fed_by: Vec::new(),
    }
}

fn read(unit: &str, request: &str) -> NewWork {
    NewWork { unit: UnitId::new(unit), request: request.to_owned() }
}

/// Begins a scan of the given units, each with one read of the same name.
fn begin(store: &mut Store, scan: &str, second: i64, units: &[&str]) -> Vec<WorkItem> {
    let new = NewScan {
        id: ScanId::new(scan),
        began: at(second),
        selection: json!({"accounts": ["111122223333"]}),
        units: units.iter().copied().map(partial).collect(),
        work: units.iter().map(|unit| read(unit, unit)).collect(),
    };
    store.begin_scan(&new).unwrap()
}

fn page(work: &WorkItem, observations: Vec<Observation>) -> PageRecord {
    PageRecord {
        work: work.clone(),
        next: None,
        found: observations.len() as u64,
        observations,
        units: Vec::new(),
        follow_up: Vec::new(),
    }
}

fn service(name: &str, second: i64) -> Observation {
    Observation {
        id: ObservationId::new(format!("ecs.service/111122223333/eu-central-1/{name}")),
        kind: ObservationKind::EcsService,
        name: name.to_owned(),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-central-1")),
        api: "ecs:DescribeServices".to_owned(),
        first_seen: at(second),
        last_seen: at(second),
        body: json!({"serviceName": name, "desiredCount": 2}),
    }
}

fn workload(name: &str, kind: WorkloadKind, parts: Vec<ObservationId>) -> Workload {
    Workload {
        id: WorkloadId::new(format!("{}/111122223333/eu-central-1/{name}", kind.as_str())),
        kind,
        name: name.to_owned(),
        team: TeamName::new("parcels"),
        environment: caravan_inventory::EnvironmentName::new("prod"),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-central-1")),
        parts,
    }
}

/// Scans the given services completely.
fn scan_services(store: &mut Store, scan: &str, second: i64, names: &[&str]) -> crate::ScanOutcome {
    let work = begin(store, scan, second, &["services"]);
    store.record_page(&page(&work[0], names.iter().map(|name| service(name, second)).collect())).unwrap();
    store.finish_scan(&ScanId::new(scan), at(second + 9)).unwrap()
}

fn exported(store: &Store) -> String {
    let mut bytes = Vec::new();
    store.export(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

//! The demonstration estate, through a store.

use super::super::relink;
use caravan_inventory::{Ownership, WorkloadKind};
use caravan_inventory_store::{Store, WorkloadFilter};

const ESTATE: &str = include_str!("../../../../examples/estate/inventory.jsonl");
const CONFIGURATION: &str = include_str!("../../../../examples/estate/caravan.yaml");

/// The rules of the estate's own configuration.
fn ownership() -> Ownership {
    let configuration: serde_json::Value = serde_yaml::from_str(CONFIGURATION).unwrap();
    serde_json::from_value(configuration["ownership"].clone()).unwrap()
}

fn imported(export: &str) -> Store {
    let mut store = Store::in_memory().unwrap();
    store.import(export.as_bytes()).unwrap();
    store
}

fn export(store: &Store) -> String {
    let mut out = Vec::new();
    store.export(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The estate as a scan leaves it: what linking concludes is not in it. What its owners wrote about domains is.
fn observed_alone() -> String {
    let concluded = [r#"{"workload""#, r#"{"edge""#, r#"{"question""#];
    ESTATE
        .lines()
        .filter(|line| !concluded.iter().any(|begin| line.starts_with(begin)))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn the_estate_links_into_its_workloads() {
    let mut store = imported(&observed_alone());
    relink(&mut store, &ownership()).unwrap();
    let all = store.workloads(&WorkloadFilter::default(), None, 1000).unwrap();
    let count = |kind| all.iter().filter(|workload| workload.kind == kind).count();
    // As examples/estate/README.md counts them.
    assert_eq!(
        [
            WorkloadKind::Ecs,
            WorkloadKind::Lambda,
            WorkloadKind::Ec2,
            WorkloadKind::Worker
        ]
        .map(count),
        [36, 14, 8, 8]
    );
    assert_eq!(store.domains(None, 100).unwrap().len(), 40);
}

#[test]
fn linking_the_estate_gives_the_estate() {
    for begun_with in [ESTATE.to_owned(), observed_alone()] {
        let mut store = imported(&begun_with);
        relink(&mut store, &ownership()).unwrap();
        let linked = export(&store);
        let changed = linked.lines().zip(ESTATE.lines()).find(|(one, other)| one != other);
        assert!(
            linked == ESTATE,
            "examples/estate/inventory.jsonl is out of date, first here: {changed:#?}"
        );
    }
}

#[test]
fn shared_databases_and_queues_show_as_shared() {
    let store = imported(ESTATE);
    for shared in [
        "host:tracklark-shared.cluster-c8kq2v1xyzab.eu-central-1.rds.amazonaws.com",
        "sqs:arn:aws:sqs:eu-central-1:417263850914:tracking-events",
    ] {
        let mut users: Vec<String> = store
            .edges_to(shared)
            .unwrap()
            .into_iter()
            .map(|edge| edge.from)
            .collect();
        users.dedup();
        assert!(users.len() >= 4, "{shared}: {users:?}");
    }
}

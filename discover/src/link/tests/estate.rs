//! The demonstration estate, through a store.

use super::super::relink;
use caravan_inventory::{Ownership, WorkloadKind};
use caravan_inventory_store::{Store, WorkloadFilter};

const ESTATE: &str = include_str!("../../../../examples/estate/inventory.jsonl");

fn export(store: &Store) -> String {
    let mut out = Vec::new();
    store.export(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn imported(export: &str) -> Store {
    let mut store = Store::in_memory().unwrap();
    store.import(export.as_bytes()).unwrap();
    relink(&mut store, &Ownership::default()).unwrap();
    store
}

#[test]
fn the_estate_links_into_its_workloads() {
    let store = imported(ESTATE);
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
    assert!(store.domains(None, 100).unwrap().len() >= 40);
}

#[test]
fn relinking_what_is_linked_changes_nothing() {
    let mut store = imported(ESTATE);
    let linked = export(&store);
    relink(&mut store, &Ownership::default()).unwrap();
    assert_eq!(export(&store), linked);
    assert_eq!(export(&imported(&linked)), linked);
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

//! The demonstration estate, through a store.

use super::super::found::Found;
use super::super::{link, relink};
use super::{Observed, seen};
use caravan_inventory::{Observation, ObservationId, ObservationKind, Ownership, WorkloadKind};
use caravan_inventory_store::{Store, StoreError, WorkloadFilter};
use serde_json::json;

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
        [WorkloadKind::Ecs, WorkloadKind::Lambda, WorkloadKind::Ec2, WorkloadKind::Worker].map(count),
        [36, 14, 10, 8]
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
        assert!(linked == ESTATE, "examples/estate/inventory.jsonl is out of date, first here: {changed:#?}");
    }
}

/// Leads from a kind that is taken in to the linker that reads it: without its observations something else comes out. A
/// kind of which the estate has nothing gets its place there, or is made for this test.
#[test]
fn every_kind_that_is_read_decides_a_link() {
    let store = imported(&observed_alone());
    let mut all = Vec::new();
    for kind in ObservationKind::ALL.iter().copied() {
        let push = |one| {
            all.push(one);
            Ok::<_, StoreError>(())
        };
        store.observations_by_kind(kind, None, None, push).unwrap();
    }
    all.extend(beside_the_estate(&all));
    let linked = |all: &[Observation]| link(&Observed(all.to_vec()), &ownership()).unwrap();
    let whole = linked(&all);
    for kind in ObservationKind::ALL.iter().copied().filter(|kind| Found::reads(*kind)) {
        let without: Vec<_> = all.iter().filter(|one| one.kind != kind).cloned().collect();
        assert!(without.len() < all.len() && linked(&without) != whole, "no link depends on {}", kind.as_str());
    }
}

/// What the estate has none of: a policy and a scheduled action for each scalable target and each Auto Scaling group, a definition that only a task
/// shows to be a service's, APIs, a classic load balancer, and a state machine.
fn beside_the_estate(all: &[Observation]) -> Vec<Observation> {
    let targets = all.iter().filter(|one| one.kind == ObservationKind::ScalableTarget);
    let beside = |target: &Observation, kind: ObservationKind| Observation {
        id: ObservationId::new(format!("{}/{}", kind.as_str(), target.id)),
        kind,
        ..target.clone()
    };
    let scaling = [ObservationKind::ScalingPolicy, ObservationKind::ScheduledAction];
    let groups = all.iter().filter(|one| one.kind == ObservationKind::AutoScalingGroup);
    let of_groups = [ObservationKind::GroupPolicy, ObservationKind::GroupSchedule, ObservationKind::LifecycleHook];
    let arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/before:1";
    let definition = json!({"taskDefinition": {"family": "before", "revision": 1, "taskDefinitionArn": arn}});
    let task = json!({"taskDefinitionArn": arn, "group": "service:before"});
    targets
        .flat_map(|target| scaling.map(|kind| beside(target, kind)))
        .chain(groups.flat_map(|group| of_groups.map(|kind| beside(group, kind))))
        .chain([
            seen(ObservationKind::EcsTaskDefinition, "before", definition),
            seen(ObservationKind::EcsTask, "t", task),
            seen(ObservationKind::WranglerConfig, "redirects", json!({"name": "redirects"})),
        ])
        .chain(super::gateway::everything())
        .chain(super::classic::everything())
        .chain(super::state_machines::everything())
        .collect()
}

#[test]
fn shared_databases_and_queues_show_as_shared() {
    let store = imported(ESTATE);
    for shared in [
        "host:tracklark-shared.cluster-c8kq2v1xyzab.eu-central-1.rds.amazonaws.com",
        "sqs:arn:aws:sqs:eu-central-1:417263850914:tracking-events",
    ] {
        let mut users: Vec<String> = store.edges_to(shared).unwrap().into_iter().map(|edge| edge.from).collect();
        users.dedup();
        assert!(users.len() >= 4, "{shared}: {users:?}");
    }
}

//! Formats that were once written are read for ever. `tests/formats/vN` holds an example of each.

use super::opening::bytes;
use super::*;
use crate::{Scan, WorkloadFilter, migrate};
use camino::Utf8Path;
use rusqlite::Connection;

const V1: &str = include_str!("../../../../tests/formats/v1/inventory.jsonl");

/// A finished scan and one that was killed.
const V1_DATABASE: &str = include_str!("../../../../tests/formats/v1/inventory.sql");

#[test]
fn the_export_of_v1_is_read_and_written_again() {
    let mut store = Store::in_memory().unwrap();
    let imported = store.import(V1.as_bytes()).unwrap();
    assert_eq!((imported.scans, imported.units, imported.observations, imported.workloads), (1, 2, 3, 1));
    assert_eq!((imported.edges, imported.domains, imported.questions), (1, 2, 1));
    assert_eq!(exported(&store), V1);
}

#[test]
fn the_database_of_v1_opens_and_knows_its_providers() {
    let folder = tempfile::tempdir().unwrap();
    let file = Utf8Path::from_path(folder.path()).unwrap().join("inventory.db");
    let old = Connection::open(&file).unwrap();
    old.execute_batch(V1_DATABASE).unwrap();
    assert_eq!(old.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(), 1);
    drop(old);

    let store = Store::open(&file).unwrap();
    let version: i64 = store.connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, migrate::NEWEST);
    let workloads = store.workloads(&WorkloadFilter::default(), None, 9).unwrap();
    let names: Vec<_> = workloads.iter().map(|workload| workload.name.as_str()).collect();
    assert_eq!(names, ["support-shell", "address-validator", "carrier-status-cron"]);
    assert!(workloads.iter().all(|workload| !store.observations_of(workload).unwrap().is_empty()));
    for unit in store.latest_units().unwrap() {
        assert_eq!(Some(unit.provider), unit.id.provider(), "{}", unit.id);
    }
    let scans: Vec<Scan> = store.scans().unwrap();
    let providers: Vec<_> = store.units(&scans[0].id).unwrap().iter().map(|unit| unit.provider).collect();
    assert_eq!(providers, [Provider::Aws, Provider::Aws, Provider::Cloudflare]);
}

#[test]
fn reading_the_database_of_v1_changes_no_byte_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = Utf8Path::from_path(folder.path()).unwrap().join("inventory.db");
    Connection::open(&file).unwrap().execute_batch(V1_DATABASE).unwrap();
    let before = bytes(&file);

    let reading = Store::open_to_read(&file).unwrap();
    let read = exported(&reading);
    assert_eq!(reading.workloads(&WorkloadFilter::default(), None, 9).unwrap().len(), 3);
    drop(reading);
    assert_eq!(bytes(&file), before);
    assert_eq!(exported(&Store::open(&file).unwrap()), read);
}

#[test]
fn the_kept_reads_of_v1_name_their_scope() {
    let folder = tempfile::tempdir().unwrap();
    let file = Utf8Path::from_path(folder.path()).unwrap().join("inventory.db");
    Connection::open(&file).unwrap().execute_batch(V1_DATABASE).unwrap();
    let store = Store::open(&file).unwrap();
    let scan = store.unfinished_scan().unwrap().unwrap();
    let work = store.pending_work(&scan.id, None, 1_000).unwrap();
    assert!(!work.is_empty());
    for item in &work {
        let request: serde_json::Value = serde_json::from_str(&item.request).unwrap();
        let scope = &request["read"]["scope"];
        assert_eq!((&scope["provider"], &scope["account"]), (&json!("aws"), &json!("417263850914")));
        assert!(request["read"].get("account").is_none());
    }
    let waits = |item: &&WorkItem| item.request.contains(r#""carried":{"kind""#);
    assert!(work.iter().any(|item| waits(&item)), "one has an element that waits");
}

//! Scans of files into a store.

use super::super::{FileScan, TemplateParameters, record_files};
use super::{folder, put, redactor};
use camino::Utf8Path;
use caravan_inventory::{Coverage, Ownership, ScanId};
use caravan_inventory_store::{Store, WorkloadFilter};
use jiff::Timestamp;
use std::fs;

const TASK: &str = r#"{"family": "api", "containerDefinitions": [{"name": "api", "image": "api:1"}]}"#;

pub(super) fn record(store: &mut Store, dir: &Utf8Path, scan: &str, at: i64) -> FileScan {
    let now = Timestamp::from_second(at).unwrap();
    record_files(
        store,
        &[dir.to_owned()],
        &TemplateParameters::default(),
        &redactor(),
        &Ownership::default(),
        ScanId::new(scan),
        now,
    )
    .unwrap()
}

fn workloads(store: &Store) -> Vec<String> {
    let all = store.workloads(&WorkloadFilter::default(), None, 100).unwrap();
    all.into_iter().map(|workload| workload.id.to_string()).collect()
}

#[test]
fn files_become_units_observations_and_workloads() {
    let (_kept, dir) = folder();
    put(&dir, "a.json", TASK);
    put(&dir, "b/two.json", format!("[{TASK}, {}]", TASK.replace("\"api\"", "\"worker\"")));
    put(&dir, "broken.json", "{");
    put(&dir, "other.json", "{}");
    let mut store = Store::in_memory().unwrap();
    let scan = record(&mut store, &dir, "01", 10);
    assert_eq!(scan.coverage, Coverage { complete: 2, failed: 1, skipped: 1, ..Coverage::default() });
    assert_eq!(workloads(&store), ["ecs/files/a", "ecs/files/b/two/api", "ecs/files/b/two/worker"]);
    let units = store.latest_units().unwrap();
    assert_eq!(units.iter().map(|unit| unit.found).collect::<Vec<_>>(), [1, 2, 0, 0]);
}

#[test]
fn what_left_its_file_or_folder_is_gone_and_what_can_not_be_read_stays() {
    let (_kept, dir) = folder();
    put(&dir, "keep.json", TASK);
    put(&dir, "shrink.json", format!("[{TASK}, {TASK}]"));
    put(&dir, "vanish.json", TASK);
    put(&dir, "break.json", TASK);
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01", 10);
    put(&dir, "shrink.json", format!("[{TASK}, {{\"family\": 1}}]"));
    put(&dir, "break.json", "{");
    fs::remove_file(dir.join("vanish.json")).unwrap();
    let scan = record(&mut store, &dir, "02", 20);
    // The second entry of the shrunken file is unknown, so the file was not read to its end.
    assert_eq!(scan.gone, 1);
    assert_eq!(scan.coverage, Coverage { complete: 2, partial: 1, failed: 1, ..Coverage::default() });
    assert_eq!(
        workloads(&store),
        ["ecs/files/break", "ecs/files/keep", "ecs/files/shrink.json", "ecs/files/shrink/api"]
    );
}

#[test]
fn the_same_files_give_the_same_export() {
    let (_kept, dir) = folder();
    put(&dir, "a.json", TASK);
    put(&dir, "service.json", r#"{"serviceName": "api", "taskDefinition": "api:3", "desiredCount": 2}"#);
    let export = || {
        let mut store = Store::in_memory().unwrap();
        record(&mut store, &dir, "01", 10);
        let mut out = Vec::new();
        store.export(&mut out).unwrap();
        out
    };
    assert_eq!(export(), export());
}

//! Pages, units, and what is gone.

use super::*;
use crate::{ScanState, StoreError};

fn unit_of(store: &Store, scan: &str, id: &str) -> Unit {
    store.units(&ScanId::new(scan)).unwrap().into_iter().find(|unit| unit.id.as_str() == id).unwrap()
}

fn gone(store: &Store, name: &str) -> Option<Timestamp> {
    store.sighting(&service(name, 0).id).unwrap().unwrap().gone_at
}

#[test]
fn a_page_records_what_it_shows_and_what_it_asks_for() {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["clusters"]);
    let next = store
        .record_page(&PageRecord {
            next: Some("page-2".to_owned()),
            units: vec![partial("services")],
            follow_up: vec![read("services", "of-a"), read("services", "of-b"), read("services", "of-a")],
            ..page(&work[0], vec![service("web", 1)])
        })
        .unwrap();
    let next_reads: Vec<_> = next.iter().map(|work| (work.request.as_str(), work.token.as_deref())).collect();
    assert_eq!(next_reads, [("clusters", Some("page-2")), ("of-a", None), ("of-b", None)]);
    assert_eq!(store.pending_work(&ScanId::new("01A"), None, 9).unwrap(), next);
    assert_eq!(store.pending_work(&ScanId::new("01A"), Some(next[0].id), 1).unwrap(), next[1..2]);
    assert_eq!(unit_of(&store, "01A", "clusters").found, 1);

    store.record_page(&page(&next[1], Vec::new())).unwrap();
    let again = PageRecord { follow_up: vec![read("services", "of-a")], ..page(&next[0], Vec::new()) };
    assert_eq!(store.record_page(&again).unwrap(), [], "what was read is not read again");
    assert_eq!(store.pending_work(&ScanId::new("01A"), None, 9).unwrap(), next[2..]);
}

#[test]
fn a_page_is_recorded_once() {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["services"]);
    let first = PageRecord { next: Some("page-2".to_owned()), ..page(&work[0], vec![service("web", 1)]) };
    let next = store.record_page(&first).unwrap();
    assert!(matches!(store.record_page(&first), Err(StoreError::NotPending { .. })));
    store.record_page(&page(&next[0], vec![service("api", 1)])).unwrap();
    assert!(matches!(store.record_page(&page(&next[0], Vec::new())), Err(StoreError::NotPending { .. })));
    assert!(matches!(store.fail_work(&next[0], UnitState::Failed, "late"), Err(StoreError::NotPending { .. })));
    let unit = unit_of(&store, "01A", "services");
    assert_eq!((unit.found, unit.state, unit.reason), (2, UnitState::Partial, None));
}

#[test]
fn a_page_with_an_unknown_unit_changes_nothing() {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["services"]);
    let before = exported(&store);
    let wrong = PageRecord { follow_up: vec![read("nobody", "x")], ..page(&work[0], vec![service("web", 1)]) };
    assert!(matches!(store.record_page(&wrong), Err(StoreError::Dangling { .. })));
    assert_eq!(exported(&store), before);
    assert_eq!(store.pending_work(&ScanId::new("01A"), None, 9).unwrap(), work);
}

#[test]
fn first_seen_stays_and_last_seen_moves() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web"]);
    scan_services(&mut store, "01B", 100, &["web"]);
    let web = store.observation(&service("web", 0).id).unwrap().unwrap();
    assert_eq!((web.first_seen, web.last_seen), (at(0), at(100)));
}

#[test]
fn a_complete_unit_finds_what_is_gone_and_what_is_back() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web", "api"]);
    let outcome = scan_services(&mut store, "01B", 100, &["web"]);
    assert_eq!((outcome.gone, outcome.coverage.complete), (1, 1));
    assert_eq!((gone(&store, "web"), gone(&store, "api")), (None, Some(at(109))));
    assert_eq!(scan_services(&mut store, "01C", 200, &["web"]).gone, 0, "gone once, with its first time");
    assert_eq!(gone(&store, "api"), Some(at(109)));
    scan_services(&mut store, "01D", 300, &["web", "api"]);
    assert_eq!(gone(&store, "api"), None);
}

/// A clock that was set back takes nothing away.
#[test]
fn a_sighting_counts_whatever_the_clock_says() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 1_000, &["web"]);
    assert_eq!(scan_services(&mut store, "01B", 0, &["web"]).gone, 0);
    let web = store.observation(&service("web", 0).id).unwrap().unwrap();
    assert_eq!((web.first_seen, web.last_seen), (at(0), at(1_000)));
}

#[test]
fn no_unit_but_a_complete_one_marks_anything_as_gone() {
    for state in UnitState::ALL.iter().copied().filter(|state| *state != UnitState::Complete) {
        let mut store = Store::in_memory().unwrap();
        scan_services(&mut store, "01A", 0, &["web", "api"]);
        let work = begin(&mut store, "01B", 100, &["services"]);
        store.record_page(&page(&work[0], vec![service("web", 100)])).unwrap();
        store.set_unit_state(&ScanId::new("01B"), &UnitId::new("services"), state, Some("it was so")).unwrap();
        let outcome = store.finish_scan(&ScanId::new("01B"), at(109)).unwrap();
        assert_eq!((outcome.gone, gone(&store, "api")), (0, None), "{state:?}");
        assert_eq!(unit_of(&store, "01B", "services").state, state);
    }
}

#[test]
fn a_unit_with_reads_left_is_partial_and_one_that_failed_says_why() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web"]);
    let work = begin(&mut store, "01B", 100, &["services", "clusters"]);
    store.fail_work(&work[1], UnitState::Denied, "may not").unwrap();
    let outcome = store.finish_scan(&ScanId::new("01B"), at(109)).unwrap();
    assert_eq!((outcome.coverage.partial, outcome.coverage.denied, outcome.gone), (1, 1, 0));
    assert_eq!(unit_of(&store, "01B", "services").reason.unwrap(), "1 of its reads were not made");
    assert_eq!(unit_of(&store, "01B", "clusters").reason.unwrap(), "may not");
}

#[test]
fn what_an_incomplete_list_feeds_is_incomplete_all_the_way() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web", "api"]);
    let work = begin(&mut store, "01B", 100, &["clusters"]);
    let scan = ScanId::new("01B");
    let feeds = PageRecord {
        next: Some("page-2".to_owned()),
        units: vec![partial("services")],
        follow_up: vec![read("services", "of-a")],
        ..page(&work[0], Vec::new())
    };
    let next = store.record_page(&feeds).unwrap();
    let tasks = NewUnit { fed_by: vec![UnitId::new("services")], ..partial("tasks") };
    let circle = NewUnit { fed_by: vec![UnitId::new("tasks"), UnitId::new("circle")], ..partial("circle") };
    let unreferenced = NewUnit { fed_by: vec![UnitId::new("unreferenced")], ..partial("unreferenced") };
    store.add_work(&scan, &[tasks, circle, unreferenced], &[]).unwrap();
    store.record_page(&page(&next[1], vec![service("web", 100)])).unwrap();
    store.fail_work(&next[0], UnitState::Throttled, "too fast").unwrap();
    let outcome = store.finish_scan(&scan, at(109)).unwrap();
    assert_eq!((outcome.coverage.partial, outcome.coverage.throttled, outcome.coverage.complete), (3, 1, 1));
    assert_eq!(gone(&store, "api"), None);
    let reason = unit_of(&store, "01B", "services").reason.unwrap();
    assert!(reason.contains("`clusters`") && reason.contains("throttled"), "{reason}");
}

#[test]
fn a_read_that_begins_anew_counts_anew() {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["services"]);
    let first = |work| PageRecord { next: Some("page-2".to_owned()), ..page(work, vec![service("web", 1)]) };
    let next = store.record_page(&first(&work[0])).unwrap();
    let restarted = store.restart_work(&next[0]).unwrap();
    assert_eq!(restarted, work[0]);
    assert!(matches!(store.restart_work(&next[0]), Err(StoreError::NotPending { .. })));
    assert_eq!(unit_of(&store, "01A", "services").found, 0);
    let next = store.record_page(&first(&restarted)).unwrap();
    store.record_page(&page(&next[0], vec![service("api", 1)])).unwrap();
    assert_eq!(unit_of(&store, "01A", "services").found, 2);
}

#[test]
fn a_new_scan_gives_the_unfinished_one_up() {
    let mut store = Store::in_memory().unwrap();
    let old = begin(&mut store, "01A", 0, &["services"]);
    assert_eq!(store.unfinished_scan().unwrap().unwrap().selection, json!({"accounts": ["111122223333"]}));
    begin(&mut store, "01B", 100, &["services"]);
    assert_eq!(store.unfinished_scan().unwrap().unwrap().id.as_str(), "01B");
    assert!(matches!(store.record_page(&page(&old[0], Vec::new())), Err(StoreError::NotPending { .. })));
    assert!(matches!(store.finish_scan(&ScanId::new("01A"), at(1)), Err(StoreError::NotRunning { .. })));
    let scans = store.scans().unwrap();
    assert_eq!((scans[0].state, scans[0].ended), (ScanState::Abandoned, Some(at(100))));
    assert_eq!(store.latest_scan().unwrap().unwrap().state, ScanState::Running);
    store.finish_scan(&ScanId::new("01B"), at(109)).unwrap();
    assert_eq!(store.unfinished_scan().unwrap(), None);
    assert_eq!(store.latest_scan().unwrap().unwrap().ended, Some(at(109)));
}

#[test]
fn coverage_is_each_units_latest_that_was_asked_for() {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["services", "clusters"]);
    store.fail_work(&work[1], UnitState::Denied, "may not").unwrap();
    store.record_page(&page(&work[0], Vec::new())).unwrap();
    store.finish_scan(&ScanId::new("01A"), at(9)).unwrap();
    let work = begin(&mut store, "01B", 100, &["files", "services"]);
    store.record_page(&page(&work[0], Vec::new())).unwrap();
    let services = UnitId::new("services");
    store.set_unit_state(&ScanId::new("01B"), &services, UnitState::Skipped, Some("not asked for")).unwrap();
    store.finish_scan(&ScanId::new("01B"), at(109)).unwrap();
    let coverage = store.coverage().unwrap();
    assert_eq!((coverage.complete, coverage.denied, coverage.skipped), (2, 1, 0), "files, services, clusters");
    let unknown = store.set_unit_state(&ScanId::new("01B"), &services, UnitState::Failed, None);
    assert!(matches!(unknown, Err(StoreError::NotRunning { .. })));
}

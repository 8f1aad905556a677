//! What is opened, what is refused, and that refusing writes nothing.

use super::*;
use crate::{StoreError, migrate, open};
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, OpenFlags};
use std::error::Error as _;
use std::time::Duration;

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = Utf8Path::from_path(folder.path()).unwrap().join("inventory.db");
    (folder, file)
}

#[expect(clippy::disallowed_methods, reason = "the test compares the file's bytes")]
pub(super) fn bytes(file: &Utf8Path) -> Vec<u8> {
    std::fs::read(file).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the test makes a file that is no database")]
fn write(file: &Utf8Path, content: &[u8]) {
    std::fs::write(file, content).unwrap();
}

fn open_impatiently(file: &Utf8Path) -> Result<Store, StoreError> {
    open::open_with(file, OpenFlags::SQLITE_OPEN_CREATE, Duration::from_millis(50))
}

#[test]
fn a_new_file_is_created_and_found_again() {
    let (_folder, file) = folder();
    let mut store = Store::open(&file).unwrap();
    scan_services(&mut store, "01A", 0, &["web"]);
    let before = exported(&store);
    drop(store);
    assert_eq!(exported(&Store::open_to_read(&file).unwrap()), before);
    assert_eq!(exported(&Store::open(&file).unwrap()), before);
    let mode: String =
        Connection::open(&file).unwrap().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_missing_inventory_says_how_to_get_one() {
    let (_folder, file) = folder();
    let error = Store::open_to_read(&file).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }));
    assert!(error.to_string().contains("caravan discover") && error.to_string().contains(file.as_str()));
    assert!(!file.exists(), "looking for an inventory makes none");
    write(&file, b"");
    assert!(matches!(Store::open_to_read(&file), Err(StoreError::Missing { .. })));
}

#[test]
fn a_missing_folder_is_named() {
    let (_folder, file) = folder();
    let file = file.parent().unwrap().join("nowhere/inventory.db");
    assert!(matches!(Store::open(&file), Err(StoreError::NoFolder { .. })));
}

#[test]
fn a_folder_in_its_place_is_refused() {
    let (_folder, file) = folder();
    std::fs::create_dir(&file).unwrap();
    assert!(matches!(Store::open(&file), Err(StoreError::Unreachable { .. })));
    assert!(matches!(Store::open_to_read(&file), Err(StoreError::Unreachable { .. })));
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let (_folder, file) = folder();
    let text = "accounts: [111122223333]\n".repeat(100);
    write(&file, text.as_bytes());
    let error = Store::open(&file).unwrap_err();
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error:?}");
    assert!(error.source().is_some());
    assert_eq!(bytes(&file), text.as_bytes());
}

#[test]
fn somebody_elses_database_is_refused_and_left_alone() {
    let (_folder, file) = folder();
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let before = bytes(&file);
    assert!(matches!(Store::open(&file), Err(StoreError::NotAnInventory { .. })));
    assert_eq!(bytes(&file), before);
}

#[test]
fn a_cut_database_is_damaged() {
    let (_folder, file) = folder();
    let mut store = Store::open(&file).unwrap();
    let names: Vec<String> = (0..2_000).map(|number| format!("service-{number}")).collect();
    scan_services(&mut store, "01A", 0, &names.iter().map(String::as_str).collect::<Vec<_>>());
    drop(store);
    let whole = bytes(&file);
    write(&file, &whole[..whole.len() / 2]);
    let outcome = Store::open_to_read(&file).and_then(|store| {
        store.observations_by_kind(ObservationKind::EcsService, None, None, |_| Ok::<_, StoreError>(()))
    });
    assert!(matches!(outcome, Err(StoreError::Damaged { .. })), "{outcome:?}");
}

#[test]
fn a_newer_database_is_refused_and_no_byte_of_it_changes() {
    let (_folder, file) = folder();
    drop(Store::open(&file).unwrap());
    Connection::open(&file).unwrap().pragma_update(None, "user_version", migrate::NEWEST + 1).unwrap();
    let before = bytes(&file);
    for outcome in [Store::open(&file), Store::open_to_read(&file)] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found, .. } if found == migrate::NEWEST + 1), "{error:?}");
        assert!(error.to_string().contains("newer caravan"));
    }
    assert_eq!(bytes(&file), before);
}

/// The newer Caravan was killed: its last commits stand in the log, and the file itself still looks old.
#[test]
fn a_newer_database_with_a_leftover_log_is_not_touched_either() {
    let (_folder, file) = folder();
    drop(Store::open(&file).unwrap());
    let newer = Connection::open(&file).unwrap();
    newer.pragma_update(None, "user_version", migrate::NEWEST + 1).unwrap();
    let (_copies, copy) = folder();
    let log = |file: &Utf8Path| Utf8PathBuf::from(format!("{file}-wal"));
    std::fs::copy(&file, &copy).unwrap();
    std::fs::copy(log(&file), log(&copy)).unwrap();
    drop(newer);
    let before = (bytes(&copy), bytes(&log(&copy)));
    assert!(!before.1.is_empty());
    assert!(matches!(Store::open(&copy), Err(StoreError::Newer { .. })));
    assert!(matches!(Store::open_to_read(&copy), Err(StoreError::Newer { .. })));
    assert_eq!((bytes(&copy), bytes(&log(&copy))), before);
}

#[test]
fn a_database_killed_while_it_was_created_is_taken_up() {
    let (_folder, file) = folder();
    Connection::open(&file).unwrap().pragma_update(None, "journal_mode", "WAL").unwrap();
    assert!(!bytes(&file).is_empty());
    scan_services(&mut Store::open(&file).unwrap(), "01A", 0, &["web"]);
}

#[test]
fn a_locked_database_says_so_and_keeps_what_it_had() {
    let (_folder, file) = folder();
    let mut store = Store::open(&file).unwrap();
    let work = begin(&mut store, "01A", 0, &["services"]);
    store.connection.busy_timeout(Duration::from_millis(50)).unwrap();
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = store.record_page(&page(&work[0], vec![service("web", 1)])).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }) && error.to_string().contains(file.as_str()), "{error:?}");
    let reader = open_impatiently(&file).unwrap();
    assert_eq!(reader.pending_work(&ScanId::new("01A"), None, 9).unwrap(), work, "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();
    store.record_page(&page(&work[0], vec![service("web", 1)])).unwrap();
}

#[test]
fn a_locked_database_of_an_older_format_is_not_waited_for_for_ever() {
    let (_folder, file) = folder();
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(open_impatiently(&file), Err(StoreError::Locked { .. })));
}

#[test]
fn a_full_disk_says_so_and_nothing_recorded_is_lost() {
    let (_folder, file) = folder();
    let mut store = Store::open(&file).unwrap();
    let work = begin(&mut store, "01A", 0, &["services", "more"]);
    store.record_page(&page(&work[0], vec![service("web", 1)])).unwrap();
    let before = exported(&store);
    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_query_value(None, "max_page_count", |row| row.get::<_, i64>(0)).unwrap();
    let limited: i64 =
        store.connection.query_row(&format!("PRAGMA max_page_count = {}", pages + 1), [], |row| row.get(0)).unwrap();
    assert_eq!(limited, pages + 1);
    let many = (0..1_000).map(|number| service(&format!("service-{number}"), 2)).collect();
    let error = store.record_page(&page(&work[1], many)).unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }) && error.to_string().contains("free some space"), "{error:?}");
    assert_eq!(exported(&store), before);
    drop(store);
    let store = Store::open_to_read(&file).unwrap();
    assert_eq!(exported(&store), before);
    assert_eq!(store.pending_work(&ScanId::new("01A"), None, 9).unwrap(), work[1..]);
}

#[test]
fn two_processes_may_open_a_new_database_at_once() {
    let (_folder, file) = folder();
    let openers: Vec<_> = (0..8)
        .map(|_| {
            let file = file.clone();
            std::thread::spawn(move || Store::open(&file).map(|store| exported(&store)))
        })
        .collect();
    for opener in openers {
        assert_eq!(opener.join().unwrap().unwrap().lines().count(), 1);
    }
}

//! A scan killed at any instant (D4): the files as they were just before and just after each commit are opened and the
//! scan is taken up from them.

use super::*;
use camino::{Utf8Path, Utf8PathBuf};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

const SCAN: &str = "01A";

/// What the world answers: three pages of clusters, two pages of services of each, a description of each service.
/// Different clusters run services of the same name, so that reads repeat.
fn answer(work: &WorkItem) -> PageRecord {
    let number: u32 = work.token.as_deref().map_or(0, |token| token.parse().unwrap());
    let last = |last: u32| (number < last).then(|| (number + 1).to_string());
    let empty = page(work, Vec::new());
    match work.request.split_once(':').unwrap() {
        ("clusters", _) => PageRecord {
            next: last(2),
            found: 2,
            units: vec![partial("services"), partial("descriptions")],
            follow_up: (0..2).map(|side| read("services", &format!("services:{number}{side}"))).collect(),
            ..empty
        },
        ("services", cluster) => PageRecord {
            next: last(1),
            found: 3,
            follow_up: (0..3).map(|name| read("descriptions", &format!("service:{}{name}", &cluster[..1]))).collect(),
            ..empty
        },
        ("service", name) => page(work, vec![service(name, 5)]),
        other => panic!("{other:?}"),
    }
}

fn start(store: &mut Store) {
    let new = NewScan {
        id: ScanId::new(SCAN),
        began: at(0),
        selection: json!({}),
        units: vec![partial("clusters")],
        work: vec![read("clusters", "clusters:")],
    };
    store.begin_scan(&new).unwrap();
}

/// Goes on to the end; says how many pages it took. `after_page` is called between the commits.
fn go_on(store: &mut Store, mut after_page: impl FnMut()) -> usize {
    let scan = store.unfinished_scan().unwrap().unwrap().id;
    let mut pages = 0;
    while let Some(work) = store.pending_work(&scan, None, 1).unwrap().pop() {
        store.record_page(&answer(&work)).unwrap();
        pages += 1;
        after_page();
    }
    store.finish_scan(&scan, at(9)).unwrap();
    pages
}

/// Copies the database and its log as a kill would leave them.
fn copy(from: &Utf8Path, to: PathBuf) -> Utf8PathBuf {
    std::fs::create_dir(&to).unwrap();
    let to = Utf8PathBuf::from_path_buf(to).unwrap().join("inventory.db");
    std::fs::copy(from, &to).unwrap();
    std::fs::copy(format!("{from}-wal"), format!("{to}-wal")).unwrap();
    to
}

#[test]
fn a_scan_killed_before_or_after_any_commit_ends_as_if_it_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut undisturbed = Store::in_memory().unwrap();
    start(&mut undisturbed);
    let all_pages = go_on(&mut undisturbed, || ());
    let expected = exported(&undisturbed);

    let file = Utf8Path::from_path(folder.path()).unwrap().join("inventory.db");
    let mut store = Store::open(&file).unwrap();
    start(&mut store);
    let kills = Arc::new(Mutex::new(Vec::new()));
    let kill = {
        let (kills, file, folder) = (Arc::clone(&kills), file.clone(), folder.path().to_owned());
        move || {
            let mut kills = kills.lock().unwrap();
            let copied = copy(&file, folder.join(kills.len().to_string()));
            kills.push(copied);
        }
    };
    let before_commit = kill.clone();
    store
        .connection
        .commit_hook(Some(move || {
            before_commit();
            false
        }))
        .unwrap();
    assert_eq!(go_on(&mut store, kill), all_pages);
    assert_eq!(exported(&store), expected);

    let kills = kills.lock().unwrap().clone();
    assert_eq!(kills.len(), 2 * all_pages + 1, "before and after each page, and before the end");
    let mut left = Vec::new();
    for killed in &kills {
        let mut store = Store::open(killed).unwrap();
        left.push(go_on(&mut store, || ()));
        assert_eq!(exported(&store), expected, "{killed}");
    }
    let lost_at_most_a_page = (0..kills.len()).map(|kill| all_pages - kill.div_ceil(2)).collect::<Vec<_>>();
    assert_eq!(left, lost_at_most_a_page);
}

//! A scan that an older format keeps is gone on with. `tests/formats/vN` holds an example of each.

use super::*;
use std::collections::BTreeSet;

const V1: &str = include_str!("../../../../tests/formats/v1/inventory.sql");

/// The account of the kept scan.
const KEPT: &str = "417263850914";

#[tokio::test]
async fn a_scan_begun_in_v1_goes_on_and_makes_no_read_twice() {
    let answers = |read: &Read| match read.api.starts_with("elasticloadbalancing:") {
        true => balancers(&["lb:1", "lb:2"])(read),
        false => services(12)(read),
    };
    let mut fresh = Store::in_memory().unwrap();
    let whole = World::new(answers);
    run(&mut fresh, &plan(&[KEPT], false), &whole).await;

    let folder = tempfile::tempdir().unwrap();
    let file = camino::Utf8PathBuf::from_path_buf(folder.path().join("inventory.db")).unwrap();
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute_batch(V1).unwrap();
    let mut store = Store::open(&file).unwrap();
    let (made, left) = (requests(&connection, true), requests(&connection, false));
    assert!(!made.is_empty() && !left.is_empty());
    for text in made.iter().chain(&left) {
        let written_now = Request::parse(text).unwrap().into_work().request;
        assert_eq!(*text, written_now, "the same read would be another text");
    }

    let world = World::new(answers);
    let report = run(&mut store, &plan(&[KEPT], true), &world).await;
    assert!(report.was_read && !report.coverage.is_partial(), "{:?}", report.coverage);
    assert_eq!(names(&store, ObservationKind::LoadBalancer), names(&fresh, ObservationKind::LoadBalancer));
    for kind in [ObservationKind::EcsService, ObservationKind::EcsTaskDefinition] {
        let seen: BTreeSet<String> = names(&store, kind).into_iter().collect();
        assert!(names(&fresh, kind).iter().all(|name| seen.contains(name)), "{kind:?}");
    }
    let resumed = asked(&world);
    assert_eq!(resumed.len(), world.asked.lock().unwrap().len(), "no read is made twice");
    let made_before = asked(&whole).difference(&resumed).count();
    assert!(made_before > 0 && resumed.is_subset(&asked(&whole)));
    for read in whole.asked.lock().unwrap().iter().filter(|read| read.api.starts_with("ecs:List")) {
        let input = &read.input.to_string();
        let was_made = made.iter().any(|request| request.contains(&read.api) && request.contains(input));
        assert_eq!(!resumed.contains(&key(read)), was_made, "{}", read.api);
    }
}

/// The kept reads that were made, or were not.
fn requests(connection: &rusqlite::Connection, done: bool) -> Vec<String> {
    let mut statement = connection.prepare("SELECT request FROM work WHERE done = ?1").unwrap();
    let requests = statement.query_map([done], |row| row.get(0)).unwrap();
    requests.collect::<Result<_, _>>().unwrap()
}

fn asked(world: &World) -> BTreeSet<String> {
    world.asked.lock().unwrap().iter().map(key).collect()
}

fn key(read: &Read) -> String {
    serde_json::to_string(read).unwrap()
}

//! Export and import.

use super::*;
use crate::{ImportError, ImportProblem, Imported, StoreError, write};
use caravan_inventory::{Confidence, Domain, Edge, EdgeKind, Evidence, Hostname, Question, QuestionId};
use proptest::prelude::*;
use serde_json::Value;

const HEADER: &str = "{\"schema\":\"caravan.export/v1\"}\n";

fn imported(text: &str) -> Result<Store, ImportError> {
    let mut store = Store::in_memory().unwrap();
    store.import(text.as_bytes()).map(|_| store)
}

/// The line and the problem of an import that fails; the store must be as empty as it was.
fn refused(text: impl AsRef<[u8]>) -> (u64, ImportProblem) {
    let mut store = Store::in_memory().unwrap();
    let outcome = store.import(text.as_ref());
    assert_eq!(exported(&store), HEADER);
    match outcome {
        Err(ImportError::Line { line, problem }) => (line, problem),
        other => panic!("{other:?}"),
    }
}

fn observation_line() -> String {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web"]);
    let text = exported(&store);
    text.lines()
        .find(|line| line.starts_with("{\"observation\""))
        .unwrap()
        .replace("\"01A\"", "null")
        + "\n"
}

#[test]
fn a_scanned_inventory_travels_whole() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web", "api"]);
    scan_services(&mut store, "01B", 100, &["web"]);
    let text = exported(&store);
    let mut there = Store::in_memory().unwrap();
    let counts = there.import(text.as_bytes()).unwrap();
    assert_eq!(
        counts,
        Imported {
            scans: 2,
            units: 2,
            observations: 2,
            ..Imported::default()
        }
    );
    assert_eq!(exported(&there), text);
    assert_eq!(
        scan_services(&mut there, "01C", 200, &["api"]).gone,
        1,
        "the imported unit goes on where it was"
    );
}

#[test]
fn a_running_scan_arrives_abandoned() {
    let mut store = Store::in_memory().unwrap();
    begin(&mut store, "01A", 0, &["services"]);
    let there = imported(&exported(&store)).unwrap();
    assert_eq!(there.unfinished_scan().unwrap(), None);
    assert_eq!(exported(&there), exported(&store));
    let running = exported(&store).replace("abandoned", "running");
    assert_eq!(exported(&imported(&running).unwrap()), exported(&store));
}

#[test]
fn an_import_waits_for_the_scan_to_be_finished() {
    let mut store = Store::in_memory().unwrap();
    begin(&mut store, "01A", 0, &["services"]);
    let error = store.import(HEADER.as_bytes()).unwrap_err();
    assert!(matches!(error, ImportError::ScanRunning { .. }) && error.to_string().contains("--resume"));
}

#[test]
fn an_import_into_content_replaces_by_id_and_keeps_what_is_newer() {
    let mut theirs = Store::in_memory().unwrap();
    scan_services(&mut theirs, "01A", 0, &["web", "api"]);
    let mut ours = Store::in_memory().unwrap();
    let work = begin(&mut ours, "01B", 100, &["services"]);
    let newer = Observation {
        body: json!({"newer": true}),
        ..service("web", 100)
    };
    ours.record_page(&page(&work[0], vec![newer, service("only-here", 100)]))
        .unwrap();
    ours.finish_scan(&ScanId::new("01B"), at(109)).unwrap();
    ours.import(exported(&theirs).as_bytes()).unwrap();
    let body = |name| ours.observation(&service(name, 0).id).unwrap().unwrap().body;
    assert_eq!(body("web"), json!({"newer": true}));
    assert_eq!(body("api"), service("api", 0).body);
    assert_eq!(body("only-here"), service("only-here", 0).body);
    let once = exported(&ours);
    ours.import(exported(&theirs).as_bytes()).unwrap();
    assert_eq!(exported(&ours), once);
}

#[test]
fn what_is_no_export_is_refused_by_name() {
    assert!(matches!(refused(""), (1, ImportProblem::Empty)));
    assert!(matches!(
        refused("{\"schema\":\"caravan.inventory/v1\"}\n"),
        (1, ImportProblem::NotAnExport)
    ));
    assert!(matches!(
        refused("{\"schema\":\"caravan.export/v0\"}\n"),
        (1, ImportProblem::NotAnExport)
    ));
    assert!(matches!(
        refused("{\"schema\":\"caravan.export/v1\",\"x\":1}\n"),
        (1, ImportProblem::NotAnExport)
    ));
    assert!(matches!(refused("<html>"), (1, ImportProblem::NotAnExport)));
    assert!(matches!(refused([0xff, 0xfe, b'\n']), (1, ImportProblem::NotAnExport)));
    assert!(matches!(
        refused("{\"schema\":\"caravan.export/v2\"}\n{\"later\":1}\n"),
        (1, ImportProblem::Newer { .. })
    ));
}

#[test]
fn a_bad_line_is_refused_with_its_number() {
    let good = observation_line();
    let with = |line: &str| refused(format!("{HEADER}{good}{line}"));
    for bad in [
        "{\"obser",
        &good[..good.len() - 3],
        "\n",
        "[]\n",
        "{}\n",
        "{\"secret\":{}}\n",
        "{\"domain\":{\"name\":\"a.example.com\",\"owner\":\"x\"}}\n",
        "{\"domain\":{\"name\":\"a.example.com\",\"name\":\"b.example.com\"}}\n",
        "{\"domain\":{}}\n",
        "{\"domain\":{\"name\":\"a.example.com\"},\"edge\":{}}\n",
        &good.replace("\"kind\":\"ecs.service\"", "\"kind\":\"ecs.nonsense\""),
        &good.replace("\"api\"", "\"ap\""),
        &good.replace(
            "{\"desiredCount\"",
            &format!("{}{{\"desiredCount\"", "[".repeat(200_000)),
        ),
    ] {
        let (line, problem) = with(bad);
        assert!(
            line == 3 && matches!(problem, ImportProblem::Record(_)),
            "{line} {problem:?}"
        );
    }
    let (line, problem) = refused(
        [
            HEADER.as_bytes(),
            good.as_bytes(),
            b"{\"domain\":{\"name\":\"\xff\"}}\n",
        ]
        .concat(),
    );
    assert!(
        line == 3 && matches!(problem, ImportProblem::Record(_)),
        "{line} {problem:?}"
    );
    let error = Store::in_memory()
        .unwrap()
        .import(format!("{HEADER}{{").as_bytes())
        .unwrap_err();
    assert!(
        error.to_string().starts_with("line 2: ") && error.to_string().ends_with("nothing was imported"),
        "{error}"
    );
}

#[test]
fn a_reference_to_nothing_is_refused_with_its_number() {
    let ghost = "{\"domain\":{\"name\":\"a.example.com\",\"observation\":\"ecs.service/ghost\"}}\n";
    assert!(matches!(
        refused(format!("{HEADER}{}{ghost}", observation_line())),
        (3, ImportProblem::Dangling)
    ));
}

#[test]
fn a_line_without_end_is_refused_before_it_fills_the_memory() {
    struct Endless;
    impl std::io::Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            into.fill(b'[');
            Ok(into.len())
        }
    }
    use std::io::{BufReader, Read};
    let endless = BufReader::with_capacity(1 << 20, HEADER.as_bytes().chain(Endless));
    let error = Store::in_memory().unwrap().import(endless).unwrap_err();
    assert!(
        matches!(
            error,
            ImportError::Line {
                line: 2,
                problem: ImportProblem::TooLong
            }
        ),
        "{error:?}"
    );
}

#[test]
fn an_output_that_takes_nothing_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let store = Store::in_memory().unwrap();
    assert!(matches!(store.export(&mut Full), Err(crate::ExportError::Write(_))));
    assert_eq!(exported(&store), HEADER, "and leaves no transaction behind");
}

/// A body that JSON can hold, with the numbers and texts that are hard to keep.
fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000, 0_i32..1_000_000_000).prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap())
}

fn observation() -> impl Strategy<Value = Observation> {
    let place = prop::option::of("[0-9]{1,3}");
    (
        "\\PC{0,9}",
        0..ObservationKind::ALL.len(),
        place.clone(),
        place,
        time(),
        time(),
        body(),
    )
        .prop_map(
            |(name, kind, account, region, first_seen, last_seen, body)| Observation {
                id: ObservationId::new(format!("o/{name}")),
                kind: ObservationKind::ALL[kind],
                name,
                account: account.map(AccountId::new),
                region: region.map(Region::new),
                api: "file".to_owned(),
                first_seen,
                last_seen,
                body,
            },
        )
}

/// An inventory of anything: observations by one unit, and links that refer to them.
#[derive(Clone, Debug)]
struct Anything {
    observations: Vec<Observation>,
    /// Names, and for each the number of an observation (modulo how many there are), a kind and a text.
    links: Vec<(String, usize, usize, Option<String>)>,
    found: u32,
}

fn anything() -> impl Strategy<Value = Anything> {
    let link = ("\\PC{1,9}", any::<usize>(), any::<usize>(), prop::option::of(".*"));
    (
        prop::collection::vec(observation(), 0..9),
        prop::collection::vec(link, 0..9),
        any::<u32>(),
    )
        .prop_map(|(observations, links, found)| Anything {
            observations,
            links,
            found,
        })
}

fn build(anything: &Anything) -> Store {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["services"]);
    let record = PageRecord {
        found: anything.found.into(),
        ..page(&work[0], anything.observations.clone())
    };
    store.record_page(&record).unwrap();
    store.finish_scan(&ScanId::new("01A"), at(9)).unwrap();
    if anything.observations.is_empty() {
        return store;
    }
    for (name, number, kind, text) in &anything.links {
        let seen = anything.observations[number % anything.observations.len()].id.clone();
        let workload = Workload {
            account: text.clone().map(AccountId::new),
            ..workload(
                name,
                WorkloadKind::ALL[kind % WorkloadKind::ALL.len()],
                vec![seen.clone(), seen.clone()],
            )
        };
        let edge = Edge {
            from: workload.id.to_string(),
            to: text.clone().unwrap_or_default(),
            kind: EdgeKind::ALL[kind % EdgeKind::ALL.len()],
            confidence: Confidence::ALL[kind % Confidence::ALL.len()],
            evidence: Evidence {
                observation: seen.clone(),
                path: name.clone(),
            },
        };
        let domain = Domain {
            name: Hostname::new(name.clone()),
            customer: text.clone(),
            target: Some(name.clone()),
            observation: text.as_ref().map(|_| seen),
        };
        let question = Question {
            id: QuestionId::new(format!("owner/{name}")),
            workload: workload.id.clone(),
            text: name.clone(),
            options: text.iter().cloned().collect(),
            assumed: text.clone(),
        };
        store.run(|connection| write::workload(connection, &workload)).unwrap();
        store.run(|connection| write::edge(connection, &edge)).unwrap();
        store.run(|connection| write::domain(connection, &domain)).unwrap();
        store.run(|connection| write::question(connection, &question)).unwrap();
    }
    store
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn export_import_export_is_export(anything in anything()) {
        let text = exported(&build(&anything));
        let mut there = imported(&text).unwrap();
        prop_assert_eq!(&exported(&there), &text);
        there.import(text.as_bytes()).unwrap();
        prop_assert_eq!(&exported(&there), &text, "and once more into the same");
    }

    #[test]
    fn a_cut_export_is_an_error_or_ends_with_a_line(anything in anything(), cut in any::<prop::sample::Index>()) {
        let text = exported(&build(&anything));
        let bytes = &text.as_bytes()[..cut.index(text.len())];
        let mut store = Store::in_memory().unwrap();
        match store.import(bytes) {
            // At the end of a line, with or without its line end.
            Ok(_) => prop_assert!(text.as_bytes()[bytes.len()] == b'\n' || bytes.last() == Some(&b'\n')),
            Err(ImportError::Line { line, .. }) => {
                prop_assert_eq!(line, 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64);
                prop_assert_eq!(exported(&store), HEADER);
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn store_errors_of_an_import_are_store_errors() {
    let folder = tempfile::tempdir().unwrap();
    let file = camino::Utf8Path::from_path(folder.path()).unwrap().join("inventory.db");
    let mut store = Store::open(&file).unwrap();
    let pages: i64 = store
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    let sql = format!("PRAGMA max_page_count = {pages}");
    store
        .connection
        .query_row(&sql, [], |row| row.get::<_, i64>(0))
        .unwrap();
    let body = "x".repeat(100_000);
    let text =
        HEADER.to_owned() + &observation_line().replace("\"web\",\"account\"", &format!("\"{body}\",\"account\""));
    assert!(text.len() > body.len());
    let outcome = store.import(text.as_bytes());
    assert!(
        matches!(outcome, Err(ImportError::Store(StoreError::DiskFull { .. }))),
        "{outcome:?}"
    );
    assert_eq!(exported(&store), HEADER);
}

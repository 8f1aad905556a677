//! Export and import.

use super::*;
use crate::{ImportError, ImportProblem, Imported, StoreError};

pub(super) const HEADER: &str = "{\"schema\":\"caravan.export/v1\"}\n";

pub(super) fn imported(text: &str) -> Result<Store, ImportError> {
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
    text.lines().find(|line| line.starts_with("{\"observation\"")).unwrap().replace("\"01A\"", "null") + "\n"
}

#[test]
fn a_scanned_inventory_travels_whole() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web", "api"]);
    scan_services(&mut store, "01B", 100, &["web"]);
    let text = exported(&store);
    let mut there = Store::in_memory().unwrap();
    let counts = there.import(text.as_bytes()).unwrap();
    assert_eq!(counts, Imported { scans: 2, units: 2, observations: 2, ..Imported::default() });
    assert_eq!(exported(&there), text);
    assert_eq!(scan_services(&mut there, "01C", 200, &["api"]).gone, 1, "the imported unit goes on where it was");
}

#[test]
fn two_scans_that_saw_the_same_export_the_same_bytes_without_times() {
    let without_times = |scans: [&str; 2], second: i64| {
        let mut store = Store::in_memory().unwrap();
        scan_services(&mut store, scans[0], second, &["web", "api"]);
        scan_services(&mut store, scans[1], second + 100, &["web"]);
        let mut bytes = Vec::new();
        store.export_without_times(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let text = without_times(["01A", "01B"], 0);
    assert_eq!(text, without_times(["02X", "02Y"], 7_000));
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({"schema": crate::TIMELESS_SCHEMA}));
    let of = |what: &str| lines.iter().filter_map(|line| line.get(what).cloned()).collect::<Vec<_>>();
    assert_eq!(of("scan").iter().map(|scan| scan["scan"].clone()).collect::<Vec<_>>(), [json!(1), json!(2)]);
    let (api, web) = (&of("observation")[0], &of("observation")[1]);
    assert_eq!((&api["gone"], &api["scan"], api.get("last_seen")), (&json!(true), &json!(1), None));
    assert_eq!((web.get("gone"), &web["scan"], web.get("gone_at")), (None, &json!(2), None));
    assert_eq!(web["body"], service("web", 0).body, "and nothing else is left out");
    assert!(matches!(refused(&text), (1, ImportProblem::WithoutTimes)));
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
    let newer = Observation { body: json!({"newer": true}), ..service("web", 100) };
    ours.record_page(&page(&work[0], vec![newer, service("only-here", 100)])).unwrap();
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
    assert!(matches!(refused("{\"schema\":\"caravan.inventory/v1\"}\n"), (1, ImportProblem::NotAnExport)));
    assert!(matches!(refused("{\"schema\":\"caravan.export/v0\"}\n"), (1, ImportProblem::NotAnExport)));
    assert!(matches!(refused("{\"schema\":\"caravan.export/v1\",\"x\":1}\n"), (1, ImportProblem::NotAnExport)));
    assert!(matches!(refused("<html>"), (1, ImportProblem::NotAnExport)));
    assert!(matches!(refused([0xff, 0xfe, b'\n']), (1, ImportProblem::NotAnExport)));
    assert!(matches!(refused("{\"schema\":\"caravan.export/v2\"}\n{\"later\":1}\n"), (1, ImportProblem::Newer { .. })));
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
        &good.replace("{\"desiredCount\"", &format!("{}{{\"desiredCount\"", "[".repeat(200_000))),
    ] {
        let (line, problem) = with(bad);
        assert!(line == 3 && matches!(problem, ImportProblem::Record(_)), "{line} {problem:?}");
    }
    let (line, problem) = refused([HEADER.as_bytes(), good.as_bytes(), b"{\"domain\":{\"name\":\"\xff\"}}\n"].concat());
    assert!(line == 3 && matches!(problem, ImportProblem::Record(_)), "{line} {problem:?}");
    let error = Store::in_memory().unwrap().import(format!("{HEADER}{{").as_bytes()).unwrap_err();
    assert!(
        error.to_string().starts_with("line 2: ") && error.to_string().ends_with("nothing was imported"),
        "{error}"
    );
}

#[test]
fn a_reference_to_nothing_is_refused_with_its_number() {
    let ghost = "{\"domain\":{\"name\":\"a.example.com\",\"observation\":\"ecs.service/ghost\"}}\n";
    assert!(matches!(refused(format!("{HEADER}{}{ghost}", observation_line())), (3, ImportProblem::Dangling)));
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
    assert!(matches!(error, ImportError::Line { line: 2, problem: ImportProblem::TooLong }), "{error:?}");
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

#[test]
fn store_errors_of_an_import_are_store_errors() {
    let folder = tempfile::tempdir().unwrap();
    let file = camino::Utf8Path::from_path(folder.path()).unwrap().join("inventory.db");
    let mut store = Store::open(&file).unwrap();
    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let sql = format!("PRAGMA max_page_count = {pages}");
    store.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let body = "x".repeat(100_000);
    let text =
        HEADER.to_owned() + &observation_line().replace("\"web\",\"account\"", &format!("\"{body}\",\"account\""));
    assert!(text.len() > body.len());
    let outcome = store.import(text.as_bytes());
    assert!(matches!(outcome, Err(ImportError::Store(StoreError::DiskFull { .. }))), "{outcome:?}");
    assert_eq!(exported(&store), HEADER);
}

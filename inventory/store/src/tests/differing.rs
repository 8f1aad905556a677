//! Two inventories, and what lies between them.

use super::*;
use crate::{Change, Difference, FieldChange};
use caravan_inventory::UnitState;
use serde_json::Value;

fn differences(before: &Store, after: &Store) -> Vec<(String, Change)> {
    let mut found = Vec::new();
    before
        .differences(after, |difference| {
            found.push(difference);
            Ok::<(), crate::StoreError>(())
        })
        .unwrap();
    found.into_iter().map(|Difference { id, change, .. }| (id.to_string().split_off(38), change)).collect()
}

fn changed(path: &str, before: Value, after: Value) -> FieldChange {
    let some = |value: Value| (!value.is_null()).then_some(value);
    FieldChange { path: path.to_owned(), before: some(before), after: some(after) }
}

#[test]
fn what_is_new_gone_and_changed_is_told() {
    let (mut before, mut after) = (Store::in_memory().unwrap(), Store::in_memory().unwrap());
    scan_services(&mut before, "01A", 0, &["api", "old", "web"]);
    let work = begin(&mut after, "01B", 0, &["services"]);
    let web = Observation { body: json!({"serviceName": "web", "tags": [1, 3], "a/b": {}}), ..service("web", 5) };
    after.record_page(&page(&work[0], vec![service("api", 5), service("new", 5), web])).unwrap();
    after.finish_scan(&ScanId::new("01B"), at(9)).unwrap();
    let fields = vec![
        changed("/a~1b", Value::Null, json!({})),
        changed("/desiredCount", json!(2), Value::Null),
        changed("/tags", Value::Null, json!([1, 3])),
    ];
    assert_eq!(
        differences(&before, &after),
        [
            ("old".to_owned(), Change::Gone),
            ("web".to_owned(), Change::Changed { fields }),
            ("new".to_owned(), Change::Added),
        ]
    );
    assert_eq!(differences(&before, &before), []);
    // The other way round, what was added is gone.
    let back = differences(&after, &before);
    assert!(back.contains(&("new".to_owned(), Change::Gone)) && back.contains(&("old".to_owned(), Change::Added)));
}

#[test]
fn nothing_is_gone_by_a_list_that_was_not_read_to_its_end() {
    let mut before = Store::in_memory().unwrap();
    scan_services(&mut before, "01A", 0, &["api"]);
    let unseen = |state| vec![("api".to_owned(), Change::Unseen { list: Some(UnitId::new("services")), state })];
    for state in [UnitState::Partial, UnitState::Denied, UnitState::Throttled, UnitState::Failed, UnitState::Skipped] {
        let mut after = Store::in_memory().unwrap();
        scan_services(&mut after, "01B", 0, &[]);
        after.run(|connection| connection.execute("UPDATE unit SET state = ?1", [state.as_str()])).unwrap();
        assert_eq!(differences(&before, &after), unseen(Some(state)));
    }
    assert_eq!(differences(&before, &Store::in_memory().unwrap()), unseen(None));
    before.run(|connection| connection.execute("UPDATE observation SET unit = NULL", [])).unwrap();
    let mut after = Store::in_memory().unwrap();
    scan_services(&mut after, "01B", 0, &[]);
    assert_eq!(differences(&before, &after), [("api".to_owned(), Change::Unseen { list: None, state: None })]);
}

#[test]
fn one_inventory_that_went_on_knows_what_is_gone_and_what_came_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| camino::Utf8PathBuf::from_path_buf(folder.path().join(name)).unwrap();
    let mut store = Store::in_memory().unwrap();
    let mut moments = Vec::new();
    for (number, names) in [&["api", "web"][..], &["web"], &["api", "web"]].iter().enumerate() {
        scan_services(&mut store, &format!("01{number}"), number as i64 * 100, names);
        let mut moment = Store::open(&file(&format!("{number}.db"))).unwrap();
        moment.import(exported(&store).as_bytes()).unwrap();
        moments.push(moment);
    }
    assert_eq!(differences(&moments[0], &moments[1]), [("api".to_owned(), Change::Gone)]);
    assert_eq!(differences(&moments[1], &moments[2]), [("api".to_owned(), Change::Added)]);
    assert_eq!(differences(&moments[0], &moments[2]), []);
}

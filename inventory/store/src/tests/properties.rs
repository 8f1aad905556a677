//! Whatever an inventory holds, it travels whole.

use super::linking::look;
use super::travelling::{HEADER, imported};
use super::*;
use crate::{ImportError, domain, write};
use caravan_inventory::{
    Confidence, Direction, Domain, DomainRequest, Edge, EdgeKind, Evidence, Hostname, Question, QuestionId,
};
use proptest::prelude::*;
use serde_json::Value;

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
    ("\\PC{0,9}", 0..ObservationKind::ALL.len(), place.clone(), place, time(), time(), body()).prop_map(
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
    (prop::collection::vec(observation(), 0..9), prop::collection::vec(link, 0..9), any::<u32>())
        .prop_map(|(observations, links, found)| Anything { observations, links, found })
}

fn build(anything: &Anything) -> Store {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["services"]);
    let record = PageRecord { found: anything.found.into(), ..page(&work[0], anything.observations.clone()) };
    store.record_page(&record).unwrap();
    store.finish_scan(&ScanId::new("01A"), at(9)).unwrap();
    if anything.observations.is_empty() {
        return store;
    }
    for (name, number, kind, text) in &anything.links {
        let seen = anything.observations[number % anything.observations.len()].id.clone();
        let workload = Workload {
            account: text.clone().map(AccountId::new),
            ..workload(name, WorkloadKind::ALL[kind % WorkloadKind::ALL.len()], vec![seen.clone(), seen.clone()])
        };
        let edge = Edge {
            from: workload.id.to_string(),
            to: text.clone().unwrap_or_default(),
            kind: EdgeKind::ALL[kind % EdgeKind::ALL.len()],
            confidence: Confidence::ALL[kind % Confidence::ALL.len()],
            direction: Direction::ALL.get(kind % (Direction::ALL.len() + 1)).copied(),
            evidence: Evidence { observation: seen.clone(), path: name.clone() },
        };
        let domain = Domain {
            name: Hostname::new(name.clone()),
            customer: text.clone(),
            target: Some(name.clone()),
            observation: text.as_ref().map(|_| seen),
            request: text
                .as_ref()
                .map(|text| DomainRequest { contact: Some(text.clone()), ..DomainRequest::default() }),
            inspection: text.as_ref().map(|text| look(7, text)),
        };
        let question = Question {
            id: QuestionId::new(format!("owner/{name}")),
            workload: workload.id.clone(),
            text: name.clone(),
            options: text.iter().cloned().collect(),
            assumed: text.clone(),
            rests_on: None,
        };
        store.run(|connection| write::workload(connection, &workload)).unwrap();
        store.run(|connection| write::edge(connection, &edge)).unwrap();
        store.run(|connection| domain::write(connection, &domain)).unwrap();
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

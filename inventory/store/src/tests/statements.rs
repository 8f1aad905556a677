//! Every statement fits the schema.

use crate::{Store, domain, sql};

#[test]
fn every_statement_prepares_against_the_migrated_schema() {
    let store = Store::in_memory().unwrap();
    for (name, text) in sql::ALL.iter().chain(domain::ALL) {
        if let Err(error) = store.connection.prepare(text) {
            panic!("{name}: {error}");
        }
    }
    assert!(sql::ALL.len() > 50);
}

#[test]
fn every_table_is_strict_and_holds_foreign_keys() {
    let store = Store::in_memory().unwrap();
    let count = |sql: &str| store.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let tables = count("SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    assert!(tables > 0);
    assert_eq!(count("SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND strict = 1"), tables);
    assert_eq!(count("PRAGMA foreign_keys"), 1);
    assert_eq!(count("PRAGMA user_version"), crate::migrate::NEWEST);
    assert_eq!(count("PRAGMA application_id"), crate::migrate::APPLICATION);
}

/// The reads that grow with an estate go by an index.
#[test]
fn large_reads_use_an_index() {
    let store = Store::in_memory().unwrap();
    for name in ["PENDING_WORK", "MARK_GONE", "OBSERVATIONS_BY_KIND", "EDGES_FROM", "EDGES_TO", "WORKLOADS_WITH"] {
        let text = sql::ALL.iter().find(|(known, _)| *known == name).unwrap().1;
        let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let values = vec![rusqlite::types::Null; statement.parameter_count()];
        let plan: Vec<String> = statement
            .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(!plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE")), "{name}: {plan:?}");
    }
}

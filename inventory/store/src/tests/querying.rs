//! Queries against real databases: what they find, and that nothing in them is ever a part of a statement.

use super::*;
use crate::{LinkScope, WorkloadFilter, query};
use caravan_inventory::{
    Comparison, Confidence, Edge, EdgeKind, Evidence, Operator, Query, QueryField, UNKNOWN_COVERAGE, UNKNOWN_GOVERNOR,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a workload of the tests is like.
#[derive(Clone, Debug)]
struct Like {
    name: String,
    kind: WorkloadKind,
    team: String,
    account: Option<String>,
    body: serde_json::Value,
    needs: Vec<String>,
    /// The tools that have it in their keeping.
    governed: Vec<&'static str>,
    /// The state of the list that it was seen in; none where an import did not say.
    list: Option<UnitState>,
}

impl Like {
    fn id(&self, number: usize) -> String {
        format!("{}/{}", self.kind.as_str(), number)
    }

    /// What a query is held against: the meaning of each field, said anew without a database.
    fn fits(&self, number: usize, query: &Query) -> bool {
        match query {
            Query::All(parts) => parts.iter().all(|part| self.fits(number, part)),
            Query::Any(parts) => parts.iter().any(|part| self.fits(number, part)),
            Query::Not(inner) => !self.fits(number, inner),
            Query::Is(Comparison { field, operator, value }) => {
                let value = value.as_str();
                let holds = |text: &str| match operator {
                    Operator::Equal | Operator::NotEqual => text == value,
                    Operator::Contains | Operator::ContainsNot => {
                        text.to_ascii_lowercase().contains(&value.to_ascii_lowercase())
                    }
                };
                let positive = match field {
                    QueryField::Id => holds(&self.id(number)),
                    QueryField::Kind => holds(self.kind.as_str()),
                    QueryField::Name => holds(&self.name),
                    QueryField::Team => holds(&self.team),
                    QueryField::Environment => holds("prod"),
                    QueryField::Provider => holds(self.kind.provider().as_str()),
                    QueryField::Account => holds(self.account.as_deref().unwrap_or_default()),
                    QueryField::Region => holds("eu-central-1"),
                    QueryField::Coverage => holds(self.list.map_or(UNKNOWN_COVERAGE, UnitState::as_str)),
                    QueryField::Needs => self.needs.iter().any(|target| holds(target)),
                    QueryField::Governed if self.governed.is_empty() => holds(UNKNOWN_GOVERNOR),
                    QueryField::Governed => self.governed.iter().any(|tool| holds(tool)),
                    QueryField::Text => holds(&self.id(number)) || holds(&self.name) || any_leaf(&self.body, &holds),
                };
                positive != matches!(operator, Operator::NotEqual | Operator::ContainsNot)
            }
        }
    }
}

fn any_leaf(value: &serde_json::Value, holds: &impl Fn(&str) -> bool) -> bool {
    match value {
        serde_json::Value::Object(fields) => fields.iter().any(|(key, value)| holds(key) || any_leaf(value, holds)),
        serde_json::Value::Array(items) => items.iter().any(|item| any_leaf(item, holds)),
        serde_json::Value::String(text) => holds(text),
        serde_json::Value::Number(number) => holds(&number.to_string()),
        _ => false,
    }
}

/// An inventory of these. Each has an account of its own where it has one, so that no other's list is of its account.
fn store_of(likes: &[Like]) -> Store {
    let mut store = Store::in_memory().unwrap();
    let unit = |number: usize| format!("list/{number}");
    let units: Vec<String> = (0..likes.len()).map(unit).collect();
    let mut new = NewScan {
        id: ScanId::new("01A"),
        began: at(0),
        selection: json!({}),
        units: units.iter().map(|id| partial(id)).collect(),
        work: units.iter().map(|id| read(id, id)).collect(),
    };
    new.units.iter_mut().for_each(|new| {
        new.unit.account = None;
        new.unit.provider = Provider::Files;
    });
    let work = store.begin_scan(&new).unwrap();
    for (number, like) in likes.iter().enumerate() {
        let seen = Observation { body: like.body.clone(), ..service(&number.to_string(), 1) };
        store.record_page(&page(&work[number], vec![seen.clone()])).unwrap();
        let set = "UPDATE unit SET state = ?2 WHERE id = ?1";
        let forget = "UPDATE observation SET unit = NULL WHERE id = ?1";
        store
            .run(|connection| match like.list {
                Some(state) => connection.execute(set, [unit(number).as_str(), state.as_str()]),
                None => connection.execute(forget, [seen.id.as_str()]),
            })
            .unwrap();
    }
    let links = store.replace_links(LinkScope { kinds: &[], domains: false }).unwrap();
    for (number, like) in likes.iter().enumerate() {
        let part = ObservationId::new(format!("ecs.service/111122223333/eu-central-1/{number}"));
        let id = WorkloadId::new(like.id(number));
        links
            .workload(&Workload {
                id: id.clone(),
                name: like.name.clone(),
                team: TeamName::new(like.team.clone()),
                account: like.account.clone().map(AccountId::new),
                ..workload("", like.kind, vec![part.clone()])
            })
            .unwrap();
        let needs = like.needs.iter().map(|target| (id.to_string(), target.clone(), EdgeKind::Calls));
        let governors =
            like.governed.iter().map(|tool| (part.to_string(), format!("{tool}:x#y"), EdgeKind::GovernedBy));
        for (from, to, kind) in needs.chain(governors) {
            let evidence = Evidence { observation: part.clone(), path: String::new() };
            let confidence = Confidence::Stated;
            links.edge(&Edge { from, to, kind, confidence, direction: None, evidence }).unwrap();
        }
    }
    links.commit().unwrap();
    store
}

fn found(store: &Store, query: &Query) -> Vec<String> {
    let filter = WorkloadFilter { query: Some(query.clone()), ..Default::default() };
    let mut ids: Vec<String> =
        store.workloads(&filter, None, 1_000).unwrap().into_iter().map(|found| found.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn a_query_finds_what_it_means() {
    let like = |name: &str, kind, body| Like {
        name: name.to_owned(),
        kind,
        team: "shop".to_owned(),
        account: Some("111122223333".to_owned()),
        body,
        needs: vec!["sqs:arn:aws:sqs:eu-central-1:111122223333:orders".to_owned()],
        governed: vec!["terraform"],
        list: Some(UnitState::Complete),
    };
    let store = store_of(&[
        like("api", WorkloadKind::Ecs, json!({"environment": [{"name": "DB", "value": "MongoDB://db"}]})),
        Like {
            list: Some(UnitState::Denied),
            governed: vec!["terraform", "cloudformation"],
            ..like("web", WorkloadKind::Ecs, json!({"mongo": true, "port": 8080}))
        },
        Like {
            account: None,
            needs: vec![],
            governed: vec![],
            list: None,
            ..like("edge", WorkloadKind::Worker, json!(null))
        },
    ]);
    for (text, ids) in [
        ("kind=ecs and team=shop and coverage!=complete and text~\"mongo\"", &["ecs/1"][..]),
        ("text~mongo", &["ecs/0", "ecs/1"]),
        ("text~mongodb://DB", &["ecs/0"]),
        ("text~8080", &["ecs/1"]),
        ("text~'\"value\":'", &[]),
        ("text!~mongo and provider=cloudflare", &["worker/2"]),
        ("coverage=unknown or coverage=denied", &["ecs/1", "worker/2"]),
        ("account=\"\"", &["worker/2"]),
        ("account!=111122223333", &["worker/2"]),
        ("needs~:orders and name!=api", &["ecs/1"]),
        ("not needs~:orders", &["worker/2"]),
        ("governed=terraform and name!=api", &["ecs/1"]),
        ("governed=cloudformation", &["ecs/1"]),
        ("governed=unknown", &["worker/2"]),
        ("governed!=cloudformation", &["ecs/0", "worker/2"]),
        ("name~P", &["ecs/0"]),
        ("name=%", &[]),
        ("name~_", &[]),
        ("", &["ecs/0", "ecs/1", "worker/2"]),
    ] {
        assert_eq!(found(&store, &Query::parse(text).unwrap()), ids, "{text}");
    }
}

#[test]
fn a_list_of_the_account_that_failed_is_the_coverage_of_all_that_runs_there() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["api"]);
    let links = store.replace_links(LinkScope { kinds: &[], domains: false }).unwrap();
    links.workload(&workload("api", WorkloadKind::Ecs, vec![service("api", 0).id])).unwrap();
    links.commit().unwrap();
    let is = |store: &Store, state: &str| found(store, &Query::parse(&format!("coverage={state}")).unwrap()).len() == 1;
    assert!(is(&store, "complete"));
    let insert = "INSERT INTO unit (scan, id, provider, account, region, api, state, found)
        VALUES ('01A', ?1, ?2, ?3, ?4, 'x', ?5, 0)";
    for (id, provider, account, region, state, expected) in [
        ("elsewhere", "aws", "111122223333", "eu-west-1", "failed", "complete"),
        ("other", "aws", "444455556666", "eu-central-1", "failed", "complete"),
        ("namesake", "cloudflare", "111122223333", "global", "failed", "complete"),
        ("not asked for", "aws", "111122223333", "eu-central-1", "skipped", "complete"),
        ("beside it", "aws", "111122223333", "eu-central-1", "throttled", "throttled"),
        ("everywhere", "aws", "111122223333", "global", "denied", "denied"),
    ] {
        store.run(|connection| connection.execute(insert, [id, provider, account, region, state])).unwrap();
        assert!(is(&store, expected), "{id}");
    }
}

#[test]
fn the_longest_and_deepest_queries_are_compiled_to_what_sqlite_takes() {
    let store = store_of(&[]);
    let chain = |part: &str, word: &str| vec![part; 64].join(word);
    for text in [
        chain("id=a", " or "),
        chain("text~a", " and "),
        chain("coverage=denied", " or "),
        chain("provider=aws", " and "),
        format!("{}needs~a", "not ".repeat(64)),
        format!("{}text~a{}", "(coverage=failed or ".repeat(63), ")".repeat(63)),
        format!("text~\"{}\"", "\\\"".repeat(2_000)),
    ] {
        assert_eq!(found(&store, &Query::parse(&text).unwrap()), Vec::<String>::new());
    }
}

/// Texts that would be something else than a text if they ever came into a statement, and others.
fn text() -> impl Strategy<Value = String> {
    const HOSTILE: &[&str] = &[
        "'",
        "''",
        "\"",
        "';--",
        "' OR '1'='1",
        "'; DROP TABLE workload; --",
        "?1",
        ":id",
        "@a",
        "$1",
        "%",
        "_",
        "\\",
        "*",
        "/*",
        "--",
        "NULL",
        "x'00'",
        "a",
        "A",
        "ab",
        "",
        "ä",
        "shop",
        "\u{1f}",
    ];
    prop_oneof![prop::sample::select(HOSTILE).prop_map(str::to_owned), "[a-cA-C'\"?]{0,3}", "[^\\x00]{0,6}"]
}

fn like() -> impl Strategy<Value = Like> {
    let kind = prop::sample::select(WorkloadKind::ALL);
    let list = prop::option::of(prop::sample::select(UnitState::ALL));
    let body = prop_oneof![
        text().prop_map(|value| json!({ "value": value })),
        (text(), any::<i32>()).prop_map(|(key, number)| json!([{ key: number }, true, null])),
    ];
    let needs = prop::collection::vec(text(), 0..3);
    let governed = prop::sample::subsequence(vec!["terraform", "cloudformation"], 0..=2);
    (text(), kind, text(), prop::option::of(text()), body, needs, governed, list).prop_map(
        |(name, kind, team, account, body, needs, governed, list)| Like {
            name,
            kind,
            team,
            account,
            body,
            needs,
            governed,
            list,
        },
    )
}

fn comparison() -> impl Strategy<Value = Query> {
    (prop::sample::select(QueryField::ALL), prop::sample::select(Operator::ALL), text(), any::<prop::sample::Index>())
        .prop_map(|(field, operator, text, index)| {
            let words = field.words();
            let value = words.as_ref().map_or(text, |words| words[index.index(words.len())].to_owned());
            let operator = match operator {
                Operator::Contains if words.is_some() => Operator::Equal,
                Operator::ContainsNot if words.is_some() => Operator::NotEqual,
                Operator::Equal if field.is_searched() || value.is_empty() && operator.is_part() => Operator::Contains,
                Operator::NotEqual if field.is_searched() => Operator::ContainsNot,
                other => other,
            };
            let value = if operator.is_part() && value.is_empty() { "a".to_owned() } else { value };
            Query::Is(Comparison { field, operator, value })
        })
}

fn any_query() -> impl Strategy<Value = Query> {
    comparison().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::Any),
            inner.prop_map(|query| Query::Not(Box::new(query))),
        ]
    })
}

/// The same query with another value in every place that is free.
fn with_other_values(query: &Query) -> Query {
    match query {
        Query::All(parts) => Query::All(parts.iter().map(with_other_values).collect()),
        Query::Any(parts) => Query::Any(parts.iter().map(with_other_values).collect()),
        Query::Not(inner) => Query::Not(Box::new(with_other_values(inner))),
        Query::Is(comparison) => {
            Query::Is(Comparison { value: "'; DROP TABLE workload; --".to_owned(), ..comparison.clone() })
        }
    }
}

/// What every row of every table is, as one text.
fn content(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    for table in ["workload", "part", "edge", "observation", "unit", "scan"] {
        let mut statement = store.connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| {
            Ok((0..width).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect::<Vec<_>>().join(","))
        });
        tables.insert(table.to_owned(), rows.unwrap().map(Result::unwrap).collect());
    }
    tables
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// The database's answer is the one that the meaning of the query gives, whatever stands in values.
    #[test]
    fn a_query_finds_exactly_what_its_meaning_says(likes in prop::collection::vec(like(), 0..6), query in any_query()) {
        let store = store_of(&likes);
        let before = content(&store);
        let mut expected: Vec<String> = (0..)
            .zip(&likes)
            .filter(|(number, like)| like.fits(*number, &query))
            .map(|(number, like)| like.id(number))
            .collect();
        expected.sort();
        prop_assert_eq!(found(&store, &query), expected, "{}", query);
        prop_assert_eq!(content(&store), before);
    }

    /// No value is a part of the statement: another value is the same statement.
    #[test]
    fn a_value_never_reaches_the_text_of_a_statement(query in any_query()) {
        prop_assert_eq!(query::compile(&query).sql, query::compile(&with_other_values(&query)).sql);
    }

    /// A query that is written down is read as the same one.
    #[test]
    fn a_query_reads_as_it_was_written(query in any_query()) {
        prop_assert_eq!(Query::parse(&query.to_string()), Ok(query));
    }

    /// Whatever is given, it is a query or an error within the text.
    #[test]
    fn any_text_is_a_query_or_an_error_with_a_place(text in "[a-z=!~() \"'\\\\äand]{0,24}|.{0,24}") {
        if let Err(error) = Query::parse(&text) {
            prop_assert!(error.at <= text.chars().count());
        }
    }
}

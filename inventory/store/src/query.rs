//! A query as a condition of SQL. Every value of it is bound; the text of the condition is made of what stands in this file
//! alone, so that no query can be anything but a condition.

use crate::sql;
use caravan_inventory::{
    Comparison, EdgeKind, ObservationKind, Query, QueryField, Region, UNKNOWN_COVERAGE, UNKNOWN_GOVERNOR, UnitState,
    WorkloadKind,
};

/// How many values [`sql::WORKLOADS`] has of its own.
const OWN_VALUES: usize = 5;

/// A statement that reads a page of workloads, and the values that it binds after its own.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) sql: String,
    pub(crate) values: Vec<String>,
}

/// Compiles a query.
pub(crate) fn compile(query: &Query) -> Compiled {
    let mut values = Values(Vec::new());
    let condition = condition(query, &mut values);
    let lists = if query.is_about(QueryField::Coverage) { lists() } else { String::new() };
    let sql = format!("{lists}{} AND ({condition}) {}", sql::WORKLOADS_FITTING, sql::WORKLOADS_PAGE);
    Compiled { sql, values: values.0 }
}

/// The values so far.
struct Values(Vec<String>);

impl Values {
    /// Binds one more: the parameter that stands for it.
    fn bind(&mut self, value: String) -> String {
        self.0.push(value);
        format!("?{}", OWN_VALUES + self.0.len())
    }
}

fn condition(query: &Query, values: &mut Values) -> String {
    match query {
        Query::All(parts) => joined(parts, " AND ", "TRUE", values),
        Query::Any(parts) => joined(parts, " OR ", "FALSE", values),
        Query::Not(inner) => format!("NOT ({})", condition(inner, values)),
        Query::Is(comparison) => of_comparison(comparison, values),
    }
}

fn joined(parts: &[Query], word: &str, of_none: &str, values: &mut Values) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("({})", condition(part, values))).collect();
    if parts.is_empty() { of_none.to_owned() } else { parts.join(word) }
}

fn of_comparison(comparison: &Comparison, values: &mut Values) -> String {
    let Comparison { field, operator, value } = comparison;
    let is_part = operator.is_part();
    let bound = values.bind(value.clone());
    let test = |column: &str| match is_part {
        true => format!("instr(lower({column}), lower({bound})) > 0"),
        false => format!("{column} = {bound}"),
    };
    let positive = match field {
        QueryField::Id => test("workload.id"),
        QueryField::Kind => test("workload.kind"),
        QueryField::Name => test("workload.name"),
        QueryField::Team => test("workload.team"),
        QueryField::Environment => test("workload.environment"),
        QueryField::Account => test("coalesce(workload.account, '')"),
        QueryField::Region => test("coalesce(workload.region, '')"),
        QueryField::Provider => test(&provider()),
        QueryField::Coverage => test(&coverage()),
        QueryField::Needs => {
            format!("EXISTS (SELECT 1 FROM edge WHERE edge.source = workload.id AND {})", test("edge.target"))
        }
        QueryField::Governed => governed(test),
        QueryField::Text => {
            let written = values.bind(in_json(value));
            format!("{} OR {} OR {}", test("workload.id"), test("workload.name"), observed(&written, test))
        }
    };
    if operator.is_negative() { format!("NOT ({positive})") } else { positive }
}

/// Whether what keeps a part of a workload is like that, one that it shares with nobody. What stands before the first `:` of a
/// governor's id is the tool.
fn governed(test: impl Fn(&str) -> String) -> String {
    let shared = ObservationKind::ALL.iter().filter(|kind| kind.is_shared_part());
    let shared: Vec<String> = shared.map(|kind| format!("'{}'", kind.as_str())).collect();
    let keeper = format!(
        "FROM part JOIN edge ON edge.source = part.observation JOIN observation ON observation.id = part.observation
        WHERE part.workload = workload.id AND edge.kind = '{}' AND observation.kind NOT IN ({})",
        EdgeKind::GovernedBy.as_str(),
        shared.join(", ")
    );
    format!(
        "EXISTS (SELECT 1 {keeper} AND {}) OR (NOT EXISTS (SELECT 1 {keeper}) AND {})",
        test("substr(edge.target, 1, instr(edge.target, ':') - 1)"),
        test(&format!("'{UNKNOWN_GOVERNOR}'"))
    )
}

/// Whether anything that was observed of a workload has a key or a value like that. The body as a whole is looked at first:
/// taking it apart costs more.
fn observed(written: &str, test: impl Fn(&str) -> String) -> String {
    format!(
        "EXISTS (SELECT 1 FROM part JOIN observation ON observation.id = part.observation, json_tree(observation.body) AS leaf
        WHERE part.workload = workload.id AND instr(lower(observation.body), lower({written})) > 0
        AND ((typeof(leaf.key) = 'text' AND {}) OR (leaf.type IN ('text', 'integer', 'real') AND {})))",
        test("leaf.key"),
        test("leaf.atom")
    )
}

/// A text as it stands within a text of JSON.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

/// The provider of a workload, by its kind.
fn provider() -> String {
    let cases: String = WorkloadKind::ALL
        .iter()
        .map(|kind| format!(" WHEN '{}' THEN '{}'", kind.as_str(), kind.provider().as_str()))
        .collect();
    format!("CASE workload.kind{cases} END")
}

/// From the least bad state of a list to the worst. A list that was not asked for takes nothing from one that was.
const BY_BADNESS: [UnitState; 6] = [
    UnitState::Skipped,
    UnitState::Complete,
    UnitState::Partial,
    UnitState::Throttled,
    UnitState::Denied,
    UnitState::Failed,
];

/// The tables that [`coverage`] looks into: how bad each list is, and each account and region.
fn lists() -> String {
    let latest = sql::LATEST_UNITS;
    let cases: String =
        (0..).zip(BY_BADNESS).map(|(badness, state)| format!(" WHEN '{}' THEN {badness}", state.as_str())).collect();
    format!(
        "WITH list AS MATERIALIZED (SELECT id, provider, account, region, CASE state{cases} END AS badness FROM ({latest})),
        place AS MATERIALIZED (SELECT provider, account, region, max(badness) AS badness FROM list
            WHERE account IS NOT NULL GROUP BY provider, account, region) "
    )
}

/// The worst state of the lists that a workload was seen in, and of all others of its account and region.
fn coverage() -> String {
    let cases: String =
        (0..).zip(BY_BADNESS).map(|(badness, state)| format!(" WHEN {badness} THEN '{}'", state.as_str())).collect();
    format!(
        "coalesce((SELECT CASE max(badness){cases} END FROM (
            SELECT place.badness FROM place WHERE place.provider = {} AND place.account = workload.account
                AND place.region IN (workload.region, '{}')
            UNION ALL SELECT list.badness FROM part JOIN observation ON observation.id = part.observation
                JOIN list ON list.id = observation.unit WHERE part.workload = workload.id
        )), '{UNKNOWN_COVERAGE}')",
        provider(),
        Region::GLOBAL
    )
}

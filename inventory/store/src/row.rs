//! Rows as the model's values, and back.

use crate::scan::{Scan, ScanState, Sighting, WorkId, WorkItem};
use caravan_inventory::{
    AccountId, Confidence, Direction, Edge, EdgeKind, EnvironmentName, Evidence, Observation, ObservationId,
    ObservationKind, Provider, Question, QuestionId, Region, ScanId, TeamName, Unit, UnitId, UnitState, Workload,
    WorkloadId, WorkloadKind,
};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};

/// A time as the database holds it: RFC 3339, UTC, nine digits of fraction, so that text order is time order.
pub(crate) fn time_text(time: Timestamp) -> String {
    format!("{time:.9}")
}

/// A text that no value of ours has.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is no {wanted}")]
struct Unreadable {
    text: String,
    wanted: &'static str,
}

/// Reads a column by a function that knows which texts are valid.
pub(crate) fn parsed<T>(
    row: &Row<'_>,
    column: usize,
    wanted: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let text: String = row.get(column)?;
    match parse(&text) {
        Some(value) => Ok(value),
        None => Err(Error::FromSqlConversionFailure(column, Type::Text, Box::new(Unreadable { text, wanted }))),
    }
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    parsed(row, column, "time", |text| text.parse().ok())
}

fn optional_time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    if row.get_ref(column)? == rusqlite::types::ValueRef::Null { Ok(None) } else { time(row, column).map(Some) }
}

pub(crate) fn optional<T>(row: &Row<'_>, column: usize, make: impl FnOnce(String) -> T) -> Result<Option<T>> {
    Ok(row.get::<_, Option<String>>(column)?.map(make))
}

/// A count; the database holds none below zero.
pub(crate) fn count(row: &Row<'_>, column: usize) -> Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(column, number))
}

pub(crate) fn scan(row: &Row<'_>) -> Result<Scan> {
    Ok(Scan {
        id: ScanId::new(row.get::<_, String>(0)?),
        began: time(row, 1)?,
        ended: optional_time(row, 2)?,
        state: parsed(row, 3, "state of a scan", ScanState::parse)?,
        selection: row.get(4)?,
    })
}

pub(crate) fn unit(row: &Row<'_>) -> Result<Unit> {
    Ok(Unit {
        id: UnitId::new(row.get::<_, String>(0)?),
        provider: parsed(row, 1, "provider", Provider::parse)?,
        account: optional(row, 2, AccountId::new)?,
        region: optional(row, 3, Region::new)?,
        api: row.get(4)?,
        state: parsed(row, 5, "state of a unit", UnitState::parse)?,
        found: count(row, 6)?,
        reason: row.get(7)?,
    })
}

pub(crate) fn work(row: &Row<'_>) -> Result<WorkItem> {
    Ok(WorkItem {
        id: WorkId(row.get(0)?),
        scan: ScanId::new(row.get::<_, String>(1)?),
        unit: UnitId::new(row.get::<_, String>(2)?),
        request: row.get(3)?,
        token: row.get(4)?,
    })
}

pub(crate) fn sighting(row: &Row<'_>) -> Result<Sighting> {
    Ok(Sighting {
        observation: Observation {
            id: ObservationId::new(row.get::<_, String>(0)?),
            kind: parsed(row, 1, "kind of observation", ObservationKind::parse)?,
            name: row.get(2)?,
            account: optional(row, 3, AccountId::new)?,
            region: optional(row, 4, Region::new)?,
            api: row.get(5)?,
            first_seen: time(row, 6)?,
            last_seen: time(row, 7)?,
            body: row.get(8)?,
        },
        gone_at: optional_time(row, 9)?,
        unit: optional(row, 10, UnitId::new)?,
        scan: optional(row, 11, ScanId::new)?,
    })
}

/// A workload whose parts are yet to be read.
pub(crate) fn workload(row: &Row<'_>) -> Result<Workload> {
    Ok(Workload {
        id: WorkloadId::new(row.get::<_, String>(0)?),
        kind: parsed(row, 1, "kind of workload", WorkloadKind::parse)?,
        name: row.get(2)?,
        team: TeamName::new(row.get::<_, String>(3)?),
        environment: EnvironmentName::new(row.get::<_, String>(4)?),
        account: optional(row, 5, AccountId::new)?,
        region: optional(row, 6, Region::new)?,
        parts: Vec::new(),
    })
}

pub(crate) fn edge(row: &Row<'_>) -> Result<Edge> {
    Ok(Edge {
        from: row.get(0)?,
        to: row.get(1)?,
        kind: parsed(row, 2, "kind of edge", EdgeKind::parse)?,
        confidence: parsed(row, 3, "confidence", Confidence::parse)?,
        evidence: Evidence { observation: ObservationId::new(row.get::<_, String>(4)?), path: row.get(5)? },
        direction: match row.get_ref(6)? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(parsed(row, 6, "direction", Direction::parse)?),
        },
    })
}

pub(crate) fn question(row: &Row<'_>) -> Result<Question> {
    Ok(Question {
        id: QuestionId::new(row.get::<_, String>(0)?),
        workload: WorkloadId::new(row.get::<_, String>(1)?),
        text: row.get(2)?,
        options: parsed(row, 3, "list of options", |text| serde_json::from_str(text).ok())?,
        assumed: row.get(4)?,
        rests_on: None,
    })
}

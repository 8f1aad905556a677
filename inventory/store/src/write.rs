//! One row of each kind. Transactions are the callers' matter.

use crate::row::time_text;
use crate::scan::{NewUnit, NewWork, Scan, Sighting, WorkId, WorkItem};
use crate::sql;
use caravan_inventory::{AccountId, Direction, Edge, Observation, Question, Region, ScanId, Unit, UnitId, Workload};
use rusqlite::{Connection, OptionalExtension, Result, ToSql, params};

/// Runs one cached statement; says how many rows it changed.
pub(crate) fn execute(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<usize> {
    connection.prepare_cached(sql)?.execute(values)
}

/// A count as a column; SQLite has no unsigned integers.
pub(crate) fn count(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Writes a unit by one of `sql::INSERT_UNIT` and `sql::UPSERT_UNIT`.
pub(crate) fn unit(connection: &Connection, sql: &str, scan: &ScanId, unit: &Unit) -> Result<()> {
    connection.prepare_cached(sql)?.execute(params![
        scan.as_str(),
        unit.id.as_str(),
        unit.provider.as_str(),
        unit.account.as_ref().map(AccountId::as_str),
        unit.region.as_ref().map(Region::as_str),
        unit.api,
        unit.state.as_str(),
        count(unit.found)?,
        unit.reason,
    ])?;
    Ok(())
}

/// Adds units that the scan does not have yet, and what they depend on.
pub(crate) fn new_units(connection: &Connection, scan: &ScanId, units: &[NewUnit]) -> Result<()> {
    for new in units {
        unit(connection, sql::INSERT_UNIT, scan, &new.unit)?;
        for source in &new.fed_by {
            feed(connection, scan, &new.unit.id, source)?;
        }
    }
    Ok(())
}

/// Records that `target` is only complete when `source` is.
pub(crate) fn feed(connection: &Connection, scan: &ScanId, target: &UnitId, source: &UnitId) -> Result<()> {
    execute(connection, sql::INSERT_FEED, &[&scan.as_str(), &target.as_str(), &source.as_str()]).map(drop)
}

/// Adds reads; gives back those that the scan did not have.
pub(crate) fn new_work(connection: &Connection, scan: &ScanId, work: &[NewWork]) -> Result<Vec<WorkItem>> {
    let mut insert = connection.prepare_cached(sql::INSERT_WORK)?;
    let mut added = Vec::with_capacity(work.len());
    for new in work {
        let row = params![scan.as_str(), new.unit.as_str(), new.request];
        if let Some(number) = insert.query_row(row, |row| row.get(0)).optional()? {
            added.push(WorkItem {
                id: WorkId(number),
                scan: scan.clone(),
                unit: new.unit.clone(),
                request: new.request.clone(),
                token: None,
            });
        }
    }
    Ok(added)
}

/// Records that a unit of a scan saw something.
pub(crate) fn seen(connection: &Connection, seen: &Observation, unit: &UnitId, scan: &ScanId) -> Result<()> {
    let by = By { unit: Some(unit.as_str()), scan: Some(scan.as_str()), gone_at: None };
    observation(connection, sql::SEE, seen, &by)
}

/// Takes in what another inventory saw, unless this one saw it later.
pub(crate) fn imported_sighting(connection: &Connection, sighting: &Sighting) -> Result<()> {
    let by = By {
        unit: sighting.unit.as_ref().map(UnitId::as_str),
        scan: sighting.scan.as_ref().map(ScanId::as_str),
        gone_at: sighting.gone_at.map(time_text),
    };
    observation(connection, sql::IMPORT_SIGHTING, &sighting.observation, &by)
}

/// Who saw an observation last, as columns.
struct By<'a> {
    unit: Option<&'a str>,
    scan: Option<&'a str>,
    gone_at: Option<String>,
}

fn observation(connection: &Connection, sql: &str, seen: &Observation, by: &By<'_>) -> Result<()> {
    connection.prepare_cached(sql)?.execute(params![
        seen.id.as_str(),
        seen.kind.as_str(),
        seen.name,
        seen.account.as_ref().map(AccountId::as_str),
        seen.region.as_ref().map(Region::as_str),
        seen.api,
        time_text(seen.first_seen),
        time_text(seen.last_seen),
        by.gone_at,
        by.unit,
        by.scan,
        seen.body.to_string(),
    ])?;
    Ok(())
}

/// Writes a scan over what is there.
pub(crate) fn scan(connection: &Connection, scan: &Scan) -> Result<()> {
    connection.prepare_cached(sql::UPSERT_SCAN)?.execute(params![
        scan.id.as_str(),
        time_text(scan.began),
        scan.ended.map(time_text),
        scan.state.as_str(),
        scan.selection.to_string(),
    ])?;
    Ok(())
}

/// Writes a workload and its parts over what is there.
pub(crate) fn workload(connection: &Connection, workload: &Workload) -> Result<()> {
    let id = workload.id.as_str();
    connection.prepare_cached(sql::UPSERT_WORKLOAD)?.execute(params![
        id,
        workload.kind.as_str(),
        workload.name,
        workload.team.as_str(),
        workload.environment.as_str(),
        workload.account.as_ref().map(AccountId::as_str),
        workload.region.as_ref().map(Region::as_str),
    ])?;
    execute(connection, sql::DROP_PARTS, &[&id])?;
    let mut insert = connection.prepare_cached(sql::INSERT_PART)?;
    for (position, part) in (0_i64..).zip(&workload.parts) {
        insert.execute(params![id, position, part.as_str()])?;
    }
    Ok(())
}

/// Writes an edge over what is there.
pub(crate) fn edge(connection: &Connection, edge: &Edge) -> Result<()> {
    connection.prepare_cached(sql::UPSERT_EDGE)?.execute(params![
        edge.from,
        edge.to,
        edge.kind.as_str(),
        edge.evidence.observation.as_str(),
        edge.evidence.path,
        edge.confidence.as_str(),
        edge.direction.map(Direction::as_str),
    ])?;
    Ok(())
}

/// Writes a question over what is there.
pub(crate) fn question(connection: &Connection, question: &Question) -> Result<()> {
    let options = serde_json::Value::from(question.options.clone()).to_string();
    connection.prepare_cached(sql::UPSERT_QUESTION)?.execute(params![
        question.id.as_str(),
        question.workload.as_str(),
        question.text,
        options,
        question.assumed,
    ])?;
    Ok(())
}

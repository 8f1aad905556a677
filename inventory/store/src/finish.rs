//! The end of a scan: which units were enumerated completely, and what they no longer found.

use crate::row::{self, time_text};
use crate::scan::ScanOutcome;
use crate::{Store, StoreError, sql};
use caravan_inventory::{Coverage, ScanId, Unit, UnitId, UnitState};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

impl Store {
    /// Ends a scan. A partial unit becomes complete when none of its reads is left to make and every unit that feeds it
    /// is complete; else it stays partial, with the reason. What a complete unit saw before and not in this scan is
    /// marked as gone at `ended`; no other unit marks anything (D2).
    ///
    /// [`crate::Links::finish_scan`] does the same within a relinking, so that a kill cannot come between the two.
    ///
    /// # Errors
    /// [`StoreError::NotRunning`], and those of writing.
    pub fn finish_scan(&mut self, scan: &ScanId, ended: Timestamp) -> Result<ScanOutcome, StoreError> {
        self.expect_running(scan)?;
        self.transaction(|connection| finish(connection, scan, ended))
    }
}

/// Ends a scan within the transaction of the caller.
pub(crate) fn finish(connection: &Connection, scan: &ScanId, ended: Timestamp) -> rusqlite::Result<ScanOutcome> {
    let units = settle(read_ledger(connection, scan)?);
    let mut gone = 0;
    for unit in &units {
        let values = params![scan.as_str(), unit.id.as_str(), unit.state.as_str(), unit.reason];
        connection.prepare_cached(sql::SET_UNIT_STATE)?.execute(values)?;
        if unit.state == UnitState::Complete {
            let values = params![unit.id.as_str(), scan.as_str(), time_text(ended)];
            gone += connection.prepare_cached(sql::MARK_GONE)?.execute(values)?;
        }
    }
    connection.prepare_cached(sql::DROP_WORK)?.execute([scan.as_str()])?;
    connection.prepare_cached(sql::DROP_FEEDS)?.execute([scan.as_str()])?;
    connection.prepare_cached(sql::END_SCAN)?.execute([scan.as_str(), &time_text(ended)])?;
    Ok(ScanOutcome { coverage: Coverage::of(units.iter().map(|unit| unit.state)), gone: gone as u64 })
}

/// What the states of a scan's units follow from.
struct Ledger {
    units: BTreeMap<UnitId, Unit>,
    /// Unit and a unit that feeds it.
    feeds: Vec<(UnitId, UnitId)>,
    /// How many reads of a unit were not made; none for zero.
    pending: BTreeMap<UnitId, u64>,
}

fn read_ledger(connection: &Connection, scan: &ScanId) -> rusqlite::Result<Ledger> {
    let scan = [scan.as_str()];
    let name = |row: &rusqlite::Row<'_>, column: usize| row.get::<_, String>(column).map(UnitId::new);
    Ok(Ledger {
        units: connection
            .prepare_cached(sql::UNITS_OF_SCAN)?
            .query_map(scan, |row| row::unit(row).map(|unit| (unit.id.clone(), unit)))?
            .collect::<rusqlite::Result<_>>()?,
        feeds: connection
            .prepare_cached(sql::FEEDS)?
            .query_map(scan, |row| Ok((name(row, 0)?, name(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?,
        pending: connection
            .prepare_cached(sql::PENDING_BY_UNIT)?
            .query_map(scan, |row| Ok((name(row, 0)?, row::count(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?,
    })
}

/// Gives every unit its final state.
fn settle(ledger: Ledger) -> Vec<Unit> {
    let Ledger { mut units, feeds, pending } = ledger;
    let open = [UnitState::Partial, UnitState::Complete];
    for unit in units.values_mut().filter(|unit| open.contains(&unit.state)) {
        if let Some(left) = pending.get(&unit.id) {
            unit.state = UnitState::Partial;
            unit.reason.get_or_insert_with(|| format!("{left} of its reads were not made"));
        } else if unit.reason.is_none() {
            unit.state = UnitState::Complete;
        }
    }
    // What an incomplete list feeds is incomplete, and so is what that feeds. Units may feed each other in a circle.
    let mut changed = true;
    while changed {
        changed = false;
        for (target, source) in &feeds {
            let why = match units.get(source).map(|unit| unit.state) {
                Some(UnitState::Complete) => continue,
                Some(state) => format!("`{source}`, which says what to read here, is {}", state.as_str()),
                None => format!("`{source}`, which says what to read here, was not read"),
            };
            if let Some(unit) = units.get_mut(target).filter(|unit| unit.state == UnitState::Complete) {
                unit.state = UnitState::Partial;
                unit.reason = Some(why);
                changed = true;
            }
        }
    }
    units.into_values().collect()
}

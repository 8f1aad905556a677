//! A scan from its first read to its last: each step is one transaction (D4).

use crate::read::rows_at_most;
use crate::row::{self, time_text};
use crate::scan::{NewScan, NewUnit, NewWork, PageRecord, Scan, ScanState, WorkId, WorkItem};
use crate::{Store, StoreError, sql, write};
use caravan_inventory::{ScanId, UnitId, UnitState};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

impl Store {
    /// Begins a scan with its first units and reads. Scans that were not finished are given up: they stay in the
    /// ledger as abandoned, with the states that their units had, and mark nothing as gone.
    ///
    /// # Errors
    /// Those of writing; [`StoreError::Dangling`] when a read is for a unit that is not named.
    pub fn begin_scan(&mut self, new: &NewScan) -> Result<Vec<WorkItem>, StoreError> {
        self.transaction(|connection| {
            abandon_scans(connection, new.began)?;
            let values = params![new.id.as_str(), time_text(new.began), new.selection.to_string()];
            connection.prepare_cached(sql::INSERT_SCAN)?.execute(values)?;
            write::new_units(connection, &new.id, &new.units)?;
            write::new_work(connection, &new.id, &new.work)
        })
    }

    /// The scan that was begun and not finished, if there is one.
    ///
    /// # Errors
    /// Those of reading.
    pub fn unfinished_scan(&self) -> Result<Option<Scan>, StoreError> {
        self.run(|connection| connection.prepare_cached(sql::RUNNING_SCAN)?.query_row([], row::scan).optional())
    }

    /// Adds units and reads to a running scan, for what is not known when it begins. Gives back the reads that are new.
    ///
    /// # Errors
    /// [`StoreError::NotRunning`], and as [`Store::begin_scan`].
    pub fn add_work(
        &mut self,
        scan: &ScanId,
        units: &[NewUnit],
        work: &[NewWork],
    ) -> Result<Vec<WorkItem>, StoreError> {
        self.expect_running(scan)?;
        self.transaction(|connection| {
            write::new_units(connection, scan, units)?;
            write::new_work(connection, scan, work)
        })
    }

    /// At most `limit` reads that are yet to be made, in the order they were asked for, from after `after` on.
    /// What another task is just reading is among them until its page is recorded.
    ///
    /// # Errors
    /// Those of reading.
    pub fn pending_work(
        &self,
        scan: &ScanId,
        after: Option<WorkId>,
        limit: usize,
    ) -> Result<Vec<WorkItem>, StoreError> {
        let after = after.map_or(0, |id| id.0);
        self.run(|connection| {
            connection
                .prepare_cached(sql::PENDING_WORK)?
                .query_map(params![scan.as_str(), after, rows_at_most(limit)], row::work)?
                .collect()
        })
    }

    /// Records one page: what it showed, the units and reads that it makes necessary, and how far its read came.
    /// When it returns, a kill loses nothing of the page. Gives back what is to be read now because of it: the same
    /// read with its next token first, then the reads that the scan did not have.
    ///
    /// # Errors
    /// [`StoreError::NotPending`] when that very page was recorded already; [`StoreError::Dangling`] when a read is for
    /// a unit that the scan doesn't have; those of writing. Then nothing of the page is recorded.
    pub fn record_page(&mut self, page: &PageRecord) -> Result<Vec<WorkItem>, StoreError> {
        let work = &page.work;
        let recorded = self.transaction(|connection| {
            if !move_on(connection, page)? {
                return Ok(None);
            }
            connection.prepare_cached(sql::ADD_FOUND)?.execute(params![
                work.scan.as_str(),
                work.unit.as_str(),
                write::count(page.found)?
            ])?;
            for observation in &page.observations {
                write::seen(connection, observation, &work.unit, &work.scan)?;
            }
            write::new_units(connection, &work.scan, &page.units)?;
            for new in &page.follow_up {
                if new.unit != work.unit {
                    write::feed(connection, &work.scan, &new.unit, &work.unit)?;
                }
            }
            write::new_work(connection, &work.scan, &page.follow_up).map(Some)
        })?;
        let added = recorded.ok_or_else(|| self.not_pending(work))?;
        let continued = page.next.clone().map(|token| WorkItem { token: Some(token), ..work.clone() });
        Ok(continued.into_iter().chain(added).collect())
    }

    /// Records that a read gave no page and will give none in this scan: its unit ends in `state`, with the reason.
    /// Other reads of the unit are made all the same (D5).
    ///
    /// # Errors
    /// [`StoreError::NotPending`], and those of writing.
    pub fn fail_work(&mut self, work: &WorkItem, state: UnitState, reason: &str) -> Result<(), StoreError> {
        let failed = self.transaction(|connection| {
            let pending = finish_work(connection, work)?;
            if pending {
                set_state(connection, &work.scan, &work.unit, state, Some(reason))?;
            }
            Ok(pending)
        })?;
        if failed { Ok(()) } else { Err(self.not_pending(work)) }
    }

    /// Sends a read back to its first page, for a token that is no longer accepted. What its pages counted is taken
    /// back; what they showed stays. Gives back the read as it is to be made.
    ///
    /// # Errors
    /// [`StoreError::NotPending`], and those of writing.
    pub fn restart_work(&mut self, work: &WorkItem) -> Result<WorkItem, StoreError> {
        let restarted = self.transaction(|connection| {
            let values = params![work.id.0, work.scan.as_str(), work.token];
            let pending = connection.prepare_cached(sql::RESTART_UNIT)?.execute(values)? > 0;
            connection.prepare_cached(sql::RESTART_WORK)?.execute(values)?;
            Ok(pending)
        })?;
        if restarted { Ok(WorkItem { token: None, ..work.clone() }) } else { Err(self.not_pending(work)) }
    }

    /// Sets a unit's state, for what no single read can say: all of an account is denied, a region was not asked for.
    /// A unit that is left `Partial` becomes complete by itself when its reads are done (see [`Store::finish_scan`]).
    ///
    /// # Errors
    /// [`StoreError::NotRunning`], [`StoreError::UnknownUnit`], and those of writing.
    pub fn set_unit_state(
        &mut self,
        scan: &ScanId,
        unit: &UnitId,
        state: UnitState,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        self.expect_running(scan)?;
        if self.transaction(|connection| set_state(connection, scan, unit, state, reason))? {
            return Ok(());
        }
        Err(StoreError::UnknownUnit { file: self.file.clone(), unit: unit.clone() })
    }

    /// Runs a transaction: all of it or nothing.
    pub(crate) fn transaction<T>(
        &mut self,
        statements: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        // Immediate: a transaction that reads first and writes later would fail at once, without waiting, when
        // another process wrote in between.
        let run = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = statements(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run(&mut self.connection).map_err(|source| StoreError::of(&self.file, source))
    }

    /// Fails unless the scan is running.
    pub(crate) fn expect_running(&self, scan: &ScanId) -> Result<(), StoreError> {
        match self.unfinished_scan()? {
            Some(running) if running.id == *scan && running.state == ScanState::Running => Ok(()),
            _ => Err(StoreError::NotRunning { file: self.file.clone(), scan: scan.clone() }),
        }
    }

    fn not_pending(&self, work: &WorkItem) -> StoreError {
        StoreError::NotPending { file: self.file.clone(), unit: work.unit.clone() }
    }
}

fn abandon_scans(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    write::execute(connection, sql::ABANDON_SCANS, &[&time_text(now)])?;
    write::execute(connection, sql::DROP_ALL_WORK, &[])?;
    write::execute(connection, sql::DROP_ALL_FEEDS, &[]).map(drop)
}

fn set_state(
    connection: &Connection,
    scan: &ScanId,
    unit: &UnitId,
    state: UnitState,
    reason: Option<&str>,
) -> rusqlite::Result<bool> {
    let values = params![scan.as_str(), unit.as_str(), state.as_str(), reason];
    Ok(connection.prepare_cached(sql::SET_UNIT_STATE)?.execute(values)? > 0)
}

/// Moves a read to its next page, or ends it. False when it does not stand where the page was read from.
fn move_on(connection: &Connection, page: &PageRecord) -> rusqlite::Result<bool> {
    let work = &page.work;
    match &page.next {
        None => finish_work(connection, work),
        Some(next) => {
            let values = params![work.id.0, work.scan.as_str(), work.token, next, write::count(page.found)?];
            Ok(connection.prepare_cached(sql::ADVANCE_WORK)?.execute(values)? > 0)
        }
    }
}

fn finish_work(connection: &Connection, work: &WorkItem) -> rusqlite::Result<bool> {
    let values = params![work.id.0, work.scan.as_str(), work.token];
    Ok(connection.prepare_cached(sql::FINISH_WORK)?.execute(values)? > 0)
}

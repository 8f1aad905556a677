//! What was found: by id, by page, or one by one to a visitor. Nothing here reads a whole estate into memory.

use crate::scan::{Scan, Sighting};
use crate::{Store, StoreError, domain, query, row, sql};
use caravan_inventory::{
    AccountId, Coverage, Domain, Edge, EdgeKind, Hostname, Observation, ObservationId, ObservationKind, Query,
    Question, QuestionId, Region, ScanId, TeamName, Unit, Workload, WorkloadId, WorkloadKind,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, ToSql, params, params_from_iter};

/// Which workloads are wanted: those that fit all that is given.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WorkloadFilter {
    /// Of this kind.
    pub kind: Option<WorkloadKind>,
    /// Of this team.
    pub team: Option<TeamName>,
    /// Of this account.
    pub account: Option<AccountId>,
    /// Those that a query means.
    pub query: Option<Query>,
}

/// An account and a region; none where the source does not say.
type ListLocation = (Option<AccountId>, Option<Region>);

/// Scans and coverage.
impl Store {
    /// Every scan, oldest first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn scans(&self) -> Result<Vec<Scan>, StoreError> {
        self.rows(sql::SCANS, [], row::scan)
    }

    /// The scan that began last, however it stands.
    ///
    /// # Errors
    /// Those of reading.
    pub fn latest_scan(&self) -> Result<Option<Scan>, StoreError> {
        self.row(sql::LATEST_SCAN, [], row::scan)
    }

    /// The units of one scan, sorted by id.
    ///
    /// # Errors
    /// Those of reading.
    pub fn units(&self, scan: &ScanId) -> Result<Vec<Unit>, StoreError> {
        self.rows(sql::UNITS_OF_SCAN, [scan.as_str()], row::unit)
    }

    /// Every unit as the latest scan that asked for it left it, sorted by id: what the inventory as a whole rests on,
    /// since a scan of files says nothing about the accounts that were scanned before it.
    ///
    /// # Errors
    /// Those of reading.
    pub fn latest_units(&self) -> Result<Vec<Unit>, StoreError> {
        self.rows(sql::LATEST_UNITS, [], row::unit)
    }

    /// The states of [`Store::latest_units`], counted.
    ///
    /// # Errors
    /// Those of reading.
    pub fn coverage(&self) -> Result<Coverage, StoreError> {
        Ok(Coverage::of(self.latest_units()?.iter().map(|unit| unit.state)))
    }
}

/// Observations.
impl Store {
    /// An observation, also one that is gone.
    ///
    /// # Errors
    /// Those of reading.
    pub fn observation(&self, id: &ObservationId) -> Result<Option<Observation>, StoreError> {
        Ok(self.sighting(id)?.map(|sighting| sighting.observation))
    }

    /// An observation with who saw it last, and whether it is gone.
    ///
    /// # Errors
    /// Those of reading.
    pub fn sighting(&self, id: &ObservationId) -> Result<Option<Sighting>, StoreError> {
        self.row(sql::OBSERVATION, [id.as_str()], row::sighting)
    }

    /// The parts of a workload as they are recorded under its id, in the order of its parts: the deciding one first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn observations_of(&self, workload: &Workload) -> Result<Vec<Observation>, StoreError> {
        self.rows(sql::OBSERVATIONS_OF, [workload.id.as_str()], |row| Ok(row::sighting(row)?.observation))
    }

    /// Shows every observation of a kind that is not gone to `visit`, sorted by id; of one account or region if given.
    /// The visitor may read the store and, in [`crate::Links`], write to it.
    ///
    /// # Errors
    /// Those of reading, and the visitor's own, which end it.
    pub fn observations_by_kind<E: From<StoreError>>(
        &self,
        kind: ObservationKind,
        account: Option<&AccountId>,
        region: Option<&Region>,
        mut visit: impl FnMut(Observation) -> Result<(), E>,
    ) -> Result<(), E> {
        let values = params![kind.as_str(), account.map(AccountId::as_str), region.map(Region::as_str)];
        self.each(sql::OBSERVATIONS_BY_KIND, values, row::sighting, |sighting| visit(sighting.observation))
    }
}

/// How many there are.
impl Store {
    /// How many observations are not gone.
    ///
    /// # Errors
    /// Those of reading.
    pub fn observation_count(&self) -> Result<u64, StoreError> {
        Ok(self.row(sql::OBSERVATION_COUNT, [], |row| row::count(row, 0))?.unwrap_or_default())
    }

    /// Every account and region that has observations which are not gone, sorted, those without either first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn observation_locations(&self) -> Result<Vec<ListLocation>, StoreError> {
        self.rows(sql::OBSERVATION_LOCATIONS, [], |row| {
            let account: Option<String> = row.get(0)?;
            let region: Option<String> = row.get(1)?;
            Ok((account.map(AccountId::new), region.map(Region::new)))
        })
    }

    /// How many workloads there are.
    ///
    /// # Errors
    /// Those of reading.
    pub fn workload_count(&self) -> Result<u64, StoreError> {
        Ok(self.row(sql::WORKLOAD_COUNT, [], |row| row::count(row, 0))?.unwrap_or_default())
    }
}

/// Workloads, edges, domains and questions.
impl Store {
    /// A workload.
    ///
    /// # Errors
    /// Those of reading.
    pub fn workload(&self, id: &WorkloadId) -> Result<Option<Workload>, StoreError> {
        self.run(|connection| {
            connection.prepare_cached(sql::WORKLOAD)?.query_row([id.as_str()], row::workload).optional()?.map_or(
                Ok(None),
                |mut workload| {
                    read_parts(connection, &mut workload)?;
                    Ok(Some(workload))
                },
            )
        })
    }

    /// At most `limit` workloads that fit the filter, sorted by id, from after `after` on. The next page begins after the
    /// last of these; fewer than `limit` are the last page.
    ///
    /// # Errors
    /// Those of reading.
    pub fn workloads(
        &self,
        filter: &WorkloadFilter,
        after: Option<&WorkloadId>,
        limit: usize,
    ) -> Result<Vec<Workload>, StoreError> {
        let mut workloads = self.fitting(filter, after, limit, row::workload)?;
        self.run(|connection| workloads.iter_mut().try_for_each(|workload| read_parts(connection, workload)))?;
        Ok(workloads)
    }

    /// The ids of all workloads that fit the filter, sorted: with them a list knows how long it is, and reads only the rows that
    /// are looked at.
    ///
    /// # Errors
    /// Those of reading.
    pub fn workload_ids(&self, filter: &WorkloadFilter) -> Result<Vec<WorkloadId>, StoreError> {
        self.fitting(filter, None, usize::MAX, |row| row.get::<_, String>(0).map(WorkloadId::new))
    }

    /// A number that is another one once another connection has written to the inventory.
    ///
    /// # Errors
    /// Those of reading.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.row(sql::DATA_VERSION, [], |row| row.get(0))?.unwrap_or_default())
    }

    fn fitting<T>(
        &self,
        filter: &WorkloadFilter,
        after: Option<&WorkloadId>,
        limit: usize,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let own = params![
            filter.kind.map(WorkloadKind::as_str),
            filter.team.as_ref().map(TeamName::as_str),
            filter.account.as_ref().map(AccountId::as_str),
            after.map_or("", WorkloadId::as_str),
            rows_at_most(limit),
        ];
        match &filter.query {
            None => self.rows(sql::WORKLOADS, own, read),
            Some(query) => {
                let query::Compiled { sql, values } = query::compile(query);
                let bound = values.iter().map(|value| value as &dyn ToSql);
                self.rows(&sql, params_from_iter(own.iter().copied().chain(bound)), read)
            }
        }
    }

    /// The workloads that an observation is part of, sorted.
    ///
    /// # Errors
    /// Those of reading.
    pub fn workloads_with(&self, part: &ObservationId) -> Result<Vec<WorkloadId>, StoreError> {
        self.rows(sql::WORKLOADS_WITH, [part.as_str()], |row| row.get::<_, String>(0).map(WorkloadId::new))
    }

    /// What a workload, an observation or an outside thing needs.
    ///
    /// # Errors
    /// Those of reading.
    pub fn edges_from(&self, id: &str) -> Result<Vec<Edge>, StoreError> {
        self.rows(sql::EDGES_FROM, [id], row::edge)
    }

    /// What needs a workload, an observation or an outside thing.
    ///
    /// # Errors
    /// Those of reading.
    pub fn edges_to(&self, id: &str) -> Result<Vec<Edge>, StoreError> {
        self.rows(sql::EDGES_TO, [id], row::edge)
    }

    /// Every edge of a kind, sorted by its ends.
    ///
    /// # Errors
    /// Those of reading.
    pub fn edges_of_kind(&self, kind: EdgeKind) -> Result<Vec<Edge>, StoreError> {
        self.rows(sql::EDGES_OF_KIND, [kind.as_str()], row::edge)
    }

    /// Shows every edge to `visit`, sorted by its ends.
    ///
    /// # Errors
    /// Those of reading, and the visitor's own, which end it.
    pub fn each_edge<E: From<StoreError>>(&self, visit: impl FnMut(Edge) -> Result<(), E>) -> Result<(), E> {
        self.each(sql::EDGES, [], row::edge, visit)
    }

    /// At most `limit` domains, sorted by name, from after `after` on.
    ///
    /// # Errors
    /// Those of reading.
    pub fn domains(&self, after: Option<&Hostname>, limit: usize) -> Result<Vec<Domain>, StoreError> {
        self.rows(domain::PAGE, params![after.map_or("", Hostname::as_str), rows_at_most(limit)], domain::read)
    }

    /// At most `limit` of the questions that linking raised, sorted by id, from after `after` on.
    ///
    /// # Errors
    /// Those of reading.
    pub fn questions(&self, after: Option<&QuestionId>, limit: usize) -> Result<Vec<Question>, StoreError> {
        self.rows(sql::QUESTIONS, params![after.map_or("", QuestionId::as_str), rows_at_most(limit)], row::question)
    }

    /// The questions that linking raised about one workload, sorted by id.
    ///
    /// # Errors
    /// Those of reading.
    pub fn questions_of(&self, workload: &WorkloadId) -> Result<Vec<Question>, StoreError> {
        self.rows(sql::QUESTIONS_OF, [workload.as_str()], row::question)
    }
}

/// How rows are read.
impl Store {
    pub(crate) fn row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.run(|connection| connection.prepare_cached(sql)?.query_row(values, read).optional())
    }

    fn rows<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.run(|connection| connection.prepare_cached(sql)?.query_map(values, read)?.collect())
    }

    /// Shows each row to a visitor, one in memory at a time.
    pub(crate) fn each<T, E: From<StoreError>>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        mut visit: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let fail = |source| E::from(StoreError::of(&self.file, source));
        let mut statement = self.connection.prepare_cached(sql).map_err(fail)?;
        let mut rows = statement.query(values).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            visit(read(row).map_err(fail)?)?;
        }
        Ok(())
    }
}

/// A limit as a column.
pub(crate) fn rows_at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn read_parts(connection: &Connection, workload: &mut Workload) -> rusqlite::Result<()> {
    workload.parts = connection
        .prepare_cached(sql::PARTS)?
        .query_map([workload.id.as_str()], |row| row.get::<_, String>(0).map(ObservationId::new))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(())
}

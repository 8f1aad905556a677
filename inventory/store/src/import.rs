//! An export, read strictly: all of it or nothing.

use crate::record::{Header, Record};
use crate::scan::{Scan, Sighting};
use crate::{EXPORT_SCHEMA, Store, StoreError, TIMELESS_SCHEMA, domain, sql, write};
use rusqlite::Connection;
use std::io::{BufRead, Read};

/// The longest line that is read, in bytes. The largest answers of AWS are a few MiB; this is far above them and far
/// below what hurts.
const LONGEST_LINE: u64 = 64 << 20;

/// How many records of each kind were read.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Imported {
    /// Scans.
    pub scans: u64,
    /// Units.
    pub units: u64,
    /// Observations.
    pub observations: u64,
    /// Workloads.
    pub workloads: u64,
    /// Edges.
    pub edges: u64,
    /// Domains.
    pub domains: u64,
    /// Questions.
    pub questions: u64,
}

/// An import that failed. Nothing of it was taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A scan is not finished; an import would pull the ledger from under it.
    #[error("scan {scan} is not finished; run `caravan discover --resume` first")]
    ScanRunning {
        /// The scan.
        scan: caravan_inventory::ScanId,
    },
    /// A line can't be taken. Lines are counted from 1.
    #[error("line {line}: {problem}; nothing was imported")]
    Line {
        /// The number of the line, from 1.
        line: u64,
        /// What is wrong with it.
        #[source]
        problem: ImportProblem,
    },
    /// The inventory can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum ImportProblem {
    /// The input does not give it.
    #[error("it cannot be read")]
    Read(#[source] std::io::Error),
    /// It never ends.
    #[error("it is longer than 64 MiB")]
    TooLong,
    /// There is no first line.
    #[error("the file is empty; an export begins with `{{\"schema\":\"{EXPORT_SCHEMA}\"}}`")]
    Empty,
    /// The first line is another.
    #[error("this is no export; an export begins with `{{\"schema\":\"{EXPORT_SCHEMA}\"}}`")]
    NotAnExport,
    /// It was written to be compared.
    #[error("this export has no times, it can only be compared; export again without `--no-times`")]
    WithoutTimes,
    /// A newer Caravan wrote it.
    #[error("the export has format `{schema}`, and this caravan reads `{EXPORT_SCHEMA}`; use a newer caravan")]
    Newer {
        /// The format found.
        schema: String,
    },
    /// It is no record: cut short, not JSON, an unknown or missing key, or nested too deep.
    #[error("it is no record of an export")]
    Record(#[source] serde_json::Error),
    /// It refers to what neither an earlier line nor the inventory holds.
    #[error("it refers to something that no line before it holds")]
    Dangling,
}

impl Store {
    /// Takes in an export, in one transaction, line by line. Into an empty inventory, it becomes equal to the exported
    /// one. Into one with content, each record takes the place of the one with the same id, except that an observation
    /// which was seen later here stays as it is; what the export does not name stays. A record may only refer to what
    /// stands before it: the order of an export is scans, units, observations, workloads, edges, domains, questions.
    ///
    /// # Errors
    /// [`ImportError`]; then nothing was taken.
    pub fn import(&mut self, input: impl BufRead) -> Result<Imported, ImportError> {
        if let Some(scan) = self.unfinished_scan()? {
            return Err(ImportError::ScanRunning { scan: scan.id });
        }
        let fail = |source| StoreError::of(&self.file, source);
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let imported = import_lines(&transaction, &mut Lines { input, number: 0, bytes: Vec::new() }, fail)?;
        transaction.commit().map_err(fail)?;
        Ok(imported)
    }
}

fn import_lines(
    connection: &Connection,
    lines: &mut Lines<impl BufRead>,
    fail: impl Fn(rusqlite::Error) -> StoreError,
) -> Result<Imported, ImportError> {
    read_header(lines)?;
    let mut imported = Imported::default();
    while lines.next()? {
        let record =
            serde_json::from_slice(&lines.bytes).map_err(|error| lines.refuse(ImportProblem::Record(error)))?;
        take(connection, record, &mut imported).map_err(|source| match fail(source) {
            StoreError::Dangling { .. } => lines.refuse(ImportProblem::Dangling),
            other => other.into(),
        })?;
    }
    Ok(imported)
}

fn read_header(lines: &mut Lines<impl BufRead>) -> Result<(), ImportError> {
    if !lines.next()? {
        lines.number = 1;
        return Err(lines.refuse(ImportProblem::Empty));
    }
    let schema = serde_json::from_slice::<Header>(&lines.bytes).map(|header| header.schema).unwrap_or_default();
    if schema == EXPORT_SCHEMA {
        return Ok(());
    }
    let version = schema.strip_prefix("caravan.export/v").and_then(|version| version.parse::<u32>().ok());
    Err(lines.refuse(match version {
        Some(2..) => ImportProblem::Newer { schema },
        _ if schema == TIMELESS_SCHEMA => ImportProblem::WithoutTimes,
        _ => ImportProblem::NotAnExport,
    }))
}

fn take(connection: &Connection, record: Record, imported: &mut Imported) -> rusqlite::Result<()> {
    match record {
        Record::Scan(scan) => {
            imported.scans += 1;
            write::scan(connection, &Scan::from(scan))
        }
        Record::Unit(unit) => {
            imported.units += 1;
            let (scan, unit) = unit.split();
            write::unit(connection, sql::UPSERT_UNIT, &scan, &unit)
        }
        Record::Observation(observation) => {
            imported.observations += 1;
            write::imported_sighting(connection, &Sighting::from(observation))
        }
        Record::Workload(workload) => {
            imported.workloads += 1;
            write::workload(connection, &workload)
        }
        Record::Edge(edge) => {
            imported.edges += 1;
            write::edge(connection, &edge)
        }
        Record::Domain(domain) => {
            imported.domains += 1;
            domain::write(connection, &domain)
        }
        Record::Question(question) => {
            imported.questions += 1;
            write::question(connection, &question)
        }
    }
}

/// The lines of the input, one at a time and never more of it in memory.
struct Lines<R> {
    input: R,
    number: u64,
    bytes: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Reads the next line, without its end, into `bytes`; false when there is none.
    fn next(&mut self) -> Result<bool, ImportError> {
        self.bytes.clear();
        self.number += 1;
        let read = (&mut self.input).take(LONGEST_LINE + 1).read_until(b'\n', &mut self.bytes);
        if let Err(error) = read {
            return Err(self.refuse(ImportProblem::Read(error)));
        }
        if self.bytes.last() == Some(&b'\n') {
            self.bytes.pop();
            return Ok(true);
        }
        if self.bytes.len() as u64 > LONGEST_LINE {
            return Err(self.refuse(ImportProblem::TooLong));
        }
        Ok(!self.bytes.is_empty())
    }

    const fn refuse(&self, problem: ImportProblem) -> ImportError {
        ImportError::Line { line: self.number, problem }
    }
}

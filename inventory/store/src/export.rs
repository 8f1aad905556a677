//! The inventory as lines of JSON in a fixed order.

use crate::record::{Header, ObservationRecord, Record, ScanRecord, UnitRecord, timeless};
use crate::{Store, StoreError, row, sql};
use caravan_inventory::{Hostname, QuestionId, ScanId, WorkloadId};
use std::io::Write;

/// The format that [`Store::export`] writes and [`Store::import`] reads.
pub const EXPORT_SCHEMA: &str = "caravan.export/v1";

/// The format that [`Store::export_without_times`] writes. Nothing reads it: it is to be compared.
pub const TIMELESS_SCHEMA: &str = "caravan.export-without-times/v1";

/// How many rows are held at once while exporting.
const PAGE: usize = 1_000;

/// An export that failed. What was written so far is not a whole export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The inventory can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The output does not take it.
    #[error("the export could not be written")]
    Write(#[source] std::io::Error),
}

impl Store {
    /// Writes the whole inventory as JSON Lines. Equal content gives equal bytes. Reads of a running scan stay behind,
    /// and it is exported as abandoned. It is the inventory of one moment, whoever writes to it meanwhile.
    ///
    /// # Errors
    /// Those of reading, and those of `out`.
    pub fn export(&self, out: &mut impl Write) -> Result<(), ExportError> {
        self.export_as(out, EXPORT_SCHEMA, |record, _| serde_json::to_vec(&record))
    }

    /// The same without what two scans of the same estate say differently, so that their exports are equal, byte for byte:
    /// no times, scans by their number instead of their id, `gone` instead of the time when a thing was gone.
    ///
    /// # Errors
    /// Those of [`Store::export`].
    pub fn export_without_times(&self, out: &mut impl Write) -> Result<(), ExportError> {
        self.export_as(out, TIMELESS_SCHEMA, |record, scans| serde_json::to_vec(&timeless(&record, scans)?))
    }

    fn export_as(
        &self,
        out: &mut impl Write,
        schema: &str,
        written: impl Fn(Record, &[ScanId]) -> serde_json::Result<Vec<u8>>,
    ) -> Result<(), ExportError> {
        // One transaction, so that all statements see the same moment.
        let moment = self.run(rusqlite::Connection::unchecked_transaction)?;
        let header = serde_json::to_vec(&Header { schema: schema.to_owned() });
        line(out, header)?;
        let scans: Vec<ScanId> = self.scans()?.into_iter().map(|scan| scan.id).collect();
        self.each_record(|record| line(out, written(record, &scans)))?;
        drop(moment);
        out.flush().map_err(ExportError::Write)
    }

    /// Visits every record in the order of an export.
    fn each_record(&self, mut visit: impl FnMut(Record) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let scans = self.scans()?;
        for scan in &scans {
            visit(Record::Scan(ScanRecord::from(scan.clone())))?;
        }
        for scan in scans {
            for unit in self.units(&scan.id)? {
                visit(Record::Unit(UnitRecord::new(scan.id.clone(), unit)))?;
            }
        }
        self.each(sql::OBSERVATIONS, [], row::sighting, |sighting| {
            visit(Record::Observation(ObservationRecord::from(sighting)))
        })?;
        self.each_workload(&mut visit)?;
        self.each_edge(|edge| visit(Record::Edge(edge)))?;
        self.each_domain(&mut visit)?;
        self.each_question(&mut visit)
    }

    fn each_workload(&self, visit: &mut impl FnMut(Record) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let mut after: Option<WorkloadId> = None;
        loop {
            let page = self.workloads(&crate::WorkloadFilter::default(), after.as_ref(), PAGE)?;
            after = page.last().map(|workload| workload.id.clone());
            if after.is_none() {
                return Ok(());
            }
            page.into_iter().try_for_each(|workload| visit(Record::Workload(workload)))?;
        }
    }

    fn each_domain(&self, visit: &mut impl FnMut(Record) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let mut after: Option<Hostname> = None;
        loop {
            let page = self.domains(after.as_ref(), PAGE)?;
            after = page.last().map(|domain| domain.name.clone());
            if after.is_none() {
                return Ok(());
            }
            page.into_iter().try_for_each(|domain| visit(Record::Domain(Box::new(domain))))?;
        }
    }

    fn each_question(&self, visit: &mut impl FnMut(Record) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let mut after: Option<QuestionId> = None;
        loop {
            let page = self.questions(after.as_ref(), PAGE)?;
            after = page.last().map(|question| question.id.clone());
            if after.is_none() {
                return Ok(());
            }
            page.into_iter().try_for_each(|question| visit(Record::Question(question)))?;
        }
    }
}

fn line(out: &mut impl Write, written: serde_json::Result<Vec<u8>>) -> Result<(), ExportError> {
    let mut bytes = written.map_err(|error| ExportError::Write(error.into()))?;
    bytes.push(b'\n');
    out.write_all(&bytes).map_err(ExportError::Write)
}

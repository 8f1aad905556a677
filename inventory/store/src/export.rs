//! The inventory as lines of JSON in a fixed order.

use crate::record::{Header, ObservationRecord, Record, ScanRecord, UnitRecord};
use crate::{Store, StoreError, row, sql};
use caravan_inventory::{Hostname, QuestionId, WorkloadId};
use serde::Serialize;
use std::io::Write;

/// The format that [`Store::export`] writes and [`Store::import`] reads.
pub const EXPORT_SCHEMA: &str = "caravan.export/v1";

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
        // One transaction, so that all statements see the same moment.
        let moment = self.run(rusqlite::Connection::unchecked_transaction)?;
        line(out, &Header { schema: EXPORT_SCHEMA.to_owned() })?;
        self.export_scans(out)?;
        self.each(sql::OBSERVATIONS, [], row::sighting, |sighting| {
            line(out, &Record::Observation(ObservationRecord::from(sighting)))
        })?;
        self.export_workloads(out)?;
        self.each_edge(|edge| line(out, &Record::Edge(edge)))?;
        self.export_domains(out)?;
        self.export_questions(out)?;
        drop(moment);
        out.flush().map_err(ExportError::Write)
    }

    fn export_scans(&self, out: &mut impl Write) -> Result<(), ExportError> {
        let scans = self.scans()?;
        for scan in &scans {
            line(out, &Record::Scan(ScanRecord::from(scan.clone())))?;
        }
        for scan in scans {
            for unit in self.units(&scan.id)? {
                line(out, &Record::Unit(UnitRecord::new(scan.id.clone(), unit)))?;
            }
        }
        Ok(())
    }

    fn export_workloads(&self, out: &mut impl Write) -> Result<(), ExportError> {
        let mut after: Option<WorkloadId> = None;
        loop {
            let page = self.workloads(&crate::WorkloadFilter::default(), after.as_ref(), PAGE)?;
            after = page.last().map(|workload| workload.id.clone());
            if after.is_none() {
                return Ok(());
            }
            for workload in page {
                line(out, &Record::Workload(workload))?;
            }
        }
    }

    fn export_domains(&self, out: &mut impl Write) -> Result<(), ExportError> {
        let mut after: Option<Hostname> = None;
        loop {
            let page = self.domains(after.as_ref(), PAGE)?;
            after = page.last().map(|domain| domain.name.clone());
            if after.is_none() {
                return Ok(());
            }
            for domain in page {
                line(out, &Record::Domain(domain))?;
            }
        }
    }

    fn export_questions(&self, out: &mut impl Write) -> Result<(), ExportError> {
        let mut after: Option<QuestionId> = None;
        loop {
            let page = self.questions(after.as_ref(), PAGE)?;
            after = page.last().map(|question| question.id.clone());
            if after.is_none() {
                return Ok(());
            }
            for question in page {
                line(out, &Record::Question(question))?;
            }
        }
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *out, value).map_err(|error| ExportError::Write(error.into()))?;
    out.write_all(b"\n").map_err(ExportError::Write)
}

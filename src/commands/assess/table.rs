//! A line for each workload.

use super::{Counts, each};
use crate::assessing::Assessor;
use crate::error::Failure;
use crate::printer::{Printer, printable};
use crate::table::Table;
use caravan_inventory::WorkloadId;
use caravan_plans::readiness::{Assessment, Severity};

/// The id stands last, so that only an id that is long by itself makes a long line.
pub(super) fn write(
    printer: &Printer,
    assessor: &Assessor<'_>,
    ids: &[WorkloadId],
    counts: &Counts,
) -> Result<(), Failure> {
    let mut rows: Vec<[String; 4]> = Vec::new();
    each(assessor, ids, counts, |workload, assessment| {
        rows.push([
            assessment.verdict.as_str().to_owned(),
            count(assessment, Severity::Blocker),
            count(assessment, Severity::Warning),
            printable(workload.id.as_str()).into_owned(),
        ]);
        Ok(())
    })?;
    printer.text(|out| Table::new(["VERDICT", "B", "W", "ID"]).write_all(out, &rows))
}

fn count(assessment: &Assessment, severity: Severity) -> String {
    assessment.notes.iter().filter(|note| note.severity == severity).count().to_string()
}

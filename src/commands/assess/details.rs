//! Everything about some workloads.

use super::{Counts, each, size};
use crate::assessing::Assessor;
use crate::error::{Failure, FailureKind};
use crate::printer::{Printer, printable};
use crate::wrap::wrapped;
use caravan_inventory::{Workload, WorkloadId};
use caravan_plans::readiness::{Assessment, Note};
use std::io::{self, Write};

/// How many places of a note are shown; the JSON has them all.
const PLACES: usize = 3;

pub(super) fn write(
    printer: &Printer,
    assessor: &Assessor<'_>,
    ids: &[WorkloadId],
    counts: &Counts,
) -> Result<(), Failure> {
    let mut text = Vec::new();
    each(assessor, ids, counts, |workload, assessment| {
        one(&mut text, workload, assessment, printer).map_err(|error| Failure::caused(FailureKind::Work, error))
    })?;
    printer.text(|out| out.write_all(&text))
}

fn one(out: &mut impl Write, workload: &Workload, assessment: &Assessment, printer: &Printer) -> io::Result<()> {
    writeln!(out, "{}", printable(workload.id.as_str()))?;
    let how = assessment.how.map(|how| format!(" ({})", how.as_str())).unwrap_or_default();
    writeln!(out, "  verdict  {}{how}", assessment.verdict.as_str())?;
    for reason in &assessment.reasons {
        lines(out, "           ", reason)?;
    }
    writeln!(out, "  owner    team {}, environment {}", workload.team, workload.environment)?;
    size::write(out, &assessment.size, printer.commands())?;
    assessment.notes.iter().try_for_each(|found| note(out, found, printer))?;
    writeln!(out)
}

fn note(out: &mut impl Write, note: &Note, printer: &Printer) -> io::Result<()> {
    writeln!(out, "  {:<8} {}, for the {}", note.severity.as_str(), note.kind.as_str(), note.who.as_str())?;
    lines(out, "           ", &note.text)?;
    for place in note.evidence.iter().take(PLACES) {
        let (seen, path) = (printable(place.observation.as_str()), printable(&place.path));
        writeln!(out, "{}", format!("           at {seen} {path}").trim_end())?;
    }
    if let Some(more) = note.evidence.len().checked_sub(PLACES).filter(|more| *more > 0) {
        writeln!(out, "           and {more} more places, all of which `--format json` has")?;
    }
    lines(out, "           -> ", &printer.runnable(&note.remedy))
}

/// A sentence over several lines; what follows the first stands below its beginning.
pub(super) fn lines(out: &mut impl Write, begin: &str, text: &str) -> io::Result<()> {
    for (at, line) in wrapped(&printable(text), 80 - begin.len()).into_iter().enumerate() {
        let begin = if at == 0 { begin.to_owned() } else { " ".repeat(begin.len()) };
        writeln!(out, "{begin}{line}")?;
    }
    Ok(())
}

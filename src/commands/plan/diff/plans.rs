//! Two plans of one wave.

use super::DiffArgs;
use crate::commands::plan::show::plan_of;
use crate::error::{Failure, FailureKind, read_text};
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::{Printer, printable};
use crate::waves::Over;
use crate::wrap::wrapped;
use camino::Utf8Path;
use caravan_plans::{FieldChange, PlanDifference, StepState, WavePlan, compare_plans, read_plan};
use serde::Serialize;
use std::io::{self, Write};

/// `caravan.plan-diff/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    wave: &'a str,
    #[serde(flatten)]
    difference: &'a PlanDifference,
}

/// Runs the command, with the text of the earlier plan.
///
/// # Errors
/// When one of the two can't be read or built, or they are of different waves.
pub(super) fn run(global: &Global, printer: &Printer, args: &DiffArgs, before: &str) -> Result<Exit, Failure> {
    let before = read(&args.before, before)?;
    let after = match &args.after {
        Some(path) => read(path, &read_text(path, FailureKind::Work)?)?,
        None => plan_of(global, printer, &before.wave, Some(Over::Inventory))?.0.plan().clone(),
    };
    if before.wave != after.wave {
        let text = format!("{} is of wave {}, the other of wave {}", args.before, before.wave, after.wave);
        return Err(Failure::new(FailureKind::Usage, text).hint("name two plans of one wave"));
    }
    let difference = compare_plans(&before, &after)?;
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.plan-diff/v1", wave: &after.wave, difference: &difference })?;
    } else {
        printer.text(|out| write(out, &difference))?;
    }
    Ok(if args.exit_code && !difference.is_empty() { Exit::Differences } else { Exit::Done })
}

fn read(path: &Utf8Path, text: &str) -> Result<WavePlan, Failure> {
    read_plan(text).map_err(|error| {
        Failure::caused(FailureKind::Usage, error)
            .context(format!("{path} holds no plan"))
            .hint("sealed plans lie in plans/sealed/")
    })
}

fn write(out: &mut impl Write, difference: &PlanDifference) -> io::Result<()> {
    if difference.is_empty() {
        return writeln!(out, "nothing is different");
    }
    if !difference.whole.is_empty() {
        writeln!(out, "the whole plan")?;
        difference.whole.iter().try_for_each(|change| field(out, change))?;
    }
    for step in &difference.steps {
        let state = match step.state {
            StepState::Added => ", only in the later plan",
            StepState::Removed => ", only in the earlier plan",
            StepState::Changed => "",
        };
        writeln!(out, "{}{state}", printable(&step.name))?;
        step.changes.iter().try_for_each(|change| field(out, change))?;
    }
    Ok(())
}

/// As a diff marks it.
fn field(out: &mut impl Write, change: &FieldChange) -> io::Result<()> {
    writeln!(out, "  {}", printable(&change.at))?;
    let marked = change.before.iter().map(|text| ('-', text)).chain(change.after.iter().map(|text| ('+', text)));
    for (mark, text) in marked {
        for (at, line) in wrapped(&printable(text), 74).iter().enumerate() {
            writeln!(out, "    {} {line}", if at == 0 { mark } else { ' ' })?;
        }
    }
    Ok(())
}

//! `caravan plan diff`: two proposals of waves, or two plans of one wave.

mod plans;

use super::draft::proposed_now;
use crate::error::{Failure, FailureKind, read_text};
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::{Printer, printable};
use crate::wrap::wrapped;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_plans::waves::{FrontChange, Place, ProposalChange, ProposalDifference, ProposalRecord, compare};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

const PROPOSAL: &str = "caravan.proposal/v1";

/// What the formats of plans begin with.
const PLAN: &str = "caravan.wave/";

/// Show what became different between two proposals of waves, or between two plans of one wave
///
/// A proposal is what `caravan plan draft --dry-run --format json` prints. Of each workload it says where it was and is,
/// what is said of it now and was not before, and what is not said any more. A plan is a file of plans/sealed/: of each
/// step it says every field that is different.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// The earlier proposal, or sealed plan
    #[arg(value_name = "OLD")]
    before: Utf8PathBuf,
    /// The later one; without it, what would be proposed or sealed now
    #[arg(value_name = "NEW")]
    after: Option<Utf8PathBuf>,
    /// End with 10 when there is any difference
    #[arg(long)]
    exit_code: bool,
}

/// `caravan.proposal-diff/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    #[serde(flatten)]
    difference: &'a ProposalDifference,
}

/// What tells a proposal from any other document.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    schema: String,
}

/// Runs the command.
///
/// # Errors
/// When a proposal can't be read or made.
pub(super) fn run(global: &Global, printer: &Printer, args: &DiffArgs) -> Result<Exit, Failure> {
    let text = read_text(&args.before, FailureKind::Work)?;
    if schema(&text).starts_with(PLAN) {
        return plans::run(global, printer, args, &text);
    }
    let before = read(&args.before, &text)?;
    let after = match &args.after {
        Some(path) => read(path, &read_text(path, FailureKind::Work)?)?,
        None => proposed_now(global)?,
    };
    let difference = compare(&before, &after);
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.proposal-diff/v1", difference: &difference })?;
    } else {
        printer.text(|out| write(out, &difference))?;
    }
    Ok(if args.exit_code && !difference.is_empty() { Exit::Differences } else { Exit::Done })
}

/// What a document says that it is; nothing where it is none.
fn schema(text: &str) -> String {
    serde_json::from_str::<Head>(text).map(|head| head.schema).unwrap_or_default()
}

fn read(path: &Utf8Path, text: &str) -> Result<ProposalRecord, Failure> {
    let failure = |error| {
        Failure::caused(FailureKind::Usage, error)
            .context(format!("{path} holds no proposal of waves"))
            .hint("write one: caravan plan draft --dry-run --format json > proposal.json")
    };
    let head: Head = serde_json::from_str(text).map_err(failure)?;
    if head.schema != PROPOSAL {
        return Err(Failure::new(FailureKind::Usage, format!("{path} is `{}` and not `{PROPOSAL}`", head.schema))
            .hint("write one: caravan plan draft --dry-run --format json > proposal.json"));
    }
    serde_json::from_str(text).map_err(failure)
}

fn write(out: &mut impl Write, difference: &ProposalDifference) -> io::Result<()> {
    if difference.is_empty() {
        return writeln!(out, "nothing is different");
    }
    difference.workloads.iter().try_for_each(|change| workload(out, change))?;
    difference.fronts.iter().try_for_each(|change| front(out, change))
}

fn workload(out: &mut impl Write, change: &ProposalChange) -> io::Result<()> {
    writeln!(out, "{}", printable(change.id.as_str()))?;
    if change.before == change.after {
        writeln!(out, "  {}, as before", printable(&place(&change.after)))?;
    } else {
        let way = format!("{} -> {}", place(&change.before), place(&change.after));
        writeln!(out, "  {}", printable(&way))?;
    }
    said(out, &change.why, &change.no_longer)
}

fn front(out: &mut impl Write, change: &FrontChange) -> io::Result<()> {
    writeln!(out, "{}, what no shift moves", printable(&change.wave))?;
    said(out, &change.left_out, &change.no_longer)
}

fn place(place: &Place) -> String {
    match place {
        Place::Wave { name } => name.clone(),
        Place::LeftOut => "in no wave".to_owned(),
        Place::Absent => "not in the inventory".to_owned(),
    }
}

/// As a diff marks it: `+` is said now, `-` was said before.
fn said(out: &mut impl Write, now: &[String], before: &[String]) -> io::Result<()> {
    let marked = before.iter().map(|text| ('-', text)).chain(now.iter().map(|text| ('+', text)));
    for (mark, text) in marked {
        for (at, line) in wrapped(&printable(text), 74).iter().enumerate() {
            let mark = if at == 0 { mark } else { ' ' };
            writeln!(out, "    {mark} {line}")?;
        }
    }
    Ok(())
}

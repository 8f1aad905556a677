//! `caravan plan move`.

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::wave_edit::{self, Moving};
use caravan_inventory::WorkloadId;
use clap::Args;
use serde::Serialize;
use std::io::Write as _;

/// Moves shifts and hand-overs of workloads from one wave's file to another's, which is made where there is none: a wave is split
/// so, and with --all two are merged into one. Lines go along as they stand, with their comments; nothing else changes, and
/// what was sealed stays as it was: seal both anew. Warnings say under which other settings what moves is now, and what of it
/// would move before what it needs.
#[derive(Args, Debug)]
pub(crate) struct MoveArgs {
    /// The wave that they are in
    #[arg(value_name = "WAVE")]
    from: String,
    /// The wave that they come to
    #[arg(value_name = "TO")]
    to: String,
    /// A workload whose steps move; may be repeated
    #[arg(long, value_name = "ID", required_unless_present = "all")]
    workload: Vec<String>,
    /// Everything moves, and the file of the first wave is taken away
    #[arg(long, conflicts_with = "workload")]
    all: bool,
}

/// `caravan.plan-move/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    from: &'a str,
    to: &'a str,
    /// The files that were written.
    written: Vec<&'a str>,
    /// The files that were taken away.
    removed: Vec<&'a str>,
    /// What is otherwise than before for what moved, and the rules that do not hold any more.
    warnings: &'a [String],
}

pub(super) fn run(global: &Global, printer: &Printer, args: &MoveArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "moving steps between waves")?;
    let MoveArgs { from, to, .. } = args;
    let workloads: Vec<WorkloadId> = args.workload.iter().map(WorkloadId::new).collect();
    let moving = if args.all { Moving::All } else { Moving::Workloads(&workloads) };
    let edit = wave_edit::plan(&global.dir, from, to, &moving)?;
    edit.write(&permit)?;
    let mut warnings = edit.warnings.clone();
    match wave_edit::broken(global, &edit) {
        Ok(broken) => warnings.extend(broken),
        Err(failure) => {
            warnings.push(format!("whether what moved has what it needs is not known: {:#}", failure.error))
        }
    }
    let files = |is_written: bool| edit.files().filter(move |(_, is)| *is == is_written).map(|(path, _)| path.as_str());
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.plan-move/v1",
            from,
            to,
            written: files(true).collect(),
            removed: files(false).collect(),
            warnings: &warnings,
        })?;
    } else {
        printer.text(|out| files(true).try_for_each(|path| writeln!(out, "{path}")))?;
    }
    printer.note(&edit.text);
    warnings.iter().for_each(|warning| printer.warning(warning));
    if files(false).next().is_none() {
        printer.hint(&format!("then: caravan plan seal {from}"));
    }
    printer.hint(&format!("then: caravan plan seal {to}"));
    Ok(Exit::Done)
}

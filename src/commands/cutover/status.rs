//! `caravan cutover status`.

use super::live;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::printer::{Printer, printable};
use crate::table::Table;
use crate::{journal_db, signals};
use caravan_cutover::operator::{Run, RunStatus};
use clap::Args;
use serde::Serialize;

/// Shows where a run stands: each step with the share that it wants and the share that was last seen to stand, and what
/// the run waits for. Without a run it lists all of them, the oldest first.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The run
    #[arg(value_name = "RUN")]
    run: Option<String>,
}

/// `caravan.runs/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    runs: Vec<RunStatus>,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &StatusArgs) -> Result<Exit, Failure> {
    let journal = journal_db::open(&global.dir)?;
    match &args.run {
        Some(name) => {
            let read = async { Ok::<_, Failure>(Run::read(&journal, name).await?.full_status(&journal).await?) };
            let status = signals::block_on(read)??;
            if printer.is_json() {
                printer.json(&status)?;
            } else {
                printer.text(|out| live::write(out, &status))?;
            }
        }
        None => {
            let (statuses, unreadable) = signals::block_on(all(&journal))??;
            list(printer, statuses)?;
            unreadable.iter().for_each(|failure| printer.failure(failure));
            if !unreadable.is_empty() {
                return Ok(Exit::Failed);
            }
        }
    }
    Ok(Exit::Done)
}

/// Every run that can be read, and why the others can't: one damaged run hides no other.
async fn all(journal: &Journal) -> Result<(Vec<RunStatus>, Vec<Failure>), Failure> {
    let (mut statuses, mut unreadable) = (Vec::new(), Vec::new());
    for record in journal.runs().await? {
        let name = record.name.clone();
        let read = async { Ok::<_, Failure>(Run::of(journal, record).await?.full_status(journal).await?) };
        match read.await {
            Ok(status) => statuses.push(status),
            Err(failure) => unreadable.push(failure.context(format!("run {}", printable(&name)))),
        }
    }
    Ok((statuses, unreadable))
}

fn list(printer: &Printer, runs: Vec<RunStatus>) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.json(&Document { schema: "caravan.runs/v1", runs });
    }
    let waits = |status: &RunStatus| status.waiting_for.as_ref().map(ToString::to_string).unwrap_or_default();
    let rows: Vec<[String; 3]> =
        runs.iter().map(|status| [status.run.clone(), status.state.to_string(), waits(status)]).collect();
    printer.text(|out| Table::new(["RUN", "STATE", "WAITS FOR"]).write_all(out, &rows))
}

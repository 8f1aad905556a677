//! `caravan cutover status`.

use super::live;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::{self, Run};
use crate::printer::{Printer, printable};
use crate::signals;
use crate::table::Table;
use caravan_cutover::{Journal, RunStatus, status};
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
            let read = async { status_of(&journal, journal_db::run(&journal, name).await?).await };
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

async fn status_of(journal: &Journal, run: Run) -> Result<RunStatus, Failure> {
    let name = &run.record.name;
    let queued = journal.commands(name).await?;
    let queued = queued.iter().map(|queued| format!("{} by {}", queued.command.as_str(), queued.who)).collect();
    Ok(RunStatus { queued, ..status(name, &run.plan, &run.state) })
}

/// Every run that can be read, and why the others can't: one damaged run hides no other.
async fn all(journal: &Journal) -> Result<(Vec<RunStatus>, Vec<Failure>), Failure> {
    let (mut statuses, mut unreadable) = (Vec::new(), Vec::new());
    for record in journal.runs().await? {
        let read = async { status_of(journal, journal_db::of_record(journal, &record).await?).await };
        match read.await {
            Ok(status) => statuses.push(status),
            Err(failure) => unreadable.push(failure.context(format!("run {}", printable(&record.name)))),
        }
    }
    Ok((statuses, unreadable))
}

fn list(printer: &Printer, runs: Vec<RunStatus>) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.json(&Document { schema: "caravan.runs/v1", runs });
    }
    let rows: Vec<[String; 3]> =
        runs.into_iter().map(|status| [status.run, status.state, status.waiting_for.unwrap_or_default()]).collect();
    printer.text(|out| Table::new(["RUN", "STATE", "WAITS FOR"]).write_all(out, &rows))
}

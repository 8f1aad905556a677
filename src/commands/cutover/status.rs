//! `caravan cutover status`.

use super::live;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use crate::table::Table;
use crate::{journal_db, signals};
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
            let run = signals::block_on(journal_db::run(&journal, name))??;
            let status = status(name, &run.plan, &run.state);
            if printer.is_json() {
                printer.json(&status)?;
            } else {
                printer.text(|out| live::write(out, &status))?;
            }
        }
        None => list(printer, signals::block_on(all(&journal))??)?,
    }
    Ok(Exit::Done)
}

async fn all(journal: &Journal) -> Result<Vec<RunStatus>, Failure> {
    let mut statuses = Vec::new();
    for record in journal.runs().await? {
        let run = journal_db::of_record(journal, &record).await?;
        statuses.push(status(&record.name, &run.plan, &run.state));
    }
    Ok(statuses)
}

fn list(printer: &Printer, runs: Vec<RunStatus>) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.json(&Document { schema: "caravan.runs/v1", runs });
    }
    let rows: Vec<[String; 3]> =
        runs.into_iter().map(|status| [status.run, status.state, status.waiting_for.unwrap_or_default()]).collect();
    printer.text(|out| Table::new(["RUN", "STATE", "WAITS FOR"]).write_all(out, &rows))
}

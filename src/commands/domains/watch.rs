//! `caravan domains watch`.

use super::known;
use super::moves::{self, MoveRow, exit_of};
use super::moving::Document;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use crate::{journal_db, signals};
use caravan_cutover_domains::Stage;
use clap::Args;
use std::io::Write;
use std::time::Duration;

/// How often the journal is read.
const EVERY: Duration = Duration::from_secs(1);

/// Show where a hostname is on its way, and what it waits for
#[derive(Args, Debug)]
pub(crate) struct WatchArgs {
    /// The hostname
    #[arg(value_name = "NAME")]
    name: String,
    /// Go on showing each change until it is over
    #[arg(long)]
    follow: bool,
}

/// Runs the command.
///
/// # Errors
/// When the hostname was never moved; those of the journal.
pub(crate) fn run(global: &Global, printer: &Printer, args: &WatchArgs) -> Result<Exit, Failure> {
    let name = known::name(&args.name)?;
    let never = || {
        Failure::new(FailureKind::Usage, format!("{name} was never on its way"))
            .hint(format!("to see what would be done: caravan domains move {name}"))
    };
    if !journal_db::path(&global.dir).exists() {
        return Err(never());
    }
    let mut journal = journal_db::open_to_read(&global.dir)?;
    let mut said = String::new();
    loop {
        if journal.is_outdated() {
            journal = journal_db::open_to_read(&global.dir)?;
        }
        let found = signals::block_on(moves::newest(&journal, |one| one == name.as_str()))??;
        let (record, state) = found.into_iter().next().ok_or_else(never)?;
        let row = MoveRow::of(&record.plan, &state, journal_db::now());
        let line = row.line();
        let is_over = matches!(state.stage, Stage::Over(_)) || !args.follow;
        if printer.is_json() && is_over {
            printer.json(&Document { schema: "caravan.domain-moves/v1", moves: vec![row] })?;
        } else if line != said && !printer.is_json() {
            printer.text(|out| row.lines().iter().try_for_each(|line| writeln!(out, "{line}")))?;
        }
        said = line;
        if is_over {
            return Ok(exit_of(&state));
        }
        signals::block_on(tokio::time::sleep(EVERY))?;
    }
}

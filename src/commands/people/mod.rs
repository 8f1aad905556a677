//! `caravan people`: who is in which team, and what a change of that does where.

mod check;
mod diff;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use clap::Subcommand;

pub(crate) use check::Document as CheckDocument;
pub(crate) use diff::Document as DiffDocument;

/// The commands about people.
#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    Check(check::CheckArgs),
    Diff(diff::DiffArgs),
}

/// Runs the command.
///
/// # Errors
/// Whatever kept the command from its work.
pub(crate) fn run(global: &Global, printer: &Printer, command: &PeopleCommand) -> Result<Exit, Failure> {
    match command {
        PeopleCommand::Check(args) => check::run(global, printer, args),
        PeopleCommand::Diff(args) => diff::run(global, printer, args),
    }
}

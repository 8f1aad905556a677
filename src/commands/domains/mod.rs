//! `caravan domains`: vanity domains.

mod import;
mod inspect;
pub(in crate::commands) mod known;
mod list;
mod plan;
mod runbook;
pub(in crate::commands) mod show;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use clap::Subcommand;

pub(crate) use list::Document as ListDocument;
pub(crate) use plan::Document as PlanDocument;

/// The commands about vanity domains.
#[derive(Debug, Subcommand)]
pub(crate) enum DomainsCommand {
    List(list::ListArgs),
    Import(import::ImportArgs),
    Inspect(inspect::InspectArgs),
    Plan(plan::PlanArgs),
    Runbook(runbook::RunbookArgs),
}

/// Runs the command.
///
/// # Errors
/// Whatever kept the command from its work.
pub(crate) fn run(global: &Global, printer: &Printer, command: &DomainsCommand) -> Result<Exit, Failure> {
    match command {
        DomainsCommand::List(args) => list::run(global, printer, args),
        DomainsCommand::Import(args) => import::run(global, printer, args),
        DomainsCommand::Inspect(args) => inspect::run(global, printer, args),
        DomainsCommand::Plan(args) => plan::run(global, printer, args),
        DomainsCommand::Runbook(args) => runbook::run(global, printer, args),
    }
}

//! `caravan inventory`: what was found.

pub(crate) mod allowed;
pub(crate) mod around;
mod converted;
mod coverage;
mod diff;
pub(crate) mod edge_text;
mod export;
pub(crate) mod graph;
mod import;
mod list;
mod query;
mod resources;
mod show;
mod signals;
mod unlinked;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use clap::Subcommand;

pub(crate) use coverage::summary as coverage_summary;
pub(crate) use import::{ImportedCounts, import_and_link, summary as import_summary};
pub(crate) use list::note_coverage;
pub(crate) use unlinked::{Unlinked, unlinked, warn_of_unlinked};

/// The commands about the inventory.
#[derive(Debug, Subcommand)]
pub(crate) enum InventoryCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Graph(graph::GraphArgs),
    Coverage(coverage::CoverageArgs),
    Diff(diff::DiffArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read or written.
pub(crate) fn run(global: &Global, printer: &Printer, command: &InventoryCommand) -> Result<Exit, Failure> {
    match command {
        InventoryCommand::List(args) => list::run(global, printer, args),
        InventoryCommand::Show(args) => show::run(global, printer, args),
        InventoryCommand::Graph(args) => graph::run(global, printer, args),
        InventoryCommand::Coverage(args) => coverage::run(global, printer, args),
        InventoryCommand::Diff(args) => diff::run(global, printer, args),
        InventoryCommand::Export(args) => export::run(global, printer, args),
        InventoryCommand::Import(args) => import::run(global, printer, args),
    }
}

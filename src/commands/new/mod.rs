//! `caravan new`: what teams begin by themselves.

mod answers;
mod app;
mod fences;
mod questions;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use clap::Subcommand;

pub(crate) use app::Document as AppDocument;

/// The commands that begin something.
#[derive(Debug, Subcommand)]
pub(crate) enum NewCommand {
    App(app::AppArgs),
}

/// Runs the command.
///
/// # Errors
/// Whatever kept the command from its work.
pub(crate) fn run(global: &Global, printer: &Printer, command: &NewCommand) -> Result<Exit, Failure> {
    match command {
        NewCommand::App(args) => app::run(global, printer, args),
    }
}

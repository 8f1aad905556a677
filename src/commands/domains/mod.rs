//! `caravan domains`: vanity domains.

mod board;
mod import;
mod inspect;
pub(in crate::commands) mod known;
mod list;
mod message;
pub(in crate::commands) mod moves;
mod moving;
mod operate;
mod plan;
mod roles;
mod runbook;
mod sent;
mod serve;
pub(in crate::commands) mod show;
mod watch;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use clap::Subcommand;
use operate::Word;

pub(crate) use list::Document as ListDocument;
pub(crate) use message::{DueDocument, MessageDocument};
pub(crate) use moving::Document as MovesDocument;
pub(crate) use plan::Document as PlanDocument;
pub(crate) use serve::{CardDocument, StatusDocument};

/// The commands about vanity domains.
#[derive(Debug, Subcommand)]
pub(crate) enum DomainsCommand {
    List(list::ListArgs),
    Import(import::ImportArgs),
    Inspect(inspect::InspectArgs),
    Plan(plan::PlanArgs),
    Runbook(runbook::RunbookArgs),
    Message(message::MessageArgs),
    Serve(serve::ServeArgs),
    Move(moving::MoveArgs),
    Watch(watch::WatchArgs),
    /// Say that a hostname may be led to the new edge
    Approve(operate::ConfirmedArgs),
    /// Make no further change of a hostname's move
    Pause(operate::OperateArgs),
    /// Go on after a pause
    Resume(operate::OperateArgs),
    /// Put everything of a hostname's move back as it was
    Back(operate::BackArgs),
    /// Try again what holds
    Retry(operate::OperateArgs),
    /// Leave a record in conflict to whoever changed it, and end the move; or leave what dangles as it is
    Adopt(operate::OperateArgs),
    /// Say, as one of two persons, that a hostname's old side may go: no way back
    Release(operate::ConfirmedArgs),
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
        DomainsCommand::Message(args) => message::run(global, printer, args),
        DomainsCommand::Serve(args) => serve::run(global, printer, args),
        DomainsCommand::Move(args) => moving::run(global, printer, args),
        DomainsCommand::Watch(args) => watch::run(global, printer, args),
        DomainsCommand::Approve(args) => operate::confirmed(global, printer, Word::Approve, args),
        DomainsCommand::Pause(args) => operate::run(global, printer, Word::Pause, args),
        DomainsCommand::Resume(args) => operate::run(global, printer, Word::Resume, args),
        DomainsCommand::Back(args) => operate::back(global, printer, args),
        DomainsCommand::Retry(args) => operate::run(global, printer, Word::Retry, args),
        DomainsCommand::Adopt(args) => operate::run(global, printer, Word::Adopt, args),
        DomainsCommand::Release(args) => operate::confirmed(global, printer, Word::Release, args),
    }
}

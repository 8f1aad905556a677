//! `caravan cutover`: runs of sealed waves.

mod audit;
mod live;
mod ready;
mod run;
mod start;
mod status;
mod view;
mod watch;
mod wish;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use caravan_cutover::Wish;
use caravan_cutover_engine::{Outcome, Phase, State};
use clap::Subcommand;

/// The commands about runs.
#[derive(Debug, Subcommand)]
pub(crate) enum CutoverCommand {
    /// Create a run of a wave's approved plan and print its name; nothing is changed yet
    Start(start::StartArgs),
    /// Drive runs until they are over or wait for a person
    Run(run::RunArgs),
    /// Look at a run while somebody drives it
    Watch(watch::WatchArgs),
    /// Show where a run stands, or list all runs
    Status(status::StatusArgs),
    /// Approve the stage that a run waits with
    Approve(wish::ApproveArgs),
    /// Stop before the next step
    Pause(wish::WishArgs),
    /// Go on after a pause or a hold
    Resume(wish::WishArgs),
    /// Put everything back exactly as it was
    Rollback(wish::WishArgs),
    /// Leave a target in conflict to whoever changed it
    Adopt(wish::WishArgs),
    /// Try again what holds, conflicts or is stuck
    Retry(wish::WishArgs),
    /// End a run: what stands stays
    Release(wish::WishArgs),
    /// Show a run's journal, its chain verified
    Audit(audit::AuditArgs),
}

/// Runs the command.
///
/// # Errors
/// When the journal can't be used, or what is asked makes no sense now.
pub(crate) fn run(global: &Global, printer: &Printer, command: &CutoverCommand) -> Result<Exit, Failure> {
    match command {
        CutoverCommand::Start(args) => start::run(global, printer, args),
        CutoverCommand::Run(args) => run::run(global, printer, args),
        CutoverCommand::Watch(args) => watch::run(global, printer, args),
        CutoverCommand::Status(args) => status::run(global, printer, args),
        CutoverCommand::Approve(args) => wish::approve(global, printer, args),
        CutoverCommand::Pause(args) => wish::run(global, printer, Wish::Pause, args),
        CutoverCommand::Resume(args) => wish::run(global, printer, Wish::Resume, args),
        CutoverCommand::Rollback(args) => wish::run(global, printer, Wish::Rollback, args),
        CutoverCommand::Adopt(args) => wish::run(global, printer, Wish::Adopt, args),
        CutoverCommand::Retry(args) => wish::run(global, printer, Wish::Retry, args),
        CutoverCommand::Release(args) => wish::run(global, printer, Wish::Release, args),
        CutoverCommand::Audit(args) => audit::run(global, printer, args),
    }
}

/// What a run's state says to a script.
pub(crate) const fn exit_of(state: &State) -> Exit {
    match &state.phase {
        Phase::Finished(Outcome::Done) => Exit::Done,
        Phase::Finished(Outcome::RolledBack) => Exit::RolledBack,
        Phase::Planned | Phase::AwaitingApproval { .. } | Phase::Shifted => Exit::Waiting,
        Phase::Stuck { .. } => Exit::Stuck,
        Phase::Fenced => Exit::LeaseHeld,
        _ => Exit::Halted,
    }
}

/// The gravest of several exits.
pub(crate) fn gravest(exits: impl IntoIterator<Item = Exit>) -> Exit {
    let grave = |exit: &Exit| match exit {
        Exit::Done => 0,
        Exit::Waiting => 1,
        Exit::RolledBack => 2,
        Exit::LeaseHeld => 3,
        Exit::Halted => 4,
        Exit::Stuck => 5,
        Exit::Access => 6,
        _ => 7,
    };
    exits.into_iter().max_by_key(grave).unwrap_or(Exit::Done)
}

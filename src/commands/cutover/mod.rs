//! `caravan cutover`: runs of sealed waves.

mod approve;
mod audit;
mod break_lease;
mod finalise;
mod left;
mod live;
mod operate;
mod run;
mod start;
mod status;
mod supervise;
mod tell;
mod view;
mod watch;

pub(crate) use approve::evidence_lines;
pub(crate) use audit::{EntryTold, entry_lines, entry_text};
pub(crate) use live::next;
pub(in crate::commands) use operate::reason;
pub(crate) use start::{Started, create};
pub(crate) use status::{Document as RunsAnswer, Told as RunAnswer};

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use caravan_cutover::Command;
use caravan_cutover::operator::RunState;
use caravan_cutover_engine::{State, is_going_back};
use clap::Subcommand;

/// The commands about runs.
#[derive(Debug, Subcommand)]
pub(crate) enum CutoverCommand {
    /// Create a run of a wave's approved plan and print its name; nothing is changed yet
    Start(start::StartArgs),
    /// Drive runs until they are over or wait for a person
    Run(run::RunArgs),
    /// Watch a run while somebody drives it
    Watch(watch::WatchArgs),
    /// Show where a run stands, or list all runs
    Status(status::StatusArgs),
    /// Approve the stage that a run waits with
    Approve(approve::ApproveArgs),
    /// Stop before the next step
    Pause(operate::OperateArgs),
    /// Go on after a pause or a hold
    Resume(operate::OperateArgs),
    /// Put everything back exactly as it was
    Rollback(operate::RollbackArgs),
    /// Leave a target in conflict to whoever changed it
    Adopt(operate::AdoptArgs),
    /// Try again what holds, conflicts or is stuck
    Retry(operate::OperateArgs),
    /// End a run: what stands stays
    Release(operate::ReleaseArgs),
    /// Approve after the soak, as one of two persons, that its targets become simple again: no way back
    Finalise(finalise::FinaliseArgs),
    /// Take a run from a driver that is gone or hangs
    BreakLease(break_lease::BreakLeaseArgs),
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
        CutoverCommand::Approve(args) => approve::run(global, printer, args),
        CutoverCommand::Pause(args) => operate::run(global, printer, Command::Pause, args),
        CutoverCommand::Resume(args) => operate::run(global, printer, Command::Resume, args),
        CutoverCommand::Rollback(args) => operate::rollback(global, printer, args),
        CutoverCommand::Adopt(args) => operate::adopt(global, printer, args),
        CutoverCommand::Retry(args) => operate::run(global, printer, Command::Retry, args),
        CutoverCommand::Release(args) => operate::release(global, printer, args),
        CutoverCommand::Finalise(args) => finalise::run(global, printer, args),
        CutoverCommand::BreakLease(args) => break_lease::run(global, printer, args),
        CutoverCommand::Audit(args) => audit::run(global, printer, args),
    }
}

/// What a run's state says to a script. One that waits for a person on its way back has users where they are not meant to be.
pub(crate) fn exit_of(state: &State) -> Exit {
    match RunState::from(&state.phase) {
        RunState::Paused | RunState::Held | RunState::Conflict if is_going_back(state) => Exit::Stuck,
        RunState::Done => Exit::Done,
        RunState::RolledBack => Exit::RolledBack,
        RunState::EndedElsewhere => Exit::EndedElsewhere,
        RunState::Planned | RunState::AwaitingApproval | RunState::Shifted => Exit::Waiting,
        RunState::Stuck => Exit::Stuck,
        RunState::LeaseLost => Exit::LeaseHeld,
        RunState::FindingControllers
        | RunState::Observing
        | RunState::Guarding
        | RunState::CheckingLease
        | RunState::Applying
        | RunState::Settling
        | RunState::InDoubt
        | RunState::Resolving
        | RunState::Verifying
        | RunState::Baking
        | RunState::Proving
        | RunState::Paused
        | RunState::Held
        | RunState::Conflict
        | RunState::JournalUnavailable => Exit::Halted,
    }
}

/// The most severe of several exits.
pub(crate) fn most_severe(exits: impl IntoIterator<Item = Exit>) -> Exit {
    let severity = |exit: &Exit| match exit {
        Exit::Done => 0,
        Exit::Waiting => 1,
        Exit::RolledBack => 2,
        Exit::EndedElsewhere => 3,
        Exit::LeaseHeld => 4,
        Exit::Halted => 5,
        Exit::Stuck => 6,
        Exit::Access => 7,
        _ => 8,
    };
    exits.into_iter().max_by_key(severity).unwrap_or(Exit::Done)
}

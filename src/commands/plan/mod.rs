//! `caravan plan`: waves, from draft to approval.

mod approve;
mod cost;
mod diff;
mod draft;
mod planned;
mod relocate;
mod report;
mod runbook;
mod seal;
mod show;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use clap::Subcommand;

pub(crate) use seal::seal_wave;
pub(crate) use show::newest_text;

/// The commands about waves.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Propose a wave, or the waves of the whole estate, into plans/wave-WAVE.yaml
    Draft(draft::DraftArgs),
    /// Show every change of a wave, before and after, and how it is taken back; or why a workload is where it is
    Show(show::ShowArgs),
    /// Show what became different between two proposals of waves, or between two plans of one wave
    Diff(diff::DiffArgs),
    /// Reckon what the estate costs now, and what it would cost on the platform
    Cost(cost::CostArgs),
    /// Move shifts and hand-overs from one wave to another, or split or merge waves
    Move(relocate::MoveArgs),
    /// Make the plan of a wave immutable: its exact snapshots, under one hash
    Seal(seal::SealArgs),
    /// Print one HTML page for whoever decides: waves, who needs whom, readiness, cost and savings, coverage
    Report(report::ReportArgs),
    /// Print a wave's runbook: who does what when, with the commands, what they print, and how each step is taken back
    Runbook(runbook::RunbookArgs),
    /// Approve a sealed plan by its hash
    Approve(approve::ApproveArgs),
}

/// Runs the command.
///
/// # Errors
/// When inventory, journal or wave can't be read or written.
pub(crate) fn run(global: &Global, printer: &Printer, command: &PlanCommand) -> Result<Exit, Failure> {
    match command {
        PlanCommand::Draft(args) => draft::run(global, printer, args),
        PlanCommand::Show(args) => show::run(global, printer, args),
        PlanCommand::Diff(args) => diff::run(global, printer, args),
        PlanCommand::Cost(args) => cost::run(global, printer, args),
        PlanCommand::Report(args) => report::run(global, printer, args),
        PlanCommand::Runbook(args) => runbook::run(global, printer, args),
        PlanCommand::Move(args) => relocate::run(global, printer, args),
        PlanCommand::Seal(args) => seal::run(global, printer, args),
        PlanCommand::Approve(args) => approve::run(global, printer, args),
    }
}

//! From what the command line asks for to the command that does it.

use crate::cli::{Cli, Command};
use crate::commands::{
    assess, completions, convert, cutover, decide, demo, discover, doctor, domains, init, inventory, man, new, people,
    plan, rehearse, render, schema, tui, why,
};
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::printer::Printer;
use clap::CommandFactory as _;
use std::time::Duration;

/// What to do after a signal stopped a command.
pub(crate) const fn after_signal(command: &Command) -> &'static str {
    match command {
        Command::Discover(args) if args.reads_cloud() => {
            "what was read is recorded: `caravan discover --resume` goes on from there"
        }
        Command::Tui(_) => "whatever it started goes on: `caravan cutover status` says how it stands",
        Command::Cutover(cutover::CutoverCommand::Run(_)) => {
            "its leases are given up; what was on its way is looked for first: run the command again"
        }
        _ => "what was written is whole: run the command again",
    }
}

/// Whether a command ends by itself on SIGINT, which is then no failure.
pub(crate) const fn takes_interrupts(command: &Command) -> bool {
    matches!(
        command,
        Command::Cutover(cutover::CutoverCommand::Watch(_)) | Command::Domains(domains::DomainsCommand::Serve(_))
    )
}

/// How long a command may take to end by itself after a signal: a driver gives its leases up.
pub(crate) const fn grace(command: &Command) -> Duration {
    match command {
        Command::Cutover(cutover::CutoverCommand::Run(_)) => Duration::from_secs(5),
        // The terminal is given back.
        Command::Tui(_) => Duration::from_secs(2),
        Command::Demo(args) if args.opens_tui() => Duration::from_secs(2),
        _ => Duration::ZERO,
    }
}

/// Runs what the command line asks for.
///
/// # Errors
/// Whatever kept the command from its work.
pub(crate) fn run(cli: Cli) -> Result<Exit, Failure> {
    let global = &cli.global;
    let printer = &Printer::new(global, &Cli::command());
    if printer.is_of_checks() && !matches!(cli.command, Command::Convert(_)) {
        return Err(Failure::new(FailureKind::Usage, "this format says what `convert --check` has found")
            .hint("every command has `--format human` and `--format json`"));
    }
    match cli.command {
        Command::Init(args) => init::run(global, printer, &args),
        Command::Demo(args) => demo::run(global, printer, &args),
        Command::Discover(args) => discover::run(global, printer, &args),
        Command::Inventory(command) => inventory::run(global, printer, &command),
        Command::Assess(args) => assess::run(global, printer, &args),
        Command::Decide(args) => decide::run(global, printer, &args),
        Command::Convert(args) => convert::run(global, printer, &args),
        Command::Render(args) => render::run(global, printer, &args),
        Command::Why(args) => why::run(global, printer, &args),
        Command::Plan(command) => plan::run(global, printer, &command),
        Command::Rehearse(args) => rehearse::run(global, printer, &args),
        Command::Cutover(command) => cutover::run(global, printer, &command),
        Command::Domains(command) => domains::run(global, printer, &command),
        Command::New(command) => new::run(global, printer, &command),
        Command::People(command) => people::run(global, printer, &command),
        Command::Tui(args) => tui::run(global, printer, &args),
        Command::Doctor(args) => doctor::run(global, printer, &args),
        Command::Schema(args) => schema::run(printer, &args),
        Command::Man(args) => man::run(global, printer, &args, Cli::command()),
        Command::Completions(args) => completions::run(printer, &args, Cli::command()),
    }
}

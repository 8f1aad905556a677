//! Operators' commands: left in the journal, and taken in by whoever drives the run.

use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::permit::WritePermit;
use crate::printer::{Printer, printable};
use crate::who::Who;
use crate::{journal_db, signals};
use caravan_cutover::Command;
use caravan_cutover::operator::{ApprovalEvidence, Passed, Run, submit};
use clap::Args;
use std::io::{self, BufRead, IsTerminal, Write};

/// Leaves a command for the run's driver; without one, it waits for the next `caravan cutover run`. Refused with 2 when it
/// makes no sense where the run stands.
#[derive(Args, Debug)]
pub(crate) struct OperateArgs {
    /// The run
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    who: Who,
}

/// Approves the stage that a run waits with, after showing what it will change. It wants to know that you mean this stage:
/// `--step` with its name, or the wave's name typed in a terminal.
#[derive(Args, Debug)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// The step that is approved, as `caravan cutover status` names it
    #[arg(long, value_name = "NAME")]
    step: Option<String>,
}

pub(super) fn run(global: &Global, printer: &Printer, command: Command, args: &OperateArgs) -> Result<Exit, Failure> {
    let _permit = WritePermit::ask(global, "leaving a command in the journal")?;
    let journal = journal_db::open(&global.dir)?;
    let run = signals::block_on(Run::read(&journal, &args.run))??;
    leave(printer, &journal, &run, command, args)
}

pub(super) fn approve(global: &Global, printer: &Printer, args: &ApproveArgs) -> Result<Exit, Failure> {
    let _permit = WritePermit::ask(global, "approving a step")?;
    let journal = journal_db::open(&global.dir)?;
    let run = signals::block_on(Run::read(&journal, &args.command.run))??;
    let evidence = ApprovalEvidence::of(&run)?;
    show(printer, &evidence);
    confirm(args.step.as_deref(), &evidence)?;
    leave(printer, &journal, &run, Command::Approve, &args.command)
}

/// What is known before somebody approves: what will change, and what has passed so far.
fn show(printer: &Printer, evidence: &ApprovalEvidence) {
    let kind = evidence.change.target.kind();
    let (before, after) = (kind.lines(&evidence.change.before), kind.lines(&evidence.change.after));
    printer.note(&format!("step: {}", evidence.step));
    printer.note(&format!("target: {}", evidence.change.target));
    for line in before.iter().filter(|line| !after.contains(line)) {
        printer.note(&format!("  - {line}"));
    }
    for line in after.iter().filter(|line| !before.contains(line)) {
        printer.note(&format!("  + {line}"));
    }
    match evidence.passed {
        Passed::Probes => printer.note("evidence: both sides answered well just before"),
        Passed::BakeAndProbes => {
            printer.note("evidence: the stage before has baked, and both sides answered well just before");
        }
    }
}

/// Enter alone never confirms (S3).
fn confirm(given: Option<&str>, evidence: &ApprovalEvidence) -> Result<(), Failure> {
    match given {
        Some(step) => Ok(evidence.is_of(step)?),
        None if io::stdin().is_terminal() => {
            let _gone = write!(io::stderr().lock(), "type the name of the wave to approve: ");
            let mut typed = String::new();
            let read = io::stdin().lock().read_line(&mut typed);
            match read {
                Ok(_) if typed.trim() == evidence.wave => Ok(()),
                _ => Err(Failure::new(FailureKind::Usage, "that is not the wave's name: nothing was approved")),
            }
        }
        None => Err(Failure::new(FailureKind::Usage, "an approval wants to know that you mean this step")
            .hint(format!("add `--step '{}'`", printable(&evidence.step)))),
    }
}

fn leave(
    printer: &Printer,
    journal: &Journal,
    run: &Run,
    command: Command,
    args: &OperateArgs,
) -> Result<Exit, Failure> {
    let (who, now) = (args.who.name()?, journal_db::now());
    let driver = signals::block_on(async {
        submit(journal, run, command, &who, now).await?;
        Ok::<_, Failure>(run.driver(journal, now).await?)
    })??;
    match driver {
        Some((driver, _)) => printer.note(&format!("{command} {}: driver {driver} takes it in", args.run)),
        None => {
            printer.note(&format!("{command} {}: it waits, since nobody drives the run", args.run));
            printer.hint(&format!("next: caravan cutover run {}", args.run));
        }
    }
    Ok(Exit::Done)
}

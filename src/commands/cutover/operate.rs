//! What people want of a run: a command in the journal, taken in by whoever drives it.

use crate::error::{Failure, Kind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::{Printer, printable};
use crate::who::Who;
use crate::{journal_db, signals};
use caravan_cutover::{Command, Journal, RunStatus, status};
use caravan_cutover_engine::{Illegal, Phase, SeededBug, Task, transition};
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
    let run = signals::block_on(journal_db::run(&journal, &args.run))??;
    leave(printer, &journal, &run, command, args)
}

pub(super) fn approve(global: &Global, printer: &Printer, args: &ApproveArgs) -> Result<Exit, Failure> {
    let _permit = WritePermit::ask(global, "approving a step")?;
    let journal = journal_db::open(&global.dir)?;
    let run = signals::block_on(journal_db::run(&journal, &args.command.run))??;
    let status = status(&args.command.run, &run.plan, &run.state);
    let Phase::AwaitingApproval { task: Task::Enter { shift, stage } } = run.state.phase else {
        return Err(senseless(Command::Approve, &status));
    };
    let name = run.plan.plan().step_name(shift, stage).unwrap_or_default();
    show_evidence(printer, &run, shift, stage, &name)?;
    confirm(args.step.as_deref(), &name, &run.plan.plan().wave)?;
    leave(printer, &journal, &run, Command::Approve, &args.command)
}

/// What is known before somebody approves: what will change, and what has passed so far.
fn show_evidence(
    printer: &Printer,
    run: &journal_db::Run,
    shift: usize,
    stage: usize,
    name: &str,
) -> Result<(), Failure> {
    let Some(change) = run.plan.plan().shifts.get(shift).and_then(|shift| shift.enter(stage)) else { return Ok(()) };
    let kind = change.target.kind();
    let (before, after) = (kind.lines(&change.before), kind.lines(&change.after));
    printer.note(&format!("step: {name}"));
    printer.note(&format!("target: {}", change.target));
    for line in before.iter().filter(|line| !after.contains(line)) {
        printer.note(&format!("  - {line}"));
    }
    for line in after.iter().filter(|line| !before.contains(line)) {
        printer.note(&format!("  + {line}"));
    }
    match stage {
        0 => printer.note("evidence: both sides answered well just before"),
        _ => printer.note("evidence: the stage before has baked, and both sides answered well just before"),
    }
    Ok(())
}

/// Enter alone never confirms (S3).
fn confirm(given: Option<&str>, name: &str, wave: &str) -> Result<(), Failure> {
    match given {
        Some(step) if step == name => Ok(()),
        Some(step) => Err(Failure::new(Kind::Usage, format!("the run waits with `{name}`, not `{step}`"))),
        None if io::stdin().is_terminal() => {
            let _gone = write!(io::stderr().lock(), "type the name of the wave to approve: ");
            let mut typed = String::new();
            let read = io::stdin().lock().read_line(&mut typed);
            match read {
                Ok(_) if typed.trim() == wave => Ok(()),
                _ => Err(Failure::new(Kind::Usage, "that is not the wave's name: nothing was approved")),
            }
        }
        None => Err(Failure::new(Kind::Usage, "an approval wants to know that you mean this step")
            .hint(format!("add `--step '{}'`", printable(name)))),
    }
}

fn leave(
    printer: &Printer,
    journal: &Journal,
    run: &journal_db::Run,
    command: Command,
    args: &OperateArgs,
) -> Result<Exit, Failure> {
    let (who, now) = (args.who.name()?, journal_db::now());
    match transition(&run.plan, run.state.clone(), command.event(&who, now), SeededBug::default()) {
        Ok(_) => {}
        Err(error @ Illegal::PastReturn) => return Err(Failure::caused(Kind::Usage, error)),
        Err(Illegal::Unexpected { .. }) => {
            return Err(senseless(command, &status(&args.run, &run.plan, &run.state)));
        }
    }
    let driven = signals::block_on(async {
        journal.submit(&args.run, command, &who, now).await?;
        journal.driver_of(&args.run).await
    })??;
    let name = command.as_str();
    match driven.filter(|(_, until)| *until > now) {
        Some((driver, _)) => printer.note(&format!("{name} {}: driver {driver} takes it in", args.run)),
        None => {
            printer.note(&format!("{name} {}: it waits, since nobody drives the run", args.run));
            printer.hint(&format!("next: caravan cutover run {}", args.run));
        }
    }
    Ok(Exit::Done)
}

/// A command that the run has no use for where it stands.
fn senseless(command: Command, status: &RunStatus) -> Failure {
    let failure = Failure::new(
        Kind::Usage,
        format!("`{}` makes no sense now: run {} is {}", command.as_str(), status.run, status.state),
    );
    match &status.waiting_for {
        Some(text) => failure.hint(format!("it waits for {text}")),
        None => failure,
    }
}

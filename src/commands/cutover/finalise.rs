//! `caravan cutover finalise`.

use super::approve::{ask_now, change_lines, said_lines};
use super::operate::{OperateArgs, confirm, left};
use crate::config::Config;
use crate::cutover_world::{CutoverWorld, Purpose};
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::{journal_db, signals};
use caravan_cutover::Command;
use caravan_cutover::operator::{FinaliseEvidence, Run, RunStatus, approve, makes_sense};
use caravan_cutover_engine::Shown;
use clap::Args;

/// Approves that a run is finalised: each target is turned into what stood there before in form (a simple record, a rule with one
/// target group, a route with one backend), leading to the new side, and the run ends. Two persons must approve it, after
/// the soak of the plan; with the second approval it begins, and from its first write on there is no way back. It shows what
/// changes and what both sides say, and wants to know that you mean this run: `--run-name`, or the name typed in a terminal. The
/// approval is bound to the journal's entry that was shown: if anything went back since, it is refused.
#[derive(Args, Debug)]
pub(crate) struct FinaliseArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// The run's name once more
    #[arg(long, value_name = "RUN")]
    run_name: Option<String>,
    /// The entry at which `caravan cutover status` showed it; without it, the one that is shown now
    #[arg(long, value_name = "SEQUENCE")]
    entry: Option<u64>,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &FinaliseArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "finalising a run")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let mut run = signals::block_on(Run::read(&journal, &args.command.run))??;
    let evidence = FinaliseEvidence::of(&run)?;
    let request = Command::Finalise.by(&args.command.who.name()?, journal_db::now());
    // Whether it makes sense at all is said first.
    makes_sense(&run, &request)?;
    let status = signals::block_on(run.full_status(&journal, journal_db::now()))??;
    show(printer, &evidence, &status);
    let config = Config::load(&global.dir)?;
    signals::block_on(async {
        let world = CutoverWorld::open(&global.dir, &config, Purpose::Look).await?;
        for change in &evidence.changes {
            ask_now(printer, &world, &run, change.step).await;
        }
        Ok::<_, Failure>(())
    })??;
    let (name, entry, who) = (quoted(&args.command.run), evidence.shown.entry, args.command.who.repeated());
    let again = format!("say it so: caravan cutover finalise {name} --run-name {name} --entry {entry}{who}");
    confirm(args.run_name.as_deref(), &args.command.run, "approve that there is no way back", &again)?;
    let shown = Shown { entry: args.entry.unwrap_or(evidence.shown.entry), ..evidence.shown };
    signals::block_on(approve(&journal, &mut run, shown, &request.who, request.at))??;
    left(printer, &journal, &run, &request)
}

/// What is known before somebody approves: what changes for good, who has approved, what the sides said, and what somebody else has made
/// of a target.
fn show(printer: &Printer, evidence: &FinaliseEvidence, status: &RunStatus) {
    for change in &evidence.changes {
        printer.note(&format!("to be finalised: {}", change.workload));
        change_lines(&change.change).iter().for_each(|line| printer.note(line));
    }
    printer.note(&format!("drivers have watched its soak for {} s", evidence.soaked_seconds));
    let waiting = status.queued.iter().find(|queued| queued.request.command == Command::Finalise);
    printer.note(&match (evidence.approved_by.first(), waiting) {
        (Some(first), _) => format!("approved by {first}: with yours it begins"),
        (None, Some(first)) => {
            format!("approved by {}, which waits for a driver: with yours it begins", first.request.who)
        }
        (None, None) => "nobody has approved it yet: another person must as well".to_owned(),
    });
    printer.note(&format!("shown at entry {} of the journal", evidence.shown.entry));
    let said = said_lines(evidence.old_side.as_ref(), evidence.new_side.as_ref());
    said.iter().for_each(|line| printer.note(line));
    status.watched.iter().for_each(|watched| printer.note(&watched.to_string()));
    printer.note("what still comes to the old side is unknown: nobody measures it; look at its own metrics");
    printer.note("from the first write on there is no way back");
}

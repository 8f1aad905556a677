//! `caravan cutover approve`.

use super::live;
use super::operate::{OperateArgs, ask, left};
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::probes::prober;
use crate::{journal_db, signals};
use caravan_cutover::Command;
use caravan_cutover::operator::{ApprovalEvidence, MeasuredStatus, Run, Said, approve, time_text};
use caravan_cutover_engine::Shown;
use caravan_plans::Change;
use caravan_providers::Verdict;
use caravan_providers_network::Prober;
use clap::Args;
use std::io::{self, IsTerminal};

/// Approves the stage that a run waits with, after showing what it will change, what the driver last heard of both sides, and
/// what they say to this machine now; the driver asks both again before it goes on. It wants to
/// know that you mean this stage: `--step` with its name, or the wave's name typed in a terminal. The approval is bound to
/// the journal's entry that was shown: if the run has left this wait since, it is refused and says what has changed.
#[derive(Args, Debug)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// The stage that is approved, as `caravan cutover status` names it
    #[arg(long, value_name = "NAME")]
    step: Option<String>,
    /// The entry at which `caravan cutover status` showed it; without it, the one that is shown now
    #[arg(long, value_name = "SEQUENCE")]
    entry: Option<u64>,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &ApproveArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "approving a stage")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let mut run = signals::block_on(Run::read(&journal, &args.command.run))??;
    let evidence = ApprovalEvidence::of(&run)?;
    let measured = signals::block_on(run.full_status(&journal, journal_db::now()))??.measured;
    show(printer, &evidence, &measured);
    signals::block_on(ask_now(printer, &prober(&global.dir, &Config::load(&global.dir)?)?, &run, evidence.shown.step))?;
    confirm(args.step.as_deref(), &args.command, &evidence)?;
    let shown = Shown { entry: args.entry.unwrap_or(evidence.shown.entry), ..evidence.shown };
    let (who, now) = (args.command.who.name()?, journal_db::now());
    signals::block_on(approve(&journal, &mut run, shown, &who, now))??;
    left(printer, &journal, &run, &Command::Approve.by(&who, now))
}

/// What is known before somebody approves: what will change, and what the sides said, each with its moment.
fn show(printer: &Printer, evidence: &ApprovalEvidence, measured: &[MeasuredStatus]) {
    printer.note(&format!("stage: {}", evidence.step));
    show_change(printer, &evidence.change);
    printer.note(&format!("shown at entry {} of the journal", evidence.shown.entry));
    show_said(printer, evidence.old_side.as_ref(), evidence.new_side.as_ref());
    for one in measured {
        if let Some(last) = one.spans.last() {
            printer.note(&format!("{}: {last} (by {})", one.workload, last.by));
        }
    }
    if let Some(text) = live::unmeasured(measured) {
        printer.note(&text);
    }
    if evidence.baked {
        printer.note("the stage before has baked");
    }
}

/// A target, and what of it changes.
pub(super) fn show_change(printer: &Printer, change: &Change) {
    let kind = change.target.kind();
    let (before, after) = (kind.lines(&change.before), kind.lines(&change.after));
    printer.note(&format!("target: {}", change.target));
    for line in before.iter().filter(|line| !after.contains(line)) {
        printer.note(&format!("  - {line}"));
    }
    for line in after.iter().filter(|line| !before.contains(line)) {
        printer.note(&format!("  + {line}"));
    }
}

/// What the driver last heard of both sides.
pub(super) fn show_said(printer: &Printer, old: Option<&Said>, new: Option<&Said>) {
    for (side, said) in [("old", old), ("new", new)] {
        printer.note(&match said {
            Some(Said { text, at, .. }) => format!("the {side} side, when it was last asked at {at}: {text}"),
            None => format!("the {side} side was not asked yet"),
        });
    }
}

/// What both sides of a step say now. From here they may not be reached, so it decides nothing: it is for the eyes of whoever
/// approves.
pub(super) async fn ask_now(printer: &Printer, prober: &Prober, run: &Run, step: usize) {
    let Some(step) = run.plan().plan().steps.get(step) else { return };
    for (side, probes) in [("old", step.old_probes()), ("new", step.new_probes())] {
        for probe in probes {
            let said = match prober.probe(probe).await {
                Verdict::Pass => "answers well".to_owned(),
                Verdict::Fail { reason } => format!("fails: {reason}"),
                Verdict::Inconclusive { reason } => format!("can't be judged from here: {reason}"),
            };
            let now = time_text(journal_db::now());
            printer.note(&format!("the {side} side at {}, asked from here at {now}: {said}", probe.address));
        }
    }
}

/// Enter alone never confirms (S3).
fn confirm(given: Option<&str>, args: &OperateArgs, evidence: &ApprovalEvidence) -> Result<(), Failure> {
    match given {
        Some(step) => Ok(evidence.is_of(step)?),
        None if io::stdin().is_terminal() => {
            if ask("type the name of the wave to approve: ")? == evidence.wave {
                return Ok(());
            }
            Err(Failure::new(FailureKind::Usage, "that is not the wave's name: nothing was approved"))
        }
        None => {
            Err(Failure::new(FailureKind::Usage, "an approval wants to know that you mean this stage").hint(format!(
                "say it so: caravan cutover approve {} --step {} --entry {}{}",
                quoted(&args.run),
                quoted(&evidence.step),
                evidence.shown.entry,
                args.who.repeated()
            )))
        }
    }
}

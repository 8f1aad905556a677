//! `caravan cutover approve`.

use super::live;
use super::operate::{OperateArgs, ask, left};
use crate::config::Config;
use crate::cutover_world::{CutoverWorld, Purpose};
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::{journal_db, signals};
use caravan_cutover::Command;
use caravan_cutover::operator::{ApprovalEvidence, MeasuredStatus, Run, RunStatus, Said, approve, time_text};
use caravan_cutover_engine::Shown;
use caravan_plans::Change;
use caravan_providers::{Call, Observer, Reply, Verdict};
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
    let status = signals::block_on(run.full_status(&journal, journal_db::now()))??;
    evidence_lines(&evidence, &status).iter().for_each(|line| printer.note(line));
    let config = Config::load(&global.dir)?;
    signals::block_on(async {
        let world = CutoverWorld::open(&global.dir, &config, Purpose::Look).await?;
        ask_now(printer, &world, &run, evidence.shown.step).await;
        Ok::<_, Failure>(())
    })??;
    confirm(args.step.as_deref(), &args.command, &evidence)?;
    let shown = Shown { entry: args.entry.unwrap_or(evidence.shown.entry), ..evidence.shown };
    let (who, now) = (args.command.who.name()?, journal_db::now());
    signals::block_on(approve(&journal, &mut run, shown, &who, now))??;
    left(printer, &journal, &run, &Command::Approve.by(&who, now))
}

/// What is known before somebody approves: what will change, what the sides said, each with its moment, and what of users on new
/// sides needs a person.
pub(crate) fn evidence_lines(evidence: &ApprovalEvidence, status: &RunStatus) -> Vec<String> {
    let mut lines = vec![format!("stage: {}", evidence.step)];
    lines.extend(change_lines(&evidence.change));
    lines.push(format!("shown at entry {} of the journal", evidence.shown.entry));
    lines.extend(said_lines(evidence.old_side.as_ref(), evidence.new_side.as_ref()));
    let measured = &status.measured;
    lines.extend(status.watched.iter().map(ToString::to_string));
    let counted = |one: &MeasuredStatus| Some((one.workload.clone(), one.spans.last()?.clone()));
    let counted = measured.iter().filter_map(counted);
    lines.extend(counted.map(|(workload, last)| format!("{workload}: {last} (by {})", last.by)));
    lines.extend(live::unmeasured(measured));
    if evidence.baked {
        lines.push("the stage before has baked".to_owned());
    }
    lines
}

/// A target, and what of it changes.
pub(super) fn change_lines(change: &Change) -> Vec<String> {
    let kind = change.target.kind();
    let (before, after) = (kind.lines(&change.before), kind.lines(&change.after));
    let target = format!("target: {}", change.target);
    let goes = before.iter().filter(|line| !after.contains(line)).map(|line| format!("  - {line}"));
    let comes = after.iter().filter(|line| !before.contains(line)).map(|line| format!("  + {line}"));
    std::iter::once(target).chain(goes).chain(comes).collect()
}

/// What the driver last heard of both sides.
pub(super) fn said_lines(old: Option<&Said>, new: Option<&Said>) -> [String; 2] {
    [("old", old), ("new", new)].map(|(side, said)| match said {
        Some(Said { text, at, .. }) => format!("the {side} side, when a stage last asked it at {at}: {text}"),
        None => format!("no stage has asked the {side} side yet"),
    })
}

/// What both sides of a step say now. From here they may not be reached, so it decides nothing: it is for the eyes of whoever
/// approves.
pub(super) async fn ask_now(printer: &Printer, world: &impl Observer, run: &Run, step: usize) {
    let Some(step) = run.plan().plan().steps.get(step) else { return };
    for (side, probes) in [("old", step.old_probes()), ("new", step.new_probes())] {
        for probe in probes {
            let said = match world.observe(&Call::Probe(probe.clone())).await {
                Ok(Reply::Probed(Verdict::Pass)) => "answers well".to_owned(),
                Ok(Reply::Probed(Verdict::Fail { reason })) => format!("fails: {reason}"),
                Ok(Reply::Probed(Verdict::Inconclusive { reason })) => format!("can't be judged from here: {reason}"),
                Ok(_) => "gave an answer of another kind".to_owned(),
                Err(error) => format!("can't be asked from here: {error}"),
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

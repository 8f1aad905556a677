//! Runs as the interface shows them: each is read once and then followed, entry by entry.

use super::look::Look;
use crate::commands::cutover;
use crate::cutover_world::CutoverClock;
use crate::error::Failure;
use crate::global::Global;
use crate::journal_db::{self, Journal};
use crate::printer::Printer;
use crate::signals;
use caravan_cutover::operator::{ApprovalEvidence, Run, RunStatus};
use caravan_cutover_engine::Phase;
use caravan_inventory::Workload;
use caravan_inventory_store::Store;
use caravan_plans::{Gate as PlannedGate, Proof, Step, WavePlan};
use caravan_tui::{Evidence, Gate, NextCommand, RunView};

/// Where a run stands, with the first command that helps; why it can't be read.
pub(super) type Standing = Result<(RunStatus, Option<String>), Failure>;

/// Entries that are kept to be shown.
const EVENTS: usize = 100;

/// Environments that are none of production's. Whatever else one is called, it may be.
const OTHERS: &[&str] = &["staging", "stage", "test", "testing", "dev", "development", "qa", "sandbox", "preview"];

/// A run, and its last entries in a line each.
pub(super) struct Followed {
    pub(super) run: Run,
    is_production: bool,
    events: Vec<String>,
}

/// Reads a run, or what has come of it since it was last read.
///
/// # Errors
/// When there is no such run, or it can't be read.
pub(super) fn follow<'a>(look: &'a mut Look, journal: &Journal, name: &str) -> Result<&'a Followed, Failure> {
    if !look.runs.contains_key(name) {
        let (run, entries) = signals::block_on(async {
            let run = Run::read(journal, name).await?;
            let (entries, _) = journal.entries_after(name, None).await?;
            Ok::<_, Failure>((run, entries))
        })??;
        // What came between the two reads is read by the next.
        let events = entries.iter().filter(|entry| entry.sequence <= run.sequence()).map(cutover::entry_text).collect();
        let is_production = touches_production(look.store().ok(), run.plan().plan());
        look.runs.insert(name.to_owned(), Followed { run, is_production, events });
    }
    let followed = look.runs.get_mut(name).ok_or_else(|| {
        Failure::new(crate::error::FailureKind::Work, format!("run {name} went away while it was read"))
    })?;
    let entries = signals::block_on(followed.run.advance(journal))??;
    followed.events.extend(entries.iter().map(cutover::entry_text));
    let more = followed.events.len().saturating_sub(EVENTS);
    followed.events.drain(..more);
    Ok(followed)
}

/// Where a run stands.
///
/// # Errors
/// When there is no such run, or it can't be read.
pub(super) fn view(look: &mut Look, name: &str) -> Result<RunView, Failure> {
    let journal = look
        .journal()?
        .ok_or_else(|| Failure::new(crate::error::FailureKind::Usage, "no wave was sealed yet, so there is no run"))?;
    let global = look.global.clone();
    let Followed { run, is_production, events } = follow(look, &journal, name)?;
    let status = signals::block_on(run.full_status(&journal, journal_db::now()))??;
    let evidence = ApprovalEvidence::of(run).ok().map(|evidence| Evidence {
        lines: said_first(cutover::evidence_lines(&evidence, &status)),
        step: evidence.step,
        shown: evidence.shown,
    });
    let next = cutover::next(&global, run, &status).into_iter();
    Ok(RunView {
        wave: run.plan().plan().wave.clone(),
        is_production: *is_production,
        entry: run.sequence(),
        now: CutoverClock::of(&global.dir).moment(),
        gate: gate(run),
        evidence,
        next: next.map(|next| NextCommand { command: next.command, does: next.does.to_owned() }).collect(),
        events: events.clone(),
        status,
    })
}

/// The lines of an approval's evidence in another order: behind the stage's name what was said and counted, then what changes.
/// A small terminal shows the beginning alone.
pub(super) fn said_first(mut lines: Vec<String>) -> Vec<String> {
    let is_change = |line: &String| ["target: ", "  - ", "  + "].iter().any(|begin| line.starts_with(begin));
    lines.sort_by_key(is_change);
    lines
}

/// Whether a plan touches production: whatever is not known to be something else counts as that.
pub(super) fn touches_production(store: Option<&Store>, plan: &WavePlan) -> bool {
    let is_other = |workload: &Workload| OTHERS.contains(&workload.environment.as_str().to_lowercase().as_str());
    let other = |step: &Step| {
        let workload = store.and_then(|store| store.workload(step.workload()).ok().flatten());
        workload.is_some_and(|workload| is_other(&workload))
    };
    !plan.steps.iter().all(other)
}

/// What must hold before the next stage.
fn gate(run: &Run) -> Option<Gate> {
    let (plan, state) = (run.plan().plan(), run.state());
    let phase = match &state.phase {
        Phase::Recording { then, .. } => &then.phase,
        phase => phase,
    };
    match phase {
        Phase::Baking { task, since, rounds, .. } => {
            let stage = state.steps.get(task.step())?.stage?;
            let PlannedGate { bake_ms, every_ms, rounds: wanted, .. } = plan.steps.get(task.step())?.gate(stage)?;
            let stage = plan.step_name(task.step(), stage)?;
            // The old side is asked besides, all the time, and is no part of the gate.
            let asks = format!(
                "the new side passes for {} s, asked every {} s, {wanted} rounds at least",
                bake_ms / 1000,
                every_ms / 1000
            );
            Some(Gate { stage, asks, rounds: *rounds, wanted, since: *since, lasts_ms: bake_ms })
        }
        Phase::Proving { task, since, rounds, .. } => {
            let Proof { every_ms, rounds: wanted, longest_ms } = plan.steps.get(task.step())?.proof()?;
            let asks = format!(
                "its owner is proved within {} s, asked every {} s, {wanted} answers in a row",
                longest_ms / 1000,
                every_ms / 1000
            );
            let stage = plan.step_title(task.step())?;
            Some(Gate { stage, asks, rounds: *rounds, wanted, since: *since, lasts_ms: longest_ms })
        }
        _ => None,
    }
}

/// The status of every run that is not over or can't be read, the oldest first; of one that can't be read why.
///
/// # Errors
/// Those of the journal.
pub(super) fn statuses(look: &mut Look) -> Result<Vec<(String, Standing)>, Failure> {
    let Some(journal) = look.journal()? else { return Ok(Vec::new()) };
    let global = look.global.clone();
    let mut told = Vec::new();
    for record in signals::block_on(journal.runs())?? {
        let status = match follow(look, &journal, &record.name) {
            Ok(followed) => signals::block_on(followed.run.full_status(&journal, journal_db::now()))?
                .map_err(Failure::from)
                .map(|status| {
                    let next = cutover::next(&global, &followed.run, &status).into_iter().next();
                    (status, next.map(|next| next.command))
                }),
            Err(failure) => Err(failure),
        };
        told.push((record.name, status));
    }
    Ok(told)
}

/// The runs of a folder that are not over, each with whoever drives it.
///
/// # Errors
/// Those of the journal.
pub(super) fn unfinished(global: &Global, printer: &Printer) -> Result<Vec<(String, Option<String>)>, Failure> {
    let mut unfinished = Vec::new();
    for (name, status) in statuses(&mut Look::new(global, printer.commands()))? {
        let Ok((status, _)) = status else { continue };
        if !status.state.is_over() {
            let driver = status.driver.filter(|driver| driver.drives).map(|driver| driver.name);
            unfinished.push((name, driver));
        }
    }
    Ok(unfinished)
}

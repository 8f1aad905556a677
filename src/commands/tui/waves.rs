//! Waves with their runs, and what of all of it needs a person now.

use super::look::Look;
use super::runs::{self, touches_production};
use crate::error::Failure;
use crate::journal_db::Journal;
use crate::{signals, waves};
use caravan_cutover::SealRecord;
use caravan_cutover::operator::{RunState, RunStatus, WaitingFor, time_text};
use caravan_plans::WavePlan;
use caravan_tui::{Item, Leads, Overview, RunRow, Urgency, WaveRow};
use std::collections::{BTreeMap, BTreeSet};

/// Every wave, sealed or only written, with its runs.
///
/// # Errors
/// When the folder of the waves or the journal can't be read.
pub(super) fn list(look: &mut Look) -> Result<Vec<WaveRow>, Failure> {
    let journal = look.journal()?;
    let mut names: BTreeSet<String> = waves::written(&look.global.dir)?.into_iter().collect();
    let mut newest = BTreeMap::new();
    if let Some(journal) = &journal {
        let seals = signals::block_on(journal.seals())??;
        names.extend(seals.iter().map(|seal| seal.wave.clone()));
        for wave in &names {
            let current = signals::block_on(journal.current_seal(wave))??;
            let seal = current.and_then(|hash| seals.iter().find(|seal| seal.hash == hash));
            newest.extend(seal.map(|seal| (wave.clone(), seal.clone())));
        }
    }
    let mut runs = runs_by_wave(look)?;
    names.extend(runs.keys().cloned());
    let mut rows = Vec::new();
    for wave in names {
        let runs = runs.remove(&wave).unwrap_or_default();
        rows.push(match (newest.remove(&wave), &journal) {
            (Some(seal), Some(journal)) => sealed(look, journal, seal, runs)?,
            _ => unsealed(wave, runs),
        });
    }
    Ok(rows)
}

fn unsealed(wave: String, runs: Vec<RunRow>) -> WaveRow {
    let (sealed, approvals) = (String::new(), Vec::new());
    WaveRow { wave, hash: None, sealed, approvals, changes: String::new(), is_production: true, runs }
}

fn sealed(look: &mut Look, journal: &Journal, seal: SealRecord, runs: Vec<RunRow>) -> Result<WaveRow, Failure> {
    let plan = signals::block_on(journal.plan(&seal.hash))??;
    let approvals = signals::block_on(journal.approvals(&seal.hash))??;
    Ok(WaveRow {
        is_production: touches_production(look.store().ok(), plan.plan()),
        changes: changes(plan.plan()),
        approvals: approvals.into_iter().map(|approval| approval.who).collect(),
        sealed: format!("sealed by {} at {}", seal.by, time_text(seal.at)),
        wave: seal.wave,
        hash: Some(seal.hash),
        runs,
    })
}

/// `3 shifts`, `2 shifts and 1 hand-over`.
fn changes(plan: &WavePlan) -> String {
    let shifts = plan.shifts().count();
    let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    match plan.steps.len() - shifts {
        0 => counted(shifts, "shift"),
        hand_overs if shifts == 0 => counted(hand_overs, "hand-over"),
        hand_overs => format!("{} and {}", counted(shifts, "shift"), counted(hand_overs, "hand-over")),
    }
}

/// The runs of each wave, the newest first.
fn runs_by_wave(look: &mut Look) -> Result<BTreeMap<String, Vec<RunRow>>, Failure> {
    let mut by_wave: BTreeMap<String, Vec<RunRow>> = BTreeMap::new();
    for (name, status) in runs::statuses(look)? {
        let wave = match look.runs.get(&name) {
            Some(followed) => followed.run.plan().plan().wave.clone(),
            // `<wave>-<date>-<time>-<digits>`.
            None => name.rsplitn(4, '-').last().unwrap_or(&name).to_owned(),
        };
        let row = match status {
            Ok((status, _)) => RunRow {
                is_over: status.state.is_over(),
                waits: status.waiting_for.as_ref().map(ToString::to_string).unwrap_or_default(),
                taken_back: taken_back(&status),
                state: status.state.to_string(),
                name,
            },
            Err(failure) => RunRow {
                name,
                state: format!("can't be read: {:#}", failure.error),
                is_over: false,
                waits: String::new(),
                taken_back: String::new(),
            },
        };
        by_wave.entry(wave).or_default().insert(0, row);
    }
    Ok(by_wave)
}

/// Why a run was taken back; empty when it was not.
fn taken_back(status: &RunStatus) -> String {
    if status.state != RunState::RolledBack {
        return String::new();
    }
    let why = status.since.as_ref().and_then(|since| since.why.as_ref());
    why.map_or_else(|| "its journal does not say why".to_owned(), |why| why.text.clone())
}

/// What needs a person now, the most urgent first.
///
/// # Errors
/// Those of reading.
pub(super) fn overview(look: &mut Look) -> Result<Overview, Failure> {
    let mut items = Vec::new();
    for (name, status) in runs::statuses(look)? {
        match status {
            Ok((status, next)) if !status.state.is_over() => items.push(of_run(&status, next)),
            Ok(_) => {}
            Err(failure) => items.push(Item {
                urgency: Urgency::Now,
                text: format!("run {name} can't be read: {:#}", failure.error),
                help: failure
                    .hints
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| command(look, &format!("cutover audit {name}"))),
                leads: Leads::Nowhere,
            }),
        }
    }
    for wave in list(look)? {
        items.extend(of_wave(look, &wave));
    }
    let (mut workloads, mut lists, mut incomplete, mut scanned) = (0, 0, 0, None);
    if crate::inventory_db::is_there(&look.global.dir) {
        let store = look.store()?;
        let coverage = store.coverage()?;
        workloads = store.workload_count()?;
        incomplete = coverage.partial + coverage.denied + coverage.throttled + coverage.failed;
        lists = coverage.complete + incomplete;
        scanned = store.latest_scan()?.map(|scan| format!("{:.0}", scan.began));
    }
    if incomplete > 0 {
        items.push(Item {
            urgency: Urgency::Note,
            text: format!("{incomplete} of {lists} lists are incomplete: what stands behind them may be missing"),
            help: command(look, "inventory coverage --incomplete"),
            leads: Leads::Filter("coverage!=complete and coverage!=skipped".to_owned()),
        });
    }
    items.sort_by_key(|item| item.urgency);
    Ok(Overview { workloads, lists, incomplete, scanned, items })
}

fn command(look: &Look, words: &str) -> String {
    format!("caravan {}{words}", look.global.repeated())
}

/// A run that is not over.
fn of_run(status: &RunStatus, next: Option<String>) -> Item {
    let is_driven = status.driver.as_ref().is_some_and(|driver| driver.drives);
    let is_unwatched = !status.at_risk.is_empty() && !is_driven;
    let (urgency, text) = match &status.waiting_for {
        _ if is_unwatched => {
            (Urgency::Now, "users are on a new side, and nobody watches them: no driver runs".to_owned())
        }
        Some(
            waits @ (WaitingFor::Driver
            | WaitingFor::Finalise
            | WaitingFor::Release
            | WaitingFor::SecondApproval { .. }),
        ) => (Urgency::Next, format!("waits for {waits}")),
        Some(waits) => (Urgency::Now, format!("waits for {waits}")),
        None if is_driven => (Urgency::Note, format!("is under way: {}", status.state)),
        None => (Urgency::Next, "is not over, and nobody drives it".to_owned()),
    };
    Item {
        urgency,
        text: format!("run {} {text}", status.run),
        help: next.unwrap_or_default(),
        leads: Leads::Run(status.run.clone()),
    }
}

/// A wave that can go on: one whose run is not over does so by its run.
fn of_wave(look: &Look, wave: &WaveRow) -> Option<Item> {
    if wave.runs.iter().any(|run| !run.is_over) {
        return None;
    }
    let name = &wave.wave;
    let back = wave.runs.first().filter(|run| !run.taken_back.is_empty());
    if let (Some(_), false, Some(run)) = (&wave.hash, wave.approvals.is_empty(), back) {
        return Some(Item {
            urgency: Urgency::Next,
            text: format!("wave {name} was taken back ({}): it can be started again", run.taken_back),
            help: command(look, &format!("cutover status {}", run.name)),
            leads: Leads::Run(run.name.clone()),
        });
    }
    let (text, help) = match (&wave.hash, wave.approvals.is_empty(), wave.runs.is_empty()) {
        (None, ..) => (format!("wave {name} is written and not sealed"), command(look, &format!("plan seal {name}"))),
        (Some(hash), true, _) => {
            let hash = waves::short(hash);
            let help = command(look, &format!("plan approve {name} --hash {hash}"));
            (format!("wave {name} is sealed and not approved"), help)
        }
        (Some(_), false, true) => {
            (format!("wave {name} is approved and not started"), command(look, &format!("cutover start {name}")))
        }
        (Some(_), false, false) => return None,
    };
    Some(Item { urgency: Urgency::Next, text, help, leads: Leads::Waves })
}

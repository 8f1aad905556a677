//! The waves of the whole estate.

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::{Printer, counted, printable};
use crate::proposing::Estate;
use crate::wrap::wrapped;
use crate::{inventory_db, waves};
use caravan_inventory::{Coverage, Edge, Workload, WorkloadId};
use caravan_inventory_store::Store;
use caravan_plans::waves::{Placement, Proposal, ProposalRecord, ProposedWave, Risk, RiskLevel};
use caravan_plans::{Drafted, FILL_IN, NewSide};
use serde::Serialize;
use std::io::{self, Write};

/// `caravan.proposal/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    waves: Vec<Wave<'a>>,
    left_out: Vec<LeftOut<'a>>,
    /// Calls to load balancers of which nothing says whose they are: no wave waits for them.
    unresolved: &'a [Edge],
    coverage: Coverage,
}

#[derive(Serialize)]
struct Wave<'a> {
    name: &'a str,
    environment: &'a str,
    /// Where it was written, or would be; null where nothing of it can be shifted.
    file: Option<String>,
    shifts: usize,
    blanks: usize,
    workloads: Vec<Row<'a>>,
    /// What no shift of the file moves, with the reason.
    left_out: &'a [String],
    /// What keeps the file from being sealed as it stands.
    before_seal: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a WorkloadId,
    team: &'a str,
    risk: RiskLevel,
    risk_points: u32,
    risk_reasons: &'a [String],
    /// Why it is in this wave, one sentence each.
    why: Vec<String>,
}

#[derive(Serialize)]
struct LeftOut<'a> {
    id: &'a WorkloadId,
    reason: String,
}

/// What would be proposed now, as `--format json` would write it.
///
/// # Errors
/// As those of a proposal.
pub(super) fn record(global: &Global) -> Result<ProposalRecord, Failure> {
    let config = Config::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let estate = Estate::read(global, &store, &config)?;
    let proposal = estate.propose(global)?;
    let drafts = drafts(&store, &estate, &proposal, &NewSide::default())?;
    let shown = document(global, &estate, &proposal, &drafts, store.coverage()?)?;
    let read = serde_json::to_value(&shown).and_then(serde_json::from_value);
    read.map_err(|error| Failure::caused(FailureKind::Work, error))
}

fn drafts(store: &Store, estate: &Estate, proposal: &Proposal<'_>, new: &NewSide) -> Result<Vec<Drafted>, Failure> {
    let observed = caravan_plans::Estate { closed: estate.closed.clone(), ..waves::estate(store)? };
    let draft = |wave: &ProposedWave<'_>| {
        let ids = wave.placements.iter().map(|placement| placement.workload);
        let workloads: Vec<Workload> = ids.filter_map(|id| estate.workloads.get(id).cloned()).collect();
        caravan_plans::draft(&wave.name, &workloads, &observed, new)
    };
    Ok(proposal.waves.iter().map(draft).collect())
}

pub(super) fn run(global: &Global, printer: &Printer, dry_run: bool, new: &NewSide) -> Result<Exit, Failure> {
    let permit = (!dry_run).then(|| WritePermit::ask(global, "writing waves")).transpose()?;
    let config = Config::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let estate = Estate::read(global, &store, &config)?;
    let proposal = estate.propose(global)?;
    let drafts = drafts(&store, &estate, &proposal, new)?;
    if let Some(permit) = &permit {
        save(global, &proposal, &drafts, permit)?;
    }
    let shown = document(global, &estate, &proposal, &drafts, store.coverage()?)?;
    if printer.is_json() {
        printer.json(&shown)?;
    } else {
        printer.text(|out| write(out, &shown, dry_run))?;
    }
    let moving: usize = proposal.waves.iter().map(|wave| wave.placements.len()).sum();
    let (waves, left) = (proposal.waves.len(), proposal.left_out.len());
    printer.note(&format!("{moving} workloads in {waves} waves, {left} left out"));
    if !estate.unresolved.is_empty() {
        let count = estate.unresolved.len();
        printer.warning(&format!(
            "{count} calls lead to a load balancer and nothing says to whom: no wave waits for them"
        ));
    }
    crate::commands::inventory::note_coverage(printer, store.coverage()?);
    Ok(Exit::Done)
}

/// Writes the file of each wave of which anything can be shifted; none where one of them is there already.
fn save(global: &Global, proposal: &Proposal<'_>, drafts: &[Drafted], permit: &WritePermit) -> Result<(), Failure> {
    let written =
        || proposal.waves.iter().zip(drafts).enumerate().filter(|(_, (_, draft))| !draft.spec.shifts.is_empty());
    let there = written().map(|(_, (wave, _))| waves::spec_path(&global.dir, &wave.name)).find(|path| path.exists());
    if let Some(path) = there {
        return Err(Failure::new(FailureKind::Usage, format!("{path} is there already, so no wave was written"))
            .hint("move the files of the last proposal away to have it made anew")
            .hint("see what would be proposed now: caravan plan draft --dry-run"));
    }
    for (number, (wave, draft)) in written() {
        let mut why = Vec::new();
        for placement in &wave.placements {
            why.push(format!("{}:", placement.workload));
            why.extend(proposal.why(number, placement).into_iter().map(|text| format!("  {text}")));
        }
        why.extend(draft.left_out.iter().map(|text| format!("left out: {text}")));
        why.extend(draft.before_seal.iter().map(|text| format!("before it is sealed: {text}")));
        waves::save(&global.dir, &draft.spec, &why, permit)?;
    }
    Ok(())
}

fn document<'a>(
    global: &Global,
    estate: &'a Estate,
    proposal: &'a Proposal<'a>,
    drafts: &'a [Drafted],
    coverage: Coverage,
) -> Result<Document<'a>, Failure> {
    let mut shown = Vec::new();
    for (number, (wave, draft)) in proposal.waves.iter().zip(drafts).enumerate() {
        let text = serde_json::to_string(&draft.spec).map_err(|error| Failure::caused(FailureKind::Work, error))?;
        let shifts = draft.spec.shifts.len();
        shown.push(Wave {
            name: &wave.name,
            environment: wave.environment.as_str(),
            file: (shifts > 0).then(|| waves::spec_path(&global.dir, &wave.name).to_string()),
            shifts,
            blanks: text.matches(FILL_IN).count(),
            workloads: wave.placements.iter().map(|placement| row(proposal, number, placement)).collect(),
            left_out: &draft.left_out,
            before_seal: &draft.before_seal,
        });
    }
    let left_out = proposal.left_out.iter();
    Ok(Document {
        schema: "caravan.proposal/v1",
        waves: shown,
        left_out: left_out.map(|left| LeftOut { id: left.workload, reason: left.because.text() }).collect(),
        unresolved: &estate.unresolved,
        coverage,
    })
}

fn row<'a>(proposal: &Proposal<'a>, number: usize, placement: &'a Placement<'a>) -> Row<'a> {
    let Risk { points, reasons } = &placement.risk;
    Row {
        id: placement.workload,
        team: placement.team.as_str(),
        risk: placement.risk.level(),
        risk_points: *points,
        risk_reasons: reasons,
        why: proposal.why(number, placement),
    }
}

fn write(out: &mut impl Write, shown: &Document<'_>, dry_run: bool) -> io::Result<()> {
    let place = if dry_run { "for" } else { "in" };
    for wave in &shown.waves {
        let file = match &wave.file {
            Some(file) => {
                format!("{} and {} {place} {file}", counted(wave.shifts, "shift"), counted(wave.blanks, "blank"))
            }
            None => "no traffic to shift, so no file".to_owned(),
        };
        writeln!(out, "{}: {}", printable(wave.name), printable(&file))?;
        for row in &wave.workloads {
            writeln!(out, "  {}", printable(row.id.as_str()))?;
            row.why.iter().try_for_each(|text| lines(out, text))?;
        }
        if !wave.left_out.is_empty() {
            writeln!(out, "  not in the file")?;
        }
        wave.left_out.iter().try_for_each(|text| lines(out, text))?;
        if !wave.before_seal.is_empty() {
            writeln!(out, "  before it is sealed")?;
        }
        wave.before_seal.iter().try_for_each(|text| lines(out, text))?;
        writeln!(out)?;
    }
    if !shown.left_out.is_empty() {
        writeln!(out, "left out")?;
    }
    for left in &shown.left_out {
        writeln!(out, "  {}", printable(left.id.as_str()))?;
        lines(out, &left.reason)?;
    }
    Ok(())
}

fn lines(out: &mut impl Write, text: &str) -> io::Result<()> {
    wrapped(&printable(text), 74).iter().try_for_each(|line| writeln!(out, "      {line}"))
}

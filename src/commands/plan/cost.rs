//! `caravan plan cost`: what the estate costs now, and what it would cost on the platform.

use crate::config::Config;
use crate::costing::Costing;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::{Printer, counted, printable};
use crate::table::Table;
use crate::wrap::write_wrapped;
use crate::{inventory_db, money, suggest};
use caravan_inventory::Coverage;
use caravan_plans::cost::book::{BOOK_DATE, PriceSource, SOURCES};
use caravan_plans::cost::{
    ASSUMPTIONS, Bill, BoughtNodes, ClusterCost, Estimate, GroupCost, NOT_COUNTED, Totals, WaveCost, WorkloadCost,
};
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};

/// Reckon what the estate costs now, and what it would cost on the platform
///
/// Ranges in US dollars, by team and by wave, with what is not known beside them and never as zero. What runs today is taken
/// on both sides. Prices come from a dated book that is part of Caravan; `--format json` names the source of each item.
#[derive(Args, Debug)]
pub(crate) struct CostArgs {
    /// The workloads of this wave alone, each with everything in its bills
    #[arg(long, value_name = "WAVE")]
    wave: Option<String>,
    /// Let pods ask for what CloudWatch counted, where anything was counted, instead of what is declared
    #[arg(long)]
    sized: bool,
}

/// `caravan.cost/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    currency: &'static str,
    /// The region in which nodes are bought.
    region: &'a str,
    /// `declared`, or `measured` where anything was measured.
    sizes: &'static str,
    prices: Prices,
    assumptions: &'static [&'static str],
    not_counted: &'static [&'static str],
    workloads: Vec<&'a WorkloadCost>,
    teams: &'a [GroupCost],
    waves: Vec<&'a WaveCost>,
    clusters: &'a [ClusterCost],
    nodes: &'a [BoughtNodes],
    total: &'a Totals,
    coverage: Coverage,
}

/// The price book.
#[derive(Serialize)]
struct Prices {
    date: &'static str,
    sources: &'static [&'static PriceSource],
}

/// Runs the command.
///
/// # Errors
/// When the inventory or `caravan.yaml` can't be read, or there is no such wave.
pub(super) fn run(global: &Global, printer: &Printer, args: &CostArgs) -> Result<Exit, Failure> {
    let config = Config::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let Costing { estimate, region, .. } = Costing::read(global, &store, &config, args.sized)?;
    let wave = args.wave.as_deref().map(|name| named(&estimate, name)).transpose()?;
    let of_wave = |one: &&WorkloadCost| wave.is_none_or(|wave| one.wave.as_deref() == Some(wave.name.as_str()));
    let workloads: Vec<&WorkloadCost> = estimate.workloads.iter().filter(of_wave).collect();
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.cost/v1",
            currency: "USD",
            region: &region,
            sizes: if args.sized { "measured" } else { "declared" },
            prices: Prices { date: BOOK_DATE, sources: SOURCES },
            assumptions: ASSUMPTIONS,
            not_counted: NOT_COUNTED,
            workloads,
            teams: &estimate.teams,
            waves: wave.map_or_else(|| estimate.waves.iter().collect(), |wave| vec![wave]),
            clusters: &estimate.clusters,
            nodes: &estimate.nodes,
            total: &estimate.total,
            coverage: store.coverage()?,
        })?;
        return Ok(Exit::Done);
    }
    printer.text(|out| match wave {
        Some(wave) => write_wave(out, wave, &workloads),
        None => write_all(out, &estimate),
    })?;
    printer.note(&format!("dollars a month; + ? is what is not known; prices of {region} by the book of {BOOK_DATE}"));
    printer.note(&format!("in none of the figures: {}", NOT_COUNTED.join("; ")));
    crate::commands::inventory::note_coverage(printer, store.coverage()?);
    Ok(Exit::Done)
}

fn named<'a>(estimate: &'a Estimate, name: &str) -> Result<&'a WaveCost, Failure> {
    estimate.waves.iter().find(|wave| wave.name == name).ok_or_else(|| {
        let names = || estimate.waves.iter().map(|wave| wave.name.as_str());
        let failure = Failure::new(FailureKind::Usage, format!("there is no wave `{name}`, written or proposed"));
        match suggest::did_you_mean(name, names()) {
            Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
            None => failure.hint("`caravan plan draft --dry-run` proposes waves"),
        }
    })
}

fn write_all(out: &mut impl Write, estimate: &Estimate) -> io::Result<()> {
    let wave = |wave: &WaveCost| row(&wave.name, wave.workloads, &wave.now, &wave.then, &wave.savings);
    let group = |group: &GroupCost| row(&group.name, group.workloads, &group.now, &group.then, &group.savings);
    table(out, "wave", estimate.waves.iter().map(wave).collect())?;
    table(out, "team", estimate.teams.iter().map(group).collect())?;
    let Totals { moves, clusters, savings, retired, stays } = &estimate.total;
    writeln!(out, "{} move", counted(moves.workloads, "workload"))?;
    writeln!(out, "  now                {}", money::cost(&moves.now))?;
    writeln!(out, "  then               {}", money::cost(&moves.then))?;
    writeln!(out, "  clusters besides   {}", money::cost(clusters))?;
    writeln!(out, "  saved              {}", money::savings(savings))?;
    writeln!(out, "{} taken down", counted(retired.workloads, "workload"))?;
    writeln!(out, "  now                {}", money::cost(&retired.now))?;
    writeln!(out, "{} stay or wait", counted(stays.workloads, "workload"))?;
    writeln!(out, "  now                {}", money::cost(&stays.now))?;
    writeln!(out)?;
    for bought in &estimate.nodes {
        let nodes: Vec<String> = bought.nodes.iter().map(|(kind, count)| format!("{count} x {kind}")).collect();
        let (environment, pool, arch) = (&bought.environment, bought.pool, arch(bought));
        let text = format!(
            "nodes of {environment}, {pool}, {arch}: {} for {}, {} % above the bound",
            nodes.join(", "),
            counted(bought.pods, "pod"),
            bought.gap_percent
        );
        write_wrapped(out, 0, &text)?;
    }
    let all = moves.now.unknowns().chain(moves.then.unknowns()).chain(clusters.unknowns());
    write_unknown(out, all.chain(retired.now.unknowns()).chain(stays.now.unknowns()))
}

fn arch(bought: &BoughtNodes) -> &'static str {
    use caravan_convert_lift::plconfig::Arch;
    match bought.arch {
        Arch::Any => "any processor",
        Arch::Amd64 => "amd64",
        Arch::Arm64 => "arm64",
    }
}

fn write_wave(out: &mut impl Write, wave: &WaveCost, workloads: &[&WorkloadCost]) -> io::Result<()> {
    writeln!(out, "wave {}", printable(&wave.name))?;
    writeln!(out, "  now                {}", money::cost(&wave.now))?;
    writeln!(out, "  then               {}", money::cost(&wave.then))?;
    writeln!(out, "  saved              {}", money::savings(&wave.savings))?;
    writeln!(out, "  while both run     {}", money::cost(&wave.both_sides))?;
    for one in workloads {
        writeln!(out, "\n{}", printable(one.id.as_str()))?;
        writeln!(out, "  saved  {}", money::savings(&one.savings))?;
        bill(out, "now", &one.now)?;
        bill(out, "then", &one.then)?;
    }
    Ok(())
}

fn bill(out: &mut impl Write, name: &str, bill: &Bill) -> io::Result<()> {
    writeln!(out, "  {name:<5}  {}", money::cost(&bill.total))?;
    for item in &bill.items {
        let (unknown, _) = item.cost.unknowns().next().unzip();
        let why = unknown.map(|unknown| format!(" ({})", unknown.reason)).unwrap_or_default();
        write_wrapped(out, 9, &format!("{}: {}{why}", item.what, money::cost(&item.cost)))?;
    }
    Ok(())
}

fn row(
    name: &str,
    workloads: u64,
    now: &caravan_plans::cost::Cost,
    then: &caravan_plans::cost::Cost,
    savings: &caravan_plans::cost::Savings,
) -> [String; 5] {
    [printable(name).into_owned(), workloads.to_string(), money::cost(now), money::cost(then), money::savings(savings)]
}

fn table(out: &mut impl Write, what: &'static str, rows: Vec<[String; 5]>) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Table::new([what, "of", "now", "then", "saved"]).write_all(out, &rows)?;
    writeln!(out)
}

/// Each reason once, with what it is of.
fn write_unknown<'a>(
    out: &mut impl Write,
    all: impl Iterator<Item = (&'a caravan_plans::cost::Unknown, u64)>,
) -> io::Result<()> {
    let unknown = money::unknowns(all);
    if !unknown.is_empty() {
        writeln!(out, "\nnot known")?;
    }
    for (reason, of, count) in unknown {
        let what = match of.as_slice() {
            [one] => format!("{one}: {reason}"),
            [first, others @ ..] => format!("{first} and {} others: {reason}", others.len()),
            [] => reason.to_owned(),
        };
        write_wrapped(out, 2, &format!("{what} ({count} times)"))?;
    }
    Ok(())
}

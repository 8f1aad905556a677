//! `caravan rehearse`: a wave on a simulated world, by the engine that will run it.

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::operator::StoredInventory;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::{inventory_db, journal_db, signals, waves};
use caravan_cutover::operator::plan_from_inventory;
use caravan_cutover_rehearsal::{Intention, Profile, RehearsalReport, Tally, rehearse_seeds};
use caravan_plans::Sealed;
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Run a wave on a simulated world, many times
///
/// There and back, as often as asked for, while things go wrong: calls that fail, that succeed unheard, that come late; a third party's hand; dead drivers; a full disk. The transition function
/// is the very one that the cutover runs. Ends with 1 when a rule did not hold in any run; its seed plays that run again.
#[derive(Args, Debug)]
pub(crate) struct RehearseArgs {
    /// The wave: its newest seal, else plans/wave-WAVE.yaml over the inventory
    #[arg(value_name = "WAVE")]
    wave: String,
    /// How many times
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    runs: u64,
    /// The first seed: the same seed is the same rehearsal
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// What goes wrong
    #[arg(long, value_name = "PROFILE", default_value = "everything")]
    faults: Faults,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Faults {
    // Nothing.
    None,
    // The new side fails while it takes traffic.
    Unhealthy,
    // Anything, several at once.
    Everything,
}

/// How many broken rules are named.
const SHOWN: usize = 10;

/// How many runs a core takes on at a time: a moment's work.
const PART: u64 = 50;

/// Runs the command.
///
/// # Errors
/// When the wave was neither sealed nor can be planned.
pub(crate) fn run(global: &Global, printer: &Printer, args: &RehearseArgs) -> Result<Exit, Failure> {
    let plan = plan(global, &args.wave)?;
    let profile = match args.faults {
        Faults::None => Profile::None,
        Faults::Unhealthy => Profile::Unhealthy,
        Faults::Everything => Profile::Everything,
    };
    let report = rehearse_plan(printer, &plan, args.runs, args.seed, profile, Intention::ThereAndBack);
    if printer.is_json() {
        printer.json(&report)?;
    } else {
        printer.text(|out| write(out, &args.wave, &report))?;
    }
    if let Some(seed) = report.failing_seeds.first() {
        printer.hint(&format!("play it again: caravan rehearse {} --runs 1 --seed {seed}", args.wave));
    }
    Ok(if report.violations == 0 { Exit::Done } else { Exit::Failed })
}

/// Rehearses a plan so many times from a seed on, on every core, and names the first rules that did not hold. However
/// the cores share the seeds, the report and the names are the same.
pub(crate) fn rehearse_plan(
    printer: &Printer,
    plan: &Sealed,
    runs: u64,
    seed: u64,
    profile: Profile,
    intention: Intention,
) -> RehearsalReport {
    let end = seed.saturating_add(runs);
    let (next, done, parts) = (AtomicU64::new(seed), AtomicU64::new(0), Mutex::new(Vec::new()));
    let progress = Progress::new(printer);
    let take = |first: u64| (first < end).then(|| first.saturating_add(PART).min(end));
    let work = || {
        while let Ok(first) = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            let mut named = Vec::new();
            let seeds = first..take(first).unwrap_or(end);
            let tally = rehearse_seeds(plan, seeds.clone(), profile, intention, |seed, violation| {
                if named.len() < SHOWN {
                    named.push(format!("seed {seed}: {violation:?}"));
                }
            });
            parts.lock().unwrap_or_else(PoisonError::into_inner).push((first, tally, named));
            let made = seeds.end - seeds.start;
            progress.now(format!("{} of {runs} runs", done.fetch_add(made, Ordering::Relaxed) + made));
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        for _ in (0..cores).take(usize::try_from(runs.div_ceil(PART)).unwrap_or(cores)) {
            scope.spawn(work);
        }
    });
    drop(progress);
    let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    parts.sort_unstable_by_key(|(first, ..)| *first);
    let mut whole = Tally::default();
    let mut names = Vec::new();
    for (_, tally, named) in parts {
        whole.join(tally);
        names.extend(named);
    }
    names.iter().take(SHOWN).for_each(|name| printer.warning(name));
    whole.report(plan)
}

/// The wave's newest seal; else what would be sealed now.
fn plan(global: &Global, wave: &str) -> Result<Sealed, Failure> {
    if journal_db::path(&global.dir).exists() {
        let journal = journal_db::open_to_read(&global.dir)?;
        let sealed = signals::block_on(async {
            match journal.current_seal(wave).await? {
                Some(hash) => journal.plan(&hash).await.map(Some),
                None => Ok(None),
            }
        })??;
        if let Some(sealed) = sealed {
            return Ok(sealed);
        }
    }
    let config = Config::load(&global.dir)?;
    let spec = waves::load(&global.dir, wave)?;
    let store = inventory_db::open(&global.dir)?;
    Ok(Sealed::seal(plan_from_inventory(&StoredInventory(&store), &spec, config.drivers)?)?)
}

/// A report for people.
pub(crate) fn write(out: &mut impl Write, wave: &str, report: &RehearsalReport) -> io::Result<()> {
    writeln!(out, "wave {wave}, plan {}", report.plan_hash)?;
    writeln!(out, "{} runs with {} faults: {} violations", report.runs, report.faults, report.violations)?;
    writeln!(out, "{} ended on the new side, {} as everything was before", report.done, report.rolled_back)?;
    let seconds = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value} s"));
    let back = &report.rollback_seconds;
    writeln!(
        out,
        "the rollback took {} (median), {} (99th percentile), {} at most",
        seconds(back.p50),
        seconds(back.p99),
        seconds(back.max)
    )?;
    writeln!(out, "{} requests were lost", report.lost_requests)?;
    match report.failing_seeds.as_slice() {
        [] => Ok(()),
        seeds => writeln!(out, "failing seeds: {seeds:?}"),
    }
}

//! `caravan rehearse`: a wave on a simulated world, by the engine that will run it.

mod text;

pub(crate) use text::write;

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::{Global, OutputFormat};
use crate::operator::StoredInventory;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::{inventory_db, journal_db, shell, signals, waves};
use caravan_cutover::operator::plan_from_inventory;
use caravan_cutover_rehearsal::{Intention, Profile, RehearsalReport, Tally, rehearse_seeds};
use caravan_plans::Sealed;
use clap::{Args, ValueEnum};
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Run a wave on a simulated world, many times
///
/// Half of the runs go to the new side, half there and back, while things go wrong: calls that fail, succeed unheard or come late; a third party's hand; dead drivers; outages of seconds to an hour; sides that hang; probes that lie; people who do not answer. The transition function is the very one that the cutover runs. Ends with 1 when a rule did not hold in any run; its seed plays that run again.
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
    /// Nothing
    None,
    /// The new side fails while it takes traffic
    Unhealthy,
    /// Single calls fail, and drivers die
    Single,
    /// Trouble lasts: outages, sides that hang, probes that lie, people who do not answer
    Lasting,
    /// Any of these, several at once
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
    let report = rehearse_plan(printer, &plan, args.runs, args.seed, args.faults.profile(), Intention::BySeed);
    if printer.is_json() {
        printer.json(&report)?;
    } else {
        printer.text(|out| text::write(out, &args.wave, &report))?;
    }
    if let Some(seed) = report.failing_seeds.first() {
        printer.hint(&format!("play it again: {}", args.again(global, *seed)));
    }
    Ok(if report.passed { Exit::Done } else { Exit::Failed })
}

impl RehearseArgs {
    /// The command that plays the run of one seed again, as it can be pasted.
    fn again(&self, global: &Global, seed: u64) -> String {
        let mut words = vec!["caravan".to_owned()];
        if global.dir != "." {
            words.extend(["--dir".to_owned(), global.dir.to_string()]);
        }
        if matches!(global.format, OutputFormat::Json) {
            words.extend(["--format", "json"].map(str::to_owned));
        }
        let faults = self.faults.to_possible_value().map(|value| value.get_name().to_owned());
        words.extend(["rehearse".to_owned(), self.wave.clone(), "--faults".to_owned()].into_iter().chain(faults));
        words.extend(["--runs", "1", "--seed"].map(str::to_owned));
        words.push(seed.to_string());
        words.iter().map(|word| shell::quoted(word)).collect::<Vec<_>>().join(" ")
    }
}

impl Faults {
    const fn profile(self) -> Profile {
        match self {
            Self::None => Profile::None,
            Self::Unhealthy => Profile::Unhealthy,
            Self::Single => Profile::Single,
            Self::Lasting => Profile::Lasting,
            Self::Everything => Profile::Everything,
        }
    }
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
    let progress = Progress::of_terminal(printer);
    let take = |first: u64| (first < end).then(|| first.saturating_add(PART).min(end));
    let work = || {
        while let Ok(first) = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            let mut named = Vec::new();
            let seeds = first..take(first).unwrap_or(end);
            let tally = rehearse_seeds(plan, seeds.clone(), profile, intention, |seed, violation| {
                if named.len() < SHOWN {
                    named.push(format!("seed {seed}: {:?}: {}", violation.rule, violation.text));
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

#[cfg(test)]
mod tests;

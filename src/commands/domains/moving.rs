//! `caravan domains move`.

use super::moves::{MoveRow, exit_of};
use super::{known, roles};
use crate::commands::demo;
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::journal_db::{self, Journal};
use crate::moving::{Inventory, MovingWorld, plan_of, read_inventory};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::who::Who;
use crate::{inventory_db, signals};
use caravan_cutover::operator::time_text;
use caravan_cutover::{MoveDriver, MoveError, Stays, SystemClock};
use caravan_cutover_domains::{Lead, MovePlan, Stand, State};
use caravan_inventory::Domain;
use clap::Args;
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::Serialize;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;

/// Move customers' hostnames to the new edge, certificate before DNS; without --start, show what would be done
///
/// With --start each goes on by itself until it waits: for the approval that leads its name to the new edge (`caravan domains
/// approve`), for the customer, or for a person. A hostname that is on its way already is driven on. With --wait it is driven to
/// its end, which takes the soak and the release. Whoever drives may be stopped at any moment, and another one goes on.
#[derive(Args, Debug)]
pub(crate) struct MoveArgs {
    /// The hostnames
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    /// Begin, or go on with what has begun
    #[arg(long)]
    start: bool,
    /// Drive to the end
    #[arg(long, requires = "start")]
    wait: bool,
    #[command(flatten)]
    who: Who,
}

/// `caravan.domain-moves/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document {
    #[schemars(extend("const" = "caravan.domain-moves/v1"))]
    pub(super) schema: &'static str,
    pub(super) moves: Vec<MoveRow>,
}

/// Runs the command.
///
/// # Errors
/// When a hostname can't be moved, with what is missing; those of the journal.
pub(crate) fn run(global: &Global, printer: &Printer, args: &MoveArgs) -> Result<Exit, Failure> {
    if demo::is_demo(&global.dir) {
        return Err(Failure::new(
            FailureKind::Usage,
            "the demonstration's hosts do not exist: nothing of them can be moved",
        ));
    }
    let config = Config::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let domains: Vec<Domain> = args.names.iter().map(|name| known::one(&store, name)).collect::<Result<_, _>>()?;
    let inventory = read_inventory(&store, known::all(&store)?, known::ours(&store)?)?;
    let world = MovingWorld::open(&global.dir, &config)?;
    if !args.start {
        return show(printer, &domains, &inventory, &config, &world, &args.names);
    }
    let permit = WritePermit::ask(global, "moving hostnames")?;
    let who = args.who.name()?;
    roles::may_move(global, &who)?;
    let journal = journal_db::open_for_writing(&global.dir, &permit)?;
    let runs = signals::block_on(begun(&journal, &domains, &inventory, &config, &world, &who))??;
    drive(printer, journal, world, &config, args, &who, runs)
}

/// What would be done, hostname by hostname.
fn show(
    printer: &Printer,
    domains: &[Domain],
    inventory: &Inventory,
    config: &Config,
    world: &MovingWorld,
    names: &[String],
) -> Result<Exit, Failure> {
    let plans = signals::block_on(async {
        let mut plans = Vec::new();
        for domain in domains {
            plans.push(plan_of(domain, inventory, config, world.real(), "planned").await?);
        }
        Ok::<_, Failure>(plans)
    })??;
    if printer.is_json() {
        let row = |plan: &MovePlan| MoveRow::of(plan, &State::planned(plan), journal_db::now());
        printer.json(&Document { schema: "caravan.domain-moves/v1", moves: plans.iter().map(row).collect() })?;
    } else {
        printer.text(|out| plans.iter().flat_map(lines).try_for_each(|line| writeln!(out, "{line}")))?;
    }
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    printer.hint(&format!("nothing was changed; to begin: caravan domains move {} --start", names.join(" ")));
    Ok(Exit::Done)
}

fn lines(plan: &MovePlan) -> Vec<String> {
    let mut lines = vec![
        plan.name.clone(),
        format!(
            "  certificate: ordered at {}, proven by DNS, kept in Secret {}",
            plan.authority.directory, plan.edges.secret
        ),
        format!("  new edge: {} in {} of {}", plan.edges.new.join(", "), plan.edges.namespace, plan.edges.cluster),
        format!("  old edge: {}", plan.edges.old.join(", ")),
    ];
    match &plan.lead {
        Lead::Ours(own) => {
            let kind = own.target.kind();
            lines.push(format!("  we change {}:", own.target));
            for (mark, stand) in [("-", Stand::Original), ("+", Stand::Moved)] {
                lines.extend(kind.lines(own.snapshot(stand)).iter().map(|line| format!("    {mark} {line}")));
            }
        }
        Lead::Customer(record) => {
            let list = |values: &std::collections::BTreeSet<String>| Vec::from_iter(values.clone()).join(" or ");
            lines.push(format!("  the customer leads it from {} to {}", list(&record.old), list(&record.new)));
        }
    }
    if let Some(window) = plan.window {
        lines.push(format!("  window: {} to {}", time_text(window.from), time_text(window.until)));
    }
    lines
}

/// The runs of these hostnames: those that are under way, and new ones.
async fn begun(
    journal: &Journal,
    domains: &[Domain],
    inventory: &Inventory,
    config: &Config,
    world: &MovingWorld,
    who: &str,
) -> Result<Vec<String>, Failure> {
    let known = journal.moves().await?;
    let (mut runs, mut new) = (Vec::new(), Vec::new());
    for domain in domains {
        let under_way = known.iter().find(|one| !one.ended && one.plan.name == domain.name.as_str());
        match under_way {
            Some(record) => runs.push(record.plan.run.clone()),
            None => {
                let run = format!("move-{}", ulid::Ulid::generate().to_string().to_lowercase());
                new.push(plan_of(domain, inventory, config, world.real(), &run).await?);
            }
        }
    }
    // All or none: what is wrong with one is said before any begins.
    for plan in new {
        journal.create_move(&plan, who, env!("CARGO_PKG_VERSION"), journal_db::now()).await?;
        runs.push(plan.run);
    }
    Ok(runs)
}

fn drive(
    printer: &Printer,
    journal: Journal,
    world: MovingWorld,
    config: &Config,
    args: &MoveArgs,
    who: &str,
    runs: Vec<String>,
) -> Result<Exit, Failure> {
    let driver = MoveDriver {
        world: world.counting_in(&journal),
        journal,
        clock: SystemClock,
        name: format!("{who}-{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish()),
        lease_ms: u64::from(config.lease) * 1_000,
        stays: if args.wait { Stays::ToTheEnd } else { Stays::UntilItWaits },
    };
    let quiet = printer.is_quiet();
    let driven = signals::block_on(async {
        let driver = &driver;
        let driving = runs.iter().map(|run| async move {
            let mut said = String::new();
            let told = |plan: &MovePlan, state: &State| {
                let line = MoveRow::of(plan, state, journal_db::now()).line();
                if line != said && !quiet {
                    say(&line);
                }
                said = line;
            };
            driver.drive(run, who, told).await
        });
        tokio::select! {
            driven = join_all(driving) => driven,
            () = signals::told_to_end() => Vec::new(),
        }
    })?;
    let (mut rows, mut exits) = (Vec::new(), Vec::new());
    for (run, driven) in runs.iter().zip(driven) {
        match driven {
            Ok(state) => {
                exits.push(exit_of(&state));
                let (record, _) = signals::block_on(driver.journal.read_move(run))??;
                rows.push(MoveRow::of(&record.plan, &state, journal_db::now()));
            }
            Err(error) => {
                let failure = Failure::from(error);
                exits.push(failure.exit());
                printer.warning(&format!("{:#}", failure.error));
            }
        }
    }
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.domain-moves/v1", moves: rows })?;
    } else {
        printer.text(|out| rows.iter().try_for_each(|row| writeln!(out, "{}", row.line())))?;
    }
    if let Some(next) = next(&args.names, &exits) {
        printer.hint(&next);
    }
    Ok(exits.into_iter().max_by_key(|exit| exit.code()).unwrap_or(Exit::Waiting))
}

/// What to do next.
fn next(names: &[String], exits: &[Exit]) -> Option<String> {
    let waits = exits.iter().any(|exit| !matches!(exit, Exit::Done | Exit::RolledBack | Exit::EndedElsewhere));
    let first = names.first().filter(|_| waits)?;
    Some(format!("what it waits for: caravan domains watch {first}"))
}

/// What is told while a command runs goes where messages go.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

impl From<MoveError> for Failure {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Journal(error) => error.into(),
            MoveError::LeaseHeld { .. } => Self::caused(FailureKind::LeaseHeld, error).hint("it goes on there"),
            MoveError::Replay(_) | MoveError::Defect { .. } => Self::caused(FailureKind::Work, error),
        }
    }
}

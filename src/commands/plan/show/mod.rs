//! `caravan plan show`.

mod stage;
mod text;
mod why;

use super::planned::{Planned, planned};
use crate::config::Config;
use crate::costing::Costing;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::printer::{Printer, printable};
use crate::waves::Over;
use crate::wrap::write_wrapped;
use crate::{inventory_db, journal_db, money, signals};
use caravan_cutover::Approval;
use caravan_cutover::operator::{newest_seal, on_top, time_text};
use caravan_plans::cost::book::BOOK_DATE;
use caravan_plans::cost::{Estimate, WaveCost};
use caravan_plans::{Drivers, OnFailure, Sealed, WavePlan};
use clap::Args;
use serde::Serialize;
use stage::{FinalDocument, StageDocument, finalised, stages};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Shows sealed plans: each change before and after, whether it is compared and swapped (`atomic`) or read, written and
/// read again (`checked`), how it is taken back, what stays behind, and the commands of its manual rollback.
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The wave; without it, every sealed wave
    #[arg(value_name = "WAVE")]
    wave: Option<String>,
    /// Show what would be sealed now, over what the inventory has observed
    #[arg(long, requires = "wave")]
    draft: bool,
    /// With --draft, observe the targets now: what a hand-over changes, and HTTPRoutes, stand in no inventory
    #[arg(long, requires = "draft")]
    live: bool,
    /// Say why this workload is in the wave that `caravan plan draft` proposes now, or in none
    #[arg(long, value_name = "ID", conflicts_with_all = ["wave", "draft"])]
    why: Option<String>,
}

/// `caravan.plan/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    /// Of the one wave that is shown; null when it is not sealed, or several are shown.
    hash: Option<&'a str>,
    parent: Option<&'a str>,
    waves: Vec<Wave<'a>>,
}

#[derive(Serialize)]
struct Wave<'a> {
    name: &'a str,
    hash: Option<&'a str>,
    parent: Option<&'a str>,
    drivers: Drivers,
    on_failure: OnFailure,
    /// Seconds for which everything must have stood on the new side before the run may be finalised.
    soak_seconds: u64,
    /// What each shift's target is turned into then, by the word of two persons: there is no way back.
    finalised: Vec<FinalDocument>,
    workloads: BTreeSet<&'a str>,
    domains: BTreeSet<&'a str>,
    cost: CostOf,
    approvals: Vec<&'a str>,
    steps: Vec<StageDocument<'a>>,
}

/// What the wave costs, by the inventory and the price book of now: a seal holds no prices.
#[derive(Serialize)]
#[serde(untagged)]
enum CostOf {
    /// Now, then, and while both sides run.
    Known {
        /// The day of the price book.
        prices: &'static str,
        #[serde(flatten)]
        cost: Box<WaveCost>,
    },
    /// What is not known, and why (P3).
    Unknown { unknown: String },
}

/// One plan with what is known about it.
struct Shown {
    sealed: Sealed,
    is_sealed: bool,
    approvals: Vec<Approval>,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &ShowArgs) -> Result<Exit, Failure> {
    if let Some(id) = &args.why {
        return why::run(global, printer, id);
    }
    let shown = match &args.wave {
        Some(wave) if args.draft => vec![unsealed(global, printer, wave, Over::of(args.live))?],
        wave => {
            let journal = journal_db::open_to_read(&global.dir)?;
            signals::block_on(newest(&journal, wave.as_deref()))??
        }
    };
    let costs = Costs::read(global);
    if printer.is_json() {
        printer.json(&document(&shown, &costs))?;
    } else {
        printer.text(|out| {
            shown.iter().try_for_each(|shown| {
                shown.write(out)?;
                costs.write(out, shown.sealed.plan())
            })
        })?;
    }
    Ok(Exit::Done)
}

/// The plan of a wave: of its newest seal, or what would be sealed now over this; and whether it is sealed.
///
/// # Errors
/// When it was never sealed, or can't be built.
pub(super) fn plan_of(
    global: &Global,
    printer: &Printer,
    wave: &str,
    draft: Option<Over>,
) -> Result<(Sealed, bool), Failure> {
    if let Some(over) = draft {
        return Ok((unsealed(global, printer, wave, over)?.sealed, false));
    }
    let journal = journal_db::open_to_read(&global.dir)?;
    let sealed = signals::block_on(async {
        let seal = newest_seal(&journal, wave).await?;
        Ok::<_, Failure>(journal.plan(&seal.hash).await?)
    })??;
    Ok((sealed, true))
}

/// What everything costs, where there is an inventory to tell.
struct Costs(Result<Estimate, String>);

impl Costs {
    /// What keeps it from being reckoned is said in its place: a plan is shown all the same.
    fn read(global: &Global) -> Self {
        if !inventory_db::is_there(&global.dir) {
            return Self(Err("there is no inventory, which tells what runs: caravan discover".to_owned()));
        }
        let read = || {
            let (config, store) = (Config::load(&global.dir)?, inventory_db::open(&global.dir)?);
            Costing::read(global, &store, &config, false)
        };
        Self(read().map(|costing| costing.estimate).map_err(|failure| format!("{:#}", failure.error)))
    }

    fn of(&self, plan: &WavePlan) -> CostOf {
        let workloads: BTreeSet<&str> = plan.steps.iter().map(|step| step.workload().as_str()).collect();
        match &self.0 {
            Ok(estimate) => {
                CostOf::Known { prices: BOOK_DATE, cost: Box::new(estimate.together(&plan.wave, &workloads)) }
            }
            Err(why) => CostOf::Unknown { unknown: why.clone() },
        }
    }

    fn write(&self, out: &mut impl Write, plan: &WavePlan) -> io::Result<()> {
        let text = match self.of(plan) {
            CostOf::Known { prices, cost } => format!(
                "cost in dollars a month, by the prices of {prices}: now {}, then {}, while both run {}",
                money::cost(&cost.now),
                money::cost(&cost.then),
                money::cost(&cost.both_sides)
            ),
            CostOf::Unknown { unknown } => format!("cost     unknown: {unknown}"),
        };
        writeln!(out)?;
        write_wrapped(out, 2, &text)
    }
}

fn unsealed(global: &Global, printer: &Printer, wave: &str, over: Over) -> Result<Shown, Failure> {
    let Planned { plan, active } = planned(global, printer, wave, over)?;
    for controller in active {
        printer.warning(&format!(
            "{controller}: pause it, or name it under the shift's `paused_controllers:`; until then nothing is sealed"
        ));
    }
    // What a seal would be made on top of. Without a journal it would be the first one.
    let sealed = match journal_db::path(&global.dir).exists() {
        true => signals::block_on(on_top(&journal_db::open_to_read(&global.dir)?, plan))??.sealed,
        false => Sealed::seal(plan)?,
    };
    Ok(Shown { sealed, is_sealed: false, approvals: Vec::new() })
}

/// The newest seal of a wave, as `plan show` tells it: its hash and its lines.
///
/// # Errors
/// When it was never sealed, or the journal can't be read.
pub(crate) fn newest_text(journal: &Journal, wave: &str) -> Result<(String, Vec<String>), Failure> {
    let shown = signals::block_on(newest(journal, Some(wave)))??;
    let mut text = Vec::new();
    // Memory takes whatever is written to it.
    let _written = shown.iter().try_for_each(|shown| shown.write(&mut text));
    let hash = shown.first().map(|shown| shown.sealed.hash().to_string()).unwrap_or_default();
    Ok((hash, String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()))
}

/// The newest seal of one wave, or of every wave, sorted by name.
async fn newest(journal: &Journal, wave: Option<&str>) -> Result<Vec<Shown>, Failure> {
    let mut shown = Vec::new();
    let waves: BTreeSet<String> = match wave {
        Some(wave) => BTreeSet::from([wave.to_owned()]),
        None => journal.seals().await?.into_iter().map(|seal| seal.wave).collect(),
    };
    for wave in waves {
        let seal = newest_seal(journal, &wave).await?;
        let approvals = journal.approvals(&seal.hash).await?;
        shown.push(Shown { sealed: journal.plan(&seal.hash).await?, is_sealed: true, approvals });
    }
    Ok(shown)
}

fn document<'a>(shown: &'a [Shown], costs: &Costs) -> Document<'a> {
    let waves: Vec<Wave<'_>> = shown.iter().map(|shown| shown.wave(costs)).collect();
    let (hash, parent) = match waves.as_slice() {
        [only] => (only.hash, only.parent),
        _ => (None, None),
    };
    Document { schema: "caravan.plan/v1", hash, parent, waves }
}

impl Shown {
    fn wave(&self, costs: &Costs) -> Wave<'_> {
        let plan = self.sealed.plan();
        Wave {
            name: &plan.wave,
            hash: self.is_sealed.then(|| self.sealed.hash().as_str()),
            parent: plan.parent.as_ref().map(caravan_plans::PlanHash::as_str),
            drivers: plan.drivers,
            on_failure: plan.on_failure,
            soak_seconds: plan.soak_ms / 1000,
            finalised: finalised(plan),
            workloads: plan.steps.iter().map(|step| step.workload().as_str()).collect(),
            domains: plan.shifts().flat_map(|shift| &shift.new).map(|probe| probe.host.as_str()).collect(),
            cost: costs.of(plan),
            approvals: self.approvals.iter().map(|approval| approval.who.as_str()).collect(),
            steps: stages(plan),
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let plan = self.sealed.plan();
        writeln!(out, "wave {}", plan.wave)?;
        match self.is_sealed {
            true => writeln!(out, "  hash     {}", self.sealed.hash())?,
            false => writeln!(out, "  hash     not sealed")?,
        }
        let parent = plan.parent.as_ref().map_or("none: its first seal", caravan_plans::PlanHash::as_str);
        writeln!(out, "  parent   {parent}")?;
        let approvals: Vec<String> = self
            .approvals
            .iter()
            .map(|approval| {
                let reason = approval.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                format!("{} at {}{reason}", approval.who, time_text(approval.at))
            })
            .collect();
        let approvals = if approvals.is_empty() { "nobody".to_owned() } else { approvals.join(", ") };
        writeln!(out, "  approved by {}", printable(&approvals))?;
        let drivers = match plan.drivers {
            Drivers::Shared => "shared: drivers on several machines",
            Drivers::OneMachine => "one-machine: drivers on this machine only",
        };
        writeln!(out, "  drivers  {drivers}")?;
        let taken_back = match plan.on_failure {
            OnFailure::Wave => "wave: all that has moved goes back",
            OnFailure::Shift => "shift: that shift alone goes back",
        };
        writeln!(out, "  a new side fails  {taken_back}")?;
        let soak = plan.soak_ms / 1000;
        let ends = "ends     when a person ends it: until then its owners can be handed back".to_owned();
        let soak = format!("soak     {soak} s on the new side, then two persons may finalise it: there is no way back");
        write_wrapped(out, 2, if plan.shifts().next().is_some() { &soak } else { &ends })?;
        plan.steps.iter().zip(1..).try_for_each(|(step, number)| text::write_step(out, number, plan, step))
    }
}

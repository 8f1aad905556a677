//! `caravan plan show`.

mod stage;
mod text;
mod why;

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::operator::StoredInventory;
use crate::printer::{Printer, printable};
use crate::wrap::write_wrapped;
use crate::{inventory_db, journal_db, signals, waves};
use caravan_cutover::Approval;
use caravan_cutover::operator::{newest_seal, plan_from_inventory, time_text};
use caravan_plans::{Drivers, OnFailure, Sealed};
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
    cost: Unknown,
    approvals: Vec<&'a str>,
    steps: Vec<StageDocument<'a>>,
}

/// What is not known, and why (P3).
#[derive(Serialize)]
struct Unknown {
    unknown: &'static str,
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
        Some(wave) if args.draft => vec![unsealed(global, wave)?],
        wave => {
            let journal = journal_db::open_to_read(&global.dir)?;
            signals::block_on(newest(&journal, wave.as_deref()))??
        }
    };
    if printer.is_json() {
        printer.json(&document(&shown))?;
    } else {
        printer.text(|out| shown.iter().try_for_each(|shown| shown.write(out)))?;
    }
    Ok(Exit::Done)
}

fn unsealed(global: &Global, wave: &str) -> Result<Shown, Failure> {
    let config = Config::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let spec = waves::load(&global.dir, wave)?;
    let plan = plan_from_inventory(&StoredInventory(&store), &spec, config.drivers)
        .map_err(|error| waves::in_file(&global.dir, &spec, waves::Over::Inventory, error.into()))?;
    Ok(Shown { sealed: Sealed::seal(plan)?, is_sealed: false, approvals: Vec::new() })
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

fn document(shown: &[Shown]) -> Document<'_> {
    let waves: Vec<Wave<'_>> = shown.iter().map(Shown::wave).collect();
    let (hash, parent) = match waves.as_slice() {
        [only] => (only.hash, only.parent),
        _ => (None, None),
    };
    Document { schema: "caravan.plan/v1", hash, parent, waves }
}

impl Shown {
    fn wave(&self) -> Wave<'_> {
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
            cost: Unknown { unknown: "there is no cost model yet" },
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
        let soak = format!("soak     {soak} s on the new side, then two persons may finalise it: there is no way back");
        write_wrapped(out, 2, &soak)?;
        plan.steps.iter().zip(1..).try_for_each(|(step, number)| text::write_step(out, number, plan, step))
    }
}

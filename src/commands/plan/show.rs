//! `caravan plan show`.

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::operator::StoredInventory;
use crate::printer::{Printer, printable};
use crate::{inventory_db, journal_db, signals, waves};
use caravan_cutover::operator::{newest_seal, plan_from_inventory, time_text};
use caravan_cutover::{Approval, Journal};
use caravan_plans::{Drivers, Sealed, Shift, Stage, Undo, WavePlan};
use caravan_providers::target::{Guarantee, Probe, Snapshot};
use clap::Args;
use serde::Serialize;
use serde_json::Value;
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
    workloads: BTreeSet<&'a str>,
    domains: BTreeSet<&'a str>,
    cost: Unknown,
    approvals: Vec<&'a str>,
    steps: Vec<Step<'a>>,
}

/// What is not known, and why (P3).
#[derive(Serialize)]
struct Unknown {
    unknown: &'static str,
}

#[derive(Serialize)]
struct Step<'a> {
    name: String,
    workload: &'a str,
    target: String,
    guarantee: Guarantee,
    percent: u8,
    approval: bool,
    bake_seconds: u64,
    probe_every_seconds: u64,
    probe_rounds: u32,
    /// Seconds after which a write without an answer is observed.
    in_flight_seconds: u32,
    old_probes: &'a [Probe],
    new_probes: &'a [Probe],
    undo: &'a Undo,
    before: &'a Snapshot,
    after: &'a Snapshot,
    /// Who else writes to the target and is paused by people.
    paused_controllers: &'a [String],
    manual_rollback: &'a [String],
}

/// One plan with what is known about it.
struct Shown {
    sealed: Sealed,
    is_sealed: bool,
    approvals: Vec<Approval>,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &ShowArgs) -> Result<Exit, Failure> {
    let shown = match &args.wave {
        Some(wave) if args.draft => vec![unsealed(global, wave)?],
        wave => {
            let journal = journal_db::open(&global.dir)?;
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
    let plan = plan_from_inventory(&StoredInventory(&store), &waves::load(&global.dir, wave)?, config.drivers)?;
    Ok(Shown { sealed: Sealed::seal(plan)?, is_sealed: false, approvals: Vec::new() })
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
            workloads: plan.shifts.iter().map(|shift| shift.workload.as_str()).collect(),
            domains: plan.shifts.iter().flat_map(|shift| &shift.new).map(|probe| probe.host.as_str()).collect(),
            cost: Unknown { unknown: "there is no cost model yet" },
            approvals: self.approvals.iter().map(|approval| approval.who.as_str()).collect(),
            steps: (0..plan.shifts.len()).flat_map(|shift| steps(plan, shift)).collect(),
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
        writeln!(out, "  cost     unknown: there is no cost model yet")?;
        plan.shifts.iter().zip(1..).try_for_each(|(shift, number)| write_shift(out, number, shift))
    }
}

fn steps(plan: &WavePlan, number: usize) -> impl Iterator<Item = Step<'_>> {
    let shift = &plan.shifts[number];
    shift.stages.iter().enumerate().map(move |(at, stage)| Step {
        name: plan.step_name(number, at).unwrap_or_default(),
        workload: shift.workload.as_str(),
        target: shift.target.to_string(),
        guarantee: shift.target.guarantee(),
        percent: stage.percent,
        approval: stage.approval,
        bake_seconds: stage.gate.bake_ms / 1000,
        probe_every_seconds: stage.gate.every_ms / 1000,
        probe_rounds: stage.gate.rounds,
        in_flight_seconds: shift.in_flight,
        old_probes: &shift.old,
        new_probes: &shift.new,
        undo: &stage.undo,
        before: before(shift, at),
        after: &stage.snapshot,
        paused_controllers: &shift.paused_controllers,
        manual_rollback: &shift.manual_rollback,
    })
}

fn before(shift: &Shift, at: usize) -> &Snapshot {
    at.checked_sub(1).and_then(|previous| shift.stages.get(previous)).map_or(&shift.original, |stage| &stage.snapshot)
}

fn write_shift(out: &mut impl Write, number: usize, shift: &Shift) -> io::Result<()> {
    let guarantee = match shift.target.guarantee() {
        Guarantee::Atomic => "atomic: a foreign change makes the write fail",
        Guarantee::Checked => "checked: read, written, read again",
    };
    writeln!(out, "\n{number}. {}\n   {}\n   {guarantee}", shift.workload, shift.target)?;
    if !shift.paused_controllers.is_empty() {
        writeln!(
            out,
            "   paused by people for the time of the run: {}",
            printable(&shift.paused_controllers.join(", "))
        )?;
    }
    for (side, probes) in [("old", &shift.old), ("new", &shift.new)] {
        probes.iter().try_for_each(|probe| writeln!(out, "   {side} side: {}", printable(&question(probe))))?;
    }
    for (at, stage) in shift.stages.iter().enumerate() {
        write_stage(out, before(shift, at), stage)?;
    }
    writeln!(out, "   manual rollback:")?;
    shift.manual_rollback.iter().try_for_each(|line| writeln!(out, "     {}", printable(line)))
}

fn question(probe: &Probe) -> String {
    let scheme = if probe.tls { "https" } else { "http" };
    let (low, high) = probe.status;
    format!("{scheme}://{}{} at {}, well from {low} to {high}", probe.host, probe.path, probe.address)
}

fn write_stage(out: &mut impl Write, before: &Snapshot, stage: &Stage) -> io::Result<()> {
    let approval = if stage.approval { ", after approval" } else { "" };
    let (bake, every) = (stage.gate.bake_ms / 1000, stage.gate.every_ms / 1000);
    let rounds = stage.gate.rounds;
    writeln!(out, "   {} %{approval}, bakes {bake} s: asked every {every} s, {rounds} times at least", stage.percent)?;
    let (old, new) = (brief(before), brief(&stage.snapshot));
    for line in old.iter().filter(|line| !new.contains(line)) {
        writeln!(out, "     - {}", printable(line))?;
    }
    for line in new.iter().filter(|line| !old.contains(line)) {
        writeln!(out, "     + {}", printable(line))?;
    }
    let (undo, leaves) = match &stage.undo {
        Undo::Reversible { leaves } => ("exactly", leaves.as_slice()),
        Undo::Compensated { leaves } => ("by what makes up for it", leaves.as_slice()),
        Undo::OneWay => ("not at all: this is the point of no return", &[][..]),
    };
    let leaves = if leaves.is_empty() { String::new() } else { format!("; stays behind: {}", leaves.join(", ")) };
    writeln!(out, "     taken back {undo}{leaves}")
}

/// A snapshot in a few words, one line for each of its parts.
pub(crate) fn brief(snapshot: &Snapshot) -> Vec<String> {
    match snapshot {
        Snapshot::Records(sets) => sets
            .iter()
            .map(|set| {
                let answer = match &set.alias {
                    Some(alias) => format!("alias {}", alias.name),
                    None => format!("{} (TTL {})", set.values.join(", "), set.ttl.unwrap_or_default()),
                };
                let weight = set.weight.map(|weight| format!(", weight {weight}")).unwrap_or_default();
                format!("{} {} {answer}{weight}", set.name, set.kind)
            })
            .collect(),
        Snapshot::Actions(actions) => members(actions, "/ForwardConfig/TargetGroups", "TargetGroupArn", "Weight"),
        Snapshot::Rules(rules) => members(rules, "/backendRefs", "name", "weight"),
    }
}

/// The weighted members of each item of a list; an item without any as it stands.
fn members(list: &Value, at: &str, name: &str, weight: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for item in list.as_array().into_iter().flatten() {
        let Some(members) = item.pointer(at).and_then(Value::as_array) else {
            lines.push(item.to_string());
            continue;
        };
        for member in members {
            let share = member[weight].as_u64().map(|share| format!(", weight {share}")).unwrap_or_default();
            lines.push(format!("to {}{share}", member[name].as_str().unwrap_or("?")));
        }
    }
    lines
}

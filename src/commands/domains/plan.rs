//! `caravan domains plan`.

use super::known;
use crate::clock;
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::printer::{Printer, counted, printable};
use crate::table::Table;
use caravan_inventory::Domain;
use caravan_plans::budget::LimitKind;
use caravan_plans::domains::{DomainLine, DomainsPlan, FlagKind, Outcome, plan_domains};
use clap::Args;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Plan the certificates of all customers' hostnames: the way to each, and when the limits let it be there
///
/// Every limit of Let's Encrypt, Cloudflare and Route 53 is taken to be untouched at the start. A hostname is ready when its
/// certificate can be on the new edge and was tried twice, an hour apart: then its name may move. Nothing is ordered.
#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// When it begins, as 2027-01-16T02:00:00Z; now without it
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
}

/// `caravan.domains/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document {
    #[schemars(extend("const" = "caravan.domains/v1"))]
    schema: &'static str,
    from: String,
    domains: Vec<Line>,
    budgets: Vec<Budget>,
    /// When the last of those that have a moment has it.
    done_at: Option<String>,
    /// How many have a moment.
    planned: u64,
    /// How many wait for their customers, before or in their window.
    waiting_for_customers: u64,
    /// What raising a limit would gain.
    gains: Vec<Gained>,
}

/// A domain.
#[derive(JsonSchema, Serialize)]
struct Line {
    name: String,
    customer: Option<String>,
    /// `A` to `F`; none where nobody can tell, with the reason.
    class: Option<String>,
    /// The way to its certificate; none where there is none yet, with the reason.
    method: Option<&'static str>,
    /// Why this class or way, or why none.
    reason: String,
    /// When its name may move, UTC; none where that can't be foreseen.
    ready_at: Option<String>,
    waits_for_customer: bool,
    flags: Vec<&'static str>,
    /// Of each other way why it is none, or what to say so that it might be one.
    other_methods: BTreeMap<&'static str, String>,
}

/// A limit.
#[derive(JsonSchema, Serialize)]
struct Budget {
    name: &'static str,
    /// How many there may be: at once, or in its stretch of time.
    limit: u64,
    /// How many the plan draws, of the account, domain or name that it draws most of.
    used: u64,
    /// Whether domains wait for it.
    binds: bool,
    /// How many.
    waits: u64,
    /// In words.
    text: String,
}

/// What raising a limit would gain.
#[derive(JsonSchema, Serialize)]
struct Gained {
    budget: &'static str,
    raised_to: u64,
    done_at: String,
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &PlanArgs) -> Result<Exit, Failure> {
    let store = inventory_db::open(&global.dir)?;
    let policy = Config::load(&global.dir)?.domains;
    let (ours, domains) = (known::ours(&store)?, known::all(&store)?);
    let from = args.from.unwrap_or_else(clock::now);
    let plan = plan_domains(&domains, &ours, &policy, from);
    if printer.is_json() {
        printer.json(&Document::of(&domains, &plan, from))?;
        return Ok(Exit::Done);
    }
    printer.text(|out| {
        write_domains(out, &domains, &plan, printer.is_verbose())?;
        writeln!(out)?;
        write_budgets(out, &plan)?;
        writeln!(out)?;
        write_flags(out, &plan)?;
        write_summary(out, &plan)
    })?;
    let stale = flagged(&plan).get(&FlagKind::Stale).copied().unwrap_or_default();
    if stale > 0 {
        printer.warning(&format!(
            "{} looked up more than a week before: that is no ground to move anything on",
            if stale == 1 { "1 of them was".to_owned() } else { format!("{stale} of them were") }
        ));
        printer.hint("look at them again: caravan domains inspect --all");
    }
    printer.note("every limit is taken to be untouched at the start: what was ordered before is not known");
    Ok(Exit::Done)
}

fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

fn class_of(line: &DomainLine) -> Option<&'static str> {
    line.classified.class.as_ref().ok().map(|class| class.as_str())
}

fn method_of(line: &DomainLine) -> Option<&'static str> {
    line.choice.as_ref().and_then(|choice| choice.method).map(|method| method.as_str())
}

/// Why this way, or why none.
fn reason_of(line: &DomainLine) -> String {
    match (&line.classified.class, &line.choice) {
        (Err(reason), _) => reason.clone(),
        (Ok(_), Some(choice)) => choice.reason.clone(),
        (Ok(_), None) => String::new(),
    }
}

fn write_domains(out: &mut impl Write, domains: &[Domain], plan: &DomainsPlan, verbose: bool) -> io::Result<()> {
    let cells = |domain: &Domain, line: &DomainLine| {
        let ready = match (line.ready_at, line.waits_for_customer) {
            (Some(at), _) => minute(at),
            (None, true) => "customer first".to_owned(),
            (None, false) => "?".to_owned(),
        };
        [
            printable(domain.name.as_str()).into_owned(),
            class_of(line).unwrap_or("?").to_owned(),
            method_of(line).unwrap_or("?").to_owned(),
            ready,
        ]
    };
    let rows: Vec<([String; 4], &DomainLine)> =
        domains.iter().zip(&plan.domains).map(|(domain, line)| (cells(domain, line), line)).collect();
    let mut table = Table::new(["HOSTNAME", "CLASS", "CERTIFICATE BY", "READY (UTC)"]);
    rows.iter().for_each(|(cells, _)| table.measure(&cells.each_ref().map(String::as_str)));
    table.write_headings(out)?;
    for (cells, line) in &rows {
        table.write(out, &cells.each_ref().map(String::as_str))?;
        // Who has no class or no way is told why in any case.
        if verbose || method_of(line).is_none() {
            writeln!(out, "    {}", printable(&reason_of(line)))?;
        }
        if verbose {
            line.flags
                .iter()
                .try_for_each(|flag| writeln!(out, "    ! {}: {}", flag.kind.as_str(), printable(&flag.text)))?;
        }
    }
    Ok(())
}

fn write_budgets(out: &mut impl Write, plan: &DomainsPlan) -> io::Result<()> {
    let row = |line: &caravan_plans::domains::BudgetLine| {
        let waits = if line.waits == 0 { "no".to_owned() } else { counted(line.waits, "domain") };
        [line.kind.as_str().to_owned(), line.used.to_string(), line.limit.to_string(), waits]
    };
    let rows: Vec<[String; 4]> = plan.budgets.iter().map(row).collect();
    Table::new(["LIMIT", "USED", "ALLOWED", "BINDS"]).write_all(out, &rows)
}

/// How many domains have each flag.
fn flagged(plan: &DomainsPlan) -> BTreeMap<FlagKind, u64> {
    let mut counts = BTreeMap::new();
    for line in &plan.domains {
        // Of one kind there may be several.
        let kinds: BTreeSet<FlagKind> = line.flags.iter().map(|flag| flag.kind).collect();
        kinds.into_iter().for_each(|kind| *counts.entry(kind).or_default() += 1);
    }
    counts
}

/// What wants a person's eye, in numbers; -v says of which and why.
fn write_flags(out: &mut impl Write, plan: &DomainsPlan) -> io::Result<()> {
    let rows: Vec<[String; 2]> =
        flagged(plan).iter().map(|(kind, count)| [kind.as_str().to_owned(), count.to_string()]).collect();
    if rows.is_empty() {
        return Ok(());
    }
    Table::new(["FLAG (-v SAYS WHY)", "DOMAINS"]).write_all(out, &rows)?;
    writeln!(out)
}

fn write_summary(out: &mut impl Write, plan: &DomainsPlan) -> io::Result<()> {
    let all = counted(plan.domains.len() as u64, "domain");
    match plan.done_at {
        Some(at) => writeln!(out, "{} of {all} are ready by {} UTC", plan.planned, minute(at))?,
        None => writeln!(out, "none of {all} has a certificate that could be foreseen")?,
    }
    let waiting = waiting(plan);
    if waiting > 0 {
        writeln!(
            out,
            "{} for the customer, before or in the window",
            if waiting == 1 { "1 waits".to_owned() } else { format!("{waiting} wait") }
        )?;
    }
    let without = plan.domains.iter().filter(|line| method_of(line).is_none()).count();
    if without > 0 {
        writeln!(out, "{without} of them have no way to a certificate yet: see above")?;
    }
    for gain in &plan.gains {
        let (name, to) = (gain.kind.as_str(), gain.raised_to);
        writeln!(out, "with {name} raised to {to}: all by {} UTC; asking takes weeks", minute(gain.done_at))?;
    }
    Ok(())
}

fn waiting(plan: &DomainsPlan) -> u64 {
    plan.domains.iter().filter(|line| line.waits_for_customer).count() as u64
}

impl Document {
    fn of(domains: &[Domain], plan: &DomainsPlan, from: Timestamp) -> Self {
        let budget = |line: &caravan_plans::domains::BudgetLine| Budget {
            name: line.kind.as_str(),
            limit: line.limit,
            used: line.used,
            binds: line.waits > 0,
            waits: line.waits,
            text: LimitKind::said(line.kind, line.limit),
        };
        let gain = |gain: &caravan_plans::domains::Gain| Gained {
            budget: gain.kind.as_str(),
            raised_to: gain.raised_to,
            done_at: gain.done_at.to_string(),
        };
        Self {
            schema: "caravan.domains/v1",
            from: from.to_string(),
            domains: domains.iter().zip(&plan.domains).map(|(domain, line)| Line::of(domain, line)).collect(),
            budgets: plan.budgets.iter().map(budget).collect(),
            done_at: plan.done_at.map(|at| at.to_string()),
            planned: plan.planned as u64,
            waiting_for_customers: waiting(plan),
            gains: plan.gains.iter().map(gain).collect(),
        }
    }
}

impl Line {
    fn of(domain: &Domain, line: &DomainLine) -> Self {
        let candidates = line.choice.iter().flat_map(|choice| &choice.candidates);
        let others = candidates.filter_map(|candidate| match &candidate.outcome {
            Outcome::Excluded(why) | Outcome::Open(why) => Some((candidate.method.as_str(), why.clone())),
            Outcome::Possible { .. } => None,
        });
        Self {
            name: domain.name.to_string(),
            customer: domain.customer.clone(),
            class: class_of(line).map(str::to_owned),
            method: method_of(line),
            reason: reason_of(line),
            ready_at: line.ready_at.map(|at| at.to_string()),
            waits_for_customer: line.waits_for_customer,
            flags: line.flags.iter().map(|flag| flag.kind.as_str()).collect(),
            other_methods: others.collect(),
        }
    }
}

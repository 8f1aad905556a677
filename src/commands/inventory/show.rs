//! `caravan inventory show`.

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db::{self, each_workload};
use crate::lifting::Estate;
use crate::printer::{Printer, printable};
use crate::{decisions, suggest};
use caravan_inventory::{
    Decisions, Edge, Observation, ObservationKind, Provider, Question, Scope, Workload, WorkloadId,
};
use caravan_inventory_store::{Store, WorkloadFilter};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};

/// Show one workload: its parts, what it needs, who needs it, open questions
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The workload, as `caravan inventory list` names it
    #[arg(value_name = "ID")]
    id: String,
}

/// `caravan.workload/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    workload: Workload,
    parts: Vec<ObservedPart>,
    needs: Vec<Edge>,
    needed_by: Vec<Edge>,
    questions: Vec<Question>,
}

/// One observation; redacted like everything in the inventory.
#[derive(Serialize)]
struct ObservedPart {
    id: String,
    kind: ObservationKind,
    /// Whose thing it is, also where a file described it.
    provider: Provider,
    api: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
    body: serde_json::Value,
}

/// Runs the command.
///
/// # Errors
/// When there is no such workload, or the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ShowArgs) -> Result<Exit, Failure> {
    let store = inventory_db::open(&global.dir)?;
    let id = WorkloadId::new(&args.id);
    let Some(workload) = store.workload(&id)? else {
        return Err(unknown(&store, &id)?);
    };
    let decisions = decisions::load(&global.dir)?;
    let estate = Estate::read(&store, &decisions, &Config::load(&global.dir)?.platform)?;
    let document = Document::read(&store, workload, &estate, &decisions)?;
    if printer.is_json() {
        printer.json(&document)?;
    } else {
        printer.text(|out| document.write(out))?;
    }
    Ok(Exit::Done)
}

/// There is no such workload; names the nearest.
fn unknown(store: &Store, id: &WorkloadId) -> Result<Failure, Failure> {
    let mut ids = Vec::new();
    each_workload(store, &WorkloadFilter::default(), |workload| {
        ids.push(workload.id.to_string());
        Ok(())
    })?;
    let failure = Failure::new(FailureKind::Usage, format!("there is no workload `{id}`"));
    Ok(match suggest::nearest_id(id.as_str(), ids.iter().map(String::as_str)) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("`caravan inventory list` names all workloads"),
    })
}

impl Document {
    fn read(store: &Store, workload: Workload, estate: &Estate, decisions: &Decisions) -> Result<Self, Failure> {
        let observations = store.observations_of(&workload)?;
        let ids = || std::iter::once(workload.id.as_str()).chain(workload.parts.iter().map(|part| part.as_str()));
        let mut needs = Vec::new();
        let mut needed_by = Vec::new();
        for id in ids() {
            needs.extend(store.edges_from(id)?);
            needed_by.extend(store.edges_to(id)?);
        }
        // What one of its own parts needs of another is no news.
        needed_by.retain(|edge| ids().all(|id| id != edge.from));
        Ok(Self {
            schema: "caravan.workload/v1",
            questions: estate.open_questions(store, &workload.id, decisions)?,
            parts: observations.into_iter().map(ObservedPart::from).collect(),
            needs,
            needed_by,
            workload,
        })
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let workload = &self.workload;
        writeln!(out, "{}", printable(workload.id.as_str()))?;
        writeln!(out, "  kind         {}", workload.kind.as_str())?;
        writeln!(out, "  name         {}", printable(&workload.name))?;
        writeln!(out, "  team         {}", workload.team)?;
        writeln!(out, "  environment  {}", workload.environment)?;
        if let (Some(account), Some(region)) = (&workload.account, &workload.region) {
            let scope = Scope::new(workload.kind.provider(), account.clone(), region.clone());
            writeln!(out, "  runs in      {scope}")?;
        }
        section(out, "parts", &self.parts, |part| format!("{} (seen {:.0} by {})", part.id, part.last_seen, part.api))?;
        section(out, "needs", &self.needs, |edge| needs(edge, &workload.id))?;
        section(out, "needed by", &self.needed_by, |edge| format!("{} ({})", edge.from, kind(edge)))?;
        section(out, "open questions", &self.questions, |question| format!("{}: {}", question.id, question.text))
    }
}

impl From<Observation> for ObservedPart {
    fn from(observation: Observation) -> Self {
        let Observation { id, kind, api, first_seen, last_seen, body, .. } = observation;
        Self { id: id.to_string(), kind, provider: kind.provider(), api, first_seen, last_seen, body }
    }
}

fn section<T>(out: &mut impl Write, title: &str, items: &[T], text: impl Fn(&T) -> String) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    items.iter().try_for_each(|item| writeln!(out, "  {}", printable(&text(item))))
}

fn needs(edge: &Edge, workload: &WorkloadId) -> String {
    let by = if edge.from == workload.as_str() { String::new() } else { format!(", by {}", edge.from) };
    format!("{} ({}{by}; {}{})", edge.to, kind(edge), edge.evidence.observation, edge.evidence.path)
}

/// The edge's kind and confidence as files name them.
fn kind(edge: &Edge) -> String {
    format!("{}, {}", edge.kind.as_str(), edge.confidence.as_str())
}

//! `caravan inventory show`.

use super::around::{self, Need};
use super::edge_text::{self, section};
use super::resources::{self, ResourceDocument};
use super::signals::{self, Signal};
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::governed::{self, Governed};
use crate::inventory_db::{self, each_workload};
use crate::lifting::Estate;
use crate::printer::{Printer, printable};
use crate::{decisions, suggest};
use caravan_discover::{Replicas, Sketch, sketch};
use caravan_inventory::{
    Decisions, Edge, Observation, ObservationKind, Provider, Question, Scope, Workload, WorkloadId, own_parts,
};
use caravan_inventory_store::{Store, WorkloadFilter};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};

/// Show one workload or shared resource: images, hosts, replicas, what it needs and who needs it, open questions, parts
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The workload or resource, as `caravan inventory list` names it; of a resource also its ARN
    #[arg(value_name = "ID")]
    id: String,
}

/// `caravan.workload/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    workload: Workload,
    /// What it runs.
    images: Vec<String>,
    /// The hostnames whose requests come to it.
    hosts: Vec<String>,
    /// How many of it are wanted; null where nothing that was read says so.
    replicas: Option<Replicas>,
    needs: Vec<Need>,
    needed_by: Vec<Edge>,
    /// What CloudWatch counts of its parts.
    signals: Vec<Signal>,
    parts: Vec<ObservedPart>,
    questions: Vec<Question>,
    /// In whose keeping its own parts are, with what shows it.
    governed_by: Vec<Governed>,
    /// Parts that are in the keeping of several.
    conflicts: Vec<String>,
}

/// One observation; redacted like everything in the inventory.
#[derive(Serialize)]
pub(super) struct ObservedPart {
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
/// When there is no such workload or resource, or the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ShowArgs) -> Result<Exit, Failure> {
    let store = inventory_db::open(&global.dir)?;
    let id = WorkloadId::new(&args.id);
    let config = Config::load(&global.dir)?;
    let Some(workload) = store.workload(&id)? else {
        let Some((resource, observation)) = resources::find(&store, &config.ownership, &args.id)? else {
            return Err(unknown(&store, &args.id)?);
        };
        let document = ResourceDocument::read(&store, resource, observation)?;
        if printer.is_json() {
            printer.json(&document)?;
        } else {
            printer.text(|out| document.write(out))?;
        }
        return Ok(Exit::Done);
    };
    let decisions = decisions::load(&global.dir)?;
    let estate = Estate::read(&store, &decisions, &config.platform)?;
    let document = Document::read(&store, workload, &estate, &decisions)?;
    if printer.is_json() {
        printer.json(&document)?;
    } else {
        printer.text(|out| document.write(out))?;
    }
    Ok(Exit::Done)
}

/// There is nothing of that id; names the nearest workload.
///
/// # Errors
/// Those of reading.
pub(super) fn unknown(store: &Store, id: &str) -> Result<Failure, Failure> {
    let mut ids = Vec::new();
    each_workload(store, &WorkloadFilter::default(), |workload| {
        ids.push(workload.id.to_string());
        Ok(())
    })?;
    let failure = Failure::new(FailureKind::Usage, format!("nothing in the inventory is called `{id}`"));
    Ok(match suggest::nearest_id(id, ids.iter().map(String::as_str)) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("`caravan inventory list` names all workloads"),
    })
}

impl Document {
    fn read(store: &Store, workload: Workload, estate: &Estate, decisions: &Decisions) -> Result<Self, Failure> {
        let observations = store.observations_of(&workload)?;
        let id = workload.id.as_str();
        let Sketch { images, replicas } = sketch(&observations);
        let chains = around::doors(store)?.passing(id);
        let governed_by = governed::of(store, own_parts(&observations).map(|part| part.id.as_str()))?;
        Ok(Self {
            schema: "caravan.workload/v1",
            images,
            hosts: around::hostnames(&chains).into_iter().map(str::to_owned).collect(),
            replicas,
            needs: around::needs(store, id)?,
            needed_by: around::needed_by(store, &workload)?,
            questions: estate.open_questions(store, &workload.id, decisions)?,
            signals: signals::of(store, &observations)?,
            conflicts: governed::conflicts(&governed_by),
            governed_by,
            parts: observations.into_iter().map(ObservedPart::from).collect(),
            workload,
        })
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let workload = &self.workload;
        writeln!(out, "{}", printable(workload.id.as_str()))?;
        let mut line = |name: &str, text: &str| writeln!(out, "  {name:<12} {}", printable(text));
        line("kind", workload.kind.as_str())?;
        line("name", &workload.name)?;
        line("team", workload.team.as_str())?;
        line("environment", workload.environment.as_str())?;
        if let (Some(account), Some(region)) = (&workload.account, &workload.region) {
            let scope = Scope::new(workload.kind.provider(), account.clone(), region.clone());
            line("runs in", &scope.to_string())?;
        }
        self.images.iter().try_for_each(|image| line("runs", image))?;
        if let Some(replicas) = self.replicas {
            line("replicas", &count(replicas))?;
        }
        self.hosts.iter().try_for_each(|host| line("host", host))?;
        section(out, "needs", &self.needs, edge_text::need)?;
        section(out, "needed by", &self.needed_by, |edge| edge_text::needed_by(edge, workload.id.as_str()))?;
        section(out, "open questions", &self.questions, |question| format!("{}: {}", question.id, question.text))?;
        section(out, "governed by", &self.governed_by, Governed::line)?;
        section(out, "in conflict", &self.conflicts, String::clone)?;
        section(out, "signals", &signals::lines(&self.signals), String::clone)?;
        section(out, "parts", &self.parts, ObservedPart::line)
    }
}

impl ObservedPart {
    /// What it is, and who saw it when.
    pub(super) fn line(&self) -> String {
        format!("{} (seen {:.0} by {})", self.id, self.last_seen, self.api)
    }
}

/// How many, and between which bounds.
fn count(replicas: Replicas) -> String {
    let Replicas { desired, min, max } = replicas;
    match (min, max) {
        (Some(min), Some(max)) => format!("{desired}, scaled between {min} and {max}"),
        _ => desired.to_string(),
    }
}

impl From<Observation> for ObservedPart {
    fn from(observation: Observation) -> Self {
        let Observation { id, kind, api, first_seen, last_seen, body, .. } = observation;
        Self { id: id.to_string(), kind, provider: kind.provider(), api, first_seen, last_seen, body }
    }
}

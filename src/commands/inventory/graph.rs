//! `caravan inventory graph`.

use super::allowed::{self, Allowed};
use super::around::{self, Break, Need};
use super::edge_text::{self, section};
use super::resources;
use super::show::unknown;
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::printer::{Printer, printable};
use caravan_discover::{Chain, Doors, Resource, Step, StepKind};
use caravan_inventory::{Coverage, Edge, WorkloadId};
use caravan_inventory_store::Store;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Show the ways in to something, and what breaks if it moves
///
/// For a hostname: every way that its requests may take, from DNS to the workload and the certificate. For a workload: its
/// front doors, what needs it, also through others, and what it needs, with whoever shares that. For anything else that an
/// edge names, a queue or a database: who needs it.
#[derive(Args, Debug)]
pub(crate) struct GraphArgs {
    /// A hostname, a workload, or the id of anything that an edge names
    #[arg(value_name = "ID")]
    id: String,
}

/// Everything around one thing: `caravan.graph/v1`.
#[derive(Serialize)]
pub(crate) struct Graph {
    schema: &'static str,
    pub(crate) id: String,
    front_doors: Vec<Chain>,
    pub(crate) needed_by: Vec<Edge>,
    pub(crate) breaks: Vec<Break>,
    pub(crate) needs: Vec<Need>,
    /// Connections from and to a workload that security groups let in; whether they are used, these do not say.
    pub(crate) allowed: Vec<Allowed>,
    /// How complete the lists behind this are.
    pub(crate) coverage: Coverage,
}

/// One way in, with every hostname whose requests may take it.
pub(crate) struct Way<'a> {
    /// The hostnames, sorted.
    pub(crate) hostnames: BTreeSet<&'a str>,
    /// Its steps, from DNS on.
    pub(crate) steps: Vec<&'a Step>,
}

/// Runs the command.
///
/// # Errors
/// When nothing of that id or name is known, or the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &GraphArgs) -> Result<Exit, Failure> {
    let store = inventory_db::open(&global.dir)?;
    let document = Graph::read(global, &store, &around::doors(&store)?, &args.id)?;
    if printer.is_json() {
        printer.json(&document)?;
    } else {
        printer.text(|out| document.write(out))?;
        super::list::note_coverage(printer, document.coverage);
    }
    Ok(Exit::Done)
}

impl Graph {
    /// Reads what stands around a thing, with all front doors of the inventory.
    ///
    /// # Errors
    /// When nothing of that id or name is known, and those of reading.
    pub(crate) fn read(global: &Global, store: &Store, doors: &Doors, id: &str) -> Result<Self, Failure> {
        let workload = store.workload(&WorkloadId::new(id))?;
        // An id has slashes or colons; a hostname has neither.
        let is_name = workload.is_none() && id.contains('.') && !id.contains(['/', ':']);
        let front_doors = if is_name { doors.of_hostname(id) } else { doors.passing(id) };
        let outside = format!("host:{}", id.trim_end_matches('.').to_ascii_lowercase());
        // An ARN means what edges name by it.
        let of_arn = Resource::id_of_arn(id);
        let target = if is_name { outside.as_str() } else { of_arn.as_deref().unwrap_or(id) };
        let needed_by = match &workload {
            Some(workload) => around::needed_by(store, workload)?,
            None => store.edges_to(target)?,
        };
        let needs = around::needs(store, target)?;
        if workload.is_none() && front_doors.is_empty() && needed_by.is_empty() && needs.is_empty() {
            let ownership = Config::load(&global.dir)?.ownership;
            if resources::find(store, &ownership, id)?.is_none() {
                return Err(unknown(store, id)?);
            }
        }
        Ok(Self {
            schema: "caravan.graph/v1",
            id: of_arn.clone().unwrap_or_else(|| id.to_owned()),
            front_doors,
            needed_by,
            breaks: around::breaks(store, target, workload.as_ref())?,
            needs,
            allowed: workload.as_ref().map_or_else(|| Ok(Vec::new()), |workload| allowed::around(store, workload))?,
            coverage: store.coverage()?,
        })
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        // A hostname is the title of each of its ways.
        let has_title = self.front_doors.is_empty() || self.front_doors.iter().any(|chain| chain.passes(&self.id));
        if has_title {
            writeln!(out, "{}", printable(&self.id))?;
        }
        self.write_doors(out, has_title)?;
        section(out, "needed by", &self.needed_by, |edge| edge_text::needed_by(edge, &self.id))?;
        let breaks: Vec<&Break> = self.breaks.iter().filter(|one| !one.through.is_empty()).collect();
        section(out, "and through these by", &breaks, |one| edge_text::through(one))?;
        section(out, "needs", &self.needs, edge_text::need)?;
        section(out, "security groups allow, used or not", &self.allowed, |one| {
            let Allowed { from, to, ports, evidence } = one;
            format!("{from} -> {to} ({ports}; {}{})", evidence.observation, evidence.path)
        })
    }

    /// The ways in: those that are the same from DNS on are one, with all their hostnames.
    pub(crate) fn ways(&self) -> Vec<Way<'_>> {
        let mut told: Vec<Way<'_>> = Vec::new();
        for chain in &self.front_doors {
            let steps: Vec<&Step> = chain.steps.iter().collect();
            match told.iter_mut().find(|other| same(&other.steps, &steps)) {
                Some(other) => {
                    other.hostnames.insert(&chain.hostname);
                }
                None => told.push(Way { steps, hostnames: BTreeSet::from([chain.hostname.as_str()]) }),
            }
        }
        told
    }

    fn write_doors(&self, out: &mut impl Write, has_title: bool) -> io::Result<()> {
        for (at, Way { steps, hostnames }) in self.ways().into_iter().enumerate() {
            let hostnames: Vec<&str> = hostnames.into_iter().collect();
            if at > 0 || has_title {
                writeln!(out)?;
            }
            writeln!(out, "{}", printable(&hostnames.join(", ")))?;
            for step in steps {
                writeln!(out, "  {:<14} {}", step.step.as_str(), printable(&step.says))?;
            }
        }
        Ok(())
    }
}

/// Whether two ways read the same.
fn same(one: &[&Step], other: &[&Step]) -> bool {
    let read = |step: &&Step| -> (StepKind, String) { (step.step, step.says.clone()) };
    one.len() == other.len() && one.iter().map(read).eq(other.iter().map(read))
}

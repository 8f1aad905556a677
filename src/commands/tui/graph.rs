//! The graph as the interface asks for it: hostnames a window at a time, and what stands around one thing, as `inventory graph`
//! tells it.

use super::look::Look;
use crate::commands::inventory::allowed::Allowed;
use crate::commands::inventory::graph::{Graph as Read, Way};
use crate::commands::inventory::{around, edge_text};
use crate::error::Failure;
use caravan_discover::{Doors, Resource, Step, StepKind};
use caravan_inventory::{Edge, Evidence, WorkloadId};
use caravan_inventory_store::Store;
use caravan_tui::{DoorRow, Graph, GraphLine, GraphPart, Window};
use std::collections::BTreeSet;

/// The front doors of one version of the inventory.
pub(super) struct Front {
    version: i64,
    doors: Doors,
    /// Every hostname, sorted.
    hostnames: Vec<String>,
}

impl Front {
    /// Reads them.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn read(store: &Store, version: i64) -> Result<Self, Failure> {
        let doors = around::doors(store)?;
        let hostnames = doors.hostnames().into_iter().collect();
        Ok(Self { version, doors, hostnames })
    }

    /// Whether it is of this version of the inventory.
    pub(super) const fn is_of(&self, version: i64) -> bool {
        self.version == version
    }

    /// At most so many hostnames that have a part, from one of them on. Only of these it is told where they end.
    pub(super) fn window(&self, part: &str, from: usize, limit: usize) -> Window<DoorRow> {
        let fits: Vec<&String> = self.hostnames.iter().filter(|name| name.contains(part)).collect();
        let from = from.min(fits.len());
        let rows = fits.iter().skip(from).take(limit).map(|name| self.row(name)).collect();
        Window { total: fits.len(), from, rows }
    }

    fn row(&self, hostname: &str) -> DoorRow {
        let (mut ends, mut others): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for chain in self.doors.of_hostname(hostname) {
            // The certificate is shown at the door: no request ends in it.
            let end = chain.steps.iter().rev().find(|step| step.step != StepKind::Certificate);
            let Some(end) = end else { continue };
            let (into, said) = match (&end.id, end.step) {
                (Some(id), StepKind::Workload) => (&mut ends, id),
                _ => (&mut others, &end.says),
            };
            if !into.contains(said) {
                into.push(said.clone());
            }
        }
        // A workload is what people look for; a redirect stands beside it.
        ends.append(&mut others);
        DoorRow { hostname: hostname.to_owned(), ends }
    }
}

/// What stands around a thing.
///
/// # Errors
/// When nothing of that id or name is known, and those of reading.
pub(super) fn read(look: &mut Look, id: &str) -> Result<Graph, Failure> {
    let global = look.global.clone();
    let (store, front) = look.front()?;
    let read = Read::read(&global, store, &front.doors, id)?;
    let workload = store.workload(&WorkloadId::new(id))?.map(|workload| workload.id);
    let coverage = read.coverage;
    let incomplete = coverage.partial + coverage.denied + coverage.throttled + coverage.failed;
    let missing = match incomplete {
        0 => String::new(),
        1 => "1 list is incomplete: more may be there".to_owned(),
        many => format!("{many} lists are incomplete: more may be there"),
    };
    let mut parts: Vec<GraphPart> = read.ways().iter().map(way).collect();
    let direct: BTreeSet<&str> =
        read.breaks.iter().filter(|one| one.through.is_empty()).map(|one| one.id.as_str()).collect();
    parts.push(part("needed by", read.needed_by.iter().map(|edge| needed_by(edge, &read.id, &direct))));
    let through = read.breaks.iter().filter(|one| !one.through.is_empty());
    parts.push(part(
        "and through these by",
        through.map(|one| GraphLine {
            depth: u8::try_from(one.through.len()).unwrap_or(u8::MAX).min(4),
            what: "breaks",
            text: edge_text::through(one),
            evidence: String::new(),
            leads: Some(one.id.clone()),
        }),
    ));
    parts.push(part("needs", read.needs.iter().map(|need| of_edge(edge_text::need(need), &need.edge, &need.edge.to))));
    parts.push(part("security groups allow, used or not", read.allowed.iter().map(|one| allowed(one, &read.id))));
    parts.retain(|part| !part.lines.is_empty());
    Ok(Graph { workload, breaks: read.breaks.len(), missing, parts, id: read.id })
}

fn part(title: &str, lines: impl Iterator<Item = GraphLine>) -> GraphPart {
    GraphPart { title: title.to_owned(), lines: lines.collect() }
}

/// A way in: its hostnames, and each step below.
fn way(way: &Way<'_>) -> GraphPart {
    let hostnames: Vec<&str> = way.hostnames.iter().copied().collect();
    part(&hostnames.join(", "), way.steps.iter().map(|step| of_step(step)))
}

fn of_step(step: &Step) -> GraphLine {
    GraphLine {
        depth: 0,
        what: step.step.as_str(),
        text: step.says.clone(),
        evidence: step.evidence.as_ref().map(place).unwrap_or_default(),
        leads: step.id.clone(),
    }
}

fn needed_by(edge: &Edge, id: &str, direct: &BTreeSet<&str>) -> GraphLine {
    let what = if direct.contains(edge.from.as_str()) { "breaks" } else { "names it" };
    GraphLine { what, ..of_edge(edge_text::needed_by(edge, id), edge, &edge.from) }
}

/// An edge: the place of its evidence is told apart from its text.
fn of_edge(text: String, edge: &Edge, other: &str) -> GraphLine {
    let evidence = place(&edge.evidence);
    let text = text.replace(&format!("; {evidence}"), "");
    GraphLine { depth: 0, what: "", text, evidence, leads: Some(leads(other)) }
}

fn allowed(one: &Allowed, id: &str) -> GraphLine {
    let Allowed { from, to, ports, evidence } = one;
    let (what, other) = if to == id { ("lets in", from) } else { ("may go to", to) };
    GraphLine {
        depth: 0,
        what,
        text: format!("{other} ({ports})"),
        evidence: place(evidence),
        leads: Some(other.clone()),
    }
}

/// The id under which `inventory graph` knows it: a host outside is asked for by its name.
fn leads(id: &str) -> String {
    let name = id.strip_prefix("host:").unwrap_or(id);
    Resource::id_of_arn(name).unwrap_or_else(|| name.to_owned())
}

fn place(evidence: &Evidence) -> String {
    format!("{}{}", evidence.observation, evidence.path)
}

//! The shared resources of the inventory: queues, buckets, databases and all else that workloads need and that is none of them.

use super::around::{self, Break, Need};
use super::edge_text::{self, section};
use super::show::ObservedPart;
use super::signals::{self, Signal};
use crate::config::Config;
use crate::error::Failure;
use crate::global::Global;
use crate::governed::{self, Governed, Keeping};
use crate::printer::{Printer, output_failure, printable};
use crate::table::Table;
use caravan_discover::Resource;
use caravan_inventory::{Edge, Governor, Observation, ObservationKind, Ownership, Provider};
use caravan_inventory_store::Store;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// A row of the list.
#[derive(Serialize)]
pub(super) struct ResourceRow {
    id: String,
    kind: ObservationKind,
    name: String,
    team: String,
    environment: String,
    /// Whose thing it is.
    provider: Provider,
    account: Option<String>,
    region: Option<String>,
    /// Whatever has an edge to it: workloads, other resources, rules.
    used_by: BTreeSet<String>,
    /// In whose keeping it is.
    governed_by: Vec<Governor>,
}

/// Which resources are listed.
#[derive(Clone, Copy, Default)]
pub(super) struct Chosen<'a> {
    pub(super) team: Option<&'a str>,
    pub(super) account: Option<&'a str>,
}

/// `caravan.resource/v1`.
#[derive(Serialize)]
pub(super) struct ResourceDocument {
    schema: &'static str,
    resource: ResourceRow,
    needs: Vec<Need>,
    needed_by: Vec<Edge>,
    /// The workloads that break when it moves, also through others.
    breaks: Vec<Break>,
    /// What CloudWatch counts of it.
    signals: Vec<Signal>,
    observation: ObservedPart,
    /// In whose keeping it is, with what shows it.
    governed_by: Vec<Governed>,
    /// Where that is several.
    conflicts: Vec<String>,
}

/// Every resource that is chosen, by kind and name.
///
/// # Errors
/// Those of reading.
pub(super) fn resources(store: &Store, global: &Global, chosen: Chosen<'_>) -> Result<Vec<ResourceRow>, Failure> {
    let ownership = Config::load(&global.dir)?.ownership;
    let mut found = Vec::new();
    each(store, |observation| {
        let resource = Resource::of(&observation, &ownership);
        found.extend(resource.filter(|resource| {
            let account = resource.account.as_ref().map(caravan_inventory::AccountId::as_str);
            chosen.team.is_none_or(|team| resource.team.as_str() == team)
                && chosen.account.is_none_or(|wanted| account == Some(wanted))
        }));
        Ok(())
    })?;
    found.sort_by(|one, other| (one.kind, &one.name, &one.id).cmp(&(other.kind, &other.name, &other.id)));
    let keeping = Keeping::read(store)?;
    found.into_iter().map(|resource| ResourceRow::of(store, resource, &keeping)).collect()
}

/// How many there are.
///
/// # Errors
/// Those of reading.
pub(super) fn count(store: &Store) -> Result<usize, Failure> {
    let mut count = 0;
    each(store, |_| {
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

/// The table of the list.
///
/// # Errors
/// When it can't be written.
pub(super) fn write_table(printer: &Printer, rows: &[ResourceRow]) -> Result<(), Failure> {
    let mut table = Table::new(["NAME", "KIND", "TEAM", "USED BY", "ID"]);
    let cells = |row: &ResourceRow| {
        let used = row.used_by.len().to_string();
        [row.name.as_str(), row.kind.as_str(), row.team.as_str(), used.as_str(), row.id.as_str()]
            .map(|cell| printable(cell).into_owned())
    };
    rows.iter().for_each(|row| table.measure(&cells(row).each_ref().map(String::as_str)));
    printer.text(|out| table.write_headings(out))?;
    printer.stream(|out| {
        rows.iter()
            .try_for_each(|row| table.write(out, &cells(row).each_ref().map(String::as_str)).map_err(output_failure))
    })
}

/// The resource that an id, an ARN or the id of its observation means.
///
/// # Errors
/// Those of reading.
pub(super) fn find(
    store: &Store,
    ownership: &Ownership,
    text: &str,
) -> Result<Option<(Resource, Observation)>, Failure> {
    let id = if Resource::is_id(text) { Some(text.to_owned()) } else { Resource::id_of_arn(text) };
    let mut found = None;
    each(store, |observation| {
        if found.is_none()
            && let Some(resource) = Resource::of(&observation, ownership)
            && (Some(&resource.id) == id.as_ref() || observation.id.as_str() == text)
        {
            found = Some((resource, observation));
        }
        Ok(())
    })?;
    Ok(found)
}

fn each(store: &Store, mut visit: impl FnMut(Observation) -> Result<(), Failure>) -> Result<(), Failure> {
    Resource::kinds().try_for_each(|kind| store.observations_by_kind(kind, None, None, &mut visit))
}

impl ResourceRow {
    fn of(store: &Store, resource: Resource, keeping: &Keeping) -> Result<Self, Failure> {
        let used_by = store.edges_to(&resource.id)?.into_iter().map(|edge| edge.from).collect();
        Ok(Self {
            governed_by: keeping.of(&resource.id).to_vec(),
            kind: resource.kind,
            name: resource.name,
            team: resource.team.to_string(),
            environment: resource.environment.to_string(),
            provider: resource.kind.provider(),
            account: resource.account.map(|account| account.to_string()),
            region: resource.region.map(|region| region.to_string()),
            used_by,
            id: resource.id,
        })
    }
}

impl ResourceDocument {
    /// Everything about a resource.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn read(store: &Store, resource: Resource, observation: Observation) -> Result<Self, Failure> {
        let id = resource.id.clone();
        let governed_by = governed::of(store, [id.as_str()])?;
        Ok(Self {
            conflicts: governed::conflicts(&governed_by),
            governed_by,
            schema: "caravan.resource/v1",
            needs: around::needs(store, &id)?,
            needed_by: store.edges_to(&id)?,
            breaks: around::breaks(store, &id, None)?,
            signals: signals::of(store, std::slice::from_ref(&observation))?,
            resource: ResourceRow::of(store, resource, &Keeping::read(store)?)?,
            observation: observation.into(),
        })
    }

    /// The same as text.
    ///
    /// # Errors
    /// When `out` does not take it.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let row = &self.resource;
        writeln!(out, "{}", printable(&row.id))?;
        let mut line = |name: &str, text: &str| writeln!(out, "  {name:<12} {}", printable(text));
        line("kind", row.kind.as_str())?;
        line("name", &row.name)?;
        line("team", &row.team)?;
        line("environment", &row.environment)?;
        section(out, "needs", &self.needs, edge_text::need)?;
        section(out, "needed by", &self.needed_by, |edge| edge_text::needed_by(edge, &row.id))?;
        let through: Vec<&Break> = self.breaks.iter().filter(|one| !one.through.is_empty()).collect();
        section(out, "and through these by", &through, |one| edge_text::through(one))?;
        section(out, "governed by", &self.governed_by, Governed::line)?;
        section(out, "in conflict", &self.conflicts, String::clone)?;
        section(out, "signals", &signals::lines(&self.signals), String::clone)?;
        section(out, "observed", std::slice::from_ref(&self.observation), ObservedPart::line)
    }
}

//! `caravan inventory list`.

use super::query::{self, language};
use super::resources::{self, Chosen, ResourceRow};
use super::unlinked::{Unlinked, unlinked, warn_of_unlinked};
use crate::assessing::Assessor;
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::governed::Keeping;
use crate::inventory_db::{self, each_workload};
use crate::printer::{Printer, output_failure, printable};
use crate::table::Table;
use crate::{decisions, lifting};
use caravan_inventory::{
    AccountId, Coverage, EdgeKind, Governor, Provider, Region, TeamName, Workload, WorkloadId, WorkloadKind,
};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_plans::readiness::Verdict;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// List the workloads, sorted by id, or what they share
#[derive(Args, Debug)]
#[command(after_help = language())]
pub(crate) struct ListArgs {
    /// Only workloads that this query means: `kind=ecs and team=shop and text~mongo`
    #[arg(long = "where", value_name = "QUERY")]
    query: Option<String>,
    /// Only workloads of this kind
    #[arg(long, value_parser = PossibleValuesParser::new(WorkloadKind::ALL.iter().map(|kind| kind.as_str())))]
    kind: Option<String>,
    /// Only workloads, or shared resources, of this team
    #[arg(long)]
    team: Option<String>,
    /// Only workloads, or shared resources, of this account
    #[arg(long)]
    account: Option<String>,
    /// List what workloads share instead: queues, buckets, databases
    #[arg(long, conflicts_with_all = ["query", "kind"])]
    resources: bool,
}

/// `caravan.inventory/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    workloads: Workloads<'a>,
    /// What workloads share; null where a query or a kind asks for workloads alone.
    resources: Option<Vec<ResourceRow>>,
    /// Machines that a service made for itself: they are no workloads of their own.
    attributed: Vec<Attributed>,
    /// Autoscaling that names no service that was seen.
    unlinked: Vec<Unlinked>,
    coverage: Coverage,
}

/// A thing that belongs to a service.
#[derive(Serialize)]
struct Attributed {
    observation: String,
    owner: String,
}

/// The workloads, read and assessed while they are written.
struct Workloads<'a> {
    store: &'a Store,
    assessor: &'a Assessor<'a>,
    filter: &'a WorkloadFilter,
    keeping: &'a Keeping,
    /// What kept the store from being read; serde has no place for it.
    failure: RefCell<Option<Failure>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a WorkloadId,
    kind: WorkloadKind,
    name: &'a str,
    team: &'a TeamName,
    environment: &'a str,
    /// Where workloads of its kind run.
    provider: Provider,
    account: Option<&'a AccountId>,
    region: Option<&'a Region>,
    /// What should become of it, as `caravan assess` says.
    verdict: Verdict,
    /// In whose keeping the parts are that it shares with nobody.
    governed_by: Vec<Governor>,
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ListArgs) -> Result<Exit, Failure> {
    let filter = args.filter()?;
    let store = inventory_db::open(&global.dir)?;
    if printer.is_json() {
        let platform = Config::load(&global.dir)?.platform;
        let decisions = decisions::load(&global.dir)?;
        let assessor = Assessor::read(&store, &decisions, &platform)?;
        write_json(printer, &store, &assessor, &filter, args.resources(global, &store)?)?;
    } else if args.resources {
        resources::write_table(printer, &args.resources(global, &store)?.unwrap_or_default())?;
        note_coverage(printer, store.coverage()?);
    } else {
        write_table(printer, &store, &filter)?;
        note_attributed(printer, &attributed(&store)?);
        note_resources(printer, resources::count(&store)?);
        warn_of_unlinked(printer, &unlinked(&store)?);
        note_coverage(printer, store.coverage()?);
    }
    Ok(Exit::Done)
}

/// Every machine that belongs to a service, sorted.
fn attributed(store: &Store) -> Result<Vec<Attributed>, Failure> {
    let edges = store.edges_of_kind(EdgeKind::OwnedBy)?;
    let mut attributed: Vec<Attributed> =
        edges.into_iter().map(|edge| Attributed { observation: edge.from, owner: edge.to }).collect();
    attributed.sort_by(|one, other| one.observation.cmp(&other.observation));
    Ok(attributed)
}

/// Says what is left out of the list, by owner.
fn note_attributed(printer: &Printer, attributed: &[Attributed]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    attributed.iter().for_each(|one| *counts.entry(&one.owner).or_default() += 1);
    for (owner, count) in counts {
        printer.note(&format!("{count} of {} made by a service: no workloads of their own", printable(owner)));
    }
}

/// Says that there is more than workloads.
fn note_resources(printer: &Printer, count: usize) {
    if count > 0 {
        let what = if count == 1 { "resource" } else { "resources" };
        printer.note(&format!("{count} shared {what} besides: `caravan inventory list --resources` names them"));
    }
}

/// Warns of what an answer may lack.
pub(crate) fn note_coverage(printer: &Printer, coverage: Coverage) {
    if coverage.is_partial() {
        let missing = coverage.partial + coverage.denied + coverage.throttled + coverage.failed;
        printer.warning(&format!("{missing} of the lists behind this are incomplete"));
        printer.hint("`caravan inventory coverage` names them");
    }
}

fn write_json(
    printer: &Printer,
    store: &Store,
    assessor: &Assessor<'_>,
    filter: &WorkloadFilter,
    resources: Option<Vec<ResourceRow>>,
) -> Result<(), Failure> {
    let keeping = &Keeping::read(store)?;
    let workloads = Workloads { store, assessor, filter, keeping, failure: RefCell::new(None) };
    let document = Document {
        schema: "caravan.inventory/v1",
        workloads,
        resources,
        attributed: attributed(store)?,
        unlinked: unlinked(store)?,
        coverage: store.coverage()?,
    };
    let written = printer.json(&document);
    document.workloads.failure.take().map_or(written, Err)
}

/// Reads twice, so that the columns fit without holding all rows.
fn write_table(printer: &Printer, store: &Store, filter: &WorkloadFilter) -> Result<(), Failure> {
    let mut table = Table::new(["NAME", "TEAM", "ENVIRONMENT", "ID"]);
    each_workload(store, filter, |workload| {
        table.measure(&cells(&workload).each_ref().map(AsRef::as_ref));
        Ok(())
    })?;
    printer.text(|out| table.write_headings(out))?;
    printer.stream(|out| {
        each_workload(store, filter, |workload| {
            table.write(out, &cells(&workload).each_ref().map(AsRef::as_ref)).map_err(output_failure)
        })
    })
}

fn cells(workload: &Workload) -> [std::borrow::Cow<'_, str>; 4] {
    [workload.name.as_str(), workload.team.as_str(), workload.environment.as_str(), workload.id.as_str()].map(printable)
}

impl ListArgs {
    /// The shared resources that are asked for; none where it is workloads alone.
    ///
    /// # Errors
    /// Those of reading.
    fn resources(&self, global: &Global, store: &Store) -> Result<Option<Vec<ResourceRow>>, Failure> {
        if self.query.is_some() || self.kind.is_some() {
            return Ok(None);
        }
        let chosen = Chosen { team: self.team.as_deref(), account: self.account.as_deref() };
        resources::resources(store, global, chosen).map(Some)
    }

    /// What is asked for.
    ///
    /// # Errors
    /// When the query can't be read.
    fn filter(&self) -> Result<WorkloadFilter, Failure> {
        Ok(WorkloadFilter {
            kind: self.kind.as_deref().and_then(WorkloadKind::parse),
            team: self.team.as_deref().map(TeamName::new),
            account: self.account.as_deref().map(AccountId::new),
            query: self.query.as_deref().map(query::read).transpose()?,
        })
    }
}

impl Serialize for Workloads<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut outcome = Ok(());
        let read = each_workload(self.store, self.filter, |workload| {
            let assessed = self.assessor.assess(&workload.id)?;
            let (_, assessment) = assessed.ok_or_else(|| lifting::gone(&workload.id))?;
            if outcome.is_ok() {
                outcome = list.serialize_element(&Row::of(&workload, assessment.verdict, self.keeping));
            }
            Ok(())
        });
        outcome?;
        if let Err(failure) = read {
            self.failure.replace(Some(failure));
            return Err(S::Error::custom("the inventory can't be read"));
        }
        list.end()
    }
}

impl<'a> Row<'a> {
    fn of(workload: &'a Workload, verdict: Verdict, keeping: &Keeping) -> Self {
        Self {
            id: &workload.id,
            kind: workload.kind,
            name: &workload.name,
            team: &workload.team,
            environment: workload.environment.as_str(),
            provider: workload.kind.provider(),
            account: workload.account.as_ref(),
            region: workload.region.as_ref(),
            verdict,
            governed_by: keeping.of_parts(&workload.parts),
        }
    }
}

//! `caravan domains inspect`.

use super::known;
use super::show::Row;
use crate::clock;
use crate::commands::demo;
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::{Printer, counted};
use crate::progress::Progress;
use crate::{inventory_db, probes, signals};
use caravan_inventory::{Domain, Hostname, Inspection, Looked};
use caravan_inventory_store::Store;
use caravan_plans::domains::{DomainPolicy, Ours};
use caravan_providers_network::look::Inspector;
use clap::Args;
use futures_util::StreamExt;
use serde::Serialize;
use std::io::Write;

/// How many are looked up at once; each name server besides is asked at its own pace.
const AT_ONCE: usize = 64;
/// So many are recorded together: killed, a look at thousands loses no more.
const BATCH: usize = 50;

/// Look customers' hostnames up at the servers that speak for them, and at what answers
///
/// Delegation, aliases, addresses, CAA and DNSSEC from the root down, without a resolver; the certificate in use, and the heads
/// of the answers on ports 443 and 80. What is seen is recorded in the inventory. A name that the inventory does not have is
/// looked up and not recorded. Ends with 5 when the zone or the records of some name could not be told.
#[derive(Args, Debug)]
pub(crate) struct InspectArgs {
    /// Which ones
    #[arg(value_name = "NAME", required_unless_present = "all")]
    names: Vec<String>,
    /// All that the inventory has
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

/// `caravan.domain-inspection/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    domains: Vec<Inspected>,
}

/// One look.
#[derive(Serialize)]
struct Inspected {
    #[serde(flatten)]
    row: Row,
    /// Whether it is in the inventory, and the look recorded there.
    recorded: bool,
    /// Everything that was seen, as an export of the inventory holds it.
    inspection: Inspection,
}

/// Runs the command.
///
/// # Errors
/// When a name is none, or the inventory can't be read or written.
pub(crate) fn run(global: &Global, printer: &Printer, args: &InspectArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing inventory.db")?;
    if demo::is_demo(&global.dir) {
        return Err(Failure::new(
            FailureKind::Usage,
            "the demonstration's hosts do not exist: nobody answers for them",
        )
        .hint("what was seen of them when the demonstration was made: caravan domains list -v"));
    }
    let config = Config::load(&global.dir)?;
    let names: Vec<Hostname> = args.names.iter().map(|name| known::name(name)).collect::<Result<_, _>>()?;
    let mut store = inventory_db::open_for_writing(&global.dir, &permit)?;
    let ours = known::ours(&store)?;
    let domains = chosen(&store, &names)?;
    let inspector = Inspector::new(config.lookups.clone().into(), probes::roots(&global.dir, &config)?);
    let mut inspector =
        inspector.map_err(|why| Failure::new(FailureKind::Work, format!("no site can be asked: {why}")))?;
    let progress = Progress::new(printer);
    let (looks, unknown) = signals::block_on(async {
        let unknown = inspector.learn_doors(ours.doors().map(str::to_owned)).await;
        (look_at_all(&mut store, &inspector, &domains, &progress).await, unknown)
    })?;
    drop(progress);
    for why in unknown {
        printer.warning(&format!("a front door of ours is not known by its addresses: {why}"));
    }
    let seen: Vec<Domain> =
        domains.into_iter().zip(looks?).map(|(domain, look)| Domain { inspection: Some(look), ..domain }).collect();
    say(printer, &store, &seen, &ours, &config.domains)
}

/// The domains of these names, all of them where there are none.
fn chosen(store: &Store, names: &[Hostname]) -> Result<Vec<Domain>, Failure> {
    if names.is_empty() {
        return known::all(store);
    }
    let of = |name: &Hostname| {
        let unlisted = || Domain {
            name: name.clone(),
            customer: None,
            target: None,
            observation: None,
            request: None,
            inspection: None,
        };
        Ok(store.domain(name)?.unwrap_or_else(unlisted))
    };
    names.iter().map(of).collect()
}

/// Looks at all, many at once, and records what the inventory has, batch by batch. Gives the looks in the order of the domains.
async fn look_at_all(
    store: &mut Store,
    inspector: &Inspector,
    domains: &[Domain],
    progress: &Progress,
) -> Result<Vec<Inspection>, Failure> {
    let mut looks: Vec<Option<Inspection>> = domains.iter().map(|_| None).collect();
    let mut batch = Vec::with_capacity(BATCH);
    let looking = domains
        .iter()
        .enumerate()
        .map(|(number, domain)| async move { (number, inspector.inspect(&domain.name, clock::now()).await) });
    let mut looking = futures_util::stream::iter(looking).buffer_unordered(AT_ONCE);
    let mut done = 0_usize;
    while let Some((number, look)) = looking.next().await {
        done += 1;
        progress.now(format!("{done} of {} looked up", counted(domains.len() as u64, "domain")));
        let name = &domains[number].name;
        if store.domain(name)?.is_some() {
            batch.push((name.clone(), look.clone()));
        }
        looks[number] = Some(look);
        if batch.len() == BATCH {
            store.record_inspections(&batch)?;
            batch.clear();
        }
    }
    store.record_inspections(&batch)?;
    Ok(looks.into_iter().flatten().collect())
}

fn say(printer: &Printer, store: &Store, seen: &[Domain], ours: &Ours, policy: &DomainPolicy) -> Result<Exit, Failure> {
    let now = clock::now();
    let mut rows = Vec::new();
    for domain in seen {
        let Some(inspection) = domain.inspection.clone() else { continue };
        let row = Row::of(domain, ours, policy, now);
        rows.push(Inspected { row, recorded: store.domain(&domain.name)?.is_some(), inspection });
    }
    let is_partial = rows.iter().any(|one| {
        let Inspection { zone, records, .. } = &one.inspection;
        matches!(zone, Looked::Unknown(_)) || matches!(records, Looked::Unknown(_))
    });
    let unrecorded: Vec<String> = rows.iter().filter(|one| !one.recorded).map(|one| one.row.name.clone()).collect();
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.domain-inspection/v1", domains: rows })?;
    } else {
        printer.text(|out| {
            rows.iter().try_for_each(|one| {
                writeln!(out, "{}  class {}", one.row.name, one.row.class.as_deref().unwrap_or("?"))?;
                one.row.write_details(out)
            })
        })?;
    }
    for name in unrecorded {
        printer.note(&format!("{name} is not in the inventory, so this is not recorded: caravan domains import FILE"));
    }
    Ok(if is_partial { Exit::Partial } else { Exit::Done })
}

//! What was deployed after it was converted: the ledgers of a tree against the inventory as it is now.

use crate::error::{Failure, FailureKind, read_text};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{ObservationKind, WorkloadId};
use caravan_inventory_store::Store;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A workload that runs something else now than what it was converted from.
#[derive(Serialize)]
pub(super) struct Deployed {
    workload: WorkloadId,
    /// The versions that were converted, sorted.
    converted: Vec<String>,
    /// The versions that it runs now, sorted; none when it is gone.
    now: Vec<String>,
}

/// What is read of a ledger.
#[derive(Deserialize)]
struct Ledger {
    workload: WorkloadId,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    source: String,
}

/// Kinds of which each deployment makes a new one.
const VERSIONED: [ObservationKind; 4] = [
    ObservationKind::EcsTaskDefinition,
    ObservationKind::FunctionVersion,
    ObservationKind::LaunchTemplateVersion,
    ObservationKind::LaunchConfiguration,
];

/// The workloads of a tree that run another version now, sorted by id. One that is gone runs none.
///
/// # Errors
/// When a ledger of the tree, or the inventory, can't be read.
pub(super) fn deployed_since(tree: &Utf8Path, store: &Store) -> Result<Vec<Deployed>, Failure> {
    let folder = tree.join("ledger");
    if !folder.is_dir() {
        return Err(Failure::new(
            FailureKind::Usage,
            format!("there is no {folder}: `caravan convert` wrote no tree there"),
        )
        .hint("name the folder that you gave to `caravan convert --out`"));
    }
    let mut deployed = Vec::new();
    for path in ledgers(&folder)? {
        let text = read_text(&path, FailureKind::Work)?;
        let ledger: Ledger = serde_json::from_str(&text)
            .map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("{path} is no ledger")))?;
        let converted = versions(ledger.sources.iter().map(|source| source.source.as_str()));
        let workload = store.workload(&ledger.workload)?;
        let now = versions(workload.iter().flat_map(|workload| &workload.parts).map(|part| part.as_str()));
        if !converted.is_empty() && converted != now {
            let list = |versions: BTreeSet<&str>| versions.into_iter().map(str::to_owned).collect();
            deployed.push(Deployed { workload: ledger.workload.clone(), converted: list(converted), now: list(now) });
        }
    }
    deployed.sort_by(|one, other| one.workload.cmp(&other.workload));
    Ok(deployed)
}

/// The observations among these of which each deployment makes a new one.
fn versions<'o>(observations: impl Iterator<Item = &'o str>) -> BTreeSet<&'o str> {
    let is_versioned = |id: &&str| {
        let kind = id.split('/').next().and_then(ObservationKind::parse);
        kind.is_some_and(|kind| VERSIONED.contains(&kind))
    };
    observations.filter(is_versioned).collect()
}

/// Every ledger below a folder, sorted.
fn ledgers(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Failure> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let failure = |error| Failure::caused(FailureKind::Work, error).context(format!("can't read {folder}"));
        for entry in folder.read_dir_utf8().map_err(failure)? {
            let path = entry.map_err(failure)?.into_path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some("json") && !is_shared(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Whether it accounts for what all workloads share, and for none of them.
fn is_shared(path: &Utf8Path) -> bool {
    ["/ledger/platform.json", "/ledger/terraform"].iter().any(|part| path.as_str().contains(part))
}

impl Deployed {
    /// In words.
    pub(super) fn text(&self) -> String {
        let last = |ids: &[String]| -> String {
            let names: Vec<&str> = ids.iter().map(|id| id.rsplit('/').next().unwrap_or(id)).collect();
            if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
        };
        format!("{}: converted from {}, runs {} now", self.workload, last(&self.converted), last(&self.now))
    }
}

//! What lies under the apps: the fences of teams, and what all of them share.
//!
//! In: what the manifests of all apps ask for ([`Demand`]) and the settings. Out, for each environment, which is a cluster:
//!
//! ```text
//! deployment/platform/<environment>/           admission, capacity, storage, gateways, issuers, argocd
//! deployment/platform/<environment>/volumes/   of each app what stands in no namespace (written with the app)
//! deployment/teams/<team>/jail/<environment>/  namespace, access, network, secrets, argocd
//! ledger/platform.json                         digests of what was generated last
//! ```
//!
//! What must never happen here: a value that neither the apps nor the settings say. What a setting does not tell is left
//! out and named, with what to write ([`Open`]).

mod access;
mod admission;
mod argo;
mod capacity;
mod cluster;
mod demand;
mod document;
mod file;
mod gateways;
mod issuers;
mod jail;
mod ledger;
mod network;
mod open;
mod stores;
mod unit;

pub use demand::Demand;
pub use open::Open;
pub(crate) use open::filled;

use crate::merge::{self, Existing, Merged};
use crate::provenance::{Origin, Trace};
use crate::{Company, Conflict, File, Needs, Platform, Tree};
use caravan_inventory::{AccountId, EnvironmentName, TeamName};
use cluster::{Cluster, Files};
use demand::Team;
use ledger::Last;
use std::collections::{BTreeMap, BTreeSet};

/// The custom resources that are written here and by no app: API version and kind. A cluster that lacks one can't take the
/// platform's tree.
pub const PLATFORM_KINDS: &[(&str, &str)] = &[
    ("argoproj.io/v1alpha1", "AppProject"),
    ("argoproj.io/v1alpha1", "Application"),
    ("argoproj.io/v1alpha1", "ApplicationSet"),
    ("cert-manager.io/v1", "ClusterIssuer"),
    ("external-secrets.io/v1", "SecretStore"),
    ("gateway.envoyproxy.io/v1alpha1", "ClientTrafficPolicy"),
    ("gateway.envoyproxy.io/v1alpha1", "EnvoyProxy"),
    ("gateway.networking.k8s.io/v1", "Gateway"),
    ("gateway.networking.k8s.io/v1", "GatewayClass"),
    ("karpenter.k8s.aws/v1", "EC2NodeClass"),
    ("karpenter.sh/v1", "NodePool"),
];

/// What lies under the apps of an estate.
#[derive(Clone, Debug, Default)]
pub struct PlatformTree {
    /// The files. What a human changed and what conflicts is not among them.
    pub files: Tree,
    /// What is left out until somebody tells it, sorted.
    pub open: BTreeSet<Open>,
    /// Files that stand there and are not made any more, sorted: nothing is deleted.
    pub stale: Vec<String>,
    /// Files of a human into which what is new could not be brought (C4).
    pub conflicts: Vec<Conflict>,
}

/// Makes what the apps of every environment stand on; `accounts` are those whose secrets the stores of an environment read,
/// where they are known; `people` says which groups a team's people are, where `people.yaml` is there. Same input, same bytes (C3).
#[must_use]
pub fn platform_tree(
    demand: &Demand,
    settings: &Platform,
    people: Option<&Company>,
    accounts: &BTreeMap<EnvironmentName, AccountId>,
    existing: &dyn Existing,
    trace: Trace,
) -> PlatformTree {
    let mut out = PlatformTree::default();
    let mut made: Vec<(String, Result<File, String>)> = Vec::new();
    for (environment, teams) in demand.environments() {
        let mut cluster = Cluster::new(settings, people, environment, accounts.get(environment), teams);
        let apps = cluster.origins();
        let folder = format!("deployment/platform/{environment}");
        made.extend(files(&folder, shared(&mut cluster), &apps, trace));
        for (name, team) in teams {
            let apps: Vec<Origin> = team.origins(name).collect();
            let folder = format!("deployment/teams/{name}/jail/{environment}");
            made.extend(files(&folder, jail(&mut cluster, name, team), &apps, trace));
        }
        out.open.append(&mut cluster.open);
    }
    out.open.extend(people.map(|people| unknown_environments(people, demand)).unwrap_or_default());
    merge_files(&mut out, made, existing, trace);
    out
}

/// Environments that `people.yaml` names and no app has: a group that holds in none but them holds nowhere.
fn unknown_environments(people: &Company, demand: &Demand) -> BTreeSet<Open> {
    let known: BTreeSet<&str> = demand.environments().map(|(name, _)| name.as_str()).collect();
    let unknown = people.named_environments().filter(|(_, name)| !known.contains(name));
    unknown
        .map(|(field, name)| Open {
            what: format!("{field}: no app has an environment `{name}`"),
            remedy: "in people.yaml: the name that plconfig files have".to_owned(),
        })
        .collect()
}

/// The images of an app that its cluster would refuse, whatever else runs there: of no registry below `platform.registries`, where
/// any is named.
#[must_use]
pub fn foreign_images(settings: &Platform, needs: &Needs) -> Vec<String> {
    admission::foreign_images(settings, needs)
}

/// What all teams of a cluster share.
fn shared(cluster: &mut Cluster<'_>) -> Files {
    note_refused_images(cluster);
    cluster.note_shared_hosts();
    vec![
        ("admission", admission::admission(cluster)),
        ("argocd", argo::platform(cluster)),
        ("capacity", capacity::capacity(cluster)),
        ("gateways", gateways::gateways(cluster)),
        ("issuers", issuers::issuers(cluster)),
        ("storage", vec![capacity::storage()]),
    ]
}

/// The fence of one team.
fn jail(cluster: &mut Cluster<'_>, name: &TeamName, team: &Team) -> Files {
    let namespace = cluster.settings.namespace(name.as_str());
    vec![
        ("access", access::access(cluster, name)),
        ("argocd", argo::team(cluster, name)),
        ("namespace", jail::namespace(cluster, name, team)),
        ("network", network::network(cluster, &namespace)),
        ("secrets", stores::stores(cluster, name, team)),
    ]
}

/// The files of a folder that have something in them.
fn files(folder: &str, files: Files, apps: &[Origin], trace: Trace) -> Vec<(String, Result<File, String>)> {
    let written = files.into_iter().filter(|(_, documents)| !documents.is_empty());
    written.map(|(name, documents)| (format!("{folder}/{name}.yaml"), file::file(&documents, apps, trace))).collect()
}

/// Images that the settings forbid and apps have: their pods would be refused.
fn note_refused_images(cluster: &mut Cluster<'_>) {
    for image in admission::refused_images(cluster) {
        cluster.open.insert(Open {
            what: format!("{}: pods with the image {image}: no registry of the setting holds it", cluster.environment),
            remedy: "its registry below `platform.registries` in caravan.yaml".to_owned(),
        });
    }
}

/// Brings what was made and what stands there together (C4).
fn merge_files(
    out: &mut PlatformTree,
    made: Vec<(String, Result<File, String>)>,
    existing: &dyn Existing,
    trace: Trace,
) {
    let last = Last::read(existing);
    let mut generated = Last::default();
    let paths = made.iter().map(|(path, _)| path.clone()).collect();
    for (path, digest) in last.without(&paths) {
        if matches!(existing.read(path), Ok(Some(_)) | Err(_)) {
            out.stale.push(path.clone());
            generated.note(path.clone(), Some(digest.clone()));
        }
    }
    for (path, file) in made {
        let file = match file {
            Ok(file) => file,
            Err(reason) => {
                out.conflicts.push(Conflict { path, reason });
                continue;
            }
        };
        let (digest, before) = (merge::digest(&file.bytes), last.digest(&path));
        let merged = match existing.read(&path) {
            Ok(there) => merge::by_digest(before, there.as_deref(), &digest),
            Err(problem) => Merged::Conflict(problem),
        };
        let known = match merged {
            Merged::Generated => {
                out.files.insert(path.clone(), file);
                Some(digest)
            }
            Merged::Kept(_) | Merged::Both(_) => Some(digest),
            Merged::Conflict(reason) => {
                out.conflicts.push(Conflict { path: path.clone(), reason });
                before.map(str::to_owned)
            }
        };
        generated.note(path, known);
    }
    match generated.file(trace) {
        Ok(file) => out.files.insert(ledger::PATH, file),
        Err(error) => out.conflicts.push(Conflict { path: ledger::PATH.to_owned(), reason: error.to_string() }),
    }
}

#[cfg(test)]
mod tests;

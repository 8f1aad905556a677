//! What stands around one thing of the inventory: its front doors, what it needs with whoever else needs that, and whom it
//! would break.

use crate::error::Failure;
use caravan_discover::{Chain, Doors, Resource};
use caravan_inventory::{Edge, EdgeKind, Workload, WorkloadId};
use caravan_inventory_store::Store;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Something needed, with the other workloads that need it.
#[derive(Serialize)]
pub(crate) struct Need {
    #[serde(flatten)]
    pub(crate) edge: Edge,
    /// Whether it is its role that is allowed this: whether it makes use of that, nothing says.
    pub(crate) through_role: bool,
    /// Workloads besides this one that need the same thing, sorted.
    pub(crate) also_needed_by: Vec<String>,
}

/// A workload that breaks when something it needs, directly or through others, is not where it was.
#[derive(Serialize)]
pub(crate) struct Break {
    pub(crate) id: String,
    /// The workloads and shared resources between, from the thing that moves on; empty where this one needs it directly.
    pub(crate) through: Vec<String>,
}

/// Everything that stands in front of workloads.
///
/// # Errors
/// Those of reading.
pub(crate) fn doors(store: &Store) -> Result<Doors, Failure> {
    Ok(Doors::read(store, store.edges_of_kind(EdgeKind::Routes)?)?)
}

/// The hostnames of chains, sorted.
pub(crate) fn hostnames(chains: &[Chain]) -> Vec<&str> {
    let hostnames: BTreeSet<&str> = chains.iter().map(|chain| chain.hostname.as_str()).collect();
    hostnames.into_iter().collect()
}

/// What a thing needs by itself. The way in to it is told by its front doors, and in whose keeping it is by those, not here.
///
/// # Errors
/// Those of reading.
pub(crate) fn needs(store: &Store, id: &str) -> Result<Vec<Need>, Failure> {
    let own = store.edges_from(id)?;
    let roles: BTreeSet<&String> =
        own.iter().filter(|edge| edge.kind == EdgeKind::Role && edge.from == id).map(|edge| &edge.to).collect();
    let mut of_roles = Vec::new();
    for role in roles {
        of_roles.extend(store.edges_from(role)?);
    }
    let mut needs = Vec::new();
    for (edge, through_role) in own.iter().map(|edge| (edge, false)).chain(of_roles.iter().map(|edge| (edge, true))) {
        if matches!(edge.kind, EdgeKind::Routes | EdgeKind::GovernedBy) {
            continue;
        }
        let edge = edge.clone();
        let others: BTreeSet<String> =
            store.edges_to(&edge.to)?.into_iter().map(|other| other.from).filter(|from| from != id).collect();
        let mut also_needed_by = Vec::new();
        for other in others {
            if is_workload(store, &other)? {
                also_needed_by.push(other);
            }
        }
        needs.push(Need { edge, through_role, also_needed_by });
    }
    Ok(needs)
}

/// What needs a workload: by itself, or by one of its parts, such as a load balancer on which a caller's request may come to it.
/// What stands on the same load balancer does not need it, nor do the records of others that lead there.
///
/// # Errors
/// Those of reading.
pub(crate) fn needed_by(store: &Store, workload: &Workload) -> Result<Vec<Edge>, Failure> {
    let own: BTreeSet<&str> = ids(workload).collect();
    let mut edges = Vec::new();
    for id in ids(workload) {
        edges.extend(store.edges_to(id)?);
    }
    edges.retain(|edge| edge.kind != EdgeKind::Routes && !own.contains(edge.from.as_str()));
    Ok(edges)
}

/// A workload's id, and those of its parts.
fn ids(workload: &Workload) -> impl Iterator<Item = &str> {
    std::iter::once(workload.id.as_str()).chain(workload.parts.iter().map(|part| part.as_str()))
}

/// Every workload that breaks when a thing moves: those that need it, or a part of it where it is a workload, and those that
/// need these, nearest first.
///
/// # Errors
/// Those of reading.
pub(crate) fn breaks(store: &Store, id: &str, workload: Option<&Workload>) -> Result<Vec<Break>, Failure> {
    // Of each found workload what it was found through.
    let mut through: BTreeMap<String, String> = BTreeMap::new();
    let begin: BTreeSet<String> = match workload {
        Some(workload) => ids(workload).map(str::to_owned).collect(),
        None => BTreeSet::from([id.to_owned()]),
    };
    let mut waiting: VecDeque<String> = begin.iter().cloned().collect();
    let mut breaks = Vec::new();
    while let Some(next) = waiting.pop_front() {
        let users: BTreeSet<String> =
            store.edges_to(&next)?.into_iter().filter(|edge| breaks_by(edge.kind)).map(|edge| edge.from).collect();
        for user in users {
            let is_workload = is_workload(store, &user)?;
            // A queue that is filled from a topic, a role that may use a table: whoever needs these, needs that.
            if begin.contains(&user) || through.contains_key(&user) || !(is_workload || Resource::is_id(&user)) {
                continue;
            }
            through.insert(user.clone(), next.clone());
            waiting.push_back(user.clone());
            if !is_workload {
                continue;
            }
            let mut between: Vec<String> = std::iter::successors(Some(&next), |at| through.get(*at))
                .filter(|at| !begin.contains(*at))
                .cloned()
                .collect();
            between.reverse();
            breaks.push(Break { id: user, through: between });
        }
    }
    Ok(breaks)
}

/// Whether whoever needs something so is without it when it moves.
const fn breaks_by(kind: EdgeKind) -> bool {
    match kind {
        EdgeKind::Calls
        | EdgeKind::Data
        | EdgeKind::Queue
        | EdgeKind::Secret
        | EdgeKind::Role
        | EdgeKind::TriggeredBy => true,
        // Two that run one definition do not need each other.
        EdgeKind::Runs | EdgeKind::Routes | EdgeKind::OwnedBy | EdgeKind::GovernedBy => false,
    }
}

fn is_workload(store: &Store, id: &str) -> Result<bool, Failure> {
    Ok(store.workload(&WorkloadId::new(id))?.is_some())
}

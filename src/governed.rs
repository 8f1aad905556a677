//! In whose keeping things are: states of Terraform, stacks of CloudFormation.

use crate::error::Failure;
use caravan_inventory::{Confidence, EdgeKind, Evidence, Governor, ObservationId, ObservationKind};
use caravan_inventory_store::{Store, StoreError};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Something in somebody's keeping.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Governed {
    /// The observation, or the resource's id.
    of: String,
    #[serde(flatten)]
    governor: Governor,
    confidence: Confidence,
    evidence: Evidence,
}

/// What of these is in whose keeping, each once.
///
/// # Errors
/// Those of reading.
pub(crate) fn of<'i>(store: &Store, ids: impl IntoIterator<Item = &'i str>) -> Result<Vec<Governed>, Failure> {
    let mut found = Vec::new();
    for id in ids {
        let edges = store.edges_from(id)?;
        let all = edges.iter().filter(|edge| edge.kind == EdgeKind::GovernedBy);
        let all: Vec<Governed> = all
            .filter_map(|edge| {
                let (confidence, evidence) = (edge.confidence, edge.evidence.clone());
                Some(Governed { of: id.to_owned(), governor: Governor::of(edge)?, confidence, evidence })
            })
            .collect();
        for governor in Governor::distinct(all.iter().map(|one| one.governor.clone()).collect()) {
            found.extend(all.iter().find(|one| one.governor == governor).cloned());
        }
    }
    Ok(found)
}

impl Governed {
    /// As a line for people.
    pub(crate) fn line(&self) -> String {
        let Self { of, governor, confidence, evidence } = self;
        format!("{of}: {governor} ({}; {}{})", confidence.as_str(), evidence.observation, evidence.path)
    }
}

/// Of each thing that several keep, a line for people: each undoes what the other does.
pub(crate) fn conflicts(found: &[Governed]) -> Vec<String> {
    let mut by_thing: BTreeMap<&str, Vec<Governor>> = BTreeMap::new();
    for one in found {
        by_thing.entry(&one.of).or_default().push(one.governor.clone());
    }
    let several = by_thing.into_iter().filter(|(_, governors)| Governor::is_conflict(governors));
    several.map(|(of, governors)| format!("{of}: {}; each undoes what the other does", listed(&governors))).collect()
}

/// Several in one sentence.
pub(crate) fn listed(governors: &[Governor]) -> String {
    governors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// Everything that is in somebody's keeping.
#[derive(Default)]
pub(crate) struct Keeping(BTreeMap<String, Vec<Governor>>);

impl Keeping {
    /// Reads it.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn read(store: &Store) -> Result<Self, StoreError> {
        let mut keeping: BTreeMap<String, Vec<Governor>> = BTreeMap::new();
        for edge in store.edges_of_kind(EdgeKind::GovernedBy)? {
            let governor = Governor::of(&edge);
            keeping.entry(edge.from).or_default().extend(governor);
        }
        Ok(Self(keeping.into_iter().map(|(of, all)| (of, Governor::distinct(all))).collect()))
    }

    /// In whose keeping a thing is.
    pub(crate) fn of(&self, id: &str) -> &[Governor] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// In whose keeping the parts of a workload are that it shares with nobody, each once.
    pub(crate) fn of_parts(&self, parts: &[ObservationId]) -> Vec<Governor> {
        let kind = |id: &ObservationId| ObservationKind::parse(id.as_str().split('/').next().unwrap_or_default());
        let own = parts.iter().filter(|part| kind(part).is_none_or(|kind| !kind.is_shared_part()));
        Governor::distinct(own.flat_map(|id| self.of(id.as_str())).cloned().collect())
    }

    /// In whose keeping a thing is, and each whose id goes on behind a `/`, as those of record sets with an identifier do.
    pub(crate) fn of_each<'k>(&'k self, id: &'k str) -> impl Iterator<Item = (&'k str, &'k [Governor])> {
        let begin_so = self.0.range::<str, _>((Bound::Included(id), Bound::Unbounded));
        let begin_so = begin_so.map_while(move |(other, governors)| Some((other, other.strip_prefix(id)?, governors)));
        let is_one = |rest: &str| rest.is_empty() || rest.starts_with('/');
        begin_so.filter(move |(_, rest, _)| is_one(rest)).map(|(id, _, governors)| (id.as_str(), governors.as_slice()))
    }
}

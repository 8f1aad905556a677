//! What people want of the waves: `waves` in `caravan.yaml`.

use caravan_inventory::{EnvironmentName, WorkloadId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What people want of the waves. Every key is checked: one that names what is not there, or what can't be, is an error.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WavePolicy {
    /// The most workloads of one wave.
    pub size: u32,
    /// The most workloads of one team in one wave: how many it can watch in one night.
    pub team: u32,
    /// The most workloads of the first wave of each environment: the one in which all is new.
    pub first: u32,
    /// Environments in the order in which they move; those that are not named come after, by name.
    pub environments: Vec<EnvironmentName>,
    /// Edges that may be crossed: what needs moves before what it needs.
    pub crossable: Vec<Crossable>,
    /// Workloads that stay out for now.
    pub hold: Vec<Hold>,
    /// Workloads that move in one wave.
    pub together: Vec<Together>,
    /// Workloads that never move in one wave.
    pub apart: Vec<Apart>,
}

/// An edge that may be crossed.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Crossable {
    /// The workload that needs.
    pub from: WorkloadId,
    /// What it needs.
    pub to: WorkloadId,
    /// Why that works from one side to the other, for whoever reads it in a year.
    pub reason: String,
}

/// A workload that stays out for now.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The workload.
    pub workload: WorkloadId,
    /// Why.
    pub reason: String,
}

/// Workloads that move in one wave.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// The workloads: two or more.
    pub workloads: Vec<WorkloadId>,
    /// Why.
    pub reason: String,
}

/// Workloads no two of which move in one wave.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// The workloads: two or more.
    pub workloads: Vec<WorkloadId>,
    /// Why.
    pub reason: String,
}

/// A policy that can't be kept. It names the key of `waves` and what to change there.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// A size of zero: nothing could ever move.
    #[error("waves.{key}: 0 workloads are none that could move; write 1 or more")]
    Zero {
        /// The key.
        key: &'static str,
    },
    /// A workload that the inventory does not hold.
    #[error("waves.{key}: the inventory holds no workload `{workload}`")]
    NoSuchWorkload {
        /// The key.
        key: String,
        /// What it names.
        workload: WorkloadId,
    },
    /// An edge that is none: declaring it crossable would have no effect.
    #[error("waves.crossable[{number}]: {from} does not need {to}, so there is nothing to cross")]
    NoSuchEdge {
        /// Its place in the list, from 0.
        number: usize,
        /// Who should need.
        from: WorkloadId,
        /// What should be needed.
        to: WorkloadId,
    },
    /// Fewer than two workloads.
    #[error("waves.{key}: name two workloads or more")]
    Alone {
        /// The key.
        key: String,
    },
    /// No reason is given.
    #[error("waves.{key}: give a reason, for whoever reads it in a year")]
    NoReason {
        /// The key.
        key: String,
    },
    /// Two that must be apart move together.
    #[error(
        "waves.apart[{number}]: {one} and {other} need each other, or `together` joins them: they move in one wave; \
         declare an edge between them crossable, or take them out of `apart`"
    )]
    Bound {
        /// Its place in the list, from 0.
        number: usize,
        /// One of the two.
        one: WorkloadId,
        /// The other.
        other: WorkloadId,
    },
    /// Workloads of different environments that must be in one wave.
    #[error("waves.together[{number}]: {one} and {other} are of different environments, and a wave has one")]
    Environments {
        /// Its place in the list, from 0.
        number: usize,
        /// One of the two.
        one: WorkloadId,
        /// The other.
        other: WorkloadId,
    },
}

impl Default for WavePolicy {
    fn default() -> Self {
        Self {
            size: 10,
            team: 4,
            first: 3,
            environments: Vec::new(),
            crossable: Vec::new(),
            hold: Vec::new(),
            together: Vec::new(),
            apart: Vec::new(),
        }
    }
}

impl WavePolicy {
    /// What can be told without an inventory.
    ///
    /// # Errors
    /// The first key that can't be kept.
    pub fn check(&self) -> Result<(), PolicyError> {
        for (key, size) in [("size", self.size), ("team", self.team), ("first", self.first)] {
            if size == 0 {
                return Err(PolicyError::Zero { key });
            }
        }
        let groups = self.together.iter().map(|one| (&one.workloads, &one.reason)).enumerate();
        let together = groups.map(|(at, (workloads, reason))| (format!("together[{at}]"), workloads, reason));
        let groups = self.apart.iter().map(|one| (&one.workloads, &one.reason)).enumerate();
        let apart = groups.map(|(at, (workloads, reason))| (format!("apart[{at}]"), workloads, reason));
        for (key, workloads, reason) in together.chain(apart) {
            if workloads.len() < 2 {
                return Err(PolicyError::Alone { key });
            }
            has_reason(key, reason)?;
        }
        let crossable = self.crossable.iter().enumerate().map(|(at, one)| (format!("crossable[{at}]"), &one.reason));
        let hold = self.hold.iter().enumerate().map(|(at, one)| (format!("hold[{at}]"), &one.reason));
        crossable.chain(hold).try_for_each(|(key, reason)| has_reason(key, reason))
    }

    /// Every workload that it names, with the key.
    pub(super) fn named(&self) -> impl Iterator<Item = (String, &WorkloadId)> {
        let crossable = self.crossable.iter().enumerate().flat_map(|(at, one)| {
            [(format!("crossable[{at}].from"), &one.from), (format!("crossable[{at}].to"), &one.to)]
        });
        let hold = self.hold.iter().enumerate().map(|(at, one)| (format!("hold[{at}]"), &one.workload));
        let together = self
            .together
            .iter()
            .enumerate()
            .flat_map(|(at, one)| one.workloads.iter().map(move |workload| (format!("together[{at}]"), workload)));
        let apart = self
            .apart
            .iter()
            .enumerate()
            .flat_map(|(at, one)| one.workloads.iter().map(move |workload| (format!("apart[{at}]"), workload)));
        crossable.chain(hold).chain(together).chain(apart)
    }
}

fn has_reason(key: String, reason: &str) -> Result<(), PolicyError> {
    if reason.trim().is_empty() { Err(PolicyError::NoReason { key }) } else { Ok(()) }
}

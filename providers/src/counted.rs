//! How many requests what carries a target's traffic has counted: evidence for people of the share that moved. No gate reads
//! it.

use crate::target::{Snapshot, Target};
use caravan_inventory::WorkloadId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is to be counted: the requests to a target, by side.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Count {
    /// Whose requests they are.
    pub workload: WorkloadId,
    /// The target.
    pub target: Target,
    /// What stood there before the shift: what it sends to is the old side.
    pub original: Snapshot,
    /// What stands there in the shift's last stage: what it sends to besides is the new side.
    pub split: Snapshot,
}

/// The counters of one target at one moment. They only grow, but for one that is made anew.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counted {
    /// Who counted, for a person.
    pub by: String,
    /// The longest time in milliseconds that one request may take before it is counted.
    pub answers_within_ms: u64,
    /// Requests that were sent to the old side, by what tells the counters apart; none when the sides can't be told apart.
    pub old: BTreeMap<String, u64>,
    /// Requests that were sent to the new side.
    pub new: BTreeMap<String, u64>,
    /// Requests that were answered, whichever side they were sent to; none where nobody counts answers.
    pub answered: BTreeMap<String, u64>,
    /// Those of them that were lost: answered with a status of 500 or above, by a side or in its place when it brought none.
    pub lost: BTreeMap<String, u64>,
    /// Why the sides can't be told apart; none when they can.
    pub sides_unknown: Option<String>,
    /// Milliseconds for which each of those that count has been running, by its address.
    pub running_ms: BTreeMap<String, u64>,
}

/// Why nothing was counted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotCounted {
    /// Nobody was named who counts: asking again brings nothing else.
    #[error("nothing that counts its requests is named")]
    Unnamed,
    /// Who counts could not be asked, or does not count what was asked for.
    #[error("{0}")]
    Failed(String),
}

/// A side of a shift.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Side {
    /// Where the traffic was before.
    Old,
    /// Where it goes.
    New,
}

/// What of an HTTPRoute is of which side: a gateway counts by endpoint or by backend.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RouteSides {
    /// The endpoints, `address:port`, of the backends that are known by address.
    pub endpoints: BTreeMap<String, Side>,
    /// The side of each backend, rule by rule, as the route has them now; none for one that is of neither side.
    pub backends: Vec<Vec<Option<Side>>>,
}

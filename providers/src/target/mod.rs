//! What a cutover may change, and its snapshot before and after.

mod controller;
mod fencing_token;
mod probe;
mod record_set;

pub use controller::Controller;
pub use fencing_token::{FencingToken, InvalidFencingToken};
pub use probe::Probe;
pub use record_set::{Alias, RecordSet};

use caravan_inventory::{AccountId, Region};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that a cutover may change.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The record sets of one name in one Route 53 zone, of the given types.
    Records {
        /// The account that owns the zone.
        account: AccountId,
        /// The hosted zone's id, without `/hostedzone/`.
        zone: String,
        /// The name, lower-case, with its trailing dot.
        name: String,
        /// The record types that the plan touches, sorted: `A`, `AAAA`, `CNAME`.
        types: Vec<String>,
    },
    /// The actions of one load balancer rule, or the default actions of a listener.
    ListenerRule {
        /// The account of the load balancer.
        account: AccountId,
        /// Its region.
        region: Region,
        /// The ARN of the rule, or of the listener.
        arn: String,
    },
    /// The rules of one HTTPRoute.
    Route {
        /// The kubeconfig context of the cluster.
        cluster: String,
        /// The route's namespace.
        namespace: String,
        /// The route's name.
        name: String,
    },
}

/// What a target's provider promises about a write (K2).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Guarantee {
    /// A write fails when the target is not as the writer believes.
    Atomic,
    /// Read, write, read again: a foreign write in the gap is detected, not prevented.
    Checked,
}

/// The state of a target: everything about it that a cutover may change or must put back. Equal snapshots are exactly
/// equal targets.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Snapshot {
    /// All record sets of the target's name and types, sorted by type and set identifier.
    Records(Vec<RecordSet>),
    /// A rule's `Actions` as the API gives them, in their order, empty fields left out.
    Actions(Value),
    /// A route's `spec.rules`.
    Rules(Value),
}

impl Target {
    /// Its name in a few words: a host name, the end of an ARN, `namespace/name`.
    #[must_use]
    pub fn short_name(&self) -> String {
        match self {
            Self::Records { name, .. } => name.trim_end_matches('.').to_owned(),
            Self::ListenerRule { arn, .. } => arn.rsplit('/').next().unwrap_or(arn).to_owned(),
            Self::Route { namespace, name, .. } => format!("{namespace}/{name}"),
        }
    }

    /// What its provider promises about a write.
    #[must_use]
    pub const fn guarantee(&self) -> Guarantee {
        match self {
            Self::Records { .. } | Self::Route { .. } => Guarantee::Atomic,
            Self::ListenerRule { .. } => Guarantee::Checked,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Records { account, zone, name, .. } => write!(f, "records {name} in zone {zone}, account {account}"),
            Self::ListenerRule { account, region, arn } => write!(f, "rule {arn}, account {account}, region {region}"),
            Self::Route { cluster, namespace, name } => write!(f, "route {namespace}/{name} in cluster {cluster}"),
        }
    }
}

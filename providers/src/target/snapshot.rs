//! The state of a target.

use super::record_set::RecordSet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// The `spec.rules` of a route of the same name that is not the one that was sealed: it was deleted and made anew.
    OtherRoute(Box<OtherRoute>),
    /// Whether an owner of work takes on new work, and what else is set of it.
    Activation {
        /// Whether it takes on new work.
        active: bool,
        /// What else is set: batch sizes, numbers of replicas.
        settings: Value,
    },
}

/// A route that was made anew under the name of one that was sealed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OtherRoute {
    /// Its rules.
    pub rules: Value,
    /// Its uid.
    pub uid: String,
    /// The uid of the one that was sealed.
    pub sealed: String,
}

/// A provider's answer that is no snapshot.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the observed {what} has no readable {field}")]
pub struct SnapshotError {
    /// The kind of thing that was observed.
    pub(super) what: &'static str,
    /// The field that is missing or of another kind.
    pub(super) field: &'static str,
}

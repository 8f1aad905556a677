//! What is to be done with one hostname, exactly: made before the first look, never changed.

use crate::{Lead, Times};
use caravan_cutover_engine::Moment;
use caravan_providers::target::{Snapshot, Target};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The plan of one move.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MovePlan {
    /// The run's name: it stands in the fencing token.
    pub run: String,
    /// The hostname, without a trailing dot.
    pub name: String,
    /// Who leads it elsewhere.
    pub lead: Lead,
    /// The names of its certificate.
    pub names: Vec<String>,
    /// Who signs it.
    pub authority: Authority,
    /// How the name is proven to the authority.
    pub proof: Proof,
    /// Both edges.
    pub edges: Edges,
    /// When the name may move; at any time without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// How long everything takes.
    pub times: Times,
    /// Validations of this name that failed before this run: they count against the limit, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_before: Vec<Moment>,
    /// The names of our zones: what leads into one of them leads to us. Before the old side is released, and once more at the end,
    /// it is looked for what would be left dangling. None in plans that were made before that was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_zones: Option<Vec<String>>,
}

/// A certificate authority.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The URL of its directory.
    pub directory: String,
    /// Whether it answers an order for the same names with the one that is still open, as Let's Encrypt does: an order whose answer
    /// was lost may then be placed again. Elsewhere a person says whether.
    pub gives_open_orders_again: bool,
    /// Whether its limits are known: then each order is reserved first, and waits where some limit has none. Plans of before have none.
    #[serde(default)]
    pub has_limits: bool,
}

/// How the name is proven.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// By the answer of a server of ours, to which both edges redirect `/.well-known/acme-challenge/`.
    Http,
    /// By a TXT record in a zone of ours.
    Dns(Target),
}

/// Both edges.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Edges {
    /// Where the old one answers: `address:port`.
    pub old: Vec<String>,
    /// Where the new one answers: every address to which the name will lead.
    pub new: Vec<String>,
    /// The path that both are asked for.
    pub path: String,
    /// The lowest and highest status that is healthy.
    pub status: (u16, u16),
    /// The cluster of the new one.
    pub cluster: String,
    /// The namespace of what is made there.
    pub namespace: String,
    /// The Secret that holds the certificate.
    pub secret: String,
    /// The objects that serve the name, whole: the ListenerSet and the route.
    pub objects: Vec<Value>,
}

/// When the name may move.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// It begins.
    pub from: Moment,
    /// It ends.
    pub until: Moment,
}

/// A plan that can't hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The values of a record are not told apart.
    #[error("the record leads to the new edge already, or is no other there")]
    SameRecord,
    /// A name leads nowhere.
    #[error("the plan does not say where the name leads at both edges")]
    NoAnswers,
    /// An answer belongs to both edges.
    #[error("some answer belongs to both edges: nobody could tell where the name leads")]
    SharedAnswers,
    /// An edge without an address.
    #[error("the plan names no address of one of the edges")]
    NoAddress,
    /// The window ends before it begins.
    #[error("the window ends before it begins")]
    EmptyWindow,
}

impl MovePlan {
    /// Checks what the types can't hold.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn check(&self) -> Result<(), PlanError> {
        match &self.lead {
            Lead::Ours(own) => {
                let is_old = |snapshot: &Snapshot| *snapshot == own.original || Some(snapshot) == own.lowered.as_ref();
                if is_old(&own.moved) || is_old(&own.settled) {
                    return Err(PlanError::SameRecord);
                }
            }
            Lead::Customer(record) if record.old.is_empty() || record.new.is_empty() => {
                return Err(PlanError::NoAnswers);
            }
            Lead::Customer(record) if !record.old.is_disjoint(&record.new) => return Err(PlanError::SharedAnswers),
            Lead::Customer(_) => {}
        }
        if self.edges.old.is_empty() || self.edges.new.is_empty() {
            return Err(PlanError::NoAddress);
        }
        if self.window.is_some_and(|window| window.until <= window.from) {
            return Err(PlanError::EmptyWindow);
        }
        Ok(())
    }
}

//! Questions that change nothing, and what was seen.

use crate::Held;
use caravan_providers::Verdict;
use caravan_providers::Write;
use caravan_providers::target::{FencingToken, Snapshot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One question.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// Whether the authority may sign for the name (CAA) and its challenge gets to us.
    Route,
    /// How an order stands.
    Order {
        /// Its URL.
        order: String,
    },
    /// Whether the answer to an order's challenge is seen from outside.
    Presented {
        /// The order's URL.
        order: String,
    },
    /// Which certificate lies at the new edge.
    Held,
    /// Whether the new edge serves the name.
    Edge,
    /// How both edges answer for the name, by their addresses.
    Sides,
    /// How the record of ours stands.
    Record,
    /// Whether a change of the record has reached every name server.
    Settled(Box<Write>),
    /// What every name server of the customer's zone answers.
    Names,
    /// What of the name would be left dangling without the old edge.
    Dangling,
}

/// What was seen.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// Of [`Look::Route`].
    Route(Verdict),
    /// Of [`Look::Order`].
    Order(OrderStatus),
    /// Of [`Look::Presented`].
    Presented(Verdict),
    /// Of [`Look::Held`]: one that is trusted, for all the names, with its key; none where there is none such.
    Held(Option<Held>),
    /// Of [`Look::Edge`].
    Edge(EdgeSight),
    /// Of [`Look::Sides`].
    Sides(Sides),
    /// Of [`Look::Record`].
    Record {
        /// What stands there.
        snapshot: Snapshot,
        /// Who wrote last.
        token: Option<FencingToken>,
    },
    /// Of [`Look::Settled`]: why it has not; none when it has.
    Settled(Option<String>),
    /// Of [`Look::Names`], server by server.
    Names(Vec<ServerAnswer>),
    /// Of [`Look::Dangling`]: each thing in words; nothing where all is clean.
    Dangling(Vec<String>),
}

/// How an order stands (RFC 8555, section 7.1.6).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderStatus {
    /// The name is not proven yet.
    Pending,
    /// It is proven.
    Ready,
    /// The certificate is being made.
    Processing,
    /// The certificate is there.
    Valid,
    /// It came to nothing.
    Invalid {
        /// Why, in the authority's words.
        reason: String,
        /// Whether a validation failed: those are counted.
        by_validation: bool,
    },
}

/// Whether the new edge serves the name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeSight {
    /// Nothing is there.
    Absent,
    /// What is planned is there, and its status, of the generation that stands, says that it is served.
    Served,
    /// What is planned is there and not served yet.
    Waiting {
        /// Why, in the gateway's words.
        reason: String,
    },
    /// Somebody else's object is there.
    Foreign {
        /// Whose.
        reason: String,
    },
}

/// How both edges answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// Every address of the new one, with a certificate that is valid for the name.
    pub new: Verdict,
    /// The old one, the same.
    pub old: Verdict,
    /// The certificate that the new one shows; none where it shows none that holds.
    pub shown: Option<Held>,
    /// The one that the old edge shows, the same.
    pub old_shown: Option<Held>,
}

/// What one name server answers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerAnswer {
    /// The server.
    pub server: String,
    /// Its answer, or why there is none.
    pub answer: Result<BTreeSet<String>, String>,
}

impl Look {
    /// Whether this is seen by it.
    #[must_use]
    pub const fn is_answered_by(&self, sight: &Sight) -> bool {
        matches!(
            (self, sight),
            (Self::Route, Sight::Route(_))
                | (Self::Order { .. }, Sight::Order(_))
                | (Self::Presented { .. }, Sight::Presented(_))
                | (Self::Held, Sight::Held(_))
                | (Self::Edge, Sight::Edge(_))
                | (Self::Sides, Sight::Sides(_))
                | (Self::Record, Sight::Record { .. })
                | (Self::Settled(_), Sight::Settled(_))
                | (Self::Names, Sight::Names(_))
                | (Self::Dangling, Sight::Dangling(_))
        )
    }
}

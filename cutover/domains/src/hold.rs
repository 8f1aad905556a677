//! Why nothing goes on, and how a move ends.

use caravan_providers::target::{FencingToken, Snapshot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why a move waits. The world stays as it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// The authority may not sign, or no challenge gets to us. Looked at again.
    NotRoutable(String),
    /// An order's answer was lost, and this authority would make a second one: a person says whether.
    OrderInDoubt,
    /// Three orders came to nothing.
    NoCertificate(String),
    /// The new edge does not serve the name in time. Looked at again.
    EdgeLate(String),
    /// Somebody else's object stands at the new edge.
    EdgeForeign(String),
    /// The new edge does not answer as it must before the name moves. Looked at again.
    Preflight(String),
    /// A certificate would end before the soak could be over: of the new edge after three tries, or of the old one.
    CertificateEnds(String),
    /// Somebody else changed the record: nothing of it is overwritten.
    Conflict {
        /// What this move believed, or wanted to write.
        planned: Box<Snapshot>,
        /// What stands there.
        live: Box<Snapshot>,
        /// Who wrote it, as far as a token tells.
        token: Option<FencingToken>,
    },
    /// The customer led the name to a third place. Looked at again.
    ThirdValue(BTreeSet<String>),
    /// The customer did not act in two weeks. Looked at again, less often.
    Parked,
    /// The old edge does not answer: no way back leads there unless a person says so.
    OldSide(String),
    /// The new edge fails users of a name that only the customer can lead back. Looked at again.
    NewSide(String),
    /// Something would be left dangling without the old edge: whoever gets hold of where it leads has a part of the name. Looked at
    /// again; a person may leave it so.
    Dangling(Vec<String>),
    /// A provider refused.
    Refused(String),
}

impl Hold {
    /// Whether what is seen later may end it without a person.
    #[must_use]
    pub const fn ends_by_sight(&self) -> bool {
        matches!(
            self,
            Self::NotRoutable(_)
                | Self::EdgeLate(_)
                | Self::Preflight(_)
                | Self::ThirdValue(_)
                | Self::Parked
                | Self::OldSide(_)
                | Self::NewSide(_)
                | Self::Dangling(_)
        )
    }
}

/// How a move ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The name leads to the new edge, and the old one is released.
    Done,
    /// Everything is as it was.
    Back,
    /// The record was left to whoever changed it.
    Elsewhere,
}

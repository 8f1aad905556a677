//! Who leads the name elsewhere: we by a record of ours, or the customer by theirs.

use caravan_plans::domains::Class;
use caravan_providers::target::{Snapshot, Target};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who leads the name to the new edge.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
    /// We do, by a record in a zone of ours: classes A and B.
    Ours(Box<OwnRecord>),
    /// The customer does: classes C and D. We see it at their name servers.
    Customer(CustomerRecord),
}

/// A record of ours, with every value that it may have on the way.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OwnRecord {
    /// Where it is.
    pub target: Target,
    /// What stood there when the plan was made: what a way back restores, exactly.
    pub original: Snapshot,
    /// The same, remembered for a shorter time; none where it is short already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowered: Option<Snapshot>,
    /// It leads to the new edge, remembered for the shorter time.
    pub moved: Snapshot,
    /// It leads to the new edge, remembered as long as it was before.
    pub settled: Snapshot,
    /// Milliseconds that resolvers remember the original.
    pub original_ttl: u64,
    /// Milliseconds that they remember it lowered, and moved.
    pub lowered_ttl: u64,
}

/// A value of a record of ours.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// As it was.
    Original,
    /// As it was, for a shorter time.
    Lowered,
    /// To the new edge, for the shorter time.
    Moved,
    /// To the new edge, for as long as before.
    Settled,
}

/// What a customer's name leads to, as the name servers of its zone answer: names of aliases, or addresses.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerRecord {
    /// At the old edge.
    pub old: BTreeSet<String>,
    /// At the new edge.
    pub new: BTreeSet<String>,
    /// Milliseconds that resolvers remember the old one.
    pub ttl: u64,
}

/// Why a domain is moved in another way than this one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A network of the customer's stands in front.
    #[error(
        "a network of the customer's stands in front (class E): they change the origin there, which no name server shows; the \
         customer's document says how"
    )]
    CustomerNetwork,
    /// Cloudflare stands in front.
    #[error(
        "Cloudflare stands in front (class F): its custom hostname or the customer's zone there decides where the name leads, and \
         neither is moved by Caravan yet"
    )]
    Cloudflare,
}

/// Whether we lead a name of this class ourselves; `false` where the customer does.
///
/// # Errors
/// [`Refusal`] of the classes that go another way.
pub const fn lead_of(class: Class) -> Result<bool, Refusal> {
    match class {
        Class::A | Class::B => Ok(true),
        Class::C | Class::D => Ok(false),
        Class::E => Err(Refusal::CustomerNetwork),
        Class::F => Err(Refusal::Cloudflare),
    }
}

impl OwnRecord {
    /// What stands there as this.
    #[must_use]
    pub fn snapshot(&self, stand: Stand) -> &Snapshot {
        match stand {
            Stand::Original => &self.original,
            Stand::Lowered => self.lowered.as_ref().unwrap_or(&self.original),
            Stand::Moved => &self.moved,
            Stand::Settled => &self.settled,
        }
    }
}

impl Stand {
    /// Whether the run's fencing token stands beside it: the first change brings it, the last one of either way takes it away.
    #[must_use]
    pub const fn has_token(self) -> bool {
        matches!(self, Self::Lowered | Self::Moved)
    }
}

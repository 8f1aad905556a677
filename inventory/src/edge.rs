//! "A needs B", with the evidence for it.

use crate::ObservationId;
use serde::{Deserialize, Serialize};

/// One thing needs another.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The id of the workload, observation or outside thing that needs.
    pub from: String,
    /// The id of what is needed: a workload, an observation, or `<scheme>:<name>` for what was not scanned
    /// (`host:db.example.com`, `sqs:arn:aws:sqs:…`).
    pub to: String,
    /// How it is needed.
    pub kind: EdgeKind,
    /// Which way data goes between the two; none where what was read does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How sure this is.
    pub confidence: Confidence,
    /// Where it was read.
    pub evidence: Evidence,
}

/// How A needs B.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// A runs what B defines: service → task definition.
    Runs,
    /// A receives traffic from B: service → target group → listener rule → load balancer; record set → load balancer.
    Routes,
    /// A is started by B: scheduled task → rule.
    TriggeredBy,
    /// A calls B over the network.
    Calls,
    /// A reads or writes data in B.
    Data,
    /// A sends to or receives from the queue or topic B.
    Queue,
    /// A reads the secret B at start.
    Secret,
    /// A acts with the rights of B.
    Role,
    /// A was made by B, a service that manages machines, and is no workload of its own: instance → EKS cluster.
    OwnedBy,
    /// A stands in B, a state of Terraform or a stack of CloudFormation, whose next run puts it back to what it says.
    GovernedBy,
}

/// Which way data goes, seen from whoever needs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// A takes from B: receives, queries, is sent.
    Reads,
    /// A gives to B: sends, puts, deletes.
    Writes,
    /// Either.
    Both,
}

/// How sure an edge is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The source names the target by its identity.
    Stated,
    /// Concluded from a hostname, URL or name.
    Inferred,
}

/// Where an edge was read.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The observation.
    pub observation: ObservationId,
    /// The place inside its body: a JSON pointer (RFC 6901).
    pub path: String,
}

impl Edge {
    /// The same edge with the way that data goes.
    #[must_use]
    pub fn towards(self, direction: Direction) -> Self {
        Self { direction: Some(direction), ..self }
    }
}

impl EdgeKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Runs,
        Self::Routes,
        Self::TriggeredBy,
        Self::Calls,
        Self::Data,
        Self::Queue,
        Self::Secret,
        Self::Role,
        Self::OwnedBy,
        Self::GovernedBy,
    ];

    /// The name in files and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Routes => "routes",
            Self::TriggeredBy => "triggered-by",
            Self::Calls => "calls",
            Self::Data => "data",
            Self::Queue => "queue",
            Self::Secret => "secret",
            Self::Role => "role",
            Self::OwnedBy => "owned-by",
            Self::GovernedBy => "governed-by",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

impl Direction {
    /// Every direction.
    pub const ALL: &[Self] = &[Self::Reads, Self::Writes, Self::Both];

    /// The name in files and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Both => "both",
        }
    }

    /// The direction of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|direction| direction.as_str() == text)
    }

    /// This and another one together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }
}

impl Confidence {
    /// Both.
    pub const ALL: &[Self] = &[Self::Stated, Self::Inferred];

    /// The name in files and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Inferred => "inferred",
        }
    }

    /// The confidence of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|confidence| confidence.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_of_json() {
        for direction in Direction::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(direction).unwrap(), direction.as_str());
            assert_eq!(Direction::parse(direction.as_str()), Some(direction));
        }
        for kind in EdgeKind::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(EdgeKind::parse(kind.as_str()), Some(kind));
        }
        for confidence in Confidence::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(confidence).unwrap(), confidence.as_str());
            assert_eq!(Confidence::parse(confidence.as_str()), Some(confidence));
        }
        assert_eq!((EdgeKind::parse("needs"), Confidence::parse("")), (None, None));
    }
}

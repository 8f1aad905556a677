//! What is to become of machines, with the evidence.

use caravan_inventory::ObservationId;
use serde::Serialize;

/// What is to become of a workload that is made of machines, and why.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct HostVerdict {
    /// What.
    pub verdict: Verdict,
    /// What tells so, what weighs most first; at least one.
    pub evidence: Vec<Evidence>,
}

/// What is to become of machines.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It goes by itself: the platform, or a service that makes it, has what it was there for.
    Retire,
    /// It moves as a machine: what it does needs its own kernel, hardware, licence or operating system.
    Rehost,
    /// It stays where it is.
    Keep,
    /// A managed service or a part of the platform takes its place.
    Replace,
    /// What it runs becomes containers.
    Convert,
    /// Nobody can tell before a person said what runs inside: a question is open.
    Unknown,
}

impl Verdict {
    /// The word of it, in small letters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Retire => "retire",
            Self::Rehost => "rehost",
            Self::Keep => "keep",
            Self::Replace => "replace",
            Self::Convert => "convert",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that tells what is to become of machines.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Evidence {
    /// What it tells, for a person: one sentence fragment, without secrets.
    pub says: String,
    /// The document that it stands in.
    pub source: ObservationId,
    /// Its place there: a JSON pointer (RFC 6901); empty for the document as a whole.
    pub path: String,
    /// The line of a text, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

//! What the screen of readiness shows.

use super::Window;
use caravan_inventory::{Query, WorkloadId};
use caravan_plans::readiness::{Assessment, Severity, Verdict};

/// Which workloads are shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sieve {
    /// The query, as it was typed.
    pub text: String,
    /// The query.
    pub query: Query,
    /// Only workloads with a note that is as grave as this or graver; none for all.
    pub severity: Option<Severity>,
    /// Only workloads with this verdict; none for all.
    pub verdict: Option<Verdict>,
}

/// A part of the list, and how far the list is known.
#[derive(Clone, Debug)]
pub struct ReadinessPart {
    /// The rows.
    pub window: Window<ReadinessRow>,
    /// How far the list is known.
    pub progress: Progress,
}

/// How far the workloads of a query are assessed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// How many of them are.
    pub assessed: usize,
    /// How many there are.
    pub of: usize,
    /// How many of the assessed have each verdict, in the order of the verdicts.
    pub verdicts: Vec<(Verdict, usize)>,
}

/// One workload in the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReadinessRow {
    /// Its id.
    pub id: WorkloadId,
    /// Its kind, as the command line names it.
    pub kind: &'static str,
    /// The name that its owners use.
    pub name: String,
    /// Who owns it.
    pub team: String,
    /// What should become of it.
    pub verdict: Verdict,
    /// How many notes it has of each severity, the gravest first.
    pub notes: [usize; 3],
}

/// Everything that was found about one workload.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// Its id.
    pub id: WorkloadId,
    /// Who owns it, as people decided.
    pub team: String,
    /// Where in the life of software it stands.
    pub environment: String,
    /// The verdict with its reasons, and the notes; what their remedies name can be pasted.
    pub assessment: Assessment,
    /// How large its pods should be, and what that rests on: name and text.
    pub size: Vec<(String, String)>,
}

impl Default for Sieve {
    fn default() -> Self {
        Self { text: String::new(), query: Query::All(Vec::new()), severity: None, verdict: None }
    }
}

impl Progress {
    /// Whether all of them are assessed.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.assessed >= self.of
    }
}

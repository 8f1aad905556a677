//! Sizes: what a workload really used, and what its pods should therefore ask for.
//!
//! In: a [`Subject`](crate::readiness::Subject), whose estate holds what CloudWatch counted (`discover --only signals`).
//! Out: a [`Sizing`]: CPU and memory beside what is declared, each with the statistic, window and number of values that it rests
//! on, or the reason why it is not known and what would tell it.
//!
//! What must never happen here: zero for what nobody measured (P3); less memory than was ever seen in use.

mod ecs;
mod instance;
mod measured;
mod quantity;
mod rules;
#[cfg(test)]
mod tests;
mod unmeasured;

pub use quantity::{Mebibytes, Millicores};
pub use rules::{Headroom, cpu_request, memory_request};

use crate::readiness::Subject;
use caravan_inventory::{Evidence, WorkloadKind};
use serde::Serialize;

/// What a workload used, and what its pods should ask for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Sizing {
    /// What the sizes are sizes of: `pod`, `host`.
    pub of: Whole,
    /// The processors that one of them should ask for.
    pub cpu: Size<Millicores>,
    /// The memory that one of them should ask for, and be held to.
    pub memory: Size<Mebibytes>,
    /// What its autoscaler would have to aim at, if its pods asked for these sizes: percents are percents of what is asked for.
    pub autoscaling: Vec<Rescaled>,
    /// How a person takes these sizes over; none where one of them is not known, or `convert` has no such answer.
    pub take_over: Option<String>,
}

/// What a size is the size of.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whole {
    /// All containers of a pod together: CloudWatch counts a task as one.
    Pod,
    /// Everything that ran on a machine, its operating system among it.
    Host,
}

/// A size, as far as it is known.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Size<T> {
    /// It was measured.
    Known(Advice<T>),
    /// It was not.
    Unknown {
        /// What is declared today; none where nothing is.
        declared: Option<T>,
        /// Why it is not known.
        reason: String,
        /// What would tell it.
        remedy: String,
    },
}

/// What was measured, and what follows from it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Advice<T> {
    /// What should be asked for.
    pub request: T,
    /// What it should be held to; none for processors, which are shared by what is asked for.
    pub limit: Option<T>,
    /// What is declared today; none where nothing is.
    pub declared: Option<T>,
    /// Which statistic the request follows from: `p95 of the 5-minute maxima of the busiest task`.
    pub statistic: &'static str,
    /// What that statistic came to, in the unit of the request, before any headroom.
    pub observed: T,
    /// The first day that was asked about, and the one after the last.
    pub window: (String, String),
    /// How many periods of five minutes had a value.
    pub samples: u64,
    /// How far it can be relied on.
    pub confidence: Confidence,
    /// Every step from what was observed to the request, and what lowers the confidence.
    pub reasons: Vec<String>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

/// How far a size can be relied on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A week of values or more, of what runs today.
    High,
    /// Less, or of something else too; the reasons say what.
    Low,
}

/// What an autoscaler aims at, and what it would have to aim at.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Rescaled {
    /// `cpu` or `memory`.
    pub resource: &'static str,
    /// Percent of what is declared.
    pub declared: u64,
    /// Percent of what should be asked for, at the same load as before; what `convert` writes stays within the platform's range.
    pub rescaled: u64,
    /// Where it is declared.
    pub evidence: Evidence,
}

/// What a workload used, by its kind.
///
/// Total and deterministic. Functions and Workers are [`Size::Unknown`] with what would tell it.
#[must_use]
pub fn size(subject: &Subject<'_>) -> Sizing {
    match subject.workload.kind {
        WorkloadKind::Ecs => ecs::size(subject),
        WorkloadKind::Ec2 => instance::size(subject),
        WorkloadKind::Lambda => unmeasured::function(subject),
        WorkloadKind::Worker => unmeasured::worker(),
    }
}

impl Confidence {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
        }
    }
}

impl Sizing {
    /// Of which nothing is known, for one reason.
    fn unknown(of: Whole, reason: &str, remedy: &str) -> Self {
        let (cpu, memory) = (Size::unknown(None, reason, remedy), Size::unknown(None, reason, remedy));
        Self { of, cpu, memory, autoscaling: Vec::new(), take_over: None }
    }
}

impl<T> Size<T> {
    fn unknown(declared: Option<T>, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Unknown { declared, reason: reason.into(), remedy: remedy.into() }
    }

    /// What was measured; none where nothing was.
    #[must_use]
    pub const fn known(&self) -> Option<&Advice<T>> {
        match self {
            Self::Known(advice) => Some(advice),
            Self::Unknown { .. } => None,
        }
    }
}

//! What no check can answer, because nothing that is observed tells it (P3).

use serde::Serialize;

/// Something that is not known of any workload, and why.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Unknown {
    /// What is not known.
    pub what: &'static str,
    /// Why, and what would tell it.
    pub reason: &'static str,
}

/// What is not known of any workload: said with each assessment, so that no silence reads as "fine".
pub const UNKNOWN: &[Unknown] = &[
    Unknown {
        what: "traffic of the last 90 days",
        reason: "no metrics are read, so a workload that runs and serves nobody looks like any other",
    },
    Unknown {
        what: "observed sizes and connection counts",
        reason: "no metrics are read; what is declared is all that is known",
    },
    Unknown {
        what: "what clients do when an answer is late or missing",
        reason: "no code is read: retry storms are not foreseen",
    },
    Unknown {
        what: "state on the container's own disk and sessions in memory",
        reason: "no process is looked into; only volumes and stickiness that somebody declared are seen",
    },
    Unknown {
        what: "free subnet addresses, quotas of instances and load balancers",
        reason: "subnets and Service Quotas are not read",
    },
];

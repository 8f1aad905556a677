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
        what: "traffic of the last 90 days, but for functions and what stands behind an Application Load Balancer, once `discover --only signals` has read it",
        reason: "nothing else is counted, so what runs and serves nobody looks like any other",
    },
    Unknown {
        what: "how much memory machines, functions and Workers use, and how much processor the latter two",
        reason: "neither CloudWatch nor Cloudflare counts it where `discover` reads; each workload's size says what would tell it",
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

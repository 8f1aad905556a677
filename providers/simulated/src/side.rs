//! One side of a shift.

use caravan_providers::target::{Probe, Target};

/// One side of a shift. Sides of several shifts may be the same machines: they share names and probes then.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Side {
    /// The target that sends traffic to it.
    pub target: Target,
    /// What of the target's snapshot leads to it: a record's value or alias name, a target group's ARN, a backend's name.
    pub names: Vec<String>,
    /// The probes that it answers.
    pub probes: Vec<Probe>,
    /// The moments, in milliseconds, at which it changes between healthy and unhealthy; it begins healthy. Sorted.
    pub turns: Vec<u64>,
    /// The moments at which probes of it begin and cease to bring no answer that could be judged. Sorted.
    pub silences: Vec<u64>,
}

impl Side {
    /// A side that is healthy and stays so.
    #[must_use]
    pub const fn new(target: Target, names: Vec<String>, probes: Vec<Probe>) -> Self {
        Self { target, names, probes, turns: Vec::new(), silences: Vec::new() }
    }

    /// Whether it is healthy at a moment.
    #[must_use]
    pub fn is_healthy(&self, at: u64) -> bool {
        self.turns.iter().filter(|turn| **turn <= at).count().is_multiple_of(2)
    }

    /// Whether probes bring no answer at a moment.
    #[must_use]
    pub fn is_silent(&self, at: u64) -> bool {
        !self.silences.iter().filter(|turn| **turn <= at).count().is_multiple_of(2)
    }
}

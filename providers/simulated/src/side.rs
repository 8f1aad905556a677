//! One side of a shift.

use caravan_providers::target::{Probe, Target};
use std::ops::RangeInclusive;

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

    /// At how many of these ticks, so many milliseconds apart, it is healthy.
    pub(crate) fn healthy_of(&self, ticks: RangeInclusive<u64>, tick_ms: u64) -> u64 {
        let (mut from, end) = (*ticks.start(), ticks.end() + 1);
        let (mut is_healthy, mut healthy) = (true, 0);
        for turn in self.turns.iter().map(|turn| turn.div_ceil(tick_ms)).chain([end]) {
            let until = turn.clamp(from, end);
            healthy += if is_healthy { until - from } else { 0 };
            (from, is_healthy) = (until, !is_healthy);
        }
        healthy
    }

    /// Whether probes bring no answer at a moment.
    #[must_use]
    pub fn is_silent(&self, at: u64) -> bool {
        !self.silences.iter().filter(|turn| **turn <= at).count().is_multiple_of(2)
    }
}

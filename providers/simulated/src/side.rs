//! One side of a shift.

use crate::spells;
use caravan_providers::Verdict;
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
    /// The moments at which probes of it begin and cease to bring no answer that could be judged; users are served as
    /// before. Sorted.
    pub silences: Vec<u64>,
    /// The moments at which it begins and ceases to hang: it takes requests and answers none, neither users' nor probes'.
    /// It is unhealthy meanwhile. Sorted.
    pub hangs: Vec<u64>,
    /// What its probes say for a while, whatever is so; the first that holds counts.
    pub lies: Vec<Lie>,
}

/// Probes of a side say the same thing for a while, whatever is so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lie {
    /// The moment in milliseconds at which it begins.
    pub from: u64,
    /// The moment from which on they say what is so.
    pub until: u64,
    /// What they say.
    pub says: Verdict,
}

impl Side {
    /// A side that is healthy and stays so.
    #[must_use]
    pub const fn new(target: Target, names: Vec<String>, probes: Vec<Probe>) -> Self {
        Self { target, names, probes, turns: Vec::new(), silences: Vec::new(), hangs: Vec::new(), lies: Vec::new() }
    }

    /// Whether it is healthy at a moment: users are answered well.
    #[must_use]
    pub fn is_healthy(&self, at: u64) -> bool {
        !spells::is_in(&self.turns, at)
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
        spells::is_in(&self.silences, at) || self.is_hanging(at)
    }

    /// Whether it takes requests and answers none at a moment.
    #[must_use]
    pub fn is_hanging(&self, at: u64) -> bool {
        spells::is_in(&self.hangs, at)
    }

    /// What a probe of it says at a moment.
    #[must_use]
    pub fn says(&self, at: u64) -> Verdict {
        if let Some(lie) = self.lies.iter().find(|lie| (lie.from..lie.until).contains(&at)) {
            lie.says.clone()
        } else if self.is_silent(at) {
            Verdict::Inconclusive { reason: "no answer in time".to_owned() }
        } else if self.is_healthy(at) {
            Verdict::Pass
        } else {
            Verdict::Fail { reason: "answered 500".to_owned() }
        }
    }

    /// Whether a probe of it passes at a moment.
    #[must_use]
    pub fn passes(&self, at: u64) -> bool {
        match self.lies.iter().find(|lie| (lie.from..lie.until).contains(&at)) {
            Some(lie) => lie.says == Verdict::Pass,
            None => !self.is_silent(at) && self.is_healthy(at),
        }
    }

    /// The moments at which something about it changes, in no order.
    pub(crate) fn changes(&self) -> impl Iterator<Item = u64> {
        let lies = self.lies.iter().flat_map(|lie| [lie.from, lie.until]);
        [&self.turns, &self.silences, &self.hangs].into_iter().flatten().copied().chain(lies)
    }
}

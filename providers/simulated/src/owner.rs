//! Owners of work: who is at work when, and for how long two or none were.

use caravan_providers::Activity;
use caravan_providers::target::Target;

/// One owner of work, as time passes. It takes effect late: who is activated is at work only after a while, and who is
/// suspended finishes what it took on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct WorkOwner {
    is_active: bool,
    /// When that takes effect.
    from: u64,
    /// What it did before.
    before: Activity,
}

/// Two sides of which exactly one should be at work.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Succession {
    /// The targets of the old owners.
    pub old: Vec<Target>,
    /// The targets of the new ones.
    pub new: Vec<Target>,
    /// Milliseconds in which owners of both sides were at work.
    pub both_ms: u64,
    /// The longest time in milliseconds in which nobody was.
    pub longest_gap_ms: u64,
    /// How long nobody has been by now.
    gap_ms: u64,
}

impl WorkOwner {
    /// An owner that has been so for a long time.
    pub(crate) const fn settled(is_active: bool) -> Self {
        let before = if is_active { Activity::Working } else { Activity::Idle };
        Self { is_active, from: 0, before }
    }

    /// Its state is set at a moment.
    pub(crate) fn set(&mut self, is_active: bool, now: u64, delays: crate::kind::Delays) {
        if self.is_active == is_active {
            return;
        }
        let before = self.activity(now);
        // Who was not at work yet has nothing to finish.
        let delay = match (is_active, before) {
            (true, _) => delays.start,
            (false, Activity::Working) => delays.drain,
            (false, Activity::Idle) => 0,
        };
        *self = Self { is_active, from: now + delay, before };
    }

    /// What it does at a moment.
    pub(crate) const fn activity(&self, at: u64) -> Activity {
        match (at >= self.from, self.is_active) {
            (false, _) => self.before,
            (true, true) => Activity::Working,
            (true, false) => Activity::Idle,
        }
    }

    /// When it changes next, after a moment.
    pub(crate) fn changes_after(&self, now: u64) -> Option<u64> {
        (self.from > now).then_some(self.from)
    }
}

impl Succession {
    /// Two sides of which nothing was seen yet.
    #[must_use]
    pub const fn new(old: Vec<Target>, new: Vec<Target>) -> Self {
        Self { old, new, both_ms: 0, longest_gap_ms: 0, gap_ms: 0 }
    }

    /// Whether nobody is at work by now.
    #[must_use]
    pub const fn is_gap(&self) -> bool {
        self.gap_ms > 0
    }

    /// So many milliseconds passed in which old and new owners were at work, or not.
    pub(crate) fn pass(&mut self, ms: u64, old: bool, new: bool) {
        if old && new {
            self.both_ms += ms;
        }
        self.gap_ms = if old || new { 0 } else { self.gap_ms + ms };
        self.longest_gap_ms = self.longest_gap_ms.max(self.gap_ms);
    }
}

//! Requests that no side answered well, by why.

use serde::Serialize;

/// Requests that no side answered well, by why. Each target has 100 requests a second.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Lost {
    /// On a new side that failed while nothing else went wrong: what the gate's rounds and the minute of the way back cost.
    pub by_new_side: u64,
    /// The most of those that the plans of these runs announce: the share of each stage, for as long as it may take to
    /// notice and to take users back.
    pub announced: u64,
    /// On a new side while other trouble kept users there, or kept it from being noticed.
    pub in_trouble: u64,
    /// On a new side after its users were sent back: by a change that was on its way, or an answer that was kept.
    pub after_return: u64,
    /// On an old side: a plan changes nothing about that.
    pub by_old_side: u64,
    /// Nowhere.
    pub nowhere: u64,
}

impl Lost {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.by_new_side + self.in_trouble + self.after_return + self.by_old_side + self.nowhere
    }

    /// Adds those of other runs.
    pub(crate) const fn add(&mut self, other: &Self) {
        self.by_new_side += other.by_new_side;
        self.announced += other.announced;
        self.in_trouble += other.in_trouble;
        self.after_return += other.after_return;
        self.by_old_side += other.by_old_side;
        self.nowhere += other.nowhere;
    }
}

//! One bucket, as a generic cell rate algorithm keeps it: one number.

use super::Limit;

/// What is left of a limit. It starts full.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Bucket {
    /// When it will be full again, in milliseconds.
    full_at: u64,
}

impl Bucket {
    /// The first moment from `now` on at which so many may be drawn together: never more than the limit's burst.
    #[must_use]
    pub fn next(&self, limit: &Limit, count: u64, now: u64) -> u64 {
        // They may be drawn while no more than the rest is missing.
        let rest = limit.burst.saturating_sub(count);
        now.max(self.full_at.saturating_sub(millis(limit).saturating_mul(rest)))
    }

    /// Draws so many at a moment that [`Bucket::next`] allows.
    pub fn draw(&mut self, limit: &Limit, count: u64, now: u64) {
        self.full_at = self.full_at.max(now).saturating_add(millis(limit).saturating_mul(count));
    }
}

fn millis(limit: &Limit) -> u64 {
    u64::try_from(limit.refill.as_millis()).unwrap_or(u64::MAX)
}

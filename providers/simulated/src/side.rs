//! One side of a shift.

/// One side of a shift, reached at its addresses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Side {
    /// What of an image leads to it: a record's value or alias name, a target group's ARN, a backend's name.
    pub names: Vec<String>,
    /// Where probes reach it: `host:port`.
    pub addresses: Vec<String>,
    /// The moments, in milliseconds, at which it changes between well and unwell; it begins well. Sorted.
    pub turns: Vec<u64>,
    /// The moments at which probes of it begin and cease to bring no answer that could be judged. Sorted.
    pub silences: Vec<u64>,
}

impl Side {
    /// Whether it is well at a moment.
    #[must_use]
    pub fn is_well(&self, at: u64) -> bool {
        self.turns.iter().filter(|turn| **turn <= at).count().is_multiple_of(2)
    }

    /// Whether probes bring no answer at a moment.
    #[must_use]
    pub fn is_silent(&self, at: u64) -> bool {
        !self.silences.iter().filter(|turn| **turn <= at).count().is_multiple_of(2)
    }
}

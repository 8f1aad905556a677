//! What changes of several targets take of one batch: one request that happens whole or not at all.

/// What a change takes of a batch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BatchPart {
    /// What is the same for all that may share a batch: the account and the hosted zone.
    pub key: String,
    /// Records that are named.
    pub records: usize,
    /// Characters of their values.
    pub characters: usize,
    /// The most records and characters that a batch may have.
    pub limit: (usize, usize),
}

impl BatchPart {
    /// Both together; none where they can't share a batch, or are too large for one.
    #[must_use]
    pub fn with(&self, other: &Self) -> Option<Self> {
        let (records, characters) = (self.records + other.records, self.characters + other.characters);
        let fits = self.key == other.key && records <= self.limit.0 && characters <= self.limit.1;
        fits.then(|| Self { records, characters, ..self.clone() })
    }
}

//! What the screen of the audit shows: the journal of a run.

use super::Window;

/// A part of a run's journal, and what is known of the whole of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JournalPart {
    /// The entries.
    pub window: Window<EntryRow>,
    /// What is known of the whole.
    pub facts: JournalFacts,
}

/// What is known of a run's journal.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JournalFacts {
    /// How many entries it has.
    pub entries: u64,
    /// The last entry up to which its chain of hashes was verified.
    pub verified: u64,
    /// The first entry that does not fit the chain: somebody changed the journal. None where none was found.
    pub broken: Option<u64>,
    /// Who did what of it outside of its entries: who sealed and approved the plan, who broke a lease; one sentence each.
    pub beside: Vec<String>,
}

/// One entry in the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntryRow {
    /// Its number, from 1.
    pub sequence: u64,
    /// When, in UTC; empty where the entry does not say.
    pub at: String,
    /// The epoch of the driver that wrote it.
    pub epoch: u64,
    /// The person who did it; empty where none did.
    pub who: String,
    /// What happened, in a word.
    pub event: &'static str,
    /// What is said of it.
    pub detail: String,
}

/// One entry whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntryText {
    /// Its JSON, as `cutover audit --format json` has it, in lines.
    pub lines: Vec<String>,
}

impl JournalFacts {
    /// Whether its chain was verified as far as it can be.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        self.verified >= self.entries || self.broken.is_some()
    }
}

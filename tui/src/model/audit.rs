//! What is known of the journal of a run.

use super::{Loaded, Pane, Windowed};
use crate::data::{EntryRow, EntryText, JournalFacts};

#[derive(Debug)]
pub(crate) struct AuditState {
    /// The run whose journal is looked at; none where the runs are.
    pub(crate) run: Option<String>,
    /// The run where the keyboard is, among all of them.
    pub(crate) marked: usize,
    /// Whether only what people did is shown.
    pub(crate) people: bool,
    pub(crate) list: Windowed<EntryRow>,
    pub(crate) facts: JournalFacts,
    /// Whether the newest entry is marked, also when another one comes.
    pub(crate) follows: bool,
    pub(crate) entry: Option<EntryState>,
    pub(crate) pane: Pane,
}

/// An entry that is open.
#[derive(Debug)]
pub(crate) struct EntryState {
    pub(crate) sequence: u64,
    pub(crate) told: Loaded<EntryText>,
    pub(crate) top: usize,
}

impl Default for AuditState {
    fn default() -> Self {
        Self::of(None)
    }
}

impl AuditState {
    /// Of a run, from its newest entry on.
    pub(crate) fn of(run: Option<String>) -> Self {
        Self {
            run,
            marked: 0,
            people: false,
            list: Windowed::default(),
            facts: JournalFacts::default(),
            follows: true,
            entry: None,
            pane: Pane::List,
        }
    }
}

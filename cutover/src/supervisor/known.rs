//! What a supervisor knows: of the runs that are not over, and of the journal.

use super::attendant::Telling;
use crate::journal::RunRecord;
use caravan_cutover_engine::Moment;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task;

/// Looks in a row until the journal counts as away, or as back.
const LOOKS: u32 = 3;

/// What it does about a run.
#[derive(Debug)]
pub(super) enum Standing {
    /// A task drives it.
    Driven,
    /// It is tried again then.
    Later(Moment),
    /// It is nobody's of this process any more.
    Left,
}

/// Whether the list of runs can be read. A read can fail beside a write, so that one look alone says nothing.
#[derive(Default)]
pub(super) struct Reach {
    is_away: bool,
    /// Looks in a row that said otherwise.
    otherwise: u32,
}

/// What it knows of the runs that are not over.
#[derive(Default)]
pub(super) struct Known {
    pub(super) standing: BTreeMap<String, Standing>,
    /// What was said of each last, and how often it was tried since.
    pub(super) said: BTreeMap<String, (Telling, u32)>,
    pub(super) over: BTreeSet<String>,
    /// Of each task the run that it drives, and since when.
    pub(super) tasks: BTreeMap<task::Id, (String, Moment)>,
}

impl Reach {
    /// Takes in a look, with why it failed; gives what is to be said of it.
    pub(super) fn looked(&mut self, failed: Option<String>) -> Option<Telling> {
        if failed.is_some() == self.is_away {
            self.otherwise = 0;
            return None;
        }
        self.otherwise += 1;
        if self.otherwise < LOOKS {
            return None;
        }
        (self.is_away, self.otherwise) = (!self.is_away, 0);
        Some(failed.map_or(Telling::GoesOn, Telling::Waits))
    }
}

impl Known {
    pub(super) fn is_due(&self, run: &str, now: Moment) -> bool {
        match self.standing.get(run) {
            None => !self.over.contains(run),
            Some(Standing::Later(moment)) => *moment <= now,
            Some(Standing::Driven | Standing::Left) => false,
        }
    }

    /// What is not in the journal any more needs no memory.
    pub(super) fn forget_all_but(&mut self, records: &[RunRecord]) {
        let there: BTreeSet<&str> = records.iter().map(|record| record.name.as_str()).collect();
        self.over.retain(|run| there.contains(run.as_str()));
        self.said.retain(|run, _| there.contains(run.as_str()));
        self.standing.retain(|run, standing| matches!(standing, Standing::Driven) || there.contains(run.as_str()));
    }
}

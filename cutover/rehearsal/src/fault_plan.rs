//! The faults of one simulated run.

use crate::Manner;
use caravan_providers_simulated::CallFault;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What shall go wrong in one rehearsal, apart from what the world itself has in store.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    /// Faults by the number of the call.
    pub faults: BTreeMap<u64, CallFault>,
    /// Deaths of the driver.
    pub crashes: Vec<Crash>,
    /// Effects whose journal write fails.
    pub full_disk: BTreeSet<usize>,
    /// The effect from which on another driver has the lease.
    pub lease_lost: Option<usize>,
    /// The step and stage in whose bake the new side turns unhealthy.
    pub fails_in: Option<(usize, usize)>,
    /// Whether third parties take their edits back as soon as a run is in conflict over them.
    pub edits_taken_back: bool,
    /// Milliseconds after which third parties take each of their edits back by themselves, whatever the run is doing; none where
    /// they do not.
    pub edits_last_ms: Option<u64>,
    /// When the journal takes no entry and gives no lease, in milliseconds. In their order, apart from each other.
    pub journal_outages: Vec<Range<u64>>,
    /// How the person on call answers.
    pub manner: Manner,
    /// By how many milliseconds the clock of each driver is wrong, in the order in which they drive; those after the last
    /// have the right time. Each clock runs evenly.
    pub clocks: Vec<i64>,
    /// A driver that sleeps while another one drives.
    pub sleeper: Option<Sleeper>,
    /// How many troubles that last were set in the world.
    pub lasting: u64,
}

/// A moment at which the driver dies: before or after one of its effects, counted from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Crash {
    /// The number of the effect, from 0.
    pub effect: usize,
    /// Before or after it.
    pub when: When,
}

/// Before an effect, or after it and before its event is taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum When {
    Before,
    After,
}

/// A driver falls asleep between the check of its lease and its write, and makes the write when it wakes: another one
/// drives, and has claimed the target, by then.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sleeper {
    /// The effect from which on it falls asleep at the next write to a target on which its fencing token stands.
    pub effect: usize,
    /// How long it sleeps, in milliseconds.
    pub sleeps_ms: u64,
}

impl FaultPlan {
    /// How many faults it has.
    #[must_use]
    pub fn count(&self) -> u64 {
        let single =
            self.faults.len() + self.crashes.len() + self.full_disk.len() + usize::from(self.fails_in.is_some());
        single as u64 + self.lasting
    }

    /// The outage of the journal that lasts at a moment.
    #[must_use]
    pub fn journal_outage(&self, at: u64) -> Option<&Range<u64>> {
        self.journal_outages.iter().find(|outage| outage.contains(&at))
    }
}

//! A scan as the database keeps it.

use caravan_inventory::{Coverage, Observation, ScanId, Unit, UnitId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One scan.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// Its id, a ULID: later scans have greater ids.
    pub id: ScanId,
    /// When it began, UTC.
    pub began: Timestamp,
    /// When it was finished or given up, UTC; none while it runs.
    pub ended: Option<Timestamp>,
    /// How it stands.
    pub state: ScanState,
    /// What was asked for, as the caller wrote it down to be able to resume.
    pub selection: serde_json::Value,
}

/// How a scan stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScanState {
    /// It was begun and not finished: it runs now, or was killed and can be resumed.
    Running,
    /// Every unit has its final state.
    Finished,
    /// Another scan was begun before it was finished, or it came from an export of a running one. It can't be resumed.
    Abandoned,
}

impl ScanState {
    /// The name in the database and in exports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Finished, Self::Abandoned].into_iter().find(|state| state.as_str() == text)
    }
}

/// What a scan begins with.
#[derive(Clone, Debug)]
pub struct NewScan {
    /// Its id, a fresh ULID.
    pub id: ScanId,
    /// Now, UTC.
    pub began: Timestamp,
    /// What was asked for: enough to build the readers again when the scan is resumed.
    pub selection: serde_json::Value,
    /// The units that are known from the start.
    pub units: Vec<NewUnit>,
    /// The first reads.
    pub work: Vec<NewWork>,
}

/// A unit that a scan takes on.
#[derive(Clone, Debug)]
pub struct NewUnit {
    /// The unit; [`caravan_inventory::UnitState::Partial`] until it was read, or `Skipped` with the reason.
    /// When the scan has a unit of that id already, that one stays as it is.
    pub unit: Unit,
    /// The units whose pages say what this one reads: it is only complete when they are. A unit that got its work from
    /// another's page has that one recorded by itself; name here what must hold although it may never give a page.
    pub fed_by: Vec<UnitId>,
}

/// A read to be made.
#[derive(Clone, Debug)]
pub struct NewWork {
    /// The unit that it is for.
    pub unit: UnitId,
    /// The request without a page token, as JSON text: opaque here, but equal requests must be equal texts, since a
    /// scan makes each only once.
    pub request: String,
}

/// The number of a read within the database.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct WorkId(pub(crate) i64);

/// A read that is yet to be made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WorkItem {
    /// Its number.
    pub id: WorkId,
    /// Its scan.
    pub scan: ScanId,
    /// The unit that it is for.
    pub unit: UnitId,
    /// The request, as it was given.
    pub request: String,
    /// Where its next page begins; none is the first.
    pub token: Option<String>,
}

/// One page that came, to be recorded in one transaction.
#[derive(Clone, Debug)]
pub struct PageRecord {
    /// The read that gave it.
    pub work: WorkItem,
    /// Where the next page begins; none when this was the last.
    pub next: Option<String>,
    /// What it showed, redacted. `first_seen` only counts for what was never seen before.
    pub observations: Vec<Observation>,
    /// How many things of its unit it named.
    pub found: u64,
    /// Units that it makes necessary.
    pub units: Vec<NewUnit>,
    /// Reads that it makes necessary; what the scan has already is ignored.
    pub follow_up: Vec<NewWork>,
}

/// How a scan ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ScanOutcome {
    /// The states of its units.
    pub coverage: Coverage,
    /// How many observations were marked as gone.
    pub gone: u64,
}

/// An observation with who saw it last.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// What was seen.
    pub observation: Observation,
    /// When a complete enumeration missed it; none when it is there, as far as anybody knows.
    pub gone_at: Option<Timestamp>,
    /// The unit that saw it last; none when an import didn't say, and then nothing ever marks it as gone.
    pub unit: Option<UnitId>,
    /// The scan that saw it last; none when an import didn't say.
    pub scan: Option<ScanId>,
}

//! Originals of one zone that go back together: one intent, one call, one answer.

use crate::{Moment, Task};
use caravan_providers::{CallError, Write};
use serde::{Deserialize, Serialize};

/// A write with what it is for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TaskWrite {
    /// For what.
    pub task: Task,
    /// The write.
    pub write: Write,
}

/// What is being done about originals that go back together. There is always one at least; the last step's is the first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Together {
    /// Asks the old sides of all of them at once.
    Guarding {
        /// What is put back.
        writes: Vec<TaskWrite>,
        /// Not before this moment.
        not_before: Option<Moment>,
    },
    /// The writes are intended; the lease is checked once more.
    CheckingLease {
        /// What is put back.
        writes: Vec<TaskWrite>,
    },
    /// The writes are being made, as one.
    Applying {
        /// What is put back.
        writes: Vec<TaskWrite>,
    },
    /// Observes all of the targets to see what became of the writes.
    ReadingBack {
        /// What was sent.
        sent: SentBatch,
        /// Observations in which what stood before was still seen.
        tries: u32,
        /// Not before this moment.
        not_before: Option<Moment>,
    },
}

/// Writes that were sent as one and not read back yet.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SentBatch {
    /// What was written.
    pub writes: Vec<TaskWrite>,
    /// With what to ask whether it has reached everywhere, when it was accepted; else why nobody can tell.
    pub answer: Result<Option<String>, CallError>,
    /// It is not observed before this moment: until then it may still land.
    pub until: Moment,
}

impl Together {
    /// Its name, for people and errors: that of the same phase of a single write.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Guarding { .. } => "guarding",
            Self::CheckingLease { .. } => "checking-lease",
            Self::Applying { .. } => "applying",
            Self::ReadingBack { sent: SentBatch { answer: Ok(_), .. }, .. } => "verifying",
            Self::ReadingBack { not_before: Some(_), .. } => "in-doubt",
            Self::ReadingBack { .. } => "resolving",
        }
    }

    /// What is put back.
    #[must_use]
    pub const fn writes(&self) -> &[TaskWrite] {
        match self {
            Self::Guarding { writes, .. } | Self::CheckingLease { writes } | Self::Applying { writes } => {
                writes.as_slice()
            }
            Self::ReadingBack { sent, .. } => sent.writes.as_slice(),
        }
    }

    /// The first of the writes that are on their way.
    pub(crate) const fn in_flight(&self) -> Option<(Task, &Write)> {
        match (self, self.writes()) {
            (Self::Guarding { .. }, _) | (_, []) => None,
            (_, [TaskWrite { task, write }, ..]) => Some((*task, write)),
        }
    }

    /// Whether nothing happens before a moment has come.
    pub(crate) const fn waits_for_time(&self) -> bool {
        match self {
            Self::Guarding { not_before, .. } | Self::ReadingBack { not_before, .. } => not_before.is_some(),
            Self::CheckingLease { .. } | Self::Applying { .. } => false,
        }
    }

    /// The moment that it waited for has come.
    pub(crate) fn woken(self) -> Self {
        match self {
            Self::Guarding { writes, .. } => Self::Guarding { writes, not_before: None },
            Self::ReadingBack { sent, tries, .. } => Self::ReadingBack { sent, tries, not_before: None },
            other => other,
        }
    }
}

impl SentBatch {
    /// Reads it back as soon as it can't land any more.
    pub(crate) fn read_back(self) -> Together {
        let not_before = (self.until > Moment(0)).then_some(self.until);
        Together::ReadingBack { sent: self, tries: 0, not_before }
    }

    /// Whether it changes a target of a step.
    pub(crate) fn has(&self, step: usize) -> bool {
        self.writes.iter().any(|one| one.task.step() == step)
    }
}

/// Milliseconds after which none of these can land any more.
pub(crate) fn in_flight_ms(writes: &[TaskWrite]) -> u64 {
    writes.iter().map(|one| u64::from(one.write.in_flight) * 1000).max().unwrap_or(0)
}

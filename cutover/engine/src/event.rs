//! Events: operators' commands, and what came of effects.

use caravan_providers::{CallError, Reply, Write};
use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01 UTC. Used for waits and for people, never to order events.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl Moment {
    /// So many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// What can happen to a run: a person's command, or what an effect brought.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A person starts the run; the driver holds the lease with this epoch.
    Started {
        /// Who.
        who: String,
        /// The lease's epoch.
        epoch: u64,
        /// When.
        at: Moment,
    },
    /// Another driver, or the same one after a crash, goes on under a new epoch.
    TakenOver {
        /// The new epoch.
        epoch: u64,
        /// When.
        at: Moment,
    },
    /// A person approves the stage that waits.
    Approved {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person wants no further step.
    Paused {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person wants to go on.
    Resumed {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person wants everything back as it was.
    Aborted {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person leaves a target in conflict to whoever changed it: this run writes to it no more.
    Adopted {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person wants the step that holds, conflicts or is stuck tried again.
    Retried {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person ends the run: what stands stays, only the fencing tokens go.
    Released {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// The engine is about to make this write: journalled before it is made (K1).
    Intended {
        /// The write, exactly.
        write: Box<Write>,
    },
    /// The engine will not make the write that it last intended: a person's command came in between (K5).
    Withdrawn,
    /// A call came back.
    Replied {
        /// What it brought.
        reply: Result<Reply, CallError>,
        /// When.
        at: Moment,
    },
    /// The journal holds the entry. Not journalled.
    Recorded,
    /// The journal could not take the entry. Not journalled.
    RecordFailed {
        /// Why.
        reason: String,
    },
    /// Whether this driver still holds the lease. That it does answers a check before a write; that it does not may come
    /// at any moment, from a renewal or an append, and every phase takes it in. Not journalled.
    Leased(bool),
    /// The time that was waited for has come. Not journalled.
    Woke {
        /// When.
        at: Moment,
    },
}

impl Event {
    /// Whether the journal keeps it. What it does not keep changes nothing that a replay must find again.
    #[must_use]
    pub const fn is_journalled(&self) -> bool {
        !matches!(self, Self::Recorded | Self::RecordFailed { .. } | Self::Leased(_) | Self::Woke { .. })
    }

    /// Its name, for people and errors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "start",
            Self::TakenOver { .. } => "take over",
            Self::Approved { .. } => "approve",
            Self::Paused { .. } => "pause",
            Self::Resumed { .. } => "resume",
            Self::Aborted { .. } => "rollback",
            Self::Adopted { .. } => "adopt",
            Self::Retried { .. } => "retry",
            Self::Released { .. } => "release",
            Self::Intended { .. } => "intend",
            Self::Withdrawn => "withdraw",
            Self::Replied { .. } => "reply",
            Self::Recorded => "recorded",
            Self::RecordFailed { .. } => "record failed",
            Self::Leased(_) => "leased",
            Self::Woke { .. } => "woke",
        }
    }
}

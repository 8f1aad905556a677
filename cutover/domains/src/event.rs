//! What can happen to a move.

use crate::{Act, Answer, Sight};
use caravan_cutover_engine::Moment;
use caravan_providers::CallError;
use serde::{Deserialize, Serialize};

/// What can happen: a person's word, what was seen, what came of a change. Every one is journalled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A person starts it; the driver holds the lease with this epoch.
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
    /// A person approves that the name moves.
    Approved {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person wants no further change.
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
    TurnedBack {
        /// Who.
        who: String,
        /// When.
        at: Moment,
        /// Why, although the old edge does not answer; none when it must.
        despite_probes: Option<String>,
    },
    /// A person wants what holds tried again.
    Retried {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person leaves the record to whoever changed it.
    Adopted {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// A person says that the old side may go: with the second person it is released, and there is no way back.
    ReleaseApproved {
        /// Who.
        who: String,
        /// When.
        at: Moment,
    },
    /// The driver is about to make a change (K1).
    Intended {
        /// The change.
        act: Act,
        /// When.
        at: Moment,
    },
    /// A change that was intended was not made: the lease was gone, or a person came first.
    Withdrawn {
        /// When.
        at: Moment,
    },
    /// What came of the change.
    Answered {
        /// It.
        answer: Result<Answer, CallError>,
        /// When.
        at: Moment,
    },
    /// What was seen.
    Saw {
        /// It, or why nothing.
        sight: Result<Sight, CallError>,
        /// When it was asked for.
        asked: Moment,
        /// When.
        at: Moment,
    },
}

impl Event {
    /// When.
    #[must_use]
    pub const fn at(&self) -> Moment {
        match self {
            Self::Started { at, .. }
            | Self::TakenOver { at, .. }
            | Self::Approved { at, .. }
            | Self::Paused { at, .. }
            | Self::Resumed { at, .. }
            | Self::TurnedBack { at, .. }
            | Self::Retried { at, .. }
            | Self::Adopted { at, .. }
            | Self::ReleaseApproved { at, .. }
            | Self::Intended { at, .. }
            | Self::Withdrawn { at }
            | Self::Answered { at, .. }
            | Self::Saw { at, .. } => *at,
        }
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
            Self::TurnedBack { .. } => "back",
            Self::Retried { .. } => "retry",
            Self::Adopted { .. } => "adopt",
            Self::ReleaseApproved { .. } => "release",
            Self::Intended { .. } => "intend",
            Self::Withdrawn { .. } => "withdraw",
            Self::Answered { .. } => "answer",
            Self::Saw { .. } => "see",
        }
    }
}

//! Events: operators' commands, and what came of effects.

use caravan_providers::{CallError, Reply, Write};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01 UTC. Used for waits and for people, never to order events.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl Moment {
    /// So many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// What the giver of an approval, or of another word that takes what stands for right, was shown. The run is the one whose journal holds it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Shown {
    /// The step, by its place in the plan; where it is about the whole run, how many steps there are.
    pub step: usize,
    /// Its stage; 0 where none is approved.
    pub stage: usize,
    /// The sequence of the last entry of the journal that was part of it.
    pub entry: u64,
}

/// What can happen to a run: a person's command, or what an effect brought.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A person starts the run; the driver holds the lease with this epoch.
    Started {
        /// Who commanded it.
        who: String,
        /// The lease's epoch.
        epoch: u64,
        /// When, in milliseconds since 1970.
        at: Moment,
        /// The revision of the engine that drives from here on.
        #[serde(default)]
        revision: u32,
    },
    /// Another driver, or the same one after a crash, goes on under a new epoch.
    TakenOver {
        /// The new epoch.
        epoch: u64,
        /// When, in milliseconds since 1970.
        at: Moment,
        /// The revision of the engine that drives from here on.
        #[serde(default)]
        revision: u32,
    },
    /// A person approves the stage that waits.
    Approved {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
        /// What they were shown; none in journals of versions that did not keep it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Shown>,
    },
    /// A person wants no further step.
    Paused {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
    },
    /// A person wants to go on.
    Resumed {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
    },
    /// A person wants everything back as it was.
    Aborted {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
        /// Why traffic goes back to an old side even where its probes do not pass (K5 asks for that); none when they must.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite_probes: Option<String>,
    },
    /// A person leaves a target in conflict to whoever changed it: this run writes to it no more.
    Adopted {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
        /// What they were shown, the step whose target they leave; none in journals of versions that did not keep it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Shown>,
    },
    /// A person wants the step that holds, conflicts or is stuck tried again.
    Retried {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
    },
    /// A person ends the run: what stands stays, only the fencing tokens go.
    Released {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
        /// Why the run is ended before its end; none at its end, and in journals of versions that did not ask.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A person approves that the run is finalised: with the second person it begins, and there is no way back.
    FinaliseApproved {
        /// Who commanded it.
        who: String,
        /// When, in milliseconds since 1970.
        at: Moment,
        /// What they were shown: the step after the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Shown>,
    },
    /// The engine is about to make this write: journalled before it is made (K1).
    Intended {
        /// The exact write that is intended.
        write: Box<Write>,
    },
    /// The engine is about to make these writes, all as one: journalled before they are made (K1).
    IntendedAll {
        /// The exact writes that are intended.
        writes: Vec<Write>,
    },
    /// The engine will not make the write that it last intended: a person's command came in between (K5).
    Withdrawn,
    /// The driver has waited until this moment for what may still land, and goes on waiting: the next one need not begin anew.
    Waited {
        /// Until when, in milliseconds since 1970.
        at: Moment,
    },
    /// Everything stands on the new side, and for so long since the last such entry a driver has watched it: every side that users
    /// are on passed whenever it was asked. Time in which nobody looked, or which brought no evidence, is not in it.
    Soaked {
        /// Milliseconds.
        watched_ms: u64,
        /// When, in milliseconds since 1970.
        at: Moment,
    },
    /// A call came back.
    Replied {
        /// What the call brought.
        reply: Result<Reply, CallError>,
        /// When, in milliseconds since 1970.
        at: Moment,
    },
    /// The background analysis of a shift has found that its new side failed. What the plan says is taken back.
    AnalysisFailed {
        /// The shift's step, by its place in the plan.
        step: usize,
        /// What the new side said at last, for a person.
        reason: String,
        /// When, in milliseconds since 1970.
        at: Moment,
    },
    /// The journal holds the entry. Not journalled.
    Recorded,
    /// The journal could not take the entry. Not journalled.
    RecordFailed {
        /// The reason, for a person.
        reason: String,
    },
    /// Whether this driver still holds the lease. That it does answers a check before a write; that it does not may come
    /// at any moment, from a renewal or an append, and every phase takes it in. Not journalled.
    Leased(bool),
    /// The time that was waited for has come. Not journalled.
    Woke {
        /// When, in milliseconds since 1970.
        at: Moment,
    },
}

impl Event {
    /// Whether the journal keeps it. What it does not keep changes nothing that a replay must find again.
    #[must_use]
    pub const fn is_journalled(&self) -> bool {
        !matches!(self, Self::Recorded | Self::RecordFailed { .. } | Self::Leased(_) | Self::Woke { .. })
    }

    /// When it came; none of events that are not told the time.
    #[must_use]
    pub const fn moment(&self) -> Option<Moment> {
        match self {
            Self::Started { at, .. }
            | Self::TakenOver { at, .. }
            | Self::Approved { at, .. }
            | Self::Paused { at, .. }
            | Self::Resumed { at, .. }
            | Self::Aborted { at, .. }
            | Self::Adopted { at, .. }
            | Self::Retried { at, .. }
            | Self::Released { at, .. }
            | Self::FinaliseApproved { at, .. }
            | Self::Replied { at, .. }
            | Self::AnalysisFailed { at, .. }
            | Self::Soaked { at, .. }
            | Self::Waited { at }
            | Self::Woke { at } => Some(*at),
            Self::Intended { .. }
            | Self::IntendedAll { .. }
            | Self::Withdrawn
            | Self::Recorded
            | Self::RecordFailed { .. }
            | Self::Leased(_) => None,
        }
    }

    /// When it came by the clock of the driver that journals it; none of what people command by clocks of their own.
    pub(crate) const fn driver_moment(&self) -> Option<Moment> {
        match self {
            Self::Started { at, .. }
            | Self::TakenOver { at, .. }
            | Self::Waited { at }
            | Self::Soaked { at, .. }
            | Self::Replied { at, .. } => Some(*at),
            _ => None,
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
            Self::Aborted { .. } => "rollback",
            Self::Adopted { .. } => "adopt",
            Self::Retried { .. } => "retry",
            Self::Released { .. } => "release",
            Self::FinaliseApproved { .. } => "finalise",
            Self::Intended { .. } => "intend",
            Self::IntendedAll { .. } => "intend all",
            Self::Withdrawn => "withdraw",
            Self::Waited { .. } => "wait",
            Self::Soaked { .. } => "soak",
            Self::Replied { .. } => "reply",
            Self::AnalysisFailed { .. } => "analysis failed",
            Self::Recorded => "recorded",
            Self::RecordFailed { .. } => "record failed",
            Self::Leased(_) => "leased",
            Self::Woke { .. } => "woke",
        }
    }
}

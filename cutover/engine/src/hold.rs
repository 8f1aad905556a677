//! Why a run waits for a person, what it waits with, and how it ends.

use crate::Task;
use caravan_providers::target::Controller;
use caravan_providers::{CallError, Write};
use serde::{Deserialize, Serialize};

/// A write whose outcome is not known.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pending {
    /// For what.
    pub task: Task,
    /// The write.
    pub write: Box<Write>,
    /// Why it is not known.
    pub error: CallError,
}

/// Why a run waits for a person.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// A probe or an observation brought nothing that could be judged (K6).
    Inconclusive(String),
    /// The new side is unhealthy, and no traffic is on it yet.
    NewSideUnhealthy(String),
    /// The old side is unhealthy: neither on nor back is safe without a person (K5).
    OldSideUnhealthy(String),
    /// An owner was stopped and goes on working: nothing else is started while it does.
    StillAtWork(String),
    /// Somebody else writes to the target by themselves and is not paused (K11).
    ControllersActive(Vec<Controller>),
    /// The provider would not take the write, and nothing was changed.
    Refused(String),
    /// The journal is older than what was written: a driver that went on would undo the sense of what it does not know.
    OlderJournal {
        /// The step at whose target this was seen.
        step: usize,
        /// What stands there, for a person.
        text: String,
    },
    /// A person adopted a target; it goes on when they say so.
    Adopted,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Ended on the new side: everything stands as planned, and has baked.
    Done,
    /// Ended on the old side: everything stands as it was.
    RolledBack,
    /// Ended elsewhere: some target was left to whoever changed it, or a person ended the run half-way.
    Elsewhere,
}

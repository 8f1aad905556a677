//! A note: one finding of one check.

use super::kind::NoteKind;
use caravan_inventory::Evidence;
use serde::Serialize;

/// How grave a note is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It can't move as it is.
    Blocker,
    /// It can move, and something may be lost or break unless somebody acts before.
    Warning,
    /// Worth knowing on the night.
    Info,
}

/// Who must act.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// The team that owns the workload.
    Team,
    /// Whoever runs the platform and Caravan.
    Platform,
}

/// One finding about one workload.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Note {
    /// How grave it is; told by the kind.
    pub severity: Severity,
    /// Which check found it.
    pub kind: NoteKind,
    /// What was found, one sentence without a full stop.
    pub text: String,
    /// Where it was read: observation and place. Empty only where it is told by what is not there.
    pub evidence: Vec<Evidence>,
    /// What to do about it, one sentence without a full stop; as a command where there is one.
    pub remedy: String,
    /// Who must do it; told by the kind.
    pub who: Actor,
}

/// What a check gives; the kind adds the rest.
pub(super) struct Finding {
    pub(super) text: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) remedy: String,
}

impl Finding {
    pub(super) fn new(text: impl Into<String>, evidence: Vec<Evidence>, remedy: impl Into<String>) -> Self {
        Self { text: text.into(), evidence, remedy: remedy.into() }
    }

    pub(super) fn of(self, kind: NoteKind) -> Note {
        let Self { text, evidence, remedy } = self;
        Note { severity: kind.severity(), kind, text, evidence, remedy, who: kind.who() }
    }
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: &[Self] = &[Self::Blocker, Self::Warning, Self::Info];

    /// The name in JSON and on the screen.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocker => "blocker",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl Actor {
    /// The name in JSON and on the screen.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Platform => "platform",
        }
    }
}

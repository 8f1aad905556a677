//! What should become of a workload.

use serde::Serialize;

/// What should become of a workload.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It moves to the platform.
    Move,
    /// It is taken down.
    Retire,
    /// It stays where it is.
    Keep,
    /// Something else takes its place: a managed service, or a part of the platform.
    Replace,
    /// A person must say.
    Undecided,
}

/// How something moves.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The very image that runs now.
    Rehost,
    /// Another image, made from what runs now.
    Replatform,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: &[Self] = &[Self::Move, Self::Retire, Self::Keep, Self::Replace, Self::Undecided];

    /// What a person can decide.
    pub const ANSWERS: &[&'static str] = &["move", "retire", "keep", "replace"];

    /// The name in JSON and on the screen.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Retire => "retire",
            Self::Keep => "keep",
            Self::Replace => "replace",
            Self::Undecided => "undecided",
        }
    }

    /// The verdict that a person's answer names; none for any other text.
    #[must_use]
    pub fn of_answer(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().filter(|verdict| *verdict != Self::Undecided).find(|verdict| verdict.as_str() == text)
    }
}

impl How {
    /// The name in JSON and on the screen.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rehost => "rehost",
            Self::Replatform => "replatform",
        }
    }
}

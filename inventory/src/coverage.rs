//! How complete each list is.

use crate::{AccountId, Region, UnitId};
use serde::{Deserialize, Serialize};

/// One enumerable list: provider × account × region × API.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The account; none for files.
    pub account: Option<AccountId>,
    /// The region; none for files.
    pub region: Option<Region>,
    /// The call: `ecs:ListServices`, or `file`.
    pub api: String,
    /// How far it came.
    pub state: UnitState,
    /// How many things it found so far.
    pub found: u64,
    /// Why it is not complete, for a person; none when it is.
    pub reason: Option<String>,
}

/// How far a unit came.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitState {
    /// Everything was enumerated. Only this state may mark things as gone.
    Complete,
    /// Some of it was enumerated, and the scan still runs or was cut short.
    Partial,
    /// The credentials may not.
    Denied,
    /// The provider's limits held against every retry.
    Throttled,
    /// Anything else went wrong.
    Failed,
    /// Not asked for, or not applicable here.
    Skipped,
}

impl UnitState {
    /// Every state.
    pub const ALL: &[Self] = &[
        Self::Complete,
        Self::Partial,
        Self::Denied,
        Self::Throttled,
        Self::Failed,
        Self::Skipped,
    ];

    /// The name in files and the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

/// How many units are in each state (the `coverage` of `caravan.inventory/v1`).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Coverage {
    /// Units enumerated to the end.
    pub complete: u64,
    /// Units cut short.
    pub partial: u64,
    /// Units that the credentials may not read.
    pub denied: u64,
    /// Units that ended in throttling.
    pub throttled: u64,
    /// Units that failed.
    pub failed: u64,
    /// Units that were not asked for.
    pub skipped: u64,
}

impl Coverage {
    /// Counts the states.
    pub fn of(states: impl IntoIterator<Item = UnitState>) -> Self {
        let mut counts = Self::default();
        for state in states {
            *match state {
                UnitState::Complete => &mut counts.complete,
                UnitState::Partial => &mut counts.partial,
                UnitState::Denied => &mut counts.denied,
                UnitState::Throttled => &mut counts.throttled,
                UnitState::Failed => &mut counts.failed,
                UnitState::Skipped => &mut counts.skipped,
            } += 1;
        }
        counts
    }

    /// Whether something that should have been read was not (exit code 5).
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.partial + self.denied + self.throttled + self.failed > 0
    }
}

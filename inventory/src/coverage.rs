//! How complete each list is.

use crate::{AccountId, Provider, Region, Scope, UnitId};
use serde::{Deserialize, Serialize};

/// One enumerable list: provider × account × region × API.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The provider that was asked.
    pub provider: Provider,
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
    /// Why it is not complete, for a person; of a complete one what stands there that is read by no one, or none.
    pub reason: Option<String>,
}

impl Unit {
    /// The unit of one call in one scope, before anything of it was read.
    #[must_use]
    pub fn of(scope: &Scope, api: &str, state: UnitState) -> Self {
        Self {
            id: UnitId::of(scope, api),
            provider: scope.provider,
            account: Some(scope.account.clone()),
            region: Some(scope.region.clone()),
            api: api.to_owned(),
            state,
            found: 0,
            reason: None,
        }
    }

    /// Where it was read; none for files.
    #[must_use]
    pub fn scope(&self) -> Option<Scope> {
        Some(Scope::new(self.provider, self.account.clone()?, self.region.clone()?))
    }
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
    pub const ALL: &[Self] =
        &[Self::Complete, Self::Partial, Self::Denied, Self::Throttled, Self::Failed, Self::Skipped];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_counted_in_its_own_place() {
        // As many of each as its place in the list, so that no two can be mixed up.
        let states = (1..).zip(UnitState::ALL).flat_map(|(times, state)| std::iter::repeat_n(*state, times));
        let counts = Coverage::of(states);
        let expected = Coverage { complete: 1, partial: 2, denied: 3, throttled: 4, failed: 5, skipped: 6 };
        assert_eq!(counts, expected);
    }

    #[test]
    fn only_what_should_have_been_read_makes_it_partial() {
        let is_partial = |state: UnitState| Coverage::of([UnitState::Complete, state]).is_partial();
        assert!(!Coverage::of([]).is_partial());
        for state in UnitState::ALL.iter().copied() {
            let fine = [UnitState::Complete, UnitState::Skipped].contains(&state);
            assert_eq!(is_partial(state), !fine, "{state:?}");
        }
    }

    #[test]
    fn names_are_the_ones_of_json() {
        for state in UnitState::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(UnitState::parse(state.as_str()), Some(state));
        }
        assert_eq!(UnitState::parse("Complete"), None);
    }
}

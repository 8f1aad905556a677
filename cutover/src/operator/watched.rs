//! What both sides of a run's shifts last said to the driver, for people.

use super::since::Said;
use super::time::time_text;
use crate::watched::{Drift, WatchedRound, said_text};
use caravan_cutover_engine::{State, is_watched};
use caravan_plans::{Sealed, Step};
use caravan_providers::Verdict;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// What both sides of one shift said when its driver last asked them, beside whatever the run was doing.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct WatchedStatus {
    /// The workload.
    pub workload: String,
    /// The target.
    pub target: String,
    /// The new side, at worst.
    pub new_side: Said,
    /// The old side, at worst; none where it was not asked, since the new one passed.
    pub old_side: Option<Said>,
    /// Since when neither side passes, in UTC: nothing is taken back then, as users would be no better off. None while one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neither_since: Option<String>,
    /// What somebody else has made of the target; none where it stands as the run left it, as far as that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by_others: Option<DriftStatus>,
    /// Whether a person must look: what somebody else has changed, or for so long that the shift would have been taken back, had its old side passed.
    pub needs_person: bool,
    /// Whether that is so for the second reason.
    #[serde(skip)]
    pub(crate) neither_is_long: bool,
}

/// What stands at a target that the run has not left there.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DriftStatus {
    /// When it was first seen, in UTC.
    pub since: String,
    /// What the run left there.
    pub left: String,
    /// What stands there now.
    pub seen: String,
}

impl WatchedStatus {
    /// Of each shift with users on its new side that was asked.
    pub(crate) fn of(plan: &Sealed, state: &State, rounds: &[WatchedRound]) -> Vec<Self> {
        let watched = rounds.iter().filter(|round| is_watched(plan.plan(), state, round.step));
        let of_round = |round: &WatchedRound| {
            let Some(Step::Shift(shift)) = plan.plan().steps.get(round.step) else { return None };
            let said = |verdict: &Verdict| Said {
                passed: *verdict == Verdict::Pass,
                text: said_text(verdict).to_owned(),
                at: time_text(round.at),
            };
            Some(Self {
                workload: shift.workload.to_string(),
                target: shift.target.to_string(),
                new_side: said(&round.new),
                old_side: round.old.as_ref().map(said),
                changed_by_others: round.drift.as_ref().map(|Drift { since, left, seen }| DriftStatus {
                    since: time_text(*since),
                    left: left.clone(),
                    seen: seen.clone(),
                }),
                neither_since: round.neither.map(|neither| time_text(neither.since)),
                needs_person: round.needs_person(&shift.analysis),
                neither_is_long: round.neither_is_long(&shift.analysis),
            })
        };
        watched.filter_map(of_round).collect()
    }
}

impl fmt::Display for WatchedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workload, new_side, old_side, neither_since, changed_by_others, .. } = self;
        write!(f, "{workload}, last asked at {}: the new side: {}", new_side.at, new_side.text)?;
        if let Some(old) = old_side {
            write!(f, "; the old side: {}", old.text)?;
        }
        if let Some(since) = neither_since {
            write!(f, "; neither side passes since {since}, so that nothing is taken back by itself")?;
        }
        match changed_by_others {
            Some(DriftStatus { since, left, seen }) => write!(
                f,
                "; somebody else has changed its target, first seen at {since}: the run left {left}, there now: {seen}"
            ),
            None => Ok(()),
        }
    }
}

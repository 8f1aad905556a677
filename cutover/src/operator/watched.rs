//! What both sides of a run's shifts last said to the driver, for people.

use super::since::Said;
use super::time::time_text;
use crate::owners::is_handed_over;
use crate::watched::{Drift, WatchedRound, said_text};
use caravan_cutover_engine::{State, is_watched};
use caravan_plans::{Sealed, Step, Turn};
use caravan_providers::Verdict;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// What both sides of one shift said when its driver last asked them, beside whatever the run was doing; of work that was handed over,
/// how its new owner works and whether it is the only one.
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
    /// Since when nobody sees what stands at the target, in UTC: what has failed can't be taken back then. None while somebody does, or it
    /// is not so for long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unseen_since: Option<String>,
    /// Why nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unseen_why: Option<String>,
    /// Whether a person must look: what somebody else has changed or nobody sees, or for so long that the shift would have been taken back,
    /// had its old side passed.
    pub needs_person: bool,
    /// Whether that is so for the last reason.
    #[serde(skip)]
    pub(crate) neither_is_long: bool,
    /// Whether it is work that was handed over: its sides are owners.
    #[serde(skip)]
    pub(crate) is_work: bool,
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
    /// Whether it is beside what the run changes.
    #[serde(skip)]
    pub(crate) beside: bool,
}

impl WatchedStatus {
    /// Of each shift with users on its new side that was asked, and of work that was handed over.
    pub(crate) fn of(plan: &Sealed, state: &State, rounds: &[WatchedRound]) -> Vec<Self> {
        let of_round = |round: &WatchedRound| match plan.plan().steps.get(round.step)? {
            Step::Shift(shift) if is_watched(plan.plan(), state, round.step) => Some(Self {
                workload: shift.workload.to_string(),
                target: shift.target.to_string(),
                needs_person: round.needs_person(&shift.analysis),
                neither_is_long: round.neither_is_long(&shift.analysis),
                ..Self::told(round, false)
            }),
            Step::HandOver(hand_over) if is_handed_over(plan.plan(), state, round.step) => {
                let turn = if round.drift.is_some() { Turn::Off } else { Turn::On };
                let switch = hand_over.switches.iter().find(|switch| switch.turn == turn)?;
                Some(Self {
                    workload: hand_over.workload.to_string(),
                    target: switch.target.to_string(),
                    needs_person: round.work_needs_person(),
                    neither_is_long: round.works_badly(),
                    is_work: true,
                    ..Self::told(round, true)
                })
            }
            _ => None,
        };
        rounds.iter().filter_map(of_round).collect()
    }

    /// What a round says, whatever it is of.
    fn told(round: &WatchedRound, is_work: bool) -> Self {
        let said = |verdict: &Verdict, known: Option<&String>| Said {
            passed: *verdict == Verdict::Pass,
            text: match (verdict, known) {
                (Verdict::Pass, Some(known)) if is_work => known.clone(),
                (other, Some(known)) => format!("{}; {known}", said_text(other)),
                (other, None) => said_text(other).to_owned(),
            },
            at: time_text(round.at),
        };
        let drift = |Drift { since, left, seen, beside }: &Drift| DriftStatus {
            since: time_text(*since),
            left: left.clone(),
            seen: seen.clone(),
            beside: *beside,
        };
        let unseen = round.unseen.as_ref();
        // Said once.
        let known = round.known.as_ref().filter(|_| is_work || unseen.is_none());
        Self {
            workload: String::new(),
            target: String::new(),
            new_side: said(&round.new, known),
            old_side: round.old.as_ref().map(|old| said(old, None)),
            changed_by_others: round.drift.as_ref().map(drift),
            neither_since: round.neither.map(|neither| time_text(neither.since)),
            unseen_since: unseen.map(|unseen| time_text(unseen.since)),
            unseen_why: unseen.map(|unseen| unseen.why.clone()),
            needs_person: false,
            neither_is_long: false,
            is_work: false,
        }
    }
}

impl fmt::Display for WatchedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workload, new_side, old_side, neither_since, changed_by_others, unseen_since, .. } = self;
        let who = if self.is_work { "the new owner" } else { "the new side" };
        write!(f, "{workload}, last asked at {}: {who}: {}", new_side.at, new_side.text)?;
        if let Some(old) = old_side {
            write!(f, "; the old side: {}", old.text)?;
        }
        if let Some(since) = neither_since
            && self.is_work
        {
            write!(f, "; it does not work as it should since {since}, and nothing is taken back by itself")?;
        } else if let Some(since) = neither_since {
            write!(f, "; neither side passes since {since}, so that nothing is taken back by itself")?;
        }
        if let (Some(since), Some(why)) = (unseen_since, &self.unseen_why) {
            let text = "nobody sees what stands at its target, and what fails can't be taken back";
            write!(f, "; since {since} {text}: {why}")?;
        }
        match changed_by_others {
            Some(DriftStatus { since, left, seen, .. }) => write!(
                f,
                "; somebody else has changed its target, first seen at {since}: the run left {left}, there now: {seen}"
            ),
            None => Ok(()),
        }
    }
}

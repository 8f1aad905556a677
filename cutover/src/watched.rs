//! What both sides of a shift said to the background analysis, as it is kept for people: evidence beside the entries.

use crate::blind::Unseen;
use caravan_cutover_engine::Moment;
use caravan_plans::Analysis;
use caravan_providers::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A round that said what the one before it said is kept again after so many milliseconds.
const KEPT_EVERY_MS: u64 = 30_000;

/// The last round of one shift.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WatchedRound {
    /// The step of the plan.
    pub step: usize,
    /// When it was over.
    pub at: Moment,
    /// What the new side said at worst.
    pub new: Verdict,
    /// What the old side said at worst, where the new one did not pass.
    pub old: Option<Verdict>,
    /// Since when neither side passes; none while one does.
    pub neither: Option<Neither>,
    /// What stands at the target that the run has not left there; none where it stands as it was left, as far as that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// What is known of how the new owner of work that was handed over works; of a shift, why nobody knows what stands at its target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// Since when nobody sees what stands at the target, and why; none while somebody does, or it is not so for long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<Unseen>,
}

/// A target that somebody else has changed, as it was seen twice in a row while the run left it alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Drift {
    /// When it was first seen.
    pub since: Moment,
    /// What the run left there, in words.
    pub left: String,
    /// What stands there now, in words.
    pub seen: String,
    /// Whether it is beside what the run changes: the share that it left is as it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
}

/// For how long neither side of a shift has passed: nothing is taken back then, as users would be no better off. Of work that was handed
/// over, for how long its new owner does not work as it should.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Neither {
    /// When the first such round was over.
    pub since: Moment,
    /// How many there were in a row.
    pub rounds: u32,
}

impl WatchedRound {
    /// Whether people are to be told: for as many rounds as would have taken the shift back, had the old side passed; of what
    /// somebody else has changed; or that nobody sees what stands there.
    #[must_use]
    pub fn needs_person(&self, analysis: &Analysis) -> bool {
        self.drift.is_some() || self.unseen.is_some() || self.neither_is_long(analysis)
    }

    /// Whether people are to be told of work that was handed over: its new owner does not work as it should in two looks, somebody
    /// else has changed who works, or nobody sees who does.
    #[must_use]
    pub fn work_needs_person(&self) -> bool {
        self.drift.is_some() || self.unseen.is_some() || self.works_badly()
    }

    /// Whether the new owner of work did not work as it should in two looks.
    pub(crate) fn works_badly(&self) -> bool {
        self.neither.is_some_and(|neither| neither.rounds >= 2)
    }

    /// Whether neither side has passed for as many rounds as would have taken the shift back.
    pub(crate) fn neither_is_long(&self, analysis: &Analysis) -> bool {
        let limit = match self.new {
            Verdict::Fail { .. } => analysis.failures,
            Verdict::Pass | Verdict::Inconclusive { .. } => analysis.unknown,
        };
        self.neither.is_some_and(|neither| neither.rounds >= limit)
    }
}

/// What a verdict says, for a person.
#[must_use]
pub fn said_text(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Pass => "answered well",
        Verdict::Fail { reason } | Verdict::Inconclusive { reason } => reason,
    }
}

/// Makes rounds of what sides say, and tells which of them are kept.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    last: BTreeMap<usize, WatchedRound>,
    drift: BTreeMap<usize, Drift>,
}

impl Rounds {
    /// What a look at a step's target has told: its next round is kept with it.
    pub(crate) fn drifts(&mut self, step: usize, drift: Option<Drift>) {
        match drift {
            Some(drift) => drop(self.drift.insert(step, drift)),
            None => drop(self.drift.remove(&step)),
        }
    }

    /// Whether somebody else has changed a step's target, as was told last.
    pub(crate) fn is_changed(&self, step: usize) -> bool {
        self.drift.contains_key(&step)
    }

    /// The round that is over now; none where the one that is kept says the same and is not old.
    pub(crate) fn take_in(
        &mut self,
        step: usize,
        new: Verdict,
        old: Option<Verdict>,
        known: Option<String>,
        unseen: Option<Unseen>,
        at: Moment,
    ) -> Option<WatchedRound> {
        let last = self.last.get(&step);
        let passes = new == Verdict::Pass || old == Some(Verdict::Pass);
        let neither = (!passes).then(|| {
            let before = last.and_then(|last| last.neither);
            before.map_or(Neither { since: at, rounds: 1 }, |before| Neither { rounds: before.rounds + 1, ..before })
        });
        let drift = self.drift.get(&step).cloned();
        let round = WatchedRound { step, at, new, old, neither, drift, known, unseen };
        let is_news = last.is_none_or(|last| {
            round.neither.is_some()
                || last.drift != round.drift
                || last.known.is_some() != round.known.is_some()
                || last.unseen.is_some() != round.unseen.is_some()
                || (&last.new, &last.old) != (&round.new, &round.old)
                || at.0.saturating_sub(last.at.0) >= KEPT_EVERY_MS
        });
        is_news.then(|| {
            self.last.insert(step, round.clone());
            round
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails() -> Verdict {
        Verdict::Fail { reason: "it answered 503".to_owned() }
    }

    fn unknown() -> Verdict {
        Verdict::Inconclusive { reason: "no answer".to_owned() }
    }

    #[test]
    fn people_are_told_after_as_many_rounds_as_would_have_taken_it_back() {
        let analysis = Analysis::default();
        let mut rounds = Rounds::default();
        for round in 1..=analysis.failures {
            let kept =
                rounds.take_in(0, fails(), Some(unknown()), None, None, Moment(u64::from(round) * 1000)).unwrap();
            assert_eq!(kept.needs_person(&analysis), round == analysis.failures, "{round}");
            assert_eq!(kept.neither.unwrap().since, Moment(1000));
        }
        // The old side passes: the analysis takes the shift back, and nobody has to be told that nothing is done.
        let kept = rounds.take_in(0, fails(), Some(Verdict::Pass), None, None, Moment(90_000)).unwrap();
        assert!(kept.neither.is_none() && !kept.needs_person(&analysis));
        let mut silent = Rounds::default();
        for round in 1..=analysis.unknown {
            let kept = silent.take_in(1, unknown(), Some(unknown()), None, None, Moment(u64::from(round))).unwrap();
            assert_eq!(kept.needs_person(&analysis), round == analysis.unknown, "{round}");
        }
    }

    #[test]
    fn what_says_the_same_is_kept_now_and_then() {
        let mut rounds = Rounds::default();
        let mut pass = |at| rounds.take_in(0, Verdict::Pass, None, None, None, Moment(at)).is_some();
        assert!(pass(0) && !pass(10_000) && !pass(29_999) && pass(30_000) && !pass(40_000));
    }
}

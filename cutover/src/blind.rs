//! For how long nobody sees what stands at the targets of steps, and why: missing or expired credentials, a provider that is away.

use caravan_cutover_engine::Moment;
use caravan_providers::CallError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Milliseconds of looks that bring nothing after which people are told: a minute, as of a run's calls.
const TOLD_AFTER_MS: u64 = 60_000;
/// Looks in a row that are refused after which people are told: credentials come back by nobody's waiting.
const TOLD_AFTER_REFUSALS: u32 = 2;

/// Nobody sees what stands at a target, for so long that people are told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unseen {
    /// When the first look brought nothing.
    pub since: Moment,
    /// Why the last one did not.
    pub why: String,
}

/// Of each step the looks in a row that brought nothing.
#[derive(Debug, Default)]
pub(crate) struct Blind(BTreeMap<usize, Missed>);

#[derive(Debug)]
struct Missed {
    unseen: Unseen,
    last: Moment,
    refusals: u32,
}

impl Blind {
    /// A look has brought an answer.
    pub(crate) fn seen(&mut self, step: usize) {
        self.0.remove(&step);
    }

    /// A look has brought none.
    pub(crate) fn missed(&mut self, step: usize, error: &CallError, at: Moment) {
        let why = error.to_string();
        let first = || Missed { unseen: Unseen { since: at, why: String::new() }, last: at, refusals: 0 };
        let missed = self.0.entry(step).or_insert_with(first);
        (missed.unseen.why, missed.last) = (why, at);
        missed.refusals = match error {
            CallError::Denied(_) => missed.refusals + 1,
            _ => 0,
        };
    }

    /// Only what is still looked at is remembered.
    pub(crate) fn keep(&mut self, is_looked_at: impl Fn(usize) -> bool) {
        self.0.retain(|step, _| is_looked_at(*step));
    }

    /// Why the last look brought nothing; none where it brought something.
    pub(crate) fn why(&self, step: usize) -> Option<&str> {
        self.0.get(&step).map(|missed| missed.unseen.why.as_str())
    }

    /// What people are told; none while it may be over before anybody has to do anything.
    pub(crate) fn told(&self, step: usize) -> Option<Unseen> {
        let is_long = |missed: &&Missed| {
            missed.refusals >= TOLD_AFTER_REFUSALS
                || missed.last.0.saturating_sub(missed.unseen.since.0) >= TOLD_AFTER_MS
        };
        self.0.get(&step).filter(is_long).map(|missed| missed.unseen.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_of_a_second_refusal_and_of_a_minute_in_which_nothing_was_seen() {
        let (denied, away) = (CallError::Denied("expired".to_owned()), CallError::Throttled("slow down".to_owned()));
        let mut blind = Blind::default();
        blind.missed(0, &denied, Moment(1_000));
        assert_eq!((blind.told(0), blind.why(0)), (None, Some("denied: expired")));
        blind.missed(0, &denied, Moment(11_000));
        let told = blind.told(0).unwrap();
        assert!(told.since == Moment(1_000) && told.why.contains("expired"), "{told:?}");
        blind.seen(0);
        assert_eq!((blind.told(0), blind.why(0)), (None, None));
        for at in [0, 10_000, 50_000] {
            blind.missed(1, &away, Moment(at));
            assert_eq!(blind.told(1), None, "{at}");
        }
        blind.missed(1, &away, Moment(60_000));
        assert_eq!(blind.told(1).map(|told| told.since), Some(Moment(0)));
    }
}

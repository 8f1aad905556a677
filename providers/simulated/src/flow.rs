//! One target's traffic: where its weights lead, and what the resolvers keep of that.

use crate::Side;
use caravan_providers::target::{Snapshot, Target};

/// Requests a second for each target.
const REQUESTS_PER_SECOND: u64 = 100;

/// One target's traffic. What its snapshot says is read once, when it changes.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// Sides with their weights; none is nowhere.
    shares: Vec<(Option<usize>, u64)>,
    /// Milliseconds that a resolver keeps an answer; none where nobody keeps any.
    kept: Option<u64>,
    /// Of each resolver between users and names: until when it keeps its answer, and which.
    answers: Vec<(u64, Option<usize>)>,
    /// The first moment at which an answer is kept no longer.
    expires: u64,
    /// Sides with the requests that go to them each second.
    requests: Vec<(Option<usize>, u64)>,
}

impl Flow {
    /// A target of which so many resolvers know nothing yet.
    pub(crate) fn new(resolvers: usize) -> Self {
        let answers = vec![(0, None); resolvers];
        Self { shares: Vec::new(), kept: None, answers, expires: 0, requests: Vec::new() }
    }

    /// A snapshot stands there from now on. A name that is no side's leads nowhere.
    pub(crate) fn lead(&mut self, target: &Target, snapshot: &Snapshot, sides: &[Side]) {
        let leads = |side: &Side, name: &str| side.target == *target && side.names.iter().any(|known| known == name);
        let side_of = |name: &str| sides.iter().position(|side| leads(side, name));
        let kind = target.kind();
        self.shares = kind.shares(snapshot).into_iter().map(|share| (side_of(share.name), share.weight)).collect();
        let kept = kind.kept_seconds(snapshot).filter(|_| !self.answers.is_empty());
        self.kept = kept.map(|seconds| u64::from(seconds) * 1000);
        self.requests.clear();
        match self.kept {
            Some(_) => self.count_answers(),
            None => self.count_shares(),
        }
    }

    /// Each resolver whose answer is kept no longer draws another one, by weight.
    /// `holds` are the milliseconds for which each keeps any answer at the least.
    pub(crate) fn ask(&mut self, at: u64, holds: &[u64], chance: &mut fastrand::Rng) {
        let Some(kept) = self.kept.filter(|_| self.expires <= at) else { return };
        let asking = self.answers.iter_mut().zip(holds).filter(|((until, _), _)| *until <= at);
        for ((until, side), holds) in asking {
            (*until, *side) = (at + kept.max(*holds), draw(&self.shares, chance));
        }
        self.expires = self.answers.iter().map(|(until, _)| *until).min().unwrap_or(u64::MAX);
        self.requests.clear();
        self.count_answers();
    }

    /// When a resolver asks next; none where none is between users and target.
    pub(crate) fn asks_at(&self) -> Option<u64> {
        self.kept.map(|_| self.expires)
    }

    /// Where a second's requests go.
    pub(crate) fn requests(&self) -> impl Iterator<Item = (Option<usize>, u64)> {
        self.requests.iter().copied()
    }

    fn count_answers(&mut self) {
        let each = REQUESTS_PER_SECOND / self.answers.len() as u64;
        for (_, side) in &self.answers {
            match self.requests.iter_mut().find(|(other, _)| other == side) {
                Some((_, requests)) => *requests += each,
                None => self.requests.push((*side, each)),
            }
        }
    }

    fn count_shares(&mut self) {
        let total: u64 = self.shares.iter().map(|(_, weight)| weight).sum();
        if total == 0 {
            self.requests.push((None, REQUESTS_PER_SECOND));
            return;
        }
        let requests = |(side, weight): &(_, u64)| (*side, REQUESTS_PER_SECOND * weight / total);
        self.requests.extend(self.shares.iter().map(requests));
    }
}

/// Draws one side by weight; none when every weight is 0.
fn draw(shares: &[(Option<usize>, u64)], chance: &mut fastrand::Rng) -> Option<usize> {
    let total: u64 = shares.iter().map(|(_, weight)| weight).sum();
    let mut left = if total == 0 { return None } else { chance.u64(0..total) };
    for (side, weight) in shares {
        if left < *weight {
            return *side;
        }
        left -= weight;
    }
    None
}

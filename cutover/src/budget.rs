//! How fast a provider may be asked, by all runs of a journal, and what is kept back for the rollback (K5, K9).

use caravan_cutover_engine::{Effect, Moment, State, is_going_back};
use caravan_providers::Call;
use caravan_providers::target::{ApiBudget, Ask, Target};
use std::collections::BTreeSet;

/// What one effect takes from its bucket.
#[derive(Clone, Debug)]
pub struct Acquire {
    /// Whose bucket, and its size.
    pub budget: ApiBudget,
    requests: u64,
    /// What has to stay in it.
    kept_back: u64,
}

/// What could be asked at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bucket {
    /// Thousandths of a request that may be made at once.
    pub level: u64,
    /// When that was so.
    pub at: Moment,
}

impl Acquire {
    /// What an effect will ask of providers, of each API at the most once; nothing for what stays at home or goes to a side. The
    /// lease is checked for the sake of the write that follows, so that no wait comes between the two. Nobody is asked for more
    /// than its bucket holds: who asks for so much waits until it is full.
    pub(crate) fn of(effect: &Effect, state: &State) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (target, ask, targets) in asked(effect, state) {
            let (budget, requests) = (target.kind().budget(), target.kind().requests_together(ask, targets));
            let kept_back = if is_going_back(state) { 0 } else { budget.limit.reserve };
            let most = budget.limit.burst.saturating_sub(kept_back);
            match all.iter_mut().find(|other| other.budget == budget) {
                Some(same) => same.requests = (same.requests + requests).min(most),
                None => all.push(Self { requests: requests.min(most), budget, kept_back }),
            }
        }
        all
    }

    /// How many requests it takes.
    #[cfg(test)]
    pub(crate) const fn requests(&self) -> u64 {
        self.requests
    }

    /// Takes it out of a bucket. A new one begins with the reserve alone: what others have spent is not known.
    ///
    /// Gives the bucket as it is then, and when there is too little in it, the moment before which it makes no sense to
    /// ask again; nothing was taken then.
    pub fn take(&self, bucket: Option<Bucket>, now: Moment) -> (Bucket, Result<(), Moment>) {
        let limit = self.budget.limit;
        let mut bucket = bucket.unwrap_or(Bucket { level: limit.reserve * 1000, at: now });
        // Milliseconds times requests a second are thousandths of requests. A clock that was put back adds none.
        let fresh = now.0.saturating_sub(bucket.at.0).saturating_mul(limit.per_second);
        bucket = Bucket { level: bucket.level.saturating_add(fresh).min(limit.burst * 1000), at: now };
        let needed = (self.requests + self.kept_back) * 1000;
        if bucket.level < needed {
            return (bucket, Err(now.plus_ms((needed - bucket.level).div_ceil(limit.per_second))));
        }
        bucket.level -= self.requests * 1000;
        (bucket, Ok(()))
    }
}

/// The targets that an effect's requests go to, what they ask, and of how many of the kind.
fn asked<'a>(effect: &'a Effect, state: &'a State) -> Vec<(&'a Target, Ask, u64)> {
    match effect {
        Effect::CheckLease => {
            state.phase.in_flight().map(|(_, write)| (&write.target, Ask::Write, 1)).into_iter().collect()
        }
        Effect::Call(call) => asked_by(call),
        Effect::Append(_) | Effect::WaitUntil(_) => Vec::new(),
    }
}

/// Of several questions at once those of one API count together, and one change is asked for once. The writes of a batch are one
/// request, which was booked with the lease.
fn asked_by(call: &Call) -> Vec<(&Target, Ask, u64)> {
    let one = |target, ask| vec![(target, ask, 1)];
    match call {
        Call::Observe(target) => one(target, Ask::Observe),
        Call::Activity(target) => one(target, Ask::Activity),
        Call::Controllers(target) => one(target, Ask::Controllers),
        Call::Status { write, .. } => one(&write.target, Ask::Status),
        Call::All(calls) => {
            let mut all: Vec<(&Target, Ask, u64)> = Vec::new();
            let mut changes = BTreeSet::new();
            for call in calls {
                let is_again = matches!(call, Call::Status { ticket, .. } if !changes.insert(ticket));
                for (target, ask, _) in asked_by(call) {
                    let budget = target.kind().budget();
                    match all.iter_mut().find(|(other, asked, _)| *asked == ask && other.kind().budget() == budget) {
                        Some((_, _, targets)) => *targets += u64::from(!is_again),
                        None => all.push((target, ask, 1)),
                    }
                }
            }
            all
        }
        Call::Write(_) | Call::WriteAll(_) | Call::Probe(_) => Vec::new(),
    }
}

//! How fast a provider may be asked, by all runs of a journal, and what is kept back for the rollback (K5, K9).

use caravan_cutover_engine::{Effect, Moment, State, is_going_back};
use caravan_providers::Call;
use caravan_providers::target::{ApiBudget, Ask, Target};

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
    /// What an effect will ask of a provider; none for what stays at home or goes to a side. The lease is checked for
    /// the sake of the write that follows, so that no wait comes between the two.
    pub(crate) fn of(effect: &Effect, state: &State) -> Option<Self> {
        let (target, ask) = asked(effect, state)?;
        let (budget, requests) = (target.kind().budget(), target.kind().requests(ask));
        let kept_back = if is_going_back(state) { 0 } else { budget.limit.reserve };
        Some(Self { budget, requests, kept_back })
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

/// The target that an effect's requests go to, and what they ask.
fn asked<'a>(effect: &'a Effect, state: &'a State) -> Option<(&'a Target, Ask)> {
    match effect {
        Effect::CheckLease => {
            let (_, write) = state.phase.in_flight()?;
            Some((&write.target, Ask::Write))
        }
        Effect::Call(call) => asked_by(call),
        Effect::Append(_) | Effect::WaitUntil(_) => None,
    }
}

/// Several questions at once count as one of them: a zone is read in pages, and one change is asked for once. A zone of more than
/// two pages of 300 record sets costs more than is booked. The writes of a batch are one request.
fn asked_by(call: &Call) -> Option<(&Target, Ask)> {
    match call {
        Call::Observe(target) => Some((target, Ask::Observe)),
        Call::Activity(target) => Some((target, Ask::Activity)),
        Call::Controllers(target) => Some((target, Ask::Controllers)),
        Call::Status { write, .. } => Some((&write.target, Ask::Status)),
        Call::All(calls) => asked_by(calls.first()?),
        Call::Write(_) | Call::WriteAll(_) | Call::Probe(_) => None,
    }
}

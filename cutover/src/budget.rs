//! How fast a provider may be asked, by all runs of a journal, and what is kept back for the rollback (K5, K9).

use caravan_cutover_engine::{Deferred, Direction, Effect, Moment, State};
use caravan_providers::Call;
use caravan_providers::target::Target;

/// What one effect takes from its bucket.
#[derive(Clone, Debug)]
pub(crate) struct Acquire {
    /// Whose bucket.
    pub(crate) key: Key,
    limit: Limit,
    requests: u64,
    /// What has to stay in it.
    kept_back: u64,
}

/// Whose budget a call draws on: an API of an account and region, or a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) api: &'static str,
    /// The account; of a cluster, its context.
    pub(crate) of: String,
    /// Empty where the API has none.
    pub(crate) region: String,
}

/// The size of a bucket, in requests.
#[derive(Clone, Copy, Debug)]
struct Limit {
    burst: u64,
    per_second: u64,
    /// What only the rollback may take.
    reserve: u64,
}

/// "Quotas" of the Route 53 developer guide as of 2026-07-30: 10 requests a second for an account, bursts of 50.
const ROUTE53: Limit = Limit { burst: 50, per_second: 10, reserve: 15 };
/// Elastic Load Balancing states no figures; these are what discovery has seen it bear.
const BALANCING: Limit = Limit { burst: 40, per_second: 10, reserve: 10 };
/// What kube's own clients have allowed themselves since long (client-go: 50 a second, bursts of 100).
const CLUSTER: Limit = Limit { burst: 100, per_second: 50, reserve: 20 };

/// What could be asked at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Bucket {
    /// Thousandths of a request that may be made at once.
    pub(crate) level: u64,
    /// When that was so.
    pub(crate) at: Moment,
}

impl Acquire {
    /// What an effect will ask of a provider; none for what stays at home or goes to a side. The lease is observed for
    /// the sake of the write that follows, so that no wait comes between the two.
    pub(crate) fn of(effect: &Effect, state: &State) -> Option<Self> {
        let (target, requests) = asked(effect, state)?;
        let (key, limit) = bucket_of(target);
        let back = state.direction == Direction::Back || state.deferred == Deferred::Rollback;
        let kept_back = if back { 0 } else { limit.reserve };
        Some(Self { key, limit, requests, kept_back })
    }

    /// Takes it out of a bucket. A new one begins with the reserve alone: what others have spent is not known.
    ///
    /// Gives the bucket as it is then, and when there is too little in it, the moment before which it makes no sense to
    /// ask again; nothing was taken then.
    pub(crate) fn take(&self, bucket: Option<Bucket>, now: Moment) -> (Bucket, Result<(), Moment>) {
        let mut bucket = bucket.unwrap_or(Bucket { level: self.limit.reserve * 1000, at: now });
        // Milliseconds times requests a second are thousandths of requests. A clock that was put back adds none.
        let fresh = now.0.saturating_sub(bucket.at.0).saturating_mul(self.limit.per_second);
        bucket = Bucket { level: bucket.level.saturating_add(fresh).min(self.limit.burst * 1000), at: now };
        let needed = (self.requests + self.kept_back) * 1000;
        if bucket.level < needed {
            return (bucket, Err(now.plus_ms((needed - bucket.level).div_ceil(self.limit.per_second))));
        }
        bucket.level -= self.requests * 1000;
        (bucket, Ok(()))
    }
}

/// The target that an effect's requests go to, and how many they are.
fn asked<'a>(effect: &'a Effect, state: &'a State) -> Option<(&'a Target, u64)> {
    match effect {
        Effect::CheckLease => {
            let (_, write) = state.phase.in_flight()?;
            // A checked target is read once more before it is written.
            Some((&write.target, if matches!(write.target, Target::ListenerRule { .. }) { 2 } else { 1 }))
        }
        Effect::Call(call) => match &**call {
            // The name, and the fencing token's name beside it.
            Call::Observe(target @ Target::Records { .. }) => Some((target, 2)),
            Call::Controllers(target @ Target::Records { .. }) => Some((target, 7)),
            Call::Controllers(target) | Call::Observe(target) | Call::Status { target, .. } => Some((target, 1)),
            Call::Write(_) | Call::Probe(_) => None,
        },
        Effect::Append(_) | Effect::WaitUntil(_) => None,
    }
}

fn bucket_of(target: &Target) -> (Key, Limit) {
    let (api, of, region, limit) = match target {
        Target::Records { account, .. } => ("route53", account.as_str(), "", ROUTE53),
        Target::ListenerRule { account, region, .. } => {
            ("elasticloadbalancing", account.as_str(), region.as_str(), BALANCING)
        }
        Target::Route { cluster, .. } => ("cluster", cluster.as_str(), "", CLUSTER),
    };
    (Key { api, of: of.to_owned(), region: region.to_owned() }, limit)
}

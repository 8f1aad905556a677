//! How fast one process may ask a provider, over all of its runs, and what is kept back for the way back (K5, K9).

use caravan_cutover_engine::{Effect, Going, Moment, State, Wish};
use caravan_inventory::target::Target;
use caravan_providers::Call;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The buckets of one process. Give all of its drivers the same ones.
#[derive(Debug, Default)]
pub struct Budgets(Mutex<BTreeMap<Key, Bucket>>);

/// Whose budget a call draws on: an API of an account and region, or a cluster.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Key(&'static str, String, String);

/// The size of a bucket, in requests.
#[derive(Clone, Copy, Debug)]
struct Limit {
    burst: u64,
    per_second: u64,
    /// What only the way back may take.
    reserve: u64,
}

/// "Quotas" of the Route 53 developer guide as of 2026-07-30: 10 requests a second for an account, bursts of 50.
const ROUTE53: Limit = Limit { burst: 50, per_second: 10, reserve: 15 };
/// Elastic Load Balancing states no figures; these are what discovery has seen it bear.
const BALANCING: Limit = Limit { burst: 40, per_second: 10, reserve: 10 };
/// What kube's own clients have allowed themselves since long (client-go: 50 a second, bursts of 100).
const CLUSTER: Limit = Limit { burst: 100, per_second: 50, reserve: 20 };

#[derive(Debug)]
struct Bucket {
    /// Thousandths of a request that may be made at once.
    level: u64,
    at: Moment,
}

impl Budgets {
    /// Takes what an effect will ask of a provider: nothing for what stays at home or goes to a side. The lease is looked
    /// at for the sake of the write that follows, so that no wait comes between the two.
    ///
    /// # Errors
    /// The moment before which there is nothing to take. Nothing was taken.
    pub(crate) fn take(&self, effect: &Effect, state: &State, now: Moment) -> Result<(), Moment> {
        let Some((target, requests)) = asked(effect, state) else { return Ok(()) };
        let (key, limit) = of(target);
        // A process begins with the reserve alone: what the one before it has spent is not known.
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert(Bucket { level: limit.reserve * 1000, at: now });
        bucket.fill(limit, now);
        let back = state.going == Going::Back || state.wish == Wish::Back;
        let kept_back = if back { 0 } else { limit.reserve };
        bucket.take(requests, kept_back, limit, now)
    }
}

impl Bucket {
    fn fill(&mut self, limit: Limit, now: Moment) {
        // Milliseconds times requests a second are thousandths of requests.
        let fresh = now.0.saturating_sub(self.at.0).saturating_mul(limit.per_second);
        self.level = self.level.saturating_add(fresh).min(limit.burst * 1000);
        self.at = now;
    }

    fn take(&mut self, requests: u64, kept_back: u64, limit: Limit, now: Moment) -> Result<(), Moment> {
        let needed = (requests + kept_back) * 1000;
        if self.level < needed {
            return Err(now.plus_ms((needed - self.level).div_ceil(limit.per_second)));
        }
        self.level -= requests * 1000;
        Ok(())
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
            // The name, and the marker's name beside it.
            Call::Observe(target @ Target::Records { .. }) => Some((target, 2)),
            Call::Owners(target @ Target::Records { .. }) => Some((target, 7)),
            Call::Owners(target) | Call::Observe(target) | Call::Status { target, .. } => Some((target, 1)),
            Call::Write(_) | Call::Probe(_) => None,
        },
        Effect::Append(_) | Effect::WaitUntil(_) => None,
    }
}

fn of(target: &Target) -> (Key, Limit) {
    match target {
        Target::Records { account, .. } => (Key("route53", account.as_str().to_owned(), String::new()), ROUTE53),
        Target::ListenerRule { account, region, .. } => {
            (Key("elasticloadbalancing", account.as_str().to_owned(), region.as_str().to_owned()), BALANCING)
        }
        Target::Route { cluster, .. } => (Key("cluster", cluster.clone(), String::new()), CLUSTER),
    }
}

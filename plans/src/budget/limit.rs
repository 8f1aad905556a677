//! The limits: how much at once, how fast it comes back, for what.
//!
//! Some are published as buckets that refill, some as so many in any stretch of time. A bucket of half as many that comes back in
//! as long lets never more through in such a stretch: what is there at its start, and what comes back in it.
//!
//! Let's Encrypt: <https://letsencrypt.org/docs/rate-limits/>, as of 2026-08-05. Cloudflare:
//! <https://developers.cloudflare.com/cloudflare-for-platforms/cloudflare-for-saas/> and
//! <https://developers.cloudflare.com/fundamentals/api/reference/limits/>. Route 53: the throttling page of its developer guide, as of
//! 2026-07-30; how many record changes it takes besides requests is not published as one number, so it is no limit here.

use std::time::Duration;

/// A limit by its meaning.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum LimitKind {
    /// Let's Encrypt: new orders of one account.
    NewOrders,
    /// Let's Encrypt: new certificates for one registered domain, whoever asks.
    PerRegisteredDomain,
    /// Let's Encrypt: new certificates for exactly the same names, whoever asks.
    PerExactNames,
    /// Let's Encrypt: failed validations of one name by one account.
    FailedValidations,
    /// Cloudflare for SaaS: certificates of custom hostnames.
    CustomHostnames,
    /// Cloudflare: API requests of one user.
    CloudflareRequests,
    /// Route 53: API requests of one account.
    Route53Requests,
}

/// One limit: a bucket that starts full and refills steadily.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit {
    /// What it limits.
    pub kind: LimitKind,
    /// How many there may be by what is published: at once, or in its stretch of time.
    pub most: u64,
    /// How many at once.
    pub burst: u64,
    /// How long until one comes back.
    pub refill: Duration,
}

const HOUR: u64 = 60 * 60;
const WEEK: u64 = 7 * 24 * HOUR;

impl LimitKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::NewOrders,
        Self::PerRegisteredDomain,
        Self::PerExactNames,
        Self::FailedValidations,
        Self::CustomHostnames,
        Self::CloudflareRequests,
        Self::Route53Requests,
    ];

    /// Its name in documents and in `caravan.yaml`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewOrders => "letsencrypt-new-orders",
            Self::PerRegisteredDomain => "letsencrypt-per-registered-domain",
            Self::PerExactNames => "letsencrypt-per-exact-names",
            Self::FailedValidations => "letsencrypt-failed-validations",
            Self::CustomHostnames => "cloudflare-custom-hostnames",
            Self::CloudflareRequests => "cloudflare-requests",
            Self::Route53Requests => "route53-requests",
        }
    }

    /// Whether whoever sets it raises it on request. Let's Encrypt takes a few weeks for that.
    #[must_use]
    pub const fn can_be_raised(self) -> bool {
        matches!(self, Self::NewOrders | Self::PerRegisteredDomain)
    }

    /// As many as this, and the time in which so many come back.
    const fn published(self) -> (u64, u64) {
        match self {
            Self::NewOrders => (300, 3 * HOUR),
            Self::PerRegisteredDomain => (50, WEEK),
            Self::PerExactNames => (5, WEEK),
            Self::FailedValidations => (5, HOUR),
            Self::CustomHostnames => (15, 60),
            Self::CloudflareRequests => (1_200, 300),
            // 10 a second come back; the burst is apart from that.
            Self::Route53Requests => (50, 5),
        }
    }

    /// The stretch of time in any of which there may be no more than so many; none for what is published as a bucket.
    #[must_use]
    pub const fn window(self) -> Option<Duration> {
        match self {
            Self::CustomHostnames | Self::CloudflareRequests => Some(Duration::from_secs(self.published().1)),
            Self::NewOrders
            | Self::PerRegisteredDomain
            | Self::PerExactNames
            | Self::FailedValidations
            | Self::Route53Requests => None,
        }
    }

    /// In words: `300 in 3 h`.
    #[must_use]
    pub fn said(self, burst: u64) -> String {
        match self {
            Self::NewOrders => format!("{burst} in 3 h for one account"),
            Self::PerRegisteredDomain => format!("{burst} in 7 days for one registered domain"),
            Self::PerExactNames => format!("{burst} in 7 days for the same names"),
            Self::FailedValidations => format!("{burst} in 1 h for one name"),
            Self::CustomHostnames => format!("{burst} in 1 min"),
            Self::CloudflareRequests => format!("{burst} in 5 min for one user"),
            Self::Route53Requests => format!("10 in 1 s for one account, {burst} at once"),
        }
    }
}

impl Limit {
    /// So many in the time that holds for its kind.
    #[must_use]
    pub fn of(kind: LimitKind, most: u64) -> Self {
        let (_, seconds) = kind.published();
        let most = most.max(1);
        let burst = if kind.window().is_some() { (most / 2).max(1) } else { most };
        // What comes back in the time: of a window that which is not there at its start, and of one alone itself.
        let back = if kind.window().is_some() { (most - burst).max(1) } else { burst };
        // Rounded up: a millisecond too late is allowed, one too early is not.
        Self { kind, most, burst, refill: Duration::from_millis((seconds * 1_000).div_ceil(back)) }
    }
}

/// The limits that hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// The limit of a kind.
    #[must_use]
    pub fn get(&self, kind: LimitKind) -> Limit {
        self.0.iter().find(|limit| limit.kind == kind).copied().unwrap_or_else(|| Limit::of(kind, kind.published().0))
    }

    /// The same with another limit: so many in the kind's own time.
    #[must_use]
    pub fn with(mut self, kind: LimitKind, burst: u64) -> Self {
        self.0.retain(|limit| limit.kind != kind);
        self.0.push(Limit::of(kind, burst));
        self
    }
}

impl Default for Limits {
    /// What is published for whoever has asked for nothing.
    fn default() -> Self {
        Self(LimitKind::ALL.into_iter().map(|kind| Limit::of(kind, kind.published().0)).collect())
    }
}

//! Trouble that lasts: every call to a provider goes wrong for a while.

use caravan_providers::target::ApiBudget;

/// Every call that draws on one API's limits goes wrong in the same way for a while.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trouble {
    /// The API: that of an account and region, or of a cluster.
    pub api: ApiBudget,
    /// What goes wrong.
    pub outage: Outage,
    /// The moment in milliseconds at which it begins.
    pub from: u64,
    /// The moment from which on calls are answered again.
    pub until: u64,
}

/// How a provider fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outage {
    /// No connection comes about: nothing is sent.
    Unreachable,
    /// Its limits refuse every call.
    Throttled,
    /// A write before has not reached everywhere, it says, and takes no other one; reads are answered.
    Busy,
    /// Calls are sent and never answered; they have no effect. Each takes until the caller gives up.
    Silent,
    /// Calls have their effect and are never answered. Each takes until the caller gives up.
    Deaf,
}

impl Trouble {
    /// Whether it lasts at a moment.
    #[must_use]
    pub const fn lasts(&self, at: u64) -> bool {
        self.from <= at && at < self.until
    }
}

//! What an order takes of the limits of its authority: those of Let's Encrypt, with what was raised for the company.

use super::MovingWorld;
use caravan_cutover::OrderLimit;
use caravan_cutover_domains::{Answer, MovePlan};
use caravan_plans::budget::{LimitKind, Limits, registered_domain};
use caravan_providers::CallError;

impl MovingWorld {
    /// Takes one order from each limit, or says until when some limit has none.
    pub(super) async fn reserve(&self, plan: &MovePlan) -> Result<Answer, CallError> {
        let account = self.account().await?.url().to_owned();
        let journal = self.journal.as_ref().ok_or_else(|| CallError::NotSent("there is no journal".to_owned()))?;
        let taken = journal.reserve_order(order_limits(plan, &account, &self.limits), crate::journal_db::now()).await;
        let taken = taken.map_err(|error| CallError::NotSent(error.to_string()))?;
        Ok(Answer::Reserved { until: taken.err() })
    }
}

/// What an order for the names of a plan draws from. That an account is asked for more than its limit by somebody else is not known
/// here: the authority says so, and is asked again later.
fn order_limits(plan: &MovePlan, account: &str, limits: &Limits) -> Vec<OrderLimit> {
    let of = |kind: LimitKind, owner: &str| {
        let limit = limits.get(kind);
        OrderLimit {
            limit: kind.as_str().to_owned(),
            owner: owner.to_owned(),
            authority: plan.authority.directory.clone(),
            burst: limit.burst,
            refill: u64::try_from(limit.refill.as_millis()).unwrap_or(u64::MAX),
        }
    };
    let mut domains: Vec<&str> = plan.names.iter().map(|name| registered_domain(name)).collect();
    domains.sort_unstable();
    domains.dedup();
    let mut names: Vec<&str> = plan.names.iter().map(String::as_str).collect();
    names.sort_unstable();
    let mut drawn = vec![of(LimitKind::NewOrders, account), of(LimitKind::PerExactNames, &names.join(","))];
    drawn.extend(domains.into_iter().map(|domain| of(LimitKind::PerRegisteredDomain, domain)));
    drawn
}

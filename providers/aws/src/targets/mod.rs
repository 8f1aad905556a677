//! What a cutover changes in AWS: record sets and load balancer rules.
//!
//! In: [`Call`]s. Out: [`Reply`]s. A plain executor: it never makes a write twice, and says [`CallError::InDoubt`]
//! whenever nobody can tell whether one took effect. Nothing is sent to an account before it has proven whose credentials
//! these are (D3).

mod answer;
mod batch;
mod controllers;
mod error;
mod listener_rule;
mod proven;
mod record_sets;
#[cfg(test)]
mod tests;

use crate::account::AwsAccount;
use aws_credential_types::Credentials;
use caravan_inventory::{AccountId, Region};
use caravan_providers::target::{ListenerRuleTarget, RecordSetsTarget, Target};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use proven::{Configured, Visit};
use std::collections::BTreeMap;

/// Makes the calls of cutovers in AWS accounts.
#[derive(Debug)]
pub struct AwsTargets {
    accounts: BTreeMap<AccountId, Configured>,
}

impl AwsTargets {
    /// Makes calls in these accounts. Nothing is opened or sent before the first.
    #[must_use]
    pub fn new(accounts: Vec<AwsAccount>) -> Self {
        Self { accounts: accounts.into_iter().map(|account| (account.id.clone(), Configured::new(account))).collect() }
    }

    /// Signs with these keys in every account, past profiles and the SDK's usual chain.
    #[must_use]
    pub fn signing_with(mut self, credentials: Credentials) -> Self {
        self.accounts.values_mut().for_each(|account| account.sign_with(credentials.clone()));
        self
    }

    /// Proves that the credentials for an account are this account's, as every call does before it. What is proven stays
    /// so until AWS no longer takes the credentials.
    ///
    /// # Errors
    /// [`CallError::Denied`] when they are another account's, can't be loaded, are not taken, or the account is not
    /// configured; [`CallError::NotSent`] or [`CallError::Throttled`] when nobody could tell.
    pub async fn prove(&self, account: &AccountId) -> Result<(), CallError> {
        self.configured(account)?.prove().await
    }

    /// The name servers of a target's zone, by their host names; empty for a private zone, which has none that could be asked.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn name_servers(&self, target: &RecordSetsTarget) -> Result<Vec<String>, CallError> {
        let visit = self.zone(target).await?;
        visit.ends(record_sets::name_servers(&visit.session.route53, &target.zone).await).await
    }

    async fn zone(&self, target: &RecordSetsTarget) -> Result<Visit<'_>, CallError> {
        self.configured(&target.account)?.visit(&Region::global()).await
    }

    async fn balancer(&self, target: &ListenerRuleTarget) -> Result<Visit<'_>, CallError> {
        self.configured(&target.account)?.visit(&target.region).await
    }

    async fn status(&self, write: &Write, ticket: &str) -> Result<Reply, CallError> {
        match &write.target {
            Target::Records(target) => {
                let visit = self.zone(target).await?;
                visit.ends(record_sets::status(&visit.session.route53, ticket).await).await
            }
            Target::ListenerRule(target) => {
                let visit = self.balancer(target).await?;
                visit.ends(listener_rule::status(&visit.session.balancing, target, write).await).await
            }
            other @ (Target::Route(_) | Target::SimulatedOwner(_)) => {
                Err(CallError::NotSent(format!("{other} is not in AWS")))
            }
        }
    }

    /// Asks one question.
    async fn ask(&self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::Observe(Target::Records(target)) => {
                let visit = self.zone(target).await?;
                visit.ends(record_sets::observe(&visit.session.route53, target).await).await
            }
            Call::Observe(Target::ListenerRule(target)) => {
                let visit = self.balancer(target).await?;
                visit.ends(listener_rule::observe(&visit.session.balancing, target).await).await
            }
            Call::Controllers(Target::Records(target)) => {
                let visit = self.zone(target).await?;
                visit.ends(controllers::of_records(&visit.session.route53, target).await).await
            }
            Call::Controllers(Target::ListenerRule(target)) => {
                let visit = self.balancer(target).await?;
                visit.ends(controllers::of_rule(&visit.session.balancing, &target.arn).await).await
            }
            Call::Status { write, ticket } => self.status(write, ticket).await,
            other => Err(CallError::NotSent(format!("not a question to AWS: {other:?}"))),
        }
    }

    fn configured(&self, account: &AccountId) -> Result<&Configured, CallError> {
        let unknown = || CallError::Denied(format!("account {account} is not in caravan.yaml: add it to `accounts`"));
        self.accounts.get(account).ok_or_else(unknown)
    }
}

impl Observer for AwsTargets {
    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::All(calls) => self.observe_all(calls).await,
            one => self.ask(one).await,
        }
    }
}

impl Executor for AwsTargets {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        match &write.target {
            Target::Records(target) => {
                let visit = self.zone(target).await?;
                visit.ends(record_sets::write(&visit.session.route53, &target.zone, &[(target, write)]).await).await
            }
            Target::ListenerRule(target) => {
                let visit = self.balancer(target).await?;
                visit.ends(listener_rule::write(&visit.session.balancing, target, write).await).await
            }
            other @ (Target::Route(_) | Target::SimulatedOwner(_)) => {
                Err(CallError::NotSent(format!("{other} is not in AWS")))
            }
        }
    }

    async fn write_all(&self, writes: &[Write]) -> Result<Reply, CallError> {
        self.write_together(writes).await
    }
}

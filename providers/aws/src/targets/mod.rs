//! What a cutover changes in AWS: record sets and load balancer rules, rules of EventBridge and ECS services.
//!
//! In: [`Call`]s. Out: [`Reply`]s. A plain executor: it never makes a write twice, and says [`CallError::InDoubt`]
//! whenever nobody can tell whether one took effect. Nothing is sent to an account before it has proven whose credentials
//! these are (D3).

mod answer;
mod batch;
mod controllers;
mod ecs_service;
mod error;
mod event_rule;
mod listener_rule;
mod proven;
mod record_sets;
mod rule_frames;
#[cfg(test)]
mod tests;

use crate::account::AwsAccount;
use aws_credential_types::Credentials;
use caravan_inventory::{AccountId, Region};
use caravan_providers::target::{
    ListenerRuleTarget, RecordSetsTarget, RuleFrame, StateOfTarget, Target, TargetGroup, TargetLocation,
};
use caravan_providers::{Beside, Call, CallError, Executor, Observer, Reply, Write};
use proven::{Configured, Visit};
use rule_frames::SealedRules;
use std::collections::BTreeMap;

/// Makes the calls of cutovers in AWS accounts.
#[derive(Debug)]
pub struct AwsTargets {
    accounts: BTreeMap<AccountId, Configured>,
    /// The rules that plans were made for.
    sealed: SealedRules,
}

impl AwsTargets {
    /// Makes calls in these accounts. Nothing is opened or sent before the first.
    #[must_use]
    pub fn new(accounts: Vec<AwsAccount>) -> Self {
        let configured = accounts.into_iter().map(|account| (account.id.clone(), Configured::new(account)));
        Self { accounts: configured.collect(), sealed: SealedRules::default() }
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

    /// What the load balancer says of each target of a group.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn target_states(&self, group: &TargetGroup) -> Result<Vec<StateOfTarget>, CallError> {
        let visit = self.configured(&group.account)?.visit(&group.region).await?;
        visit.ends(listener_rule::target_states(&visit.session.balancing, &group.arn).await).await
    }

    async fn zone(&self, target: &RecordSetsTarget) -> Result<Visit<'_>, CallError> {
        self.configured(&target.account)?.visit(&Region::global()).await
    }

    async fn balancer(&self, target: &ListenerRuleTarget) -> Result<Visit<'_>, CallError> {
        self.configured(&target.account)?.visit(&target.region).await
    }

    /// The region of an account that a target lives in.
    async fn place(&self, target: &Target) -> Result<Visit<'_>, CallError> {
        match target.kind().location() {
            TargetLocation::Account(scope) => self.configured(&scope.account)?.visit(&scope.region).await,
            TargetLocation::Cluster(_) | TargetLocation::Simulation => Err(elsewhere(target)),
        }
    }

    /// Asks one question about an owner of work.
    async fn ask_owner(&self, call: &Call, target: &Target) -> Result<Reply, CallError> {
        let visit = self.place(target).await?;
        let session = &visit.session;
        let reply = match (call, target) {
            (Call::Observe(_), Target::EventRule(rule)) => event_rule::observe(session, rule).await,
            (Call::Controllers(_), Target::EventRule(rule)) => event_rule::controllers(session, rule).await,
            (Call::Activity(_), Target::EventRule(rule)) => event_rule::activity(session, rule).await,
            (Call::Observe(_), Target::EcsService(service)) => ecs_service::observe(session, service).await,
            (Call::Controllers(_), Target::EcsService(service)) => ecs_service::controllers(session, service).await,
            (Call::Activity(_), Target::EcsService(service)) => ecs_service::activity(session, service).await,
            (other, _) => Err(CallError::NotSent(format!("not a question to {target}: {other:?}"))),
        };
        visit.ends(reply).await
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
            // What the API has taken stands there; whether it is followed is asked of the owner itself.
            Target::EventRule(_) | Target::EcsService(_) => Ok(Reply::Settled),
            other @ (Target::Route(_) | Target::ClusterWork(_) | Target::SimulatedOwner(_)) => Err(elsewhere(other)),
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
            Call::Observe(target) | Call::Controllers(target) | Call::Activity(target)
                if matches!(target, Target::EventRule(_) | Target::EcsService(_)) =>
            {
                self.ask_owner(call, target).await
            }
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

    async fn rule_frame(&self, target: &ListenerRuleTarget) -> Result<Option<RuleFrame>, CallError> {
        self.frame(target).await.map(Some)
    }

    async fn beside(&self, target: &Target) -> Result<Beside, CallError> {
        match target {
            Target::ListenerRule(rule) => Ok(Beside { otherwise: self.otherwise(rule).await?, ..Beside::default() }),
            _ => Ok(Beside::default()),
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
                self.is_meant(target, write).await.map_err(CallError::before_write)?;
                let visit = self.balancer(target).await?;
                visit.ends(listener_rule::write(&visit.session.balancing, target, write).await).await
            }
            Target::EventRule(target) => {
                let visit = self.place(&write.target).await?;
                visit.ends(event_rule::write(&visit.session, target, write).await).await
            }
            Target::EcsService(target) => {
                let visit = self.place(&write.target).await?;
                visit.ends(ecs_service::write(&visit.session, target, write).await).await
            }
            other @ (Target::Route(_) | Target::ClusterWork(_) | Target::SimulatedOwner(_)) => Err(elsewhere(other)),
        }
    }

    async fn write_all(&self, writes: &[Write]) -> Result<Reply, CallError> {
        self.write_together(writes).await
    }
}

/// What it means that a target lives elsewhere.
fn elsewhere(target: &Target) -> CallError {
    CallError::NotSent(format!("{target} is not in AWS"))
}

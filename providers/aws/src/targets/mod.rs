//! What a cutover changes in AWS: record sets and load balancer rules.
//!
//! In: [`Call`]s. Out: [`Reply`]s. A plain executor: it never makes a write twice, and says [`CallError::InDoubt`]
//! whenever nobody can tell whether one took effect.

mod error;
mod owners;
mod records;
mod rule;

use crate::account::{AwsAccount, Patience};
use crate::session::{Entry, Session, http_client};
use aws_credential_types::Credentials;
use caravan_inventory::target::Target;
use caravan_inventory::{AccountId, Region};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// One attempt, no second one by the client: only the engine repeats, after it has looked.
const ONCE: Patience = Patience {
    attempts: 1,
    first_pause: Duration::ZERO,
    longest_pause: Duration::ZERO,
    attempt_timeout: Duration::from_secs(10),
};

/// Makes the calls of cutovers in AWS accounts.
#[derive(Debug)]
pub struct AwsTargets {
    accounts: BTreeMap<AccountId, (AwsAccount, OnceCell<Entry>)>,
    credentials: Option<Credentials>,
    sessions: Mutex<BTreeMap<(AccountId, Region), Arc<Session>>>,
}

impl AwsTargets {
    /// Makes calls in these accounts. Nothing is opened or sent before the first.
    #[must_use]
    pub fn new(accounts: Vec<AwsAccount>) -> Self {
        let accounts = accounts.into_iter().map(|account| (account.id.clone(), (account, OnceCell::new()))).collect();
        Self { accounts, credentials: None, sessions: Mutex::default() }
    }

    /// Signs with these keys in every account, past profiles and the SDK's usual chain.
    #[must_use]
    pub fn signing_with(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    async fn session(&self, account: &AccountId, region: &Region) -> Result<Arc<Session>, CallError> {
        let mut sessions = self.sessions.lock().await;
        let key = (account.clone(), region.clone());
        if let Some(session) = sessions.get(&key) {
            return Ok(Arc::clone(session));
        }
        let (configured, entry) = self
            .accounts
            .get(account)
            .ok_or_else(|| CallError::NotSent(format!("account {account} is not in caravan.yaml")))?;
        let entry = entry.get_or_init(|| Entry::load(configured, ONCE, self.credentials.as_ref())).await;
        let http = http_client(ONCE).map_err(|error| CallError::NotSent(error.to_string()))?;
        let session = Arc::new(entry.session(configured, region, http, ONCE));
        sessions.insert(key, Arc::clone(&session));
        Ok(session)
    }
}

impl Observer for AwsTargets {
    async fn look(&self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::Observe(Target::Records { account, zone, name, types }) => {
                let session = self.session(account, &Region::new("global")).await?;
                records::observe(&session.route53, zone, name, types).await
            }
            Call::Observe(Target::ListenerRule { account, region, arn }) => {
                let session = self.session(account, region).await?;
                rule::observe(&session.balancing, arn).await
            }
            Call::Owners(Target::Records { account, zone, name, types }) => {
                let session = self.session(account, &Region::new("global")).await?;
                owners::of_records(&session.route53, zone, name, types).await
            }
            Call::Owners(Target::ListenerRule { account, region, arn }) => {
                let session = self.session(account, region).await?;
                owners::of_rule(&session.balancing, arn).await
            }
            Call::Status { target: Target::Records { account, .. }, ticket } => {
                let session = self.session(account, &Region::new("global")).await?;
                records::status(&session.route53, ticket).await
            }
            other => Err(CallError::NotSent(format!("not a question to AWS: {other:?}"))),
        }
    }
}

impl Executor for AwsTargets {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        match &write.target {
            Target::Records { account, zone, .. } => {
                let session = self.session(account, &Region::new("global")).await?;
                records::write(&session.route53, zone, write).await
            }
            Target::ListenerRule { account, region, arn } => {
                let session = self.session(account, region).await?;
                rule::write(&session.balancing, arn, write).await
            }
            Target::Route { .. } => Err(CallError::NotSent("a route is not in AWS".to_owned())),
        }
    }
}

//! The reader: one read from its budget to its page.

use crate::account::{AwsAccount, RetryPolicy};
use crate::budget::Budgets;
use crate::calls;
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::identity;
use crate::page::page;
use crate::session::{Entry, RegionClients, http_client};
use crate::stats::{Stats, StatsSnapshot};
use caravan_inventory::{AccountId, Provider, ProviderAccount, Region, Scope};
use caravan_providers::{IdentityError, Page, Prover, Read, ReadError, Reader};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Mutex, OnceCell};

/// Reads AWS accounts. Clones share clients, credentials, budgets and counters.
#[derive(Clone, Debug)]
pub struct AwsReader(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    accounts: BTreeMap<AccountId, AwsAccount>,
    entries: BTreeMap<AccountId, OnceCell<Entry>>,
    sessions: Mutex<BTreeMap<(AccountId, Region), Arc<RegionClients>>>,
    http: OnceCell<reqwest::Client>,
    retry_policy: RetryPolicy,
    budgets: Budgets,
    stats: Stats,
}

impl AwsReader {
    /// A reader of these accounts. Nothing is opened or sent before the first read.
    ///
    /// All readers of a process should be given clones of one [`Budgets`].
    #[must_use]
    pub fn new(accounts: Vec<AwsAccount>, retry_policy: RetryPolicy, budgets: Budgets) -> Self {
        let entries = accounts.iter().map(|account| (account.id.clone(), OnceCell::new())).collect();
        Self(Arc::new(Inner {
            accounts: accounts.into_iter().map(|account| (account.id.clone(), account)).collect(),
            entries,
            sessions: Mutex::default(),
            http: OnceCell::new(),
            retry_policy,
            budgets,
            stats: Stats::default(),
        }))
    }

    /// Whether there is a call of that name: `ecs:ListServices`.
    #[must_use]
    pub fn knows(api: &str) -> bool {
        calls::knows(api)
    }

    /// What the reads cost so far.
    #[must_use]
    pub fn stats(&self) -> StatsSnapshot {
        self.0.stats.snapshot()
    }

    /// Makes the read with the credentials that are held.
    async fn read_once(&self, session: &RegionClients, read: &Read) -> Result<Page, FailedCall> {
        session.credentials().await?;
        let budget = self.0.budgets.of(read);
        budget.take().await;
        let capture = Capture::new(self.0.stats.clone(), budget);
        let body = calls::answer(session, read, &capture).await?;
        page(read, &body)
    }

    async fn session(&self, scope: &Scope) -> Result<Arc<RegionClients>, FailedCall> {
        let Scope { provider, account, region } = scope;
        let unknown = || FailedCall::refused(format!("{} is not configured", scope.provider_account()));
        if *provider != Provider::Aws {
            return Err(unknown());
        }
        let configured = self.0.accounts.get(account).ok_or_else(unknown)?;
        let cell = self.0.entries.get(account).ok_or_else(unknown)?;
        let entry = cell.get_or_init(|| Entry::load(configured, self.0.retry_policy, None)).await;
        let http = self.0.http.get_or_try_init(async || http_client(self.0.retry_policy)).await;
        let http = http.map_err(|error| FailedCall::refused(format!("TLS can't be set up: {error}")))?;
        let mut sessions = self.0.sessions.lock().await;
        let session = sessions
            .entry((account.clone(), region.clone()))
            .or_insert_with(|| Arc::new(entry.session(configured, region, http.clone(), self.0.retry_policy)));
        Ok(session.clone())
    }
}

impl Reader for AwsReader {
    async fn read(&self, read: &Read) -> Result<Page, ReadError> {
        let fail = |failed: FailedCall| failed.into_error(read);
        let session = self.session(&read.scope).await.map_err(fail)?;
        match self.read_once(&session, read).await {
            Err(failed) if failed.is_ended_credentials() => {
                session.forget_credentials().await;
                self.read_once(&session, read).await.map_err(fail)
            }
            result => result.map_err(fail),
        }
    }
}

impl Prover for AwsReader {
    async fn prove(&self, account: &ProviderAccount) -> Result<(), IdentityError> {
        let read = Read {
            scope: Scope::global(account.provider, account.account.clone()),
            api: "sts:GetCallerIdentity".to_owned(),
            input: Value::Null,
            token: None,
        };
        let fail = |failed: FailedCall| IdentityError::Unproven(failed.into_error(&read));
        let session = self.session(&read.scope).await.map_err(fail)?;
        let capture = Capture::new(self.0.stats.clone(), self.0.budgets.of(&read));
        let found = AccountId::new(identity::account_of(&session, &capture).await.map_err(fail)?);
        if found == account.account {
            return Ok(());
        }
        Err(IdentityError::OtherAccount { configured: account.account.clone(), found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_providers::ReadErrorKind;
    use serde_json::json;

    fn read(api: &str, token: Option<&str>) -> Read {
        Read {
            scope: Scope::new(Provider::Aws, AccountId::new("123456789012"), Region::new("eu-central-1")),
            api: api.to_owned(),
            input: json!({}),
            token: token.map(str::to_owned),
        }
    }

    #[tokio::test]
    async fn an_account_that_is_not_configured_is_refused() {
        let reader = AwsReader::new(Vec::new(), RetryPolicy::default(), Budgets::default());
        let error = reader.read(&read("ecs:ListClusters", None)).await.unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Rejected);
        assert!(error.to_string().contains("account 123456789012"), "{error}");
    }
}

//! One account, opened only when its credentials have proven to be its own (D3).

use super::error;
use crate::account::{AwsAccount, RetryPolicy};
use crate::budget::Budgets;
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::identity;
use crate::in_turn::{Place, first_answer};
use crate::session::{Entry, GLOBAL, RegionClients, http_client};
use crate::stats::Stats;
use aws_credential_types::Credentials;
use caravan_inventory::{AccountId, Provider, Region, Scope};
use caravan_providers::{CallError, IdentityError, Read};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// One attempt, no second one by the client: only the engine repeats, after it has observed the target.
const ONCE: RetryPolicy = RetryPolicy {
    attempts: 1,
    first_pause: Duration::ZERO,
    longest_pause: Duration::ZERO,
    attempt_timeout: Duration::from_secs(10),
};

/// Credentials, and the proof whose they are, take no longer, whatever a credentials program waits for.
const LIMIT: Duration = Duration::from_secs(30);

/// An account as it was configured, and what was proven of it.
#[derive(Debug)]
pub(super) struct Configured {
    account: AwsAccount,
    given: Option<Credentials>,
    /// How often a proof has failed.
    failures: AtomicU64,
    held: Mutex<Held>,
}

/// What is known about the credentials.
#[derive(Debug, Default)]
struct Held {
    proven: Option<Arc<Proven>>,
    /// Why the last proof failed.
    failure: Option<CallError>,
}

/// The account, opened with credentials that are its own.
#[derive(Debug)]
struct Proven {
    entry: Entry,
    http: reqwest::Client,
    sessions: Mutex<BTreeMap<Region, Arc<RegionClients>>>,
}

/// One call's use of an account.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    /// What the call is made with.
    pub(super) session: Arc<RegionClients>,
    configured: &'a Configured,
    proven: Arc<Proven>,
}

impl Configured {
    pub(super) fn new(account: AwsAccount) -> Self {
        Self { account, given: None, failures: AtomicU64::new(0), held: Mutex::default() }
    }

    /// Signs with these keys, past profiles and the SDK's usual chain.
    pub(super) fn sign_with(&mut self, credentials: Credentials) {
        self.given = Some(credentials);
    }

    /// Proves whose the credentials are, unless that is proven.
    pub(super) async fn prove(&self) -> Result<(), CallError> {
        self.proven().await.map(drop)
    }

    /// Opens a region of the account for one call, with credentials that are its own.
    pub(super) async fn visit(&self, region: &Region) -> Result<Visit<'_>, CallError> {
        let proven = self.proven().await?;
        let session = proven.session(&self.account, region).await;
        let visit = Visit { session, configured: self, proven };
        let loaded = within_limit(visit.session.credentials()).await.map(drop);
        visit.ends(loaded.map_err(|fault| error::of_unsent(fault, &visit.configured.question()))).await?;
        Ok(visit)
    }

    /// The proven account. Of many calls that come while one asks, all take its answer: a thousand runs ask once. A failed
    /// proof is not kept: the next call loads the credentials anew and asks again.
    async fn proven(&self) -> Result<Arc<Proven>, CallError> {
        let before = self.failures.load(Ordering::Acquire);
        let mut held = self.held.lock().await;
        if let Some(proven) = &held.proven {
            return Ok(Arc::clone(proven));
        }
        match &held.failure {
            Some(failure) if self.failures.load(Ordering::Acquire) != before => return Err(failure.clone()),
            _ => {}
        }
        match self.open().await {
            Ok(proven) => {
                let proven = Arc::new(proven);
                *held = Held { proven: Some(Arc::clone(&proven)), failure: None };
                Ok(proven)
            }
            Err(failure) => {
                held.failure = Some(failure.clone());
                self.failures.fetch_add(1, Ordering::Release);
                Err(failure)
            }
        }
    }

    /// Loads the credentials and asks AWS whose they are.
    async fn open(&self) -> Result<Proven, CallError> {
        let http = http_client(ONCE).map_err(|error| CallError::NotSent(error.to_string()))?;
        let entry = Entry::load(&self.account, ONCE, self.given.as_ref()).await;
        let proven = Proven { entry, http, sessions: Mutex::default() };
        let mut places = self.account.sts_regions();
        if places.is_empty() {
            places.push(Region::new(GLOBAL));
        }
        let mut sessions = Vec::new();
        for region in &places {
            sessions.push(proven.session(&self.account, region).await);
        }
        let question = self.question();
        let capture = Capture::new(Stats::default(), Budgets::default().of(&question));
        let mut asks: Vec<Place<'_, String, FailedCall>> = Vec::new();
        for session in &sessions {
            asks.push(Box::pin(identity::account_of(session, &capture)));
        }
        let first = asks.remove(0);
        let found = within_limit(first_answer(first, asks, |fault| fault.is_worth_another_attempt(&question))).await;
        let found = AccountId::new(found.map_err(|fault| error::of_unsent(fault, &question))?);
        if found == self.account.id {
            return Ok(proven);
        }
        let configured = self.account.id.clone();
        Err(CallError::Denied(IdentityError::OtherAccount { configured, found }.to_string()))
    }

    fn question(&self) -> Read {
        Read {
            scope: Scope::global(Provider::Aws, self.account.id.clone()),
            api: "sts:GetCallerIdentity".to_owned(),
            input: serde_json::Value::Null,
            token: None,
        }
    }
}

impl Proven {
    async fn session(&self, account: &AwsAccount, region: &Region) -> Arc<RegionClients> {
        let mut sessions = self.sessions.lock().await;
        let open = || Arc::new(self.entry.session(account, region, self.http.clone(), ONCE));
        Arc::clone(sessions.entry(region.clone()).or_insert_with(open))
    }
}

impl Visit<'_> {
    /// Passes the reply on. After a refusal nothing of the credentials is kept: they may have ended, and whatever takes
    /// their place has to prove itself.
    pub(super) async fn ends<T>(&self, reply: Result<T, CallError>) -> Result<T, CallError> {
        if let Err(CallError::Denied(_)) = &reply {
            let mut held = self.configured.held.lock().await;
            if held.proven.as_ref().is_some_and(|proven| Arc::ptr_eq(proven, &self.proven)) {
                held.proven = None;
            }
        }
        reply
    }
}

async fn within_limit<T>(work: impl Future<Output = Result<T, FailedCall>>) -> Result<T, FailedCall> {
    let late = || FailedCall::unanswered(format!("no credentials within {} s", LIMIT.as_secs()));
    tokio::time::timeout(LIMIT, work).await.unwrap_or_else(|_| Err(late()))
}

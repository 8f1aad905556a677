//! The reader: one client, a budget for each account, attempts.

use crate::account::{AttemptPolicy, CloudflareAccount};
use crate::answer::{Failed, page};
use crate::calls::{knows, request_of};
use caravan_inventory::{AccountId, Provider, ProviderAccount, Scope};
use caravan_providers::{IdentityError, Page, Prover, Read, ReadError, ReadErrorKind, Reader};
use cloudflare::framework::auth::Credentials;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use reqwest::Url;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// Cloudflare's own root of the API.
const ROOT: &str = "https://api.cloudflare.com/client/v4";

/// Reads the accounts that it was made with. Clones share client and budgets.
#[derive(Clone, Debug)]
pub struct CloudflareReader(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    accounts: HashMap<AccountId, Account>,
    policy: AttemptPolicy,
    /// None when TLS can't be set up.
    http: Option<reqwest::Client>,
}

#[derive(Debug)]
struct Account {
    configured: CloudflareAccount,
    budget: DefaultDirectRateLimiter,
}

impl CloudflareReader {
    /// A reader of these accounts. Nothing is sent yet.
    #[must_use]
    pub fn new(accounts: Vec<CloudflareAccount>, policy: AttemptPolicy) -> Self {
        let account = |configured: CloudflareAccount| {
            (configured.id.clone(), Account { configured, budget: RateLimiter::direct(quota()) })
        };
        let accounts = accounts.into_iter().map(account).collect();
        Self(Arc::new(Inner { accounts, policy, http: http_client(policy).ok() }))
    }

    /// Whether it knows a call.
    #[must_use]
    pub fn knows(api: &str) -> bool {
        knows(api)
    }

    async fn answer(&self, read: &Read) -> Result<Page, Failed> {
        let rejected = |text: String| Failed::new(ReadErrorKind::Rejected, text);
        let unknown = || rejected(format!("{} is not configured", read.scope.provider_account()));
        let known = read.scope.provider == Provider::Cloudflare;
        let account = self.0.accounts.get(&read.scope.account).filter(|_| known).ok_or_else(unknown)?;
        let token = account.configured.token.as_ref();
        let token = token.map_err(|why| Failed::new(ReadErrorKind::Credentials, why.clone()))?;
        let request = request_of(read).ok_or_else(|| rejected(format!("no reader knows {} of this", read.api)))?;
        let root = account.configured.endpoint_url.as_deref().unwrap_or(ROOT).trim_end_matches('/');
        let mut url = Url::parse(&format!("{root}/{}", request.path))
            .map_err(|_| rejected("the endpoint is not a URL".to_owned()))?;
        url.set_query(request.query.as_deref());
        let headers = Credentials::UserAuthToken { token: token.reveal().to_owned() }.headers();
        let mut attempt = 1;
        loop {
            account.budget.until_ready().await;
            let failed = match self.attempt(&url, &headers).await {
                Ok(page) => return Ok(page),
                Err(failed) => failed,
            };
            if attempt >= self.0.policy.attempts || !failed.is_worth_another_attempt() {
                return Err(failed);
            }
            tokio::time::sleep(self.0.policy.pause_after(attempt, failed.wait)).await;
            attempt += 1;
        }
    }

    async fn attempt(&self, url: &Url, headers: &[(&'static str, String)]) -> Result<Page, Failed> {
        let unusable = |text: &str| Failed::new(ReadErrorKind::Unusable, text);
        let http = self.0.http.as_ref().ok_or_else(|| unusable("TLS can't be set up"))?;
        let mut request = http.get(url.clone());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.map_err(|error| unusable(unanswered(&error)))?;
        let status = answer.status().as_u16();
        let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let body = answer.bytes().await.map_err(|error| unusable(unanswered(&error)))?;
        page(status, &body).map_err(|failed| Failed { wait: wait.map(Duration::from_secs), ..failed })
    }
}

impl Reader for CloudflareReader {
    async fn read(&self, read: &Read) -> Result<Page, ReadError> {
        self.answer(read).await.map_err(|failed| failed.into_error(read))
    }
}

impl Prover for CloudflareReader {
    /// A token belongs to the accounts that it can see.
    async fn prove(&self, account: &ProviderAccount) -> Result<(), IdentityError> {
        let mut read = Read {
            scope: Scope::global(account.provider, account.account.clone()),
            api: "cloudflare:ListAccounts".to_owned(),
            input: json!({}),
            token: None,
        };
        let mut seen = None;
        loop {
            let page = self.read(&read).await.map_err(IdentityError::Unproven)?;
            let accounts = page.body.get("result").and_then(Value::as_array).into_iter().flatten();
            for id in accounts.filter_map(|account| account.get("id")?.as_str()) {
                if id == account.account.as_str() {
                    return Ok(());
                }
                seen.get_or_insert_with(|| AccountId::new(id));
            }
            match page.next {
                Some(next) => read.token = Some(next),
                None => break,
            }
        }
        Err(match seen {
            Some(found) => IdentityError::OtherAccount { configured: account.account.clone(), found },
            None => {
                let failed = Failed::new(ReadErrorKind::Credentials, "the token can see no account");
                IdentityError::Unproven(failed.into_error(&read))
            }
        })
    }
}

/// 1,200 requests in five minutes for each user (Cloudflare API reference, "Rate limits"): a hundred at once, then one
/// every 280 ms.
fn quota() -> Quota {
    const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);
    let paced = Quota::with_period(Duration::from_millis(280));
    paced.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(BURST)
}

fn http_client(policy: AttemptPolicy) -> Result<reqwest::Client, reqwest::Error> {
    // Whoever starts the process should have chosen; without any choice reqwest would end it.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Lost only against another thread that installs one at the same moment, and then there is one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    // A redirect would carry the token elsewhere.
    reqwest::Client::builder().timeout(policy.attempt_timeout).redirect(reqwest::redirect::Policy::none()).build()
}

/// What `reqwest` says, without the address.
fn unanswered(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "can't connect"
    } else {
        "the connection broke"
    }
}

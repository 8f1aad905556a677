//! The reader: one read from its budget to its page.

use crate::account::{AwsAccount, Patience};
use crate::budget::Budgets;
use crate::calls;
use crate::capture::Capture;
use crate::fault::Fault;
use crate::identity;
use crate::paging;
use crate::session::{Entry, GLOBAL, Session, http_client};
use crate::stats::{Stats, StatsSnapshot};
use crate::xml::xml_to_json;
use caravan_inventory::{AccountId, Region};
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
    sessions: Mutex<BTreeMap<(AccountId, Region), Arc<Session>>>,
    http: OnceCell<reqwest::Client>,
    patience: Patience,
    budgets: Budgets,
    stats: Stats,
}

impl AwsReader {
    /// A reader of these accounts. Nothing is opened or sent before the first read.
    ///
    /// All readers of a process should be given clones of one [`Budgets`].
    #[must_use]
    pub fn new(accounts: Vec<AwsAccount>, patience: Patience, budgets: Budgets) -> Self {
        let entries = accounts.iter().map(|account| (account.id.clone(), OnceCell::new())).collect();
        Self(Arc::new(Inner {
            accounts: accounts.into_iter().map(|account| (account.id.clone(), account)).collect(),
            entries,
            sessions: Mutex::default(),
            http: OnceCell::new(),
            patience,
            budgets,
            stats: Stats::default(),
        }))
    }

    /// What the reads cost so far.
    #[must_use]
    pub fn stats(&self) -> StatsSnapshot {
        self.0.stats.snapshot()
    }

    /// Makes the read with the credentials that are held.
    async fn read_once(&self, session: &Session, read: &Read) -> Result<Page, Fault> {
        session.credentials().await?;
        let budget = self.0.budgets.of(read);
        budget.take().await;
        let capture = Capture::new(self.0.stats.clone(), budget);
        let body = calls::answer(session, read, &capture).await?;
        page(read, &body)
    }

    async fn session(&self, account: &AccountId, region: &Region) -> Result<Arc<Session>, Fault> {
        let unknown = || Fault::refused(format!("account {account} is not configured"));
        let configured = self.0.accounts.get(account).ok_or_else(unknown)?;
        let cell = self.0.entries.get(account).ok_or_else(unknown)?;
        let entry = cell.get_or_init(|| Entry::load(configured, self.0.patience, None)).await;
        let http = self.0.http.get_or_try_init(async || http_client(self.0.patience)).await;
        let http = http.map_err(|error| Fault::refused(format!("TLS can't be set up: {error}")))?;
        let mut sessions = self.0.sessions.lock().await;
        let session = sessions
            .entry((account.clone(), region.clone()))
            .or_insert_with(|| Arc::new(entry.session(configured, region, http.clone(), self.0.patience)));
        Ok(session.clone())
    }
}

impl Reader for AwsReader {
    async fn read(&self, read: &Read) -> Result<Page, ReadError> {
        let fail = |fault: Fault| fault.into_error(read);
        let session = self.session(&read.account, &read.region).await.map_err(fail)?;
        match self.read_once(&session, read).await {
            Err(fault) if fault.is_ended_credentials() => {
                session.forget_credentials().await;
                self.read_once(&session, read).await.map_err(fail)
            }
            result => result.map_err(fail),
        }
    }
}

impl Prover for AwsReader {
    async fn prove(&self, account: &AccountId) -> Result<(), IdentityError> {
        let read = Read {
            account: account.clone(),
            region: Region::new(GLOBAL),
            api: "sts:GetCallerIdentity".to_owned(),
            input: Value::Null,
            token: None,
        };
        let fail = |fault: Fault| IdentityError::Unproven(fault.into_error(&read));
        let session = self.session(account, &read.region).await.map_err(fail)?;
        let capture = Capture::new(self.0.stats.clone(), self.0.budgets.of(&read));
        let found = AccountId::new(identity::account_of(&session, &capture).await.map_err(fail)?);
        if found == *account { Ok(()) } else { Err(IdentityError::OtherAccount { configured: account.clone(), found }) }
    }
}

/// Reads an answer: JSON as it is, XML by the rule.
fn page(read: &Read, body: &[u8]) -> Result<Page, Fault> {
    let unusable = |text: &str| Fault::unanswered(format!("the answer can't be read: {text}"));
    let text = std::str::from_utf8(body).map_err(|_| unusable("it is not UTF-8"))?;
    let body: Value = if text.trim_start().starts_with('<') {
        xml_to_json(text).map_err(|error| unusable(&error.to_string()))?
    } else {
        serde_json::from_str(text).map_err(|error| unusable(&error.to_string()))?
    };
    if !body.is_object() {
        return Err(unusable("it is no object"));
    }
    let next = paging::next(&read.api, &body);
    if next.is_some() && next == read.token {
        return Err(unusable("its next page is the page itself"));
    }
    Ok(Page { body, next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_providers::ReadErrorKind;
    use serde_json::json;

    fn read(api: &str, token: Option<&str>) -> Read {
        Read {
            account: AccountId::new("123456789012"),
            region: Region::new("eu-central-1"),
            api: api.to_owned(),
            input: json!({}),
            token: token.map(str::to_owned),
        }
    }

    #[test]
    fn a_page_keeps_every_field_and_names_the_next() {
        let read = read("ecs:ListClusters", None);
        let page = page(&read, br#"{"clusterArns": ["a"], "nextToken": "t", "aFieldOfTomorrow": 1}"#).unwrap();
        assert_eq!(page.next.as_deref(), Some("t"));
        assert_eq!(page.body["aFieldOfTomorrow"], json!(1));
    }

    #[test]
    fn what_is_no_answer_is_unusable() {
        let read = read("ecs:ListClusters", Some("t"));
        for body in ["<html><body>down</body>", "[]", "{\"clusterArns\":", "{\"nextToken\":\"t\"}", ""] {
            let fault = page(&read, body.as_bytes()).unwrap_err();
            assert_eq!(fault.kind(&read), ReadErrorKind::Unusable, "{body}");
        }
    }

    #[tokio::test]
    async fn an_account_that_is_not_configured_is_refused() {
        let reader = AwsReader::new(Vec::new(), Patience::default(), Budgets::default());
        let error = reader.read(&read("ecs:ListClusters", None)).await.unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Rejected);
        assert!(error.to_string().contains("account 123456789012"), "{error}");
    }
}

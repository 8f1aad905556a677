//! Signed requests of an account, one at a time, each with a number that the authority gave (RFC 8555, sections 6.3 to 6.5).

use super::failure::{Problem, refused};
use super::http::{AcmeHttp, HttpAnswer};
use super::jws::{AccountKey, AccountKeyError};
use caravan_providers::CallError;
use hyper::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

/// So often a request goes out anew whose number was refused: the authority has done nothing of it then, and gives another one.
const NUMBERS: usize = 8;

/// Where an authority takes what.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Directory {
    new_nonce: String,
    new_account: String,
    new_order: String,
}

/// An account that signs.
pub(super) struct Session {
    http: AcmeHttp,
    pub(super) key: AccountKey,
    directory: Directory,
    account: String,
    number: Mutex<Option<String>>,
}

impl Session {
    /// Opens the account of a key; with `creates` it is made where the authority does not know the key, and its terms of service are
    /// agreed to.
    ///
    /// # Errors
    /// [`CallError::Denied`] where the authority does not know the key; those of a call.
    pub(super) async fn open(
        directory: &str,
        key: AccountKey,
        creates: bool,
        http: AcmeHttp,
    ) -> Result<Self, CallError> {
        let answer = http.ask(Method::GET, directory, Vec::new()).await?;
        if answer.status != 200 {
            return Err(refused(answer.status, &answer.body).before_write());
        }
        let directory = parsed(directory, &answer).map_err(CallError::before_write)?;
        let mut session = Self { http, key, directory, account: String::new(), number: Mutex::new(None) };
        let wanted = if creates { json!({"termsOfServiceAgreed": true}) } else { json!({"onlyReturnExisting": true}) };
        let url = session.directory.new_account.clone();
        let answer = session.post(&url, Some(&wanted)).await?;
        session.account = location(&url, &answer)?;
        Ok(session)
    }

    /// Its URL.
    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// Where orders are placed.
    pub(super) fn new_order(&self) -> &str {
        &self.directory.new_order
    }

    /// Asks for what is at a URL. Nothing is in doubt afterwards.
    ///
    /// # Errors
    /// Those of a call.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, CallError> {
        let answer = self.post(url, None).await.map_err(CallError::before_write)?;
        parsed(url, &answer).map_err(CallError::before_write)
    }

    /// The text that is at a URL.
    ///
    /// # Errors
    /// Those of a call.
    pub(super) async fn get_text(&self, url: &str) -> Result<String, CallError> {
        let answer = self.post(url, None).await.map_err(CallError::before_write)?;
        String::from_utf8(answer.body.to_vec()).map_err(|_| CallError::NotSent(format!("{url} answers no text")))
    }

    /// Sends a signed request; without a payload it asks only.
    ///
    /// # Errors
    /// Those of a call.
    pub(super) async fn post(&self, url: &str, payload: Option<&Value>) -> Result<HttpAnswer, CallError> {
        let mut left = NUMBERS;
        loop {
            let number = self.number().await.map_err(CallError::before_write)?;
            let mut protected = json!({"alg": "ES256", "nonce": number, "url": url});
            if self.account.is_empty() {
                protected["jwk"] = self.key.public();
            } else {
                protected["kid"] = self.account.as_str().into();
            }
            let cannot = |error: AccountKeyError| CallError::Denied(error.to_string());
            let answer = self.http.ask(Method::POST, url, self.key.sign(&protected, payload).map_err(cannot)?).await?;
            self.keep(answer.header("replay-nonce"));
            if (200..300).contains(&answer.status) {
                return Ok(answer);
            }
            let is_number = serde_json::from_slice::<Problem>(&answer.body).is_ok_and(|one| one.short() == "badNonce");
            left -= 1;
            if !is_number || left == 0 {
                return Err(refused(answer.status, &answer.body));
            }
        }
    }

    fn keep(&self, number: Option<&str>) {
        *self.number.lock().unwrap_or_else(PoisonError::into_inner) = number.map(str::to_owned);
    }

    /// A number that was not used yet.
    async fn number(&self) -> Result<String, CallError> {
        let kept = self.number.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let url = &self.directory.new_nonce;
        let answer = self.http.ask(Method::HEAD, url, Vec::new()).await?;
        match answer.header("replay-nonce") {
            Some(number) => Ok(number.to_owned()),
            None => Err(CallError::NotSent(format!("{url} answers {} and gives no number", answer.status))),
        }
    }
}

/// Where what was made stands. Without it nobody can tell what was made.
pub(super) fn location(url: &str, answer: &HttpAnswer) -> Result<String, CallError> {
    let told = answer.header("location").map(str::to_owned);
    told.ok_or_else(|| CallError::InDoubt(format!("{url} does not say where it made what was asked for")))
}

fn parsed<T: DeserializeOwned>(url: &str, answer: &HttpAnswer) -> Result<T, CallError> {
    serde_json::from_slice(&answer.body).map_err(|error| CallError::InDoubt(format!("{url}: {error}")))
}

//! Webhooks: JSON by POST.

use crate::address::{AddressError, is_this_machine};
use caravan_cutover::notice::{Notice, SendError, Sender, Sending};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde::Serialize;
use std::time::Duration;

/// How long the other side may take for its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A webhook that takes the notice as JSON (`caravan.notice/v1`), with its id once more in the header `Idempotency-Key`.
pub struct Webhook(Endpoint);

/// An incoming webhook of Slack, which takes a text.
pub struct Slack(Endpoint);

/// Where JSON is posted to.
struct Endpoint {
    url: Url,
    client: Client,
}

/// What Slack takes.
#[derive(Serialize)]
struct Message {
    text: String,
}

impl Webhook {
    /// The webhook of a URL.
    ///
    /// # Errors
    /// [`AddressError`]: without TLS only to this machine.
    pub fn new(url: &str) -> Result<Self, AddressError> {
        Endpoint::new(url).map(Self)
    }
}

impl Slack {
    /// The incoming webhook of a URL, as Slack gives it.
    ///
    /// # Errors
    /// [`AddressError`]: without TLS only to this machine.
    pub fn new(url: &str) -> Result<Self, AddressError> {
        Endpoint::new(url).map(Self)
    }
}

impl Endpoint {
    fn new(url: &str) -> Result<Self, AddressError> {
        let malformed = AddressError::Malformed { wanted: "URL with https:// or http://" };
        let url = Url::parse(url).map_err(|_| malformed.clone())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(malformed);
        }
        let mut client = Client::builder().timeout(PATIENCE).redirect(Policy::none());
        if url.scheme() == "http" {
            // A notice and the secret in the address would be anybody's to read.
            if !is_this_machine(&url) {
                return Err(AddressError::WebhookWithoutTls);
            }
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| malformed)?;
        Ok(Self { url, client })
    }

    /// Posts a body. Only what the other side has taken, by a status of 2xx, is delivered.
    async fn post(&self, id: &str, body: &impl Serialize) -> Result<(), SendError> {
        let request = self.client.post(self.url.clone()).header("Idempotency-Key", id).json(body);
        let answer = request.send().await.map_err(|error| SendError::Unavailable(unanswered(&error).to_owned()))?;
        let status: StatusCode = answer.status();
        let said = || format!("it answered {status}");
        match status {
            status if status.is_success() => Ok(()),
            // What is in the body is not to its liking (RFC 9110, 15.5). By any other status it would take no other one either.
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => {
                Err(SendError::Rejected(said()))
            }
            _ => Err(SendError::Unavailable(said())),
        }
    }
}

impl Sender for Webhook {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(self.0.post(&notice.id, notice))
    }
}

impl Sender for Slack {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(async move {
            let text = format!("*{}*\n```\n{}\n```", escaped(&notice.title()), escaped(&notice.text()));
            self.0.post(&notice.id, &Message { text }).await
        })
    }
}

/// The three characters that mean something to Slack.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Why no answer came, without the address that the error itself would name.
fn unanswered(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it gave no answer in time"
    } else if error.is_connect() {
        "it can't be reached"
    } else {
        "its answer broke off"
    }
}

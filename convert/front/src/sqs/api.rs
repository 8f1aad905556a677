//! The calls of SQS that are made: signed, in its JSON protocol.

use super::connection::Connections;
use super::credentials::{CredentialsError, Source};
use super::message::Message;
use crate::clock::now;
use crate::config::Sqs;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use hyper::header::HOST;
use hyper::{Request, Uri};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

/// One queue.
#[derive(Debug)]
pub(super) struct Queue {
    url: String,
    region: String,
    endpoint: Uri,
    connections: Connections,
    credentials: Source,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// No credentials.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The server can't be reached, or does not answer.
    #[error("SQS at {0}: {1}")]
    Server(String, std::io::Error),
    /// The server refuses.
    #[error("SQS refuses {call}: {code}: {message}")]
    Refused {
        /// The call.
        call: &'static str,
        /// The error's code.
        code: String,
        /// Its text.
        message: String,
    },
    /// The request or the answer has no form.
    #[error("{call}: {why}")]
    Form {
        /// The call.
        call: &'static str,
        /// What is wrong.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Received {
    #[serde(default)]
    messages: Option<Vec<Message>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Many {
    #[serde(default)]
    failed: Vec<FailedEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FailedEntry {
    id: String,
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(rename = "__type", default)]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl Queue {
    /// The queue of a configuration, with the credentials of the pod.
    pub(super) fn new(sqs: &Sqs, region: &str) -> Result<Self, CallError> {
        let form = |why: String| CallError::Form { call: "the endpoint", why };
        let url: Uri = sqs.queue_url.parse().map_err(|error: hyper::http::uri::InvalidUri| form(error.to_string()))?;
        let endpoint = match &sqs.endpoint {
            Some(endpoint) => {
                endpoint.parse().map_err(|error: hyper::http::uri::InvalidUri| form(error.to_string()))?
            }
            None => url,
        };
        let connections = Connections::new(&endpoint).map_err(|error| form(error.to_string()))?;
        let credentials = Source::find()?;
        Ok(Self { url: sqs.queue_url.clone(), region: region.to_owned(), endpoint, connections, credentials })
    }

    /// Up to ten messages, hidden for `visibility` seconds; waits up to `wait` seconds for one.
    pub(super) async fn receive(&self, most: usize, wait: u32, visibility: u32) -> Result<Vec<Message>, CallError> {
        let input = json!({
            "QueueUrl": self.url,
            "MaxNumberOfMessages": most.min(10),
            "WaitTimeSeconds": wait,
            "VisibilityTimeout": visibility,
            "MessageSystemAttributeNames": ["All"],
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let limit = Duration::from_secs(u64::from(wait) + 10);
        let received: Received = self.call("ReceiveMessage", &input, limit).await?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Deletes messages by their receipts, ten at a time; gives the places of those that could not be.
    pub(super) async fn delete(&self, receipts: &[&str]) -> Result<Vec<usize>, CallError> {
        self.in_tens("DeleteMessageBatch", receipts, None).await
    }

    /// Hides messages for `seconds` from now on; gives the places of those that could not be.
    pub(super) async fn hide(&self, receipts: &[&str], seconds: u32) -> Result<Vec<usize>, CallError> {
        self.in_tens("ChangeMessageVisibilityBatch", receipts, Some(seconds)).await
    }

    async fn in_tens(
        &self,
        call: &'static str,
        receipts: &[&str],
        visibility: Option<u32>,
    ) -> Result<Vec<usize>, CallError> {
        let mut failed = Vec::new();
        for (ten, receipts) in receipts.chunks(10).enumerate() {
            let entry = |(at, receipt): (usize, &&str)| {
                let mut entry = json!({"Id": (ten * 10 + at).to_string(), "ReceiptHandle": receipt});
                if let (Some(seconds), Value::Object(entry)) = (visibility, &mut entry) {
                    entry.insert("VisibilityTimeout".to_owned(), json!(seconds));
                }
                entry
            };
            let entries: Vec<_> = receipts.iter().enumerate().map(entry).collect();
            let input = json!({"QueueUrl": self.url, "Entries": entries});
            let answer: Many = self.call(call, &input, Duration::from_secs(10)).await?;
            failed.extend(answer.failed.iter().filter_map(|entry| entry.id.parse::<usize>().ok()));
        }
        Ok(failed)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        call: &'static str,
        input: &Value,
        limit: Duration,
    ) -> Result<T, CallError> {
        let body = Bytes::from(input.to_string());
        let request = self.signed(call, body).await?;
        let response = self.connections.call(request, limit).await;
        let response = response.map_err(|error| CallError::Server(self.endpoint.to_string(), error))?;
        let form = |error: serde_json::Error| CallError::Form { call, why: error.to_string() };
        if response.status().is_success() {
            return serde_json::from_slice(response.body()).map_err(form);
        }
        let refusal: Refusal = serde_json::from_slice(response.body()).unwrap_or_default();
        let code = refusal.code.rsplit('#').next().filter(|code| !code.is_empty());
        let code = code.map_or_else(|| response.status().to_string(), str::to_owned);
        Err(CallError::Refused { call, code, message: refusal.message })
    }

    async fn signed(&self, call: &'static str, body: Bytes) -> Result<Request<Bytes>, CallError> {
        let form = |why: String| CallError::Form { call, why };
        let time = SystemTime::from(now());
        let identity = self.credentials.get(time).await?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("sqs")
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| form(error.to_string()))?
            .into();
        let host = self.endpoint.authority().map_or("", |authority| authority.as_str());
        let target = format!("AmazonSQS.{call}");
        let headers =
            [("host", host), ("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target.as_str())];
        let scheme = self.endpoint.scheme_str().unwrap_or("https");
        let uri = format!("{scheme}://{host}/");
        let signable = SignableRequest::new("POST", uri.as_str(), headers.into_iter(), SignableBody::Bytes(&body))
            .map_err(|error| form(error.to_string()))?;
        let (instructions, _) = sign(signable, &params).map_err(|error| form(error.to_string()))?.into_parts();
        let mut request = Request::post("/").header(HOST, host);
        for (name, value) in headers.iter().skip(1) {
            request = request.header(*name, *value);
        }
        for (name, value) in instructions.headers() {
            request = request.header(name, value);
        }
        request.body(body).map_err(|error| form(error.to_string()))
    }
}

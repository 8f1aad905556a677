//! One read of one page.

use caravan_inventory::Scope;
use serde::{Deserialize, Serialize};
use std::future::Future;

/// One page of one list, or one description. It can be stored and made again: that is how a scan resumes (D4).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Read {
    /// The provider, account and region to read in.
    pub scope: Scope,
    /// The call: `ecs:ListServices`.
    pub api: String,
    /// The request without its token, in the names of the service's API: `{"cluster": "arn:…"}`.
    pub input: serde_json::Value,
    /// Where the page begins; none is the first.
    pub token: Option<String>,
}

/// One page of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The raw answer, every field that came; XML turned into JSON by one fixed rule.
    pub body: serde_json::Value,
    /// Where the next page begins; none when this is the last.
    pub next: Option<String>,
}

/// A read that gave no page.
#[derive(Debug, thiserror::Error)]
#[error("{api} in {scope}: {text}")]
pub struct ReadError {
    /// What the caller can do about it.
    pub kind: ReadErrorKind,
    /// The call.
    pub api: String,
    /// Where it was asked.
    pub scope: Scope,
    /// What the provider said, or what went wrong on the way; never a secret.
    pub text: String,
}

/// What the caller can do about a failed read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReadErrorKind {
    /// There are no credentials, or they are wrong or expired: nothing in this account will work.
    Credentials,
    /// The credentials may not do this: record the unit as denied and go on.
    Denied,
    /// The provider's limits held against every retry: record the unit as throttled, try again later.
    Throttled,
    /// What was asked for does not exist (any more): record that and go on.
    Missing,
    /// The page token is no longer accepted: begin the list anew.
    StaleToken,
    /// No usable answer: unreachable, reset, 5xx, HTML, cut short.
    Unusable,
    /// The provider refused the request as wrong.
    Rejected,
}

/// Something that makes reads. Retries and pacing happen inside; an error is final for now.
pub trait Reader: Send + Sync {
    /// Makes one read.
    ///
    /// Cancel safety: dropping the future abandons the read; nothing outside is changed.
    fn read(&self, read: &Read) -> impl Future<Output = Result<Page, ReadError>> + Send;
}

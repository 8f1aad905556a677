//! What an authorizer found out about the caller, which the gateway in front now finds out and passes on by headers.

use super::ConfigError;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Which headers of the gateway carry claims. They are taken out of the event's headers: the caller did not send them.
/// The gateway must take away headers of these names that callers send.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorizer {
    /// Which kind of authorizer the API had: it decides where the claims stand in the event.
    pub kind: AuthorizerKind,
    /// Claim to header: `{sub: x-jwt-sub}`. A claim whose header is absent is absent.
    #[serde(default)]
    pub claims: BTreeMap<String, String>,
    /// A header that holds all claims, as a JSON object in base64url: what gateways call the payload.
    #[serde(default)]
    pub payload_header: Option<String>,
}

/// The kinds of authorizers whose findings stand in an event.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorizerKind {
    /// A JWT authorizer of an HTTP API: claims and scopes.
    Jwt,
    /// A Cognito user pool of a REST API: claims.
    Cognito,
    /// A Lambda authorizer: its context, and for REST its principal (the claim `principalId`).
    Lambda,
}

impl Authorizer {
    /// The headers that carry claims, in lower case.
    pub fn headers(&self) -> impl Iterator<Item = String> {
        self.claims.values().chain(&self.payload_header).map(|name| name.to_ascii_lowercase())
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let why = if self.claims.is_empty() && self.payload_header.is_none() {
            "names neither `claims` nor a `payload_header`: no claim could ever be known".to_owned()
        } else if let Some(name) = self.headers().find(|name| name.parse::<hyper::header::HeaderName>().is_err()) {
            format!("names a header that is none: {name:?}")
        } else {
            return Ok(());
        };
        Err(ConfigError::Value { key: "source.http.authorizer", why })
    }
}

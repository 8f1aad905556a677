//! The listener for HTTP: which service's events the requests become, and what that service knew of the API.

use super::{Authorizer, ConfigError};
use crate::http::{Route, Routes};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// How requests become invocations.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Where it listens.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// Whose events the handler reads.
    pub event: Shape,
    /// The routes that lead to the function: `GET /orders/{id}`, `ANY /{proxy+}`, `$default`. Without any, all do.
    #[serde(default)]
    pub routes: Vec<String>,
    /// The API's identifier, or the first label of the function URL.
    #[serde(default = "api_id")]
    pub api_id: String,
    /// The stage; without it `$default` (`prod` for REST APIs, which have no stage of that name).
    #[serde(default)]
    pub stage: Option<String>,
    /// Variables of the stage.
    #[serde(default)]
    pub stage_variables: BTreeMap<String, String>,
    /// The domain that events name; without it, the request's own host.
    #[serde(default)]
    pub domain_name: Option<String>,
    /// Types of bodies that a REST API takes for binary: `[image/png, "*/*"]`.
    #[serde(default)]
    pub binary_media_types: Vec<String>,
    /// The target group that ALB events name.
    #[serde(default)]
    pub target_group_arn: Option<String>,
    /// Whether the target group had `lambda.multi_value_headers.enabled`.
    #[serde(default)]
    pub multi_value_headers: bool,
    /// Whether a function URL streams answers.
    #[serde(default)]
    pub invoke_mode: InvokeMode,
    /// How names of headers are written in REST events; without it as in the documented examples, `User-Agent`.
    #[serde(default)]
    pub header_case: HeaderCase,
    /// Seconds after which the caller gets an answer, whatever the function does: 29 for REST, 30 for HTTP APIs.
    #[serde(default)]
    pub integration_timeout_seconds: Option<u32>,
    /// What the gateway says about the caller.
    #[serde(default)]
    pub authorizer: Option<Authorizer>,
    /// How many proxies in front append to `x-forwarded-for`: the caller's address is that many from the end. With 0 it is
    /// the address that connects.
    #[serde(default = "one")]
    pub trusted_proxies: usize,
}

/// Whose events the handler reads.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A REST API's proxy integration.
    Rest,
    /// An HTTP API, payload format 1.0.
    #[serde(rename = "http-1.0")]
    HttpApi1,
    /// An HTTP API, payload format 2.0.
    #[serde(rename = "http-2.0")]
    HttpApi2,
    /// A function URL.
    Url,
    /// A target group of an Application Load Balancer.
    Alb,
    /// None: the body is the event, as with the API call `Invoke`, for callers whose SDK gets another endpoint.
    Invoke,
}

/// Whether a function URL streams.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum InvokeMode {
    /// An answer is sent when it is whole.
    #[default]
    Buffered,
    /// `RESPONSE_STREAM`: as it comes.
    ResponseStream,
}

/// How names of headers are written in REST events.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum HeaderCase {
    /// `User-Agent`, as in the documented examples.
    #[default]
    Title,
    /// `user-agent`, as callers over HTTP/2 send them.
    Lower,
}

impl Http {
    /// The stage that events name.
    #[must_use]
    pub fn stage(&self) -> &str {
        let default = if self.event == Shape::Rest { "prod" } else { "$default" };
        self.stage.as_deref().unwrap_or(default)
    }

    /// Seconds until the caller is answered whatever the function does, as the service in front had them.
    #[must_use]
    pub fn integration_timeout(&self) -> Option<u32> {
        let default = match self.event {
            Shape::Rest => Some(29),
            Shape::HttpApi1 | Shape::HttpApi2 => Some(30),
            Shape::Url | Shape::Alb | Shape::Invoke => None,
        };
        self.integration_timeout_seconds.or(default)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: String| Err(ConfigError::Value { key, why });
        if let Err(error) = Routes::read(&self.routes) {
            return wrong("source.http.routes", error.to_string());
        }
        let routed = matches!(self.event, Shape::Rest | Shape::HttpApi1 | Shape::HttpApi2);
        if !routed && !self.routes.is_empty() {
            return wrong("source.http.routes", "has no effect: only APIs have routes".to_owned());
        }
        if self.event == Shape::Rest && self.routes.iter().any(|route| route == Route::DEFAULT) {
            return wrong("source.http.routes", "has `$default`, which REST APIs have not: `ANY /{proxy+}`".to_owned());
        }
        if self.event == Shape::Alb && self.target_group_arn.is_none() {
            return wrong(
                "source.http.target_group_arn",
                "is missing: each event of a load balancer names it".to_owned(),
            );
        }
        if self.event != Shape::Alb && (self.target_group_arn.is_some() || self.multi_value_headers) {
            return wrong("source.http.event", "is not alb, but settings of a target group are given".to_owned());
        }
        if self.event != Shape::Url && self.invoke_mode == InvokeMode::ResponseStream {
            return wrong(
                "source.http.invoke_mode",
                "is response-stream, which only function URLs have here".to_owned(),
            );
        }
        if self.event != Shape::Rest && !self.binary_media_types.is_empty() {
            return wrong("source.http.binary_media_types", "has no effect: only REST APIs have them".to_owned());
        }
        if !routed && !self.stage_variables.is_empty() {
            return wrong("source.http.stage_variables", "has no effect: only APIs have stages".to_owned());
        }
        if self.integration_timeout_seconds == Some(0) {
            return wrong("source.http.integration_timeout_seconds", "is 0: no caller would get an answer".to_owned());
        }
        match &self.authorizer {
            Some(_) if !routed => {
                wrong("source.http.authorizer", "has no effect: only APIs have authorizers".to_owned())
            }
            Some(authorizer) => authorizer.check(),
            None => Ok(()),
        }
    }
}

fn listen() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 8080))
}

fn api_id() -> String {
    "api".to_owned()
}

fn one() -> usize {
    1
}

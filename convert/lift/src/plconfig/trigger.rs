//! `trigger`: where the invocations of a component that runs the app's function come from.

use super::shapes::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where invocations come from: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trigger {
    /// Of a `web` component: requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpTrigger>,
    /// Of a `worker`: the messages of a queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqs: Option<SqsTrigger>,
    /// Of a `cron` component: one invocation for each run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleTrigger>,
}

/// Requests, and which service's events the handler reads of them.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpTrigger {
    /// Whose events the handler reads.
    pub event: HttpEvent,
    /// Routes as the API names them to the handler: `GET /orders/{id}`, `$default`; none is all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<String>,
    /// The API's identifier, or the first label of the function URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// The stage that events name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Variables of the stage.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub stage_variables: BTreeMap<String, String>,
    /// Types of bodies that a REST API takes for binary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub binary: Vec<String>,
    /// How long a caller waits for an answer; none is what the service has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Seconds>,
    /// The target group that events of a load balancer name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_group: Option<String>,
    /// Whether events of a load balancer have all values of headers and parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_value: Option<bool>,
    /// Whether answers of a function URL are streamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
}

/// Whose events a handler reads.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum HttpEvent {
    /// A REST API's proxy integration.
    #[serde(rename = "rest")]
    Rest,
    /// An HTTP API, payload format 1.0.
    #[serde(rename = "http-1.0")]
    HttpApi1,
    /// An HTTP API, payload format 2.0.
    #[default]
    #[serde(rename = "http-2.0")]
    HttpApi2,
    /// A function URL.
    #[serde(rename = "url")]
    Url,
    /// A target group of an Application Load Balancer.
    #[serde(rename = "alb")]
    Alb,
    /// None: the body is the event, as with the API call `Invoke`.
    #[serde(rename = "invoke")]
    Invoke,
}

impl HttpEvent {
    /// Its word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::HttpApi1 => "http-1.0",
            Self::HttpApi2 => "http-2.0",
            Self::Url => "url",
            Self::Alb => "alb",
            Self::Invoke => "invoke",
        }
    }

    /// Whether an API stands behind it, which has routes and stages.
    #[must_use]
    pub const fn is_api(self) -> bool {
        matches!(self, Self::Rest | Self::HttpApi1 | Self::HttpApi2)
    }
}

/// The messages of a queue.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SqsTrigger {
    /// The queue's URL.
    pub queue: String,
    /// Its ARN, which each record names.
    pub arn: String,
    /// Messages in one invocation at most; none is 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// How long a batch is gathered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Seconds>,
    /// Patterns, each a JSON document: what matches none is deleted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// Whether the handler answers which messages failed (`ReportBatchItemFailures`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    /// How long a message that was received is hidden; none is 30 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Seconds>,
}

/// One invocation for each run.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleTrigger {
    /// How often a failed invocation is repeated, at most twice; none is twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// After how long an event is given up; none is six hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Seconds>,
    /// The ARN of the rule, which a scheduled event names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

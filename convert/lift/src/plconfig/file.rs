//! The whole file: what holds for an app and all its components.

use super::component::Component;
use super::function::Function;
use super::ingress::HostShare;
use super::machine::Machine;
use super::worker::Worker;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlConfig {
    /// The version of the format: `v1`.
    pub plconfig: Version,
    /// The app: DNS-1123, at most 40 characters.
    pub app: String,
    /// The team: its namespace is `team-<team>`.
    pub team: String,
    /// What every container and component of it has that says nothing else; none is what the platform gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// What it does, for whoever reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The image of every component that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The Lambda function that every component with a `trigger` runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// The Cloudflare Worker that every web component without an image runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<Worker>,
    /// What a machine had on its disk: the image of every component that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// Environment of all components.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Environment of all components from secret stores: name → [`SecretRef`], such as `checkout#DATABASE_URL`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
    /// Shared resources that the app uses. So far only a role can be taken over: every other type is an error until it has
    /// an effect.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uses: BTreeMap<String, Use>,
    /// Vanity hosts that other apps serve too: whose each is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, HostShare>,
    /// The same of hosts on the internal Gateway.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub internal_hosts: BTreeMap<String, HostShare>,
    /// What runs: at least one.
    pub components: BTreeMap<String, Component>,
    /// What is watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Monitoring>,
    /// For each environment, what differs there: merged deeply over the rest, `null` deletes (RFC 7396).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environments: BTreeMap<String, serde_json::Value>,
}

/// The source whose ways hold for everything in an app that says nothing else.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// As ECS runs a task: each container as the user that its image names (`user: image`), with a root that can be
    /// written (`writable: true`) and the container runtime's own capabilities (`capabilities: {default: true}`); each
    /// component on amd64 (`arch: amd64`) and never on spot (`spot: never`).
    Ecs,
}

/// The version of the format.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum Version {
    /// The only one so far.
    #[default]
    #[serde(rename = "v1")]
    V1,
}

/// A shared resource that the app uses.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: UseKind,
    /// Its name or ARN.
    pub name: String,
    /// What the app does with it; an error until it has an effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<String>,
    /// The variable that names it to the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
}

/// The kinds of shared resources.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names of the services say what they are")]
pub enum UseKind {
    Sqs,
    Sns,
    S3,
    Ses,
    Dynamodb,
    Mongodb,
    Kv,
    Redis,
    Secret,
    /// The rights of an existing role, taken over as they are and reviewed.
    Iam,
}

/// What is watched; everything is on by default.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Monitoring {
    /// Traces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apm: Option<bool>,
    /// Log collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs: Option<bool>,
    /// Whom alerts go to: `@slack-shop`; an error until it has an effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<String>,
    /// Thresholds by name: `error_rate: 2%`, `p95: 800ms`; an error until they have an effect.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub alerts: BTreeMap<String, String>,
}

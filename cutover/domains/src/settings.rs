//! What the company says of the way that hostnames move: `moves` in `caravan.yaml`.

use crate::Times;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is needed to move hostnames. What is left out is asked for when a move is planned.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MoveSettings {
    /// Who signs the certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<AuthoritySettings>,
    /// What serves the names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge: Option<EdgeSettings>,
    /// Seconds that resolvers remember a record of ours around its move.
    pub ttl: u32,
    /// How long everything takes.
    pub times: TimesSettings,
}

/// A certificate authority.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuthoritySettings {
    /// The URL of its directory.
    pub directory: String,
    /// The file with the account's key: PKCS #8 in PEM, P-256, relative to the folder of `caravan.yaml`.
    pub account_key: String,
    /// Whether an account is made where the authority does not know the key; its terms of service are agreed to with that.
    #[serde(default)]
    pub create_account: bool,
    /// Whether Let's Encrypt's limits hold there, so that each order is reserved before it is placed; left out, they do where the
    /// directory is Let's Encrypt's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_limits: Option<bool>,
    /// Its names in CAA records; Let's Encrypt's is known.
    #[serde(default)]
    pub caa: Vec<String>,
}

/// What serves the names on the new side.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeSettings {
    /// The kubeconfig context of its cluster.
    pub cluster: String,
    /// The namespace of the listeners, routes and certificates that are made.
    pub namespace: String,
    /// The Gateway that the listeners belong to.
    pub gateway: GatewayRef,
    /// What answers behind it.
    pub backend: BackendSettings,
    /// The port on which it answers over TLS.
    #[serde(default = "https")]
    pub port: u16,
    /// The path that both edges are asked for.
    #[serde(default = "root")]
    pub path: String,
    /// The lowest and highest status that is healthy.
    #[serde(default = "healthy")]
    pub status: (u16, u16),
}

/// A Gateway.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayRef {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What a route leads to.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BackendSettings {
    /// Its name, in the namespace of the route.
    pub name: String,
    /// Its port; none where its kind has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its kind; a Service without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its API group; that of Services without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Times, in seconds; those that are left out are the usual ones.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimesSettings {
    /// From one look at users to the next.
    pub look: u64,
    /// From one look at a customer's name servers to the next.
    pub customer: u64,
    /// Between the two passes of the new edge before a name moves.
    pub gap: u64,
    /// On the new edge, with evidence, before the old side may be released.
    pub soak: u64,
    /// How long both certificates must last beyond the soak.
    pub margin: u64,
}

const fn https() -> u16 {
    443
}

fn root() -> String {
    "/".to_owned()
}

const fn healthy() -> (u16, u16) {
    (200, 399)
}

impl Default for MoveSettings {
    fn default() -> Self {
        Self { authority: None, edge: None, ttl: 60, times: TimesSettings::default() }
    }
}

impl Default for TimesSettings {
    fn default() -> Self {
        let Times { look, customer, gap, soak, margin, .. } = Times::default();
        Self {
            look: look / 1_000,
            customer: customer / 1_000,
            gap: gap / 1_000,
            soak: soak / 1_000,
            margin: margin / 1_000,
        }
    }
}

impl From<TimesSettings> for Times {
    fn from(settings: TimesSettings) -> Self {
        let TimesSettings { look, customer, gap, soak, margin } = settings;
        let [look, customer, gap, soak, margin] =
            [look, customer, gap, soak, margin].map(|seconds| seconds.saturating_mul(1_000));
        Self { look, customer, gap, soak, margin, ..Self::default() }
    }
}

//! What a person writes and reviews in Git: `plans/wave-<name>.yaml`.

use crate::Drivers;
use crate::strategy::route53::{Answer, TYPES};
use caravan_inventory::{AccountId, Region, WorkloadId};
use caravan_providers::target::{HttpRouteTarget, ListenerRuleTarget, Probe, RecordSetsTarget, Target, dns_name};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A wave as a person writes it. It names sides and stages; the snapshots come from what is observed when it is sealed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WaveSpec {
    /// The version of the format.
    pub schema: SpecSchema,
    /// The wave's name: lower-case letters, digits and dashes.
    pub wave: String,
    /// Who may drive it; without it, what `caravan.yaml` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drivers: Option<Drivers>,
    /// The shifts, in the order in which they are made.
    pub shifts: Vec<ShiftSpec>,
}

/// The versions of the format.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the version says it")]
pub enum SpecSchema {
    #[serde(rename = "caravan.wave-spec/v1")]
    V1,
}

/// One workload's traffic on one target.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftSpec {
    /// Whose traffic it is.
    pub workload: WorkloadId,
    /// What is changed, and where the new side is.
    pub strategy: Strategy,
    /// The tools that write to the target by themselves, and that you have paused for the time of the run: `argo-cd`.
    #[serde(default, alias = "fenced", skip_serializing_if = "Vec::is_empty")]
    pub paused_controllers: Vec<String>,
    /// How to tell that a side is healthy.
    pub probes: Probes,
    /// The shares of the new side, in their order. The first is 0: it installs the split; the last is 100.
    #[serde(default = "default_stages")]
    pub stages: Vec<u8>,
    /// The shares before which a person must approve.
    #[serde(default = "default_approvals")]
    pub approve: Vec<u8>,
    /// What must hold in each stage before the next.
    #[serde(default)]
    pub gate: GateSpec,
    /// Seconds after which an unanswered write can no longer take effect.
    #[serde(default = "default_in_flight")]
    pub in_flight: u32,
}

/// What is changed, and where the new side is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Weighted record sets of one name.
    Route53(Route53Spec),
    /// Weighted target groups of one listener rule, or of a listener's default action.
    Alb(AlbSpec),
    /// Weighted backends of one HTTPRoute.
    Route(RouteSpec),
}

/// Weighted record sets of one name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Route53Spec {
    /// The account that owns the zone.
    pub account: AccountId,
    /// The hosted zone's id.
    pub zone: String,
    /// The name, with or without its trailing dot.
    pub name: String,
    /// What the new side answers, for each record type that stands there.
    pub new: BTreeMap<String, Answer>,
}

/// Weighted target groups.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AlbSpec {
    /// The account of the load balancer.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// The ARN of the rule, or of the listener for its default action.
    pub rule: String,
    /// The ARN of the new side's target group.
    pub new: String,
}

/// Weighted backends.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    /// The kubeconfig context of the cluster.
    pub cluster: String,
    /// The route's namespace.
    pub namespace: String,
    /// The route's name.
    pub name: String,
    /// The backend of the old side.
    pub old: Backend,
    /// The backend of the new side.
    pub new: Backend,
}

/// One backend of a route.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// Its API group; empty for a Service.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// `Service`, or another kind of its group.
    #[serde(default = "service")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its port; some kinds have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// How to tell that a side is healthy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Probes {
    /// The old side: asked before each step, and before anything goes back to it.
    pub old: Vec<ProbeSpec>,
    /// The new side: asked before traffic goes to it and through each bake.
    pub new: Vec<ProbeSpec>,
}

/// One question to one side.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeSpec {
    /// Where to connect, `host:port`: not where DNS says.
    pub address: String,
    /// The `Host` header and, with TLS, the SNI.
    pub host: String,
    /// The path of the GET request.
    #[serde(default = "root_path")]
    pub path: String,
    /// Whether over TLS.
    #[serde(default = "yes")]
    pub tls: bool,
    /// The lowest and the highest status that is healthy.
    #[serde(default = "success")]
    pub status: (u16, u16),
    /// Milliseconds for the whole answer.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u32,
}

/// What must hold in each stage before the next.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateSpec {
    /// Seconds that a stage bakes: probes must pass all that time.
    pub bake: u32,
    /// Seconds between two rounds of probes.
    pub every: u32,
    /// Rounds that must have passed at the least.
    pub rounds: u32,
}

impl Default for GateSpec {
    fn default() -> Self {
        Self { bake: 300, every: 10, rounds: 3 }
    }
}

impl Strategy {
    /// What is changed.
    #[must_use]
    pub fn target(&self) -> Target {
        match self {
            Self::Route53(spec) => Target::Records(RecordSetsTarget {
                account: spec.account.clone(),
                zone: spec.zone.trim_start_matches("/hostedzone/").to_owned(),
                name: dns_name(&spec.name),
                types: TYPES.map(str::to_owned).to_vec(),
            }),
            Self::Alb(spec) => Target::ListenerRule(ListenerRuleTarget {
                account: spec.account.clone(),
                region: spec.region.clone(),
                arn: spec.rule.clone(),
            }),
            Self::Route(spec) => Target::Route(HttpRouteTarget {
                cluster: spec.cluster.clone(),
                namespace: spec.namespace.clone(),
                name: spec.name.clone(),
            }),
        }
    }
}

impl Backend {
    /// The backend reference of the Gateway API, without a weight.
    #[must_use]
    pub fn reference(&self) -> Value {
        let mut reference = serde_json::json!({"group": self.group, "kind": self.kind, "name": self.name});
        if let Some(port) = self.port {
            reference["port"] = port.into();
        }
        reference
    }
}

impl ProbeSpec {
    pub(crate) fn probe(&self) -> Probe {
        Probe {
            address: self.address.clone(),
            host: self.host.clone(),
            path: self.path.clone(),
            tls: self.tls,
            status: self.status,
            timeout_ms: self.timeout_ms,
        }
    }
}

pub(crate) fn default_stages() -> Vec<u8> {
    vec![0, 10, 50, 100]
}

pub(crate) fn default_approvals() -> Vec<u8> {
    vec![10, 100]
}

pub(crate) const fn default_in_flight() -> u32 {
    60
}

fn service() -> String {
    "Service".to_owned()
}

fn root_path() -> String {
    "/".to_owned()
}

const fn yes() -> bool {
    true
}

const fn success() -> (u16, u16) {
    (200, 399)
}

const fn five_seconds() -> u32 {
    5000
}

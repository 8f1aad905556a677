//! What a person writes and reviews in Git: `plans/wave-<name>.yaml`.

use crate::hand_over_spec::HandOverSpec;
use crate::shift::{Analysis, default_unknown};
use crate::strategy::Strategy;
use crate::{Drivers, OnFailure};
use caravan_inventory::WorkloadId;
use caravan_providers::target::{Probe, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A wave as a person writes it. It names sides and stages; the snapshots come from what is observed when it is sealed.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WaveSpec {
    /// The version of the format.
    pub schema: SpecSchema,
    /// The wave's name: lower-case letters, digits and dashes.
    pub wave: String,
    /// Who may drive it; without it, what `caravan.yaml` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drivers: Option<Drivers>,
    /// What is taken back when a new side fails: `wave`, everything that has moved so far, or `shift`, that shift alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_failure: OnFailure,
    /// Seconds for which everything must have stood on the new side before the run may be finalised, after which there is no way
    /// back. Without it a day, or longer where resolvers keep an answer longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soak: Option<u32>,
    /// The shifts, in the order in which they are made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shifts: Vec<ShiftSpec>,
    /// The hand-overs of work, in the order in which they are made: after the shifts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hand_overs: Vec<HandOverSpec>,
}

impl WaveSpec {
    /// Every target that it changes, each with the tools that are paused there for the time of the run.
    pub fn paused(&self) -> impl Iterator<Item = (Target, &[String])> {
        let shifts = self.shifts.iter().map(|shift| (shift.strategy.target(), shift.paused_controllers.as_slice()));
        let hand_overs = self
            .hand_overs
            .iter()
            .flat_map(|hand_over| hand_over.targets().map(|target| (target, hand_over.paused_controllers.as_slice())));
        shifts.chain(hand_overs)
    }
}

/// The versions of the format.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the version says it")]
pub enum SpecSchema {
    #[serde(rename = "caravan.wave-spec/v1")]
    V1,
}

/// One workload's traffic on one target.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftSpec {
    /// Whose traffic it is.
    pub workload: WorkloadId,
    /// What is changed, and where the new side is.
    pub strategy: Strategy,
    /// The tools that write to the target by themselves, and that you have paused for the time of the run: `argo-cd`.
    #[serde(default, alias = "fenced", skip_serializing_if = "Vec::is_empty")]
    pub paused_controllers: Vec<String>,
    /// Rules and names that share what is moved, and of which you know that they go along or stay behind: a draft names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<String>,
    /// How to tell that a side is healthy.
    pub probes: SideProbes,
    /// The shares of the new side, in their order. The first is 0: it installs the split; the last is 100.
    #[serde(default = "default_stages")]
    pub stages: Vec<u8>,
    /// The shares before which a person must approve.
    #[serde(default = "default_approvals")]
    pub approve: Vec<u8>,
    /// What must hold in each stage before the next.
    #[serde(default)]
    pub gate: GateSpec,
    /// How its sides are watched for as long as users are on the new one.
    #[serde(default)]
    pub analysis: AnalysisSpec,
    /// Seconds after which an unanswered write can no longer take effect.
    #[serde(default = "default_in_flight")]
    pub in_flight: u32,
}

/// How to tell that a side is healthy.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SideProbes {
    /// The old side: asked before each step, and before anything goes back to it.
    pub old: Vec<ProbeSpec>,
    /// The new side: asked before traffic goes to it and through each bake.
    pub new: Vec<ProbeSpec>,
}

/// One question to one side.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
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
    /// The lowest and the highest status that is healthy; from 200 to 299 when nothing is said: a redirect would tell
    /// nothing of what it leads to.
    #[serde(default = "success")]
    pub status: (u16, u16),
    /// Milliseconds for the whole answer.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u32,
    /// The service whose health is asked over gRPC (`grpc.health.v1.Health/Check`) in the place of a GET; empty for the
    /// server as a whole. `path` and `status` are then left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grpc: Option<String>,
}

/// What must hold in each stage before the next.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateSpec {
    /// Seconds that a stage bakes: probes must pass all that time.
    pub bake: u32,
    /// Seconds between two rounds of probes.
    pub every: u32,
    /// Rounds that must have passed at the least.
    pub rounds: u32,
    /// Rounds in which the new side may bring nothing that can be judged while the old side passes: with so many of them it
    /// has failed.
    pub unknown: u32,
}

impl Default for GateSpec {
    fn default() -> Self {
        Self { bake: 300, every: 10, rounds: 3, unknown: default_unknown() }
    }
}

/// How the sides of a shift are watched for as long as users are on the new one, in the background of whatever the run is
/// doing: a background analysis, as Argo Rollouts and Flagger have it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnalysisSpec {
    /// Seconds between two rounds of probes.
    pub every: u32,
    /// Rounds that the new side may fail while the old side passes: with so many of them it has failed.
    pub failures: u32,
    /// Rounds in which the new side may bring nothing that can be judged while the old side passes: with so many of them it
    /// has failed.
    pub unknown: u32,
    /// Rounds in a row that must pass before failures and unknown rounds are forgotten.
    pub successes: u32,
}

impl Default for AnalysisSpec {
    fn default() -> Self {
        let Analysis { every_ms, failures, unknown, successes } = Analysis::default();
        Self { every: u32::try_from(every_ms / 1000).unwrap_or(u32::MAX), failures, unknown, successes }
    }
}

impl From<AnalysisSpec> for Analysis {
    fn from(AnalysisSpec { every, failures, unknown, successes }: AnalysisSpec) -> Self {
        Self { every_ms: u64::from(every) * 1000, failures, unknown, successes }
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
            grpc: self.grpc.clone(),
            through: Vec::new(),
        }
    }

    /// Whether it says something that has no effect over gRPC.
    pub(crate) fn is_mixed(&self) -> bool {
        self.grpc.is_some() && (self.path != root_path() || self.status != success())
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

fn root_path() -> String {
    "/".to_owned()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

const fn yes() -> bool {
    true
}

const fn success() -> (u16, u16) {
    (200, 299)
}

const fn five_seconds() -> u32 {
    5000
}

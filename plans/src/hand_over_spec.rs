//! Hand-overs of work, as a person writes them in a wave.

use crate::spec::ProbeSpec;
use caravan_inventory::{AccountId, Region, WorkloadId};
use caravan_providers::target::{ClusterWork, ClusterWorkTarget, EcsServiceTarget, EventRuleTarget, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One workload's work, handed from its old owners to its new ones.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverSpec {
    /// Whose work it is.
    pub workload: WorkloadId,
    /// The old owners, in the order in which they are stopped.
    pub stop: Vec<OwnerSpec>,
    /// The new owners, in the order in which they are started once every old one has proved that it has stopped.
    pub start: Vec<OwnerSpec>,
    /// The tools that write to the owners by themselves, and that you have paused for the time of the run: `argo-cd`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paused_controllers: Vec<String>,
    /// Whether a person must approve before the first owner is stopped.
    #[serde(default = "yes")]
    pub approve: bool,
    /// How to tell that the new side is healthy, asked before anything is stopped and before anything is started. Work that answers
    /// nobody has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<ProbeSpec>,
    /// What proves that an owner has stopped, or works.
    #[serde(default)]
    pub proof: ProofSpec,
    /// Seconds for which nobody may be at work. For a schedule at most the 180 s before a firing in which it is not stopped.
    #[serde(default = "longest_gap")]
    pub longest_gap: u32,
    /// Seconds after which an unanswered write can no longer take effect.
    #[serde(default = "in_flight")]
    pub in_flight: u32,
}

/// What proves that an owner has stopped, or works: it says so, several times in a row.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProofSpec {
    /// Seconds between two questions.
    pub every: u32,
    /// Answers in a row that must say so.
    pub rounds: u32,
    /// Seconds after which what has not been proved counts as failed: longer than the longest piece of work takes.
    pub within: u32,
}

impl Default for ProofSpec {
    fn default() -> Self {
        Self { every: 5, rounds: 3, within: 600 }
    }
}

/// One owner of work.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerSpec {
    /// A rule of EventBridge that fires by a schedule.
    EventRule(EventRuleSpec),
    /// An ECS service that works without being asked.
    EcsService(EcsServiceSpec),
    /// A CronJob.
    CronJob(ClusterWorkSpec),
    /// A Deployment that no autoscaler has.
    Deployment(DeploymentSpec),
    /// A ScaledObject of KEDA.
    ScaledObject(ClusterWorkSpec),
}

/// A rule of EventBridge.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventRuleSpec {
    /// The account of the rule.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// Its name, on the bus `default`, the only one whose rules have schedules.
    pub name: String,
}

/// An ECS service.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EcsServiceSpec {
    /// The account of the service.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// The name of its cluster.
    pub cluster: String,
    /// Its name.
    pub name: String,
}

/// An object in a cluster.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterWorkSpec {
    /// The kubeconfig context of the cluster.
    pub cluster: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// A Deployment.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DeploymentSpec {
    /// The kubeconfig context of the cluster.
    pub cluster: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// With how many it is started; without it, what conversion wrote in its annotation `caravan.dev/replicas-after-hand-over`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
}

impl HandOverSpec {
    /// Its targets, those that stop first.
    pub fn targets(&self) -> impl Iterator<Item = Target> {
        self.stop.iter().chain(&self.start).map(OwnerSpec::target)
    }
}

impl OwnerSpec {
    /// The target that is switched.
    #[must_use]
    pub fn target(&self) -> Target {
        let work = |kind, cluster: &str, namespace: &str, name: &str| {
            let [cluster, namespace, name] = [cluster, namespace, name].map(str::to_owned);
            Target::ClusterWork(ClusterWorkTarget { kind, cluster, namespace, name })
        };
        match self {
            Self::EventRule(EventRuleSpec { account, region, name }) => Target::EventRule(EventRuleTarget {
                account: account.clone(),
                region: region.clone(),
                bus: "default".to_owned(),
                name: name.clone(),
            }),
            Self::EcsService(EcsServiceSpec { account, region, cluster, name }) => {
                Target::EcsService(EcsServiceTarget {
                    account: account.clone(),
                    region: region.clone(),
                    cluster: cluster.clone(),
                    service: name.clone(),
                })
            }
            Self::CronJob(spec) => work(ClusterWork::CronJob, &spec.cluster, &spec.namespace, &spec.name),
            Self::Deployment(spec) => work(ClusterWork::Deployment, &spec.cluster, &spec.namespace, &spec.name),
            Self::ScaledObject(spec) => work(ClusterWork::ScaledObject, &spec.cluster, &spec.namespace, &spec.name),
        }
    }
}

const fn yes() -> bool {
    true
}

pub(crate) const fn longest_gap() -> u32 {
    180
}

pub(crate) const fn in_flight() -> u32 {
    30
}

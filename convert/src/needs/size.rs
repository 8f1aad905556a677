//! How much an app takes.

use super::quantity::{mebi, milli};
use crate::render::Object;
use k8s_openapi::api::core::v1::{Container, PodSpec};
use std::collections::BTreeMap;

/// What a container takes that says nothing: the default of the team's LimitRange.
pub(crate) const DEFAULT: Size = Size { cpu: 100, memory: 128, pods: 0, disks: 0, gpus: 0 };

/// An amount of what a cluster has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Size {
    /// Processors, in thousandths.
    pub cpu: u64,
    /// Memory, in MiB.
    pub memory: u64,
    /// Pods.
    pub pods: u64,
    /// Disks that are kept.
    pub disks: u64,
    /// Graphics processors.
    pub gpus: u64,
}

impl Size {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.each(other, u64::saturating_add)
    }

    /// So many of it.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        self.each(Self::default(), |one, _| one.saturating_mul(count))
    }

    /// The greater of each.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        self.each(other, u64::max)
    }

    fn each(self, other: Self, joined: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            cpu: joined(self.cpu, other.cpu),
            memory: joined(self.memory, other.memory),
            pods: joined(self.pods, other.pods),
            disks: joined(self.disks, other.disks),
            gpus: joined(self.gpus, other.gpus),
        }
    }
}

/// A pod that runs.
pub(super) struct Runner<'a> {
    pub(super) pod: &'a PodSpec,
    /// How many there are at most: while a new version comes up, those of both are there.
    pub(super) count: u64,
    /// The disks of each.
    pub(super) disks: u64,
}

/// The pods of an app, with how many there are when everything runs at its upper bound: also what is suspended now.
pub(super) fn counts(objects: &[Object]) -> Vec<Runner<'_>> {
    let bounds = upper_bounds(objects);
    let most = |object: &Object, replicas: Option<i32>| {
        let after =
            object.metadata().annotations.as_ref().and_then(|all| all.get("caravan.dev/replicas-after-hand-over"));
        let after = after.and_then(|text| text.parse().ok()).unwrap_or(0);
        let scaled = bounds.get(object.metadata().name.as_deref().unwrap_or_default()).copied().unwrap_or(0);
        number(replicas.unwrap_or(1)).max(after).max(scaled)
    };
    let mut runners = Vec::new();
    for object in objects {
        match object {
            Object::Deployment(one) => {
                let spec = one.spec.as_ref();
                let pod = spec.and_then(|spec| spec.template.spec.as_ref());
                let count = most(object, spec.and_then(|spec| spec.replicas));
                // A new version may come up beside the whole of the old one.
                runners.extend(pod.map(|pod| Runner { pod, count: count.saturating_mul(2), disks: 0 }));
            }
            Object::StatefulSet(one) => {
                let spec = one.spec.as_ref();
                let pod = spec.and_then(|spec| spec.template.spec.as_ref());
                let disks = spec.and_then(|spec| spec.volume_claim_templates.as_ref()).map_or(0, Vec::len) as u64;
                let count = most(object, spec.and_then(|spec| spec.replicas));
                runners.extend(pod.map(|pod| Runner { pod, count, disks }));
            }
            Object::Job(one) => {
                let spec = one.spec.as_ref();
                let count = number(spec.and_then(|spec| spec.parallelism).unwrap_or(1)).max(1);
                let pod = spec.and_then(|spec| spec.template.spec.as_ref());
                runners.extend(pod.map(|pod| Runner { pod, count, disks: 0 }));
            }
            Object::CronJob(one) => {
                let spec = one.spec.as_ref().and_then(|spec| spec.job_template.spec.as_ref());
                let count = number(spec.and_then(|spec| spec.parallelism).unwrap_or(1)).max(1);
                let pod = spec.and_then(|spec| spec.template.spec.as_ref());
                // The next run may begin while the last one ends.
                runners.extend(pod.map(|pod| Runner { pod, count: count.saturating_mul(2), disks: 0 }));
            }
            _ => {}
        }
    }
    runners
}

/// The most that autoscalers make of what they scale, by its name.
fn upper_bounds(objects: &[Object]) -> BTreeMap<&str, u64> {
    objects.iter().filter_map(upper_bound).collect()
}

/// What an autoscaler scales, and the most that it makes of it.
fn upper_bound(object: &Object) -> Option<(&str, u64)> {
    match object {
        Object::HorizontalPodAutoscaler(scaler) => {
            let spec = scaler.spec.as_ref()?;
            Some((spec.scale_target_ref.name.as_str(), number(spec.max_replicas)))
        }
        Object::ScaledObject(scaler) => {
            let target = scaler.spec.scale_target_ref.name.as_str();
            Some((target, number(scaler.spec.max_replica_count)))
        }
        _ => None,
    }
}

fn number(count: i32) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// What one pod asks for (Kubernetes, "Sidecar containers and resources"): its containers and those that run beside them, or
/// one that runs before them with those beside it that have begun, whichever is more.
pub(super) fn of_pod(pod: &PodSpec) -> Size {
    let (mut beside, mut peak) = (Size::default(), Size::default());
    for container in pod.init_containers.iter().flatten() {
        if container.restart_policy.as_deref() == Some("Always") {
            beside = beside.plus(of_container(container));
        } else {
            peak = peak.max(beside.plus(of_container(container)));
        }
    }
    let running = pod.containers.iter().map(of_container).fold(beside, Size::plus);
    Size { pods: 1, ..running.max(peak) }
}

/// What a container asks for: its request, else its limit, else the default.
fn of_container(container: &Container) -> Size {
    let resources = container.resources.as_ref();
    let quantity = |key: &str| {
        let [request, limit] =
            [resources.and_then(|all| all.requests.as_ref()), resources.and_then(|all| all.limits.as_ref())];
        let of = |map: Option<&BTreeMap<String, k8s_openapi::apimachinery::pkg::api::resource::Quantity>>| {
            map.and_then(|map| map.get(key)).map(|quantity| quantity.0.clone())
        };
        of(request).or_else(|| of(limit))
    };
    Size {
        cpu: quantity("cpu").and_then(|text| milli(&text)).unwrap_or(DEFAULT.cpu),
        memory: quantity("memory").and_then(|text| mebi(&text)).unwrap_or(DEFAULT.memory),
        gpus: quantity("nvidia.com/gpu").and_then(|text| milli(&text)).unwrap_or(0).div_ceil(1000),
        ..Size::default()
    }
}

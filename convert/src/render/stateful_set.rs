//! StatefulSets: what keeps a disk of its own.

use super::app::{Part, annotate, int};
use super::deployment::HISTORY;
use super::pod::Pod;
use super::suspension::{mark_scaled, replicas};
use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetSpec};

/// The StatefulSet of a component with disks. Its name for peers is the component's Service, where it has one.
pub(super) fn stateful_set(part: &Part<'_>, pod: &mut Pod) -> StatefulSet {
    let mut metadata = part.runner_metadata();
    mark_scaled(part, &mut metadata);
    if let Some(needed) = &pod.security {
        annotate(&mut metadata, "caravan.dev/pod-security", needed.as_str());
    }
    StatefulSet {
        metadata,
        spec: Some(StatefulSetSpec {
            replicas: replicas(part).map(int),
            revision_history_limit: Some(HISTORY),
            service_name: Some(part.object.clone()),
            selector: part.selector(),
            template: std::mem::take(&mut pod.template),
            volume_claim_templates: Some(std::mem::take(&mut pod.mounts.disks)),
            ..StatefulSetSpec::default()
        }),
        status: None,
    }
}

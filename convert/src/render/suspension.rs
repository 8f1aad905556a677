//! What must not start yet (C6).

use super::app::{Part, annotate};
use caravan_convert_lift::plconfig::Scale;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Marks a suspended object with the reason; nothing for one that may run.
pub(super) fn mark(part: &Part<'_>, metadata: &mut ObjectMeta) {
    if let Some(reason) = &part.component.suspended {
        annotate(metadata, "caravan.dev/suspended", reason.as_str());
    }
}

/// Marks something that is scaled, also with how many there are to be after the hand-over.
pub(super) fn mark_scaled(part: &Part<'_>, metadata: &mut ObjectMeta) {
    mark(part, metadata);
    if part.component.suspended.is_some() {
        annotate(
            metadata,
            "caravan.dev/replicas-after-hand-over",
            part.bounds().0.to_string(),
        );
    }
}

/// The number of instances to ask for: 0 while suspended, nothing where an autoscaler decides.
///
/// A suspended Deployment asks for 0 even where it has an autoscaler. A HorizontalPodAutoscaler leaves a target with 0
/// alone (Kubernetes: "implicit maintenance-mode deactivation"), and KEDA is paused at 0 by its own annotation.
pub(super) fn replicas(part: &Part<'_>) -> Option<u32> {
    match (&part.component.suspended, &part.component.scale) {
        (Some(_), _) => Some(0),
        (None, None) => Some(1),
        (None, Some(Scale::Fixed(count))) => Some(*count),
        (None, Some(Scale::Range(_))) => None,
    }
}

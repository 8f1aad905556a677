//! PodDisruptionBudgets.

use super::app::Part;
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The budget of a component that always has at least two instances: one may be taken away at a time. A single
/// instance gets none; it would block every drain of its node.
pub(super) fn disruption_budget(part: &Part<'_>) -> Option<PodDisruptionBudget> {
    if part.bounds().0 < 2 {
        return None;
    }
    Some(PodDisruptionBudget {
        metadata: part.metadata(&part.object),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            selector: Some(part.selector()),
            min_available: None,
        }),
        status: None,
    })
}

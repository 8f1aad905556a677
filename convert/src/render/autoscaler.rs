//! HorizontalPodAutoscalers, for what the processor or memory drives.

use super::RenderError;
use super::app::{Part, int};
use super::suspension::mark_scaled;
use caravan_convert_lift::plconfig::{ScaleRange, Seconds};
use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget, ResourceMetricSource,
};

/// Wanted use of the processor where only bounds are given (Kubernetes' own default).
const CPU: u32 = 80;
/// The longest that Kubernetes waits before it takes instances away.
const LONGEST_DOWN: u32 = 3600;
/// The longest period of a scaling policy.
const LONGEST_UP: u32 = 1800;

/// The autoscaler of a component that is driven by nothing but the processor and memory.
pub(super) fn autoscaler(part: &Part<'_>, range: &ScaleRange) -> HorizontalPodAutoscaler {
    let mut metadata = part.metadata(&part.object);
    mark_scaled(part, &mut metadata);
    let cpu = range.cpu.or((range.memory.is_none()).then_some(CPU));
    let metrics = [("cpu", cpu), ("memory", range.memory)];
    HorizontalPodAutoscaler {
        metadata,
        spec: Some(HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: target(part).to_owned(),
                name: part.object.clone(),
            },
            min_replicas: Some(int(range.min)),
            max_replicas: int(range.max),
            metrics: Some(
                metrics
                    .into_iter()
                    .filter_map(|(name, percent)| Some(utilization(name, percent?)))
                    .collect(),
            ),
            behavior: behavior(range.down_after, range.up_every),
        }),
        status: None,
    }
}

/// The bounds and figures of a range, as far as Kubernetes refuses others.
pub(super) fn check(part: &Part<'_>, range: &ScaleRange) -> Result<(), RenderError> {
    if range.max == 0 || range.max < range.min {
        return Err(part.error("scale", "`max` must be at least 1 and not below `min`"));
    }
    if range.cpu == Some(0) || range.memory == Some(0) {
        return Err(part.error("scale", "a wanted use of 0 percent can't be reached; write 1 or more"));
    }
    Ok(())
}

/// The kind of the object that is scaled.
pub(super) fn target(part: &Part<'_>) -> &'static str {
    if part.is_stateful() {
        "StatefulSet"
    } else {
        "Deployment"
    }
}

/// How fast it goes down and up, where the source says so.
pub(super) fn behavior(down: Option<Seconds>, up: Option<Seconds>) -> Option<HorizontalPodAutoscalerBehavior> {
    let policy = |kind: &str, value, period: Seconds| HPAScalingPolicy {
        type_: kind.to_owned(),
        value,
        period_seconds: int(period.0.clamp(1, LONGEST_UP)),
    };
    let down = down.map(|after| HPAScalingRules {
        stabilization_window_seconds: Some(int(after.0.min(LONGEST_DOWN))),
        ..HPAScalingRules::default()
    });
    let up = up.filter(|period| period.0 > 0).map(|period| HPAScalingRules {
        policies: Some(vec![policy("Percent", 100, period), policy("Pods", 4, period)]),
        select_policy: Some("Max".to_owned()),
        ..HPAScalingRules::default()
    });
    if down.is_none() && up.is_none() {
        return None;
    }
    Some(HorizontalPodAutoscalerBehavior {
        scale_down: down,
        scale_up: up,
    })
}

fn utilization(name: &str, percent: u32) -> MetricSpec {
    MetricSpec {
        type_: "Resource".to_owned(),
        resource: Some(ResourceMetricSource {
            name: name.to_owned(),
            target: MetricTarget {
                type_: "Utilization".to_owned(),
                average_utilization: Some(int(percent)),
                ..MetricTarget::default()
            },
        }),
        ..MetricSpec::default()
    }
}

//! ScaledObjects, for what queues, request rates and the clock drive.

use super::app::{App, Part, annotate, int};
use super::autoscaler::{behavior, target};
use super::custom::{
    Advanced, AuthenticationRef, Custom, HpaConfig, PodIdentity, ScaleTarget, ScaledObjectSpec, Trigger,
    TriggerAuthenticationSpec,
};
use super::suspension::mark_scaled;
use super::{RenderError, routes};
use caravan_convert_lift::plconfig::{CronScale, QueueScale, ScaleRange};
use std::collections::BTreeMap;

/// Seconds between two polls (KEDA's own default).
const POLLING: i32 = 30;
/// Seconds without work before the last instance ends (KEDA's own default).
const COOLDOWN: i32 = 300;

/// Whether a HorizontalPodAutoscaler alone can't do it.
pub(super) fn is_needed(range: &ScaleRange) -> bool {
    range.min == 0 || range.queue.is_some() || range.rps.is_some() || !range.cron.is_empty()
}

/// The ScaledObject of a component.
pub(super) fn scaled_object(part: &Part<'_>, range: &ScaleRange) -> Result<Custom<ScaledObjectSpec>, RenderError> {
    let triggers = triggers(part, range)?;
    let wakes = triggers.iter().any(|trigger| !matches!(trigger.kind, "cpu" | "memory"));
    if range.min == 0 && !wakes {
        let problem = "with `min: 0` something must wake it: `queue`, `rps` or `cron`; else write `min: 1`";
        return Err(part.error("scale", problem));
    }
    let mut metadata = part.metadata(&part.object);
    mark_scaled(part, &mut metadata);
    if part.component.suspended.is_some() {
        annotate(&mut metadata, "autoscaling.keda.sh/paused-replicas", "0");
    }
    let behavior = behavior(range.down_after, range.up_every);
    let spec = ScaledObjectSpec {
        scale_target_ref: ScaleTarget { api_version: "apps/v1", kind: target(part), name: part.object.clone() },
        polling_interval: POLLING,
        cooldown_period: COOLDOWN,
        min_replica_count: int(range.min),
        max_replica_count: int(range.max),
        advanced: behavior.map(|behavior| Advanced { horizontal_pod_autoscaler_config: HpaConfig { behavior } }),
        triggers,
    };
    Ok(Custom::scaled_object(metadata, spec))
}

/// The rights with which KEDA reads the app's queues: its own.
pub(super) fn trigger_authentication(app: &App<'_>) -> Custom<TriggerAuthenticationSpec> {
    let pod_identity = PodIdentity { provider: "aws", identity_owner: "keda" };
    Custom::trigger_authentication(app.metadata(&authentication(app)), TriggerAuthenticationSpec { pod_identity })
}

fn authentication(app: &App<'_>) -> String {
    format!("{}-aws", app.name)
}

fn triggers(part: &Part<'_>, range: &ScaleRange) -> Result<Vec<Trigger>, RenderError> {
    let mut triggers = Vec::new();
    if let Some(queue) = &range.queue {
        triggers.push(of_queue(part, queue)?);
    }
    if let Some(rps) = range.rps {
        triggers.push(of_rate(part, rps)?);
    }
    triggers.extend(range.cron.iter().map(of_clock));
    for (kind, percent) in [("cpu", range.cpu), ("memory", range.memory)] {
        triggers.extend(percent.map(|percent| Trigger {
            kind,
            metric_type: Some("Utilization"),
            metadata: BTreeMap::from([("value", percent.to_string())]),
            authentication_ref: None,
        }));
    }
    Ok(triggers)
}

fn of_queue(part: &Part<'_>, queue: &QueueScale) -> Result<Trigger, RenderError> {
    let url = queue.queue.as_str();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(part.error("scale.queue.use", format!("`{url}` is no queue's URL")));
    }
    // https://sqs.<region>.amazonaws.com/<account>/<name>
    let region = url.split_once("//sqs.").and_then(|(_, rest)| rest.split('.').next());
    let region = region.unwrap_or(&part.app.platform.region);
    Ok(Trigger {
        kind: "aws-sqs-queue",
        metric_type: None,
        metadata: BTreeMap::from([
            ("queueURL", url.to_owned()),
            ("queueLength", queue.length.max(1).to_string()),
            ("awsRegion", region.to_owned()),
            ("scaleOnInFlight", queue.in_flight.unwrap_or(true).to_string()),
        ]),
        authentication_ref: Some(AuthenticationRef { name: authentication(part.app) }),
    })
}

/// Requests a second through the shared gateway, for each instance.
fn of_rate(part: &Part<'_>, rps: f64) -> Result<Trigger, RenderError> {
    if !(rps.is_finite() && rps > 0.0) {
        return Err(part.error("scale.rps", "must be more than 0"));
    }
    // Envoy Gateway names its clusters `httproute/<namespace>/<route>/rule/<n>`.
    let clusters = format!("httproute/{}/{}/rule/.*", part.app.namespace, routes::any_name(part));
    Ok(Trigger {
        kind: "prometheus",
        metric_type: None,
        metadata: BTreeMap::from([
            ("serverAddress", part.app.platform.prometheus.clone()),
            ("query", format!("sum(rate(envoy_cluster_upstream_rq_total{{envoy_cluster_name=~\"{clusters}\"}}[1m]))")),
            ("threshold", rps.to_string()),
        ]),
        authentication_ref: None,
    })
}

fn of_clock(cron: &CronScale) -> Trigger {
    Trigger {
        kind: "cron",
        metric_type: None,
        metadata: BTreeMap::from([
            ("timezone", cron.timezone.clone().unwrap_or_else(|| "Etc/UTC".to_owned())),
            ("start", cron.start.clone()),
            ("end", cron.end.clone()),
            ("desiredReplicas", cron.min.to_string()),
        ]),
        authentication_ref: None,
    }
}

//! Scaling policies: what moves the number.

use super::bounds::NAMES;
use super::driver::ask_for_driver;
use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::plconfig::{QueueScale, ScaleRange, Seconds};
use crate::tracker::FieldTracker;
use serde_json::Value;

/// The wanted use of the requested CPU that the platform keeps to, in percent.
const CPU_RANGE: std::ops::RangeInclusive<u32> = 50..=85;

/// Whether the policy drives the scale.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    policy: Object<'a>,
    range: &mut ScaleRange,
) -> bool {
    policy.drop_all(tracker, &NAMES, "names");
    if let Some(config) = policy.object("TargetTrackingScalingPolicyConfiguration") {
        policy.drop_all(tracker, &["PolicyType"], "names");
        return tracking(tracker, context, policy, config, range);
    }
    if policy.field("TargetValue").is_some() {
        return tracking(tracker, context, policy, policy, range);
    }
    let mut driven = false;
    for name in ["PolicyType", "StepScalingPolicyConfiguration", "PredictiveScalingPolicyConfiguration"] {
        if let Some(field) = policy.field(name) {
            driven |= ask_for_driver(tracker, context, policy, &[field], range);
        }
    }
    driven
}

fn tracking<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    policy: Object<'a>,
    config: Object<'a>,
    range: &mut ScaleRange,
) -> bool {
    cooldowns(tracker, context, config, range);
    let Some(value) = config.field("TargetValue") else {
        return false;
    };
    let Some(wanted) = value.0.as_f64().filter(|wanted| *wanted > 0.0) else {
        return false;
    };
    let Some(metric) = config.object("PredefinedMetricSpecification") else {
        return custom(tracker, context, policy, config, wanted, range);
    };
    let kind = metric.peek("PredefinedMetricType").unwrap_or("");
    let taken = match kind {
        "ECSServiceAverageCPUUtilization" => range.cpu.is_some(),
        "ECSServiceAverageMemoryUtilization" => range.memory.is_some(),
        _ => range.rps.is_some(),
    };
    if taken {
        config.drop_all(tracker, &["TargetValue", "PredefinedMetricSpecification"], "second-policy");
        return true;
    }
    match kind {
        "ECSServiceAverageCPUUtilization" => {
            let kept = kept_cpu(wanted);
            range.cpu = Some(kept);
            let target = context.at("scale/cpu");
            if f64::from(kept) == wanted {
                value.exact(tracker, target);
            } else {
                value.approximated(tracker, target, "kept between 50 and 85 percent of what is requested");
            }
        }
        "ECSServiceAverageMemoryUtilization" => {
            range.memory = Some(whole(wanted).clamp(1, 100));
            value.approximated(tracker, context.at("scale/memory"), "of what is requested; memory seldom falls again");
        }
        "ALBRequestCountPerTarget" => {
            range.rps = Some((wanted / 60.0 * 1000.0).round() / 1000.0);
            value.approximated(tracker, context.at("scale/rps"), "requests a second instead of a minute");
        }
        _ => return ask_for_driver(tracker, context, policy, &[value], range),
    }
    if let Some(field) = metric.field("PredefinedMetricType") {
        field.exact(tracker, context.at("scale"));
    }
    metric.drop_all(tracker, &["ResourceLabel"], "resolved-reference");
    true
}

/// A metric of its own: the length of a queue is understood, anything else is asked about.
pub(crate) fn custom<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    policy: Object<'a>,
    config: Object<'a>,
    wanted: f64,
    range: &mut ScaleRange,
) -> bool {
    let fields: Vec<Field<'a>> =
        ["TargetValue", "CustomizedMetricSpecification"].into_iter().filter_map(|name| config.field(name)).collect();
    let metric = config.object("CustomizedMetricSpecification");
    let queue = metric.and_then(queue_name);
    let region = tracker.source.workload.region.as_ref().map(|region| region.as_str());
    let owner = tracker.source.workload.account.as_ref().map(|id| id.as_str());
    match (queue, owner, region) {
        (Some(queue), Some(owner), Some(region)) if crate::marks::is_clean(queue) => {
            let url = format!("https://sqs.{region}.amazonaws.com/{owner}/{queue}");
            range.queue = Some(QueueScale { queue: url, length: whole(wanted).max(1), in_flight: Some(false) });
            for field in fields {
                field.approximated(tracker, context.at("scale/queue"), "messages for each instance, seen every 30 s");
            }
            true
        }
        _ => ask_for_driver(tracker, context, policy, &fields, range),
    }
}

/// The queue whose visible messages a metric counts.
fn queue_name(metric: Object<'_>) -> Option<&str> {
    let counts = metric.peek("Namespace") == Some("AWS/SQS")
        && metric.peek("MetricName") == Some("ApproximateNumberOfMessagesVisible");
    let mut dimensions = metric.objects("Dimensions");
    let found = dimensions.find(|dimension| dimension.peek("Name") == Some("QueueName"));
    found.and_then(|dimension| dimension.peek("Value")).filter(|_| counts)
}

fn cooldowns<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    config: Object<'a>,
    range: &mut ScaleRange,
) {
    for (name, to) in [("ScaleOutCooldown", "scale/up_every"), ("ScaleInCooldown", "scale/down_after")] {
        let Some(field) = config.field(name) else { continue };
        let Some(seconds) = number(field.0).and_then(|n| u32::try_from(n).ok()) else {
            continue;
        };
        if seconds == 0 {
            field.dropped(tracker, "default");
            continue;
        }
        let slot = if name == "ScaleOutCooldown" { &mut range.up_every } else { &mut range.down_after };
        *slot = Some(slot.map_or(Seconds(seconds), |old| old.max(Seconds(seconds))));
        field.approximated(
            tracker,
            context.at(to),
            "a window in which the scale is looked at, not a pause after a step",
        );
    }
    if let Some(field) = config.field("DisableScaleIn") {
        if field.0 == &Value::Bool(true) {
            let text = "This policy never takes instances away. May it on the platform?";
            field.ask_to_drop(tracker, "scale-in", text, "yes");
        } else if field.0.is_boolean() {
            field.dropped(tracker, "default");
        }
    }
}

/// The wanted use of the requested CPU, in percent, within the platform's range.
pub(crate) fn kept_cpu(wanted: f64) -> u32 {
    whole(wanted).clamp(*CPU_RANGE.start(), *CPU_RANGE.end())
}

/// Rounded to a whole number that fits.
fn whole(value: f64) -> u32 {
    value.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

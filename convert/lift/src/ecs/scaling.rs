//! How many: the wanted count of a service, and Application Auto Scaling.

use super::kind::Plan;
use crate::account::{Account, Answer};
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, QueueScale, Scale, ScaleRange, Seconds};
use serde_json::Value;

/// The wanted use of the requested CPU that the platform keeps to, in percent.
const CPU_RANGE: std::ops::RangeInclusive<u32> = 50..=85;
/// Names of things, of which nothing depends.
const NAMES: [&str; 10] = [
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "RoleARN",
    "CreationTime",
    "ScalableTargetARN",
    "PolicyARN",
    "PolicyName",
    "Alarms",
    "PredictedCapacity",
];

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    if !matches!(plan.kind, ComponentType::Web | ComponentType::Worker) {
        return;
    }
    let mut range = target(account, plan);
    let mut driven = false;
    for &policy in &plan.facts.policies {
        match &mut range {
            Some(range) => driven |= self::policy(account, plan, policy, range),
            None => policy.drop_whole(account, "no-target"),
        }
    }
    driven |= super::cron::scheduled(account, plan, range.as_mut());
    if let Some(range) = &mut range {
        bounds(account, plan, range, driven);
    }
    let wanted = wanted(account, plan, driven && range.is_some());
    component.scale = Some(match range {
        Some(range) if driven => Scale::Range(range),
        _ => Scale::Fixed(wanted),
    });
}

/// The bounds.
fn target<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>) -> Option<ScaleRange> {
    let mut range = None;
    for &target in &plan.facts.scalable_targets {
        target.drop_all(account, &NAMES, "names");
        suspended(account, target);
        let bound = |name| target.peek_u64(name).and_then(|bound| u32::try_from(bound).ok());
        let (Some(min), Some(max)) = (bound("MinCapacity"), bound("MaxCapacity")) else {
            continue;
        };
        range = Some(ScaleRange { min, max, ..ScaleRange::default() });
    }
    range
}

/// What became of the bounds, now that it is known whether anything moves the number between them.
fn bounds<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, range: &mut ScaleRange, driven: bool) {
    let woken = range.queue.is_some() || range.rps.is_some() || !range.cron.is_empty();
    let raised = range.min == 0 && !woken;
    range.min = range.min.max(u32::from(raised));
    let lifted = range.max < range.min.max(1);
    range.max = range.max.max(range.min).max(1);
    let scheduled = !range.cron.is_empty();
    let Some(&target) = plan.facts.scalable_targets.last() else {
        return;
    };
    for (name, to, changed) in [("MinCapacity", "scale/min", raised), ("MaxCapacity", "scale/max", lifted)] {
        let Some(field) = target.field(name) else { continue };
        if !driven {
            field.dropped_because(account, "no-policy", "nothing moves it between its bounds");
        } else if scheduled && name == "MinCapacity" {
            field.dropped_because(account, "scheduled-bounds", "the scheduled actions set it");
        } else if changed {
            field.approximated(account, plan.at(to), "at least one runs where nothing outside could wake it");
        } else {
            field.exact(account, plan.at(to));
        }
    }
}

fn suspended<'a>(account: &mut Account<'a>, target: Object<'a>) {
    let Some(state) = target.object("SuspendedState") else {
        return;
    };
    for (_, value) in state.entries() {
        if value == &Value::Bool(true) {
            let text = "Its autoscaling is suspended at the moment. Should it scale on the platform?";
            super::service::ask_everything(account, Field(value), "autoscaling", text, "yes");
        } else if value.is_boolean() {
            Field(value).dropped(account, "default");
        }
    }
}

/// Whether the policy drives the scale.
fn policy<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, policy: Object<'a>, range: &mut ScaleRange) -> bool {
    policy.drop_all(account, &NAMES, "names");
    if let Some(config) = policy.object("TargetTrackingScalingPolicyConfiguration") {
        policy.drop_all(account, &["PolicyType"], "names");
        return tracking(account, plan, policy, config, range);
    }
    if policy.field("TargetValue").is_some() {
        return tracking(account, plan, policy, policy, range);
    }
    let mut driven = false;
    for name in ["PolicyType", "StepScalingPolicyConfiguration", "PredictiveScalingPolicyConfiguration"] {
        if let Some(field) = policy.field(name) {
            driven |= ask_for_driver(account, plan, policy, &[field], range);
        }
    }
    driven
}

fn tracking<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    policy: Object<'a>,
    config: Object<'a>,
    range: &mut ScaleRange,
) -> bool {
    cooldowns(account, plan, config, range);
    let Some(value) = config.field("TargetValue") else {
        return false;
    };
    let Some(wanted) = value.0.as_f64().filter(|wanted| *wanted > 0.0) else {
        return false;
    };
    let Some(metric) = config.object("PredefinedMetricSpecification") else {
        return custom(account, plan, policy, config, wanted, range);
    };
    let kind = metric.peek("PredefinedMetricType").unwrap_or("");
    let taken = match kind {
        "ECSServiceAverageCPUUtilization" => range.cpu.is_some(),
        "ECSServiceAverageMemoryUtilization" => range.memory.is_some(),
        _ => range.rps.is_some(),
    };
    if taken {
        config.drop_all(account, &["TargetValue", "PredefinedMetricSpecification"], "second-policy");
        return true;
    }
    match kind {
        "ECSServiceAverageCPUUtilization" => {
            let percent = whole(wanted);
            let kept = percent.clamp(*CPU_RANGE.start(), *CPU_RANGE.end());
            range.cpu = Some(kept);
            let target = plan.at("scale/cpu");
            if f64::from(kept) == wanted {
                value.exact(account, target);
            } else {
                value.approximated(account, target, "kept between 50 and 85 percent of what is requested");
            }
        }
        "ECSServiceAverageMemoryUtilization" => {
            range.memory = Some(whole(wanted).clamp(1, 100));
            value.approximated(account, plan.at("scale/memory"), "of what is requested; memory seldom falls again");
        }
        "ALBRequestCountPerTarget" => {
            range.rps = Some((wanted / 60.0 * 1000.0).round() / 1000.0);
            value.approximated(account, plan.at("scale/rps"), "requests a second instead of a minute");
        }
        _ => return ask_for_driver(account, plan, policy, &[value], range),
    }
    if let Some(field) = metric.field("PredefinedMetricType") {
        field.exact(account, plan.at("scale"));
    }
    metric.drop_all(account, &["ResourceLabel"], "resolved-reference");
    true
}

/// A metric of its own: the length of a queue is understood, anything else is asked about.
fn custom<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    policy: Object<'a>,
    config: Object<'a>,
    wanted: f64,
    range: &mut ScaleRange,
) -> bool {
    let fields: Vec<Field<'a>> =
        ["TargetValue", "CustomizedMetricSpecification"].into_iter().filter_map(|name| config.field(name)).collect();
    let metric = config.object("CustomizedMetricSpecification");
    let queue = metric.and_then(queue_name);
    let region = account.source.workload.region.as_ref().map(|region| region.as_str());
    let owner = account.source.workload.account.as_ref().map(|id| id.as_str());
    match (queue, owner, region) {
        (Some(queue), Some(owner), Some(region)) if crate::marks::is_clean(queue) => {
            let url = format!("https://sqs.{region}.amazonaws.com/{owner}/{queue}");
            range.queue = Some(QueueScale { queue: url, length: whole(wanted).max(1), in_flight: Some(false) });
            for field in fields {
                field.approximated(account, plan.at("scale/queue"), "messages for each instance, seen every 30 s");
            }
            true
        }
        _ => ask_for_driver(account, plan, policy, &fields, range),
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

/// What drives the scale is asked for: `cpu=70`, `memory=80`, `rps=50`, `queue=URL:20`, or `none`.
fn ask_for_driver<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    policy: Object<'a>,
    fields: &[Field<'a>],
    range: &mut ScaleRange,
) -> bool {
    let name = policy.peek("PolicyName").unwrap_or("policy");
    let id = account.question_id("scaling", &crate::marks::without_marks(name));
    let text = "It scales by steps or by a metric of its own. By what should it scale: `cpu=70`, `memory=80`, `rps=50`, \
                `queue=URL:20` (messages for each instance), or `none`?";
    let usable = |answer: &str| answer == "none" || drive(answer, &mut ScaleRange::default());
    match account.ask_for(id, text, &[], Some("none"), usable) {
        Answer::Given(answer) => {
            for field in fields {
                field.approximated(account, plan.at("scale"), "what drives it, by a person's answer");
            }
            drive(answer, range)
        }
        Answer::Open(id) => {
            for field in fields {
                field.asked(account, &id);
            }
            false
        }
    }
}

fn drive(answer: &str, range: &mut ScaleRange) -> bool {
    let Some((name, value)) = answer.split_once('=') else {
        return false;
    };
    match name {
        "cpu" => value.parse().is_ok_and(|percent| range.cpu.replace(percent).is_none()),
        "memory" => value.parse().is_ok_and(|percent| range.memory.replace(percent).is_none()),
        "rps" => value.parse().is_ok_and(|rate: f64| rate > 0.0 && range.rps.replace(rate).is_none()),
        "queue" => {
            let Some((queue, length)) = value.rsplit_once(':') else {
                return false;
            };
            let Ok(length) = length.parse() else { return false };
            range.queue = Some(QueueScale { queue: queue.to_owned(), length, in_flight: None });
            true
        }
        _ => false,
    }
}

fn cooldowns<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, config: Object<'a>, range: &mut ScaleRange) {
    for (name, to) in [("ScaleOutCooldown", "scale/up_every"), ("ScaleInCooldown", "scale/down_after")] {
        let Some(field) = config.field(name) else { continue };
        let Some(seconds) = number(field.0).and_then(|n| u32::try_from(n).ok()) else {
            continue;
        };
        if seconds == 0 {
            field.dropped(account, "default");
            continue;
        }
        let slot = if name == "ScaleOutCooldown" { &mut range.up_every } else { &mut range.down_after };
        *slot = Some(slot.map_or(Seconds(seconds), |old| old.max(Seconds(seconds))));
        field.approximated(account, plan.at(to), "a window in which the scale is looked at, not a pause after a step");
    }
    if let Some(field) = config.field("DisableScaleIn") {
        if field.0 == &Value::Bool(true) {
            let text = "This policy never takes instances away. May it on the platform?";
            super::service::ask_everything(account, field, "scale-in", text, "yes");
        } else if field.0.is_boolean() {
            field.dropped(account, "default");
        }
    }
}

/// The fixed number, where nothing scales it.
fn wanted<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, scaled: bool) -> u32 {
    let field = plan.facts.service.and_then(|service| service.field("desiredCount"));
    if scaled {
        if let Some(field) = field {
            field.dropped_because(account, "autoscaled", "the number at the moment is the autoscaler's");
        }
        return 0;
    }
    let said = field.and_then(|field| number(field.0)).and_then(|n| u32::try_from(n).ok());
    match (field, said) {
        (Some(field), Some(0)) => dormant(account, plan, field),
        (Some(field), Some(count)) => {
            field.exact(account, plan.at("scale"));
            count
        }
        _ => ask_for_count(account, "How many of it should run?", "1").unwrap_or(1),
    }
}

fn dormant<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, field: Field<'a>) -> u32 {
    let text = "It runs at zero. How many should run on the platform, or can it be retired (then leave it at 0)?";
    match ask_for_count(account, text, "0") {
        Ok(count) => {
            field.approximated(account, plan.at("scale"), "by a person's answer");
            count
        }
        Err(id) => {
            field.asked(account, &id);
            0
        }
    }
}

fn ask_for_count(account: &mut Account<'_>, text: &str, assumed: &str) -> Result<u32, caravan_inventory::QuestionId> {
    let id = account.question_id("replicas", "");
    match account
        .ask_for(id, text, &[], Some(assumed), |answer| answer.parse::<u32>().is_ok_and(|count| count <= 10_000))
    {
        Answer::Given(answer) => Ok(answer.parse().unwrap_or(1)),
        Answer::Open(id) => Err(id),
    }
}

/// Rounded to a whole number that fits.
fn whole(value: f64) -> u32 {
    value.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

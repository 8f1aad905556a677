//! What moves the number of an Auto Scaling group, and what holds its machines up when they begin or end: policies, scheduled
//! actions, lifecycle hooks (EC2 Auto Scaling API: ScalingPolicy, ScheduledUpdateGroupAction, LifecycleHook).

use super::facts::Facts;
use crate::context::Context;
use crate::field::{Field, Object, is_empty};
use crate::plconfig::{CronScale, ScaleRange, is_schedule, is_time_zone};
use crate::scaling::{Suspended, ask_for_driver, custom, kept_cpu, take_turns};
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;

/// What names a policy, a scheduled action or a hook, and what AWS makes of it.
const NAMES: &[&str] = &[
    "Alarms",
    "AutoScalingGroupName",
    "LifecycleHookName",
    "PolicyARN",
    "PolicyName",
    "RoleARN",
    "ScheduledActionARN",
    "ScheduledActionName",
];

/// What a policy that does not count may still say.
const OF_POLICIES: &[&str] = &[
    "AdjustmentType",
    "Cooldown",
    "Enabled",
    "EstimatedInstanceWarmup",
    "MetricAggregationType",
    "MinAdjustmentMagnitude",
    "MinAdjustmentStep",
    "PolicyType",
    "PredictiveScalingConfiguration",
    "ScalingAdjustment",
    "StepAdjustments",
    "TargetTrackingConfiguration",
];

/// Whether policies drive the number between its bounds. A policy that is switched off does not.
pub(super) fn policies<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    facts: &Facts<'a>,
    range: &mut ScaleRange,
) -> bool {
    let mut driven = false;
    for &policy in &facts.policies {
        policy.drop_all(tracker, NAMES, "names");
        if policy.peek_bool("Enabled") == Some(false) {
            policy.drop_all(tracker, OF_POLICIES, "policy-off");
            continue;
        }
        policy.drop_all(tracker, &["Enabled"], "default");
        driven |= match policy.object("TargetTrackingConfiguration") {
            Some(config) => tracking(tracker, context, policy, config, range),
            None => by_steps(tracker, context, policy, range),
        };
    }
    driven
}

/// What policies say where they have no effect, by the rule that says why.
pub(super) fn without_effect<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, rule: &'static str) {
    for policy in &facts.policies {
        policy.drop_all(tracker, NAMES, "names");
        policy.drop_all(tracker, OF_POLICIES, rule);
    }
}

/// What of policies and scheduled actions has no effect, as it is suspended.
pub(super) fn leave<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, suspended: &Suspended) {
    let policies = facts.policies.iter().filter(|_| suspended.is_fixed());
    for one in policies.chain(&facts.schedules) {
        one.drop_all(tracker, NAMES, "names");
        // An older name of `StartTime`.
        one.drop_all(tracker, &["Time"], "names");
        let said = one.entries().filter(|(name, value)| !NAMES.contains(name) && *name != "Time" && !is_empty(value));
        said.for_each(|(_, value)| suspended.leave(tracker, value));
    }
}

fn by_steps<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    policy: Object<'a>,
    range: &mut ScaleRange,
) -> bool {
    let fields: Vec<Field<'a>> = policy
        .entries()
        .filter(|(name, value)| OF_POLICIES.contains(name) && *name != "Enabled" && !is_empty(value))
        .map(|(_, value)| Field(value))
        .collect();
    ask_for_driver(tracker, context, policy, &fields, range)
}

fn tracking<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    policy: Object<'a>,
    config: Object<'a>,
    range: &mut ScaleRange,
) -> bool {
    policy.drop_all(tracker, &["PolicyType"], "names");
    if let Some(field) = policy.field("EstimatedInstanceWarmup") {
        field.dropped_because(
            tracker,
            "machine",
            "how long a machine takes before it counts; a pod counts when it is ready",
        );
    }
    if let Some(field) = config.field("DisableScaleIn") {
        if field.0 == &Value::Bool(true) {
            let text = "This policy never takes machines away. May it take pods away on the platform?";
            field.ask_to_drop(tracker, "scale-in", text, "yes");
        } else {
            field.dropped(tracker, "default");
        }
    }
    let Some(value) = config.field("TargetValue") else { return false };
    let Some(wanted) = decimal(value.0).filter(|wanted| *wanted > 0.0) else {
        return ask_for_driver(tracker, context, policy, &[value], range);
    };
    let Some(metric) = config.object("PredefinedMetricSpecification") else {
        return custom(tracker, context, policy, config, wanted, range);
    };
    metric.drop_all(tracker, &["ResourceLabel"], "resolved-reference");
    let kind = metric.field("PredefinedMetricType");
    let fields: Vec<Field<'a>> = kind.into_iter().chain([value]).collect();
    let (to, note) = match metric.peek("PredefinedMetricType") {
        Some("ASGAverageCPUUtilization") if range.cpu.is_none() => {
            range.cpu = Some(kept_cpu(wanted));
            let note =
                "of what a pod asks for, where the group counted the whole machine; kept between 50 and 85 percent";
            ("scale/cpu", note)
        }
        // The API counts them by the minute.
        Some("ALBRequestCountPerTarget") if range.rps.is_none() => {
            range.rps = Some((wanted / 60.0 * 1000.0).round() / 1000.0);
            ("scale/rps", "requests a second instead of a minute")
        }
        _ => return ask_for_driver(tracker, context, policy, &fields, range),
    };
    for field in fields {
        field.approximated(tracker, context.at(to), note);
    }
    true
}

/// A number, as an answer in XML or in JSON has it.
fn decimal(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| number.is_finite())
}

/// One scheduled action that is understood: a clock, and the floor and the ceiling that it sets.
struct Turn<'a> {
    moment: &'a str,
    zone: Option<&'a str>,
    floor: u32,
    ceiling: Option<u32>,
    /// Whether it sets the number itself, also down.
    sets: bool,
}

/// Whether scheduled actions move the bounds: two that take turns are a floor from one moment to the other. What else a clock does is
/// asked about.
pub(super) fn schedules<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    facts: &Facts<'a>,
    range: &mut ScaleRange,
) -> bool {
    for action in &facts.schedules {
        action.drop_all(tracker, NAMES, "names");
        // An older name of `StartTime`.
        action.drop_all(tracker, &["Time"], "names");
    }
    let turns = match facts.schedules.as_slice() {
        [one, other] => turn(*one).zip(turn(*other)),
        _ => None,
    };
    let in_order =
        |(one, other): (Turn<'a>, Turn<'a>)| if one.floor > other.floor { (one, other) } else { (other, one) };
    // A lower floor alone takes no machine away: that is a policy's work, or that of a number or a ceiling.
    let falls = |high: &Turn<'_>, low: &Turn<'_>| {
        !facts.policies.is_empty() || low.sets || low.ceiling.is_some_and(|ceiling| ceiling < high.floor)
    };
    match turns.map(in_order) {
        Some((high, low))
            if high.floor != low.floor
                && high.zone == low.zone
                && falls(&high, &low)
                && take_turns(high.moment, low.moment) =>
        {
            range.min = low.floor;
            range.max =
                [Some(range.max), high.ceiling, low.ceiling, Some(high.floor)].into_iter().flatten().max().unwrap_or(1);
            range.cron.push(CronScale {
                start: high.moment.to_owned(),
                end: low.moment.to_owned(),
                timezone: high.zone.map(str::to_owned),
                min: high.floor,
            });
            let note = "a floor from one moment to the other; the ceiling is the highest of all";
            for (_, value) in facts.schedules.iter().flat_map(|action| action.entries()) {
                if !is_empty(value) && !tracker.is_marked(value) {
                    Field(value).approximated(tracker, context.at("scale/cron"), note);
                }
            }
            true
        }
        _ => {
            facts.schedules.iter().for_each(|action| ask_about(tracker, *action));
            false
        }
    }
}

/// An action that comes again and again and sets a floor; none where five fields of a cron can't say it.
fn turn<'a>(action: Object<'a>) -> Option<Turn<'a>> {
    let count = |name| action.peek_u64(name).and_then(|count| u32::try_from(count).ok());
    let moment = action.peek("Recurrence").filter(|text| is_schedule(text))?;
    let zone = action.peek("TimeZone").filter(|zone| !zone.is_empty());
    let is_bound =
        ["StartTime", "EndTime"].into_iter().any(|name| action.peek(name).is_some_and(|text| !text.is_empty()));
    // The number that it sets stays until something moves it: nobody has fewer before.
    let (least, wanted) = (count("MinSize"), count("DesiredCapacity"));
    let floor = least.max(wanted)?;
    let sets = wanted.is_some();
    (!is_bound && zone.is_none_or(is_time_zone)).then_some(Turn {
        moment,
        zone,
        floor,
        ceiling: count("MaxSize"),
        sets,
    })
}

fn ask_about<'a>(tracker: &mut FieldTracker<'a>, action: Object<'a>) {
    let name = crate::marks::without_marks(action.peek("ScheduledActionName").unwrap_or("action"));
    let id = tracker.question_id("scaling", &name);
    let text = format!(
        "The scheduled action `{name}` of its Auto Scaling group moves its number in a way that the platform can't. Can that be left out?"
    );
    let fields = ["Recurrence", "TimeZone", "StartTime", "EndTime", "MinSize", "MaxSize", "DesiredCapacity"];
    let ground = fields.iter().filter_map(|name| action.field(name)).map(|field| field.0.to_string());
    let ask = |tracker: &mut FieldTracker<'a>| tracker.ask(id, &text, &["leave-out"], Some("leave-out"));
    let answer = tracker.resting_on(ground.collect(), ask);
    for field in fields.into_iter().filter_map(|name| action.field(name)) {
        match &answer {
            Asked::Open(id) => field.asked(tracker, id),
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        }
    }
    let counts =
        ["MinSize", "MaxSize", "DesiredCapacity"].map(|name| action.field(name).map(|_| action.peek_u64(name)));
    let may_stop = counts.iter().flatten().any(|count| count.is_none_or(|count| count == 0));
    if let (Asked::Open(_), true) = (answer, may_stop) {
        // Without it what was off at its hours runs then.
        tracker.hold("nobody said what becomes of a scheduled action that may switch it off");
    }
}

/// What waits for a machine to begin or to end is somebody else's program: it is asked about, and until then nothing runs without it.
pub(super) fn hooks<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
    for &hook in &facts.hooks {
        hook.drop_all(tracker, NAMES, "names");
        let name = crate::marks::without_marks(hook.peek("LifecycleHookName").unwrap_or("hook"));
        let ends = hook.peek("LifecycleTransition").is_none_or(|transition| transition.ends_with("TERMINATING"));
        // An hour where it says nothing (API reference, LifecycleHook).
        let seconds = hook.peek_u64("HeartbeatTimeout").unwrap_or(3600);
        let when = if ends { "ends" } else { "begins" };
        let id = tracker.question_id("lifecycle-hook", &name);
        let text = format!(
            "When a machine of its group {when}, the lifecycle hook `{name}` holds it for up to {seconds} s, so that a program of              somebody's does its work on it. Pods have no such hook. Can it be left out, since the program is not needed or its work is              the container's own (`leave-out`)?"
        );
        let answer = tracker.ask(id, &text, &["leave-out"], None);
        for (_, value) in hook.entries().filter(|(_, value)| !is_empty(value)) {
            if tracker.is_marked(value) {
                continue;
            }
            match &answer {
                Asked::Open(id) => Field(value).asked(tracker, id),
                Asked::Given(_) => Field(value).dropped(tracker, "dropped-by-answer"),
            }
        }
        if let Asked::Open(_) = answer {
            tracker.hold("nobody said what becomes of a lifecycle hook of its group");
        }
    }
}

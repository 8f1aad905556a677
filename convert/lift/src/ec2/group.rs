//! Auto Scaling groups: how many, and by what that changes.

use super::facts::Facts;
use super::group_scale;
use crate::context::Context;
use crate::field::{Field, Object, is_empty, number};
use crate::plconfig::{Component, Scale, ScaleRange, Spot};
use crate::scaling::{self, Suspended};
use crate::tracker::{Asked, FieldTracker};

/// What of a group is its machines' own, or names it.
const OF_MACHINES: &[&str] = &[
    "AutoScalingGroupARN",
    "AutoScalingGroupName",
    "AvailabilityZoneDistribution",
    "AvailabilityZoneIds",
    "AvailabilityZoneImpairmentPolicy",
    "AvailabilityZones",
    "CapacityRebalance",
    "CapacityReservationSpecification",
    "Context",
    "CreatedTime",
    "DefaultCooldown",
    "DefaultInstanceWarmup",
    "DeletionProtection",
    "DesiredCapacityType",
    "EnabledMetrics",
    "HealthCheckGracePeriod",
    "HealthCheckType",
    "InstanceLifecyclePolicy",
    "InstanceMaintenancePolicy",
    "Instances",
    "LaunchConfigurationName",
    "LaunchTemplate",
    "MaxInstanceLifetime",
    "NewInstancesProtectedFromScaleIn",
    "Operator",
    "PlacementGroup",
    "PredictedCapacity",
    "ServiceLinkedRoleARN",
    "Status",
    "TerminationPolicies",
    "VPCZoneIdentifier",
    "WarmPoolConfiguration",
    "WarmPoolSize",
];

/// Maps the group's numbers; without a group it is one machine.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    facts: &Facts<'a>,
    context: &Context<'_, 'a>,
    component: &mut Component,
) {
    let group = facts.group.map(|group| group.root);
    classic(tracker, facts, group.and_then(|group| group.field("LoadBalancerNames")));
    let Some(group) = group else {
        component.scale = Some(Scale::Fixed(1));
        return;
    };
    group.drop_all(tracker, OF_MACHINES, "machine");
    group.drop_all(tracker, &["TargetGroupARNs", "TrafficSources"], "resolved-reference");
    group.drop_all(tracker, &["Tags"], "machine-tag");
    mixed(tracker, context, group, component);
    group_scale::hooks(tracker, facts);
    let suspended = suspended(tracker, context, group);
    count(tracker, context, (facts, &suspended), group, component);
}

/// What of the group's scaling is suspended: without machines that begin or end its number stays, and alarms and clocks move it by
/// these (EC2 Auto Scaling API, SuspendProcesses). What else is suspended is about single machines.
fn suspended<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, group: Object<'a>) -> Suspended {
    let mut suspended = Suspended::default();
    let mut fields = Vec::new();
    for process in group.objects("SuspendedProcesses") {
        let reason = process.field("SuspensionReason").map(|field| field.0);
        let values = || process.entries().map(|(_, value)| value).filter(|value| !is_empty(value));
        match process.peek("ProcessName") {
            Some("Launch" | "Terminate" | "AlarmNotification") => (suspended.inward, suspended.outward) = (true, true),
            Some("ScheduledActions") => suspended.by_clock = true,
            _ => {
                let note = "what its group does with single machines; the platform starts pods again and spreads them by itself";
                values().for_each(|value| Field(value).dropped_because(tracker, "machine", note));
                continue;
            }
        }
        fields.extend(values().filter(|value| !reason.is_some_and(|reason| std::ptr::eq(reason, *value))).map(Field));
        reason.into_iter().for_each(|reason| Field(reason).dropped(tracker, "machine"));
    }
    scaling::ask_whether_suspended(tracker, context, suspended, &fields)
}

/// Under which rule, and why, bounds that nothing moves between are dropped.
struct Unmoved {
    rule: &'static str,
    why: &'static str,
}

fn count<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    (facts, suspended): (&Facts<'a>, &Suspended),
    group: Object<'a>,
    component: &mut Component,
) {
    let bound = |name| group.peek_u64(name).and_then(|bound| u32::try_from(bound).ok());
    let (min, max) = (bound("MinSize"), bound("MaxSize"));
    let desired = group.field("DesiredCapacity");
    let bounds: Vec<Field<'a>> = ["MinSize", "MaxSize"].into_iter().filter_map(|name| group.field(name)).collect();
    if suspended.is_fixed() || suspended.by_clock {
        group_scale::leave(tracker, facts, suspended);
    }
    if suspended.is_fixed() {
        bounds.iter().for_each(|field| suspended.leave(tracker, field.0));
        return scaling::map(tracker, context, desired, component);
    }
    let is_parked = desired.and_then(|field| number(field.0)) == Some(0);
    // Nothing is known of bounds that are not both there: then what a clock does is asked about.
    let (min, max) = min.zip(max).unwrap_or_default();
    let mut range = ScaleRange { min, max, ..ScaleRange::default() };
    let by_clock = !suspended.by_clock && group_scale::schedules(tracker, context, facts, &mut range);
    let moves = by_clock || min < max && !is_parked;
    if moves && !facts.policies.is_empty() || by_clock {
        let driven = group_scale::policies(tracker, context, facts, &mut range) || by_clock;
        return scaled(tracker, context, (&bounds, desired), range, driven, component);
    }
    if !moves {
        let unmoved = match (min < max, facts.schedules.is_empty()) {
            (true, _) => {
                Unmoved { rule: "parked", why: "it runs at zero: how many should run is asked, and that number stands" }
            }
            (false, true) => Unmoved { rule: "fixed-group", why: "nothing moves its number" },
            (false, false) => Unmoved {
                rule: "fixed-group",
                why: "nothing but its scheduled actions moves its number, and those are asked about",
            },
        };
        group_scale::without_effect(tracker, facts, unmoved.rule);
        for field in bounds {
            field.dropped_because(tracker, unmoved.rule, unmoved.why);
        }
        return scaling::map(tracker, context, desired, component);
    }
    let id = tracker.question_id("scaling", "");
    let text = format!(
        "Its Auto Scaling group has between {min} and {max} machines. By what should the number of pods move: `cpu=70`, \
         `memory=80`, `rps=50`, or `none`?"
    );
    let usable = |answer: &str| answer == "none" || driven(answer, min, max).is_some();
    match tracker.ask_for(id, &text, &[], Some("none"), usable) {
        Asked::Given(answer) if answer != "none" => {
            component.scale = driven(answer, min, max).map(Scale::Range);
            for (field, to) in bounds.into_iter().zip(["scale/min", "scale/max"]) {
                field.exact(tracker, context.at(to));
            }
            if let Some(field) = desired {
                field.dropped_because(tracker, "autoscaled", "the number at the moment is the autoscaler's");
            }
        }
        answer => {
            for field in bounds {
                match &answer {
                    Asked::Open(id) => field.asked(tracker, id),
                    Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
                }
            }
            scaling::map(tracker, context, desired, component);
        }
    }
}

/// What policies and clocks have made of its bounds, and what its bounds are then.
fn scaled<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    (bounds, desired): (&[Field<'a>], Option<Field<'a>>),
    mut range: ScaleRange,
    driven: bool,
    component: &mut Component,
) {
    if !driven {
        for field in bounds {
            field.dropped_because(tracker, "no-policy", "nothing moves it between its bounds");
        }
        return scaling::map(tracker, context, desired, component);
    }
    let by_clock = !range.cron.is_empty();
    // Nothing outside wakes what is scaled to zero by its own use.
    let raised = range.min == 0 && !by_clock && range.queue.is_none() && range.rps.is_none();
    range.min = range.min.max(u32::from(raised));
    range.max = range.max.max(range.min).max(1);
    for (field, to) in bounds.iter().zip(["scale/min", "scale/max"]) {
        match (by_clock, raised && to == "scale/min") {
            (true, _) => field.approximated(tracker, context.at(to), "its scheduled actions move it"),
            (false, true) => {
                field.approximated(tracker, context.at(to), "at least one runs where nothing outside could wake it");
            }
            (false, false) => field.exact(tracker, context.at(to)),
        }
    }
    if let Some(field) = desired {
        field.dropped_because(tracker, "autoscaled", "the number at the moment is the autoscaler's");
    }
    component.scale = Some(Scale::Range(range));
}

fn driven(answer: &str, min: u32, max: u32) -> Option<ScaleRange> {
    let (name, value) = answer.split_once('=')?;
    let percent = || value.parse::<u32>().ok().filter(|percent| (1..=1000).contains(percent));
    // Nothing outside wakes what is scaled to zero by its own use.
    let range = ScaleRange { min: min.max(1), max: max.max(1), ..ScaleRange::default() };
    match name {
        "cpu" => Some(ScaleRange { cpu: Some(percent()?), ..range }),
        "memory" => Some(ScaleRange { memory: Some(percent()?), ..range }),
        "rps" => {
            let rate = value.parse::<f64>().ok().filter(|rate| rate.is_finite() && *rate > 0.0)?;
            Some(ScaleRange { rps: Some(rate), ..range })
        }
        _ => None,
    }
}

/// Several kinds of machines, some of them on spot.
fn mixed<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, group: Object<'a>, component: &mut Component) {
    let Some(policy) = group.object("MixedInstancesPolicy") else { return };
    let distribution = policy.object("InstancesDistribution");
    let share = distribution.and_then(|one| one.field("OnDemandPercentageAboveBaseCapacity"));
    if let Some(share) = share.filter(|share| number(share.0).is_some_and(|percent| percent < 100)) {
        component.spot = Some(Spot::Prefer);
        share.approximated(tracker, context.at("spot"), "spot where there is some, on-demand otherwise");
    }
    let parts = policy.entries().flat_map(|(_, part)| match part {
        serde_json::Value::Object(map) => map.values().collect::<Vec<_>>(),
        other => vec![other],
    });
    for value in parts.filter(|value| !is_empty(value)).collect::<Vec<_>>() {
        if !tracker.is_marked(value) {
            Field(value).dropped(tracker, "machine");
        }
    }
}

/// Load balancers of the first generation, whose routes nobody reads.
fn classic<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, names: Option<Field<'a>>) {
    if names.is_none() && facts.classic.is_empty() {
        return;
    }
    let id = tracker.question_id("classic", "");
    let text = "A classic load balancer sends to its machines, whose ways are not read. Are those that it needs in `ingress` (`yes`)?";
    let answer = tracker.ask(id, text, &["yes"], None);
    let fields = names.map(|names| names.0).into_iter();
    let rest =
        facts.classic.iter().flat_map(|one| one.entries()).map(|(_, value)| value).filter(|value| !is_empty(value));
    for value in fields.chain(rest) {
        match &answer {
            Asked::Given(_) => Field(value).dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => Field(value).asked(tracker, id),
        }
    }
}

//! Auto Scaling groups, and what moves their number or holds their machines up.

use super::Emitter;
use super::shape::{Fields, moved, typed};
use crate::files::template::document::Resource;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Value, json};

const NUMBERS: &[&str] = &[
    "Cooldown",
    "DefaultInstanceWarmup",
    "DesiredCapacity",
    "EstimatedInstanceWarmup",
    "HealthCheckGracePeriod",
    "HeartbeatTimeout",
    "MaxCapacityBuffer",
    "MaxInstanceLifetime",
    "MaxSize",
    "MetricIntervalLowerBound",
    "MetricIntervalUpperBound",
    "MinAdjustmentMagnitude",
    "MinSize",
    "OnDemandBaseCapacity",
    "OnDemandPercentageAboveBaseCapacity",
    "ScalingAdjustment",
    "SpotInstancePools",
    "TargetValue",
];
const BOOLEANS: &[&str] =
    &["CapacityRebalance", "DisableScaleIn", "NewInstancesProtectedFromScaleIn", "PropagateAtLaunch"];

/// A group.
pub(super) fn group(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "LaunchConfigurationName",
        "LaunchTemplate/*",
        "LifecycleHookSpecificationList/*/NotificationTargetARN",
        "LifecycleHookSpecificationList/*/RoleARN",
        "MixedInstancesPolicy/LaunchTemplate/LaunchTemplateSpecification/*",
        "MixedInstancesPolicy/LaunchTemplate/Overrides/*/LaunchTemplateSpecification/*",
        "TargetGroupARNs/*",
        "TrafficSources/*/Identifier",
    ];
    let mut fields = properties(out, resource, LINKS);
    out.leave_out(
        &mut fields,
        &[
            "InstanceId",
            "MetricsCollection",
            "NotificationConfiguration",
            "NotificationConfigurations",
            "VPCZoneIdentifier",
        ],
    );
    moved(&mut fields, "Cooldown", "DefaultCooldown");
    let name = out.eval.name_of(id, "AutoScalingGroupName");
    let hooks = fields.remove("LifecycleHookSpecificationList");
    for hook in hooks.iter().flat_map(|hooks| hooks.as_array().into_iter().flatten()) {
        let Value::Object(hook) = hook else { continue };
        of_group(out, Kind::LifecycleHook, hook.clone(), &name, "LifecycleHookName");
    }
    if let Some(open) = hooks.filter(|hooks| Unresolved::of(hooks).is_some()) {
        let hook = json!({"LifecycleHookName": open});
        of_group(out, Kind::LifecycleHook, hook.as_object().cloned().unwrap_or_default(), &name, "");
    }
    // A group runs as many as its least number where nothing says how many (AWS::AutoScaling::AutoScalingGroup).
    if let (None, Some(least)) = (fields.get("DesiredCapacity"), fields.get("MinSize").cloned()) {
        fields.insert("DesiredCapacity".to_owned(), least);
    }
    fields.insert("AutoScalingGroupName".to_owned(), name.clone().into());
    out.add(Kind::AutoScalingGroup, &name, Value::Object(fields));
}

/// A policy.
pub(super) fn policy(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = properties(out, resource, &["AutoScalingGroupName"]);
    let name = out.eval.name_of(id, "PolicyName");
    fields.insert("PolicyName".to_owned(), name.into());
    // What says no kind is a simple one.
    fields.entry("PolicyType").or_insert_with(|| json!("SimpleScaling"));
    placed(out, Kind::GroupPolicy, fields, id);
}

/// An action by the clock.
pub(super) fn schedule(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = properties(out, resource, &["AutoScalingGroupName"]);
    fields.insert("ScheduledActionName".to_owned(), out.eval.name_of(id, "").into());
    placed(out, Kind::GroupSchedule, fields, id);
}

/// What holds a machine up when it begins or ends.
pub(super) fn hook(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = properties(out, resource, &["AutoScalingGroupName", "NotificationTargetARN", "RoleARN"]);
    fields.insert("LifecycleHookName".to_owned(), out.eval.name_of(id, "LifecycleHookName").into());
    placed(out, Kind::LifecycleHook, fields, id);
}

fn properties(out: &Emitter<'_>, resource: &Resource, links: &[&str]) -> Fields {
    let mut body = Value::Object(out.eval.properties(&resource.properties, links));
    typed(&mut body, NUMBERS, BOOLEANS);
    match body {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

fn of_group(out: &mut Emitter<'_>, kind: Kind, mut fields: Fields, group: &str, named: &str) {
    let place = fields.get(named).and_then(Value::as_str).unwrap_or("hooks");
    let place = format!("{group}/{place}");
    fields.insert("AutoScalingGroupName".to_owned(), group.into());
    out.add(kind, &place, Value::Object(fields));
}

/// Adds what belongs to a group; one whose group is not in the template is said.
fn placed(out: &mut Emitter<'_>, kind: Kind, fields: Fields, id: &str) {
    if fields.get("AutoScalingGroupName").and_then(Value::as_str).is_none() {
        out.emitted.elsewhere.push(format!("{id} is of an Auto Scaling group that is not in the template"));
    }
    out.add(kind, id, Value::Object(fields));
}

//! Application autoscaling.

use super::Emitter;
use super::shape::{Fields, typed};
use crate::files::template::document::Resource;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const NUMBERS: &[&str] = &[
    "Cooldown",
    "MaxCapacity",
    "MetricIntervalLowerBound",
    "MetricIntervalUpperBound",
    "MinAdjustmentMagnitude",
    "MinCapacity",
    "ScaleInCooldown",
    "ScaleOutCooldown",
    "ScalingAdjustment",
    "TargetValue",
];
/// What says which thing is scaled.
const SCALED: &[&str] = &["ResourceId", "ScalableDimension", "ServiceNamespace"];

/// A target with its scheduled actions, each a thing of its own.
pub(super) fn target(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["ResourceId", "RoleARN"]);
    let actions = fields.remove("ScheduledActions");
    let scaled: Fields =
        SCALED.iter().filter_map(|field| Some(((*field).to_owned(), fields.get(*field)?.clone()))).collect();
    for (at, action) in actions.as_ref().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Value::Object(action) = action else { continue };
        let mut action = action.clone();
        action.extend(scaled.clone());
        add(out, Kind::ScheduledAction, &format!("{id}/{at}"), action);
    }
    add(out, Kind::ScalableTarget, id, fields);
}

/// A policy. It names its target, or what that scales.
pub(super) fn policy(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["ResourceId"]);
    let target = resource.properties.get("ScalingTargetId").and_then(|target| target.get("Ref")?.as_str());
    if let Some((_, target)) = target.and_then(|target| out.eval.template.resource(target)) {
        let of_target = out.eval.properties(&target.properties, &["ResourceId"]);
        for field in SCALED {
            if let Some(value) = of_target.get(*field) {
                fields.insert((*field).to_owned(), value.clone());
            }
        }
        fields.remove("ScalingTargetId");
    }
    fields.insert("PolicyName".to_owned(), out.eval.name_of(id, "PolicyName").into());
    add(out, Kind::ScalingPolicy, id, fields);
}

fn add(out: &mut Emitter<'_>, kind: Kind, name: &str, fields: Fields) {
    let mut body = json!(fields);
    typed(
        &mut body,
        NUMBERS,
        &["DisableScaleIn", "DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"],
    );
    out.add(kind, name, body);
}

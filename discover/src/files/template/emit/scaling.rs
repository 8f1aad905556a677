//! Application autoscaling.

use super::Emitter;
use super::shape::{Fields, typed};
use crate::files::template::document::Resource;
use crate::files::template::intrinsic::{Intrinsic, short};
use caravan_inventory::{ObservationKind as Kind, Unresolved};
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
    name_service(out, resource, &mut fields);
    let actions = fields.remove("ScheduledActions");
    let scaled: Fields =
        SCALED.iter().filter_map(|field| Some(((*field).to_owned(), fields.get(*field)?.clone()))).collect();
    for (at, action) in actions.as_ref().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Value::Object(action) = action else { continue };
        let mut action = action.clone();
        action.extend(scaled.clone());
        add(out, Kind::ScheduledAction, &format!("{id}/{at}"), action);
    }
    out.leave_open(&mut fields, "MinCapacity");
    add(out, Kind::ScalableTarget, id, fields);
}

/// A policy. It names its target, or what that scales.
pub(super) fn policy(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["ResourceId"]);
    name_service(out, resource, &mut fields);
    let target = resource.properties.get("ScalingTargetId").and_then(Intrinsic::of).and_then(|target| match target {
        Intrinsic::Ref(target) | Intrinsic::GetAtt(target, _) => out.eval.template.resource(target),
        Intrinsic::Function(..) => None,
    });
    if let Some((_, target)) = target {
        let mut of_target = out.eval.properties(&target.properties, &["ResourceId"]);
        name_service(out, target, &mut of_target);
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

/// Puts the name of the template's own service in place of one that is open, since its cluster is imported or a parameter: the
/// one that it refers to, or whose own name is said by the same words.
fn name_service(out: &Emitter<'_>, resource: &Resource, fields: &mut Fields) {
    let is_open = fields.get("ResourceId").is_some_and(|id| Unresolved::of(id).is_some());
    let Some(said) = resource.properties.get("ResourceId").filter(|_| is_open) else { return };
    let template = out.eval.template;
    let is_service = |of: &&Resource| of.of_type == "AWS::ECS::Service";
    let mut referred = referred(said).into_iter().filter_map(|name| template.resource(&name));
    let last = last_part(said);
    let called = || {
        let last = last.as_deref()?;
        let named = |of: &Resource| of.properties.get("ServiceName").is_some_and(|name| plain(name) == last);
        let mut all = template.resources.iter().filter(|(_, of)| is_service(of) && named(of));
        // Two of one name stand in different clusters, which nobody knows.
        all.next().filter(|_| all.next().is_none()).map(|(id, of)| (id.as_str(), of))
    };
    if let Some((id, service)) = referred.find(|(_, of)| is_service(of)).or_else(called) {
        let cluster = out.eval.cluster(service.properties.get("Cluster"));
        let name = out.eval.name_of(id, "ServiceName");
        fields.insert("ResourceId".to_owned(), json!(format!("service/{cluster}/{name}")));
    }
}

/// The resources and parameters that a value refers to, also inside of texts.
fn referred(value: &Value) -> Vec<String> {
    match (Intrinsic::of(value), value) {
        (Some(Intrinsic::Ref(name) | Intrinsic::GetAtt(name, _)), _) => vec![name.to_owned()],
        (Some(Intrinsic::Function("Sub", argument)), _) => {
            let text = argument.as_str().or_else(|| argument.get(0)?.as_str()).unwrap_or_default();
            let variables = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
            let variables = variables.map(|name| name.split('.').next().unwrap_or(name).to_owned());
            variables.chain(argument.get(1).map(referred).unwrap_or_default()).collect()
        }
        (_, Value::Array(items)) => items.iter().flat_map(referred).collect(),
        (_, Value::Object(fields)) => fields.values().flat_map(referred).collect(),
        _ => Vec::new(),
    }
}

/// What stands behind the last slash of a text that is put together, as the template says it.
fn last_part(value: &Value) -> Option<String> {
    match Intrinsic::of(value)? {
        Intrinsic::Function("Join", argument) => {
            let last = argument.get(1)?.as_array()?.last()?;
            match (argument.get(0)?.as_str()?, last.as_str()) {
                ("/", _) => Some(plain(last)),
                (_, Some(text)) => text.rsplit_once('/').map(|(_, last)| last.to_owned()),
                _ => Some(plain(last)),
            }
        }
        Intrinsic::Function("Sub", argument) => {
            let last = argument.as_str().or_else(|| argument.get(0)?.as_str())?.rsplit_once('/')?.1;
            let own = argument.get(1).and_then(Value::as_object);
            let alone = last.strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
            // A variable of its own is said by what stands for it, and is no name within another text.
            match own.and_then(|own| own.get(alone?)) {
                Some(value) => Some(plain(value)),
                None if own.is_some_and(|own| own.keys().any(|name| last.contains(&format!("${{{name}}}")))) => None,
                None => Some(plain(&json!({"Fn::Sub": last}))),
            }
        }
        _ => None,
    }
}

/// A value as the template says it; `!Sub ${Name}` is `!Ref Name`.
fn plain(value: &Value) -> String {
    if let Some(Intrinsic::Function("Sub", Value::String(text))) = Intrinsic::of(value) {
        let alone = text.strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
        match alone.filter(|name| !name.contains(['$', '{'])) {
            Some(name) if name.contains('.') => return format!("!GetAtt {name}"),
            Some(name) => return format!("!Ref {name}"),
            None if !text.contains("${") => return text.clone(),
            None => {}
        }
    }
    short(value)
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

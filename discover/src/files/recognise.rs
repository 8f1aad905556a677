//! What a document is, by its fields.

use super::Refusal;
use caravan_inventory::{ObservationKind, UnitState};
use serde_json::{Map, Value};

/// One thing of a file.
pub(super) struct Thing {
    /// What it is.
    pub(super) kind: ObservationKind,
    /// What tells it from the file's other things: its number, or how a template calls it; none when it is the only one and
    /// its body is the whole document.
    pub(super) place: Option<String>,
    /// The document, or the element of it.
    pub(super) body: Value,
}

/// The things of a file.
pub(super) struct Found {
    /// The things, in the document's order.
    pub(super) things: Vec<Thing>,
    /// What was not recognised beside them, or can't be read: the file is partial.
    pub(super) left_out: Option<String>,
    /// What stands beside them that no one reads: the file is complete, and it is said.
    pub(super) beside: Option<String>,
}

/// Lists in answers, each with the kind of its elements.
const LISTS: &[(&str, ObservationKind)] = &[
    ("taskDefinitions", ObservationKind::EcsTaskDefinition),
    ("services", ObservationKind::EcsService),
    ("ScalableTargets", ObservationKind::ScalableTarget),
    ("ScalingPolicies", ObservationKind::ScalingPolicy),
    ("ScheduledActions", ObservationKind::ScheduledAction),
];

/// Finds what is ours in a document that is no template.
pub(super) fn recognise(document: Value) -> Result<Found, Refusal> {
    if let Some(kind) = whole(&document) {
        return Ok(Found { things: vec![Thing { kind, place: None, body: document }], left_out: None, beside: None });
    }
    let elements = match &document {
        Value::Array(elements) => Some(elements),
        Value::Object(fields) => LISTS.iter().find_map(|(list, kind)| {
            let elements = fields.get(*list)?.as_array()?;
            elements.iter().any(|element| one(element) == Some(*kind)).then_some(elements)
        }),
        _ => None,
    };
    let kinds: Vec<Option<ObservationKind>> = elements.into_iter().flatten().map(one).collect();
    let ours = kinds.iter().flatten().count();
    let left_out = (ours < kinds.len())
        .then(|| format!("{} of its {} entries are nothing that is read here", kinds.len() - ours, kinds.len()));
    match (ours, elements.cloned()) {
        (0, _) | (_, None) => Err(Refusal { state: UnitState::Skipped, reason: unknown(&document) }),
        (1, Some(_)) if kinds.len() == 1 => {
            let kind = kinds.into_iter().flatten().next();
            let things = kind.map(|kind| Thing { kind, place: None, body: document }).into_iter().collect();
            Ok(Found { things, left_out, beside: None })
        }
        (_, Some(elements)) => {
            let numbered = elements.into_iter().zip(kinds).enumerate();
            let things = numbered
                .filter_map(|(number, (body, kind))| Some(Thing { kind: kind?, place: Some(number.to_string()), body }))
                .collect();
            Ok(Found { things, left_out, beside: None })
        }
    }
}

/// A document that is one thing: in its wrapper, bare, or a bare array of containers.
fn whole(document: &Value) -> Option<ObservationKind> {
    match document {
        Value::Array(containers) => (!containers.is_empty() && containers.iter().all(is_container))
            .then_some(ObservationKind::EcsTaskDefinition),
        Value::Object(fields) => one(document).or_else(|| {
            let inside = |wrapper: &str, kind| fields.get(wrapper).and_then(one).filter(|found| *found == kind);
            inside("taskDefinition", ObservationKind::EcsTaskDefinition)
                .or_else(|| inside("service", ObservationKind::EcsService))
        }),
        _ => None,
    }
}

/// A bare thing.
fn one(value: &Value) -> Option<ObservationKind> {
    let fields = value.as_object()?;
    let has = |name: &str| fields.contains_key(name);
    let scales = has("ResourceId") && has("ScalableDimension");
    match () {
        () if fields.get("containerDefinitions").is_some_and(Value::is_array) => {
            Some(ObservationKind::EcsTaskDefinition)
        }
        () if is_service(fields) => Some(ObservationKind::EcsService),
        () if scales && has("PolicyName") => Some(ObservationKind::ScalingPolicy),
        () if scales && has("ScheduledActionName") => Some(ObservationKind::ScheduledAction),
        () if scales && (has("MinCapacity") || has("MaxCapacity")) => Some(ObservationKind::ScalableTarget),
        () => None,
    }
}

/// Fields that only services have.
const OF_SERVICES_ALONE: &[&str] = &[
    "desiredCount",
    "schedulingStrategy",
    "deploymentConfiguration",
    "deploymentController",
    "loadBalancers",
    "healthCheckGracePeriodSeconds",
    "serviceArn",
];

/// CreateService and DescribeServices; RunTask and CreateTaskSet look alike, but for these fields.
fn is_service(fields: &Map<String, Value>) -> bool {
    let is_text = |name: &str| fields.get(name).is_some_and(Value::is_string);
    let named = is_text("serviceName") || is_text("service");
    let runs = is_text("taskDefinition");
    let alone = OF_SERVICES_ALONE.iter().any(|name| fields.contains_key(*name));
    (runs || is_text("serviceName"))
        && (alone || named && (runs || is_text("cluster")))
        && !fields.contains_key("overrides")
}

fn is_container(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|fields| fields.get("image").is_some_and(Value::is_string) && fields.contains_key("name"))
}

/// Why a document is left out, as precisely as it can be said.
fn unknown(document: &Value) -> String {
    let has = |name: &str| document.get(name).is_some();
    let what = match document {
        Value::Object(fields) if fields.is_empty() => "an empty object",
        Value::Array(elements) if elements.is_empty() => "an empty array",
        Value::Object(_) if has("Resources") => "a CloudFormation template without resources of AWS",
        Value::Object(_) if has("provider") && has("service") => {
            "a file of the serverless framework for another cloud than AWS"
        }
        Value::Object(_) if has("TargetValue") => {
            "a scaling policy's configuration without the service it scales: a PutScalingPolicy request with its ResourceId is read"
        }
        Value::Object(_) if OF_SERVICES_ALONE.iter().any(|name| has(name)) => {
            "an ECS service without its name and its task definition, which a tool such as ecspresso fills in: with `serviceName`, \
             `cluster` and `taskDefinition` in it, it is read"
        }
        Value::Object(_) if has("overrides") => "a RunTask request, which starts a task and keeps none",
        Value::Object(_) | Value::Array(_) => "no ECS task definition, ECS service or autoscaling request",
        _ => "a single JSON value",
    };
    format!("is {what}")
}

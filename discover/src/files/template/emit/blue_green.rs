//! Services that other controllers than ECS deploy: task sets, and the pairs of target groups that CodeDeploy moves requests
//! between.

use super::Emitter;
use super::ecs::document;
use crate::files::recognise::Thing;
use crate::files::template::document::Resource;
use crate::files::template::evaluate::Outcome;
use crate::files::template::intrinsic::Intrinsic;
use crate::files::template::places::Places;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Map, Value, json};

/// What a service that an outside controller deploys has in its task sets alone.
const OF_TASK_SETS: &[&str] = &[
    "capacityProviderStrategy",
    "launchType",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceRegistries",
    "taskDefinition",
];

/// A task set: one of those of its service, which is what its primary one is.
pub(super) fn task_set(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "LoadBalancers/*/TargetGroupArn",
        "NetworkConfiguration/AwsVpcConfiguration/SecurityGroups/*",
        "ServiceRegistries/*/RegistryArn",
        "TaskDefinition",
    ];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    ["Cluster", "Service"].into_iter().for_each(|field| drop(fields.remove(field)));
    let Value::Object(mut set) = document(fields) else { return };
    if let Some(Value::Object(network)) = set.get_mut("networkConfiguration") {
        super::shape::moved(network, "awsVpcConfiguration", "awsvpcConfiguration");
    }
    let is_primary = is_primary(out, id, resource);
    set.insert("id".to_owned(), json!(id));
    set.insert("status".to_owned(), json!(if is_primary { "PRIMARY" } else { "ACTIVE" }));
    let Some(service) = service(out, resource.properties.get("Service")) else {
        out.emitted.elsewhere.push(format!("{id} is a task set of a service that is not in the template"));
        return;
    };
    if is_primary {
        for field in OF_TASK_SETS {
            if let Some(value) = set.get(*field).filter(|_| is_missing(service, field)) {
                service.insert((*field).to_owned(), value.clone());
            }
        }
    }
    let sets = service.entry("taskSets").or_insert_with(|| json!([]));
    if let Value::Array(sets) = sets {
        sets.push(Value::Object(set));
    }
}

fn is_missing(service: &Map<String, Value>, field: &str) -> bool {
    service.get(field).is_none_or(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty))
}

/// Whether it is the one that takes the requests: the one that the template calls so, or the service's only one.
fn is_primary(out: &Emitter<'_>, id: &str, resource: &Resource) -> bool {
    let of_service = |one: &&Resource| one.properties.get("Service") == resource.properties.get("Service");
    let of_type = |of_type: &'static str| {
        out.eval.template.resources.values().filter(move |one| one.of_type == of_type).filter(of_service)
    };
    let mut named = of_type("AWS::ECS::PrimaryTaskSet").filter_map(|one| one.properties.get("TaskSetId")).peekable();
    if named.peek().is_none() {
        return of_type("AWS::ECS::TaskSet").count() == 1;
    }
    named.any(|set| match Intrinsic::of(set) {
        Some(Intrinsic::Ref(name) | Intrinsic::GetAtt(name, _)) => name == id,
        _ => false,
    })
}

/// What CodeDeploy moves requests between, as a service says it that ECS itself deploys so: its group, and the other one of
/// the pair.
pub(super) fn deployment_group(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "ECSServices/*/ServiceName",
        "LoadBalancerInfo/TargetGroupPairInfoList/*/ProdTrafficRoute/ListenerArns/*",
        "LoadBalancerInfo/TargetGroupPairInfoList/*/TargetGroups/*/Name",
        "LoadBalancerInfo/TargetGroupPairInfoList/*/TestTrafficRoute/ListenerArns/*",
    ];
    let Some(services) = resource.properties.get("ECSServices").and_then(Value::as_array) else {
        *out.emitted.not_read.entry(resource.of_type.clone()).or_default() += 1;
        return;
    };
    let fields = Value::Object(out.eval.properties(&resource.properties, LINKS));
    let pairs = fields.pointer("/LoadBalancerInfo/TargetGroupPairInfoList").and_then(Value::as_array);
    let pairs: Vec<Value> = pairs.into_iter().flatten().map(|pair| pair_of(out, pair)).collect();
    for named in services {
        let Some(service) = service(out, named.get("ServiceName")) else {
            out.emitted.elsewhere.push(format!("{id} deploys a service that is not in the template"));
            continue;
        };
        let balancers = service.get_mut("loadBalancers").and_then(Value::as_array_mut);
        for balancer in balancers.into_iter().flatten().filter_map(Value::as_object_mut) {
            let own = balancer.get("targetGroupArn").cloned().unwrap_or_default();
            let of_it = |pair: &&Value| pair["groups"].as_array().is_some_and(|groups| groups.contains(&own));
            let Some(pair) = pairs.iter().find(of_it) else { continue };
            let other = pair["groups"].as_array().and_then(|groups| groups.iter().find(|group| **group != own));
            let parts = [
                ("alternateTargetGroupArn", other),
                ("productionListenerRule", pair.get("production")),
                ("testListenerRule", pair.get("test")),
            ];
            let said: Map<String, Value> = parts
                .into_iter()
                .filter_map(|(field, value)| Some((field.to_owned(), value.filter(|value| !value.is_null())?.clone())))
                .collect();
            balancer.entry("advancedConfiguration").or_insert(Value::Object(said));
        }
    }
}

/// The ARNs of a pair's groups, and the listeners that lead to them.
fn pair_of(out: &Emitter<'_>, pair: &Value) -> Value {
    let names = pair.get("TargetGroups").and_then(Value::as_array).into_iter().flatten();
    let arn = |name: &Value| {
        let is_it = |thing: &&Thing| thing.kind == Kind::TargetGroup && thing.body.get("TargetGroupName") == Some(name);
        out.emitted.things.iter().find(is_it).and_then(|thing| thing.body.get("TargetGroupArn")).cloned()
    };
    let groups: Vec<Value> = names.filter_map(|group| arn(group.get("Name")?)).collect();
    let route = |field: &str| pair.get(field)?.get("ListenerArns")?.get(0).cloned();
    json!({"groups": groups, "production": route("ProdTrafficRoute"), "test": route("TestTrafficRoute")})
}

/// The document of the template's service that a property names, by its ARN or by its name.
fn service<'o>(out: &'o mut Emitter<'_>, named: Option<&Value>) -> Option<&'o mut Map<String, Value>> {
    let name = match out.eval.outcome(named?, &Places::of(&[""]), 0) {
        Outcome::Link(name) | Outcome::Known(Value::String(name)) => name,
        _ => return None,
    };
    let last = name.rsplit('/').next().unwrap_or(&name).to_owned();
    let is_it = |thing: &&mut Thing| {
        thing.kind == Kind::EcsService
            && (thing.place.as_deref() == Some(name.as_str())
                || thing.body.get("serviceName").and_then(Value::as_str) == Some(last.as_str()))
    };
    out.emitted.things.iter_mut().find(is_it).and_then(|thing| thing.body.as_object_mut())
}

//! Services and task definitions of ECS.

use super::Emitter;
use super::shape::{Fields, filled, moved, small, typed};
use crate::files::template::document::Resource;
use crate::files::template::intrinsic::scalar;
use crate::files::template::links::arn;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Value, json};

/// Fields whose inside has names of its owners' choice.
const DATA: &[&str] = &["DockerLabels", "DriverOpts", "Labels", "Options"];
const NUMBERS: &[&str] = &[
    "bakeTimeInMinutes",
    "base",
    "canaryBakeTimeInMinutes",
    "canaryPercent",
    "containerPort",
    "desiredCount",
    "hardLimit",
    "healthCheckGracePeriodSeconds",
    "hostPort",
    "interval",
    "maxSwap",
    "maximumPercent",
    "memoryReservation",
    "minimumHealthyPercent",
    "port",
    "restartAttemptPeriod",
    "retries",
    "sharedMemorySize",
    "sizeInGiB",
    "softLimit",
    "startPeriod",
    "startTimeout",
    "stepBakeTimeInMinutes",
    "stepPercent",
    "stopTimeout",
    "swappiness",
    "timeout",
    "transitEncryptionPort",
    "weight",
];
const BOOLEANS: &[&str] = &[
    "autoprovision",
    "configuredAtLaunch",
    "disableNetworking",
    "enable",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "enableFaultInjection",
    "enabled",
    "essential",
    "initProcessEnabled",
    "interactive",
    "privileged",
    "pseudoTerminal",
    "readOnly",
    "readonlyRootFilesystem",
    "rollback",
];

/// A cluster.
pub(super) fn cluster(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["CapacityProviders/*"]);
    let name = out.eval.name_of(id, "ClusterName");
    let cluster = arn("ecs", &format!("cluster/{name}"));
    moved(&mut fields, "ClusterSettings", "Settings");
    fields.insert("ClusterName".to_owned(), name.into());
    fields.insert("ClusterArn".to_owned(), cluster.clone().into());
    let body = document(fields);
    out.add(Kind::EcsCluster, &cluster, body);
}

/// A task definition.
pub(super) fn task_definition(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "ContainerDefinitions/*/Secrets/*/ValueFrom",
        "ExecutionRoleArn",
        "TaskRoleArn",
        "Volumes/*/EFSVolumeConfiguration/AuthorizationConfig/AccessPointId",
        "Volumes/*/EFSVolumeConfiguration/FilesystemId",
    ];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    let family = out.eval.name_of(id, "Family");
    fields.insert("Family".to_owned(), family.clone().into());
    // The task's own are texts, a container's are numbers.
    for field in ["Cpu", "Memory"] {
        as_text(&mut fields, field);
    }
    for container in fields.get_mut("ContainerDefinitions").and_then(Value::as_array_mut).into_iter().flatten() {
        typed(container, &["Cpu", "Memory"], &[]);
        for pair in container.get_mut("Environment").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Value::Object(pair) = pair {
                as_text(pair, "Value");
            }
        }
    }
    for volume in fields.get_mut("Volumes").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(Value::Object(efs)) = volume.get_mut("EFSVolumeConfiguration") {
            moved(efs, "FilesystemId", "FileSystemId");
        }
        if let Value::Object(volume) = volume {
            moved(volume, "FSxWindowsFileServerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration");
        }
    }
    if let Some(Value::Object(proxy)) = fields.get_mut("ProxyConfiguration") {
        moved(proxy, "ProxyConfigurationProperties", "Properties");
    }
    let body = document(fields);
    out.add(Kind::EcsTaskDefinition, &arn("ecs", &format!("task-definition/{family}")), body);
}

/// A service.
pub(super) fn service(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "Cluster",
        "DeploymentConfiguration/LifecycleHooks/*/HookTargetArn",
        "DeploymentConfiguration/LifecycleHooks/*/RoleArn",
        "LoadBalancers/*/AdvancedConfiguration/*",
        "LoadBalancers/*/LoadBalancerName",
        "LoadBalancers/*/TargetGroupArn",
        "NetworkConfiguration/AwsvpcConfiguration/SecurityGroups/*",
        "Role",
        "ServiceRegistries/*/RegistryArn",
        "TaskDefinition",
        "VolumeConfigurations/*/ManagedEBSVolume/RoleArn",
        "VpcLatticeConfigurations/*/RoleArn",
    ];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    out.leave_out(&mut fields, &["ForceNewDeployment"]);
    moved(&mut fields, "PlacementStrategies", "PlacementStrategy");
    let name = out.eval.name_of(id, "ServiceName");
    fields.insert("ServiceName".to_owned(), name.clone().into());
    filled(&mut fields, &[("SchedulingStrategy", json!("REPLICA"))]);
    if fields.get("SchedulingStrategy") == Some(&json!("REPLICA")) {
        filled(&mut fields, &[("DesiredCount", json!(1))]);
    }
    // Of one that may not be made the state is open, as the condition is.
    let state = out.state(None, "ACTIVE", "INACTIVE");
    fields.extend(Unresolved::of(&state).is_some().then(|| ("Status".to_owned(), state.clone())));
    let cluster = out.eval.cluster(resource.properties.get("Cluster"));
    let body = document(fields);
    out.add(Kind::EcsService, &arn("ecs", &format!("service/{cluster}/{name}")), body);
}

fn as_text(fields: &mut Fields, field: &str) {
    if let Some(value) = fields.get_mut(field) {
        let at = if Unresolved::of(value).is_some() { value.get_mut("default") } else { Some(value) };
        if let Some(at) = at
            && let Some(text) = scalar(at)
        {
            *at = Value::String(text);
        }
    }
}

/// Properties with the names of the API, numbers and booleans in their form.
pub(super) fn document(fields: Fields) -> Value {
    let mut body = small(Value::Object(fields), DATA);
    typed(&mut body, NUMBERS, BOOLEANS);
    body
}

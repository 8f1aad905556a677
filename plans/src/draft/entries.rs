//! What a workload is reached by beside load balancers. A draft shifts none of it, and names each.

use super::front::{Front, short};
use crate::Estate;
use crate::rule_body::groups;
use caravan_inventory::{Observation, ObservationKind, Workload};
use serde_json::Value;
use std::collections::BTreeSet;

/// The kinds of observations that a draft looks through for entries that are no load balancer's, and for what is handed over.
pub const ENTRIES: [ObservationKind; 10] = [
    ObservationKind::EcsService,
    ObservationKind::EventsRule,
    ObservationKind::AutoScalingGroup,
    ObservationKind::FunctionUrl,
    ObservationKind::RestApi,
    ObservationKind::BasePathMapping,
    ObservationKind::HttpApi,
    ObservationKind::ApiMapping,
    ObservationKind::WorkerRoute,
    ObservationKind::WorkerDomain,
];

/// The entries of a workload that no shift of a draft moves, for people, each with what that means.
pub(super) fn of(workload: &Workload, estate: &Estate) -> BTreeSet<String> {
    let parts: BTreeSet<_> = workload.parts.iter().collect();
    let own = estate.entries.iter().filter(|seen| parts.contains(&seen.id));
    own.flat_map(named).collect()
}

/// The target groups of a workload, or that it says it is in, to which no front leads that was read: what forwards to one
/// stays as it is, and nobody was told of it.
pub(super) fn unforwarded(workload: &Workload, fronts: &[Front<'_>], estate: &Estate) -> BTreeSet<String> {
    let parts: BTreeSet<_> = workload.parts.iter().collect();
    let seen = estate.target_groups.iter().filter(|group| parts.contains(&group.id)).map(Observation::native_name);
    let said = estate.entries.iter().filter(|seen| parts.contains(&seen.id)).flat_map(said_groups);
    let led_to: BTreeSet<String> = fronts.iter().flat_map(|front| groups(&front.rule.body)).collect();
    let unforwarded: BTreeSet<&str> = seen.chain(said).filter(|group| !led_to.contains(*group)).collect();
    let text = |group: &str| {
        format!(
            "its target group {}: no rule that was read forwards to it; what else does stays as it is (`caravan inventory \
             coverage` tells what was not read)",
            short(group)
        )
    };
    unforwarded.into_iter().map(text).collect()
}

/// The target groups that an ECS service (ECS API, LoadBalancer) or a group of machines (Auto Scaling API,
/// AutoScalingGroup) says it registers in.
fn said_groups(seen: &Observation) -> Vec<&str> {
    let list = |field: &str| seen.body[field].as_array().map_or(&[][..], Vec::as_slice);
    match seen.kind {
        ObservationKind::EcsService => {
            list("loadBalancers").iter().filter_map(|one| one["targetGroupArn"].as_str()).collect()
        }
        ObservationKind::AutoScalingGroup => list("TargetGroupARNs").iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn named(seen: &Observation) -> Vec<String> {
    const BY_HAND: &str = "a draft shifts record sets and rules of load balancers alone; move it by hand";
    let body = &seen.body;
    let text = |field: &str| body[field].as_str().map(str::to_owned);
    let one = |what: &str, name: Option<String>| {
        let name = name.unwrap_or_else(|| seen.name.clone());
        vec![format!("{what} {name}: {BY_HAND}")]
    };
    match seen.kind {
        ObservationKind::EcsService => of_service(body),
        ObservationKind::AutoScalingGroup => of_group(body),
        ObservationKind::FunctionUrl => one("its function URL", text("FunctionUrl")),
        ObservationKind::RestApi => one("API Gateway's REST API", text("name")),
        ObservationKind::HttpApi => one("API Gateway's API", text("Name")),
        ObservationKind::BasePathMapping | ObservationKind::ApiMapping => {
            one("API Gateway's domain", text("domainName"))
        }
        ObservationKind::WorkerRoute => one("the Worker's route", text("pattern")),
        ObservationKind::WorkerDomain => one("the Worker's domain", text("hostname")),
        _ => Vec::new(),
    }
}

/// The names by which other services find an ECS service (ECS API, ServiceConnectConfiguration and ServiceRegistry), and
/// its classic load balancers.
fn of_service(body: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut named = Vec::new();
    if let Some(connect) = connect(body) {
        for offered in list(&connect["services"]) {
            let aliases = list(&offered["clientAliases"]);
            let mut names: Vec<String> = aliases.iter().filter_map(alias).collect();
            if names.is_empty() {
                let own =
                    offered["discoveryName"].as_str().or(offered["portName"].as_str()).unwrap_or("without a name");
                let namespace = connect["namespace"].as_str().map(|name| name.rsplit('/').next().unwrap_or(name));
                names.push(namespace.map_or_else(|| own.to_owned(), |namespace| format!("{own} of {namespace}")));
            }
            named.extend(names.into_iter().map(|name| {
                format!("its Service Connect name {name}: tasks that call it stay with the old side until they are told its new name")
            }));
        }
    }
    for registry in list(&body["serviceRegistries"]) {
        if let Some(arn) = registry["registryArn"].as_str() {
            let id = arn.rsplit('/').next().unwrap_or(arn);
            named.push(format!(
                "its name in Cloud Map, of service {id}: who finds it there stays with the old side until they are told its new \
                 name (`aws servicediscovery get-service --id {id}` tells the name)"
            ));
        }
    }
    let balancers = list(&body["loadBalancers"]);
    named.extend(balancers.iter().filter_map(|one| one["loadBalancerName"].as_str()).map(classic));
    named
}

/// The classic load balancers that send to a group of machines.
fn of_group(body: &Value) -> Vec<String> {
    let names = body["LoadBalancerNames"].as_array().map_or(&[][..], Vec::as_slice);
    names.iter().filter_map(Value::as_str).map(classic).collect()
}

fn classic(balancer: &str) -> String {
    format!("its classic load balancer {balancer}: no rule of it can be divided; move its names by hand")
}

/// Its Service Connect configurations that are switched on: its own as files have it, or that of its primary deployment.
fn connect(body: &Value) -> Option<&Value> {
    let deployments = body["deployments"].as_array().map_or(&[][..], Vec::as_slice);
    let primary = deployments.iter().find(|deployment| deployment["status"] == "PRIMARY");
    let primary = primary.map(|deployment| &deployment["serviceConnectConfiguration"]);
    let all = [Some(&body["serviceConnectConfiguration"]), primary];
    all.into_iter().flatten().find(|connect| connect["enabled"] == true)
}

/// `pay.harbour:80`.
fn alias(alias: &Value) -> Option<String> {
    let name = alias["dnsName"].as_str()?;
    Some(alias["port"].as_u64().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")))
}

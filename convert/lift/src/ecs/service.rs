//! What a service says beside its scale, its deployment and its network.

use super::health;
use super::kind::Plan;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, Overlap, Spot};
use crate::tracker::{Asked, FieldTracker};

/// What DescribeServices adds to what was asked for.
const DESCRIBED: [&str; 13] = [
    "serviceArn",
    "clusterArn",
    "runningCount",
    "pendingCount",
    "taskSets",
    "roleArn",
    "events",
    "createdAt",
    "createdBy",
    "platformFamily",
    "currentServiceDeployment",
    "currentServiceRevisions",
    "resourceManagementType",
];

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    component.spot = Some(Spot::Never);
    if plan.context.kind == ComponentType::Cron {
        component.overlap = Some(Overlap::Allow);
        component.retries = Some(0);
    }
    let Some(service) = plan.facts.service else { return };
    service.drop_all(tracker, &DESCRIBED, "describe-only");
    service.drop_all(tracker, &["serviceName", "cluster", "clientToken"], "named-by-workload");
    service.drop_all(tracker, &["taskDefinition"], "resolved-reference");
    service.drop_all(tracker, &["launchType", "platformVersion"], "launch-type");
    service.drop_all(tracker, &["propagateTags", "enableECSManagedTags"], "ecs-tags");
    service.drop_all(tracker, &["role"], "ecs-service-role");
    service.drop_all(tracker, &["availabilityZoneRebalancing"], "platform-spread");
    service.drop_all(tracker, &["enableExecuteCommand"], "execute-command");
    standing(tracker, plan, service);
    deployments(tracker, service);
    scheduling(tracker, service);
    capacity(tracker, plan, service.objects("capacityProviderStrategy"), component);
    grace(tracker, plan, service, component);
    registries(tracker, service);
    for settings in plan.facts.service_settings() {
        service_connect(tracker, settings);
    }
    if let Some(field) = service.field("vpcLatticeConfigurations") {
        field.ask_to_drop(
            tracker,
            "lattice",
            "It is reached through VPC Lattice. Do its callers use its name instead?",
            "by-name",
        );
    }
}

/// Whether the service is there: one that is being deleted, or that its template may not make, runs nothing.
fn standing<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, service: Object<'a>) {
    let Some(field) = service.field("status") else { return };
    if service.peek("status") == Some("ACTIVE") {
        return field.dropped(tracker, "describe-only");
    }
    tracker.hold("its service is not active in the source");
    field.approximated(tracker, plan.at("suspended"), "whatever else than active it is, it does not start");
}

/// Everything about deployments but the settings that are answered only there.
fn deployments<'a>(tracker: &mut FieldTracker<'a>, service: Object<'a>) {
    for deployment in service.objects("deployments") {
        let primary = deployment.peek("status") == Some("PRIMARY");
        for (name, value) in deployment.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
            if !(primary && matches!(name, "serviceConnectConfiguration" | "volumeConfigurations")) {
                Field(value).dropped(tracker, "describe-only");
            }
        }
    }
}

fn scheduling<'a>(tracker: &mut FieldTracker<'a>, service: Object<'a>) {
    let Some(field) = service.field("schedulingStrategy") else {
        return;
    };
    match service.peek("schedulingStrategy") {
        Some("REPLICA") => field.dropped(tracker, "default"),
        _ => field.blocked(tracker, "it runs once on each host (DAEMON), which the platform leaves to itself"),
    }
}

/// Spot only where the source was on spot.
pub(super) fn capacity<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    strategy: impl Iterator<Item = Object<'a>>,
    component: &mut Component,
) {
    let items: Vec<Object<'a>> = strategy.collect();
    let spot = |item: &Object<'a>| {
        item.peek("capacityProvider").is_some_and(is_spot)
            && item.peek_u64("weight").unwrap_or(1).saturating_add(item.peek_u64("base").unwrap_or(0)) > 0
    };
    let only_fargate_spot = items.len() == 1 && items[0].peek("capacityProvider") == Some("FARGATE_SPOT");
    if items.iter().any(spot) {
        component.spot = Some(Spot::Prefer);
    }
    for item in &items {
        if let Some(field) = item.field("capacityProvider") {
            let note = if only_fargate_spot && spot(item) {
                "spot where there is some; where there is none, it runs on demand instead of not at all"
            } else {
                "spot or not; the share of each is not carried over"
            };
            field.approximated(tracker, plan.at("spot"), note);
        }
        for field in ["base", "weight"].into_iter().filter_map(|name| item.field(name)) {
            field.approximated(tracker, plan.at("spot"), "spot or not; the share of each is not carried over");
        }
    }
}

/// Names that begin with FARGATE are AWS's own; what people name after spot is taken at its word.
pub(super) fn is_spot(provider: &str) -> bool {
    provider == "FARGATE_SPOT" || !provider.starts_with("FARGATE") && provider.to_ascii_lowercase().contains("spot")
}

fn grace<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, service: Object<'a>, component: &mut Component) {
    let Some(field) = service.field("healthCheckGracePeriodSeconds") else {
        return;
    };
    let Some(seconds) = number(field.0).and_then(|n| u32::try_from(n).ok()) else {
        return;
    };
    if seconds == 0 {
        field.dropped(tracker, "default");
        return;
    }
    let checked = component.health.as_ref().is_some_and(|health| health.live.is_some());
    if !checked && component.port.is_none() && component.ports.is_empty() {
        return field.dropped_because(tracker, "default", "nothing is checked, so nothing has to wait");
    }
    health::budget(tracker, field, seconds, component.health.get_or_insert_default(), plan.at("health/startup"));
}

fn registries<'a>(tracker: &mut FieldTracker<'a>, service: Object<'a>) {
    let Some(field) = service.field("serviceRegistries") else {
        return;
    };
    let arns = service.objects("serviceRegistries").filter_map(|registry| registry.peek("registryArn"));
    let ids: Vec<&str> = arns.map(|arn| arn.rsplit('/').next().unwrap_or(arn)).collect();
    let known = |id: &&str| !id.starts_with("srv-");
    let named: Vec<String> = ids.iter().filter(|id| known(id)).map(|id| format!("`{id}`")).collect();
    // ECS names Cloud Map's services by their ids; what they are called, only Cloud Map says.
    let unnamed = ids.iter().filter(|id| !known(id));
    let unnamed =
        unnamed.map(|id| format!("that of service `{id}`: `aws servicediscovery get-service --id {id}` tells it"));
    let names: Vec<String> = named.into_iter().chain(unnamed).collect();
    let text = format!("Others find it by its Cloud Map name ({}). Do they all use its new name?", names.join("; "));
    field.ask_to_drop(tracker, "service-discovery", &text, "new-name");
}

fn service_connect<'a>(tracker: &mut FieldTracker<'a>, settings: Object<'a>) {
    let Some(field) = settings.field("serviceConnectConfiguration") else {
        return;
    };
    let Some(connect) = Object::of(field.0) else { return };
    for name in ["logConfiguration", "accessLogConfiguration"] {
        connect.drop_all(tracker, &[name], "platform-logs");
    }
    if connect.peek_bool("enabled") != Some(true) {
        connect.drop_all(tracker, &["enabled", "namespace", "services"], "default");
        return;
    }
    let aliases = connect.objects("services").flat_map(|service| {
        let aliases = service.objects("clientAliases").filter_map(|alias| {
            let port = alias.peek_u64("port").map(|port| format!(":{port}")).unwrap_or_default();
            Some(format!("`{}{port}`", alias.peek("dnsName")?))
        });
        let own = service.peek("discoveryName").or(service.peek("portName")).map(|name| format!("`{name}`"));
        aliases.chain(own).collect::<Vec<_>>()
    });
    let aliases: Vec<String> = aliases.collect();
    let names = if aliases.is_empty() { String::new() } else { format!(" by {}", aliases.join(", ")) };
    let text = format!("It speaks and is spoken to through Service Connect{names}. Do all sides use the new names?");
    let of_services = connect.objects("services").flat_map(|service| service.entries());
    let names = of_services.filter(|(name, _)| !matches!(*name, "timeout" | "tls")).map(|(_, value)| Field(value));
    for field in ["enabled", "namespace"].into_iter().filter_map(|name| connect.field(name)).chain(names) {
        field.ask_to_drop(tracker, "service-connect", &text, "new-name");
    }
    timeouts(tracker, connect);
    encrypted(tracker, connect);
}

/// How long Service Connect lets a request take, or be silent. Between pods nothing ends one.
fn timeouts<'a>(tracker: &mut FieldTracker<'a>, connect: Object<'a>) {
    for timeout in connect.objects("services").filter_map(|service| service.object("timeout")) {
        for (name, value) in timeout.entries() {
            let note = match (name, number(value)) {
                (_, Some(0)) => "no limit, as between pods",
                ("perRequestTimeoutSeconds", _) => "nothing between pods ends a request that takes longer",
                _ => "nothing between pods ends a connection that is silent for longer",
            };
            Field(value).dropped_because(tracker, "service-connect-timeout", note);
        }
    }
}

/// TLS between the services, which Service Connect ends on both sides: names are one thing, and this is another.
fn encrypted<'a>(tracker: &mut FieldTracker<'a>, connect: Object<'a>) {
    let fields: Vec<Field<'a>> = connect.objects("services").filter_map(|service| service.field("tls")).collect();
    if fields.is_empty() {
        return;
    }
    let id = tracker.question_id("service-connect-tls", "");
    let text = "What is spoken with it through Service Connect is encrypted, and in the cluster it is not. May it be spoken to \
                without TLS?";
    match tracker.ask(id, text, &["without-tls"], None) {
        Asked::Given(_) => fields.into_iter().for_each(|field| field.dropped(tracker, "dropped-by-answer")),
        Asked::Open(id) => {
            tracker.hold("nobody said that it may be spoken to without TLS");
            fields.into_iter().for_each(|field| field.asked(tracker, &id));
        }
    }
}

//! Pods: the main container, what stands around it, and where it runs.

use super::RenderError;
use super::app::{Part, annotate};
use super::claim::Claims;
use super::custom::{Custom, ExternalSecretSpec};
use super::secrets::Secrets;
use super::security::{Level, User, level, user};
use super::view::{Port, View, distinct, some};
use super::volume::Mounts;
use caravan_convert_lift::plconfig::{Arch, Component, ComponentType, Container, Spot};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

/// Seconds between the order to stop and the end by force when nothing is said (Kubernetes' own default).
const STOP: u32 = 30;
/// Seconds that a web component goes on serving after the order to stop when nothing is said: routes forget a pod a
/// few seconds after it began to end.
const DRAIN: u32 = 10;
/// Seconds that are left for the end itself when the drain would take them all.
const REST: u32 = 5;

/// A pod template with what belongs to it.
pub(super) struct Pod {
    pub(super) template: core::PodTemplateSpec,
    /// All ports of all its containers.
    pub(super) ports: Vec<Port>,
    /// Its volumes, for the disks of a StatefulSet and the Secrets of files.
    pub(super) mounts: Mounts,
    /// The Secrets that open its images' registries.
    pub(super) pull: Vec<Custom<ExternalSecretSpec>>,
    /// The pod security standard that it needs beyond `restricted`, and why.
    pub(super) security: Option<String>,
}

/// The pod of a component.
pub(super) fn pod(part: &Part<'_>, secrets: &mut Secrets, claims: &mut Claims) -> Result<Pod, RenderError> {
    let component = part.component;
    let init = component
        .init
        .iter()
        .enumerate()
        .map(|(at, init)| View::beside(part, format!("init.{at}"), &init.name, &init.container));
    let sidecars = in_order(part)?
        .into_iter()
        .map(|(name, container)| View::beside(part, format!("sidecars.{name}"), name, container));
    let views: Vec<View<'_>> = [View::main(part)].into_iter().chain(init).chain(sidecars).collect();
    check_names(part, &views)?;

    let mut mounts = Mounts::gather(part, &views, claims)?;
    let mut containers = Vec::with_capacity(views.len());
    let mut ports = Vec::new();
    for view in &views {
        let own = distinct(view.ports(part)?);
        containers.push(view.render(part, secrets, &mounts, &own)?);
        ports.extend(own);
    }
    let ports = distinct(ports);
    // What ends before the main container starts, then what runs beside it: both are started in this order.
    let mut beside = containers.split_off(1);
    for sidecar in beside.iter_mut().skip(component.init.len()) {
        sidecar.restart_policy = Some("Always".to_owned());
    }
    let (grace, lifecycle) = stopping(part);
    for main in &mut containers {
        main.lifecycle.clone_from(&lifecycle);
    }

    let pull = super::pull::pull_secrets(part, &views)?;
    let security_context = pod_security(part, &views, &mounts, &ports)?;
    let spec = core::PodSpec {
        containers,
        init_containers: some(beside),
        image_pull_secrets: some(pull.iter().map(reference).collect()),
        service_account_name: Some(part.app.name.clone()),
        automount_service_account_token: Some(false),
        // Variables such as REDIS_PORT, made up for every Service, would mean something to programs that know them.
        enable_service_links: Some(false),
        security_context: Some(security_context),
        termination_grace_period_seconds: grace,
        volumes: some(std::mem::take(&mut mounts.volumes).into_values().collect()),
        share_process_namespace: component.share_processes.filter(|yes| *yes),
        ..placed(part)
    };
    let security = security(part, &views)?;
    let mut metadata = ObjectMeta { labels: Some(part.runner_labels()), ..ObjectMeta::default() };
    annotate_pod(part, &mut metadata);
    Ok(Pod {
        template: core::PodTemplateSpec { metadata: Some(metadata), spec: Some(spec) },
        ports,
        mounts,
        pull,
        security,
    })
}

fn reference(secret: &Custom<ExternalSecretSpec>) -> core::LocalObjectReference {
    core::LocalObjectReference { name: secret.spec.target.name.clone() }
}

fn check_names(part: &Part<'_>, views: &[View<'_>]) -> Result<(), RenderError> {
    for (at, view) in views.iter().enumerate() {
        if views[..at].iter().any(|other| other.name == view.name) {
            return Err(part.error(&view.place, format!("another container of the pod is named `{}` too", view.name)));
        }
    }
    Ok(())
}

/// The sidecars, each after those that it comes after, else by name.
fn in_order<'a>(part: &Part<'a>) -> Result<Vec<(&'a String, &'a Container)>, RenderError> {
    let mut waiting: Vec<(&'a String, &'a Container)> = part.component.sidecars.iter().collect();
    let mut ordered: Vec<(&'a String, &'a Container)> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let comes_next = |(_, container): &(&String, &Container)| {
            container.after.iter().all(|name| ordered.iter().any(|(other, _)| *other == name))
        };
        let Some(next) = waiting.iter().position(comes_next) else {
            let names: Vec<&str> = waiting.iter().map(|(name, _)| name.as_str()).collect();
            return Err(
                part.error("sidecars", format!("{} wait for each other or for what is not there", names.join(", ")))
            );
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

/// Seconds that a component may take to stop, and those of them in which it goes on serving before it is told.
pub(super) fn lengths(component: &Component) -> (u32, u32) {
    let stop = component.stop.map_or(STOP, |stop| stop.0);
    let drain = match (component.drain, component.kind) {
        (Some(drain), _) => drain.0,
        // A drain that nobody asked for never lengthens the stop.
        (None, ComponentType::Web) => DRAIN.min(stop / 2),
        (None, _) => 0,
    };
    (if drain >= stop { drain + REST } else { stop }, drain)
}

/// How long it may take to stop, and the hook that keeps it serving meanwhile.
fn stopping(part: &Part<'_>) -> (Option<i64>, Option<core::Lifecycle>) {
    let said = part.component.stop.map(|stop| stop.0);
    let (stop, drain) = lengths(part.component);
    let needed = if drain >= said.unwrap_or(STOP) { Some(stop) } else { said };
    let lifecycle = (drain > 0).then(|| core::Lifecycle {
        pre_stop: Some(core::LifecycleHandler {
            sleep: Some(core::SleepAction { seconds: i64::from(drain) }),
            ..core::LifecycleHandler::default()
        }),
        ..core::Lifecycle::default()
    });
    (needed.map(i64::from), lifecycle)
}

/// What holds for all containers of the pod.
fn pod_security(
    part: &Part<'_>,
    views: &[View<'_>],
    mounts: &Mounts,
    ports: &[Port],
) -> Result<core::PodSecurityContext, RenderError> {
    let mut sysctls = part.component.sysctls.clone();
    let (mut group, mut root) = (None, true);
    for view in views.iter().rev() {
        match user(part, view)? {
            User::Image => root = false,
            User::Is(id, of) => {
                root &= id == 0;
                let own = of.or(Some(id)).filter(|group| *group != 0);
                // What runs as root needs no group: beside the main container it takes none from the others.
                if own.is_some() || view.place.is_empty() {
                    group = own;
                }
            }
        }
    }
    if !root && ports.iter().any(|port| port.number < 1024) {
        // Docker and ECS let every user have low ports; whether a cluster does hangs on its container runtime.
        sysctls.entry("net.ipv4.ip_unprivileged_port_start".to_owned()).or_insert_with(|| "0".to_owned());
    }
    Ok(core::PodSecurityContext {
        fs_group: group.filter(|_| mounts.needs_group()),
        seccomp_profile: Some(core::SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        sysctls: some(sysctls.into_iter().map(|(name, value)| core::Sysctl { name, value }).collect()),
        ..core::PodSecurityContext::default()
    })
}

/// The pod security standard beyond `restricted` that its containers need.
fn security(part: &Part<'_>, views: &[View<'_>]) -> Result<Option<String>, RenderError> {
    let mut highest = (Level::Restricted, String::new());
    for view in views {
        let needed = level(part, view)?;
        if needed.0 > highest.0 {
            highest = needed;
        }
    }
    Ok(match highest {
        (Level::Restricted, _) => None,
        (Level::Baseline, why) => Some(format!("baseline: {why}")),
        (Level::Privileged, why) => Some(format!("privileged: {why}")),
    })
}

/// Where it runs and how it sees the network.
fn placed(part: &Part<'_>) -> core::PodSpec {
    let component = part.component;
    let never = component.spot == Some(Spot::Never) || (component.spot.is_none() && part.is_stateful());
    let arch = match component.arch {
        None | Some(Arch::Amd64) => Some("amd64"),
        Some(Arch::Arm64) => Some("arm64"),
        Some(Arch::Any) => None,
    };
    let spreads = matches!(component.kind, ComponentType::Web | ComponentType::Worker);
    core::PodSpec {
        node_selector: arch.map(|arch| [("kubernetes.io/arch".to_owned(), arch.to_owned())].into()),
        affinity: Some(core::Affinity { node_affinity: Some(capacity(never)), ..core::Affinity::default() }),
        tolerations: never.then(|| vec![on_demand(part)]),
        topology_spread_constraints: spreads
            .then(|| ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(|key| spread(part, key)).into()),
        hostname: component.hostname.clone(),
        host_aliases: some(host_aliases(&component.hosts)),
        dns_policy: component.dns.as_ref().filter(|dns| dns.only == Some(true)).map(|_| "None".to_owned()),
        dns_config: component.dns.as_ref().map(|dns| core::PodDNSConfig {
            nameservers: some(dns.servers.clone()),
            searches: some(dns.search.clone()),
            options: None,
        }),
        ..core::PodSpec::default()
    }
}

/// Lines of /etc/hosts: one for each address, since the API server takes an address only once.
fn host_aliases(hosts: &BTreeMap<String, String>) -> Vec<core::HostAlias> {
    let mut lines = BTreeMap::<&str, Vec<String>>::new();
    for (name, ip) in hosts {
        lines.entry(ip).or_default().push(name.clone());
    }
    let line = |(ip, names): (&str, _)| core::HostAlias { ip: ip.to_owned(), hostnames: Some(names) };
    lines.into_iter().map(line).collect()
}

/// Spot nodes where there are some, or never.
fn capacity(never: bool) -> core::NodeAffinity {
    let term = |operator: &str| core::NodeSelectorTerm {
        match_expressions: Some(vec![core::NodeSelectorRequirement {
            key: "karpenter.sh/capacity-type".to_owned(),
            operator: operator.to_owned(),
            values: Some(vec!["spot".to_owned()]),
        }]),
        match_fields: None,
    };
    let mut affinity = core::NodeAffinity::default();
    if never {
        affinity.required_during_scheduling_ignored_during_execution =
            Some(core::NodeSelector { node_selector_terms: vec![term("NotIn")] });
    } else {
        affinity.preferred_during_scheduling_ignored_during_execution =
            Some(vec![core::PreferredSchedulingTerm { weight: 100, preference: term("In") }]);
    }
    affinity
}

fn on_demand(part: &Part<'_>) -> core::Toleration {
    core::Toleration {
        key: Some(format!("{}/capacity", part.app.platform.group)),
        operator: Some("Equal".to_owned()),
        value: Some("on-demand".to_owned()),
        effect: Some("NoSchedule".to_owned()),
        toleration_seconds: None,
    }
}

fn spread(part: &Part<'_>, key: &str) -> core::TopologySpreadConstraint {
    core::TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.to_owned(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        label_selector: Some(part.selector()),
        ..core::TopologySpreadConstraint::default()
    }
}

fn annotate_pod(part: &Part<'_>, metadata: &mut ObjectMeta) {
    let monitoring = part.app.config.monitoring.as_ref();
    if let Some(digest) = super::config_map::digest(part) {
        annotate(metadata, "caravan.dev/files", digest);
    }
    if monitoring.and_then(|monitoring| monitoring.logs) == Some(false) {
        annotate(metadata, "ad.datadoghq.com/logs_exclude", "true");
    }
    if monitoring.and_then(|monitoring| monitoring.apm) == Some(true) {
        let labels = metadata.labels.get_or_insert_default();
        labels.insert("admission.datadoghq.com/enabled".to_owned(), "true".to_owned());
    }
    if matches!(part.component.kind, ComponentType::Cron | ComponentType::Job) {
        // A run that is interrupted starts again from its beginning.
        annotate(metadata, "karpenter.sh/do-not-disrupt", "true");
    }
}

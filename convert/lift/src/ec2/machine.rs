//! The account of what describes machines, when what they run moves to nodes.

use super::facts::Facts;
use super::pods::label;
use crate::context::Context;
use crate::field::{Field, Object, is_empty};
use crate::plconfig::{Arch, Component, PlConfig, Spot};
use crate::role::take;
use crate::tracker::{Asked, FieldTracker};

/// What only a machine has, and a pod gets of its node.
const OF_MACHINES: &[&str] = &[
    "amiLaunchIndex",
    "associatePublicIpAddress",
    "bootMode",
    "capacityBlockId",
    "capacityReservationId",
    "capacityReservationSpecification",
    "classicLinkVPCId",
    "classicLinkVPCSecurityGroups",
    "clientToken",
    "cpuOptions",
    "createTime",
    "createdBy",
    "createdTime",
    "creditSpecification",
    "currentInstanceBootMode",
    "defaultVersion",
    "disableApiStop",
    "disableApiTermination",
    "ebsOptimized",
    "elasticGpuAssociationSet",
    "elasticGpuSpecificationSet",
    "elasticInferenceAcceleratorAssociationSet",
    "elasticInferenceAcceleratorSet",
    "enaSupport",
    "enclaveOptions",
    "hibernationOptions",
    "hypervisor",
    "imageId",
    "instanceId",
    "instanceInitiatedShutdownBehavior",
    "instanceMonitoring",
    "instanceRequirements",
    "kernelId",
    "launchConfigurationARN",
    "launchConfigurationName",
    "launchTemplateId",
    "launchTemplateName",
    "launchTime",
    "maintenanceOptions",
    "metadataOptions",
    "monitoring",
    "networkPerformanceOptions",
    "operator",
    "outpostArn",
    "placement",
    "placementTenancy",
    "platform",
    "platformDetails",
    "privateDnsNameOptions",
    "productCodes",
    "ramdiskId",
    "reason",
    "reservation",
    "rootDeviceName",
    "rootDeviceType",
    "sourceDestCheck",
    "spotInstanceRequestId",
    "spotPrice",
    "sriovNetSupport",
    "stateReason",
    "tpmSupport",
    "usageOperation",
    "usageOperationUpdateTime",
    "versionDescription",
    "versionNumber",
    "virtualizationType",
    "tagSpecificationSet",
];
/// Its place in the network.
const OF_NETWORK: &[&str] = &[
    "dnsName",
    "ipAddress",
    "ipv6Address",
    "networkInterfaceSet",
    "privateDnsName",
    "privateIpAddress",
    "secondaryInterfaceSet",
    "subnetId",
    "vpcId",
];
/// Who may reach it, by the groups' names and ids.
const GROUPS: &[&str] = &["groupSet", "securityGroupIdSet", "securityGroupSet", "securityGroups"];
/// Its disks.
const DISKS: &[&str] = &["blockDeviceMapping", "blockDeviceMappingSet", "blockDeviceMappings"];

/// Accounts for every field of the machines' descriptions.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    facts: &Facts<'a>,
    context: &Context<'_, 'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    component.spot = Some(Spot::Never);
    component.arch = Some(Arch::Amd64);
    for head in &facts.template_heads {
        for (name, value) in head.entries().filter(|(name, _)| OF_MACHINES.contains(name)) {
            if name != "launchTemplateData" && !is_empty(value) {
                Field(value).dropped(tracker, "machine");
            }
        }
    }
    let documents: Vec<Object<'a>> = facts.machines().map(|document| document.root).collect();
    for machine in documents {
        for (name, value) in machine.entries().filter(|(_, value)| !is_empty(value)) {
            one(tracker, facts, context, (machine, name, Field(value)), config, component);
        }
    }
    disks_of_volumes(tracker, facts);
    addresses(tracker, facts);
    profiles(tracker, facts, config);
}

fn one<'a>(
    tracker: &mut FieldTracker<'a>,
    facts: &Facts<'a>,
    context: &Context<'_, 'a>,
    (machine, name, field): (Object<'a>, &str, Field<'a>),
    config: &mut PlConfig,
    component: &mut Component,
) {
    let small = lower(name);
    match small.as_str() {
        "architecture" => {
            component.arch = match field.0.as_str() {
                Some("arm64") => Some(Arch::Arm64),
                Some("x86_64") => Some(Arch::Amd64),
                _ => return field.blocked(tracker, "this processor is neither x86_64 nor arm64"),
            };
            field.exact(tracker, context.at("arch"));
        }
        "instanceLifecycle" | "instanceMarketOptions" => {
            let kind = field.0.as_str().or_else(|| machine.object(name).and_then(|options| options.peek("marketType")));
            if kind == Some("spot") {
                component.spot = Some(Spot::Prefer);
                field.approximated(tracker, context.at("spot"), "spot where there is some, on-demand otherwise");
            } else {
                field.dropped(tracker, "machine");
            }
        }
        // What a machine that stands says of its processor itself holds.
        "instanceType" if facts.machines().all(|machine| machine.root.field("architecture").is_none()) => {
            kind(tracker, context, field, component);
        }
        "instanceType" => field.dropped_because(tracker, "machine-size", "the containers say what they need of a node"),
        "keyName" => field.dropped(tracker, "host-access"),
        "tagSet" | "tags" => field.dropped(tracker, "machine-tag"),
        "instanceState" => state(tracker, machine, field),
        "iamInstanceProfile" => profile(tracker, facts, field, config),
        "userData" | "userDataParts" => {}
        _ if DISKS.contains(&small.as_str()) => disks(tracker, machine, name),
        _ if GROUPS.contains(&small.as_str()) => {
            let note = "who reaches it is said by its routes and the team's jail";
            field.dropped_because(tracker, "security-group", note);
        }
        _ if OF_NETWORK.contains(&small.as_str()) => field.dropped(tracker, "machine-network"),
        _ if OF_MACHINES.contains(&small.as_str()) => field.dropped(tracker, "machine"),
        _ => {}
    }
}

/// The processor of a kind of machine that is not there yet.
fn kind<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, field: Field<'a>, component: &mut Component) {
    match arch_of(field.0.as_str().unwrap_or_default()) {
        Some(Arch::Amd64) => {
            field.dropped_because(tracker, "machine-size", "the containers say what they need of a node");
        }
        arch => {
            component.arch = arch.or(component.arch);
            field.approximated(
                tracker,
                context.at("arch"),
                "its processor alone: the containers say what they need of a node",
            );
        }
    }
}

/// The processor of a kind of instance: behind the number of its generation `g` stands for Graviton (EC2, "Instance type naming
/// conventions"); none where it is no kind.
fn arch_of(kind: &str) -> Option<Arch> {
    let (family, _) = kind.split_once('.')?;
    let number = family.find(|c: char| c.is_ascii_digit())?;
    let attributes = family[number..].trim_start_matches(|c: char| c.is_ascii_digit());
    Some(if attributes.contains('g') || family == "a1" { Arch::Arm64 } else { Arch::Amd64 })
}

/// The name as EC2 writes it: Auto Scaling begins the same names in upper case.
fn lower(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn state<'a>(tracker: &mut FieldTracker<'a>, machine: Object<'a>, field: Field<'a>) {
    let name = machine.object("instanceState").and_then(|state| state.peek("name"));
    if !matches!(name, Some("stopped" | "stopping")) {
        return field.dropped(tracker, "machine");
    }
    let id = tracker.question_id("stopped", "");
    let text = "The machine is stopped. Should what it ran run on the platform? It does not start before that is said.";
    match tracker.ask(id, text, &["run"], None) {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => {
            tracker.hold("its machine is stopped");
            field.asked(tracker, &id);
        }
    }
}

/// The profile gives its role to the machine, and so to its containers.
fn profile<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, field: Field<'a>, config: &mut PlConfig) {
    if !facts.profiles.is_empty() || config.uses.contains_key("role") {
        return field.dropped(tracker, "resolved-reference");
    }
    let id = tracker.question_id("role", "");
    let text = "Its instance profile is not among the sources. Which role has it (its name or ARN), or none (`none`)?";
    let usable = |answer: &str| {
        !answer.is_empty() && answer.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_/:-".contains(&b))
    };
    match tracker.ask_for(id, text, &[], None, usable) {
        Asked::Given("none") => field.dropped(tracker, "dropped-by-answer"),
        Asked::Given(name) => {
            let kind = crate::plconfig::UseKind::Iam;
            let role = crate::plconfig::Use { kind, name: name.to_owned(), access: Vec::new(), env: None };
            config.uses.insert("role".to_owned(), role);
            field.approximated(tracker, "/uses/role/name", "the role, by a person's answer");
        }
        Asked::Open(id) => {
            tracker.hold("nobody said which role it has");
            field.asked(tracker, &id);
        }
    }
}

fn profiles<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, config: &mut PlConfig) {
    for profile in &facts.profiles {
        let role = profile.objects("Roles").next().and_then(|role| role.field("Arn"));
        if let Some(role) = role.filter(|_| !config.uses.contains_key("role")) {
            let _known = take(tracker, role, config);
        }
        for (_, value) in profile.entries().filter(|(_, value)| !is_empty(value)) {
            rest(tracker, value, "machine-role");
        }
    }
}

/// Drops what has no verdict yet.
fn rest<'a>(tracker: &mut FieldTracker<'a>, value: &'a serde_json::Value, rule: &'static str) {
    match value {
        serde_json::Value::Array(list) if !list.is_empty() => list.iter().for_each(|one| rest(tracker, one, rule)),
        serde_json::Value::Object(map) if !map.is_empty() => map.values().for_each(|one| rest(tracker, one, rule)),
        leaf if tracker.has_mark(leaf) => {}
        leaf => Field(leaf).dropped(tracker, rule),
    }
}

/// The root's disk is the image; what lies on others nobody can tell from outside.
fn disks<'a>(tracker: &mut FieldTracker<'a>, machine: Object<'a>, name: &str) {
    let root = machine.peek("rootDeviceName").map(str::to_owned);
    let all: Vec<Object<'a>> = machine.objects(name).collect();
    for (at, disk) in all.iter().enumerate() {
        let device = disk.peek("deviceName").or_else(|| disk.peek("DeviceName")).unwrap_or_default();
        let is_root = root.as_deref().map_or(at == 0, |root| root == device);
        let whole = disk.entries().map(|(_, value)| value).filter(|value| !is_empty(value));
        for value in whole {
            if is_root { Field(value).dropped(tracker, "root-disk") } else { data_disk(tracker, device, Field(value)) }
        }
    }
}

fn data_disk<'a>(tracker: &mut FieldTracker<'a>, device: &str, field: Field<'a>) {
    let id = tracker.question_id("disk", &label(device.rsplit('/').next().unwrap_or(device)));
    let text = format!(
        "The machine has the disk {device} beside its root. Does nothing of what moves need what lies on it (`leave-out`)? What is \
         needed has to be copied before the hand-over."
    );
    match tracker.ask(id, &text, &["leave-out"], None) {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => {
            tracker.hold("what lies on its machine's disk has to be decided first");
            field.asked(tracker, &id);
        }
    }
}

fn disks_of_volumes<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
    let roots: Vec<&str> = facts.instances.iter().filter_map(|one| one.root.peek("rootDeviceName")).collect();
    for volume in &facts.volumes {
        let device = volume.objects("attachmentSet").find_map(|one| one.peek("device")).unwrap_or_default();
        for (_, value) in volume.entries().filter(|(_, value)| !is_empty(value)) {
            if roots.contains(&device) {
                Field(value).dropped(tracker, "root-disk");
            } else {
                data_disk(tracker, device, Field(value));
            }
        }
    }
}

/// An address that stays the machine's is known to others: allow-lists, records, callers.
fn addresses<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
    for address in &facts.addresses {
        let shown = address.peek("publicIp").unwrap_or("one");
        let id = tracker.question_id("address", shown);
        let text = format!(
            "The machine keeps the public address {shown}. Others may know it: by DNS, as where requests come from, or as where they \
             go to. Does nothing depend on it (`leave-out`)?"
        );
        let answer = tracker.ask(id, &text, &["leave-out"], None);
        for (_, value) in address.entries().filter(|(_, value)| !is_empty(value)) {
            match &answer {
                Asked::Given(_) => Field(value).dropped(tracker, "dropped-by-answer"),
                Asked::Open(id) => Field(value).asked(tracker, id),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::arch_of;
    use crate::plconfig::Arch;

    #[test]
    fn the_processor_is_told_by_the_kind_of_machine() {
        for kind in
            ["t4g.micro", "a1.large", "c7gn.xlarge", "im4gn.large", "x2gd.medium", "g5g.xlarge", "hpc7g.4xlarge"]
        {
            assert_eq!(arch_of(kind), Some(Arch::Arm64), "{kind}");
        }
        for kind in ["t3.micro", "g4dn.xlarge", "g6.xlarge", "m6idn.large", "u-6tb1.metal", "x1e.xlarge", "inf2.xlarge"]
        {
            assert_eq!(arch_of(kind), Some(Arch::Amd64), "{kind}");
        }
        assert_eq!((arch_of("large"), arch_of("")), (None, None));
    }
}

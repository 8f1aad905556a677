//! What a container may do to the kernel and the machine, and what the machine gives it.

use super::kind::Plan;
use super::members::Member;
use crate::field::{Field, Object, number};
use crate::plconfig::{Capabilities, Component, Container, SAFE_SYSCTLS, Volume};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;
use std::collections::BTreeSet;

/// The open files that a node lets a process have (Bottlerocket): as it starts, and at most.
const NODE_FILES: (u64, u64) = (65_536, 1_048_576);

/// Containers of Windows and of Linux have it (ECS developer guide, "Using gMSA for EC2 Linux containers").
const GMSA: &str =
    "it signs in to Active Directory by a credential spec (gMSA), for which the platform's nodes have no agent";

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    container: &mut Container,
    pod: &mut Component,
) {
    let definition = member.definition;
    container.capabilities = Some(Capabilities { default: Some(true), ..Capabilities::default() });
    if let Some(linux) = definition.object("linuxParameters") {
        linux_parameters(tracker, plan, member, linux, container, pod);
    }
    privileges(tracker, member);
    security_options(tracker, plan, member);
    ulimits(tracker, member);
    sysctls(tracker, plan, definition, pod);
    devices(tracker, plan, member, container);
    if let Some(field) = definition.field("credentialSpecs") {
        field.blocked(tracker, GMSA);
    }
}

fn linux_parameters<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    linux: Object<'a>,
    container: &mut Container,
    pod: &mut Component,
) {
    init_process(tracker, plan, linux, pod);
    capabilities(tracker, plan, member, linux, container);
    shared_memory(tracker, plan, member, linux, container);
    if let Some(devices) = linux.field("devices") {
        devices.blocked(tracker, "it needs devices of its host");
    }
    for name in ["maxSwap", "swappiness"] {
        if let Some(field) = linux.field(name) {
            field.dropped_because(tracker, "no-swap", "the nodes have no swap");
        }
    }
}

fn init_process<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, linux: Object<'a>, pod: &mut Component) {
    let Some(field) = linux.field("initProcessEnabled") else {
        return;
    };
    match field.0 {
        Value::Bool(true) => {
            pod.share_processes = Some(true);
            let note = "the pod's own init reaps; the containers see each other's processes";
            field.approximated(tracker, plan.at("share_processes"), note);
        }
        Value::Bool(false) => field.dropped(tracker, "default"),
        _ => {}
    }
}

fn capabilities<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    linux: Object<'a>,
    container: &mut Container,
) {
    let Some(wanted) = linux.object("capabilities") else {
        return;
    };
    let mut set = container.capabilities.take().unwrap_or_default();
    for (from, list) in [("add", &mut set.add), ("drop", &mut set.drop)] {
        for value in wanted.list(from) {
            let Some(name) = tracker.text(value, Kind::Free) else {
                continue;
            };
            let name = name.into_owned();
            let field = Field(value);
            if from == "add" && !Capabilities::BASELINE.contains(&name.as_str()) {
                ask_for_capability(tracker, plan, member, field, &name, list);
            } else {
                field.exact(tracker, plan.inside(member, "capabilities"));
                list.push(name);
            }
        }
    }
    container.capabilities = Some(set);
}

/// The jail forbids what the baseline does not know: kept until somebody says otherwise.
fn ask_for_capability<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    field: Field<'a>,
    name: &str,
    list: &mut Vec<String>,
) {
    let id = tracker.question_id("capability", &format!("{}/{name}", member.name));
    let text = format!("`{}` wants the capability {name}, which the teams' jails forbid. Keep it?", member.name);
    match tracker.ask(id, &text, &["keep", "drop"], Some("keep")) {
        Asked::Given("drop") => {
            field.dropped(tracker, "capability-by-answer");
            return;
        }
        Asked::Given(_) => field.exact(tracker, plan.inside(member, "capabilities")),
        Asked::Open(id) => field.asked(tracker, &id),
    }
    list.push(name.to_owned());
}

/// `/dev/shm` of a size, and file systems in memory; both count to the container's memory.
fn shared_memory<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    linux: Object<'a>,
    container: &mut Container,
) {
    let memory = |size: Option<u64>| Volume {
        temporary: Some("memory".to_owned()),
        limit: size.map(crate::quantity::mebi),
        ..Volume::default()
    };
    if let Some(field) = linux.field("sharedMemorySize")
        && let Some(size) = number(field.0)
    {
        container.volumes.insert("/dev/shm".to_owned(), memory(Some(size)));
        field.approximated(
            tracker,
            plan.inside(member, "volumes/~1dev~1shm/limit"),
            "counts to the container's memory",
        );
    }
    for mount in linux.objects("tmpfs") {
        let Some(path_field) = mount.field("containerPath") else {
            continue;
        };
        let Some(path) = tracker.text(path_field.0, Kind::Path) else {
            continue;
        };
        container.volumes.insert(path.into_owned(), memory(mount.peek_u64("size")));
        path_field.exact(tracker, plan.inside(member, "volumes"));
        if let Some(size) = mount.field("size") {
            size.approximated(tracker, plan.inside(member, "volumes"), "counts to the container's memory");
        }
        if let Some(options) = mount.field("mountOptions") {
            options.dropped_because(tracker, "mount-options", "memory volumes have no mount options");
        }
    }
}

fn privileges<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    let Some(field) = member.definition.field("privileged") else {
        return;
    };
    match field.0 {
        Value::Bool(true) => field.blocked(tracker, format!("`{}` is privileged", member.name)),
        Value::Bool(false) => field.dropped(tracker, "default"),
        _ => {}
    }
}

fn security_options<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>) {
    for value in member.definition.list("dockerSecurityOptions") {
        let field = Field(value);
        let Some(option) = value.as_str() else { continue };
        if option.starts_with("credentialspec:") || option.starts_with("credentialspecdomainless:") {
            field.blocked(tracker, GMSA);
        } else if option == "no-new-privileges" || option == "no-new-privileges:true" {
            let note = "setuid programs stay possible until `capabilities.default` is taken out";
            field.approximated(tracker, plan.inside(member, "capabilities/default"), note);
        } else {
            let id = tracker.question_id("security-option", &format!("{}/{option}", member.name));
            let text = format!("`{}` runs with the security option `{option}`. Can it do without?", member.name);
            match tracker.ask(id, &text, &["without"], Some("without")) {
                Asked::Given(_) => field.dropped(tracker, "security-option-by-answer"),
                Asked::Open(id) => field.asked(tracker, &id),
            }
        }
    }
}

/// Kubernetes has no limits of this kind (kubernetes/kubernetes#3595): the node's own hold.
fn ulimits<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    for limit in member.definition.objects("ulimits") {
        let name = limit.peek("name").unwrap_or("");
        let fields = ["name", "softLimit", "hardLimit"];
        let of = |field| limit.peek_u64(field).unwrap_or(u64::MAX);
        let near = NODE_FILES.0 - 1..=NODE_FILES.0;
        if name == "nofile" && near.contains(&of("softLimit")) && of("hardLimit") <= NODE_FILES.1 {
            for field in fields.iter().filter_map(|name| limit.field(name)) {
                field.dropped_because(tracker, "node-limits", "the node gives 65,536 open files, at most 1,048,576");
            }
            continue;
        }
        let wanted = [shown(limit, "softLimit", "as a process starts"), shown(limit, "hardLimit", "at most")];
        let wanted = wanted.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let wanted = if wanted.is_empty() { "without a number".to_owned() } else { wanted };
        let gives = if name == "nofile" { " (65,536 open files, and at most 1,048,576)" } else { "" };
        let id = tracker.question_id("ulimit", &format!("{}/{name}", member.name));
        let text = format!(
            "`{}` sets the limit `{name}` ({wanted}), which only the node can set. Is the node's{gives} right for it?",
            member.name
        );
        match tracker.ask(id, &text, &["enough"], Some("enough")) {
            Asked::Given(_) => limit.drop_all(tracker, &fields, "node-limits"),
            Asked::Open(id) => {
                for field in fields.iter().filter_map(|name| limit.field(name)) {
                    field.asked(tracker, &id);
                }
            }
        }
    }
}

/// What a limit says of its beginning or its end; none where it says nothing that can be read. Below zero it is no limit
/// (setrlimit(2), `RLIM_INFINITY`).
fn shown(limit: Object<'_>, field: &str, when: &str) -> Option<String> {
    let value = limit.field(field)?.0;
    let signed = value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse::<i64>().ok()));
    let most = if signed.is_some_and(|most| most < 0) { "unlimited".to_owned() } else { number(value)?.to_string() };
    Some(format!("{when} {most}"))
}

fn sysctls<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, definition: Object<'a>, pod: &mut Component) {
    for control in definition.objects("systemControls") {
        let (Some(name_field), Some(value_field)) = (control.field("namespace"), control.field("value")) else {
            continue;
        };
        let Some(name) = tracker.text(name_field.0, Kind::Free) else {
            continue;
        };
        if !SAFE_SYSCTLS.contains(&name.as_ref()) {
            let reason = format!("the kernel parameter `{name}` needs the node's leave");
            name_field.blocked(tracker, reason.clone());
            value_field.blocked(tracker, reason);
            continue;
        }
        let Some(value) = tracker.text(value_field.0, Kind::Free) else {
            continue;
        };
        let target = plan.at(&format!("sysctls/{name}"));
        let others = plan.members.kept().flat_map(|member| member.definition.objects("systemControls"));
        let others =
            others.filter(|other| other.peek("namespace") == Some(&name)).filter_map(|other| other.peek("value"));
        let values: BTreeSet<&str> = others.filter(|value| crate::marks::is_clean(value)).collect();
        if values.len() < 2 {
            if is_alone(plan, &name) {
                name_field.exact(tracker, target.clone());
                value_field.exact(tracker, target);
            } else {
                let note = "all containers of the pod have it; on ECS only those that say so";
                name_field.approximated(tracker, target.clone(), note);
                value_field.approximated(tracker, target, note);
            }
            pod.sysctls.insert(name.into_owned(), value.into_owned());
            continue;
        }
        let values: Vec<&str> = values.into_iter().collect();
        let id = tracker.question_id("sysctl", &name);
        let text =
            format!("Its containers set the kernel parameter `{name}` to different values, and a pod has one. Which?");
        let ground = values.join("\n");
        match tracker.resting_on(ground, |tracker| tracker.ask(id, &text, &values, values.first().copied())) {
            Asked::Given(answer) => {
                for field in [name_field, value_field] {
                    field.approximated(tracker, target.clone(), "one for all containers, by a person's answer");
                }
                pod.sysctls.insert(name.into_owned(), answer.to_owned());
            }
            Asked::Open(id) => {
                name_field.asked(tracker, &id);
                value_field.asked(tracker, &id);
                pod.sysctls.entry(name.into_owned()).or_insert_with(|| values[0].to_owned());
            }
        }
    }
}

/// Whether a kernel parameter reaches no container that did not ask for it. A pod has one network and one namespace of
/// shared memory and queues; a task has one network in the mode `awsvpc`, and one of the other with `ipcMode: task`.
fn is_alone(plan: &Plan<'_, '_>, name: &str) -> bool {
    let task = plan.facts.task;
    let is = |field: &str, wanted: &str| task.is_some_and(|task| task.peek(field) == Some(wanted));
    let fargate = || {
        let launched = |holder: Option<Object<'_>>| holder.is_some_and(|one| one.peek("launchType") == Some("FARGATE"));
        let required = task.into_iter().flat_map(|task| task.list("requiresCompatibilities"));
        launched(plan.facts.service) || required.into_iter().any(|platform| platform == "FARGATE")
    };
    let shared =
        if name.starts_with("net.") { is("networkMode", "awsvpc") || fargate() } else { is("ipcMode", "task") };
    let says = |definition: Object<'_>| {
        definition.objects("systemControls").any(|control| control.peek("namespace") == Some(name))
    };
    shared || plan.members.kept().all(|member| says(member.definition))
}

fn devices<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, container: &mut Container) {
    for need in member.definition.objects("resourceRequirements") {
        let (Some(kind), Some(value)) = (need.field("type"), need.field("value")) else {
            continue;
        };
        match (need.peek("type"), need.peek_u64("value").and_then(|count| u32::try_from(count).ok())) {
            (Some("GPU"), Some(count)) => {
                container.resources.get_or_insert_default().gpu = Some(count);
                kind.exact(tracker, plan.inside(member, "resources/gpu"));
                value.exact(tracker, plan.inside(member, "resources/gpu"));
            }
            (Some("GPU"), None) => {
                let id = tracker.question_id("gpus", member.name);
                let shown = value.0.as_str().map_or_else(|| value.0.to_string(), crate::marks::without_marks);
                let text = format!("`{}` needs GPUs, and how many says `{shown}`. How many are that?", member.name);
                let usable = |answer: &str| answer.parse::<u32>().is_ok_and(|count| count > 0);
                match tracker.ask_for(id, &text, &[], Some("1"), usable) {
                    Asked::Given(answer) => {
                        container.resources.get_or_insert_default().gpu = answer.parse().ok();
                        kind.exact(tracker, plan.inside(member, "resources/gpu"));
                        value.approximated(tracker, plan.inside(member, "resources/gpu"), "by a person's answer");
                    }
                    Asked::Open(id) => {
                        container.resources.get_or_insert_default().gpu = Some(1);
                        tracker.hold("how many GPUs it needs is not known");
                        [kind, value].into_iter().for_each(|field| field.asked(tracker, &id));
                    }
                }
            }
            (Some("InferenceAccelerator"), _) => {
                kind.blocked(tracker, RETIRED);
                value.blocked(tracker, RETIRED);
            }
            (Some("NeuronDevice"), _) => {
                kind.blocked(tracker, NEURON);
                value.blocked(tracker, NEURON);
            }
            _ => {
                let reason =
                    format!("it needs a device of the kind `{}`, which the platform's nodes have not", kind_name(need));
                kind.blocked(tracker, reason.clone());
                value.blocked(tracker, reason);
            }
        }
    }
}

fn kind_name(need: Object<'_>) -> String {
    need.peek("type").map_or_else(String::new, crate::marks::without_marks)
}

/// Elastic Inference has ended (AWS, April 2024).
const RETIRED: &str = "it needs an accelerator of Elastic Inference, which AWS has retired";
const NEURON: &str = "it needs Neuron devices (Inferentia or Trainium), which the platform's nodes have not";

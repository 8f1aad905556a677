//! What belongs to the task as a whole.

use super::kind::Plan;
use super::members::{Member, label};
use crate::field::{Field, Object};
use crate::plconfig::{Arch, Component, is_dns_name, is_label};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;

/// What DescribeTaskDefinition adds to what was registered.
const DESCRIBED: [&str; 10] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
    "include",
];

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    component.arch = Some(Arch::Amd64);
    if let Some(task) = plan.facts.task {
        task.drop_all(tracker, &DESCRIBED, "describe-only");
        task.drop_all(tracker, &["family"], "named-by-workload");
        task.drop_all(tracker, &["requiresCompatibilities"], "launch-type");
        platform(tracker, plan, task, component);
        network_mode(tracker, task);
        namespaces(tracker, plan, task, component);
        proxy(tracker, task);
        if let Some(field) = task.field("inferenceAccelerators") {
            field.blocked(tracker, "it needs an inference accelerator, which AWS has retired");
        }
        if let Some(field) = task.field("enableFaultInjection") {
            field.dropped(tracker, "fault-injection");
        }
    }
    let members: Vec<&Member<'a>> = plan.members.kept().collect();
    for member in members {
        names(tracker, plan, member, component);
        windows(tracker, member);
    }
}

fn platform<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, task: Object<'a>, component: &mut Component) {
    let Some(platform) = task.object("runtimePlatform") else {
        return;
    };
    if let Some(field) = platform.field("cpuArchitecture") {
        component.arch = match platform.peek("cpuArchitecture") {
            Some("ARM64") => Some(Arch::Arm64),
            Some("X86_64") => Some(Arch::Amd64),
            _ => return field.blocked(tracker, "this processor is neither X86_64 nor ARM64"),
        };
        field.exact(tracker, plan.at("arch"));
    }
    if let Some(field) = platform.field("operatingSystemFamily") {
        match platform.peek("operatingSystemFamily") {
            Some("LINUX") => field.dropped(tracker, "default"),
            _ => field.blocked(tracker, "it runs on Windows"),
        }
    }
}

fn network_mode<'a>(tracker: &mut FieldTracker<'a>, task: Object<'a>) {
    let Some(field) = task.field("networkMode") else { return };
    match task.peek("networkMode") {
        Some("awsvpc") => field.dropped(tracker, "pod-network"),
        Some("bridge" | "default") => {
            field.dropped_because(tracker, "pod-network", "its containers now share one address");
        }
        Some("host") => field.blocked(tracker, "it uses its host's network"),
        Some("none") => {
            let id = tracker.question_id("network", "");
            let text = "It has no network at all. May it have the jail's?";
            match tracker.ask(id, text, &["jail"], Some("jail")) {
                Asked::Given(_) => field.dropped(tracker, "pod-network"),
                Asked::Open(id) => field.asked(tracker, &id),
            }
        }
        _ => field.blocked(tracker, "this network mode exists only on Windows"),
    }
}

fn namespaces<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, task: Object<'a>, component: &mut Component) {
    if let Some(field) = task.field("pidMode") {
        match task.peek("pidMode") {
            Some("") => field.dropped(tracker, "default"),
            Some("task") => {
                component.share_processes = Some(true);
                field.exact(tracker, plan.at("share_processes"));
            }
            _ => field.blocked(tracker, "it sees its host's processes"),
        }
    }
    if let Some(field) = task.field("ipcMode") {
        match task.peek("ipcMode") {
            Some("") => field.dropped(tracker, "default"),
            Some("task") => field.dropped(tracker, "pod-ipc"),
            Some("none") => field.dropped_because(tracker, "pod-ipc", "the containers of a pod share memory segments"),
            _ => field.blocked(tracker, "it shares memory with everything on its host"),
        }
    }
}

/// App Mesh has ended (30 September 2026): there is nothing left to speak to.
fn proxy<'a>(tracker: &mut FieldTracker<'a>, task: Object<'a>) {
    if let Some(field) = task.field("proxyConfiguration") {
        field.blocked(tracker, "its traffic goes through an App Mesh proxy, and App Mesh has ended");
    }
}

/// Names, name servers and links: of the pod, whichever container says so.
fn names<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, component: &mut Component) {
    let definition = member.definition;
    if let Some(field) = definition.field("hostname")
        && let Some(name) = tracker.text(field.0, Kind::Host)
    {
        if component.hostname.is_none() {
            hostname(tracker, plan, member, field, &name, component);
        } else {
            field.dropped_because(tracker, "one-hostname", "the containers of a pod have one name");
        }
    }
    for extra in definition.objects("extraHosts") {
        let (Some(host), Some(address)) = (extra.field("hostname"), extra.field("ipAddress")) else {
            continue;
        };
        let Some(name) = tracker.text(host.0, Kind::Host) else {
            continue;
        };
        let Some(text) = tracker.text(address.0, Kind::Address) else {
            let place = tracker.pointer(address.0);
            let id = tracker.question_id("placeholder", place.trim_start_matches('/'));
            host.asked(tracker, &id);
            continue;
        };
        let Some(name) = host_of_file(tracker, host, &name) else {
            address.blocked(tracker, "its name is none that a pod may have in its hosts file");
            continue;
        };
        if component.hosts.contains_key(&name) {
            again(tracker, [host, address], &name, &text, component);
            continue;
        }
        let target = plan.at(&format!("hosts/{name}"));
        let note = match host.0.as_str() == Some(name.as_str()) {
            false => Some("in small letters, as names are looked up"),
            true if plan.members.kept().count() > 1 => Some("in the hosts file of every container of the pod"),
            true => None,
        };
        match note {
            Some(note) => host.approximated(tracker, target.clone(), note),
            None => host.exact(tracker, target.clone()),
        }
        address.exact(tracker, target);
        component.hosts.insert(name, text.into_owned());
    }
    links(tracker, plan, definition, component);
    if let Some(field) = definition.field("disableNetworking") {
        match field.0 {
            Value::Bool(false) => field.dropped(tracker, "default"),
            Value::Bool(true) => field.blocked(tracker, "one of its containers has no network while others have"),
            _ => {}
        }
    }
}

/// A name that stands in the hosts file already: the same line says nothing new, and another address is one too many.
fn again<'a>(tracker: &mut FieldTracker<'a>, fields: [Field<'a>; 2], name: &str, address: &str, component: &Component) {
    let known = component.hosts.get(name).map_or("", String::as_str);
    if known == address {
        return fields.into_iter().for_each(|field| field.dropped(tracker, "default"));
    }
    let id = tracker.question_id("hosts-line", &format!("{name}/{address}"));
    let text = format!(
        "`{name}` stands twice in the hosts file of its containers, and a pod has one line: {known}, not {address}. Is that right?"
    );
    match tracker.ask(id, &text, &["first"], Some("first")) {
        Asked::Given(_) => fields.into_iter().for_each(|field| field.dropped(tracker, "dropped-by-answer")),
        Asked::Open(id) => fields.into_iter().for_each(|field| field.asked(tracker, &id)),
    }
}

/// The name that the container sees as its own: a pod's is one label in small letters. Of anything else a person says
/// what it is to be, for licences and mail servers hang on the very name.
fn hostname<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    field: Field<'a>,
    name: &str,
    component: &mut Component,
) {
    if is_label(name) {
        component.hostname = Some(name.to_owned());
        return field.exact(tracker, plan.at("hostname"));
    }
    let near = label(name.split('.').next().unwrap_or(name), 63);
    let assumed = Some(near).filter(|near| !near.is_empty());
    let id = tracker.question_id("hostname", &crate::marks::without_marks(member.name));
    let text = format!(
        "Its own name is `{}`, and a pod's is one label of at most 63 small letters, digits and hyphens. Which should it be?",
        crate::marks::without_marks(name)
    );
    match tracker.ask_for(id, &text, &[], assumed.as_deref(), is_label) {
        Asked::Given(answer) => {
            component.hostname = Some(answer.to_owned());
            field.approximated(tracker, plan.at("hostname"), "by a person's answer");
        }
        Asked::Open(id) => {
            // A licence or a mail server that starts under another name may be refused for good.
            tracker.hold("nobody said which name it has for itself");
            component.hostname = assumed;
            field.asked(tracker, &id);
        }
    }
}

/// A name for the pod's hosts file: labels in small letters between dots. What can't be one blocks.
fn host_of_file<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, name: &str) -> Option<String> {
    let small = name.to_ascii_lowercase();
    if is_dns_name(&small) {
        return Some(small);
    }
    let shown = crate::marks::without_marks(name);
    field.blocked(tracker, format!("`{shown}` is no name that a pod may have in its hosts file"));
    None
}

/// `links`: another container by a name; in a pod it is at 127.0.0.1.
fn links<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, definition: Object<'a>, component: &mut Component) {
    for value in definition.list("links") {
        let Some(text) = tracker.text(value, Kind::Free) else {
            continue;
        };
        let (container, alias) = text.split_once(':').unwrap_or((&text, &text));
        if plan.members.named(container).is_none() {
            Field(value).blocked(tracker, "it links to a container that the task does not have");
            continue;
        }
        let Some(alias) = host_of_file(tracker, Field(value), alias) else {
            continue;
        };
        component.hosts.insert(alias, "127.0.0.1".to_owned());
        Field(value).approximated(
            tracker,
            plan.at("hosts"),
            "a name of the pod's own address; both containers share its ports",
        );
    }
}

/// Evidence of Windows where the task does not say so.
fn windows<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    let words = ["entryPoint", "command"].iter().flat_map(|name| member.definition.list(name));
    let mut powershell = false;
    for value in words {
        let text = value.as_str().unwrap_or("").to_ascii_lowercase();
        powershell |= text == "powershell" || text.ends_with("powershell.exe") || text == "cmd.exe";
        if text.contains("c:\\") || (powershell && text.contains(".exe")) {
            Field(value).blocked(tracker, "it runs on Windows");
        }
    }
    for mount in member.definition.objects("mountPoints") {
        if let Some(path) = mount.field("containerPath")
            && path.0.as_str().is_some_and(|path| path.starts_with("\\\\") || path.get(1..3) == Some(":\\"))
        {
            path.blocked(tracker, "it runs on Windows");
        }
    }
}

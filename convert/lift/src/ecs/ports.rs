//! Ports: the one that serves, the others, and those of sidecars.

use super::kind::Plan;
use super::members::{ContainerRole, Member, label};
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, Protocol};
use crate::tracker::{Asked, FieldTracker};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    clashes(tracker, plan);
    if plan.context.kind == ComponentType::Web {
        component.port = plan.port;
    }
    let mut names = BTreeSet::new();
    let mut served = false;
    for member in plan.members.kept() {
        if member.role == ContainerRole::Init {
            has_ended(tracker, member);
            continue;
        }
        let mut ports = BTreeMap::new();
        for mapping in member.definition.objects("portMappings") {
            let serves = member.role == ContainerRole::Main
                && !served
                && plan.context.kind == ComponentType::Web
                && mapping.peek("protocol").is_none_or(|protocol| protocol == "tcp" || !also_tcp(member, plan.port))
                && mapping.peek_u64("containerPort") == plan.port.map(u64::from);
            if serves {
                served = true;
                serving(tracker, plan, mapping, component);
            } else {
                further(tracker, plan, member, mapping, &mut names, &mut ports);
            }
            host_port(tracker, plan, member, mapping);
        }
        match member.role {
            ContainerRole::Main => component.ports = ports,
            _ => {
                if let Some(sidecar) = component.sidecars.get_mut(&member.key) {
                    sidecar.ports = ports;
                }
            }
        }
    }
}

/// A container that has ended before the pod serves has no port that anybody could come to, on ECS neither.
fn has_ended<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    for (_, value) in member.definition.objects("portMappings").flat_map(Object::entries) {
        Field(value).dropped_because(tracker, "init-ports", "it has ended before anything of the pod serves");
    }
}

/// Whether the container names the port as one of TCP, beside another protocol.
fn also_tcp(member: &Member<'_>, port: Option<u16>) -> bool {
    let tcp = |mapping: &Object<'_>| mapping.peek("protocol").is_none_or(|protocol| protocol == "tcp");
    let mut all = member.definition.objects("portMappings").filter(tcp);
    all.any(|mapping| mapping.peek_u64("containerPort") == port.map(u64::from))
}

fn serving<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, mapping: Object<'a>, component: &mut Component) {
    if let Some(port) = mapping.field("containerPort") {
        port.exact(tracker, plan.at("port"));
    }
    if let Some(field) = mapping.field("protocol") {
        match mapping.peek("protocol") {
            Some("tcp") => field.dropped(tracker, "default"),
            _ => field.blocked(tracker, "the port that serves is no TCP port"),
        }
    }
    mapping.drop_all(tracker, &["name"], "port-name");
    let Some(field) = mapping.field("appProtocol") else {
        return;
    };
    match mapping.peek("appProtocol") {
        Some("http") => field.dropped(tracker, "default"),
        Some("http2") => {
            component.protocol = Some(Protocol::Http2);
            field.exact(tracker, plan.at("protocol"));
        }
        Some("grpc") => {
            component.protocol = Some(Protocol::Grpc);
            field.exact(tracker, plan.at("protocol"));
        }
        _ => {}
    }
}

fn further<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    mapping: Object<'a>,
    names: &mut BTreeSet<String>,
    ports: &mut BTreeMap<String, String>,
) {
    let protocol = mapping.peek("protocol").unwrap_or("tcp");
    let udp = if protocol == "udp" { "/udp" } else { "" };
    let target = plan.inside(member, "ports");
    let mut given = false;
    for (field, port) in ports_of(mapping) {
        let Some(port) = port else {
            tracker.refuse(&no_port(member, mapping));
            field.blocked(tracker, "this is no port");
            continue;
        };
        let wanted = mapping.peek("name").filter(|_| !given).map(|name| label(name, 15));
        let wanted = wanted.filter(|name| name.bytes().any(|b| b.is_ascii_alphabetic()));
        given = wanted.is_some();
        let name = free_name(names, wanted, &format!("{protocol}-{port}"));
        field.exact(tracker, target.clone());
        ports.insert(name, format!("{port}{udp}"));
    }
    if let Some(name) = mapping.field("name") {
        let note = "port names have at most 15 characters";
        if given { name.approximated(tracker, target.clone(), note) } else { name.dropped(tracker, "port-name") }
    }
    if let Some(field) = mapping.field("protocol") {
        match protocol {
            "tcp" | "udp" => field.exact(tracker, target.clone()),
            _ => field.blocked(tracker, "a port is neither TCP nor UDP"),
        }
    }
    if let Some(field) = mapping.field("appProtocol") {
        field.dropped_because(tracker, "app-protocol", "only the port that serves says what it speaks");
    }
}

/// The most ports of a range that are carried over, one by one.
const MOST: u16 = 100;

/// Why a mapping names no port, with what to do about it.
fn no_port(member: &Member<'_>, mapping: Object<'_>) -> String {
    let named = crate::marks::without_marks(member.name);
    let Some(range) = mapping.peek("containerPortRange").filter(|_| mapping.field("containerPort").is_none()) else {
        return format!(
            "`{named}` has a port that is none: write its `containerPort` as a number from 1 to 65535, and discover again"
        );
    };
    let range = crate::marks::without_marks(range);
    format!(
        "`{named}` opens the ports `{range}` (`containerPortRange`), and a Service names each of its ports by itself: only a range \
         FIRST-LAST of at most {MOST} is carried over. Write the ports that somebody comes to as `containerPort`, each in a mapping of its \
         own, and discover again; ports that only the app's own processes use need none"
    )
}

/// One port, or each of a range.
fn ports_of<'a>(mapping: Object<'a>) -> Vec<(Field<'a>, Option<u16>)> {
    if let Some(field) = mapping.field("containerPort") {
        return vec![(field, number(field.0).and_then(|n| u16::try_from(n).ok()).filter(|port| *port > 0))];
    }
    let Some(field) = mapping.field("containerPortRange") else {
        return Vec::new();
    };
    let range = field.0.as_str().and_then(|text| text.split_once('-')).and_then(|(first, last)| {
        let (first, last) = (first.trim().parse::<u16>().ok()?, last.trim().parse::<u16>().ok()?);
        (0 < first && first <= last && last - first < MOST).then_some((first, last))
    });
    match range {
        Some((first, last)) => (first..=last).map(|port| (field, Some(port))).collect(),
        None => vec![(field, None)],
    }
}

fn free_name(names: &mut BTreeSet<String>, wanted: Option<String>, otherwise: &str) -> String {
    if let Some(name) = wanted.filter(|name| !names.contains(name)) {
        names.insert(name.clone());
        return name;
    }
    let mut name = otherwise.to_owned();
    let mut count = 2;
    while !names.insert(name.clone()) {
        name = format!("{otherwise}-{count}");
        count += 1;
    }
    name
}

/// The port on the host: given by ECS, the same as the container's, or fixed on a bridge.
fn host_port<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, mapping: Object<'a>) {
    let Some(field) = mapping.field("hostPort") else { return };
    let Some(port) = number(field.0) else { return };
    if plan.facts.network_mode() == "awsvpc" {
        field.dropped(tracker, "awsvpc-host-port");
        return;
    }
    if port == 0 {
        field.dropped(tracker, "dynamic-host-port");
        return;
    }
    let id = tracker.question_id("host-port", &format!("{}/{port}", member.name));
    let text =
        format!("Port {port} of each host leads to `{}`. Does everybody reach it by its name instead?", member.name);
    match tracker.ask(id, &text, &["by-name"], Some("by-name")) {
        Asked::Given(_) => field.dropped(tracker, "host-port-by-answer"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
}

/// On a bridge each container has its own ports; in a pod they share them.
fn clashes<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) {
    let mut taken: BTreeMap<(u64, &str), &str> = BTreeMap::new();
    // What has ended listens on nothing.
    for member in plan.members.kept().filter(|member| member.role != ContainerRole::Init) {
        for mapping in member.definition.objects("portMappings") {
            let Some(field) = mapping.field("containerPort") else {
                continue;
            };
            let Some(port) = number(field.0) else { continue };
            let key = (port, mapping.peek("protocol").unwrap_or("tcp"));
            match taken.insert(key, member.name) {
                Some(other) if other != member.name => {
                    let reason = format!(
                        "`{other}` and `{}` both listen on {}: split them into two workloads",
                        member.name, key.0
                    );
                    field.blocked(tracker, reason);
                }
                _ => {}
            }
        }
    }
}

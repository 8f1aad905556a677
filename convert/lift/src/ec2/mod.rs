//! EC2: instances and Auto Scaling groups. A verdict for each, with evidence; and where all that the user data does is to run
//! containers, these.
//!
//! One file for each subject; every rule's name stands in `docs/mapping-ec2.md`.

mod account;
mod container;
mod docker;
mod facts;
mod files;
mod group;
mod group_scale;
mod host;
mod machine;
mod meaning;
mod network;
mod pods;
mod refusal;
mod signs;
mod started;
mod startup;
mod user_data;
mod verdict;
mod volume;

use crate::context::Context;
use crate::field::{Field, Object, is_empty};
use crate::host_verdict::{HostVerdict, Verdict};
use crate::plconfig::{Component, ComponentType, Container, PlConfig, Seconds};
use crate::surroundings::Surroundings;
use crate::suspension::{self, Program};
use crate::tracker::{Asked, FieldTracker};
use crate::{balancing, plconfig};
use container::Plan;
use docker::Started;
use facts::Facts;
use files::Files;
use pods::Pod;
use std::collections::BTreeSet;
use user_data::UserData;

/// Seconds that a container has to stop where nothing is said (Docker, `docker stop`).
const STOP: u32 = 10;
/// Seconds that a pod goes on serving: routes forget it a few seconds after it began to end.
const LINGERS: u32 = 10;

/// Lifts machines: the plconfig of the containers that they run, or why there is none; and the verdict in any case.
pub(crate) fn lift<'a>(tracker: &mut FieldTracker<'a>) -> (Option<PlConfig>, Option<HostVerdict>) {
    if tracker.source.part.is_some() {
        tracker.refuse("a machine is one app so far, and no part of it can be another");
    }
    let facts = Facts::read(tracker);
    let user_data = UserData::of(tracker, &facts);
    let decided = verdict::decide(tracker, &facts, &user_data);
    let hosts = verdict::runs_services(&user_data);
    if decided.host.verdict != Verdict::Convert || !hosts && !verdict::runs_containers(&user_data) {
        refusal::map(tracker, &user_data, &decided);
        return (None, Some(decided.host));
    }
    let (mut started, files) = started::read(tracker, &user_data, hosts);
    let mut hosted = None;
    if hosts {
        let served = !facts.around.target_groups.is_empty();
        let mut found = host::read(tracker, &facts, &user_data, &files, served);
        started.append(&mut found.started);
        hosted = Some(found);
    }
    if started.is_empty() {
        // A package, or a unit that nothing starts: nobody can tell what runs.
        let decided = verdict::without_processes(tracker, &facts, &user_data);
        tracker.refuse(&verdict::reason(&decided.host));
        tracker.drop_the_rest("verdict");
        return (None, Some(decided.host));
    }
    for value in facts.images.iter().flat_map(|image| image.entries()).map(|(_, value)| value) {
        if !is_empty(value) && !tracker.is_marked(value) {
            Field(value).dropped(tracker, "context");
        }
    }
    let builds = hosted.as_ref().is_some_and(|found| found.builds);
    let mut config = convert(tracker, facts, &started, &files);
    if let (Some(config), Some(found)) = (&mut config, hosted.filter(|_| builds)) {
        config.machine = Some(found.machine);
        config.secrets = found.secrets;
    }
    if !builds {
        started::account(tracker, &files);
    }
    (config, Some(decided.host))
}

/// The containers as components.
fn convert<'a>(
    tracker: &mut FieldTracker<'a>,
    mut facts: Facts<'a>,
    started: &[Started<'a>],
    files: &Files<'a>,
) -> Option<PlConfig> {
    let served = served(&facts);
    let pods = pods::group(started, &served.iter().map(|(_, port)| *port).collect());
    if pods.is_empty() {
        tracker.refuse("nothing of what it runs could be read");
        tracker.drop_the_rest("verdict");
        return None;
    }
    send(tracker, &mut facts, &pods, &served);
    let mut config = PlConfig {
        app: tracker.source.app.to_owned(),
        team: tracker.source.workload.team.as_str().to_owned(),
        ..PlConfig::default()
    };
    let around = std::mem::take(&mut facts.around);
    let alone = Surroundings::default();
    let steady = |pod: &Pod<'_, '_>| pod.members.iter().any(|member| member.started.clock.is_none());
    let first = pods.iter().position(|pod| pod.balanced).or_else(|| pods.iter().position(steady)).unwrap_or(0);
    let mut shared = Component::default();
    let (mut machine, single) = (true, pods.len() == 1);
    for at in order(first, pods.len()) {
        let pod = &pods[at];
        let port = port(pod, &around);
        let clock = pod.members.first().and_then(|main| main.started.clock.as_ref());
        if pod.members.iter().skip(1).any(|member| member.started.built) && !pod.members[0].started.built {
            tracker.refuse(
                "a process of the machine is found by a container by its address, and they have different images",
            );
        }
        let kind = if clock.is_some() {
            ComponentType::Cron
        } else if port.is_some() {
            ComponentType::Web
        } else {
            ComponentType::Worker
        };
        let name = name(tracker, pod, kind, single);
        let whole = tracker.enter((!single).then_some(name.as_str()));
        let context = Context {
            around: if at == first { &around } else { &alone },
            kind,
            component: &name,
            runs: !tracker.from_file,
            balanced: pod.balanced,
        };
        let mut component = Component { kind, port, ..Component::default() };
        if machine {
            machine::map(tracker, &facts, &context, &mut config, &mut component);
            group::map(tracker, &facts, &context, &mut component);
            shared = Component {
                spot: component.spot,
                arch: component.arch,
                scale: component.scale.clone(),
                ..Component::default()
            };
        } else {
            (component.spot, component.arch) = (shared.spot, shared.arch);
            component.scale.clone_from(&shared.scale);
        }
        machine = false;
        if let Some(clock) = clock {
            component.scale = None;
            component.schedule = clock.schedule.text();
            let at = pod.members[0].started.at.at(clock.schedule.line);
            at.approximated(tracker, context.at("schedule"), "its clock, in UTC as machines have it");
            if facts.group.is_some() {
                once(tracker, &pod.members[0].key);
            }
        }
        containers(tracker, &context, pod, files, &mut component);
        component.stop = component.stop.max(Some(Seconds(STOP)));
        balancing::map(tracker, &context, &mut config, &mut component);
        if clock.is_some() {
            component.port = None;
        }
        linger(&mut component);
        suspension::map(tracker, &context, &programs(pod), &mut component);
        if let Some(name) = pods::quiet(pod) {
            let why = format!(
                "The container `{name}` publishes no port: it may only answer its neighbours, or work without being asked"
            );
            suspension::known(tracker, &why, &mut component);
        }
        tracker.leave(whole);
        config.components.insert(name, component);
    }
    Some(config)
}

/// The pod with the load balancer first: the machines' fields are accounted for with it.
fn order(first: usize, count: usize) -> impl Iterator<Item = usize> {
    std::iter::once(first).chain((0..count).filter(move |at| *at != first))
}

/// Every machine of a group has the same clock, and all of them ran by it.
fn once(tracker: &mut FieldTracker<'_>, key: &str) {
    let id = tracker.question_id("once", key);
    let text = format!(
        "Each machine of its group runs `{key}` by its own clock, and the platform runs it once for all. Is that right (`once`)?"
    );
    if let Asked::Open(_) = tracker.ask(id, &text, &["once"], Some("once")) {
        tracker.hold("nobody said that one run is enough where each machine had its own");
    }
}

/// The machine's ports that target groups send to, with the groups' ARNs.
fn served<'a>(facts: &Facts<'a>) -> Vec<(&'a str, u16)> {
    let groups = facts.around.target_groups.iter();
    let port = |group: &Object<'a>| {
        let port = group.peek_u64("Port").and_then(|port| u16::try_from(port).ok())?;
        Some((group.peek("TargetGroupArn")?, port))
    };
    groups.filter_map(port).collect()
}

/// Says at which port of its pod each target group arrives.
fn send<'a>(tracker: &mut FieldTracker<'a>, facts: &mut Facts<'a>, pods: &[Pod<'_, 'a>], served: &[(&'a str, u16)]) {
    for (arn, port) in served {
        let members = || pods.iter().flat_map(|pod| &pod.members);
        let to = members().find_map(|member| pods::behind(member.started, *port));
        let on_host = || members().any(|member| pods::is_on_host(member.started)).then_some(*port);
        match to.or_else(on_host) {
            Some(to) => drop(facts.around.served.insert(arn, to)),
            None => {
                let group = facts.around.target_groups.iter().find(|group| group.peek("TargetGroupArn") == Some(arn));
                if let Some(field) = group.and_then(|group| group.field("Port")) {
                    field.blocked(
                        tracker,
                        format!("its load balancer sends to port {port}, at which no container listens"),
                    );
                }
            }
        }
    }
}

/// The port that serves: that of a target group, else the first that the main container publishes.
fn port(pod: &Pod<'_, '_>, around: &Surroundings<'_>) -> Option<u16> {
    let main = pod.members.first()?.started;
    let own = pods::ports_of(main);
    let served = around.served.values().copied();
    let balanced = served.filter(|_| pod.balanced).find(|port| {
        pods::is_on_host(main) || own.iter().any(|published| published.container == *port && !published.udp)
    });
    let open = own.iter().find(|published| !published.udp && !published.local).map(|published| published.container);
    balanced.or(open)
}

fn name(tracker: &FieldTracker<'_>, pod: &Pod<'_, '_>, kind: ComponentType, single: bool) -> String {
    let usual = if kind == ComponentType::Web { "web" } else { "worker" };
    match pod.members.first() {
        Some(main) if !single || kind == ComponentType::Cron => main.key.clone(),
        _ => tracker.source.component.unwrap_or(usual).to_owned(),
    }
}

fn containers<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    pod: &Pod<'_, 'a>,
    files: &Files<'a>,
    component: &mut Component,
) {
    for (at, member) in pod.members.iter().enumerate() {
        let plan = Plan { context, pod, member, files };
        let mut container = container::map(tracker, &plan, component);
        if at == 0 {
            put_main(component, container);
        } else {
            container.after.sort();
            container.after.dedup();
            component.sidecars.insert(member.key.clone(), container);
        }
    }
    find_each_other(pod, component);
    same_ports(tracker, pod);
}

fn put_main(component: &mut Component, container: Container) {
    component.image = container.image;
    component.command = container.command;
    component.args = container.args;
    component.workdir = container.workdir;
    component.user = container.user;
    component.env = container.env;
    component.secrets = container.secrets;
    component.writable = container.writable;
    component.capabilities = container.capabilities;
    component.stdin = container.stdin;
    component.tty = container.tty;
    component.resources = container.resources;
    component.volumes.extend(container.volumes);
}

/// On the machine's networks each was found by its name: in a pod it is at the pod's own address.
fn find_each_other(pod: &Pod<'_, '_>, component: &mut Component) {
    if pod.members.len() < 2 {
        return;
    }
    for name in pod.members.iter().filter_map(|member| member.started.name.as_deref()) {
        let small = name.to_ascii_lowercase();
        if plconfig::is_dns_name(&small) {
            component.hosts.entry(small).or_insert_with(|| "127.0.0.1".to_owned());
        }
    }
}

/// The containers of a pod have one set of ports; each had its own.
fn same_ports<'a>(tracker: &mut FieldTracker<'a>, pod: &Pod<'_, 'a>) {
    let mut taken = BTreeSet::new();
    for member in &pod.members {
        let ports: BTreeSet<(u16, bool)> =
            pods::ports_of(member.started).into_iter().map(|port| (port.container, port.udp)).collect();
        for (port, udp) in ports {
            if !taken.insert((port, udp)) {
                let reason =
                    format!("two containers that find each other listen on port {port}, and a pod has one of it");
                member.started.at.blocked(tracker, &reason);
            }
        }
    }
}

/// What serves and has no balancer that says how long it goes on: routes forget a pod a few seconds after it began to end.
fn linger(component: &mut Component) {
    if component.kind != ComponentType::Web || component.drain.is_some() {
        return;
    }
    component.drain = Some(Seconds(LINGERS));
    let stop = component.stop.map_or(STOP, |stop| stop.0);
    component.stop = Some(Seconds(stop.saturating_add(LINGERS)));
}

fn programs<'p>(pod: &'p Pod<'_, '_>) -> Vec<Program<'p>> {
    let text = |word: &'p startup::Word| match word.pieces.as_slice() {
        [startup::Piece::Text(text)] => Some(text.as_str()),
        _ => None,
    };
    let program = |member: &'p pods::Member<'_, '_>| Program {
        name: &member.key,
        words: member.started.command.iter().filter_map(text).collect(),
        variables: member
            .started
            .all(docker::Key::Env)
            .filter_map(text)
            .filter_map(|text| text.split_once('='))
            .collect(),
        image: None,
    };
    pod.members.iter().map(program).collect()
}

//! What the component is, and where its parts stand in the plconfig.

use super::image_copy::ImageCopy;
use super::main_container;
use super::members::{ContainerRole, Member, Members, refuse_without_containers};
use super::shape::Facts;
use super::work;
use crate::context::Context;
use crate::field::Object;
use crate::plconfig::ComponentType;
use crate::tracker::{Asked, FieldTracker, push_step};
use caravan_inventory::ObservationKind;

/// What every rule needs to know.
pub(crate) struct Plan<'p, 'a> {
    pub(crate) facts: &'p Facts<'a>,
    pub(crate) members: Members<'a>,
    /// The files of images that init containers copy, before all other init containers.
    pub(crate) copies: Vec<ImageCopy<'a>>,
    /// What the rules of the neutral middle need to know.
    pub(crate) context: Context<'p, 'a>,
    /// The port that serves, when it is a web component.
    pub(crate) port: Option<u16>,
}

impl<'p, 'a> Plan<'p, 'a> {
    /// What the rules need to know of containers that have their roles.
    pub(crate) fn make(
        tracker: &FieldTracker<'a>,
        facts: &'p Facts<'a>,
        (kind, members): (ComponentType, Members<'a>),
    ) -> Self {
        let port = serving_port(facts, members.main().definition);
        let component = match kind {
            ComponentType::Web => "web",
            ComponentType::Worker => "worker",
            ComponentType::Cron => "cron",
            ComponentType::Job => "job",
            ComponentType::Routes => "routes",
        };
        let component = tracker.source.component.unwrap_or(component);
        let context = Context {
            around: &facts.around,
            kind,
            component,
            runs: facts.service.is_some(),
            balanced: facts.service.is_some_and(|service| service.field("loadBalancers").is_some()),
        };
        Self { facts, members, copies: Vec::new(), context, port }
    }

    /// A place in the component, as a JSON pointer: `at("image")` is `/components/web/image`.
    pub(crate) fn at(&self, rest: &str) -> String {
        self.context.at(rest)
    }

    /// A place in what a container becomes.
    pub(crate) fn inside(&self, member: &Member<'a>, rest: &str) -> String {
        match member.role {
            ContainerRole::Main | ContainerRole::Router | ContainerRole::LeftOut => self.at(rest),
            ContainerRole::Sidecar => self.at(format!("sidecars/{}/{rest}", member.key).trim_end_matches('/')),
            ContainerRole::Init => {
                let at = self.members.of(ContainerRole::Init).position(|other| other.name == member.name).unwrap_or(0);
                let at = self.copies.len() + at;
                self.at(format!("init/{at}/container/{rest}").trim_end_matches('/'))
            }
        }
    }

    /// The place of one variable: `/components/web/env/LOG_LEVEL`; `map` is `env` or `secrets`.
    pub(crate) fn variable(&self, member: &Member<'a>, map: &str, name: &str) -> String {
        let mut place = self.inside(member, map);
        push_step(&mut place, name);
        place
    }
}

/// Decides what a task is, and which of its containers is the main one. What nothing but a task definition is known of is asked about.
/// None where there is nothing to run, with the reasons.
pub(super) fn decide<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) -> Option<(ComponentType, Members<'a>)> {
    if facts.containers.is_empty() {
        refuse_without_containers(tracker, facts);
        return None;
    }
    let is_clocked = facts.around.rule.is_some() || facts.around.schedule.is_some();
    let usual = if is_clocked { main_container::likely(facts) } else { main_container::of(tracker, facts) };
    let kind = if is_clocked {
        ComponentType::Cron
    } else {
        let port = serving_port(facts, facts.containers[usual]);
        if facts.service.is_some() { by_port(port) } else { asked(tracker, port) }
    };
    // What ends, ends with its work, whatever it is started by.
    let ends = matches!(kind, ComponentType::Cron | ComponentType::Job);
    let main = match kind {
        _ if ends => work::of(tracker, facts),
        ComponentType::Worker if facts.service.is_none() => main_container::working(facts).unwrap_or(usual),
        _ => usual,
    };
    Some((kind, Members::choose(tracker, facts, main, ends)))
}

/// The port of the main container that a load balancer sends to, else its first TCP port.
fn serving_port(facts: &Facts<'_>, main: Object<'_>) -> Option<u16> {
    let raw = |balancer: &Object<'_>| {
        let of_it = |group: &&Object<'_>| group.peek("TargetGroupArn") == balancer.peek("targetGroupArn");
        let group = facts.around.target_groups.iter().find(of_it);
        group.is_some_and(|group| matches!(group.peek("Protocol"), Some("TCP" | "TLS" | "UDP" | "TCP_UDP")))
    };
    let balancers = || {
        let all = facts.service.into_iter().flat_map(|service| service.objects("loadBalancers"));
        all.filter(|balancer| balancer.peek("containerName") == Some(main.peek("name").unwrap_or("")))
    };
    let port = |balancer: Object<'_>| balancer.peek_u64("containerPort");
    // What the gateway can speak comes first.
    let spoken = balancers().filter(|balancer| !raw(balancer)).find_map(port);
    let balanced = spoken.or_else(|| balancers().find_map(port));
    let first = || {
        main.objects("portMappings")
            .filter(|port| port.peek("protocol").is_none_or(|protocol| protocol == "tcp"))
            .find_map(|port| port.peek_u64("containerPort"))
    };
    balanced.or_else(first).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0)
}

fn by_port(port: Option<u16>) -> ComponentType {
    if port.is_some() { ComponentType::Web } else { ComponentType::Worker }
}

/// A task definition that nothing refers to: with a port it serves, else it works.
fn asked(tracker: &mut FieldTracker<'_>, port: Option<u16>) -> ComponentType {
    let machines = tracker.source.observations.iter().filter(|seen| seen.kind == ObservationKind::StateMachine);
    let machines: Vec<String> =
        machines.filter_map(|seen| seen.body.get("name")?.as_str()).map(|name| format!("`{name}`")).collect();
    let guess = if machines.is_empty() { by_port(port) } else { ComponentType::Job };
    let assumed = match guess {
        ComponentType::Web => "web",
        ComponentType::Job => "job",
        _ => "worker",
    };
    let id = tracker.question_id("kind", "");
    let text = if machines.is_empty() {
        "Nothing says how this task definition is run. Does it serve, work, run by the clock, or run once?".to_owned()
    } else {
        format!(
            "The state machine {} of Step Functions starts it, which starts no pods. What takes its place: does it run by the \
             clock (`cron`), or once by hand (`job`)? Or does it serve or work besides?",
            machines.join(" and ")
        )
    };
    // Without a port nothing comes to it.
    let (options, text): (&[&str], String) = match port {
        Some(_) => (&["web", "worker", "cron", "job"], text),
        None => (
            &["worker", "cron", "job"],
            format!("{text} (It has no port, and so can't serve: `portMappings` says one.)"),
        ),
    };
    match tracker.ask(id, &text, options, Some(assumed)) {
        Asked::Given("web") => ComponentType::Web,
        Asked::Given("cron") => ComponentType::Cron,
        Asked::Given("job") => ComponentType::Job,
        Asked::Given(_) => ComponentType::Worker,
        Asked::Open(_) => guess,
    }
}

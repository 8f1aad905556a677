//! What each container of the task becomes: the main one, one beside it, one before it, or nothing.

use super::shape::Facts;
use super::sidecar::{self, Fate, is_agent};
use super::work;
use crate::field::Object;
use crate::suspension::Program;
use crate::tracker::FieldTracker;
use caravan_inventory::ScheduledCall;
use serde_json::Value;
use std::collections::BTreeSet;

/// The containers of a task with their roles.
pub(crate) struct Members<'a>(pub(crate) Vec<Member<'a>>);

/// One container.
pub(crate) struct Member<'a> {
    pub(crate) definition: Object<'a>,
    /// Its name in the task definition.
    pub(crate) name: &'a str,
    /// Its name in the plconfig: a DNS-1123 label, unique in the task.
    pub(crate) key: String,
    pub(crate) role: ContainerRole,
    /// What becomes of it, where it is not essential and stands beside the main one.
    pub(crate) fate: Option<Fate>,
}

/// What a container becomes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ContainerRole {
    /// The component's own container.
    Main,
    /// A container beside it.
    Sidecar,
    /// A container that ends before the others start.
    Init,
    /// A FireLens router: the platform collects logs.
    Router,
    /// Nothing: a person left it out.
    LeftOut,
}

impl Member<'_> {
    /// The program that it runs.
    pub(crate) fn program(&self) -> Program<'_> {
        let words = ["entryPoint", "command"].into_iter().flat_map(|name| self.definition.list(name));
        let variables = self.definition.objects("environment");
        Program {
            name: self.name,
            words: words.filter_map(Value::as_str).collect(),
            variables: variables
                .map(|variable| (variable.peek("name").unwrap_or(""), variable.peek("value").unwrap_or("")))
                .collect(),
            image: self.definition.peek("image"),
        }
    }
}

impl<'a> Members<'a> {
    /// Gives each container its role; none, with the reasons, when there is nothing to run.
    pub(crate) fn choose(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) -> Option<Self> {
        if facts.containers.is_empty() {
            refuse_without_containers(tracker, facts);
            return None;
        }
        let clocked = facts.around.rule.is_some() || facts.around.schedule.is_some();
        let main = if clocked { work::of(tracker, facts) } else { main_index(facts) };
        let awaited = awaited(facts);
        let serves = !clocked && facts.containers[main].field("portMappings").is_some();
        // The main container is called like its component.
        let mut keys: BTreeSet<String> = ["web", "worker", "cron", "job"].map(str::to_owned).into();
        keys.extend(tracker.source.component.map(str::to_owned));
        let mut members: Vec<Member<'a>> = facts
            .containers
            .iter()
            .enumerate()
            .map(|(at, &definition)| {
                let name = definition.peek("name").unwrap_or("");
                let role = match () {
                    () if at == main => ContainerRole::Main,
                    () if definition.field("firelensConfiguration").is_some() => ContainerRole::Router,
                    () if awaited.contains(name) => ContainerRole::Init,
                    () => ContainerRole::Sidecar,
                };
                let fate = (role == ContainerRole::Sidecar)
                    .then(|| sidecar::decide(tracker, facts, definition, serves))
                    .flatten();
                let role = match fate {
                    Some(Fate::Before) => ContainerRole::Init,
                    Some(Fate::LeftOut) => ContainerRole::LeftOut,
                    _ => role,
                };
                Member { definition, name, key: unique(&mut keys, name, at), role, fate }
            })
            .collect();
        let depths: Vec<usize> = members.iter().map(|member| depth(&members, member, 0)).collect();
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by_key(|&at| depths[at]);
        sort_by_order(&mut members, &order);
        Some(Self(members))
    }

    /// The main container.
    pub(crate) fn main(&self) -> &Member<'a> {
        self.0.iter().find(|member| member.role == ContainerRole::Main).unwrap_or(&self.0[0])
    }

    /// The container of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&Member<'a>> {
        self.0.iter().find(|member| member.name == name)
    }

    /// Every container that is carried over.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Member<'a>> {
        self.0.iter().filter(|member| !matches!(member.role, ContainerRole::Router | ContainerRole::LeftOut))
    }

    /// The containers of one role.
    pub(crate) fn of(&self, role: ContainerRole) -> impl Iterator<Item = &Member<'a>> {
        self.0.iter().filter(move |member| member.role == role)
    }
}

fn refuse_without_containers(tracker: &mut FieldTracker<'_>, facts: &Facts<'_>) {
    let scaled = facts.around.service_schedules.first();
    let target = facts.around.schedule.and_then(|schedule| schedule.object("Target"));
    let call = target.and_then(|target| ScheduledCall::of(target.map())).filter(|call| !call.is_ecs("runTask"));
    match (facts, call) {
        (Facts { task: Some(_), .. }, _) => tracker.refuse("the task definition has no containers"),
        (Facts { service: None, .. }, _) if scaled.is_some() => {
            tracker.refuse("the service whose count its schedule sets is not among the sources: scan its account");
        }
        (_, Some(call)) => {
            let action = format!("its schedule calls {}:{}, which is no task of its own", call.service, call.action);
            tracker.refuse(&action);
        }
        _ if target.is_some_and(names_no_task) => {
            tracker.refuse(
                "its schedule's target names no task definition (`EcsParameters`), so nothing says what it starts",
            );
        }
        _ => {
            let reason = "its task definition is not among the sources: add it beside the service, or scan the account";
            tracker.refuse(reason);
        }
    }
    tracker.drop_the_rest("no-task-definition");
}

/// Whether a schedule's target tells no task definition: neither by its own parameters nor by what it calls (EventBridge
/// Scheduler API, Target).
fn names_no_task(target: Object<'_>) -> bool {
    let named = target.object("EcsParameters").and_then(|own| own.field("TaskDefinitionArn"));
    named.is_none() && ScheduledCall::of(target.map()).is_none()
}

/// The container that traffic reaches; else the first essential one with a port; else the first essential one.
pub(super) fn main_index<'a>(facts: &Facts<'a>) -> usize {
    let balanced = facts
        .service
        .into_iter()
        .flat_map(|service| service.objects("loadBalancers"))
        .filter_map(|balancer| balancer.peek("containerName"))
        .next();
    let position = |test: &dyn Fn(&Object<'a>) -> bool| facts.containers.iter().position(test);
    let own = |container: &Object<'a>| {
        container.field("firelensConfiguration").is_none() && !is_agent(container.peek("image").unwrap_or(""))
    };
    let essential = |container: &Object<'a>| container.peek_bool("essential").unwrap_or(true);
    let serves = |container: &Object<'a>| {
        container.objects("portMappings").any(|port| port.peek("protocol").is_none_or(|protocol| protocol != "udp"))
    };
    balanced
        .and_then(|name| position(&|container| container.peek("name") == Some(name)))
        .or_else(|| position(&|container| own(container) && essential(container) && serves(container)))
        .or_else(|| position(&|container| own(container) && essential(container)))
        .or_else(|| position(&|container| own(container)))
        .unwrap_or(0)
}

/// Containers that others wait for until they have ended.
fn awaited<'a>(facts: &Facts<'a>) -> BTreeSet<&'a str> {
    facts
        .containers
        .iter()
        .flat_map(|container| container.objects("dependsOn"))
        .filter(|dependency| matches!(dependency.peek("condition"), Some("COMPLETE" | "SUCCESS")))
        .filter_map(|dependency| dependency.peek("containerName"))
        .collect()
}

/// How many containers must have ended before an init container may begin; 0 for the others, which keep their order.
fn depth(members: &[Member<'_>], member: &Member<'_>, steps: usize) -> usize {
    if member.role != ContainerRole::Init || steps > members.len() {
        return 0;
    }
    let before = member.definition.objects("dependsOn").filter_map(|dependency| {
        let name = dependency.peek("containerName")?;
        let other = members.iter().find(|other| other.name == name)?;
        Some(depth(members, other, steps + 1))
    });
    1 + before.max().unwrap_or(0)
}

fn sort_by_order<T>(items: &mut Vec<T>, order: &[usize]) {
    let mut slots: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.iter().filter_map(|&at| slots[at].take()));
}

/// A DNS-1123 label made from a name that nothing else has.
pub(crate) fn unique(taken: &mut BTreeSet<String>, name: &str, at: usize) -> String {
    let label = label(name, 30);
    let label = if label.is_empty() { format!("unnamed-{at}") } else { label };
    let mut candidate = label.clone();
    let mut count = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{label}-{count}");
        count += 1;
    }
    candidate
}

/// A DNS-1123 label made from a name.
pub(crate) fn label(name: &str, longest: usize) -> String {
    let mut label: String = crate::marks::without_marks(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .take(longest)
        .collect();
    while label.ends_with('-') {
        label.pop();
    }
    label.trim_start_matches('-').to_owned()
}

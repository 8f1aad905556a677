//! What each container of the task becomes: the main one, one beside it, one before it, or nothing.

use super::shape::Facts;
use super::sidecar::{self, Fate};
use crate::field::Object;
use crate::suspension::Program;
use crate::tracker::FieldTracker;
use caravan_inventory::{ScheduledCall, Unresolved};
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
    /// Gives each container its role beside the main one, which stands at `main`; `ends` says whether the task is work that ends.
    pub(crate) fn choose(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, main: usize, ends: bool) -> Self {
        let awaited = awaited(facts);
        let serves = !ends && facts.containers.get(main).is_some_and(|main| main.field("portMappings").is_some());
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
        Self(members)
    }

    /// The main container.
    pub(crate) fn main(&self) -> &Member<'a> {
        self.0.iter().find(|member| member.role == ContainerRole::Main).unwrap_or(&self.0[0])
    }

    /// The container of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&Member<'a>> {
        self.0.iter().find(|member| member.name == name)
    }

    /// The container of a task that has one.
    pub(crate) fn only(&self) -> Option<&Member<'a>> {
        Some(&self.0).filter(|all| all.len() == 1).and_then(|all| all.first())
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

/// Says why there is nothing to run.
pub(super) fn refuse_without_containers(tracker: &mut FieldTracker<'_>, facts: &Facts<'_>) {
    let reason = match facts {
        Facts { task: Some(_), .. } => "the task definition has no containers".to_owned(),
        Facts { service: None, around, .. } if !around.service_schedules.is_empty() => {
            "the service whose count its schedule sets is not among the sources, or more than one of these has it: scan its account"
                .to_owned()
        }
        Facts { service: Some(service), .. } => of_service(*service),
        _ => of_target(facts.around.schedule.and_then(|schedule| schedule.object("Target")), tracker.from_file),
    };
    // What a template only offers leads nowhere.
    let reason = match tracker.leaves_values_open() && reason.ends_with(NOT_FOUND) {
        true => format!("{reason}; where its template only offers that name, {LEFT_OPEN}"),
        false => reason,
    };
    tracker.refuse(&reason);
    tracker.drop_the_rest("no-task-definition");
}

/// What is said of a task definition that is named, and was not found.
fn not_found(name: &str) -> String {
    format!("its task definition `{name}` is not among the sources{NOT_FOUND}")
}

const NOT_FOUND: &str = ", or more than one of these has it: add it beside what runs it, or scan the account";

const LEFT_OPEN: &str = "say the template's parameters (`--template-parameter NAME=VALUE`), add the template that exports it, or scan the account";

/// Why nothing says what a service runs.
fn of_service(service: Object<'_>) -> String {
    let deployed = ["taskSets", "deployments"].into_iter().flat_map(|list| service.objects(list));
    match service.peek("taskDefinition").or(deployed.filter_map(|one| one.peek("taskDefinition")).next()) {
        Some(name) => not_found(name),
        None => format!("the service names no task definition, or its template leaves it open: {LEFT_OPEN}"),
    }
}

/// Why nothing says what a rule or a schedule starts, by the schedule's target.
/// What is answered by an API is meant as it is; a file may be a template.
fn of_target(target: Option<Object<'_>>, from_file: bool) -> String {
    let Some(target) = target else {
        return "its task definition is not among the sources, or its template leaves it open: add it beside what runs it, or scan the \
                account"
            .to_owned();
    };
    if let Some(call) = ScheduledCall::of(target.map()) {
        if !call.is_ecs("runTask") {
            return format!("its schedule calls {}:{}, which is no task of its own", call.service, call.action);
        }
        let named = call.request.as_ref().and_then(|request| request.get("taskDefinition"));
        return match (named, named.and_then(Unresolved::of)) {
            (Some(Value::String(name)), _) => not_found(name),
            (_, Some(open)) => format!(
                "its schedule's input names its task definition as `{}`, which the template leaves open: {LEFT_OPEN}",
                open.text
            ),
            _ if target.field("Input").is_none() || call.request.is_none() => format!(
                "its schedule's input, which names the task that it starts, is no JSON object, or its template leaves it open: {LEFT_OPEN}"
            ),
            _ => "its schedule's input names no task definition, so nothing says what it starts".to_owned(),
        };
    }
    match target.object("EcsParameters").and_then(|own| own.peek("TaskDefinitionArn")) {
        Some(name) => not_found(name),
        None if from_file => {
            "its schedule's target names no task definition (`EcsParameters`), or its template leaves it open, so nothing says what it starts"
                .to_owned()
        }
        None => "its schedule's target names no task definition (`EcsParameters`), so nothing says what it starts".to_owned(),
    }
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

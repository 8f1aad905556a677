//! What a schedule changes in the task that it runs: the `Input` of its target, RunTask's `overrides` as JSON in a text.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::Field;
use crate::marks::is_clean;
use crate::plconfig::{Component, Container, PlConfig, Resources, Use, UseKind};
use crate::quantity;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Redacted;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Overrides on their way: all of them are taken, or none.
struct Run<'r, 'p, 'a> {
    tracker: &'r mut FieldTracker<'a>,
    plan: &'r Plan<'p, 'a>,
    component: Component,
    role: Option<String>,
    /// Fields of the task definition that no longer decide anything.
    overridden: Vec<Field<'a>>,
}

/// The parts of a container that can be overridden, borrowed from where it stands.
struct Slot<'c> {
    args: &'c mut Option<Vec<String>>,
    env: &'c mut BTreeMap<String, String>,
    secrets: &'c mut BTreeMap<String, String>,
    resources: &'c mut Option<Resources>,
}

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    field: Field<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let parsed = field.0.as_str().and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let Some(overrides) = parsed else {
        return ask(tracker, field, "what it is given");
    };
    if overrides.is_empty() {
        return field.dropped(tracker, "default");
    }
    let mut run = Run { tracker, plan, component: component.clone(), role: None, overridden: Vec::new() };
    if let Some(not_understood) = overrides.iter().find(|(name, value)| !run.task(name, value)) {
        return ask(tracker, field, &crate::marks::without_marks(not_understood.0));
    }
    let Run { component: changed, role, overridden, .. } = run;
    *component = changed;
    if let Some(name) = role {
        let role = Use { kind: UseKind::Iam, name, access: Vec::new(), env: None };
        config.uses.insert("role".to_owned(), role);
    }
    for old in overridden {
        old.dropped_because(tracker, "overridden", "its schedule says otherwise");
    }
    field.exact(tracker, plan.at(""));
}

fn ask<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, what: &str) {
    let id = tracker.question_id("input", "");
    let text = format!("Its schedule changes the task in a way that is not understood ({what}). Can that be left out?");
    match tracker.ask(id, &text, &["leave-out"], Some("leave-out")) {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
}

impl<'a> Run<'_, '_, 'a> {
    /// One override of the task; whether it was understood.
    fn task(&mut self, name: &str, value: &Value) -> bool {
        match (name, value) {
            ("containerOverrides", Value::Array(list)) => list.iter().all(|container| self.container(container)),
            ("taskRoleArn", Value::String(role)) if is_clean(role) => {
                self.role = Some(role.clone());
                self.no_longer(self.plan.facts.task.and_then(|task| task.field("taskRoleArn")));
                true
            }
            ("executionRoleArn", _) => true,
            (_, value) => crate::field::is_empty(value),
        }
    }

    fn container(&mut self, value: &Value) -> bool {
        let Some(wanted) = value.as_object() else { return false };
        let plan = self.plan;
        let name = wanted.get("name").and_then(Value::as_str);
        let Some(member) = name.and_then(|name| plan.members.named(name)) else {
            return false;
        };
        member.role == ContainerRole::Router || wanted.iter().all(|(name, value)| self.part(member, name, value))
    }

    fn part(&mut self, member: &Member<'a>, name: &str, value: &Value) -> bool {
        match (name, value) {
            ("name", _) | (_, Value::Null) => true,
            ("command", Value::Array(words)) => self.command(member, words),
            ("environment", Value::Array(list)) => list.iter().all(|entry| self.variable(member, entry)),
            ("cpu", value) => self.size(member, "cpu", quantity::cpu_units(&text_of(value))),
            ("memory", value) => self.size(member, "memory", quantity::mebibytes(&text_of(value))),
            ("memoryReservation", value) => {
                self.size(member, "memoryReservation", quantity::mebibytes(&text_of(value)))
            }
            (_, value) => crate::field::is_empty(value),
        }
    }

    fn command(&mut self, member: &Member<'a>, words: &[Value]) -> bool {
        let words: Option<Vec<String>> =
            words.iter().map(|word| word.as_str().filter(|word| is_clean(word)).map(str::to_owned)).collect();
        let Some(words) = words else { return false };
        self.no_longer(member.definition.field("command"));
        slot(&mut self.component, member).is_some_and(|slot| {
            *slot.args = Some(words);
            true
        })
    }

    fn variable(&mut self, member: &Member<'a>, entry: &Value) -> bool {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let (Some(name), Some(value)) = (text("name"), text("value")) else {
            return false;
        };
        if !is_clean(name) || name.is_empty() || name.contains('=') {
            return false;
        }
        for list in ["environment", "secrets"] {
            for old in member.definition.objects(list).filter(|old| old.peek("name") == Some(name)) {
                ["name", "value", "valueFrom"].into_iter().for_each(|part| self.no_longer(old.field(part)));
            }
        }
        let secret =
            Redacted::is_in(value).then(|| super::secrets::ask_for_place(self.tracker, member, name).reference);
        let Some(slot) = slot(&mut self.component, member) else {
            return false;
        };
        slot.env.remove(name);
        slot.secrets.remove(name);
        match secret {
            Some(reference) => slot.secrets.insert(name.to_owned(), reference),
            None => slot.env.insert(name.to_owned(), value.to_owned()),
        };
        true
    }

    /// A size of this run. The hard limit alone is asked for as well, as in a task definition.
    fn size(&mut self, member: &Member<'a>, name: &str, size: Option<u64>) -> bool {
        let (Some(size), Some(slot)) = (size, slot(&mut self.component, member)) else {
            return false;
        };
        let resources = slot.resources.get_or_insert_default();
        match name {
            "cpu" => resources.cpu = Some(quantity::milli(size)),
            "memory" => {
                resources.memory = Some(quantity::mebi(size));
                resources.memory_limit = None;
            }
            _ => {
                let limit = resources.memory_limit.take().or(resources.memory.take());
                resources.memory_limit = limit;
                resources.memory = Some(quantity::mebi(size));
            }
        }
        let whole = self.plan.facts.task.filter(|_| member.role == ContainerRole::Main);
        let task = whole.and_then(|task| task.field(if name == "cpu" { "cpu" } else { "memory" }));
        self.no_longer(task);
        for field in if name == "cpu" { &["cpu"][..] } else { &["memory", "memoryReservation"] } {
            self.no_longer(member.definition.field(field));
        }
        true
    }

    fn no_longer(&mut self, field: Option<Field<'a>>) {
        self.overridden.extend(field);
    }
}

fn slot<'c>(component: &'c mut Component, member: &Member<'_>) -> Option<Slot<'c>> {
    fn of(container: &mut Container) -> Slot<'_> {
        Slot {
            args: &mut container.args,
            env: &mut container.env,
            secrets: &mut container.secrets,
            resources: &mut container.resources,
        }
    }
    match member.role {
        ContainerRole::Main => Some(Slot {
            args: &mut component.args,
            env: &mut component.env,
            secrets: &mut component.secrets,
            resources: &mut component.resources,
        }),
        ContainerRole::Sidecar => component.sidecars.get_mut(&member.key).map(of),
        ContainerRole::Init => {
            component.init.iter_mut().find(|init| init.name == member.key).map(|init| of(&mut init.container))
        }
        ContainerRole::Router => None,
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

//! CPU and memory, of the containers and of the task.
//!
//! ECS shares a task's size among its containers; Kubernetes asks each container. What the containers say holds; what
//! the task has beyond that goes to the main container as a request. A size of the task never becomes a limit.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use super::said_size::SaidSize;
use crate::field::{Field, Object};
use crate::plconfig::{Component, Resources};
use crate::quantity::{cpu_units, mebi, mebibytes, milli};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    said: Option<SaidSize>,
    component: &mut Component,
) {
    for member in plan.members.kept() {
        let sizes = Sizes::of(tracker, plan, said.filter(|_| member.role == ContainerRole::Main), member);
        let resources = slot(component, member);
        *resources = Some(Resources {
            cpu: sizes.cpu,
            memory: sizes.memory,
            memory_limit: sizes.limit,
            ..resources.take().unwrap_or_default()
        })
        .filter(|resources| *resources != Resources::default());
    }
    disk(tracker, plan, component);
}

struct Sizes {
    cpu: Option<String>,
    memory: Option<String>,
    limit: Option<String>,
}

impl Sizes {
    /// What a person said goes before what is declared.
    fn of<'a>(
        tracker: &mut FieldTracker<'a>,
        plan: &Plan<'_, 'a>,
        said: Option<SaidSize>,
        member: &Member<'a>,
    ) -> Self {
        let of_said = |tracker: &mut FieldTracker<'a>, name: &str| said?.of_main(tracker, plan, member, name);
        let cpu = match of_said(tracker, "cpu") {
            Some(units) => Some(milli(units)),
            None => cpu(tracker, plan, member),
        };
        let (memory, limit) = match of_said(tracker, "memory") {
            Some(size) => (Some(mebi(size)), None),
            None => memory(tracker, plan, member),
        };
        Self { cpu, memory, limit }
    }
}

fn cpu<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>) -> Option<String> {
    let own = member.definition.field("cpu");
    let units = own.and_then(|field| read(tracker, field, Kind::Cpu, cpu_units)).filter(|units| *units > 0);
    if let Some(units) = rest_of_task(tracker, plan, member, "cpu", Kind::Cpu, cpu_units) {
        if let Some(own) = own {
            own.dropped_because(
                tracker,
                "task-size",
                "the main container gets what the others leave of the task's size",
            );
        }
        return Some(milli(units));
    }
    let own = own?;
    let target = plan.inside(member, "resources/cpu");
    match units {
        None => unset_cpu(tracker, member, own),
        Some(units) if units % 128 == 0 => {
            own.exact(tracker, target);
            Some(milli(units))
        }
        Some(units) => {
            own.approximated(tracker, target, "rounded up to a thousandth of a processor");
            Some(milli(units))
        }
    }
}

/// A container without a share of its own takes what is free.
fn unset_cpu<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, own: Field<'a>) -> Option<String> {
    if tracker.has_mark(own.0) {
        return None;
    }
    if member.role != ContainerRole::Main {
        own.dropped(tracker, "unset-cpu");
        return None;
    }
    let id = tracker.question_id("cpu", member.name);
    let text = format!("`{}` has no CPU share of its own. How much does it need, such as 250m?", member.name);
    let usable = |answer: &str| answer == "none" || crate::plconfig::is_quantity(answer);
    match tracker.ask_for(id, &text, &[], Some("none"), usable) {
        Asked::Given("none") => {
            own.dropped(tracker, "unset-cpu");
            None
        }
        Asked::Given(answer) => {
            own.dropped_because(tracker, "unset-cpu", "asked for by a person's answer");
            Some(answer.to_owned())
        }
        Asked::Open(id) => {
            own.asked(tracker, &id);
            None
        }
    }
}

/// What the container asks for, and what it may never exceed.
fn memory<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
) -> (Option<String>, Option<String>) {
    let (hard, soft) = (member.definition.field("memory"), member.definition.field("memoryReservation"));
    let hard_size = hard.and_then(|field| read(tracker, field, Kind::Memory, mebibytes)).filter(|size| *size > 0);
    let soft_size = soft.and_then(|field| read(tracker, field, Kind::Memory, mebibytes)).filter(|size| *size > 0);
    let (request, limit) = (plan.inside(member, "resources/memory"), plan.inside(member, "resources/memory_limit"));
    let rest =
        if hard_size.is_none() { rest_of_task(tracker, plan, member, "memory", Kind::Memory, mebibytes) } else { None };
    if hard_size.is_some() && member.role == ContainerRole::Main {
        drop_task_memory(tracker, plan);
    }
    match (hard_size, soft_size, rest) {
        (Some(hard_size), soft_size, _) => {
            mark(tracker, hard, |tracker, field| field.exact(tracker, limit.clone()));
            let asked = soft_size.map_or(hard_size, |soft| soft.min(hard_size));
            if soft_size.is_some_and(|soft| soft > hard_size) {
                let note = "more than the limit: the limit is asked for";
                mark(tracker, soft, |tracker, field| field.approximated(tracker, request.clone(), note));
            } else {
                mark(tracker, soft, |tracker, field| field.exact(tracker, request.clone()));
            }
            (Some(mebi(asked)), (asked != hard_size).then(|| mebi(hard_size)))
        }
        (None, soft_size, Some(rest)) => {
            let note = "the main container gets what the others leave of the task's size";
            mark(tracker, soft, |tracker, field| field.dropped_because(tracker, "task-size", note));
            let _ = soft_size;
            (Some(mebi(rest)), Some("none".to_owned()))
        }
        (None, Some(soft_size), None) => {
            let note = "a request without a limit, as it was";
            mark(tracker, soft, |tracker, field| field.approximated(tracker, request.clone(), note));
            (Some(mebi(soft_size)), Some("none".to_owned()))
        }
        (None, None, None) => (None, None),
    }
}

fn mark<'a>(
    tracker: &mut FieldTracker<'a>,
    field: Option<Field<'a>>,
    verdict: impl Fn(&mut FieldTracker<'a>, Field<'a>),
) {
    if let Some(field) = field {
        verdict(tracker, field);
    }
}

fn drop_task_memory<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) {
    if let Some(field) = plan.facts.task.and_then(|task| task.field("memory")) {
        field.dropped_because(tracker, "task-size", "the containers say themselves what they need");
    }
}

/// What the other containers leave of the task's size; for the main container alone.
fn rest_of_task<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    name: &str,
    kind: Kind,
    parse: fn(&str) -> Option<u64>,
) -> Option<u64> {
    if member.role != ContainerRole::Main {
        return None;
    }
    let field = plan.facts.task.and_then(|task| task.field(name))?;
    let whole = read(tracker, field, kind, parse)?;
    let others: u64 = plan
        .members
        .kept()
        .filter(|other| other.role != ContainerRole::Main)
        .map(|other| asked_by(other, name, parse))
        .sum();
    let rest = whole.checked_sub(others).filter(|rest| *rest > 0);
    let target = plan.inside(member, if name == "cpu" { "resources/cpu" } else { "resources/memory" });
    let alone = plan.members.0.len() == 1;
    match rest {
        None => field.dropped_because(tracker, "task-size", "the containers say themselves what they need"),
        Some(_) if alone => field.approximated(tracker, target, "asked for, but not a limit"),
        Some(_) => {
            field.approximated(
                tracker,
                target,
                "the containers don't share it: the main one gets what the others leave",
            );
        }
    }
    rest
}

/// What a container asks for of a size of the task, in CPU units or MiB.
pub(super) fn asked_for(member: &Member<'_>, name: &str) -> u64 {
    asked_by(member, name, if name == "cpu" { cpu_units } else { mebibytes })
}

/// What a task says of itself, in CPU units or MiB.
pub(super) fn declared_of_task(task: Object<'_>, name: &str) -> Option<u64> {
    written(task, name, if name == "cpu" { cpu_units } else { mebibytes })
}

fn written(definition: Object<'_>, name: &str, parse: fn(&str) -> Option<u64>) -> Option<u64> {
    match definition.field(name)?.0 {
        Value::String(text) => parse(text),
        other => crate::field::number(other),
    }
}

fn asked_by(member: &Member<'_>, name: &str, parse: fn(&str) -> Option<u64>) -> u64 {
    let of = |name: &str| written(member.definition, name, parse);
    if name == "memory" { of("memoryReservation").or_else(|| of("memory")).unwrap_or(0) } else { of(name).unwrap_or(0) }
}

fn read<'a>(
    tracker: &mut FieldTracker<'a>,
    field: Field<'a>,
    kind: Kind,
    parse: fn(&str) -> Option<u64>,
) -> Option<u64> {
    tracker.text(field.0, kind).and_then(|text| parse(&text))
}

pub(super) fn slot<'c>(component: &'c mut Component, member: &Member<'_>) -> &'c mut Option<Resources> {
    match member.role {
        ContainerRole::Sidecar => match component.sidecars.get_mut(&member.key) {
            Some(container) => &mut container.resources,
            None => &mut component.resources,
        },
        ContainerRole::Init => match component.init.iter_mut().find(|init| init.name == member.key) {
            Some(init) => &mut init.container.resources,
            None => &mut component.resources,
        },
        ContainerRole::Main | ContainerRole::Router | ContainerRole::LeftOut => &mut component.resources,
    }
}

/// Local disk of the task.
fn disk<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let Some(storage) = plan.facts.task.and_then(|task| task.object("ephemeralStorage")) else {
        return;
    };
    if let (Some(field), Some(size)) = (storage.field("sizeInGiB"), storage.peek_u64("sizeInGiB")) {
        component.resources.get_or_insert_default().disk = Some(format!("{size}Gi"));
        field.approximated(tracker, plan.at("resources/disk"), "asked for, but not a limit; images don't count to it");
    }
}

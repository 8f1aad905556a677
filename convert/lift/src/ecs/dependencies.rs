//! Who waits for whom. Kubernetes starts init containers one after the other, then sidecars, then the main container.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::{Field, Object};
use crate::plconfig::{Component, Container, Seconds};
use crate::tracker::{Asked, FieldTracker};

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    for member in plan.members.kept() {
        for dependency in member.definition.objects("dependsOn") {
            wait(tracker, plan, member, dependency, component);
        }
    }
    start_timeouts(tracker, plan, component);
    let complete: Vec<&Member<'a>> = plan.members.of(ContainerRole::Init).filter(|init| may_fail(plan, init)).collect();
    for init in complete {
        wrap(tracker, plan, init, component);
    }
}

fn wait<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    dependency: Object<'a>,
    component: &mut Component,
) {
    let (Some(name), Some(condition)) = (dependency.field("containerName"), dependency.field("condition")) else {
        return;
    };
    let wanted = dependency.peek("condition").unwrap_or("");
    let Some(other) = dependency.peek("containerName").and_then(|name| plan.members.named(name)) else {
        block(tracker, [name, condition], "it waits for a container that the task does not have");
        return;
    };
    if !matches!(wanted, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY") {
        block(tracker, [name, condition], "it waits for a condition that ECS does not have");
        return;
    }
    let target = plan.inside(other, "");
    match (member.role, other.role, wanted) {
        (_, ContainerRole::Router, _) => {
            name.dropped(tracker, "log-router");
            condition.dropped(tracker, "log-router");
        }
        (_, ContainerRole::LeftOut, _) => {
            name.dropped(tracker, "left-out-container");
            condition.dropped(tracker, "left-out-container");
        }
        (ContainerRole::Main | ContainerRole::Sidecar, ContainerRole::Init, _)
        | (ContainerRole::Init, ContainerRole::Init, _)
            if !waits_for_itself(plan, member, other) =>
        {
            let note = match wanted {
                "SUCCESS" => None,
                "COMPLETE" if may_fail(plan, other) => {
                    Some("a shell of its image runs it and ends well whatever it ends with")
                }
                "COMPLETE" => Some("others wait for more than its end: where it fails, nothing starts"),
                _ if may_fail(plan, other) => Some("it ends before anything else starts"),
                _ => Some("it ends before anything else starts, and where it fails, nothing does"),
            };
            match note {
                None => condition.exact(tracker, target.clone()),
                Some(note) => condition.approximated(tracker, target.clone(), note),
            }
            match note.filter(|_| !matches!(wanted, "COMPLETE" | "SUCCESS")) {
                None => name.exact(tracker, target),
                Some(note) => name.approximated(tracker, target, note),
            }
        }
        (ContainerRole::Main, ContainerRole::Sidecar, "START") => {
            let note = "a sidecar starts before the main container anyway";
            name.approximated(tracker, target.clone(), note);
            condition.approximated(tracker, target, note);
        }
        (ContainerRole::Main, ContainerRole::Sidecar, "HEALTHY") => {
            healthy(tracker, plan, other, [name, condition], component)
        }
        (ContainerRole::Sidecar, ContainerRole::Sidecar, "START" | "HEALTHY")
            if !waits_for_itself(plan, member, other) =>
        {
            if let Some(container) = component.sidecars.get_mut(&member.key) {
                container.after.push(other.key.clone());
            }
            if wanted == "HEALTHY" {
                healthy(tracker, plan, other, [name, condition], component);
            } else {
                let target = plan.inside(member, "after");
                name.exact(tracker, target.clone());
                condition.approximated(tracker, target, "it waits until the other has started, as ECS does");
            }
        }
        (ContainerRole::Sidecar, ContainerRole::Main, "START") => {
            let note = "turned round: sidecars start before the main container";
            name.approximated(tracker, target.clone(), note);
            condition.approximated(tracker, target, note);
        }
        (ContainerRole::Sidecar, ContainerRole::Main, "HEALTHY") => {
            after_main(tracker, plan, member, [name, condition])
        }
        _ => {
            let reason = "the order of its containers is not init containers, then sidecars, then the main one";
            block(tracker, [name, condition], reason);
        }
    }
}

/// A pod starts what stands beside the main container before it, and can't hold it back until that is healthy.
fn after_main<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, fields: [Field<'a>; 2]) {
    let shown = crate::marks::without_marks(member.name);
    let id = tracker.question_id("order", &shown);
    let text = format!(
        "`{shown}` starts only when the main container is healthy; in a pod it starts before that. May it start at once?"
    );
    let answer = tracker.ask(id, &text, &["at-once"], None);
    if let Asked::Open(_) = answer {
        tracker.hold("one of its containers waits for the main one to be healthy, which a pod can't");
    }
    for field in fields {
        match &answer {
            Asked::Given(_) => {
                let note = "it starts at once, before the main container, by a person's answer";
                field.approximated(tracker, plan.inside(member, ""), note);
            }
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
}

fn block<'a>(tracker: &mut FieldTracker<'a>, fields: [Field<'a>; 2], reason: &'static str) {
    for field in fields {
        field.blocked(tracker, reason);
    }
}

/// Waiting for a healthy sidecar: its check is its startup.
fn healthy<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    other: &Member<'a>,
    fields: [Field<'a>; 2],
    component: &mut Component,
) {
    let target = plan.inside(other, "health/startup");
    let health = component.sidecars.get_mut(&other.key).and_then(|sidecar| sidecar.health.as_mut());
    let (Some(check), Some(health)) = (other.definition.object("healthCheck"), health) else {
        block(tracker, fields, "it waits for the health of a container that has no check");
        return;
    };
    let period = check.peek_u64("startPeriod").and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(0);
    // The startup check fails after this time and then so many failures in a row: that is what ECS waits.
    let startup = health.startup.map_or(period, |startup| startup.0.max(period));
    health.startup = Some(Seconds(startup));
    let interval = health.live.as_ref().and_then(|live| live.interval).map_or(30, |interval| interval.0.max(1));
    for field in fields {
        if startup.is_multiple_of(interval) {
            field.exact(tracker, target.clone());
        } else {
            field.approximated(tracker, target.clone(), "the checks begin anew after a whole number of intervals");
        }
    }
}

fn waits_for_itself(plan: &Plan<'_, '_>, member: &Member<'_>, other: &Member<'_>) -> bool {
    fn reaches(plan: &Plan<'_, '_>, from: &Member<'_>, goal: &str, steps: usize) -> bool {
        from.name == goal
            || steps > 0
                && from.definition.objects("dependsOn").any(|dependency| {
                    dependency
                        .peek("containerName")
                        .and_then(|name| plan.members.named(name))
                        .is_some_and(|next| reaches(plan, next, goal, steps - 1))
                })
    }
    reaches(plan, other, member.name, plan.members.0.len())
}

/// How long a container may wait for the ones before it: the budget of the sidecars' startup.
fn start_timeouts<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    for member in plan.members.kept() {
        let Some(field) = member.definition.field("startTimeout") else {
            continue;
        };
        let Some(seconds) = crate::field::number(field.0).and_then(|n| u32::try_from(n).ok()) else {
            continue;
        };
        let health = component.sidecars.get_mut(&member.key).and_then(|container| container.health.as_mut());
        let live = health.as_ref().and_then(|health| health.live.as_ref());
        let deciding = live.map_or(0, |live| {
            let interval = live.interval.map_or(30, |interval| interval.0);
            interval.saturating_mul(live.failures.unwrap_or(3))
        });
        match health.and_then(|health| health.startup.as_mut()) {
            Some(startup) if seconds > startup.0.saturating_add(deciding) => {
                *startup = Seconds(seconds - deciding);
                let note = "in whole intervals of its check";
                field.approximated(tracker, plan.inside(member, "health/startup"), note);
            }
            _ => {
                field.dropped_because(tracker, "start-timeout", "what comes after it waits without a bound of its own")
            }
        }
    }
}

/// Whether the others go on when it fails: one waits for its end (COMPLETE), and nobody for more than that. Who waits
/// for its START goes on anyway.
fn may_fail(plan: &Plan<'_, '_>, init: &Member<'_>) -> bool {
    let on_it = |dependency: &Object<'_>| dependency.peek("containerName") == Some(init.name);
    let conditions: Vec<&str> = plan
        .members
        .kept()
        .flat_map(|member| member.definition.objects("dependsOn"))
        .filter(on_it)
        .filter_map(|dependency| dependency.peek("condition"))
        .collect();
    conditions.contains(&"COMPLETE") && conditions.iter().all(|condition| matches!(*condition, "COMPLETE" | "START"))
}

/// Kubernetes knows only success: a shell runs the command and ends well whatever happens.
fn wrap<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, init: &Member<'a>, component: &mut Component) {
    let Some(slot) = component.init.iter_mut().find(|other| other.name == init.key) else {
        return;
    };
    let container: &mut Container = &mut slot.container;
    if let Some(command) = container.command.take() {
        let shell = ["/bin/sh", "-c", "\"$@\"; exit 0", "sh"];
        container.command = Some(shell.into_iter().map(str::to_owned).chain(command).collect());
        return;
    }
    let id = tracker.question_id("init", init.name);
    let text = format!(
        "`{}` may fail and the others still start, but its image's entry point is not known. May the others wait for its \
         success?",
        init.name
    );
    let answer = tracker.ask(id, &text, &["must-succeed"], Some("must-succeed"));
    for dependency in plan.members.kept().flat_map(|member| member.definition.objects("dependsOn")) {
        let Some(field) = dependency.field("condition").filter(|_| dependency.peek("containerName") == Some(init.name))
        else {
            continue;
        };
        match &answer {
            Asked::Open(id) => field.asked(tracker, id),
            Asked::Given(_) => {
                let note = "where it fails, nothing starts, by a person's answer";
                field.approximated(tracker, plan.inside(init, ""), note);
            }
        }
    }
}

//! Container health checks: a failing one restarts the container. Readiness comes from the target group.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, Health, HealthProbe, Seconds};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Redacted;
use serde_json::Value;

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    for member in plan.members.kept() {
        let Some(check) = member.definition.object("healthCheck") else {
            continue;
        };
        if member.role == ContainerRole::Init {
            for (_, value) in check.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
                Field(value).dropped(tracker, "init-health");
            }
            continue;
        }
        if member.fate.is_some() && !awaited(plan, member) {
            // The health of a task is that of its essential containers; restarts for another's would take it down.
            drop_check(tracker, check, "health-not-essential");
            continue;
        }
        let Some(command) = command(tracker, plan, member, check) else {
            continue;
        };
        let health = slot(component, member);
        health.live = Some(HealthProbe {
            command: Some(command),
            interval: Some(timing(tracker, plan, member, check, "interval", 30)),
            timeout: Some(timing(tracker, plan, member, check, "timeout", 5)),
            failures: Some(timing(tracker, plan, member, check, "retries", 3).0),
            ..HealthProbe::default()
        });
        start_period(tracker, plan, member, check, component);
    }
}

/// Whether another container waits for its health.
fn awaited(plan: &Plan<'_, '_>, member: &Member<'_>) -> bool {
    let waits = plan.members.kept().flat_map(|other| other.definition.objects("dependsOn"));
    waits.into_iter().any(|dependency| {
        dependency.peek("containerName") == Some(member.name) && dependency.peek("condition") == Some("HEALTHY")
    })
}

fn slot<'c>(component: &'c mut Component, member: &Member<'_>) -> &'c mut Health {
    match component.sidecars.get_mut(&member.key) {
        Some(sidecar) if member.role == ContainerRole::Sidecar => sidecar.health.get_or_insert_default(),
        _ => component.health.get_or_insert_default(),
    }
}

/// `CMD-SHELL` runs in a shell, `CMD` as it is, `NONE` switches off a check of the image.
fn command<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    check: Object<'a>,
) -> Option<Vec<String>> {
    let list = check.list("command");
    let first = list.first()?;
    let target = plan.inside(member, "health/live/command");
    let words = list.iter().filter(|value| value.is_string()).count();
    match first.as_str() {
        Some("NONE") => {
            drop_check(tracker, check, "health-none");
            return None;
        }
        Some("CMD" | "CMD-SHELL") if words == list.len() && words > 1 => {}
        _ => {
            ask_about(tracker, member, check, "is no check that ECS knows");
            return None;
        }
    }
    if list.iter().filter_map(Value::as_str).any(Redacted::is_in) {
        ask_about(tracker, member, check, "holds a secret, which a check on Kubernetes can't");
        return None;
    }
    let mut command: Vec<String> = match first.as_str() {
        Some("CMD-SHELL") => vec!["/bin/sh".to_owned(), "-c".to_owned()],
        _ => Vec::new(),
    };
    let shell = first.as_str() == Some("CMD-SHELL");
    if shell {
        let note = "in `/bin/sh`; an image that names another shell (SHELL) would have had that";
        Field(first).approximated(tracker, target.clone(), note);
    } else {
        Field(first).exact(tracker, target.clone());
    }
    for (at, value) in list[1..].iter().enumerate() {
        command.extend(tracker.text(value, Kind::Command).map(Into::into));
        if shell && list.len() > 2 {
            let note = match at {
                0 => "the shell runs this word alone, as Docker does: those behind it are its `$0`, `$1` and so on",
                _ => "no part of what the shell runs, as in Docker: only its `$0`, `$1` and so on",
            };
            Field(value).approximated(tracker, target.clone(), note);
        } else {
            Field(value).exact(tracker, target.clone());
        }
    }
    Some(command)
}

fn ask_about<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, check: Object<'a>, why: &str) {
    let id = tracker.question_id("health", member.name);
    let text = format!("The health check of `{}` {why}. Can it do without?", member.name);
    match tracker.ask(id, &text, &["without"], Some("without")) {
        Asked::Given(_) => drop_check(tracker, check, "health-by-answer"),
        Asked::Open(id) => {
            for (_, value) in check.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
                Field(value).asked(tracker, &id);
            }
        }
    }
}

fn drop_check<'a>(tracker: &mut FieldTracker<'a>, check: Object<'a>, rule: &'static str) {
    for (_, value) in check.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        Field(value).dropped(tracker, rule);
    }
}

/// A number of the check, or the default that ECS documents for it.
fn timing<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    check: Object<'a>,
    name: &str,
    default: u32,
) -> Seconds {
    let Some(field) = check.field(name) else {
        return Seconds(default);
    };
    let Some(value) = number(field.0).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0) else {
        return Seconds(default);
    };
    let to = if name == "retries" { "failures" } else { name };
    field.exact(tracker, plan.inside(member, &format!("health/live/{to}")));
    Seconds(value)
}

/// Adds the start period to the budget of the start. Whether it decides, [`settle`] says.
fn start_period<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    check: Object<'a>,
    component: &mut Component,
) {
    let Some(field) = check.field("startPeriod") else {
        return;
    };
    let Some(seconds) = number(field.0).and_then(|n| u32::try_from(n).ok()) else {
        return;
    };
    if seconds == 0 {
        field.dropped(tracker, "default");
        return;
    }
    budget(tracker, field, seconds, slot(component, member), plan.inside(member, "health/startup"));
}

/// Makes the budget of a start at least this long. A field that a longer one covers already is approximated.
pub(super) fn budget<'a>(
    tracker: &mut FieldTracker<'a>,
    field: Field<'a>,
    seconds: u32,
    health: &mut Health,
    target: String,
) {
    if health.startup.is_none_or(|startup| startup.0 < seconds) {
        health.startup = Some(Seconds(seconds));
    } else {
        field.approximated(tracker, target, LONGER);
    }
}

/// The note of a field that does not decide.
const LONGER: &str = "part of a longer budget";

/// kubelet's own interval (Kubernetes API, Probe).
const INTERVAL: u32 = 10;

/// What became of start periods and of the service's grace period, once every budget is as it is written: each may be
/// covered by a longer one that came after it.
pub(super) fn settle<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &Component) {
    for member in plan.members.kept() {
        let field = member.definition.object("healthCheck").and_then(|check| check.field("startPeriod"));
        let health = match component.sidecars.get(&member.key) {
            Some(sidecar) if member.role == ContainerRole::Sidecar => sidecar.health.as_ref(),
            _ => component.health.as_ref(),
        };
        if let (Some(field), Some(health)) = (field, health) {
            settle_one(tracker, field, health, plan.inside(member, "health/startup"));
        }
    }
    let grace = plan.facts.service.and_then(|service| service.field("healthCheckGracePeriodSeconds"));
    if let (Some(field), Some(health)) = (grace, &component.health) {
        settle_one(tracker, field, health, plan.at("health/startup"));
    }
}

/// A field that has no verdict yet made the budget longer when it came.
fn settle_one<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, health: &Health, target: String) {
    let seconds = number(field.0).and_then(|n| u32::try_from(n).ok());
    let (Some(seconds), Some(startup), false) = (seconds, health.startup, tracker.has_mark(field.0)) else {
        return;
    };
    let asked = health.live.as_ref().or(health.ready.as_ref());
    let interval = asked.and_then(|probe| probe.interval).map_or(INTERVAL, |interval| interval.0.max(1));
    if startup.0 != seconds {
        field.approximated(tracker, target, LONGER);
    } else if seconds.is_multiple_of(interval) {
        field.exact(tracker, target);
    } else {
        field.approximated(tracker, target, "in whole intervals of its check");
    }
}

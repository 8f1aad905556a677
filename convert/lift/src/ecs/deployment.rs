//! How a new version replaces the old one, and how the old one stops.

use super::kind::Plan;
use super::members::ContainerRole;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, Deploy, Seconds};
use crate::tracker::FieldTracker;

/// What ECS does when nothing is said (API reference, DeploymentConfiguration; container `stopTimeout`).
const MAXIMUM: u64 = 200;
const MINIMUM: u64 = 100;
const STOP: u32 = 30;
/// Seconds that a pod goes on serving where nothing says how long.
const LINGERS: u32 = 10;

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    stop(tracker, plan, component);
    let Some(service) = plan.facts.service else { return };
    controller(tracker, service);
    let configuration = service.object("deploymentConfiguration");
    percentages(tracker, plan, configuration, component);
    if let Some(configuration) = configuration {
        strategy(tracker, configuration);
    }
}

/// What serves and has no balancer that says how long it goes on: routes forget a pod a few seconds after it began to end,
/// and until then it serves. That is not taken out of the time that its containers have to stop.
pub(super) fn linger<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    if component.kind != ComponentType::Web || component.drain.is_some() {
        return;
    }
    component.drain = Some(Seconds(LINGERS));
    let stop = component.stop.map_or(STOP, |stop| stop.0);
    component.stop = Some(Seconds(stop.saturating_add(LINGERS)));
    for field in plan.members.kept().filter_map(|member| member.definition.field("stopTimeout")) {
        let note = "after 10 s in which it goes on serving: routes forget a pod a few seconds after it began to end";
        field.approximated(tracker, plan.at("stop"), note);
    }
}

/// `100 % - minimum` may be missing and `maximum - 100 %` be too many. Neither would stand still: then one more may run.
fn percentages<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    configuration: Option<Object<'a>>,
    component: &mut Component,
) {
    let field = |name| configuration.and_then(|configuration| configuration.field(name));
    let (maximum_field, minimum_field) = (field("maximumPercent"), field("minimumHealthyPercent"));
    // A rolling update counts in 32 bits: what does not fit is no percentage, as what is no number.
    let fits = |number: &u64| u32::try_from(*number).is_ok();
    let read = |field: Option<Field<'a>>, default| field.map_or(Some(default), |field| number(field.0).filter(fits));
    let (Some(maximum), Some(minimum)) = (read(maximum_field, MAXIMUM), read(minimum_field, MINIMUM)) else {
        return;
    };
    let (surge, unavailable) = (maximum.saturating_sub(100), 100_u64.saturating_sub(minimum));
    let stuck = surge == 0 && unavailable == 0;
    component.deploy = Some(Deploy {
        surge: Some(format!("{}%", if stuck { 25 } else { surge })),
        unavailable: Some(format!("{unavailable}%")),
        deadline: None,
    });
    for (field, target, fits) in
        [(maximum_field, "deploy/surge", maximum >= 100), (minimum_field, "deploy/unavailable", minimum <= 100)]
    {
        let Some(field) = field else { continue };
        if stuck {
            field.approximated(tracker, plan.at(target), "it could replace nothing; a quarter more may run");
        } else if fits && target == "deploy/surge" && !surge.is_multiple_of(100) {
            let note = "of a number that it does not divide, one more may run: Kubernetes rounds up, ECS down";
            field.approximated(tracker, plan.at(target), note);
        } else if fits {
            field.exact(tracker, plan.at(target));
        } else {
            field.approximated(tracker, plan.at(target), "as far as 100 % allows");
        }
    }
}

fn controller<'a>(tracker: &mut FieldTracker<'a>, service: Object<'a>) {
    let Some(controller) = service.object("deploymentController") else {
        return;
    };
    let Some(field) = controller.field("type") else { return };
    if controller.peek("type") == Some("ECS") {
        field.dropped(tracker, "default");
    } else {
        ask_for_rolling(tracker, field);
    }
}

/// Everything in the configuration that is not a percentage.
fn strategy<'a>(tracker: &mut FieldTracker<'a>, configuration: Object<'a>) {
    configuration.drop_all(tracker, &["deploymentCircuitBreaker"], "circuit-breaker");
    configuration.drop_all(tracker, &["alarms"], "deployment-alarms");
    let rolling = configuration.peek("strategy").is_none_or(|strategy| strategy == "ROLLING");
    for name in ["strategy", "bakeTimeInMinutes", "lifecycleHooks", "linearConfiguration", "canaryConfiguration"] {
        let Some(field) = configuration.field(name) else {
            continue;
        };
        let harmless = rolling && (matches!(name, "strategy") || number(field.0) == Some(0));
        if harmless { field.dropped(tracker, "default") } else { ask_for_rolling(tracker, field) }
    }
}

pub(super) fn ask_for_rolling<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>) {
    let text = "It is deployed blue/green, in steps, or by a controller of its own. Are rolling deployments enough?";
    field.ask_to_drop(tracker, "deployment", text, "rolling");
}

/// The longest time that a container may take to stop.
fn stop<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let mut longest = STOP;
    let said = |member: &super::members::Member<'a>| {
        let field = member.definition.field("stopTimeout")?;
        Some((field, number(field.0).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)?))
    };
    let running: Vec<_> = plan.members.kept().filter(|member| member.role != ContainerRole::Init).collect();
    if running.iter().all(|member| said(member).is_some()) {
        longest = 0;
    }
    for member in &running {
        longest = longest.max(said(member).map_or(0, |(_, seconds)| seconds));
    }
    component.stop = Some(Seconds(longest));
    for member in plan.members.kept() {
        let Some((field, seconds)) = said(member) else { continue };
        if seconds == longest && member.role != ContainerRole::Init {
            field.exact(tracker, plan.at("stop"));
        } else {
            field.approximated(tracker, plan.at("stop"), "the pod stops as slowly as its slowest container may");
        }
    }
}

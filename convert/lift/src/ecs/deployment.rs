//! How a new version replaces the old one, and how the old one stops.

use super::kind::Plan;
use super::members::Part;
use crate::account::Account;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, Deploy, Seconds};

/// What ECS does when nothing is said (API reference, DeploymentConfiguration; container `stopTimeout`).
const MAXIMUM: u64 = 200;
const MINIMUM: u64 = 100;
const STOP: u32 = 30;

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    stop(account, plan, component);
    let Some(service) = plan.facts.service else { return };
    controller(account, service);
    let configuration = service.object("deploymentConfiguration");
    percentages(account, plan, configuration, component);
    if let Some(configuration) = configuration {
        strategy(account, configuration);
    }
}

/// `100 % - minimum` may be missing and `maximum - 100 %` be too many. Neither would stand still: then one more may run.
fn percentages<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    configuration: Option<Object<'a>>,
    component: &mut Component,
) {
    let field = |name| configuration.and_then(|configuration| configuration.field(name));
    let (maximum_field, minimum_field) = (field("maximumPercent"), field("minimumHealthyPercent"));
    let read = |field: Option<Field<'a>>, default| field.map_or(Some(default), |field| number(field.0));
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
            field.approximated(account, plan.at(target), "it could replace nothing; a quarter more may run");
        } else if fits {
            field.exact(account, plan.at(target));
        } else {
            field.approximated(account, plan.at(target), "as far as 100 % allows");
        }
    }
}

fn controller<'a>(account: &mut Account<'a>, service: Object<'a>) {
    let Some(controller) = service.object("deploymentController") else {
        return;
    };
    let Some(field) = controller.field("type") else { return };
    if controller.peek("type") == Some("ECS") {
        field.dropped(account, "default");
    } else {
        ask_for_rolling(account, field);
    }
}

/// Everything in the configuration that is not a percentage.
fn strategy<'a>(account: &mut Account<'a>, configuration: Object<'a>) {
    configuration.drop_all(account, &["deploymentCircuitBreaker"], "circuit-breaker");
    configuration.drop_all(account, &["alarms"], "deployment-alarms");
    let rolling = configuration.peek("strategy").is_none_or(|strategy| strategy == "ROLLING");
    for name in ["strategy", "bakeTimeInMinutes", "lifecycleHooks", "linearConfiguration", "canaryConfiguration"] {
        let Some(field) = configuration.field(name) else {
            continue;
        };
        let harmless = rolling && (matches!(name, "strategy") || number(field.0) == Some(0));
        if harmless { field.dropped(account, "default") } else { ask_for_rolling(account, field) }
    }
}

pub(super) fn ask_for_rolling<'a>(account: &mut Account<'a>, field: Field<'a>) {
    let text = "It is deployed blue/green, in steps, or by a controller of its own. Are rolling deployments enough?";
    super::service::ask_everything(account, field, "deployment", text, "rolling");
}

/// The longest time that a container may take to stop.
fn stop<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let mut longest = STOP;
    let said = |member: &super::members::Member<'a>| {
        let field = member.definition.field("stopTimeout")?;
        Some((field, number(field.0).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)?))
    };
    let running: Vec<_> = plan.members.kept().filter(|member| member.part != Part::Init).collect();
    if running.iter().all(|member| said(member).is_some()) {
        longest = 0;
    }
    for member in &running {
        longest = longest.max(said(member).map_or(0, |(_, seconds)| seconds));
    }
    component.stop = Some(Seconds(longest));
    for member in plan.members.kept() {
        let Some((field, seconds)) = said(member) else { continue };
        if seconds == longest && member.part != Part::Init {
            field.exact(account, plan.at("stop"));
        } else {
            field.approximated(account, plan.at("stop"), "the pod stops as slowly as its slowest container may");
        }
    }
}

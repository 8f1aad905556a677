//! Functions behind an Application Load Balancer: the neutral rules tell the hosts and paths.

use super::super::Plan;
use crate::field::{Field, Object};
use crate::plconfig::{Component, HttpEvent, HttpTrigger, PlConfig, Trigger};
use crate::tracker::FieldTracker;

/// The attribute of a target group that gives all values of headers and parameters.
const MULTI: &str = "lambda.multi_value_headers.enabled";

pub(in super::super) fn balancer<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let groups = &plan.context.around.target_groups;
    let health = component.health.clone();
    let drain = component.drain;
    crate::balancing::map(tracker, &plan.context, config, component);
    // A front tells by itself how it is: the check of a target group would be an invocation.
    component.health = health;
    component.drain = drain;
    let mut trigger = HttpTrigger { event: HttpEvent::Alb, ..HttpTrigger::default() };
    for group in groups {
        checks(tracker, *group);
        for attribute in group.objects("Attributes") {
            let of = |name: &str, small: &str| attribute.peek(name).or(attribute.peek(small));
            let (is_multi, said) = (of("Key", "key") == Some(MULTI), of("Value", "value"));
            let multi = is_multi && said == Some("true");
            let is_known = !is_multi || matches!(said, None | Some("true" | "false"));
            for field in ["Key", "Value", "key", "value"].into_iter().filter_map(|name| attribute.field(name)) {
                if multi {
                    field.exact(tracker, plan.context.at("trigger/http/multi_value"));
                } else if is_known {
                    field.dropped(tracker, "group-of-functions");
                } else {
                    field.blocked(
                        tracker,
                        "whether its target group gives all values of headers is neither true nor false",
                    );
                }
            }
            if multi {
                trigger.multi_value = Some(true);
            }
        }
    }
    if let Some(ingress) = component.ingress.as_mut() {
        ingress.sticky = None;
    }
    if let Some(group) = groups.first() {
        trigger.target_group = group.peek("TargetGroupArn").map(str::to_owned);
    }
    component.trigger = Some(Trigger { http: Some(trigger), ..Trigger::default() });
}

fn checks<'a>(tracker: &mut FieldTracker<'a>, group: Object<'a>) {
    for (name, value) in group.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        if name.starts_with("HealthCheck") || name.ends_with("ThresholdCount") || name == "Matcher" {
            Field(value).dropped_because(tracker, "front-health", "its front tells how it is");
        }
    }
}

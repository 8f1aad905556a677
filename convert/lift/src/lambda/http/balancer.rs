//! Functions behind an Application Load Balancer: the neutral rules tell the hosts and paths.

use super::super::Plan;
use crate::field::{Field, Object};
use crate::plconfig::{Component, HttpEvent, HttpTrigger, PlConfig, Trigger};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

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
    let differing = differing(tracker, groups);
    for group in groups {
        checks(tracker, *group);
        for attribute in group.objects("Attributes") {
            let of = |name: &str, small: &str| attribute.peek(name).or(attribute.peek(small));
            let (is_multi, said) = (of("Key", "key") == Some(MULTI), of("Value", "value"));
            let multi = is_multi && said == Some("true");
            let is_known = !is_multi || matches!(said, None | Some("true" | "false"));
            for field in ["Key", "Value", "key", "value"].into_iter().filter_map(|name| attribute.field(name)) {
                if let (Some(answer), true) = (&differing, is_multi) {
                    match answer {
                        Ok(_) => {
                            let note = "one form for all of its target groups, by a person's answer";
                            field.approximated(tracker, plan.context.at("trigger/http/multi_value"), note);
                        }
                        Err(id) => field.asked(tracker, id),
                    }
                } else if multi {
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
            if multi && !matches!(differing, Some(Ok(false))) {
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

/// Where some of its groups give all values of headers and some one of each, which of both its handler gets from all of them: whether
/// all, or the question that is open. Nothing starts before that is answered.
fn differing<'a>(tracker: &mut FieldTracker<'a>, groups: &[Object<'a>]) -> Option<Result<bool, QuestionId>> {
    let is_multi = |group: &&Object<'a>| {
        group.objects("Attributes").any(|one| one.peek("Key") == Some(MULTI) && one.peek("Value") == Some("true"))
    };
    let (multi, single): (Vec<&Object<'a>>, Vec<&Object<'a>>) = groups.iter().partition(is_multi);
    if multi.is_empty() || single.is_empty() {
        return None;
    }
    let named = |groups: &[&Object<'a>]| {
        let names = groups.iter().map(|group| group.peek("TargetGroupName").unwrap_or("one without a name"));
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let text = format!(
        "Of its target groups {} give its handler all values of headers and parameters, and {} one of each. Its front gives one form to all: \
         which does the handler understand, all values (`all`) or one of each (`one`)?",
        named(&multi),
        named(&single)
    );
    let id = tracker.question_id("multi-values", "");
    Some(match tracker.ask(id, &text, &["all", "one"], None) {
        Asked::Given(answer) => Ok(answer == "all"),
        Asked::Open(id) => {
            tracker.hold("nobody said in which form its handler gets headers");
            Err(id)
        }
    })
}

fn checks<'a>(tracker: &mut FieldTracker<'a>, group: Object<'a>) {
    for (name, value) in group.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        if name.starts_with("HealthCheck") || name.ends_with("ThresholdCount") || name == "Matcher" {
            Field(value).dropped_because(tracker, "front-health", "its front tells how it is");
        }
    }
}

//! The rules of listeners that lead to the component, and what they do with a request.

use super::conditions;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::plconfig::{Component, Ingress, Route};
use crate::tracker::{Asked, FieldTracker};

/// The rules that forward to this workload, by their priority.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, component: &mut Component) {
    let mut rules: Vec<Object<'a>> = context.around.listener_rules.clone();
    rules.sort_by_key(|rule| rule.peek_u64("Priority").unwrap_or(u64::MAX));
    let mut routes: Vec<Route> = Vec::new();
    for rule in rules {
        rule.drop_all(tracker, &["RuleArn", "ListenerArn", "Tags", "IsDefault"], "describe-only");
        if let Some(field) = rule.field("Priority") {
            field.approximated(tracker, context.at("ingress/routes"), "the order in which the routes are tried");
        }
        if !actions(tracker, context, rule.objects("Actions"), component) {
            if let Some(conditions) = rule.field("Conditions") {
                conditions.dropped(tracker, "other-rule");
            }
            continue;
        }
        if let Some(field) = rule.field("Transforms") {
            field.blocked(tracker, "a listener rule rewrites its requests");
        }
        if let Some(found) = conditions::map(tracker, context, rule) {
            routes.extend(found);
        }
    }
    put(routes, component);
}

/// One route without further conditions is plain hosts and paths.
fn put(mut routes: Vec<Route>, component: &mut Component) {
    routes.dedup();
    match routes.as_slice() {
        [] => {}
        [one] if one.headers.is_empty() && one.query.is_empty() && one.methods.is_empty() => {
            let ingress = component.ingress.get_or_insert_with(Ingress::default);
            ingress.hosts.clone_from(&one.hosts);
            ingress.paths.clone_from(&one.paths);
        }
        _ => component.ingress.get_or_insert_with(Ingress::default).routes = routes,
    }
}

/// Whether the actions forward to this workload; says what became of them.
fn actions<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    actions: impl Iterator<Item = Object<'a>>,
    component: &mut Component,
) -> bool {
    let actions: Vec<Object<'a>> = actions.collect();
    let forwards = actions.iter().any(|action| action.peek("Type") == Some("forward"));
    for action in actions {
        match action.peek("Type") {
            _ if !forwards => action.drop_whole(tracker, "other-rule"),
            Some("forward") => forward(tracker, action),
            Some("authenticate-oidc" | "authenticate-cognito" | "jwt-validation") => {
                authenticate(tracker, context, action, component);
            }
            _ => action.drop_whole(tracker, "other-rule"),
        }
    }
    forwards
}

fn forward<'a>(tracker: &mut FieldTracker<'a>, action: Object<'a>) {
    action.drop_all(tracker, &["Type", "Order", "TargetGroupArn"], "resolved-reference");
    let Some(config) = action.object("ForwardConfig") else {
        return;
    };
    let groups = config.list("TargetGroups");
    if groups.len() > 1 {
        for group in groups {
            let text = "A rule divides its traffic among several target groups. Does all of it come here from now on?";
            Field(group).ask_to_drop(tracker, "weights", text, "all-here");
        }
    } else {
        config.drop_all(tracker, &["TargetGroups"], "resolved-reference");
    }
    if let Some(field) = config.field("TargetGroupStickinessConfig") {
        field.dropped(tracker, "load-balancer-attribute");
    }
}

/// Never open where it was closed: it is reached from inside only, until somebody decides.
fn authenticate<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    action: Object<'a>,
    component: &mut Component,
) {
    let id = tracker.question_id("auth", "");
    let text = "Its load balancer lets only people in who have logged in, which the platform can't do yet. Keep it inside, or \
                does the app look who comes (`open`)?";
    let answer = tracker.ask(id, text, &["internal", "open"], Some("internal"));
    if !matches!(answer, Asked::Given("open")) {
        component.ingress.get_or_insert_with(Ingress::default).internal = Some(true);
    }
    for (_, value) in action.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        match &answer {
            Asked::Open(id) => Field(value).asked(tracker, id),
            Asked::Given(_) => Field(value).approximated(tracker, context.at("ingress"), "by a person's answer"),
        }
    }
}

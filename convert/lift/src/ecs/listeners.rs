//! Load balancers, their listeners and rules: how the component is reached from outside.

use super::kind::Plan;
use super::{hosts, routes};
use crate::account::{Account, Answer};
use crate::field::{Field, Object, number};
use crate::marks::is_clean;
use crate::plconfig::{Component, ComponentType, Ingress, Protocol, Route, Seconds};
use caravan_inventory::QuestionId;
use serde_json::Value;

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    if plan.kind == ComponentType::Web {
        exposure(account, plan, component);
    }
    if is_raw(component) {
        // Nothing outside reaches it, so no rule leads to it.
        plan.facts.listener_rules.iter().for_each(|rule| rule.drop_whole(account, "platform-entry"));
    } else {
        if plan.kind != ComponentType::Web && !plan.facts.listener_rules.is_empty() {
            account.refuse(
                "rules of a load balancer lead to it, but its main container has no port that could be reached",
            );
        }
        rules(account, plan, component);
    }
    for &listener in &plan.facts.listeners {
        self::listener(account, listener);
    }
    for &balancer in &plan.facts.load_balancers {
        load_balancer(account, plan, balancer, component);
    }
}

/// Whether it speaks what the gateway does not.
fn is_raw(component: &Component) -> bool {
    component.protocol == Some(Protocol::Tcp)
}

/// Public only where a public load balancer was seen.
fn exposure(account: &mut Account<'_>, plan: &Plan<'_, '_>, component: &mut Component) {
    if is_raw(component) {
        return;
    }
    let facts = plan.facts;
    let public = |balancer: &Object<'_>| balancer.peek("Scheme").is_some_and(|scheme| scheme != "internal");
    if facts.load_balancers.iter().any(public) {
        return;
    }
    let balanced = facts.service.is_some_and(|service| service.field("loadBalancers").is_some());
    let unseen = facts.load_balancers.is_empty() && (facts.service.is_none() || balanced);
    if unseen {
        let id = account.question_id("exposure", "");
        let text = "Its load balancer is not among the sources. Is it reached from the internet, or only from inside?";
        if let Answer::Given("public") = account.ask(id, text, &["public", "internal"], Some("internal")) {
            return;
        }
    }
    component.ingress.get_or_insert_with(Ingress::default).internal = Some(true);
}

/// The rules that forward to this workload, by their priority.
fn rules<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let mut rules: Vec<Object<'a>> = plan.facts.listener_rules.clone();
    rules.sort_by_key(|rule| rule.peek_u64("Priority").unwrap_or(u64::MAX));
    let mut routes: Vec<Route> = Vec::new();
    for rule in rules {
        rule.drop_all(account, &["RuleArn", "ListenerArn", "Tags", "IsDefault"], "describe-only");
        if let Some(field) = rule.field("Priority") {
            field.approximated(account, plan.at("ingress/routes"), "the order in which the routes are tried");
        }
        if !actions(account, plan, rule.objects("Actions"), component) {
            if let Some(conditions) = rule.field("Conditions") {
                conditions.dropped(account, "other-rule");
            }
            continue;
        }
        if let Some(field) = rule.field("Transforms") {
            field.blocked(account, "a listener rule rewrites its requests");
        }
        if let Some(found) = conditions(account, plan, rule) {
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
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    actions: impl Iterator<Item = Object<'a>>,
    component: &mut Component,
) -> bool {
    let actions: Vec<Object<'a>> = actions.collect();
    let forwards = actions.iter().any(|action| action.peek("Type") == Some("forward"));
    for action in actions {
        match action.peek("Type") {
            _ if !forwards => action.drop_whole(account, "other-rule"),
            Some("forward") => forward(account, action),
            Some("authenticate-oidc" | "authenticate-cognito" | "jwt-validation") => {
                authenticate(account, plan, action, component);
            }
            _ => action.drop_whole(account, "other-rule"),
        }
    }
    forwards
}

fn forward<'a>(account: &mut Account<'a>, action: Object<'a>) {
    action.drop_all(account, &["Type", "Order", "TargetGroupArn"], "resolved-reference");
    let Some(config) = action.object("ForwardConfig") else {
        return;
    };
    let groups = config.list("TargetGroups");
    if groups.len() > 1 {
        for group in groups {
            let text = "A rule divides its traffic among several target groups. Does all of it come here from now on?";
            super::service::ask_everything(account, Field(group), "weights", text, "all-here");
        }
    } else {
        config.drop_all(account, &["TargetGroups"], "resolved-reference");
    }
    if let Some(field) = config.field("TargetGroupStickinessConfig") {
        field.dropped(account, "load-balancer-attribute");
    }
}

/// Never open where it was closed: it is reached from inside only, until somebody decides.
fn authenticate<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, action: Object<'a>, component: &mut Component) {
    let id = account.question_id("auth", "");
    let text = "Its load balancer lets only people in who have logged in, which the platform can't do yet. Keep it inside, or \
                does the app look who comes (`open`)?";
    let answer = account.ask(id, text, &["internal", "open"], Some("internal"));
    if !matches!(answer, Answer::Given("open")) {
        component.ingress.get_or_insert_with(Ingress::default).internal = Some(true);
    }
    for (_, value) in action.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        match &answer {
            Answer::Open(id) => Field(value).asked(account, id),
            Answer::Given(_) => Field(value).approximated(account, plan.at("ingress"), "by a person's answer"),
        }
    }
}

/// The routes that a rule's conditions make; none when one of them has no place on the platform.
fn conditions<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, rule: Object<'a>) -> Option<Vec<Route>> {
    let mut routes = vec![Route::default()];
    let mut left_out = None;
    for condition in rule.objects("Conditions") {
        if let Kept::LeftOut(question) = self::condition(account, plan, condition, &mut routes) {
            left_out = Some(question);
        }
    }
    let (Some(question), Some(all)) = (&left_out, rule.field("Conditions")) else {
        return Some(routes);
    };
    match question {
        Some(id) => all.asked(account, id),
        None => all.dropped(account, "condition-by-answer"),
    }
    None
}

/// What a condition means for the rule that it stands in.
enum Kept {
    /// The rule is carried over.
    Yes,
    /// The whole rule is left out, because of this question if it is open.
    LeftOut(Option<QuestionId>),
}

fn condition<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    condition: Object<'a>,
    routes: &mut Vec<Route>,
) -> Kept {
    let target = plan.at("ingress");
    let own = |name: &str| condition.object(name).filter(|config| config.field("Values").is_some());
    condition.drop_all(account, &["Field"], "condition-kind");
    let kind = condition.peek("Field").unwrap_or("");
    let config = match kind {
        "host-header" => own("HostHeaderConfig"),
        "path-pattern" => own("PathPatternConfig"),
        "http-request-method" => own("HttpRequestMethodConfig"),
        "http-header" => own("HttpHeaderConfig"),
        _ => None,
    };
    // DescribeRules says hosts and paths twice.
    let holder = config.unwrap_or(condition);
    if config.is_some() {
        condition.drop_all(account, &["Values"], "said-twice");
    }
    let values: Vec<&'a str> = holder.list("Values").iter().filter_map(Value::as_str).filter(|v| is_clean(v)).collect();
    let simple = values.len() == holder.list("Values").len() && !values.is_empty();
    let done = match kind {
        "host-header" if simple && values.iter().all(|value| routes::is_host(value)) => {
            each(routes, |route| route.hosts = values.iter().map(|&host| host.to_ascii_lowercase()).collect())
        }
        "path-pattern" if simple && values.iter().all(|value| value.starts_with(['/', '*'])) => {
            each(routes, |route| route.paths = routes::paths(&values))
        }
        "http-request-method" if simple && !values.iter().any(|value| routes::is_glob(value)) => {
            each(routes, |route| route.methods = values.iter().map(|&method| method.to_owned()).collect())
        }
        "http-header" if simple => header(account, holder, &values, &target, routes),
        "query-string" => return query(account, condition, &target, routes),
        _ => false,
    };
    if !done {
        return ask_about_condition(account, condition, kind);
    }
    for value in holder.list("Values") {
        match kind {
            "http-header" => {
                Field(value).approximated(account, target.clone(), "compared with regard to upper and lower case");
            }
            "host-header" => hosts::account_for(account, Field(value), target.clone()),
            _ => Field(value).exact(account, target.clone()),
        }
    }
    Kept::Yes
}

fn each(routes: &mut [Route], change: impl Fn(&mut Route)) -> bool {
    routes.iter_mut().for_each(change);
    true
}

fn header<'a>(
    account: &mut Account<'a>,
    holder: Object<'a>,
    values: &[&str],
    target: &str,
    routes: &mut [Route],
) -> bool {
    let is_name =
        |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) && !name.is_empty();
    let Some(name) = holder.peek("HttpHeaderName").filter(is_name) else {
        return false;
    };
    if let Some(field) = holder.field("HttpHeaderName") {
        field.exact(account, target.to_owned());
    }
    each(routes, |route| {
        route.headers.insert(name.to_owned(), routes::alternatives(values));
    })
}

/// Any of several pairs: one route for each.
fn query<'a>(account: &mut Account<'a>, condition: Object<'a>, target: &str, routes: &mut Vec<Route>) -> Kept {
    let config = condition.object("QueryStringConfig").unwrap_or(condition);
    let pairs: Vec<Object<'a>> = config.objects("Values").collect();
    let whole = |pair: &Object<'a>| {
        let (key, value) = (pair.peek("Key"), pair.peek("Value"));
        key.zip(value).is_some_and(|(key, value)| is_clean(key) && is_clean(value) && !routes::is_glob(key))
    };
    if pairs.is_empty() || !pairs.iter().all(whole) {
        return ask_about_condition(account, condition, "query-string");
    }
    let mut made = Vec::new();
    for route in routes.iter() {
        for pair in &pairs {
            let mut route = route.clone();
            let (key, value) = (pair.peek("Key").unwrap_or(""), pair.peek("Value").unwrap_or(""));
            route.query.insert(key.to_owned(), routes::alternatives(&[value]));
            made.push(route);
        }
    }
    *routes = made;
    for pair in pairs {
        for field in ["Key", "Value"].into_iter().filter_map(|name| pair.field(name)) {
            field.exact(account, target.to_owned());
        }
    }
    Kept::Yes
}

/// A condition without a twin: the whole rule is left out, so that nothing is open that was not.
fn ask_about_condition<'a>(account: &mut Account<'a>, condition: Object<'a>, kind: &str) -> Kept {
    let id = account.question_id("condition", kind);
    let text = format!(
        "A listener rule has a {kind} condition that the platform can't express. Leave the rule out, or carry it over \
         without the condition?"
    );
    let answer = account.ask(id, &text, &["leave-out", "without-condition"], Some("leave-out"));
    for (name, value) in condition.entries() {
        if name != "Field" && !crate::field::is_empty(value) {
            match &answer {
                Answer::Open(id) => Field(value).asked(account, id),
                Answer::Given(_) => Field(value).dropped(account, "condition-by-answer"),
            }
        }
    }
    match answer {
        Answer::Given("without-condition") => Kept::Yes,
        Answer::Given(_) => Kept::LeftOut(None),
        Answer::Open(id) => Kept::LeftOut(Some(id)),
    }
}

fn listener<'a>(account: &mut Account<'a>, listener: Object<'a>) {
    listener.drop_all(account, &["ListenerArn", "LoadBalancerArn", "Tags", "Attributes"], "describe-only");
    listener.drop_all(account, &["Port", "Protocol"], "platform-entry");
    listener.drop_all(account, &["Certificates", "SslPolicy", "AlpnPolicy"], "platform-tls");
    if let Some(mutual) = listener.object("MutualAuthentication") {
        match (mutual.peek("Mode"), mutual.field("Mode")) {
            (Some("off") | None, _) | (_, None) => mutual.drop_whole(account, "default"),
            (Some(_), Some(field)) => {
                mutual.drop_whole(account, "platform-tls");
                field.blocked(account, "its load balancer asks clients for certificates");
            }
        }
    }
    if let Some(field) = listener.field("DefaultActions") {
        field.dropped(account, "listener-default");
    }
}

fn load_balancer<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, balancer: Object<'a>, component: &mut Component) {
    if let Some(field) = balancer.field("Scheme") {
        match balancer.peek("Scheme") {
            Some("internal") if plan.kind == ComponentType::Web && !is_raw(component) => {
                field.exact(account, plan.at("ingress/internal"))
            }
            _ => field.dropped(account, "platform-entry"),
        }
    }
    for attribute in balancer.objects("Attributes") {
        let (Some(key), Some(value)) = (attribute.field("Key"), attribute.field("Value")) else {
            continue;
        };
        key.dropped(account, "load-balancer-attribute");
        match (attribute.peek("Key"), number(value.0).and_then(|n| u32::try_from(n).ok())) {
            (Some("idle_timeout.timeout_seconds"), Some(seconds))
                if plan.kind == ComponentType::Web && !is_raw(component) =>
            {
                component.ingress.get_or_insert_with(Ingress::default).timeout = Some(Seconds(seconds));
                value.approximated(account, plan.at("ingress/timeout"), "of a whole request, not of silence in it");
            }
            _ => value.dropped(account, "load-balancer-attribute"),
        }
    }
    for (name, value) in balancer.entries() {
        if !matches!(name, "Scheme" | "Attributes") && !crate::field::is_empty(value) {
            Field(value).dropped(account, "platform-entry");
        }
    }
}

//! The conditions of a listener's rule, as routes.

use super::{patterns, shared_hosts};
use crate::context::Context;
use crate::field::{Field, Object};
use crate::marks::is_clean;
use crate::plconfig::Route;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;
use serde_json::Value;

/// The routes that a rule's conditions make; none when one of them has no place on the platform.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    rule: Object<'a>,
) -> Option<Vec<Route>> {
    let mut routes = vec![Route::default()];
    let mut left_out = None;
    for condition in rule.objects("Conditions") {
        if let Kept::LeftOut(question) = self::condition(tracker, context, condition, &mut routes) {
            left_out = Some(question);
        }
    }
    let (Some(question), Some(all)) = (&left_out, rule.field("Conditions")) else {
        return Some(routes);
    };
    match question {
        Some(id) => all.asked(tracker, id),
        None => all.dropped(tracker, "condition-by-answer"),
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
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    condition: Object<'a>,
    routes: &mut Vec<Route>,
) -> Kept {
    let target = context.at("ingress");
    let own = |name: &str| condition.object(name).filter(|config| config.field("Values").is_some());
    condition.drop_all(tracker, &["Field"], "condition-kind");
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
        condition.drop_all(tracker, &["Values"], "said-twice");
    }
    let values: Vec<&'a str> = holder.list("Values").iter().filter_map(Value::as_str).filter(|v| is_clean(v)).collect();
    let simple = values.len() == holder.list("Values").len() && !values.is_empty();
    let done = match kind {
        "host-header" if simple && values.iter().all(|value| patterns::is_host(value)) => {
            each(routes, |route| route.hosts = values.iter().map(|&host| host.to_ascii_lowercase()).collect())
        }
        "path-pattern" if simple && values.iter().all(|value| value.starts_with(['/', '*'])) => {
            each(routes, |route| route.paths = patterns::paths(&values))
        }
        "http-request-method" if simple && !values.iter().any(|value| patterns::is_glob(value)) => {
            each(routes, |route| route.methods = values.iter().map(|&method| method.to_owned()).collect())
        }
        "http-header" if simple => header(tracker, holder, &values, &target, routes),
        "query-string" => return query(tracker, condition, &target, routes),
        _ => false,
    };
    if !done {
        return ask_about_condition(tracker, condition, kind);
    }
    for value in holder.list("Values") {
        match kind {
            "http-header" => {
                Field(value).approximated(tracker, target.clone(), "compared with regard to upper and lower case");
            }
            "host-header" => shared_hosts::take(tracker, Field(value), target.clone()),
            _ => Field(value).exact(tracker, target.clone()),
        }
    }
    Kept::Yes
}

fn each(routes: &mut [Route], change: impl Fn(&mut Route)) -> bool {
    routes.iter_mut().for_each(change);
    true
}

fn header<'a>(
    tracker: &mut FieldTracker<'a>,
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
        field.exact(tracker, target.to_owned());
    }
    each(routes, |route| {
        route.headers.insert(name.to_owned(), patterns::alternatives(values));
    })
}

/// Any of several pairs: one route for each.
fn query<'a>(tracker: &mut FieldTracker<'a>, condition: Object<'a>, target: &str, routes: &mut Vec<Route>) -> Kept {
    let config = condition.object("QueryStringConfig").unwrap_or(condition);
    let pairs: Vec<Object<'a>> = config.objects("Values").collect();
    let whole = |pair: &Object<'a>| {
        let (key, value) = (pair.peek("Key"), pair.peek("Value"));
        key.zip(value).is_some_and(|(key, value)| is_clean(key) && is_clean(value) && !patterns::is_glob(key))
    };
    if pairs.is_empty() || !pairs.iter().all(whole) {
        return ask_about_condition(tracker, condition, "query-string");
    }
    let mut made = Vec::new();
    for route in routes.iter() {
        for pair in &pairs {
            let mut route = route.clone();
            let (key, value) = (pair.peek("Key").unwrap_or(""), pair.peek("Value").unwrap_or(""));
            route.query.insert(key.to_owned(), patterns::alternatives(&[value]));
            made.push(route);
        }
    }
    *routes = made;
    for pair in pairs {
        for field in ["Key", "Value"].into_iter().filter_map(|name| pair.field(name)) {
            field.exact(tracker, target.to_owned());
        }
    }
    Kept::Yes
}

/// A condition without a twin: the whole rule is left out, so that nothing is open that was not.
fn ask_about_condition<'a>(tracker: &mut FieldTracker<'a>, condition: Object<'a>, kind: &str) -> Kept {
    let id = tracker.question_id("condition", kind);
    let text = format!(
        "A listener rule has a {kind} condition that the platform can't express. Leave the rule out, or carry it over \
         without the condition?"
    );
    let answer = tracker.ask(id, &text, &["leave-out", "without-condition"], Some("leave-out"));
    for (name, value) in condition.entries() {
        if name != "Field" && !crate::field::is_empty(value) {
            match &answer {
                Asked::Open(id) => Field(value).asked(tracker, id),
                Asked::Given(_) => Field(value).dropped(tracker, "condition-by-answer"),
            }
        }
    }
    match answer {
        Asked::Given("without-condition") => Kept::Yes,
        Asked::Given(_) => Kept::LeftOut(None),
        Asked::Open(id) => Kept::LeftOut(Some(id)),
    }
}

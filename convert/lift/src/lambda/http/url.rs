//! Function URLs.

use super::super::Plan;
use super::super::facts::Named;
use super::entry::{Entry, publish};
use super::pattern::Pattern;
use super::{closed, hosts};
use crate::field::Field;
use crate::plconfig::{Component, HttpEvent, HttpTrigger, PlConfig, Trigger};
use crate::tracker::FieldTracker;

pub(in super::super) fn url<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    url: Named<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let document = url.document;
    let mut trigger = HttpTrigger { event: HttpEvent::Url, ..HttpTrigger::default() };
    document.drop_all(tracker, &["FunctionArn"], "resolved-reference");
    document.drop_all(tracker, &["CreationTime", "LastModifiedTime"], "describe-only");
    super::cors(tracker, document.field("Cors"));
    let host = document.peek("FunctionUrl").map(|url| url.trim_start_matches("https://").trim_end_matches('/'));
    trigger.api = host.and_then(|host| host.split('.').next()).filter(|label| !label.is_empty()).map(str::to_owned);
    if let Some(field) = document.field("InvokeMode") {
        trigger.stream = Some(document.peek("InvokeMode") == Some("RESPONSE_STREAM"));
        match document.peek("InvokeMode") {
            Some("RESPONSE_STREAM" | "BUFFERED") => field.exact(tracker, plan.context.at("trigger/http/stream")),
            _ => field.blocked(tracker, "its function URL answers in a way that is not known"),
        }
    }
    let open = is_open(tracker, document.peek("AuthType"), document.field("AuthType"));
    let hosts = hosts::ask(tracker, host.unwrap_or("a function URL"), document.field("FunctionUrl"));
    let everything = Entry { pattern: Pattern { method: None, path: None }, open };
    publish(vec![everything], &hosts, plan.timeout, component);
    crate::balancing::share_hosts(tracker, config, component);
    component.trigger = Some(Trigger { http: Some(trigger), ..Trigger::default() });
}

/// Public by its type `NONE` alone; what says nothing is not.
fn is_open<'a>(tracker: &mut FieldTracker<'a>, kind: Option<&str>, field: Option<Field<'a>>) -> bool {
    if kind == Some("NONE") {
        if let Some(field) = field {
            field.dropped_because(tracker, "public", "anybody may call it, as before");
        }
        return true;
    }
    let by = if kind == Some("AWS_IAM") {
        "callers that sign with a role of AWS"
    } else {
        "whom nothing that was read tells"
    };
    closed::ask(tracker, "auth", "url", ("Its function URL", by), field.as_slice())
}

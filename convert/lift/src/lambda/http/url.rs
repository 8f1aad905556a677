//! Function URLs.

use super::super::Plan;
use super::super::facts::{Named, principals};
use super::entry::{Entry, publish};
use super::pattern::Pattern;
use super::{closed, hosts};
use crate::field::{Field, Object};
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
    let everybody = lets_everybody_in(plan, url);
    let open = is_open(tracker, document.peek("AuthType"), document.field("AuthType"), everybody);
    let hosts = hosts::ask(tracker, host.unwrap_or("a function URL"), document.field("FunctionUrl"));
    let everything = Entry { pattern: Pattern { method: None, path: None }, open };
    publish(vec![everything], &hosts, plan.timeout, component);
    crate::balancing::share_hosts(tracker, config, component);
    component.trigger = Some(Trigger { http: Some(trigger), ..Trigger::default() });
}

/// Whether the policy of what the URL calls lets everybody in, under no other condition than what kind of URL it is: without
/// that, Lambda refuses callers of a public URL, too (Lambda developer guide, "Control access to function URLs").
fn lets_everybody_in(plan: &Plan<'_, '_>, url: Named<'_>) -> bool {
    let own = plan.facts.policies.iter().filter(|named| named.qualifier == url.qualifier);
    let mut statements =
        own.filter_map(|named| named.document.object("Policy")).flat_map(|policy| policy.objects("Statement"));
    statements.any(|statement| {
        let is_free = statement.object("Condition").is_none_or(|conditions| {
            let mut keys = conditions.entries().filter_map(|(_, keys)| Object::of(keys)).flat_map(Object::entries);
            keys.all(|(key, value)| key.eq_ignore_ascii_case("lambda:FunctionUrlAuthType") && value == "NONE")
        });
        statement.peek("Effect") == Some("Allow")
            && matches!(statement.peek("Action"), Some("lambda:InvokeFunctionUrl" | "lambda:*"))
            && principals(statement).contains("*")
            && is_free
    })
}

/// Public by its type `NONE` with a policy that lets everybody in; what says nothing is not.
fn is_open<'a>(tracker: &mut FieldTracker<'a>, kind: Option<&str>, field: Option<Field<'a>>, everybody: bool) -> bool {
    if kind == Some("NONE") && everybody {
        if let Some(field) = field {
            field.dropped_because(tracker, "public", "anybody may call it, as before");
        }
        return true;
    }
    let by = match kind {
        Some("AWS_IAM") => "callers that sign with a role of AWS",
        Some("NONE") => "whom its resource policy names, and none that was read lets everybody in",
        _ => "whom nothing that was read tells",
    };
    closed::ask(tracker, "auth", "url", ("Its function URL", by), field.as_slice())
}

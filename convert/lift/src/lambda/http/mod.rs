//! Functions that answer requests: behind an API of API Gateway, by a URL of their own, or behind a load balancer.

mod balancer;
mod closed;
mod domains;
mod entry;
mod hosts;
mod http_api;
mod pattern;
mod rest_api;
mod stage;
mod url;

pub(super) use balancer::balancer;
pub(super) use http_api::http_api;
pub(super) use rest_api::rest_api;
pub(super) use url::url;

use crate::field::Field;
use crate::plconfig::{Component, HttpEvent, HttpTrigger, Trigger};
use crate::tracker::FieldTracker;
use entry::Entry;
use pattern::Pattern;
use std::collections::BTreeMap;

/// Routes with the fields that say who may call, by the kind of what demands it and its identifier.
type Groups<'a> = BTreeMap<(String, String), Vec<(Pattern, Vec<Field<'a>>)>>;

/// Callers of the API `Invoke`: from inside the cluster, by its Service.
pub(super) fn invoke(component: &mut Component) {
    let http = HttpTrigger { event: HttpEvent::Invoke, ..HttpTrigger::default() };
    component.trigger = Some(Trigger { http: Some(http), ..Trigger::default() });
}

/// The routes of an API, those that demand something of a caller closed unless a person opened them.
fn entries<'a>(tracker: &mut FieldTracker<'a>, groups: Groups<'a>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for ((kind, by), routes) in groups {
        let fields: Vec<Field<'a>> = routes.iter().flat_map(|(_, fields)| fields.iter().copied()).collect();
        let open = kind == "NONE" || {
            let named: Vec<String> = routes.iter().map(|(pattern, _)| format!("`{}`", pattern.key())).collect();
            let what = match kind.as_str() {
                "AWS_IAM" => "callers that sign with a role of AWS".to_owned(),
                "JWT" => format!("callers with a token that the authorizer {by} knows"),
                "COGNITO_USER_POOLS" => format!("users of the pool that the authorizer {by} knows"),
                _ => format!("whom the authorizer {by} lets in"),
            };
            let detail = if by.is_empty() { kind.as_str() } else { by.as_str() };
            closed::ask(tracker, "auth", detail, (&format!("Its API ({})", named.join(", ")), &what), &fields)
        };
        if kind == "NONE" {
            fields
                .into_iter()
                .for_each(|field| field.dropped_because(tracker, "public", "anybody may call it, as before"));
        }
        entries.extend(routes.into_iter().map(|(pattern, _)| Entry { pattern, open }));
    }
    entries
}

/// Answers for browsers that ask first (CORS): the API or the function URL gave them.
fn cors<'a>(tracker: &mut FieldTracker<'a>, field: Option<Field<'a>>) {
    let Some(field) = field else { return };
    let text = "Browsers were told by API Gateway or Lambda who may call from where (CORS), and the gateway tells them nothing. Does \
                the handler answer that itself?";
    field.ask_to_drop(tracker, "cors", text, "handler");
}

//! HTTP APIs: routes, integrations, the stage, and who may call.

use super::super::Plan;
use super::super::started_by::HttpApi;
use super::domains::{self, Domains};
use super::entry::{Entry, publish};
use super::pattern::Pattern;
use super::stage;
use crate::field::Object;
use crate::plconfig::{Component, HttpEvent, HttpTrigger, PlConfig, Seconds, Trigger};
use crate::tracker::{Asked, FieldTracker};

/// What only describes an API, and what decides nothing off it.
const DESCRIBED: [&str; 12] = [
    "createdDate",
    "importInfo",
    "warnings",
    "name",
    "description",
    "version",
    "apiGatewayManaged",
    "apiKeySelectionExpression",
    "routeSelectionExpression",
    "ipAddressType",
    "protocolType",
    "disableSchemaValidation",
];
/// Milliseconds after which an HTTP API answers by itself.
const TIMEOUT: u64 = 30_000;

pub(in super::super) fn http_api<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    start: &HttpApi<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let documents = &plan.facts.http;
    let api = start.api;
    let id = api.peek("apiId");
    let at = plan.context.at("trigger/http");
    let mut trigger = HttpTrigger { api: id.map(str::to_owned), ..HttpTrigger::default() };
    api.drop_all(tracker, &DESCRIBED, "describe-only");
    api.drop_all(tracker, &["tags"], "api-tags");
    api.drop_all(tracker, &["disableExecuteApiEndpoint"], "own-name");
    if let Some(field) = api.field("apiId") {
        field.exact(tracker, format!("{at}/api"));
    }
    super::cors(tracker, api.field("corsConfiguration"));
    let timeout = integrations(tracker, start, &at, &mut trigger);
    let mine = |stage: &&Object<'a>| stage.peek("apiId") == id;
    let stages: Vec<Object<'a>> = documents.stages.iter().filter(mine).copied().collect();
    let mappings = documents.mappings.iter().filter(|mapping| mapping.peek("apiId") == id);
    let wanted: Vec<&'a str> = mappings.filter_map(|mapping| mapping.peek("stage")).collect();
    let chosen = stage::choose(tracker, &stages, &wanted);
    stage::others(tracker, &stages, chosen);
    if let Some(chosen) = chosen {
        stage::map(tracker, chosen, &at, &mut trigger);
    }
    let entries = routes(tracker, plan, start, &mut trigger);
    let endpoint = api.peek("apiEndpoint").map(|url| url.trim_start_matches("https://").to_owned());
    let own = endpoint.or(id.map(|id| format!("{id}.execute-api"))).unwrap_or_else(|| "its API's own name".to_owned());
    let hosts = domains::map(
        tracker,
        &Domains {
            domains: &documents.domains,
            mappings: &documents.mappings,
            id: ("apiId", id),
            stage: chosen.and_then(|chosen| chosen.peek("stageName")),
            path: "apiMappingKey",
            own,
            own_field: api.field("apiEndpoint"),
        },
    );
    publish(entries, &hosts, timeout, component);
    crate::balancing::share_hosts(tracker, config, component);
    component.trigger = Some(Trigger { http: Some(trigger), ..Trigger::default() });
}

/// What its integrations say; gives the seconds after which a caller is answered.
fn integrations<'a>(tracker: &mut FieldTracker<'a>, start: &HttpApi<'a>, at: &str, trigger: &mut HttpTrigger) -> u32 {
    let mut timeout = TIMEOUT;
    for (number, integration) in start.integrations.iter().enumerate() {
        integration.drop_all(tracker, &["apiId", "integrationId", "integrationUri"], "resolved-reference");
        integration.drop_all(tracker, &["description", "apiGatewayManaged", "connectionType"], "describe-only");
        integration.drop_all(tracker, &["integrationMethod", "passthroughBehavior", "integrationType"], "default");
        integration.drop_all(tracker, &["credentialsArn"], "invoke-permission");
        integration.drop_all(tracker, &["integrationResponseSelectionExpression"], "describe-only");
        for name in ["requestParameters", "responseParameters", "requestTemplates"] {
            if let Some(field) = integration.field(name) {
                let why = "it stays on Lambda: its API changes requests or answers on their way (parameter mapping)";
                field.blocked(tracker, why);
            }
        }
        let event = payload(tracker, *integration, at);
        if number > 0 && event != trigger.event {
            tracker.refuse("its API calls it with two payload formats, and a handler behind one front gets one");
        }
        trigger.event = event;
        if let (Some(field), Some(milliseconds)) =
            (integration.field("timeoutInMillis"), integration.peek_u64("timeoutInMillis"))
        {
            timeout = milliseconds.clamp(50, TIMEOUT);
            field.approximated(tracker, format!("{at}/timeout"), "in whole seconds");
        }
    }
    let seconds = u32::try_from(timeout.div_ceil(1000)).unwrap_or(30);
    trigger.timeout = Some(Seconds(seconds));
    seconds
}

fn payload<'a>(tracker: &mut FieldTracker<'a>, integration: Object<'a>, at: &str) -> HttpEvent {
    let Some(field) = integration.field("payloadFormatVersion") else {
        let id = tracker.question_id("payload", "");
        let text = "Nothing says which payload format its API sends. Which is it?";
        return match tracker.ask(id, text, &["2.0", "1.0"], Some("2.0")) {
            Asked::Given("1.0") => HttpEvent::HttpApi1,
            Asked::Given(_) => HttpEvent::HttpApi2,
            Asked::Open(_) => {
                tracker.hold("nobody said which payload format its handler reads");
                HttpEvent::HttpApi2
            }
        };
    };
    let event = match integration.peek("payloadFormatVersion") {
        Some("2.0") => HttpEvent::HttpApi2,
        Some("1.0") => HttpEvent::HttpApi1,
        _ => {
            field.blocked(tracker, "its API sends a payload format that nothing here makes");
            return HttpEvent::HttpApi2;
        }
    };
    field.exact(tracker, format!("{at}/event"));
    event
}

/// The routes that lead to it, those that demand something of a caller asked about by what demands it.
fn routes<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    start: &HttpApi<'a>,
    trigger: &mut HttpTrigger,
) -> Vec<Entry> {
    let at = plan.context.at("trigger/http/routes");
    let leads = |route: &&Object<'a>| {
        let target = route.peek("target").and_then(|target| target.strip_prefix("integrations/"));
        target.is_some_and(|id| {
            start.integrations.iter().any(|integration| integration.peek("integrationId") == Some(id))
        })
    };
    let own = plan.facts.http.routes.iter().filter(|route| route.peek("apiId") == start.api.peek("apiId"));
    let mut groups = super::Groups::new();
    for route in own {
        if !leads(&route) {
            route.drop_whole(tracker, "other-target");
            continue;
        }
        route.drop_all(tracker, &["apiId", "routeId", "target"], "resolved-reference");
        route.drop_all(tracker, &["operationName", "apiGatewayManaged", "modelSelectionExpression"], "describe-only");
        route.drop_all(tracker, &["requestModels", "routeResponseSelectionExpression", "requestParameters"], "default");
        route.drop_all(tracker, &["apiKeyRequired"], "default");
        let Some(field) = route.field("routeKey") else { continue };
        let Some(pattern) = route.peek("routeKey").and_then(Pattern::of_key) else {
            field.blocked(tracker, "one of its routes has a key that is no method and path");
            continue;
        };
        field.exact(tracker, at.clone());
        trigger.routes.push(pattern.key());
        let kind = route.peek("authorizationType").unwrap_or("NONE").to_owned();
        let by = route.peek("authorizerId").unwrap_or("").to_owned();
        let names = ["authorizationType", "authorizerId", "authorizationScopes"];
        let fields = names.into_iter().filter_map(|name| route.field(name)).collect();
        groups.entry((kind, by)).or_default().push((pattern, fields));
    }
    trigger.routes.sort();
    trigger.routes.dedup();
    super::entries(tracker, groups)
}

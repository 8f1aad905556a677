//! REST APIs: resources with their methods, the stage, and who may call.

use super::super::Plan;
use super::super::started_by::RestApi;
use super::domains::{self, Domains};
use super::entry::{Entry, publish};
use super::pattern::Pattern;
use super::{closed, stage};
use crate::field::{Field, Object};
use crate::plconfig::{Component, HttpEvent, HttpTrigger, PlConfig, Seconds, Trigger};
use crate::text::Kind;
use crate::tracker::FieldTracker;

/// What only describes an API, and what decides nothing off it.
const DESCRIBED: [&str; 9] = [
    "name",
    "description",
    "createdDate",
    "version",
    "warnings",
    "rootResourceId",
    "apiStatus",
    "apiStatusMessage",
    "apiKeySource",
];
/// Milliseconds after which a REST API answers by itself, unless its integration says otherwise.
const TIMEOUT: u64 = 29_000;

pub(in super::super) fn rest_api<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    start: &RestApi<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let documents = &plan.facts.rest;
    let api = start.api;
    let id = api.peek("id");
    let at = plan.context.at("trigger/http");
    let mut trigger = HttpTrigger { event: HttpEvent::Rest, api: id.map(str::to_owned), ..HttpTrigger::default() };
    api.drop_all(tracker, &DESCRIBED, "describe-only");
    api.drop_all(tracker, &["tags"], "api-tags");
    api.drop_all(tracker, &["securityPolicy", "endpointAccessMode"], "platform-tls");
    api.drop_all(tracker, &["minimumCompressionSize"], "api-limits");
    if let Some(field) = api.field("id") {
        field.exact(tracker, format!("{at}/api"));
    }
    for value in api.list("binaryMediaTypes") {
        let Some(text) = tracker.text(value, Kind::Free) else { continue };
        trigger.binary.push(text.into_owned());
        Field(value).exact(tracker, format!("{at}/binary"));
    }
    let mine = |stage: &&Object<'a>| stage.peek("restApiId") == id;
    let stages: Vec<Object<'a>> = documents.stages.iter().filter(mine).copied().collect();
    let mappings = documents.mappings.iter().filter(|mapping| mapping.peek("restApiId") == id);
    let wanted: Vec<&'a str> = mappings.filter_map(|mapping| mapping.peek("stage")).collect();
    let chosen = stage::choose(tracker, &stages, &wanted);
    stage::others(tracker, &stages, chosen);
    let firewall = chosen.and_then(|chosen| stage::map(tracker, chosen, &at, &mut trigger));
    let (mut entries, timeout) = methods(tracker, plan, start, &mut trigger);
    let open = api_is_open(tracker, api, firewall);
    entries.iter_mut().for_each(|entry| entry.open &= open);
    let own = format!("{}.execute-api", id.unwrap_or("its API"));
    let hosts = domains::map(
        tracker,
        &Domains {
            domains: &documents.domains,
            mappings: &documents.mappings,
            id: ("restApiId", id),
            stage: chosen.and_then(|chosen| chosen.peek("stageName")),
            path: "basePath",
            own,
            own_field: api.field("disableExecuteApiEndpoint"),
        },
    );
    publish(entries, &hosts, timeout, component);
    crate::balancing::share_hosts(tracker, config, component);
    component.trigger = Some(Trigger { http: Some(trigger), ..Trigger::default() });
}

/// Whether the whole API lets anybody in: a private one, one with a policy, and one behind a firewall do not.
fn api_is_open<'a>(tracker: &mut FieldTracker<'a>, api: Object<'a>, firewall: Option<Field<'a>>) -> bool {
    let endpoint = api.object("endpointConfiguration");
    let private = endpoint.is_some_and(|endpoint| endpoint.list("types").iter().any(|kind| kind == "PRIVATE"));
    let mut open = true;
    if let Some(field) = api.field("endpointConfiguration") {
        if private {
            let by = "callers of its VPC endpoints (it is private)";
            open &= closed::ask(tracker, "private-api", "", ("Its API", by), &[field]);
        } else {
            field.dropped(tracker, "platform-entry");
        }
    }
    if let Some(field) = api.field("policy") {
        let by = "whom its resource policy names";
        open &= closed::ask(tracker, "api-policy", "", ("Its API", by), &[field]);
    }
    if let Some(field) = firewall {
        open &= closed::ask(tracker, "firewall", "", ("Its stage", "what the rules of AWS WAF let through"), &[field]);
    }
    open
}

fn methods<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    start: &RestApi<'a>,
    trigger: &mut HttpTrigger,
) -> (Vec<Entry>, u32) {
    let at = plan.context.at("trigger/http");
    let mut groups = super::Groups::new();
    let mut longest = 0;
    for &(resource, name, method) in &start.methods {
        let path = resource.peek("path").unwrap_or("/");
        if let Some(field) = resource.field("path") {
            field.exact(tracker, format!("{at}/routes"));
        }
        let Some(pattern) = Pattern::of(name, path) else {
            for (_, value) in method.entries() {
                Field(value).blocked(tracker, "one of its resources has a path that is none");
            }
            continue;
        };
        trigger.routes.push(pattern.key());
        longest = longest.max(integration(tracker, method, &at));
        // Names of methods are no names of the API: each field of one gets its rule here, empty or not.
        for (field, value) in method.entries() {
            match field {
                "httpMethod" => Field(value).dropped(tracker, "resolved-reference"),
                "operationName" | "methodResponses" => Field(value).dropped(tracker, "describe-only"),
                "authorizationScopes" | "authorizerId" if crate::field::is_empty(value) => {
                    Field(value).dropped(tracker, "unset");
                }
                _ => {}
            }
        }
        keys(tracker, method);
        validation(tracker, method);
        let kind = method.peek("authorizationType").unwrap_or("NONE").to_owned();
        let by = method.peek("authorizerId").unwrap_or("").to_owned();
        let names = ["authorizationType", "authorizerId", "authorizationScopes"];
        let fields = names.into_iter().filter_map(|name| method.field(name)).collect();
        groups.entry((kind, by)).or_default().push((pattern, fields));
    }
    rest(tracker, plan, start);
    trigger.routes.sort();
    trigger.routes.dedup();
    let timeout = if longest == 0 { TIMEOUT } else { longest };
    let seconds = u32::try_from(timeout.div_ceil(1000)).unwrap_or(29);
    trigger.timeout = Some(Seconds(seconds));
    (super::entries(tracker, groups), seconds)
}

/// What an integration says; gives the milliseconds after which its caller is answered.
fn integration<'a>(tracker: &mut FieldTracker<'a>, method: Object<'a>, at: &str) -> u64 {
    let Some(integration) = method.object("methodIntegration") else { return 0 };
    let mut timeout = 0;
    for (name, value) in integration.entries() {
        let field = Field(value);
        match name {
            "type" if value == "AWS_PROXY" => field.dropped(tracker, "default"),
            "type" => field.blocked(
                tracker,
                "it stays on Lambda: its API makes requests and answers by templates of its own (VTL mappings)",
            ),
            "uri" => field.dropped(tracker, "resolved-reference"),
            "timeoutInMillis" => {
                timeout = crate::field::number(value).unwrap_or(0).min(900_000);
                field.approximated(tracker, format!("{at}/timeout"), "in whole seconds");
            }
            "responseTransferMode" if value == "STREAM" => {
                field.approximated(tracker, format!("{at}/event"), "answers are sent when they are whole");
            }
            "credentials" => field.dropped(tracker, "invoke-permission"),
            "cacheKeyParameters" => field.dropped(tracker, "api-limits"),
            // A proxy integration reads none of these.
            _ => field.dropped(tracker, "proxy-ignores"),
        }
    }
    timeout
}

fn keys<'a>(tracker: &mut FieldTracker<'a>, method: Object<'a>) {
    let Some(field) = method.field("apiKeyRequired") else { return };
    if method.peek_bool("apiKeyRequired") == Some(true) {
        field.blocked(tracker, "it stays on Lambda: its API counts calls by API keys and usage plans");
    } else {
        field.dropped(tracker, "default");
    }
}

/// Requests that are no good were answered by the API itself.
fn validation<'a>(tracker: &mut FieldTracker<'a>, method: Object<'a>) {
    let validated = method.field("requestValidatorId").is_some();
    for name in ["requestValidatorId", "requestModels", "requestParameters"] {
        let Some(field) = method.raw(name) else { continue };
        if validated && !crate::field::is_empty(field.0) {
            let text = "Its API answers requests that are not as it wants them by itself (request validation), and the gateway does \
                        not. Does the handler stand such requests?";
            field.ask_to_drop(tracker, "validation", text, "stands-them");
        } else {
            field.dropped(tracker, "proxy-ignores");
        }
    }
}

/// The rest of the resources: who they are, and methods that lead elsewhere.
fn rest<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, start: &RestApi<'a>) {
    let own = plan.facts.rest.resources.iter().filter(|resource| resource.peek("restApiId") == start.api.peek("id"));
    for resource in own {
        resource.drop_all(tracker, &["restApiId", "id", "parentId", "pathPart"], "resolved-reference");
        if !start.methods.iter().any(|(mine, ..)| mine.is(*resource)) {
            resource.drop_whole(tracker, "other-target");
        }
        for (name, value) in resource.object("resourceMethods").into_iter().flat_map(Object::entries) {
            let mine = start.methods.iter().any(|(of, known, _)| of.is(*resource) && *known == name);
            if mine {
                continue;
            }
            let method = Object::of(value);
            let answers = method.and_then(|method| method.object("methodIntegration")).and_then(|to| to.peek("type"));
            if name == "OPTIONS" && answers == Some("MOCK") {
                super::cors(tracker, Some(Field(value)));
            } else {
                Field(value).dropped(tracker, "other-target");
            }
        }
    }
}

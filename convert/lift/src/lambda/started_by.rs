//! What starts the function: each is a component of its own.

use super::facts::{Facts, Named, is_queue, principals, qualifier};
use crate::field::Object;
use crate::plconfig::ComponentType;
use crate::surroundings::Surroundings;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::ScheduledCall;
use std::collections::BTreeSet;

/// One thing that starts it.
pub(super) struct Start<'a> {
    pub(super) kind: StartKind<'a>,
    /// The version or alias that it starts; none is the function itself.
    pub(super) qualifier: Option<&'a str>,
    /// What the neutral rules read of it.
    pub(super) around: Surroundings<'a>,
    /// What it is called in its cloud, for the name of its component.
    pub(super) name: &'a str,
}

/// What kind of thing it is.
pub(super) enum StartKind<'a> {
    /// An HTTP API.
    Http(HttpApi<'a>),
    /// A REST API.
    Rest(RestApi<'a>),
    /// A function URL.
    Url(Named<'a>),
    /// Target groups of a load balancer.
    Alb,
    /// Callers of the API `Invoke`, by a person's answer.
    Invoke,
    /// A queue.
    Queue(Object<'a>),
    /// A rule or a schedule.
    Clock,
}

/// An HTTP API with what leads through it to the function.
pub(super) struct HttpApi<'a> {
    pub(super) api: Object<'a>,
    pub(super) integrations: Vec<Object<'a>>,
}

/// A REST API with the methods that lead to the function.
pub(super) struct RestApi<'a> {
    pub(super) api: Object<'a>,
    /// Resource, the method's name, the method.
    pub(super) methods: Vec<(Object<'a>, &'a str, Object<'a>)>,
}

impl StartKind<'_> {
    /// How such a component runs.
    pub(super) fn component(&self) -> ComponentType {
        match self {
            Self::Http(_) | Self::Rest(_) | Self::Url(_) | Self::Alb | Self::Invoke => ComponentType::Web,
            Self::Queue(_) => ComponentType::Worker,
            Self::Clock => ComponentType::Cron,
        }
    }
}

/// Everything that starts it. Where nothing does that was read, people are asked who calls it.
pub(super) fn all<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) -> Vec<Start<'a>> {
    let mut all = Vec::new();
    all.extend(facts.http.apis.iter().filter_map(|&api| of_http_api(facts, api)));
    all.extend(facts.rest.apis.iter().filter_map(|&api| of_rest_api(facts, api)));
    all.extend(facts.urls.iter().map(|&url| start(StartKind::Url(url), url.qualifier, "url")));
    if !facts.around.target_groups.is_empty() {
        let group = |statement: &Object<'a>| names_group(*statement);
        let qualified = facts.policies.iter().find(|named| {
            let policy = named.document.object("Policy");
            policy.is_some_and(|policy| policy.objects("Statement").any(|statement| group(&statement)))
        });
        let around = facts.around.load_balancing();
        // What a group sends to says it, where that was read; else the policy that lets it.
        let mut targets = facts.around.target_groups.iter().flat_map(|group| group.objects("Targets"));
        let qualifier = match targets.find_map(|target| target.peek("Id").filter(|id| id.contains(":function:"))) {
            Some(target) => qualifier(target),
            None => qualified.and_then(|named| named.qualifier),
        };
        all.push(Start { kind: StartKind::Alb, qualifier, around, name: "alb" });
    }
    for &mapping in facts.mappings.iter().filter(|mapping| is_queue(**mapping)) {
        let name = mapping.peek("EventSourceArn").and_then(|arn| arn.rsplit(':').next()).unwrap_or("queue");
        let qualifier = mapping.peek("FunctionArn").and_then(qualifier);
        all.push(start(StartKind::Queue(mapping), qualifier, name));
    }
    for &rule in facts.rules.iter().filter(|rule| rule.peek("ScheduleExpression").is_some() || is_open(**rule)) {
        let name = facts.name(tracker);
        let target = rule.objects("Targets").find(|target| starts(target, name)).and_then(|target| target.peek("Arn"));
        let around = Surroundings { rule: Some(rule), ..Surroundings::default() };
        let called = rule.peek("Name").unwrap_or("rule");
        all.push(Start { kind: StartKind::Clock, qualifier: target.and_then(qualifier), around, name: called });
    }
    for &schedule in &facts.schedules {
        let target = schedule.object("Target");
        let called = target.and_then(|target| target.peek("Arn")).and_then(qualifier);
        let around = Surroundings { schedule: Some(schedule), ..Surroundings::default() };
        let name = schedule.peek("Name").unwrap_or("schedule");
        all.push(Start { kind: StartKind::Clock, qualifier: called, around, name });
    }
    if all.is_empty() && !tracker.is_refused() {
        ask_who_calls(tracker, facts, &mut all);
    }
    all
}

/// Whether a rule is no rule for events: then it is asked when it runs.
fn is_open(rule: Object<'_>) -> bool {
    rule.field("EventPattern").is_none()
}

fn start<'a>(kind: StartKind<'a>, qualifier: Option<&'a str>, name: &'a str) -> Start<'a> {
    Start { kind, qualifier, around: Surroundings::default(), name }
}

fn of_http_api<'a>(facts: &Facts<'a>, api: Object<'a>) -> Option<Start<'a>> {
    let id = api.peek("apiId");
    let own = facts.http.integrations.iter().copied().filter(|integration| integration.peek("apiId") == id);
    let integrations: Vec<Object<'a>> = own.collect();
    let uri = integrations.iter().find_map(|integration| integration.peek("integrationUri"));
    let called = uri.and_then(qualifier);
    (!integrations.is_empty()).then(|| {
        let name = api.peek("name").unwrap_or("api");
        start(StartKind::Http(HttpApi { api, integrations }), called, name)
    })
}

fn of_rest_api<'a>(facts: &Facts<'a>, api: Object<'a>) -> Option<Start<'a>> {
    let id = api.peek("id");
    let function = facts.function.and_then(|function| function.own.peek("FunctionName"));
    let mut methods = Vec::new();
    for &resource in facts.rest.resources.iter().filter(|resource| resource.peek("restApiId") == id) {
        let all = resource.object("resourceMethods");
        for (name, method) in all.into_iter().flat_map(Object::entries) {
            let Some(method) = Object::of(method) else { continue };
            let uri = method.object("methodIntegration").and_then(|integration| integration.peek("uri"));
            if uri.is_some_and(|uri| leads(uri, function)) {
                methods.push((resource, name, method));
            }
        }
    }
    let uri = methods.iter().find_map(|(_, _, method)| method.object("methodIntegration")?.peek("uri"));
    let called = uri.and_then(qualifier);
    (!methods.is_empty())
        .then(|| start(StartKind::Rest(RestApi { api, methods }), called, api.peek("name").unwrap_or("api")))
}

/// Whether an integration's URI names the function; one with a stage's variables in the name may.
fn leads(uri: &str, function: Option<&str>) -> bool {
    if !uri.contains(":function:") {
        return false;
    }
    let name = name_of(uri);
    function.is_none_or(|function| function == name) || name.contains("${stageVariables.")
}

fn names_group(statement: Object<'_>) -> bool {
    let services = principals(statement);
    services.contains("elasticloadbalancing.amazonaws.com")
}

/// Nothing that was read starts it: it is asleep, or its callers are programs.
fn ask_who_calls<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, starts: &mut Vec<Start<'a>>) {
    if super::keep::has_pushes(facts) {
        return;
    }
    let callers: BTreeSet<String> = facts.allowed().flat_map(principals).collect();
    let known = if callers.is_empty() {
        "Nothing that was read calls it".to_owned()
    } else {
        let callers: Vec<String> = callers.iter().map(|caller| format!("`{caller}`")).collect();
        format!("Nothing that was read calls it, but its policy lets {}", callers.join(", "))
    };
    let id = tracker.question_id("calls", "");
    let text = format!(
        "{known}. Do programs call it by `Invoke` (`invoke`: they get the address of its Service as the endpoint of Lambda), does \
         it stay on Lambda (`stays`), or can it be retired (`retired`)?"
    );
    match tracker.ask(id, &text, &["invoke", "stays", "retired"], Some("invoke")) {
        Asked::Given("stays") => tracker.refuse("it stays on Lambda: a person says so"),
        Asked::Given("retired") => tracker.refuse("it is retired: a person says that nothing calls it"),
        Asked::Given(_) => {}
        Asked::Open(_) => tracker.hold("nobody said who calls it"),
    }
    starts.push(start(StartKind::Invoke, None, "invoke"));
}

/// Whether a target of a rule or a schedule starts the function of this name: by its ARN, or as a universal target.
pub(super) fn starts(target: &Object<'_>, name: &str) -> bool {
    let called = match ScheduledCall::of(target.map()) {
        Some(call) if call.service == "lambda" => call.text("functionName").map(str::to_owned),
        Some(_) => None,
        None => target.peek("Arn").map(str::to_owned),
    };
    called.is_some_and(|called| name_of(&called) == name)
}

/// The name in a function's ARN, or a name itself, without the version or alias behind it.
fn name_of(called: &str) -> &str {
    let rest = called.split_once(":function:").map_or(called, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or(rest)
}

//! The stage of an API that runs, and what its settings did.

use crate::field::{Field, Object};
use crate::plconfig::HttpTrigger;
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};

/// What only describes a stage.
const DESCRIBED: [&str; 10] = [
    "deploymentId",
    "createdDate",
    "lastUpdatedDate",
    "description",
    "autoDeploy",
    "lastDeploymentStatusMessage",
    "documentationVersion",
    "cacheClusterStatus",
    "apiGatewayManaged",
    "cacheClusterSize",
];

/// Chooses the stage that events name: the one that a domain is mapped to, `$default`, or the only one. `wanted` are the
/// stages that mappings name.
pub(super) fn choose<'a>(
    tracker: &mut FieldTracker<'a>,
    stages: &[Object<'a>],
    wanted: &[&'a str],
) -> Option<Object<'a>> {
    let named = |name: &str| stages.iter().find(|stage| stage.peek("stageName") == Some(name)).copied();
    let is_wanted = |stage: &&Object<'a>| stage.peek("stageName").is_some_and(|name| wanted.contains(&name));
    let mapped: Vec<Object<'a>> = stages.iter().filter(is_wanted).copied().collect();
    match (mapped.as_slice(), stages) {
        ([one], _) | ([], [one]) => Some(*one),
        ([], []) => None,
        ([], _) if named("$default").is_some() => named("$default"),
        _ => {
            let names: Vec<&str> = stages.iter().filter_map(|stage| stage.peek("stageName")).collect();
            let id = tracker.question_id("stage", "");
            let text = format!("Its API has the stages {}. Which one is this?", names.join(", "));
            match tracker.ask(id, &text, &names, names.first().copied()) {
                Asked::Given(name) => named(name),
                Asked::Open(_) => {
                    tracker.hold("nobody said which stage of its API it is");
                    names.first().and_then(|name| named(name))
                }
            }
        }
    }
}

/// What the chosen stage says to the handler; what closes the API by a firewall is given back.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    stage: Object<'a>,
    at: &str,
    trigger: &mut HttpTrigger,
) -> Option<Field<'a>> {
    stage.drop_all(tracker, &["restApiId", "apiId"], "resolved-reference");
    stage.drop_all(tracker, &DESCRIBED, "describe-only");
    stage.drop_all(tracker, &["accessLogSettings"], "platform-logs");
    stage.drop_all(tracker, &["clientCertificateId"], "api-client-certificate");
    stage.drop_all(tracker, &["tags"], "api-tags");
    if let Some(field) = stage.field("stageName") {
        match stage.peek("stageName") {
            Some("$default") => field.dropped(tracker, "default"),
            _ => {
                trigger.stage = tracker.text(field.0, Kind::Free).map(Into::into);
                field.exact(tracker, format!("{at}/stage"));
            }
        }
    }
    for name in ["variables", "stageVariables"] {
        for (variable, value) in stage.object(name).into_iter().flat_map(Object::entries) {
            let Some(text) = tracker.text(value, Kind::Free) else { continue };
            Field(value).exact(tracker, format!("{at}/stage_variables"));
            trigger.stage_variables.insert(variable.to_owned(), text.into_owned());
        }
    }
    for name in ["methodSettings", "defaultRouteSettings", "routeSettings"] {
        if let Some(field) = stage.field(name) {
            let note = "limits on calls, caches and logs of the API: the gateway has none for it";
            field.dropped_because(tracker, "api-limits", note);
        }
    }
    if let Some(field) = stage.field("tracingEnabled") {
        field.dropped(tracker, "tracing");
    }
    if stage.peek_bool("cacheClusterEnabled") == Some(true) {
        if let Some(field) = stage.field("cacheClusterEnabled") {
            let text =
                "API Gateway keeps answers of its stage in a cache, and the gateway does not. Can it do without?";
            field.ask_to_drop(tracker, "api-cache", text, "without");
        }
    } else {
        stage.drop_all(tracker, &["cacheClusterEnabled"], "default");
    }
    if let Some(field) = stage.field("canarySettings") {
        let text = "Its stage sends a share of the calls to another deployment (a canary). Has that ended?";
        field.ask_to_drop(tracker, "api-canary", text, "ended");
    }
    stage.field("webAclArn")
}

/// Stages that are not this one.
pub(super) fn others<'a>(tracker: &mut FieldTracker<'a>, stages: &[Object<'a>], chosen: Option<Object<'a>>) {
    for stage in stages.iter().filter(|stage| !chosen.is_some_and(|chosen| stage.is(chosen))) {
        stage.drop_whole(tracker, "other-stage");
    }
}

//! The configuration of the front of a function: a file of each component that runs it.

use crate::images::FRONT_CONFIG;
use crate::{Platform, yaml};
use caravan_convert_lift::plconfig::{
    Component, ComponentType, Function, HttpTrigger, PlConfig, ScheduleTrigger, Seconds, SqsTrigger, Trigger,
};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The folder in which layers bring external extensions.
const EXTENSIONS: &str = "/opt/extensions";
/// Seconds between the end that the front plans for itself and the one by force.
const SPARE: u32 = 2;

/// The same plconfig with the file of each component that runs the function.
///
/// # Errors
/// Never in practice: only when memory can't be written to.
pub(super) fn written<'c>(config: &'c PlConfig, platform: &Platform) -> Result<Cow<'c, PlConfig>, super::RenderError> {
    let Some(function) = &config.function else { return Ok(Cow::Borrowed(config)) };
    let mut out = config.clone();
    for (key, component) in &mut out.components {
        let Some(document) = document(function, component, platform) else { continue };
        let mut text = String::with_capacity(512);
        yaml::write(&mut text, &document)
            .map_err(|error| super::RenderError::new(format!("components.{key}.trigger"), error.to_string()))?;
        component.files.insert(FRONT_CONFIG.to_owned(), text);
    }
    Ok(Cow::Owned(out))
}

/// The document, in the words of the front.
#[derive(Serialize)]
struct Document<'a> {
    function: About<'a>,
    command: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency: Option<u32>,
    drain_seconds: u32,
    source: Source<'a>,
}

#[derive(Serialize)]
struct About<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    account: &'a str,
    region: &'a str,
    handler: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    runtime: Option<&'a str>,
    memory_mb: u32,
    timeout_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    init_timeout_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_group: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Source<'a> {
    Http(Http<'a>),
    Sqs(Sqs<'a>),
    Schedule(Schedule<'a>),
}

#[derive(Serialize)]
struct Http<'a> {
    listen: String,
    event: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    routes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    api_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stage_variables: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    binary_media_types: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    target_group_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoke_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    integration_timeout_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Sqs<'a> {
    queue_url: &'a str,
    queue_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_window_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filters: Vec<Filter<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_batch_item_failures: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Filter<'a> {
    #[serde(rename = "Pattern")]
    pattern: &'a str,
}

#[derive(Serialize)]
struct Schedule<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_retries: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_event_age_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_arn: Option<&'a str>,
}

/// What a component's front reads; none for a component that runs something else.
fn document<'a>(function: &'a Function, component: &'a Component, platform: &'a Platform) -> Option<Document<'a>> {
    let source = source(component.trigger.as_ref()?, component.port)?;
    Some(Document {
        function: About {
            name: &function.name,
            version: function.version.as_deref(),
            account: &function.account,
            region: function.region.as_deref().unwrap_or(&platform.region),
            handler: &function.handler,
            runtime: function.runtime.as_deref(),
            memory_mb: function.memory,
            timeout_seconds: function.timeout.0,
            init_timeout_seconds: seconds(function.init),
            log_group: function.log_group.as_deref(),
        },
        command: function.client_command()?,
        // Only layers and whole images bring extensions.
        extensions: (!function.layers.is_empty() || function.code.image.is_some()).then_some(EXTENSIONS),
        concurrency: component.concurrency,
        drain_seconds: drain(component),
        source,
    })
}

fn source(trigger: &Trigger, port: Option<u16>) -> Option<Source<'_>> {
    match (&trigger.http, &trigger.sqs, &trigger.schedule) {
        (Some(http), _, _) => Some(Source::Http(of_http(http, port?))),
        (_, Some(sqs), _) => Some(Source::Sqs(of_sqs(sqs))),
        (_, _, Some(schedule)) => Some(Source::Schedule(of_schedule(schedule))),
        _ => None,
    }
}

fn of_http(http: &HttpTrigger, port: u16) -> Http<'_> {
    Http {
        listen: format!("0.0.0.0:{port}"),
        event: http.event.as_str(),
        routes: &http.routes,
        api_id: http.api.as_deref(),
        stage: http.stage.as_deref(),
        stage_variables: &http.stage_variables,
        binary_media_types: &http.binary,
        target_group_arn: http.target_group.as_deref(),
        multi_value_headers: http.multi_value,
        invoke_mode: http.stream.map(|stream| if stream { "response-stream" } else { "buffered" }),
        integration_timeout_seconds: seconds(http.timeout),
    }
}

fn of_sqs(sqs: &SqsTrigger) -> Sqs<'_> {
    Sqs {
        queue_url: &sqs.queue,
        queue_arn: &sqs.arn,
        batch_size: sqs.batch,
        batch_window_seconds: seconds(sqs.window),
        filters: sqs.filters.iter().map(|pattern| Filter { pattern }).collect(),
        report_batch_item_failures: sqs.partial,
        visibility_seconds: seconds(sqs.visibility),
    }
}

fn of_schedule(schedule: &ScheduleTrigger) -> Schedule<'_> {
    Schedule {
        max_retries: schedule.retries,
        max_event_age_seconds: seconds(schedule.max_age),
        rule_arn: schedule.rule.as_deref(),
    }
}

fn seconds(length: Option<Seconds>) -> Option<u32> {
    length.map(|length| length.0)
}

/// What a front may take to end: what is left of the time to stop once its container is told.
fn drain(component: &Component) -> u32 {
    let (stop, before) = super::pod::lengths(component);
    let before = if component.kind == ComponentType::Cron { 0 } else { before };
    stop.saturating_sub(before).saturating_sub(SPARE).max(1)
}

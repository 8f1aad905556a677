//! What an app that runs a function must say, and what its front would refuse.

use super::checked::{Checked, ensure, invalid};
use super::component::{Component, ComponentType};
use super::file::PlConfig;
use super::function::Function;
use super::runtime::Runtime;
use super::trigger::{HttpEvent, HttpTrigger, ScheduleTrigger, SqsTrigger};

/// The longest that an invocation, or a process that comes up, may take (Lambda's quota).
const LONGEST: u32 = 900;

/// What holds for the whole app.
pub(super) fn app(config: &PlConfig) -> Checked {
    let Some(function) = &config.function else { return Ok(()) };
    let used = config.components.values().any(|component| component.trigger.is_some());
    ensure(used, "function", "has no effect: no component has a `trigger`")?;
    self::function(function)?;
    let built = config.image.is_none() && config.components.values().any(|c| c.trigger.is_some() && c.image.is_none());
    if function.base.is_some() {
        ensure(function.runtime.is_some() && built, "function.base", "has no effect: no image is built on it")?;
    }
    Ok(())
}

fn function(function: &Function) -> Checked {
    let at = |field: &str| format!("function.{field}");
    ensure(!function.name.is_empty(), &at("name"), "is missing")?;
    let twelve = function.account.len() == 12 && function.account.bytes().all(|byte| byte.is_ascii_digit());
    ensure(twelve, &at("account"), "is no account of twelve digits")?;
    for (field, length) in [("timeout", Some(function.timeout)), ("init", function.init)] {
        let fits = length.is_none_or(|length| (1..=LONGEST).contains(&length.0));
        ensure(fits, &at(field), "is not between 1 s and 15 min")?;
    }
    ensure(function.memory > 0, &at("memory"), "is 0")?;
    let code = &function.code;
    let places = [&code.sha256, &code.folder, &code.image].into_iter().flatten().count();
    ensure(places == 1, &at("code"), "is exactly one of `sha256`, `folder` and `image`")?;
    let command = function.command.as_ref().is_none_or(|words| words.first().is_some_and(|word| !word.is_empty()));
    ensure(command, &at("command"), "names no program")?;
    let known = |id: &Option<String>| id.as_deref().is_none_or(|id| Runtime::known(id).is_some());
    if function.base.is_some() {
        ensure(known(&function.base), &at("base"), "is no runtime with a base that is known")?;
    }
    let built = code.image.is_some() || function.built_on().is_some();
    ensure(built, &at("runtime"), "is none with a base that is known: say `base`, the nearest one that has one")?;
    ensure(function.client_command().is_some(), &at("command"), "is missing: nothing says what starts its client")?;
    let hashes = code.sha256.iter().map(|hash| (at("code.sha256"), hash));
    let layers = function.layers.iter().filter_map(|layer| Some((at("layers"), layer.sha256.as_ref()?)));
    for (place, hash) in hashes.chain(layers) {
        let fits = hash.len() == 44 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
        ensure(fits, &place, "has a SHA-256 that is none in base64")?;
    }
    let arns = function.layers.iter().all(|layer| layer.arn.starts_with("arn:") && layer.arn.split(':').count() == 8);
    ensure(arns, &at("layers"), "have an `arn` that is none of a layer's version")?;
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    for (field, text) in [
        ("version", function.version.as_deref()),
        ("region", function.region.as_deref()),
        ("runtime", function.runtime.as_deref()),
        ("base", function.base.as_deref()),
        ("code.image", code.image.as_deref()),
        ("code.folder", code.folder.as_deref()),
    ] {
        ensure(text.is_none_or(plain), &at(field), "is empty, or has characters that such a name has not")?;
    }
    Ok(())
}

/// What holds for one component.
pub(super) fn component(at: &str, component: &Component, config: &PlConfig) -> Checked {
    let place = |field: &str| format!("{at}.{field}");
    let runs_on = matches!(component.kind, ComponentType::Web | ComponentType::Worker);
    let Some(trigger) = &component.trigger else {
        let text = "has no effect without a `trigger`: only processes behind a front are counted";
        return ensure(component.concurrency.is_none(), &place("concurrency"), text);
    };
    ensure(config.function.is_some(), &place("trigger"), "needs the `function` that it starts")?;
    let of_kind = match (&trigger.http, &trigger.sqs, &trigger.schedule) {
        (Some(_), None, None) => ComponentType::Web,
        (None, Some(_), None) => ComponentType::Worker,
        (None, None, Some(_)) => ComponentType::Cron,
        _ => return Err(invalid(&place("trigger"), "is exactly one of `http`, `sqs` and `schedule`")),
    };
    let text = "does not fit: `http` is of a web component, `sqs` of a worker, `schedule` of a cron component";
    ensure(component.kind == of_kind, &place("trigger"), text)?;
    if let Some(count) = component.concurrency {
        ensure(runs_on, &place("concurrency"), "has no effect: a run is one invocation")?;
        ensure((1..=1000).contains(&count), &place("concurrency"), "is not between 1 and 1000 processes")?;
    }
    if let Some(http) = &trigger.http {
        self::http(&place("trigger.http"), http)?;
    }
    if let Some(sqs) = &trigger.sqs {
        let timeout = config.function.as_ref().map_or(3, |function| function.timeout.0);
        self::sqs(&place("trigger.sqs"), sqs, timeout)?;
    }
    trigger.schedule.as_ref().map_or(Ok(()), |schedule| self::schedule(&place("trigger.schedule"), schedule))
}

fn http(at: &str, http: &HttpTrigger) -> Checked {
    let of = |holds: bool, there: bool, field: &str, whose: &str| {
        ensure(holds || !there, &format!("{at}.{field}"), &format!("has no effect: only {whose} have it"))
    };
    let api = http.event.is_api();
    of(api, !http.routes.is_empty(), "routes", "APIs")?;
    of(api, !http.stage_variables.is_empty(), "stage_variables", "APIs")?;
    of(api, http.stage.is_some(), "stage", "APIs")?;
    of(api || http.event == HttpEvent::Url, http.api.is_some(), "api", "APIs and function URLs")?;
    of(http.event == HttpEvent::Rest, !http.binary.is_empty(), "binary", "REST APIs")?;
    of(http.event == HttpEvent::Url, http.stream.is_some(), "stream", "function URLs")?;
    of(http.event == HttpEvent::Alb, http.multi_value.is_some(), "multi_value", "load balancers")?;
    of(http.event == HttpEvent::Alb, http.target_group.is_some(), "target_group", "load balancers")?;
    let named = http.event != HttpEvent::Alb || http.target_group.is_some();
    ensure(named, &format!("{at}.target_group"), "is missing: each event of a load balancer names it")?;
    ensure(
        http.timeout.is_none_or(|length| length.0 > 0),
        &format!("{at}.timeout"),
        "is 0: no caller would be answered",
    )?;
    let mut seen = std::collections::BTreeSet::new();
    for route in &http.routes {
        let path = route.split_once(' ').map(|(_, path)| path);
        let known =
            route == "$default" && http.event != HttpEvent::Rest || path.is_some_and(|path| path.starts_with('/'));
        ensure(known, &format!("{at}.routes"), &format!("`{route}` is no route such as `GET /orders/{{id}}`"))?;
        ensure(seen.insert(route), &format!("{at}.routes"), &format!("`{route}` stands there twice"))?;
    }
    Ok(())
}

fn sqs(at: &str, sqs: &SqsTrigger, timeout: u32) -> Checked {
    let place = |field: &str| format!("{at}.{field}");
    let url = sqs.queue.starts_with("https://") || sqs.queue.starts_with("http://");
    ensure(url, &place("queue"), "is no URL of a queue")?;
    ensure(sqs.arn.split(':').count() == 6, &place("arn"), "is no ARN of a queue: arn:aws:sqs:REGION:ACCOUNT:NAME")?;
    let fifo = sqs.queue.ends_with(".fifo");
    let (batch, window) = (sqs.batch.unwrap_or(10), sqs.window.map_or(0, |window| window.0));
    let most = if fifo { 10 } else { 10_000 };
    ensure((1..=most).contains(&batch), &place("batch"), &format!("is not between 1 and {most}"))?;
    ensure(batch <= 10 || window > 0, &place("batch"), "is above 10, which needs a `window`")?;
    ensure(window <= 300, &place("window"), "is above 300 s, Lambda's bound")?;
    ensure(!fifo || window == 0, &place("window"), "is given, but FIFO queues have none")?;
    ensure(sqs.filters.len() <= 10, &place("filters"), "are more than 10, Lambda's bound")?;
    let object = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object());
    ensure(sqs.filters.iter().all(object), &place("filters"), "have one that is no JSON object")?;
    let hidden = sqs.visibility.is_none_or(|length| (10..=43_200).contains(&length.0));
    ensure(hidden, &place("visibility"), "is not between 10 s and 12 h")?;
    ensure(
        timeout.saturating_add(window) <= 43_000,
        &place("window"),
        "is, with the timeout, longer than SQS hides a message",
    )
}

fn schedule(at: &str, schedule: &ScheduleTrigger) -> Checked {
    let retries = schedule.retries.is_none_or(|count| count <= 2);
    ensure(retries, &format!("{at}.retries"), "is above 2, Lambda's bound")?;
    let age = schedule.max_age.is_none_or(|length| (60..=21_600).contains(&length.0));
    ensure(age, &format!("{at}.max_age"), "is not between 1 min and 6 h, Lambda's bounds")
}

//! Lambda functions: one app for each, one component for each thing that starts it, all of them the same image with a
//! front before the handler.
//!
//! One file for each subject; every rule's name stands in `docs/mapping-lambda.md`.

mod accounted;
mod asynchronous;
mod clock;
mod code;
mod concurrency;
mod environment;
mod facts;
mod function;
mod http;
mod keep;
mod label;
mod pattern;
mod policy;
mod queue;
mod sizes;
mod started_by;
mod storage;
mod surroundings;
mod tags;
mod version;

use crate::context::Context;
use crate::plconfig::{Component, ComponentType, Health, HealthProbe, PlConfig, Seconds, Spot};
use crate::suspension;
use crate::tracker::FieldTracker;
use facts::Facts;
use started_by::{Start, StartKind};
use version::Unit;

/// The port on which a front takes requests.
const PORT: u16 = 8080;
/// The port on which it tells how it is.
const ADMIN: u16 = 9090;
/// Seconds in which a process must come up, where Lambda said nothing else (Lambda developer guide, "Init phase").
const INIT: u32 = 10;
/// Seconds that a front goes on taking requests after it was told to stop, until no route leads to it any more.
const DRAIN: u32 = 10;
/// Seconds for the end itself.
const END: u32 = 5;

/// Lifts a function; none when it stays on Lambda or something stands in the way.
pub(crate) fn lift<'a>(tracker: &mut FieldTracker<'a>) -> Option<PlConfig> {
    if tracker.source.part.is_some() {
        tracker.refuse("a function is one app, and no part of it can be another");
    }
    let facts = Facts::read(tracker);
    keep::decide(tracker, &facts);
    let starts = started_by::all(tracker, &facts);
    if tracker.is_refused() {
        keep::leave(tracker);
        return None;
    }
    let unit = version::choose(tracker, &facts, &starts)?;
    let mut config = PlConfig {
        app: tracker.source.app.to_owned(),
        team: tracker.source.workload.team.as_str().to_owned(),
        ..PlConfig::default()
    };
    // What all of its components have.
    let mut shared = Component { spot: Some(Spot::Never), ..Component::default() };
    function::map(tracker, &facts, &unit, &mut config);
    code::map(tracker, &facts, &unit, &mut config, &mut shared);
    environment::map(tracker, &unit, &mut config);
    sizes::map(tracker, &unit, &mut shared);
    storage::map(tracker, &unit, &mut shared);
    surroundings::map(tracker, &unit, &mut config);
    tags::map(tracker, &facts, &unit, &mut shared);
    policy::map(tracker, &facts, &starts);
    accounted::unread(tracker, &facts);
    let timeout = config.function.as_ref().map_or(3, |function| function.timeout.0);

    let names = label::names(tracker, &starts);
    let single = starts.len() == 1;
    for (start, name) in starts.iter().zip(&names) {
        let whole = tracker.enter((!single).then_some(name.as_str()));
        let mut component = Component { kind: start.kind.component(), ..shared.clone() };
        run(&mut component, timeout);
        let context = Context {
            around: &start.around,
            kind: component.kind,
            component: name,
            runs: true,
            balanced: matches!(start.kind, StartKind::Alb),
        };
        let plan = Plan { facts: &facts, unit: &unit, context, start, timeout };
        started(tracker, &plan, &mut config, &mut component);
        tracker.leave(whole);
        config.components.insert(name.clone(), component);
    }
    accounted::rest(tracker, &facts, &unit);
    Some(config)
}

/// What every rule for one component needs to know.
struct Plan<'p, 'a> {
    facts: &'p Facts<'a>,
    unit: &'p Unit<'a>,
    context: Context<'p, 'a>,
    start: &'p Start<'a>,
    /// Seconds that one invocation may take.
    timeout: u32,
}

/// How a front is run: its ports, how to tell that it is well, how it stops.
fn run(component: &mut Component, timeout: u32) {
    if component.kind == ComponentType::Cron {
        return;
    }
    let probe = |path: &str| HealthProbe { path: Some(path.to_owned()), port: Some(ADMIN), ..HealthProbe::default() };
    component.health =
        Some(Health { ready: Some(probe("/readyz")), live: Some(probe("/healthz")), startup: Some(Seconds(INIT * 3)) });
    component.ports.insert("admin".to_owned(), ADMIN.to_string());
    let drain = if component.kind == ComponentType::Web { DRAIN } else { 0 };
    component.stop = Some(Seconds(drain + timeout + END));
    if component.kind == ComponentType::Web {
        component.port = Some(PORT);
        component.drain = Some(Seconds(drain));
    }
}

/// What starts it, and what of that keeps it from starting now.
fn started<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, config: &mut PlConfig, component: &mut Component) {
    match &plan.start.kind {
        StartKind::Http(api) => http::http_api(tracker, plan, api, config, component),
        StartKind::Rest(api) => http::rest_api(tracker, plan, api, config, component),
        StartKind::Url(url) => http::url(tracker, plan, *url, config, component),
        StartKind::Alb => http::balancer(tracker, plan, config, component),
        StartKind::Invoke => http::invoke(component),
        StartKind::Queue(mapping) => queue::map(tracker, plan, *mapping, component),
        StartKind::Clock => clock::map(tracker, plan, config, component),
    }
    match component.kind {
        ComponentType::Cron => concurrency::of_clock(tracker, plan),
        _ => concurrency::map(tracker, plan, component),
    }
    if component.kind == ComponentType::Web {
        // It answers when it is asked, and does nothing else.
        suspension::held(tracker, component);
    } else {
        suspension::map(tracker, &plan.context, &[], component);
    }
}

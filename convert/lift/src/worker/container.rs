//! Class 2: the script runs as it is, in workerd.

use super::Plan;
use super::beside::{self, Beside, Called};
use super::routes::{Unfit, written};
use super::runtime::{self, Environment};
use super::secrets::Names;
use super::uses::Uses;
use super::{bindings, clock, hosts, through_gateway, uses};
use crate::field::Field;
use crate::plconfig::{
    Component, ComponentType, Ingress, PlConfig, Resources, Route, Seconds, Spot, WORKERD, WORKERD_DAY, Worker,
    WorkerBeside, WorkerOrigin,
};
use crate::tracker::{Asked, FieldTracker, push_step};
use std::collections::BTreeSet;

/// The port on which workerd takes requests.
const PORT: u16 = 8080;
/// What an isolate may take on Cloudflare (Workers, "Limits", 128 MB), and about what workerd takes itself.
const MEMORY: &str = "192Mi";
const CPU: &str = "100m";

/// The component, and what the whole app has; none where it can't run.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &mut Plan<'a>,
    app: &mut PlConfig,
    why: &Unfit,
) -> Option<Component> {
    let mut uses = Uses::of(&plan.modules.0);
    bindings::refuse(tracker, plan.config);
    uses::without_substitute(&uses).iter().for_each(|reason| tracker.refuse(reason));
    plan.clocks = clock::read(tracker, plan, &uses);
    let mut worker = Worker::default();
    dates(tracker, plan, &mut worker);
    let Beside { called, bindings } = beside::read(tracker, plan);
    let bound = bindings.values().chain(called.iter().flat_map(|one| one.bindings.values()));
    if !plan.clocks.is_empty() && bound.into_iter().any(beside::is_own) {
        tracker.refuse(
            "it is called by a service binding of its own, or by a Worker that it calls, and has a cron trigger: a run by the clock has \
             nothing that takes these calls. Let it call the function itself",
        );
    }
    let reads = uses.names.clone();
    called.iter().for_each(|one| uses.and(&one.uses));
    let modules = plan.modules.0.clone();
    let names = Names::of(modules.iter().chain(called.iter().flat_map(|one| &one.modules.0)));
    ask_uses(tracker, plan, &uses);
    through_gateway::ask(tracker, plan, &called);
    worker.bindings = bindings;
    let own = Environment {
        config: plan.config,
        reads: &reads,
        secrets: names.within(&modules),
        beside: None,
        app: &mut *app,
        bindings: &mut worker.bindings,
    };
    runtime::map(tracker, plan, own);
    worker.origin = origin(tracker, plan, &uses, &called);
    worker.modules = plan.modules.carried(
        tracker,
        "/worker/modules",
        &format!("no route can say what it does: {}", why.0),
        &names,
    )?;
    for one in called {
        let (key, part) = part(tracker, plan, one, &names, app)?;
        worker.beside.insert(key, part);
    }
    app.worker = Some(worker);
    let resources = Resources { cpu: Some(CPU.to_owned()), memory: Some(MEMORY.to_owned()), ..Resources::default() };
    Some(Component {
        kind: ComponentType::Web,
        port: Some(PORT),
        resources: Some(resources),
        spot: Some(Spot::Never),
        ingress: Some(ingress(plan)),
        ..Component::default()
    })
}

/// Which day's behaviour it wants.
fn dates<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'a>, worker: &mut Worker) {
    match plan.config.field("compatibility_date").zip(plan.config.peek("compatibility_date")) {
        Some((field, date)) if date.parse::<jiff::civil::Date>().is_err() => {
            field.blocked(tracker, "its `compatibility_date` is no date: say the one that it is deployed with");
        }
        Some((field, date)) if date > WORKERD_DAY => field.blocked(
            tracker,
            format!(
                "it is written for {date}, and workerd {WORKERD} knows no day after {WORKERD_DAY}: take a newer caravan"
            ),
        ),
        Some((field, date)) => {
            field.exact(tracker, "/worker/compatibility_date");
            date.clone_into(&mut worker.compatibility_date);
        }
        None => tracker.refuse("its configuration has no `compatibility_date`: say the one that it is deployed with"),
    }
    for flag in plan.config.list("compatibility_flags") {
        Field(flag).exact(tracker, "/worker/compatibility_flags");
        worker.compatibility_flags.extend(flag.as_str().map(str::to_owned));
    }
}

/// A Worker that runs beside the app's own.
fn part<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &mut Plan<'a>,
    called: Called<'a>,
    names: &Names,
    app: &mut PlConfig,
) -> Option<(String, WorkerBeside)> {
    beside::account(tracker, &called);
    let key = beside::key(called.name);
    let mut target = "/worker/beside".to_owned();
    push_step(&mut target, &key);
    let Called { name, config, modules, uses, mut bindings } = called;
    let own = Environment {
        config,
        reads: &uses.names,
        secrets: names.within(&modules.0),
        beside: Some(crate::moved_secret::Beside { key: &key, name }),
        app,
        bindings: &mut bindings,
    };
    runtime::map(tracker, plan, own);
    let modules = modules.carried(tracker, &format!("{target}/modules"), "it is called by a service binding", names)?;
    let flags = config.list("compatibility_flags").iter().filter_map(|flag| flag.as_str().map(str::to_owned));
    let part = WorkerBeside {
        compatibility_date: config.peek("compatibility_date").unwrap_or_default().to_owned(),
        compatibility_flags: flags.collect(),
        modules,
        bindings,
    };
    Some((key, part))
}

/// What it does without, if somebody says so.
fn ask_uses<'a>(tracker: &mut FieldTracker<'a>, plan: &mut Plan<'a>, uses: &Uses) {
    if !uses.cloudflare.is_empty() {
        let named: Vec<String> = uses.cloudflare.iter().map(|one| format!("`{one}`")).collect();
        let id = tracker.question_id("cloudflare-data", "");
        let text = format!(
            "Its script reads {}, which Cloudflare fills and nothing else does. Does it do the same without (`without`)?",
            named.join(", ")
        );
        if let Asked::Open(id) = tracker.ask(id, &text, &["without"], None) {
            plan.close(tracker, id, "its script reads what only Cloudflare fills");
        }
    }
    if uses.fetch_options && uses.fetches {
        let id = tracker.question_id("fetch-options", "");
        let text = "Its script fetches with options in `cf` (a cache, an image, another origin), which only Cloudflare follows: outside \
                    they are passed over. Does it do the same without (`without`)?";
        if let Asked::Open(id) = tracker.ask(id, text, &["without"], None) {
            plan.close(tracker, id, "its script fetches with options that only Cloudflare follows");
        }
    }
    if uses.passes_through {
        let id = tracker.question_id("pass-through", "");
        let text = "When its script fails, Cloudflare sends the request on to the origin (`passThroughOnException`); outside, the caller gets \
                    an error. May that be (`error`)?";
        if let Asked::Open(id) = tracker.ask(id, text, &["error"], None) {
            plan.close(tracker, id, "its script lets failed requests through to an origin");
        }
    }
}

/// Where its own hosts' origin is: on Cloudflare a request of the script to its own host goes there, outside it would come back.
fn origin<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &mut Plan<'a>,
    uses: &Uses,
    called: &[Called<'a>],
) -> Option<WorkerOrigin> {
    let mut own: BTreeSet<String> = plan.hosts.patterns.iter().map(|pattern| pattern.host.clone()).collect();
    own.extend(called.iter().flat_map(|one| hosts::of_config(one.config)));
    let names_own = uses.hosts.iter().any(|host| {
        let host = host.split(':').next().unwrap_or(host);
        own.iter().any(|own| own == host || own.strip_prefix('*').is_some_and(|suffix| host.ends_with(suffix)))
    });
    if !uses.fetches || !(uses.fetches_anywhere || names_own) {
        return None;
    }
    let hosts: Vec<String> = own.into_iter().collect();
    let id = tracker.question_id("origin", "");
    let text = "Its script fetches addresses that its text does not name, or its own. On Cloudflare a request to one of its own hosts goes to \
                the origin behind them; outside it would come back to the Worker for ever. Where is that origin (such as \
                `https://origin.example.com`), or does the script never ask its own hosts (`none`)?";
    let usable = |answer: &str| {
        let given = WorkerOrigin { hosts: Vec::new(), address: answer.to_owned() };
        answer == "none" || given.parts().is_some_and(|(_, host, _)| !hosts.iter().any(|own| own == host))
    };
    match tracker.ask_for(id, text, &[], None, usable) {
        Asked::Given("none") => None,
        Asked::Given(_) if hosts.is_empty() => None,
        Asked::Given(address) => Some(WorkerOrigin { hosts, address: address.to_owned() }),
        Asked::Open(id) => {
            plan.close(tracker, id, "nobody said where its script's requests to its own hosts go");
            None
        }
    }
}

/// Its hosts and paths, without a bound on how long an answer takes: a Worker has none as long as its caller waits.
fn ingress(plan: &Plan<'_>) -> Ingress {
    let whole = plan.hosts.patterns.iter().all(|pattern| pattern.path.is_none());
    let base = Ingress { own_host: Some(false), idle_timeout: Some(Seconds(0)), ..Ingress::default() };
    if whole {
        let hosts = plan.hosts.patterns.iter().map(|pattern| pattern.host.clone()).collect();
        return Ingress { hosts, ..base };
    }
    let route = |pattern: &super::hosts::Pattern| Route {
        hosts: vec![pattern.host.clone()],
        paths: written(pattern.path.as_ref()).into_iter().collect(),
        ..Route::default()
    };
    Ingress { routes: plan.hosts.patterns.iter().map(route).collect(), ..base }
}

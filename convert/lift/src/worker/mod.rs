//! Cloudflare Workers: routes of the gateway where the script does nothing but answer (class 1), a container with workerd where it
//! does more (class 2), a refusal with its reason where it needs what only Cloudflare has (class 3).
//!
//! One file for each subject; every rule's name stands in `docs/mapping-workers.md`.

mod beside;
mod bindings;
mod clock;
mod container;
mod environment;
mod exported;
mod hosts;
mod module;
mod routes;
mod runtime;
mod secrets;
mod settings;
mod through_gateway;
mod uses;

pub use clock::{is_same_clock, schedule_of_trigger};
pub(crate) use hosts::hosts_of;

use crate::field::{Field, Object};
use crate::plconfig::{Component, ComponentType, Ingress, PlConfig};
use crate::suspension;
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, QuestionId};
use hosts::Hosts;
use module::Modules;

/// The component's name.
const COMPONENT: &str = "web";

/// A Worker on its way.
struct Plan<'a> {
    config: Object<'a>,
    modules: Modules<'a>,
    hosts: Hosts,
    /// When its `scheduled` is called.
    clocks: Vec<clock::Clock>,
    /// The first question that nobody answered and that decides what it does: then no route leads to it.
    closed: Option<QuestionId>,
}

impl Plan<'_> {
    /// Keeps it closed until this is answered.
    fn close(&mut self, tracker: &mut FieldTracker<'_>, id: QuestionId, why: &'static str) {
        tracker.hold(why);
        self.closed.get_or_insert(id);
    }
}

/// Lifts a Worker; none when it stays where it is.
pub(crate) fn lift<'a>(tracker: &mut FieldTracker<'a>) -> Option<PlConfig> {
    if tracker.source.part.is_some() {
        tracker.refuse("a Worker is one app, and no part of it can be another");
    }
    let Some(config) = configuration(tracker) else {
        unread(tracker);
        return None;
    };
    beside::set_aside(tracker);
    let modules = module::read(tracker, config)?;
    let mut plan = Plan { config, modules, hosts: Hosts::default(), clocks: Vec::new(), closed: None };
    hosts::map(tracker, &mut plan);
    let decided = routes::of_script(&plan);
    let mut app = PlConfig {
        app: tracker.source.app.to_owned(),
        team: tracker.source.workload.team.as_str().to_owned(),
        ..PlConfig::default()
    };
    settings::map(tracker, &plan, decided.is_ok());
    let mut component = match decided {
        Ok(routes) => {
            through_gateway::ask(tracker, &mut plan, &[]);
            bindings::unused(tracker, config);
            plan.modules.answered_by_routes(tracker, plan.closed.as_ref());
            let ingress = Ingress { routes, own_host: Some(false), ..Ingress::default() };
            Component { kind: ComponentType::Routes, ingress: Some(ingress), ..Component::default() }
        }
        Err(why) => match container::map(tracker, &mut plan, &mut app, &why) {
            Some(component) => component,
            None => {
                tracker.drop_the_rest("refused");
                return None;
            }
        },
    };
    if plan.closed.is_some() || plan.hosts.patterns.is_empty() {
        component.ingress = None;
    }
    plan.hosts.account(tracker, plan.closed.as_ref());
    suspension::held(tracker, &mut component);
    if component.kind == ComponentType::Routes && component.ingress.is_none() && component.suspended.is_none() {
        component.suspended = Some("no host leads to it".to_owned());
    }
    crate::balancing::share_hosts(tracker, &mut app, &component);
    if !clock::is_alone(&plan) {
        app.components.insert(COMPONENT.to_owned(), component);
    }
    app.components.extend(clock::components(tracker, &plan.clocks));
    Some(app)
}

/// The configuration of wrangler, which brings the script.
fn configuration<'a>(tracker: &FieldTracker<'a>) -> Option<Object<'a>> {
    let mut seen = tracker.source.observations.iter();
    seen.find(|one| one.kind == ObservationKind::WranglerConfig).and_then(|one| Object::of(&one.body))
}

/// A Worker of which only Cloudflare's lists are known.
fn unread(tracker: &mut FieldTracker<'_>) {
    tracker.refuse(
        "its script was not read: Cloudflare's lists do not have it. Read its repository: `caravan discover --files DIR`, with the \
         folder of its wrangler configuration",
    );
    for observation in tracker.source.observations {
        Field(&observation.body).dropped(tracker, "script-not-read");
    }
}

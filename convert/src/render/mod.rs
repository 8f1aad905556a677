//! From an app in one environment to its manifests.

mod app;
mod auth;
mod autoscaler;
mod backend;
mod claim;
mod config_map;
mod container;
pub mod custom;
mod deployment;
mod disruption_budget;
mod escape;
mod filters;
pub(crate) mod front;
mod job;
mod listeners;
mod manifest_yaml;
mod names;
mod network_policy;
mod object;
mod pod;
mod probe;
mod pull;
mod routes;
mod scaled_object;
mod secrets;
mod security;
mod service;
mod service_account;
mod stateful_set;
mod suspension;
mod trace;
mod traffic;
mod view;
mod volume;
mod write;

pub use crate::render_error::RenderError;
pub use auth::AppAuth;
pub(crate) use auth::{closed, of_app as auth_of};
pub use custom::CUSTOM_KINDS;
pub(crate) use names::names;
pub use object::Object;
pub(crate) use service_account::{roles, service_account_name};
pub(crate) use trace::fit;

use crate::Platform;
use crate::provenance::{Provenance, Trace};
use app::{App, Part, annotate};
use caravan_convert_lift::plconfig::{ComponentType, Ingress, PlConfig, Protocol, Scale};
use claim::Claims;
pub(crate) use listeners::LISTENERS;
use listeners::Listeners;
use secrets::Secrets;
use std::collections::BTreeMap;

/// The manifests of an app in one environment, in the order of [`Object`]'s kinds and then by name.
///
/// `config` is what holds in the environment, its `environments` merged already; what its profile says, it need not. Equal input gives equal objects (C3).
///
/// # Errors
/// When the plconfig asks for what can't be: the error names the place in it.
pub fn objects(config: &PlConfig, platform: &Platform, environment: &str) -> Result<Vec<Object>, RenderError> {
    let config = &*config.with_profile();
    let config = &*front::written(config, platform)?;
    let app = App::new(platform, config, environment)?;
    let listeners = [Listeners::gather(&app, false)?, Listeners::gather(&app, true)?];
    let (mut secrets, mut claims) = (Secrets::default(), Claims::default());
    let mut objects: Vec<Object> = vec![service_account::service_account(&app).into()];
    for part in app.parts()? {
        component(&part, &listeners, &mut secrets, &mut claims, &mut objects)?;
    }
    objects.extend(secrets.object(&app).map(Object::from));
    objects.extend(auth::secret(&app)?.map(Object::from));
    objects.extend(auth::backends(&app).into_iter().map(Object::from));
    objects.extend(claims.objects(&app));
    for listeners in &listeners {
        objects.extend(listeners.certificates(&app).into_iter().map(Object::from));
        objects.extend(listeners.sets(&app).into_iter().map(Object::from));
    }
    if needs_queues(config) {
        objects.push(scaled_object::trigger_authentication(&app).into());
    }
    order_before_jobs(&mut objects);
    object::sort(&mut objects);
    names::check(&objects)?;
    Ok(objects)
}

/// The manifests of the team's namespace, as the text of `manifests.yaml`: what stands in no namespace is the platform's
/// ([`Scope`]).
///
/// # Errors
/// As [`objects`].
pub fn render(config: &PlConfig, platform: &Platform, environment: &str) -> Result<String, RenderError> {
    text(&Scope::Team.of(objects(config, platform, environment)?))
}

/// Whose tree carries a manifest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The team's: what stands in its namespace.
    Team,
    /// The platform's: what stands in no namespace, where a team's project of Argo CD may write nothing.
    Cluster,
}

impl Scope {
    /// Of an app's manifests those that its tree carries.
    #[must_use]
    pub fn of(self, objects: Vec<Object>) -> Vec<Object> {
        objects.into_iter().filter(|object| self.has(object)).collect()
    }

    /// Whether its tree carries a manifest.
    #[must_use]
    pub fn has(self, object: &Object) -> bool {
        object.metadata().namespace.is_some() == (self == Self::Team)
    }
}

/// Appends one manifest to a text.
///
/// # Errors
/// When it can't be written: a fault of the caller, never of an input.
pub(crate) fn write_manifest<T: serde::Serialize>(text: &mut String, manifest: &T) -> Result<(), String> {
    manifest_yaml::write(text, manifest).map_err(|error| error.to_string())
}

/// Manifests as the text of `manifests.yaml`, in the order in which they are given.
///
/// # Errors
/// When one can't be written: a fault of the renderer, never of an input.
pub fn text(objects: &[Object]) -> Result<String, RenderError> {
    write::manifests(objects)
}

/// A text of manifests, with where its lines come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifests {
    /// The text of `manifests.yaml`.
    pub text: String,
    /// The origins of its lines, when they were asked for.
    pub provenance: Provenance,
}

/// Manifests as text, with the origins of its lines when they are asked for; `objects` are those of this plconfig, or some
/// of them.
///
/// # Errors
/// As [`objects`].
pub fn traced(
    objects: &[Object],
    config: &PlConfig,
    platform: &Platform,
    environment: &str,
    trace: Trace,
) -> Result<Manifests, RenderError> {
    let config = &*config.with_profile();
    let text = text(objects)?;
    let provenance = match trace {
        Trace::Off => Provenance::default(),
        Trace::Lines => trace::trace(&App::new(platform, config, environment)?, objects, &text)?,
    };
    Ok(Manifests { text, provenance })
}

/// Everything that belongs to one component.
fn component(
    part: &Part<'_>,
    listeners: &[Listeners],
    secrets: &mut Secrets,
    claims: &mut Claims,
    objects: &mut Vec<Object>,
) -> Result<(), RenderError> {
    check(part)?;
    if part.component.kind == ComponentType::Routes {
        return answered(part, listeners, objects);
    }
    let mut pod = pod::pod(part, secrets, claims)?;
    objects.extend(config_map::config_map(part)?.map(Object::from));
    objects.extend(std::mem::take(&mut pod.pull).into_iter().map(Object::from));
    objects.extend(std::mem::take(&mut pod.mounts.secrets).into_iter().map(Object::from));
    match part.component.kind {
        ComponentType::Web | ComponentType::Worker => {
            objects.push(if part.is_stateful() {
                stateful_set::stateful_set(part, &mut pod).into()
            } else {
                deployment::deployment(part, &mut pod)?.into()
            });
            objects.extend(service::service(part, &pod).map(Object::from));
            objects.extend(disruption_budget::disruption_budget(part).map(Object::from));
            objects.extend(autoscaled(part)?);
        }
        ComponentType::Cron => objects.push(job::cron_job(part, &mut pod)?.into()),
        ComponentType::Job => objects.push(job::job(part, &mut pod).into()),
        ComponentType::Routes => {}
    }
    objects.extend(network_policy::network_policy(part, &pod)?.map(Object::from));
    exposed(part, &pod, listeners, objects)
}

/// What the kind of a component asks for, and what it can't have.
fn check(part: &Part<'_>) -> Result<(), RenderError> {
    let component = part.component;
    let web = component.kind == ComponentType::Web;
    if web && component.port.is_none() {
        return Err(part.error("port", "a `web` component needs the port that it serves on"));
    }
    if !web && component.kind != ComponentType::Routes && component.ingress.is_some() {
        return Err(part.error("ingress", "only a `web` component can be reached from outside"));
    }
    let ends = matches!(component.kind, ComponentType::Cron | ComponentType::Job);
    if ends && matches!(component.scale, Some(Scale::Range(_))) {
        return Err(part.error("scale", "what runs and ends has a fixed number of instances"));
    }
    if component.ingress.is_some() && component.protocol == Some(Protocol::Tcp) {
        return Err(
            part.error("ingress", "nothing but HTTP can be reached from outside; leave it out or change `protocol`")
        );
    }
    auth::check(part)
}

/// The autoscaler that fits what drives the component.
fn autoscaled(part: &Part<'_>) -> Result<Option<Object>, RenderError> {
    let Some(Scale::Range(range)) = &part.component.scale else {
        return Ok(None);
    };
    autoscaler::check(part, range)?;
    Ok(Some(if scaled_object::is_needed(range) {
        scaled_object::scaled_object(part, range)?.into()
    } else {
        autoscaler::autoscaler(part, range).into()
    }))
}

/// How it is reached from outside.
fn exposed(
    part: &Part<'_>,
    pod: &pod::Pod,
    listeners: &[Listeners],
    objects: &mut Vec<Object>,
) -> Result<(), RenderError> {
    let (Some(ingress), Some(port)) = (part.component.ingress.as_ref(), service::main_port(part, pod)) else {
        return Ok(());
    };
    let (main, backend) = backend::backend(part, port);
    let mut backends = routes::Backends { main, others: BTreeMap::new() };
    for number in ingress.routes.iter().filter_map(|route| route.port) {
        let Some(outside) = service::port(part, pod, number) else {
            return Err(part.error("ingress.routes", format!("no container of the component has the port {number}")));
        };
        backends.others.insert(number, outside);
    }
    let made = routed(part, ingress, &backends, listeners, objects)?;
    let leads = |route: &HttpRoute| route.spec.rules.iter().any(|rule| rule.backend_refs.contains(&backends.main));
    objects.extend(backend.filter(|_| made.iter().any(leads)).map(Object::from));
    objects.extend(filters::filters(part, ingress, &made).into_iter().map(Object::from));
    objects.extend(traffic::policy(part, ingress, &made).map(Object::from));
    objects.extend(made.into_iter().map(Object::from));
    Ok(())
}

/// What the gateway answers by itself: routes and their answers, and nothing behind them.
fn answered(part: &Part<'_>, listeners: &[Listeners], objects: &mut Vec<Object>) -> Result<(), RenderError> {
    let Some(ingress) = part.component.ingress.as_ref() else { return Ok(()) };
    if ingress.routes.iter().any(|route| route.respond.is_none() && route.redirect.is_none()) {
        return Err(part.error("ingress.routes", "nothing of the component runs: each has a `respond` or a `redirect`"));
    }
    let nowhere = custom::BackendRef { group: None, kind: None, name: part.object.clone(), port: None };
    let backends = routes::Backends { main: nowhere, others: BTreeMap::new() };
    let made = routed(part, ingress, &backends, listeners, objects)?;
    objects.extend(filters::filters(part, ingress, &made).into_iter().map(Object::from));
    objects.extend(made.into_iter().map(Object::from));
    Ok(())
}

/// The routes of a component, and what the gateway asks of callers on them.
fn routed(
    part: &Part<'_>,
    ingress: &Ingress,
    backends: &routes::Backends,
    listeners: &[Listeners],
    objects: &mut Vec<Object>,
) -> Result<Vec<HttpRoute>, RenderError> {
    let auth::Written { guarded, public } = auth::written(part, ingress)?;
    let of = |side: routes::Side<'_>| {
        let mut made = Vec::new();
        for listeners in listeners {
            made.extend(routes::routes(part, ingress, side, backends, listeners, made.len())?);
        }
        Ok::<_, RenderError>(made)
    };
    let mut made = of(routes::Side::Own(&guarded))?;
    objects.extend(auth::policy(part, ingress, &made)?.map(Object::from));
    made.extend(of(routes::Side::Public(&public))?);
    Ok(made)
}

type HttpRoute = custom::Custom<custom::HttpRouteSpec>;

fn needs_queues(config: &PlConfig) -> bool {
    config
        .components
        .values()
        .any(|component| matches!(&component.scale, Some(Scale::Range(range)) if range.queue.is_some()))
}

/// What a Job before the deployment needs is there before it.
fn order_before_jobs(objects: &mut [Object]) {
    let is_hook = |object: &Object| {
        let annotations = object.metadata().annotations.as_ref();
        object.kind() == "Job" && annotations.is_some_and(|all| all.contains_key("argocd.argoproj.io/hook"))
    };
    if !objects.iter().any(is_hook) {
        return;
    }
    let needed =
        ["ServiceAccount", "ConfigMap", "ExternalSecret", "PersistentVolume", "PersistentVolumeClaim", "NetworkPolicy"];
    for object in objects.iter_mut().filter(|object| needed.contains(&object.kind())) {
        annotate(object.metadata_mut(), "argocd.argoproj.io/sync-wave", "-2");
    }
}

#[cfg(test)]
mod tests;

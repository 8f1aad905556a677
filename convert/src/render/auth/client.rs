//! The client of an app at the provider: its name, and where its secret lies.

use super::callback;
use crate::Platform;
use crate::naming;
use crate::render::app::App;
use crate::render::custom::{Custom, ExternalSecretSpec};
use crate::render::secrets::{external_secret, parse};
use crate::render::{Object, RenderError};
use caravan_convert_lift::plconfig::{AuthMode, Component, PlConfig};
use caravan_inventory::{EnvironmentName, TeamName};
use std::collections::{BTreeMap, BTreeSet};

/// The key of the Secret that Envoy Gateway reads (Envoy Gateway, SecurityPolicy, `clientSecret`).
const KEY: &str = "client-secret";

/// What an app in one environment needs at the provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppAuth {
    /// Its team.
    pub team: TeamName,
    /// Its name.
    pub app: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// The name of its client.
    pub client: String,
    /// Where people log in: the name of the client's secret in Secrets Manager. None where nobody does.
    pub secret: Option<String>,
    /// The hosts on which people log in, with the paths to which they are sent back.
    pub redirects: BTreeSet<(String, String)>,
    /// The scopes that its logins ask for.
    pub scopes: BTreeSet<String>,
    /// The claim that lists groups.
    pub groups_claim: String,
    /// The groups that it asks for.
    pub groups: BTreeSet<String>,
    /// Whom tokens of people and programs must be for, with the scopes that they need.
    pub audiences: BTreeMap<String, BTreeSet<String>>,
}

/// The name of an app's client: of all apps of a realm.
pub(in crate::render) fn client(app: &App<'_>) -> String {
    format!("{}.{}.{}", app.config.team, app.config.app, app.environment)
}

/// The name of the Secret with the client's own secret.
pub(in crate::render) fn secret_name(app: &App<'_>) -> String {
    naming::further(&app.name, "login")
}

/// Where that lies in the team's own store.
fn key(app: &App<'_>) -> String {
    format!("{}.{}.login", app.config.app, app.environment)
}

/// The Secret with the client's own secret, by reference; none where nobody logs in, and where there is nobody to log in with.
///
/// # Errors
/// When the environment's name can't be part of a key.
pub(in crate::render) fn secret(app: &App<'_>) -> Result<Option<Custom<ExternalSecretSpec>>, RenderError> {
    if !logs_in(app.config) || is_closed(app) {
        return Ok(None);
    }
    let reference = parse("environments", &key(app), &app.namespace)?;
    let secret = external_secret(app, &secret_name(app), vec![reference.data(app, KEY.to_owned())], Vec::new());
    Ok(Some(secret))
}

/// Whether nobody says who callers are: the app lets nobody in where it asks, and needs nothing at the provider.
fn is_closed(app: &App<'_>) -> bool {
    app.platform.auth.issuer(app.environment).is_none()
}

fn logs_in(config: &PlConfig) -> bool {
    let ingresses = config.components.values().filter_map(|component| component.ingress.as_ref());
    ingresses.filter_map(|ingress| ingress.auth.as_ref()).any(|auth| auth.mode == AuthMode::Login)
}

/// What an app needs at the provider, by its plconfig and its manifests; nothing where it asks nobody, or there is no provider.
///
/// # Errors
/// As [`crate::render::objects`].
pub(crate) fn of_app(
    config: &PlConfig,
    platform: &Platform,
    environment: &EnvironmentName,
    objects: &[Object],
) -> Result<Option<AppAuth>, RenderError> {
    let app = App::new(platform, config, environment.as_str())?;
    if is_closed(&app) {
        return Ok(None);
    }
    let client = client(&app);
    let mut needed = AppAuth {
        team: TeamName::new(&config.team),
        app: config.app.clone(),
        environment: environment.clone(),
        secret: logs_in(config).then(|| format!("{}/{}", app.namespace, key(&app))),
        client: client.clone(),
        redirects: BTreeSet::new(),
        scopes: BTreeSet::new(),
        groups_claim: platform.auth.groups_claim.clone(),
        groups: BTreeSet::new(),
        audiences: BTreeMap::new(),
    };
    for part in app.parts()? {
        let Some(auth) = part.component.ingress.as_ref().and_then(|ingress| ingress.auth.as_ref()) else { continue };
        needed.groups.extend(auth.groups.iter().cloned());
        if auth.mode == AuthMode::Login {
            let [callback, _] = callback(&part);
            needed.scopes.extend(auth.scopes.iter().cloned());
            needed.redirects.extend(hosts(objects, &part.object).map(|host| (host, callback.clone())));
        } else {
            let audience = auth.audience.clone().unwrap_or_else(|| client.clone());
            needed.audiences.entry(audience).or_default().extend(auth.scopes.iter().cloned());
        }
    }
    let asks = needed.secret.is_some() || !needed.audiences.is_empty();
    Ok(asks.then_some(needed))
}

/// The hosts of those routes that a policy is for.
fn hosts<'o>(objects: &'o [Object], policy: &'o str) -> impl Iterator<Item = String> + 'o {
    let targets = objects.iter().filter_map(move |object| match object {
        Object::SecurityPolicy(found) if found.metadata.name.as_deref() == Some(policy) => {
            Some(&found.spec.target_refs)
        }
        _ => None,
    });
    let targets: BTreeSet<&str> = targets.flatten().map(|target| target.name.as_str()).collect();
    objects
        .iter()
        .filter_map(move |object| match object {
            Object::HttpRoute(route) if route.metadata.name.as_deref().is_some_and(|name| targets.contains(name)) => {
                Some(route.spec.hostnames.clone())
            }
            _ => None,
        })
        .flatten()
}

/// The components of an app that ask who callers are while nobody says it: their manifests let nobody in where they ask.
pub(crate) fn closed<'c>(config: &'c PlConfig, platform: &Platform, environment: &str) -> Vec<&'c str> {
    if platform.auth.issuer(environment).is_some() {
        return Vec::new();
    }
    let asks = |component: &Component| component.ingress.as_ref().is_some_and(|ingress| ingress.auth.is_some());
    config.components.iter().filter(|(_, component)| asks(component)).map(|(name, _)| name.as_str()).collect()
}

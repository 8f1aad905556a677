//! Where the gateway asks the provider: Backends that say by which name it has to answer.
//!
//! Without one, Envoy Gateway (1.9, `buildXdsUpstreamTLSSocket`) has Envoy look whether any authority that it trusts issued the
//! certificate, and not for whom: whoever is on the way with a certificate of his own could hand out keys, and sign tokens by them.

use super::policy::WAVE;
use crate::auth_settings::{Issuer, Server};
use crate::naming;
use crate::render::app::{App, annotate};
use crate::render::custom::{BackendRef, BackendSpec, BackendTls, Custom, Endpoint, Fqdn};

/// The Backends of an app, for whatever in it asks callers: where the keys are, and where people log in if that is elsewhere.
pub(in crate::render) fn backends(app: &App<'_>) -> Vec<Custom<BackendSpec>> {
    let asks = app.config.components.values().filter_map(|component| component.ingress.as_ref());
    if !asks.into_iter().any(|ingress| ingress.auth.is_some()) {
        return Vec::new();
    }
    let Some(issuer) = app.platform.auth.issuer(app.environment) else { return Vec::new() };
    let keys = backend(app, KEYS, &issuer.keys_at);
    let login = issuer.login.as_ref().filter(|login| login.at != issuer.keys_at);
    std::iter::once(keys).chain(login.map(|login| backend(app, LOGIN, &login.at))).collect()
}

const KEYS: &str = "issuer";
const LOGIN: &str = "issuer-login";

fn backend(app: &App<'_>, name: &str, server: &Server) -> Custom<BackendSpec> {
    let spec = BackendSpec {
        endpoints: vec![Endpoint { fqdn: Fqdn { hostname: server.host.clone(), port: server.port.into() } }],
        tls: BackendTls {
            well_known_ca_certificates: Some("System"),
            sni: Some(server.host.clone()),
            ..BackendTls::default()
        },
    };
    let mut metadata = app.metadata(&naming::further(&app.name, name));
    annotate(&mut metadata, "argocd.argoproj.io/sync-wave", WAVE);
    Custom::backend(metadata, spec)
}

/// What asks for keys refers to.
pub(super) fn keys(app: &App<'_>) -> Vec<BackendRef> {
    vec![reference(app, KEYS)]
}

/// What logs people in refers to; nothing where nobody knows who that is before it is asked.
pub(super) fn login(app: &App<'_>, issuer: &Issuer) -> Vec<BackendRef> {
    let Some(login) = &issuer.login else { return Vec::new() };
    vec![reference(app, if login.at == issuer.keys_at { KEYS } else { LOGIN })]
}

fn reference(app: &App<'_>, name: &str) -> BackendRef {
    let name = naming::further(&app.name, name);
    BackendRef { group: Some("gateway.envoyproxy.io"), kind: Some("Backend"), name, port: None }
}

//! Custom resources, as far as they are written here. Each is held to the real definition by the tests on a real API
//! server.

mod backend;
mod certificate;
mod filter;
mod gateway;
mod keda;
mod policy;
mod secrets;
mod security;

pub use backend::{BackendSpec, BackendTls, Endpoint, Fqdn};
pub use certificate::{CertificateSpec, IssuerRef, PrivateKey};
pub use filter::{Body, DirectResponse, HttpRouteFilterSpec};
pub use gateway::{
    AllowedRoutes, BackendRef, CertificateRef, Header, HeaderModifier, HttpRouteSpec, Listener, ListenerSetSpec,
    ListenerTls, NamespacesFrom, ParentRef, PathMatch, ReplacedPath, RequestRedirect, RouteFilter, RouteMatch,
    RouteRule, Timeouts, ValueMatch,
};
pub use keda::{
    Advanced, AuthenticationRef, HpaConfig, PodIdentity, ScaleTarget, ScaledObjectSpec, Trigger,
    TriggerAuthenticationSpec,
};
pub use policy::{BackendTrafficPolicySpec, ConsistentHash, Cookie, HttpTimeout, LoadBalancer, TargetRef, Timeout};
pub use secrets::{
    DataFrom, ExternalSecretSpec, RemoteRef, SecretData, SecretTarget, SecretTemplate, SourceRef, StoreRef,
};
pub use security::{
    Authorization, AuthorizationRule, CookieConfig, Jwt, JwtClaim, JwtPrincipal, JwtProvider, Oidc, OidcProvider,
    Principal, RemoteKeys, SecretName, SecurityPolicySpec,
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

/// A custom resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Custom<S> {
    /// `<group>/<version>`.
    pub api_version: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// Its name, namespace, labels and annotations.
    pub metadata: ObjectMeta,
    /// What is wanted.
    pub spec: S,
}

/// The custom resources that are written: API version and kind. A cluster that lacks one can't take the manifests.
pub const CUSTOM_KINDS: &[(&str, &str)] = &[
    (certificate::API_VERSION, "Certificate"),
    (gateway::API_VERSION, "HTTPRoute"),
    (gateway::API_VERSION, "ListenerSet"),
    (keda::API_VERSION, "ScaledObject"),
    (keda::API_VERSION, "TriggerAuthentication"),
    (backend::API_VERSION, "Backend"),
    (filter::API_VERSION, "HTTPRouteFilter"),
    (policy::API_VERSION, "BackendTrafficPolicy"),
    (security::API_VERSION, "SecurityPolicy"),
    (secrets::API_VERSION, "ExternalSecret"),
];

//! Envoy Gateway 1.9 (`gateway.envoyproxy.io/v1alpha1`): SecurityPolicy.

use super::{BackendRef, Custom, TargetRef};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

pub(super) const API_VERSION: &str = "gateway.envoyproxy.io/v1alpha1";

impl Custom<SecurityPolicySpec> {
    pub(in crate::render) fn security_policy(metadata: ObjectMeta, spec: SecurityPolicySpec) -> Self {
        Self { api_version: API_VERSION, kind: "SecurityPolicy", metadata, spec }
    }
}

/// What the gateway asks of callers. It is not merged into a policy of the platform's Gateway: what stands here is all that
/// holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct SecurityPolicySpec {
    pub target_refs: Vec<TargetRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<Oidc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<Jwt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Authorization>,
}

/// A login by OpenID Connect.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Oidc {
    pub provider: OidcProvider,
    #[serde(rename = "clientID")]
    pub client_id: String,
    pub client_secret: SecretName,
    #[serde(rename = "redirectURL")]
    pub redirect_url: String,
    pub logout_path: String,
    pub scopes: Vec<String>,
    pub forward_access_token: bool,
    pub cookie_config: CookieConfig,
}

/// Who logs people in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct OidcProvider {
    pub issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backend_refs: Vec<BackendRef>,
}

/// A Secret of the same namespace.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct SecretName {
    pub name: String,
}

/// How the session's cookies are set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct CookieConfig {
    pub same_site: &'static str,
}

/// Which tokens are good.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Jwt {
    pub providers: Vec<JwtProvider>,
}

/// Those of one issuer, for one audience.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct JwtProvider {
    pub name: &'static str,
    pub issuer: String,
    pub audiences: Vec<String>,
    #[serde(rename = "remoteJWKS")]
    pub remote_jwks: RemoteKeys,
}

/// Where its public keys are.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct RemoteKeys {
    pub uri: String,
    pub backend_refs: Vec<BackendRef>,
}

/// Who may come in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Authorization {
    pub default_action: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<AuthorizationRule>,
}

/// One rule of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct AuthorizationRule {
    pub name: &'static str,
    pub action: &'static str,
    pub principal: Principal,
}

/// Whom a rule is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Principal {
    pub jwt: JwtPrincipal,
}

/// Whose token has all of these scopes, and of each claim one of its values.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct JwtPrincipal {
    pub provider: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<JwtClaim>,
}

/// A claim that has one of these values.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct JwtClaim {
    pub name: String,
    pub value_type: &'static str,
    pub values: Vec<String>,
}

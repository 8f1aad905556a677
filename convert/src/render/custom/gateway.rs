//! Gateway API 1.6 (`gateway.networking.k8s.io/v1`): HTTPRoute and ListenerSet.

use super::{Custom, TargetRef};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use serde::Serialize;

pub(super) const API_VERSION: &str = "gateway.networking.k8s.io/v1";

impl Custom<HttpRouteSpec> {
    pub(in crate::render) fn http_route(metadata: ObjectMeta, spec: HttpRouteSpec) -> Self {
        Self { api_version: API_VERSION, kind: "HTTPRoute", metadata, spec }
    }
}

impl Custom<ListenerSetSpec> {
    pub(in crate::render) fn listener_set(metadata: ObjectMeta, spec: ListenerSetSpec) -> Self {
        Self { api_version: API_VERSION, kind: "ListenerSet", metadata, spec }
    }
}

/// Which requests go where.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct HttpRouteSpec {
    pub parent_refs: Vec<ParentRef>,
    pub hostnames: Vec<String>,
    pub rules: Vec<RouteRule>,
}

/// A Gateway or ListenerSet, or one listener of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct ParentRef {
    pub group: &'static str,
    pub kind: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section_name: Option<String>,
}

/// Requests that match any of `matches` go to `backend_refs`, or are answered by a filter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct RouteRule {
    pub matches: Vec<RouteMatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeouts: Option<Timeouts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<RouteFilter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backend_refs: Vec<BackendRef>,
}

/// A redirect, or a filter of the gateway's own by its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct RouteFilter {
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_redirect: Option<RequestRedirect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension_ref: Option<TargetRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_header_modifier: Option<HeaderModifier>,
}

/// What is set and taken away among the headers of answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct HeaderModifier {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<Header>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// A header.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// Where the caller is sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct RequestRedirect {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<ReplacedPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    pub status_code: u16,
}

/// The whole path of a redirect.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct ReplacedPath {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub replace_full_path: String,
}

/// Conditions that must all hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct RouteMatch {
    pub path: PathMatch,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<ValueMatch>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query_params: Vec<ValueMatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

/// A condition on the path: `PathPrefix`, `Exact` or `RegularExpression`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct PathMatch {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub value: String,
}

/// A condition on a header or query parameter: `Exact` or `RegularExpression`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct ValueMatch {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub name: String,
    pub value: String,
}

/// How long a request may take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct Timeouts {
    pub request: String,
}

/// A Service and its port, or something else by its kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct BackendRef {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<i32>,
}

/// Listeners that a team adds to the shared Gateway.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct ListenerSetSpec {
    pub parent_ref: ParentRef,
    pub listeners: Vec<Listener>,
}

/// One host with its certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct Listener {
    pub name: String,
    pub port: i32,
    pub protocol: &'static str,
    pub hostname: String,
    pub tls: ListenerTls,
    pub allowed_routes: AllowedRoutes,
}

/// Where the certificate lies.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct ListenerTls {
    pub mode: &'static str,
    pub certificate_refs: Vec<CertificateRef>,
}

/// The Secret of a certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct CertificateRef {
    pub name: String,
}

/// Which routes may use a listener.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct AllowedRoutes {
    pub namespaces: NamespacesFrom,
}

/// Routes of which namespaces.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the Gateway API's own reference")]
pub struct NamespacesFrom {
    pub from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
}

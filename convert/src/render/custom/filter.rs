//! Envoy Gateway (`gateway.envoyproxy.io/v1alpha1`): HTTPRouteFilter.

use super::Custom;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

pub(super) const API_VERSION: &str = "gateway.envoyproxy.io/v1alpha1";

impl Custom<HttpRouteFilterSpec> {
    pub(in crate::render) fn http_route_filter(metadata: ObjectMeta, spec: HttpRouteFilterSpec) -> Self {
        Self { api_version: API_VERSION, kind: "HTTPRouteFilter", metadata, spec }
    }
}

/// What the gateway answers by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct HttpRouteFilterSpec {
    pub direct_response: DirectResponse,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct DirectResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    pub status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// The text of an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Body {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub inline: String,
}

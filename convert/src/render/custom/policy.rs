//! Envoy Gateway 1.9 (`gateway.envoyproxy.io/v1alpha1`): BackendTrafficPolicy.

use super::Custom;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

pub(super) const API_VERSION: &str = "gateway.envoyproxy.io/v1alpha1";

impl Custom<BackendTrafficPolicySpec> {
    pub(in crate::render) fn backend_traffic_policy(metadata: ObjectMeta, spec: BackendTrafficPolicySpec) -> Self {
        Self { api_version: API_VERSION, kind: "BackendTrafficPolicy", metadata, spec }
    }
}

/// How the gateway treats a backend.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct BackendTrafficPolicySpec {
    pub target_refs: Vec<TargetRef>,
    pub merge_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
}

/// How long things may take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Timeout {
    pub http: HttpTimeout,
}

/// How long a request may take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct HttpTimeout {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_idle_timeout: Option<String>,
}

/// A route that the policy holds for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct TargetRef {
    pub group: &'static str,
    pub kind: &'static str,
    pub name: String,
}

/// Which instance gets a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct LoadBalancer {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub consistent_hash: ConsistentHash,
}

/// The one that the hash of something says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct ConsistentHash {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub cookie: Cookie,
}

/// The cookie that the gateway makes for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Cookie {
    pub name: &'static str,
    pub ttl: String,
}

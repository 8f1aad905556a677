//! Envoy Gateway 1.9 (`gateway.envoyproxy.io/v1alpha1`): Backend.

use super::Custom;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

pub(super) const API_VERSION: &str = "gateway.envoyproxy.io/v1alpha1";

impl Custom<BackendSpec> {
    pub(in crate::render) fn backend(metadata: ObjectMeta, spec: BackendSpec) -> Self {
        Self { api_version: API_VERSION, kind: "Backend", metadata, spec }
    }
}

/// Somewhere that the gateway sends requests to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct BackendSpec {
    pub endpoints: Vec<Endpoint>,
    pub tls: BackendTls,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Endpoint {
    pub fqdn: Fqdn,
}

/// A name and a port.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct Fqdn {
    pub hostname: String,
    pub port: i32,
}

/// How it is spoken to: whatever its certificate, or by one that an authority of the machine's issued for this name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Envoy Gateway's own reference")]
pub struct BackendTls {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub insecure_skip_verify: bool,
    #[serde(rename = "wellKnownCACertificates", skip_serializing_if = "Option::is_none")]
    pub well_known_ca_certificates: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sni: Option<String>,
}

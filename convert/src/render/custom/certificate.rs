//! cert-manager 1.21 (`cert-manager.io/v1`): Certificate.

use super::Custom;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

pub(super) const API_VERSION: &str = "cert-manager.io/v1";

impl Custom<CertificateSpec> {
    pub(in crate::render) fn certificate(metadata: ObjectMeta, spec: CertificateSpec) -> Self {
        Self {
            api_version: API_VERSION,
            kind: "Certificate",
            metadata,
            spec,
        }
    }
}

/// A certificate that is issued and renewed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of cert-manager's own reference")]
pub struct CertificateSpec {
    pub secret_name: String,
    pub dns_names: Vec<String>,
    pub issuer_ref: IssuerRef,
    pub private_key: PrivateKey,
    pub revision_history_limit: i32,
    pub usages: Vec<&'static str>,
}

/// Who signs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of cert-manager's own reference")]
pub struct IssuerRef {
    pub group: &'static str,
    pub kind: &'static str,
    pub name: String,
}

/// What key is made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of cert-manager's own reference")]
pub struct PrivateKey {
    pub algorithm: &'static str,
    pub size: i32,
    pub rotation_policy: &'static str,
}

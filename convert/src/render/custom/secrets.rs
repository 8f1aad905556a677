//! External Secrets 2.9 (`external-secrets.io/v1`): ExternalSecret.

use super::Custom;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use std::collections::BTreeMap;

pub(super) const API_VERSION: &str = "external-secrets.io/v1";

impl Custom<ExternalSecretSpec> {
    pub(in crate::render) fn external_secret(metadata: ObjectMeta, spec: ExternalSecretSpec) -> Self {
        Self {
            api_version: API_VERSION,
            kind: "ExternalSecret",
            metadata,
            spec,
        }
    }
}

/// A Secret that is filled from a store.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct ExternalSecretSpec {
    pub refresh_policy: &'static str,
    pub refresh_interval: &'static str,
    pub secret_store_ref: StoreRef,
    pub target: SecretTarget,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<SecretData>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_from: Vec<DataFrom>,
}

/// A SecretStore of the same namespace.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct StoreRef {
    pub kind: &'static str,
    pub name: String,
}

/// The Secret that is made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct SecretTarget {
    pub name: String,
    pub creation_policy: &'static str,
    pub deletion_policy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<SecretTemplate>,
}

/// How its content is made of what the store holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct SecretTemplate {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub engine_version: &'static str,
    pub data: BTreeMap<&'static str, String>,
}

/// One key of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct SecretData {
    pub secret_key: String,
    pub remote_ref: RemoteRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ref: Option<SourceRef>,
}

/// Where the value stands in the store.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct RemoteRef {
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A store other than the one of the whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct SourceRef {
    pub store_ref: StoreRef,
}

/// All properties of one secret, each as a key.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of External Secrets' own reference")]
pub struct DataFrom {
    pub extract: RemoteRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ref: Option<SourceRef>,
}

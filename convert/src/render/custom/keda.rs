//! KEDA 2.20 (`keda.sh/v1alpha1`): ScaledObject and TriggerAuthentication.

use super::Custom;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscalerBehavior;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use std::collections::BTreeMap;

pub(super) const API_VERSION: &str = "keda.sh/v1alpha1";

impl Custom<ScaledObjectSpec> {
    pub(in crate::render) fn scaled_object(metadata: ObjectMeta, spec: ScaledObjectSpec) -> Self {
        Self {
            api_version: API_VERSION,
            kind: "ScaledObject",
            metadata,
            spec,
        }
    }
}

impl Custom<TriggerAuthenticationSpec> {
    pub(in crate::render) fn trigger_authentication(metadata: ObjectMeta, spec: TriggerAuthenticationSpec) -> Self {
        Self {
            api_version: API_VERSION,
            kind: "TriggerAuthentication",
            metadata,
            spec,
        }
    }
}

/// What drives the number of instances.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct ScaledObjectSpec {
    pub scale_target_ref: ScaleTarget,
    pub polling_interval: i32,
    pub cooldown_period: i32,
    pub min_replica_count: i32,
    pub max_replica_count: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced: Option<Advanced>,
    pub triggers: Vec<Trigger>,
}

/// What is scaled.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct ScaleTarget {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub name: String,
}

/// Settings of the autoscaler that KEDA makes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct Advanced {
    pub horizontal_pod_autoscaler_config: HpaConfig,
}

/// How fast it goes up and down.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct HpaConfig {
    pub behavior: HorizontalPodAutoscalerBehavior,
}

/// One reason to have more or fewer. The values of `metadata` are texts, also where they look like numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct Trigger {
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_type: Option<&'static str>,
    pub metadata: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_ref: Option<AuthenticationRef>,
}

/// Whose rights are used to look.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct AuthenticationRef {
    pub name: String,
}

/// Rights for triggers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct TriggerAuthenticationSpec {
    pub pod_identity: PodIdentity,
}

/// Whose identity: KEDA's own.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of KEDA's own reference")]
pub struct PodIdentity {
    pub provider: &'static str,
    pub identity_owner: &'static str,
}

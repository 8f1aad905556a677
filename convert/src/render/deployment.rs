//! Deployments.

use super::RenderError;
use super::app::{Part, annotate, int};
use super::pod::Pod;
use super::suspension::{mark_scaled, replicas};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Old ReplicaSets that are kept for a rollback.
pub(super) const HISTORY: i32 = 3;

/// The Deployment of a component that runs on and keeps nothing.
pub(super) fn deployment(part: &Part<'_>, pod: &mut Pod) -> Result<Deployment, RenderError> {
    let mut metadata = part.runner_metadata();
    mark_scaled(part, &mut metadata);
    if let Some(needed) = &pod.security {
        annotate(&mut metadata, "caravan.dev/pod-security", needed.as_str());
    }
    let deploy = part.component.deploy.as_ref();
    Ok(Deployment {
        metadata,
        spec: Some(DeploymentSpec {
            replicas: replicas(part).map(int),
            revision_history_limit: Some(HISTORY),
            progress_deadline_seconds: deploy.and_then(|deploy| deploy.deadline).map(|length| int(length.0.max(1))),
            selector: part.selector(),
            strategy: Some(strategy(part)?),
            template: std::mem::take(&mut pod.template),
            ..DeploymentSpec::default()
        }),
        status: None,
    })
}

/// How a new version replaces the old one: a quarter more and none missing when nothing is said; the old ones end
/// first where none may be more and all may be missing.
fn strategy(part: &Part<'_>) -> Result<DeploymentStrategy, RenderError> {
    let deploy = part.component.deploy.clone().unwrap_or_default();
    let surge = deploy.surge.as_deref().map(|text| count(part, "deploy.surge", text)).transpose()?;
    let unavailable = deploy.unavailable.as_deref().map(|text| count(part, "deploy.unavailable", text)).transpose()?;
    let quarter = || IntOrString::String("25%".to_owned());
    let (surge, unavailable) = match (surge, unavailable) {
        (Some(surge), Some(IntOrString::String(all))) if is_zero(&surge) && all == "100%" => {
            return Ok(DeploymentStrategy { type_: Some("Recreate".to_owned()), rolling_update: None });
        }
        // Kubernetes refuses both at zero: nothing could ever be replaced.
        (Some(surge), Some(unavailable)) if is_zero(&surge) && is_zero(&unavailable) => (quarter(), unavailable),
        (Some(surge), None) if is_zero(&surge) => (surge, quarter()),
        (surge, unavailable) => (surge.unwrap_or_else(quarter), unavailable.unwrap_or(IntOrString::Int(0))),
    };
    Ok(DeploymentStrategy {
        type_: Some("RollingUpdate".to_owned()),
        rolling_update: Some(RollingUpdateDeployment { max_surge: Some(surge), max_unavailable: Some(unavailable) }),
    })
}

fn count(part: &Part<'_>, field: &str, text: &str) -> Result<IntOrString, RenderError> {
    let percent = text.strip_suffix('%').and_then(|number| number.parse::<u32>().ok());
    match (percent, text.parse::<u32>()) {
        (Some(percent), _) => Ok(IntOrString::String(format!("{percent}%"))),
        (None, Ok(number)) => Ok(IntOrString::Int(int(number))),
        (None, Err(_)) => Err(part.error(field, format!("`{text}` is neither a number nor a percentage such as 25%"))),
    }
}

fn is_zero(value: &IntOrString) -> bool {
    matches!(value, IntOrString::Int(0)) || matches!(value, IntOrString::String(text) if text == "0%")
}

//! The cluster that workloads move to.

use super::check::Check;
use crate::error::Failure;
use crate::exit::Exit;
use crate::signals;
use caravan_providers_kubernetes::{ApiKind, Cluster, ClusterError, ServedKind};
use std::time::Duration;

/// A cluster that takes longer is no cluster to move to tonight.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The findings about the cluster.
pub(crate) fn all() -> Result<Vec<Check>, Failure> {
    signals::block_on(observe())
}

async fn observe() -> Vec<Check> {
    let cluster = match Cluster::infer(ANSWER_WITHIN).await {
        Ok(cluster) => cluster,
        Err(error) => return vec![unanswered(&error)],
    };
    let version = match cluster.version().await {
        Ok(version) => version,
        Err(error) => return vec![unanswered(&error)],
    };
    let mut checks = vec![Check::ok("cluster", format!("{} runs Kubernetes {version}", cluster.url()))];
    match cluster.served(&emitted()).await {
        Ok(served) => checks.extend(served.iter().map(judge)),
        Err(error) => checks.push(unanswered(&error)),
    }
    checks
}

/// The kinds beyond Kubernetes' own that `convert` writes.
fn emitted() -> Vec<ApiKind> {
    let kinds = caravan_convert::CUSTOM_KINDS.iter().chain(caravan_convert::PLATFORM_KINDS);
    kinds.map(|(api_version, kind)| ApiKind::new(*api_version, *kind)).collect()
}

fn judge(served: &ServedKind) -> Check {
    let ApiKind { api_version, kind } = &served.kind;
    let name = format!("kind {kind}.{api_version}");
    if served.served {
        return Check::ok(name, "served");
    }
    let text = match served.versions.as_slice() {
        [] => "the cluster does not know its group".to_owned(),
        versions => format!("the cluster serves {} of its group, but not this kind and version", versions.join(", ")),
    };
    Check::failed(name, text, format!("install the custom resource definitions of {}", served.kind.group()))
}

fn unanswered(error: &ClusterError) -> Check {
    let text = chain(error);
    match error {
        ClusterError::NotConfigured(_) => {
            Check::skipped("cluster", text, "set KUBECONFIG, or log in as you would for kubectl")
        }
        ClusterError::Denied { .. } | ClusterError::NoCredentials { .. } => Check {
            exit: Exit::Access,
            ..Check::failed("cluster", text, "renew the credentials: what does `kubectl version` say?")
        },
        ClusterError::Unusable { .. } | ClusterError::TimedOut { .. } => {
            Check::failed("cluster", text, "check the address in the kubeconfig, the VPN and the proxy")
        }
    }
}

/// The error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

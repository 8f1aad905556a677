//! Why a cluster gave no answer.

use std::time::Duration;

/// Why a cluster gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// There is no kubeconfig, or it can't be used: nobody said which cluster.
    #[error("no cluster is configured: {0}")]
    NotConfigured(String),
    /// The credentials are missing, wrong or expired (401), or may not do this (403).
    #[error("the cluster at {url} refuses the credentials: {reason}")]
    Denied {
        /// The API server.
        url: String,
        /// What the API server said.
        reason: String,
    },
    /// Nothing usable came back: unreachable, a wrong certificate, an answer that is not of Kubernetes.
    #[error("the cluster at {url} gives no usable answer")]
    Unusable {
        /// The API server.
        url: String,
        /// What went wrong on the way.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It did not answer in time.
    #[error("the cluster at {url} did not answer within {} s", limit.as_secs())]
    TimedOut {
        /// The API server.
        url: String,
        /// The time limit.
        limit: Duration,
    },
}

impl ClusterError {
    /// What it means that the client failed.
    pub(crate) fn of(url: &str, error: kube::Error) -> Self {
        let url = url.to_owned();
        match error {
            kube::Error::Api(status) if matches!(status.code, 401 | 403) => {
                Self::Denied { url, reason: status.message.clone() }
            }
            // Its text may hold what the credentials program printed, so it is not passed on.
            kube::Error::Auth(_) => {
                Self::Denied { url, reason: "the kubeconfig's credentials program or token file fails".to_owned() }
            }
            other => Self::Unusable { url, source: Box::new(other) },
        }
    }
}

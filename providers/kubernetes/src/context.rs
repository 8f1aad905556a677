//! Routes of the cluster that a context of the kubeconfig names.

use crate::error::told;
use crate::{ClusterError, Routes};
use kube::config::{KubeConfigOptions, Kubeconfig};

impl Routes {
    /// Speaks to the cluster of this context of the kubeconfig that `kubectl` would use. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClusterError::NotConfigured`] when there is no such context, or it is not usable.
    pub async fn in_context(context: &str) -> Result<Self, ClusterError> {
        let wrong = |error: &dyn std::error::Error| ClusterError::NotConfigured(format!("context {context}: {error}"));
        let file = Kubeconfig::read().map_err(|error| wrong(&error))?;
        let options = KubeConfigOptions { context: Some(context.to_owned()), ..KubeConfigOptions::default() };
        let mut config = kube::Config::from_custom_kubeconfig(file, &options).await.map_err(|error| wrong(&error))?;
        // Only the engine repeats a write, after it has observed the target.
        config.default_retry = false;
        let client = kube::Client::try_from(config).map_err(|error| match told(&error) {
            (reason, true) => ClusterError::NoCredentials { context: context.to_owned(), reason },
            (reason, false) => ClusterError::NotConfigured(format!("context {context}: {reason}")),
        })?;
        Ok(Self::new(client))
    }
}

//! One cluster.

use crate::ClusterError;
use crate::error::told;
use crate::served::{ApiKind, ServedKind, api_versions};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{APIGroupList, APIResourceList};
use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::time::Duration;

/// A cluster that can be asked. Nothing is sent before the first question.
pub struct Cluster {
    client: kube::Client,
    url: String,
    limit: Duration,
}

impl Cluster {
    /// The cluster that `kubectl` would speak to. `limit` bounds each question to it.
    ///
    /// # Errors
    /// [`ClusterError::NotConfigured`] when there is no usable kubeconfig.
    pub async fn infer(limit: Duration) -> Result<Self, ClusterError> {
        let mut config = kube::Config::infer().await.map_err(|error| {
            // Its text begins with the reasons why we are in no pod; what a person can change is its cause.
            ClusterError::NotConfigured(error.source().map_or_else(|| error.to_string(), ToString::to_string))
        })?;
        config.connect_timeout = Some(limit);
        config.default_retry = false;
        let url = config.cluster_url.to_string();
        let client = kube::Client::try_from(config).map_err(|error| match told(&error) {
            (reason, true) => ClusterError::Denied { url: url.clone(), reason },
            (reason, false) => ClusterError::NotConfigured(reason),
        })?;
        Ok(Self { client, url, limit })
    }

    /// The address of its API server.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its version as it says itself: `v1.36.0`.
    ///
    /// # Errors
    /// When it does not answer, or not as Kubernetes would.
    pub async fn version(&self) -> Result<String, ClusterError> {
        Ok(self.ask(self.client.apiserver_version()).await?.git_version)
    }

    /// Which of these kinds it serves, in their order. Asks for nothing that an ordinary user may not read
    /// (the role `system:discovery`).
    ///
    /// # Errors
    /// When it does not answer, or not as Kubernetes would.
    pub async fn served(&self, kinds: &[ApiKind]) -> Result<Vec<ServedKind>, ClusterError> {
        let groups = self.ask(self.client.list_api_groups()).await?;
        let mut resources = BTreeMap::new();
        for api_version in api_versions(kinds) {
            if api_version == "v1" {
                resources.insert(api_version, self.ask(self.client.list_core_api_resources("v1")).await?);
            } else if has_version(&groups, api_version) {
                resources.insert(api_version, self.ask(self.client.list_api_group_resources(api_version)).await?);
            }
        }
        Ok(kinds.iter().map(|kind| judge(kind, &groups, &resources)).collect())
    }

    async fn ask<T>(&self, question: impl Future<Output = kube::Result<T>>) -> Result<T, ClusterError> {
        match tokio::time::timeout(self.limit, question).await {
            Ok(answer) => answer.map_err(|error| ClusterError::of(&self.url, error)),
            Err(_) => Err(ClusterError::TimedOut { url: self.url.clone(), limit: self.limit }),
        }
    }
}

fn has_version(groups: &APIGroupList, api_version: &str) -> bool {
    groups.groups.iter().flat_map(|group| &group.versions).any(|version| version.group_version == api_version)
}

fn judge(kind: &ApiKind, groups: &APIGroupList, resources: &BTreeMap<&str, APIResourceList>) -> ServedKind {
    let served = resources
        .get(kind.api_version.as_str())
        .is_some_and(|list| list.resources.iter().any(|resource| resource.kind == kind.kind));
    let group = groups.groups.iter().find(|group| group.name == kind.group());
    let versions = group.map(|group| group.versions.iter().map(|version| version.version.clone()).collect());
    ServedKind { kind: kind.clone(), served, versions: versions.unwrap_or_default() }
}

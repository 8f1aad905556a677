//! The world that a cutover changes: each call goes to the adapter of its target.

use crate::commands::discover::aws_accounts;
use crate::config::Config;
use caravan_inventory::target::Target;
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use caravan_providers_aws::AwsTargets;
use caravan_providers_kubernetes::Routes;
use caravan_providers_network::Prober;
use std::collections::BTreeMap;
use tokio::sync::Mutex;

/// The adapters of every target. Nothing is opened before the first call that needs it.
pub(crate) struct RealWorld {
    aws: AwsTargets,
    clusters: Mutex<BTreeMap<String, Routes>>,
    prober: Prober,
}

impl RealWorld {
    /// The world of a configuration: its accounts, and the clusters of the kubeconfig.
    pub(crate) fn new(config: &Config) -> Self {
        Self { aws: AwsTargets::new(aws_accounts(config)), clusters: Mutex::default(), prober: Prober::default() }
    }

    async fn routes(&self, cluster: &str) -> Result<Routes, CallError> {
        let mut clusters = self.clusters.lock().await;
        if let Some(routes) = clusters.get(cluster) {
            return Ok(routes.clone());
        }
        let routes = Routes::in_context(cluster).await.map_err(|error| CallError::NotSent(error.to_string()))?;
        clusters.insert(cluster.to_owned(), routes.clone());
        Ok(routes)
    }
}

impl Observer for RealWorld {
    async fn look(&self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::Probe(probe) => Ok(Reply::Probed(self.prober.probe(probe).await)),
            Call::Owners(Target::Route { cluster, .. })
            | Call::Observe(Target::Route { cluster, .. })
            | Call::Status { target: Target::Route { cluster, .. }, .. } => {
                self.routes(cluster).await?.look(call).await
            }
            Call::Owners(Target::Records { .. } | Target::ListenerRule { .. })
            | Call::Observe(Target::Records { .. } | Target::ListenerRule { .. })
            | Call::Status { target: Target::Records { .. } | Target::ListenerRule { .. }, .. } => {
                self.aws.look(call).await
            }
            Call::Write(_) => Err(CallError::NotSent("a write is no look".to_owned())),
        }
    }
}

impl Executor for RealWorld {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        match &write.target {
            Target::Route { cluster, .. } => self.routes(cluster).await?.write(write).await,
            Target::Records { .. } | Target::ListenerRule { .. } => self.aws.write(write).await,
        }
    }
}

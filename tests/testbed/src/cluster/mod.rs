//! A real Kubernetes control plane: etcd, API server, controllers and scheduler, with kwok in the place of kubelets.
//!
//! It serves the real definitions of the platform's custom resources. Pods are really scheduled, really get service
//! accounts, quotas and endpoints; their containers do not run, and probes are not made: kwok says that they are ready.

mod definitions;
mod nodes;
mod start;
mod write;

use crate::run_dir::{Process, RunDir};
use crate::server_failure::{ServerFailure, demand, ran_against};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config, Discovery};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

pub use write::{Refusal, Write, documents};

/// The run's cluster.
pub struct Cluster {
    config: Config,
    kubeconfig: PathBuf,
    etcd: u16,
    discovery: Discovery,
    namespaces: AtomicU64,
    _processes: Vec<Process>,
    _folder: RunDir,
}

/// The API server's name in reports.
const SERVER: &str = "Kubernetes control plane";

impl Cluster {
    /// The run's cluster, started on first use (6 to 15 s); nothing, after saying so, where this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn shared() -> Option<&'static Self> {
        static CLUSTER: OnceLock<Result<Cluster, ServerFailure>> = OnceLock::new();
        demand(CLUSTER.get_or_init(|| block_on(Self::start())).as_ref())
    }

    /// Another cluster beside [`Cluster::shared`], whose context in its kubeconfig has the same name. As there.
    ///
    /// # Panics
    ///
    /// As [`Cluster::shared`].
    #[must_use]
    pub fn second() -> Option<&'static Self> {
        static CLUSTER: OnceLock<Result<Cluster, ServerFailure>> = OnceLock::new();
        demand(CLUSTER.get_or_init(|| block_on(Self::start())).as_ref())
    }

    /// A kubeconfig of the cluster's administrator.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Where its etcd answers, `host:port`: a server that speaks gRPC, without TLS.
    #[must_use]
    pub fn etcd(&self) -> String {
        format!("127.0.0.1:{}", self.etcd)
    }

    /// A client for the calling test's own runtime; a client does not outlive the runtime it was made in.
    ///
    /// # Panics
    ///
    /// Never: the very same settings made a client when the cluster was started.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the same settings made a client before")]
    pub fn client(&self) -> Client {
        Client::try_from(self.config.clone()).expect("a client of the cluster's own settings")
    }

    /// Where its API server listens: `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.config.cluster_url.to_string().trim_end_matches('/').to_owned()
    }

    /// As [`Cluster::client`], past this address: of a fault proxy in front of [`Cluster::endpoint`].
    ///
    /// # Panics
    ///
    /// When this is no address.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without its client has nothing to go on with")]
    pub fn client_at(&self, endpoint: &str) -> Client {
        let mut config = self.config.clone();
        config.cluster_url = endpoint.parse().expect("an address");
        Client::try_from(config).expect("a client of the cluster's own settings")
    }

    /// Makes a new namespace for one test and gives its name, `PREFIX-N`.
    ///
    /// # Errors
    ///
    /// When the API server refuses.
    pub async fn namespace(&self, client: &Client, prefix: &str) -> Result<String, Refusal> {
        let name = format!("{prefix}-{}", self.namespaces.fetch_add(1, Ordering::Relaxed));
        let namespace = serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.apply(client, &namespace, Write::Persist).await?;
        Ok(name)
    }

    async fn start() -> Result<Self, ServerFailure> {
        let (folder, mut processes, etcd) = start::start()?;
        let kubeconfig = folder.path().join("kubeconfig");
        let config = configuration(&kubeconfig).await?;
        let client = Client::try_from(config.clone()).map_err(|error| ServerFailure::broken(SERVER, error))?;
        let version = start::wait_until_ready(&client, &mut processes).await?;
        processes.extend(start::start_controllers(folder.path())?);
        let served = definitions::apply(&client).await?;
        nodes::create(&client).await?;
        let discovery = Discovery::new(client).run_aggregated().await;
        let discovery = discovery.map_err(|error| ServerFailure::broken(SERVER, error))?;
        ran_against(SERVER, &format!("{version}, kwok, {served} custom resource definitions"));
        Ok(Self {
            config,
            kubeconfig,
            etcd,
            discovery,
            namespaces: AtomicU64::new(1),
            _processes: processes,
            _folder: folder,
        })
    }
}

async fn configuration(kubeconfig: &Path) -> Result<Config, ServerFailure> {
    let read = Kubeconfig::read_from(kubeconfig).map_err(|error| ServerFailure::broken(SERVER, error))?;
    let config = Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await;
    config.map_err(|error| ServerFailure::broken(SERVER, error))
}

/// Runs `future` to its end on a thread and a runtime of its own: tests may call from inside a runtime, where blocking on
/// another is forbidden.
fn block_on<T: Send>(future: impl Future<Output = Result<T, ServerFailure>> + Send) -> Result<T, ServerFailure> {
    std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.map_err(|error| ServerFailure::broken(SERVER, error))?.block_on(future)
        });
        run.join().unwrap_or_else(|_| Err(ServerFailure::broken(SERVER, "its start panicked")))
    })
}

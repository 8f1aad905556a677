//! The real data plane: Envoy Gateway, which watches a cluster's routes, and the Envoy that it starts and configures.
//!
//! Envoy Gateway runs outside the cluster and its Envoys as processes beside it (its `Host` infrastructure). It takes
//! fixed ports on every interface, so that it is started only in a namespace (`in_namespace`).

use crate::cluster::Cluster;
use crate::place;
use crate::run_dir::{Process, RunDir};
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde_json::{Value, json};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const SERVER: &str = "Envoy Gateway";
/// The version that the test bench has of Envoy, and that Envoy Gateway is told to start.
const ENVOY: &str = "1.39.1";

/// A running Envoy Gateway. Dropping it ends it and its Envoys.
pub struct Gateway {
    process: Process,
    folder: RunDir,
}

/// What the machine of a gateway and its Envoys has of its own. To them alone: nobody else sees it.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'m> {
    /// The text of its `/etc/hosts`.
    pub hosts: &'m str,
    /// The roots that it trusts and no others, as PEM.
    pub roots: &'m str,
}

impl Gateway {
    /// Starts it on the cluster; nothing, after saying so, where this machine does not have it.
    ///
    /// # Panics
    ///
    /// When it can't be started, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(cluster: &Cluster) -> Option<Self> {
        demand(Self::begin(cluster, None))
    }

    /// As [`Gateway::start`], on a machine with other names and roots than this one.
    ///
    /// # Panics
    ///
    /// As [`Gateway::start`].
    #[must_use]
    pub fn start_on(cluster: &Cluster, machine: &Machine<'_>) -> Option<Self> {
        demand(Self::begin(cluster, Some(machine)))
    }

    /// The manifests that make it serve one HTTP listener: everything but routes and backends.
    #[must_use]
    pub fn manifests(namespace: &str, port: u16) -> Vec<Value> {
        let gateway = json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
            "metadata": {"name": "public", "namespace": namespace},
            "spec": {
                "gatewayClassName": "envoy",
                "listeners": [{"name": "http", "protocol": "HTTP", "port": port}],
            },
        });
        Self::class(namespace).into_iter().chain([gateway]).collect()
    }

    /// The same, for routes of every namespace.
    #[must_use]
    pub fn manifests_for_all(namespace: &str, port: u16) -> Vec<Value> {
        let mut manifests = Self::manifests(namespace, port);
        if let Some(gateway) = manifests.last_mut() {
            gateway["spec"]["listeners"][0]["allowedRoutes"] = json!({"namespaces": {"from": "All"}});
        }
        manifests
    }

    /// The class `envoy`, whose Gateways are served by Envoys beside it.
    #[must_use]
    pub fn class(namespace: &str) -> Vec<Value> {
        let class = json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": "envoy"},
            "spec": {
                "controllerName": "gateway.envoyproxy.io/gatewayclass-controller",
                "parametersRef": {
                    "group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "host", "namespace": namespace,
                },
            },
        });
        vec![Self::proxy(namespace, "host"), class]
    }

    /// How a second Envoy is started beside the first, for a Gateway that has the same ports: it listens at the addresses
    /// of IPv6, and shares no memory with the other one.
    #[must_use]
    pub fn second_proxy(namespace: &str, name: &str) -> Value {
        let mut proxy = Self::proxy(namespace, name);
        proxy["spec"]["ipFamily"] = "IPv6".into();
        proxy["spec"]["extraArgs"] = json!(["--base-id", "1"]);
        proxy
    }

    /// How an Envoy is started: as a process, listening at every address of IPv4.
    fn proxy(namespace: &str, name: &str) -> Value {
        json!({
            "apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "EnvoyProxy",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "provider": {"type": "Host", "host": {"envoyVersion": ENVOY}},
                "telemetry": {"metrics": {"enablePerEndpointStats": true}},
            },
        })
    }

    /// Where the administration of its Envoy listens, `host:port`, once there is one: with the first gateway.
    ///
    /// # Panics
    ///
    /// When there is none after a minute.
    #[expect(clippy::panic, reason = "a test without its server has nothing to go on with")]
    pub async fn envoy_admin(&self) -> String {
        for _ in 0..600 {
            if let Some(address) = self.find_admin() {
                return address;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}", self.process.failure("it started no Envoy"))
    }

    #[expect(clippy::disallowed_methods, reason = "Envoy says by a file where it listens")]
    fn find_admin(&self) -> Option<String> {
        let runs = std::fs::read_dir(self.folder.path().join("run")).ok()?;
        let addresses = runs.flatten().map(|run| run.path().join("admin-address.txt"));
        addresses.flat_map(std::fs::read_to_string).map(|text| text.trim().to_owned()).find(|text| !text.is_empty())
    }

    fn begin(cluster: &Cluster, machine: Option<&Machine<'_>>) -> Result<Self, ServerFailure> {
        let program = place::part(SERVER, "envoy-gateway/envoy-gateway")?;
        let envoy = place::part(SERVER, "envoy/envoy/_bin/envoy")?;
        let folder = RunDir::new(SERVER)?;
        let broken = |error| ServerFailure::broken(SERVER, error);
        machine.map_or(Ok(()), |machine| write(folder.path(), machine)).map_err(broken)?;
        let process = start(folder.path(), &program, &envoy, cluster.kubeconfig()).map_err(broken)??;
        ran_against(SERVER, &format!("v1.9.1 with Envoy {ENVOY}"));
        Ok(Self { process, folder })
    }
}

#[expect(clippy::disallowed_methods, reason = "the test bench writes the files of its servers")]
fn write(folder: &Path, machine: &Machine<'_>) -> std::io::Result<()> {
    std::fs::write(folder.join("hosts"), machine.hosts)?;
    std::fs::write(folder.join("roots.pem"), machine.roots)
}

#[expect(clippy::disallowed_methods, reason = "the test bench writes the files of its servers")]
fn start(
    folder: &Path,
    program: &Path,
    envoy: &Path,
    kubeconfig: &Path,
) -> std::io::Result<Result<Process, ServerFailure>> {
    // Where Envoy Gateway looks before it would fetch one.
    let bin = folder.join("data/envoy-versions").join(ENVOY).join("bin");
    std::fs::create_dir_all(&bin)?;
    symlink(envoy, bin.join("envoy"))?;
    let home = |name: &str| folder.join(name).display().to_string();
    let host = json!({
        "configHome": home("config"), "dataHome": home("data"), "stateHome": home("state"), "runtimeDir": home("run"),
    });
    let config = json!({
        "apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "EnvoyGateway",
        "gateway": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
        "provider": {"type": "Custom", "custom": {
            "resource": {"type": "Kubernetes"}, "infrastructure": {"type": "Host", "host": host},
        }},
        "extensionApis": {"enableBackend": true},
    });
    std::fs::write(folder.join("config.yaml"), config.to_string())?;
    let mut command = Command::new("unshare");
    command.args(["--mount", "env"]);
    command.arg(format!("KUBECONFIG={}", kubeconfig.display())).arg("sh");
    command.arg(place::source("gateway/start.sh")).arg(folder).arg(program);
    Ok(Process::start_held(SERVER, &command, folder.join("log")))
}

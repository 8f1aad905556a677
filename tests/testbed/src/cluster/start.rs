//! The cluster's processes, with the flags that make them live on loopback and end with the run.

use super::SERVER;
use crate::place;
use crate::run_dir::{Process, RunDir};
use crate::server_failure::ServerFailure;
use kube::Client;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long an API server may take on a machine with more to do: 3 s on an idle one.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// Starts etcd and the API server, and writes `kubeconfig` into the folder. Gives etcd's port besides.
pub(super) fn start() -> Result<(RunDir, Vec<Process>, u16), ServerFailure> {
    let binary = place::part(SERVER, "control-plane/control-plane")?;
    place::part(SERVER, "kwok/kwok")?;
    place::part(SERVER, "crds/stages.yaml")?;
    let folder = RunDir::new(SERVER)?;
    let dir = folder.path();
    make_key(&binary, dir)?;
    let (etcd, peer, api) = (free_port()?, free_port()?, free_port()?);
    let token = format!("{:032x}", u128::from(std::process::id()) << 64 | u128::from(api));
    write(&dir.join("tokens.csv"), &format!("{token},admin,admin,system:masters\n"))?;
    let processes = vec![start_etcd(&binary, dir, etcd, peer)?, start_apiserver(&binary, dir, etcd, api)?];
    write_kubeconfig(dir, api, &token)?;
    Ok((folder, processes, etcd))
}

/// Waits until the API server takes work, and gives its version.
pub(super) async fn wait_until_ready(client: &Client, processes: &mut [Process]) -> Result<String, ServerFailure> {
    let mut last = String::new();
    for _ in 0..READY_WITHIN.as_millis() / 100 {
        match get(client, "readyz").await {
            Ok(_) => {
                let version = client.apiserver_version().await.map_err(|error| ServerFailure::broken(SERVER, error))?;
                return Ok(version.git_version);
            }
            Err(error) => last = format!("{error:?}"),
        }
        for process in processes.iter_mut() {
            process.alive()?;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let why = format!("not ready after {READY_WITHIN:?}: {last}");
    Err(processes.last().map_or_else(|| ServerFailure::broken(SERVER, &why), |apiserver| apiserver.failure(&why)))
}

/// Starts the controllers, the scheduler and kwok.
pub(super) fn start_controllers(dir: &Path) -> Result<Vec<Process>, ServerFailure> {
    let binary = place::part(SERVER, "control-plane/control-plane")?;
    let kubeconfig = format!("--kubeconfig={}", dir.join("kubeconfig").display());
    let key = format!("--service-account-private-key-file={}", dir.join("key.pem").display());
    let controllers = part(
        &binary,
        "controllers",
        dir,
        free_port()?,
        &[
            &kubeconfig,
            &key,
            "--leader-elect=false",
            // What needs a cloud; the rest are as in any cluster.
            "--controllers=*,-nodeipam,-route,-service-lb-controller",
            // kwok renews no leases and sends a heartbeat every ten minutes. After the usual 50 s its nodes would be lost
            // for a moment and their pods marked unready, and none of its stages marks a pod ready again.
            "--node-monitor-grace-period=24h",
            "--node-startup-grace-period=24h",
            // A test waits for what a cluster does in its own time.
            "--concurrent-deployment-syncs=20",
            "--concurrent-replicaset-syncs=20",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
        ],
    )?;
    let scheduler = part(
        &binary,
        "scheduler",
        dir,
        free_port()?,
        &[&kubeconfig, "--leader-elect=false", "--kube-api-qps=200", "--kube-api-burst=400"],
    )?;
    let mut kwok = Command::new(place::part(SERVER, "kwok/kwok")?);
    let stages = place::part(SERVER, "crds/stages.yaml")?;
    kwok.arg(kubeconfig).arg(format!("--config={}", stages.display())).args([
        "--manage-all-nodes=true",
        "--node-ip=127.0.0.1",
        "--cidr=10.244.0.0/16",
    ]);
    Ok(vec![controllers, scheduler, Process::start_held(SERVER, &kwok, dir.join("kwok.log"))?])
}

fn start_etcd(binary: &Path, dir: &Path, client: u16, peer: u16) -> Result<Process, ServerFailure> {
    let mut command = Command::new(binary);
    let url = |port| format!("http://127.0.0.1:{port}");
    command.arg("etcd").arg(dir.join("etcd")).arg(url(client)).arg(url(peer)).stdout(Stdio::null());
    Process::start(SERVER, command, dir.join("etcd.log"))
}

fn start_apiserver(binary: &Path, dir: &Path, etcd: u16, port: u16) -> Result<Process, ServerFailure> {
    let key = dir.join("key.pem");
    part(
        binary,
        "apiserver",
        dir,
        port,
        &[
            &format!("--etcd-servers=http://127.0.0.1:{etcd}"),
            &format!("--service-account-key-file={}", key.display()),
            &format!("--service-account-signing-key-file={}", key.display()),
            "--service-account-issuer=https://kubernetes.default.svc",
            &format!("--token-auth-file={}", dir.join("tokens.csv").display()),
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--endpoint-reconciler-type=none",
            // Nobody is told of it; without it the server looks for a default route, which a namespace doesn't have.
            "--advertise-address=192.0.2.1",
            // Many tests at once are not many users.
            "--max-requests-inflight=2000",
            "--max-mutating-requests-inflight=2000",
        ],
    )
}

/// One of the control plane's parts: on loopback, with a certificate of its own.
fn part(binary: &Path, name: &str, dir: &Path, port: u16, arguments: &[&str]) -> Result<Process, ServerFailure> {
    let mut command = Command::new(binary);
    command.arg(name).arg("--bind-address=127.0.0.1").arg(format!("--secure-port={port}"));
    command.arg(format!("--cert-dir={}", dir.join(name).display())).args(arguments).stdout(Stdio::null());
    Process::start(SERVER, command, dir.join(format!("{name}.log")))
}

fn make_key(binary: &Path, dir: &Path) -> Result<(), ServerFailure> {
    let status = Command::new(binary).arg("key").arg(dir.join("key.pem")).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(ServerFailure::broken(SERVER, format!("making its key ended with {status}"))),
        Err(error) => Err(ServerFailure::broken(SERVER, error)),
    }
}

/// JSON, which is YAML too. The certificate is the one that the API server makes for itself in its `--cert-dir`.
fn write_kubeconfig(dir: &Path, port: u16, token: &str) -> Result<(), ServerFailure> {
    let cluster = serde_json::json!({
        "server": format!("https://127.0.0.1:{port}"),
        "certificate-authority": dir.join("apiserver/apiserver.crt"),
    });
    let document = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "testbed", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "testbed", "context": {"cluster": "testbed", "user": "admin"}}],
        "current-context": "testbed",
    });
    wait_for(&dir.join("apiserver/apiserver.crt"))?;
    write(&dir.join("kubeconfig"), &document.to_string())
}

/// The certificate is there within a second; whether its server lives is looked at later.
fn wait_for(file: &Path) -> Result<(), ServerFailure> {
    for _ in 0..READY_WITHIN.as_millis() / 50 {
        // Written in one go, but not made and written in one.
        if std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(ServerFailure::broken(SERVER, format!("{} did not appear", file.display())))
}

/// What the API server answers to a GET of `/PATH`.
async fn get(client: &Client, path: &str) -> Result<String, kube::Error> {
    let request = kube::core::Request::new("").get(path, &kube::api::GetParams::default());
    client.request_text(request.map_err(kube::Error::BuildRequest)?).await
}

#[expect(clippy::disallowed_methods, reason = "the test bench writes the files of its servers")]
fn write(path: &Path, text: &str) -> Result<(), ServerFailure> {
    std::fs::write(path, text).map_err(|error| ServerFailure::broken(SERVER, format!("{}: {error}", path.display())))
}

/// A port that is free now. Another process could take it before the server does; the server then says so and ends.
fn free_port() -> Result<u16, ServerFailure> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(bound.map_err(|error| ServerFailure::broken(SERVER, error))?.port())
}

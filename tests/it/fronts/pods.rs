//! What listens at the addresses of pods, whose containers do not run here: one server for each port, at every address.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, ListParams};
use std::collections::{BTreeMap, BTreeSet};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The range of the pods' addresses: each leads to this machine, in the namespace of the test.
pub(crate) fn take_addresses() {
    let route = ["route", "add", "local", "10.244.0.0/16", "dev", "lo"];
    let status = std::process::Command::new("ip").args(route).status().unwrap();
    assert!(status.success(), "ip {}", route.join(" "));
}

/// The header in which an answer says at which address it was asked.
pub(crate) const HEADER: &str = "x-answered-at";

/// Serves the ports until the test's runtime ends.
pub(crate) async fn serve(ports: &BTreeSet<u64>) {
    for port in ports {
        let address = ("0.0.0.0", u16::try_from(*port).unwrap());
        let bound = TcpListener::bind(address).await;
        let listener = bound.unwrap_or_else(|error| panic!("port {port}: {error}"));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
    }
}

async fn answer(mut stream: TcpStream) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    let own = stream.local_addr().unwrap().to_string();
    let head = format!("HTTP/1.1 200 OK\r\n{HEADER}: {own}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// The app of each pod that has an address.
pub(crate) async fn apps(client: &kube::Client) -> BTreeMap<String, String> {
    let pods = Api::<Pod>::all(client.clone()).list(&ListParams::default()).await.unwrap();
    let of = |pod: &Pod| {
        let address = pod.status.as_ref()?.pod_ip.clone()?;
        Some((address, pod.labels().get("plat.io/app")?.clone()))
    };
    pods.iter().filter_map(of).collect()
}

//! The simulated nodes: what the platform's two pools would have bought, ready from the start.

use super::SERVER;
use crate::server_failure::ServerFailure;
use k8s_openapi::api::core::v1::Node;
use kube::Client;
use kube::api::{Api, PostParams};
use serde_json::{Value, json};

const ZONES: [&str; 3] = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];

/// One of each: zone, architecture, capacity.
pub(super) async fn create(client: &Client) -> Result<(), ServerFailure> {
    let api = Api::<Node>::all(client.clone());
    for zone in ZONES {
        for arch in ["amd64", "arm64"] {
            for capacity in ["spot", "on-demand"] {
                let node = serde_json::from_value(node(zone, arch, capacity));
                let node = node.map_err(|error| ServerFailure::broken(SERVER, error))?;
                let created = api.create(&PostParams::default(), &node).await;
                created.map_err(|error| ServerFailure::broken(SERVER, error))?;
            }
        }
    }
    Ok(())
}

/// On-demand nodes are tainted: only what asks for them, as the platform's shapes do, is put there.
fn node(zone: &str, arch: &str, capacity: &str) -> Value {
    let name = format!("{capacity}-{arch}-{}", &zone[zone.len() - 1..]);
    let taint = json!({"key": "plat.io/capacity", "value": "on-demand", "effect": "NoSchedule"});
    let resources = json!({"cpu": "192", "memory": "768Gi", "ephemeral-storage": "1Ti", "pods": "700"});
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {
            "kubernetes.io/arch": arch,
            "kubernetes.io/os": "linux",
            "kubernetes.io/hostname": name,
            "topology.kubernetes.io/region": "eu-central-1",
            "topology.kubernetes.io/zone": zone,
            "node.kubernetes.io/instance-type": if arch == "arm64" { "m8g.48xlarge" } else { "m7i.48xlarge" },
            "karpenter.sh/capacity-type": capacity,
            "karpenter.sh/nodepool": if capacity == "spot" { "default" } else { "on-demand" },
        }},
        "spec": {"taints": if capacity == "spot" { json!([]) } else { json!([taint]) }},
        "status": {
            "capacity": resources,
            "allocatable": resources,
            "nodeInfo": {
                "architecture": arch,
                "operatingSystem": "linux",
                "bootID": "", "containerRuntimeVersion": "", "kernelVersion": "", "kubeProxyVersion": "",
                "kubeletVersion": "v1.36.3", "machineID": "", "osImage": "", "systemUUID": "",
            },
        },
    })
}

//! Nodes: what Karpenter may buy, and how much of it.
//!
//! Two pools. `general` prefers spot and falls back to on-demand by itself when there is no spot; `on-demand` is for what
//! must not be interrupted, closed by a taint that such pods tolerate, and asked first for them. Either may grow until it
//! holds every team's whole quota, so that the quotas alone bound a team, and no team can take another's nodes.

use super::cluster::{Cluster, wave};
use super::document::{Document, From, Row, row};
use super::unit::Unit;
use crate::needs::Size;
use serde_json::{Value, json};

const CLASS: &[Row] = &[
    row("", "node-class", "what every node is: Bottlerocket, nothing of its rights reached by pods", &[]),
    row(
        "/spec/role",
        "node-role",
        "the role of the nodes",
        &[From::Setting("nodes/role"), From::Setting("cluster"), From::Environment],
    ),
    row(
        "/spec/subnetSelectorTerms",
        "discovery",
        "found by the tag that Karpenter's documentation gives them",
        &[From::Setting("cluster"), From::Environment],
    ),
    row(
        "/spec/securityGroupSelectorTerms",
        "discovery",
        "found by the tag that Karpenter's documentation gives them",
        &[From::Setting("cluster"), From::Environment],
    ),
    row(
        "/spec/amiSelectorTerms",
        "bottlerocket",
        "pinned: a newer one replaces every node",
        &[From::Setting("nodes/bottlerocket")],
    ),
    row("/spec/blockDeviceMappings/1", "node-disk", "images, logs and temporary files", &[From::Setting("nodes/disk")]),
    row("/spec/userData", "sysctls", "kernel parameters of pods that reach beyond them", &[From::Apps]),
];

const POOL: &[Row] = &[
    row("", "node-pool", "what may be bought", &[From::Setting("group")]),
    row(
        "/spec/limits",
        "pool-limit",
        "every team's whole quota, with what packing and the nodes' own pods take",
        &[From::Apps],
    ),
    row("/spec/template/spec/requirements", "instances", "large enough for the largest pod", &[From::Apps]),
    row(
        "/spec/template/spec/taints",
        "taint",
        "only what must not be interrupted comes here",
        &[From::Setting("group")],
    ),
];

const STORAGE: &[Row] = &[row("", "storage-class", "the disks of apps that name no class", &[])];

/// How full nodes get, in percent of what is asked for, besides what each node runs for itself.
const PACKED: u64 = 75;

/// The class and the pools; nothing where nobody told the cluster's name or the nodes' role.
pub(super) fn capacity(cluster: &mut Cluster<'_>) -> Vec<Document> {
    let what = "nodes: nothing is bought, and no pod starts";
    let name = cluster.name(what);
    let role = cluster.settings.nodes.role.as_deref();
    let role = cluster.told(role, None, what, "nodes: {role: NAME}");
    let (Some(name), Some(role)) = (name, role) else { return Vec::new() };
    let limits = limits(cluster);
    let mut documents = vec![class(cluster, &name, &role)];
    let general = ["spot", "on-demand"];
    documents.push(pool(cluster, &Pool { name: "general", weight: 50, capacity: &general, ..Pool::of(limits) }));
    documents.push(pool(cluster, &Pool { name: "on-demand", weight: 100, closed: true, ..Pool::of(limits) }));
    if limits.gpus > 0 {
        let gpu = Pool { name: "gpu", weight: 10, capacity: &general, categories: &["g"], ..Pool::of(limits) };
        documents.push(pool(cluster, &gpu));
    }
    documents
}

/// The class of disks that apps get who name none.
pub(super) fn storage() -> Document {
    Document::new("storage.k8s.io/v1", "StorageClass", "gp3", STORAGE)
        .wave(wave::FIRST)
        .annotated("storageclass.kubernetes.io/is-default-class", "true")
        .with(json!({
            "provisioner": "ebs.csi.aws.com",
            "parameters": {"type": "gp3", "encrypted": "true"},
            "reclaimPolicy": "Delete",
            "allowVolumeExpansion": true,
            "volumeBindingMode": "WaitForFirstConsumer",
        }))
}

/// Every team's quota together, with room for what packing loses.
pub(super) fn limits(cluster: &Cluster<'_>) -> Size {
    let quota = |team: &super::demand::Team| Unit::holding(team.needs.most).size();
    let all = cluster.teams.values().map(quota).fold(Size::default(), Size::plus);
    let packed = |amount: u64| amount.saturating_mul(100).div_ceil(PACKED);
    Size { cpu: packed(all.cpu), memory: packed(all.memory), ..all }
}

fn class(cluster: &Cluster<'_>, name: &str, role: &str) -> Document {
    let nodes = &cluster.settings.nodes;
    let discovery = json!([{"tags": {"karpenter.sh/discovery": name}}]);
    let disk = |device: &str, size: &str| {
        json!({
            "deviceName": device,
            "ebs": {"volumeType": "gp3", "volumeSize": size, "encrypted": true, "deleteOnTermination": true},
        })
    };
    Document::new("karpenter.k8s.aws/v1", "EC2NodeClass", "bottlerocket", CLASS).wave(wave::MEANS).with(json!({"spec": {
        "role": role,
        "amiSelectorTerms": [{"alias": format!("bottlerocket@{}", nodes.bottlerocket)}],
        "subnetSelectorTerms": discovery,
        "securityGroupSelectorTerms": discovery,
        // One hop, and a token: what a pod asks does not come back to it.
        "metadataOptions": {
            "httpEndpoint": "enabled", "httpProtocolIPv6": "disabled", "httpPutResponseHopLimit": 1, "httpTokens": "required",
        },
        "blockDeviceMappings": [disk("/dev/xvda", "4Gi"), disk("/dev/xvdb", &nodes.disk)],
        "userData": user_data(cluster),
    }}))
}

/// Settings of Bottlerocket, as far as pods need them.
fn user_data(cluster: &Cluster<'_>) -> Option<String> {
    let sysctls: Vec<String> = cluster.needs.security.sysctls.iter().map(|name| format!("\"{name}\"")).collect();
    (!sysctls.is_empty()).then(|| format!("[settings.kubernetes]\nallowed-unsafe-sysctls = [{}]\n", sysctls.join(", ")))
}

/// A pool.
struct Pool<'a> {
    name: &'a str,
    /// Among several that fit, the heavier is asked first.
    weight: u32,
    capacity: &'a [&'a str],
    categories: &'a [&'a str],
    /// Whether only pods come here that tolerate it.
    closed: bool,
    limits: Size,
}

impl<'a> Pool<'a> {
    fn of(limits: Size) -> Self {
        Self { name: "", weight: 1, capacity: &["on-demand"], categories: &["c", "m", "r"], closed: false, limits }
    }
}

fn pool(cluster: &Cluster<'_>, pool: &Pool<'_>) -> Document {
    let is_in = |key: &str, values: &[&str]| json!({"key": key, "operator": "In", "values": values});
    let instance = |name: &str| format!("karpenter.k8s.aws/instance-{name}");
    let requirements = json!([
        is_in("kubernetes.io/os", &["linux"]),
        is_in("kubernetes.io/arch", &["amd64", "arm64"]),
        is_in("karpenter.sh/capacity-type", pool.capacity),
        is_in(&instance("category"), pool.categories),
        is_in(&instance("hypervisor"), &["nitro"]),
        {"key": instance("generation"), "operator": "Gt", "values": ["4"]},
        {"key": instance("cpu"), "operator": "Gt", "values": ["3"]},
        {"key": instance("cpu"), "operator": "Lt", "values": [largest_instance(cluster).to_string()]},
    ]);
    let taint = json!([{"key": cluster.key("capacity"), "value": "on-demand", "effect": "NoSchedule"}]);
    let disruption = if pool.closed {
        json!({"consolidationPolicy": "WhenEmpty", "consolidateAfter": "10m", "budgets": [{"nodes": "1"}]})
    } else {
        json!({"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "2m", "budgets": [{"nodes": "10%"}]})
    };
    let Size { cpu, memory, .. } = pool.limits;
    Document::new("karpenter.sh/v1", "NodePool", pool.name, POOL).wave(wave::MEANS).with(json!({"spec": {
        "weight": pool.weight,
        "limits": {"cpu": cpu.div_ceil(1000).to_string(), "memory": format!("{}Gi", memory.div_ceil(1024))},
        "template": {
            "metadata": {"labels": {cluster.key("pool"): pool.name}},
            "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "bottlerocket"},
                "requirements": requirements,
                "taints": if pool.closed { taint } else { Value::Null },
                "expireAfter": "720h",
                // Longer than any pod may take to stop: without it, one that can't be drained stays for ever.
                "terminationGracePeriod": if pool.closed { "48h" } else { "24h" },
            },
        },
        "disruption": disruption,
    }}))
}

/// Instances have fewer vCPUs than this: twice as many as the largest pod needs, and at least so many that several pods share
/// one.
fn largest_instance(cluster: &Cluster<'_>) -> u64 {
    let needed = cluster.needs.largest.cpu.div_ceil(1000).max(cluster.needs.largest.memory.div_ceil(8 * 1024));
    needed.saturating_mul(2).next_power_of_two().max(32) + 1
}

//! Whose machines these are: a service that makes and replaces them by itself, or nobody but those who run them.
//!
//! The evidence is what each service writes on its machines: the tags that its guide names, and for ECS the variable that
//! its agent starts with.

use super::machine_parts::startup_texts;
use super::view::View;
use caravan_inventory::Observation;

/// A service that owns a machine.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct MachineOwner {
    /// `eks:arn:aws:eks:…:cluster/shop`, `elasticbeanstalk:environment/shop-env`.
    pub(super) id: String,
    /// The place that says so.
    pub(super) pointer: String,
}

impl MachineOwner {
    /// Whether only the service is known, and not which of its clusters.
    pub(super) fn is_vague(&self) -> bool {
        self.id == CAPACITY_PROVIDER
    }
}

/// What ECS's tag alone says: a capacity provider made it.
const CAPACITY_PROVIDER: &str = "ecs:capacity-provider";

/// A tag that a service writes: its key, and what the tag's value names.
enum Named {
    /// The value names a cluster of this service.
    Cluster(&'static str),
    /// The value names a thing of this service, and of this kind, that has no ARN without more.
    Plain(&'static str),
    /// The key goes on with the cluster's name (`kubernetes.io/cluster/<name>`).
    ClusterInKey(&'static str),
}

/// In this order: what is more specific first. Beanstalk, EMR and Batch also use Auto Scaling, and Batch runs on ECS.
const TAGS: &[(&str, Named)] = &[
    ("elasticbeanstalk:environment-name", Named::Plain("elasticbeanstalk:environment/")),
    ("aws:elasticmapreduce:job-flow-id", Named::Cluster("elasticmapreduce")),
    ("AWSBatchServiceTag", Named::Plain("batch:")),
    ("aws:batch:compute-environment", Named::Plain("batch:compute-environment/")),
    ("aws:eks:cluster-name", Named::Cluster("eks")),
    ("eks:cluster-name", Named::Cluster("eks")),
    ("kubernetes.io/cluster/", Named::ClusterInKey("eks")),
    ("aws:ecs:clusterName", Named::Cluster("ecs")),
    ("AmazonECSManaged", Named::Plain(CAPACITY_PROVIDER)),
];

/// The owner by what a machine or group itself says: its tags, or what it runs at start.
pub(super) fn owner_of(machine: &View<'_>) -> Option<MachineOwner> {
    let tags = machine.tags();
    let by_tag = TAGS.iter().find_map(|(key, named)| {
        let (found, value) = match named {
            Named::ClusterInKey(_) => tags.iter().find(|(tag, _)| tag.starts_with(key))?,
            _ => tags.get_key_value(key)?,
        };
        let id = match named {
            Named::Cluster(service) => cluster(machine, service, value),
            Named::ClusterInKey(service) => cluster(machine, service, &found[key.len()..]),
            Named::Plain(CAPACITY_PROVIDER) => ecs_cluster(machine).unwrap_or_else(|| CAPACITY_PROVIDER.to_owned()),
            Named::Plain(before) => format!("{before}{value}"),
        };
        Some(MachineOwner { id, pointer: tag_pointer(machine, found) })
    });
    by_tag.or_else(|| {
        let (text, pointer) = startup_texts(machine).into_iter().find(|(text, _)| ecs_cluster_in(text).is_some())?;
        Some(MachineOwner { id: cluster(machine, "ecs", ecs_cluster_in(text)?), pointer })
    })
}

fn ecs_cluster(machine: &View<'_>) -> Option<String> {
    let named = startup_texts(machine).into_iter().find_map(|(text, _)| ecs_cluster_in(text))?;
    Some(cluster(machine, "ecs", named))
}

/// `ECS_CLUSTER=prod`, which the agent reads from `/etc/ecs/ecs.config` (ECS developer guide, "Bootstrapping Amazon ECS
/// Linux container instances").
fn ecs_cluster_in(text: &str) -> Option<&str> {
    let name = |rest: &'_ str| rest.trim_start_matches(['"', '\'']).find(|c: char| !is_name(c)).unwrap_or(rest.len());
    let (_, rest) = text.split_once("ECS_CLUSTER=")?;
    let rest = rest.trim_start_matches(['"', '\'']);
    Some(&rest[..name(rest)]).filter(|name| !name.is_empty())
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

fn cluster(machine: &View<'_>, service: &str, name: &str) -> String {
    let Observation { account, region, .. } = machine.observation;
    match (account, region) {
        (Some(account), Some(region)) => format!("{service}:arn:aws:{service}:{region}:{account}:cluster/{name}"),
        _ => format!("{service}:cluster/{name}"),
    }
}

/// The pointer of a tag's key.
fn tag_pointer(machine: &View<'_>, key: &str) -> String {
    ["tagSet", "Tags"]
        .into_iter()
        .find_map(|field| {
            let at = machine.list(&format!("/{field}")).iter().position(|tag| {
                ["key", "Key"].iter().any(|name| tag.get(name).and_then(serde_json::Value::as_str) == Some(key))
            })?;
            Some(format!("/{field}/{at}"))
        })
        .unwrap_or_default()
}

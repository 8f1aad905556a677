//! The demonstration estate on a real control plane: imported, converted, applied for good, and watched until it runs.
//!
//! kwok plays the kubelets: pods are scheduled by the real scheduler onto nodes of their architecture and reported ready,
//! whether or not the secrets are there that External Secrets would make.

use crate::cases::{Converted, make_namespaces, say};
use crate::cli::Room;
use caravan_tests_testbed::{Cluster, Write as Mode};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::CronJob;
use kube::ResourceExt;
use kube::api::{Api, ListParams};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the last Deployment may take on a machine with more to do: 20 s on an idle one.
const PATIENCE: Duration = Duration::from_secs(240);

#[tokio::test]
async fn the_demonstration_estate_becomes_available_on_the_control_plane_with_kwok() {
    let Some(cluster) = Cluster::shared() else { return };
    let client = cluster.client();
    let converted = convert_estate();
    let manifests = converted.manifests();
    let mut refusals = make_namespaces(cluster, &client, &manifests).await;
    for (file, manifest) in &manifests {
        if let Err(refusal) = cluster.apply(&client, manifest, Mode::Persist).await {
            refusals.push(format!("{file}: {refusal}"));
        }
    }
    assert!(refusals.is_empty(), "the API server refuses:\n{}", refusals.join("\n"));
    let wanted = of_kind(&manifests, "Deployment");
    let (down, up): (Vec<_>, Vec<_>) = wanted.iter().partition(|(_, one)| one["spec"]["replicas"] == 0);
    for (name, one) in &down {
        let reason = one["metadata"]["annotations"]["caravan.dev/suspended"].as_str();
        say(&format!(
            "{name}: at zero{}",
            reason.map_or(String::new(), |reason| format!(", suspended: {reason}"))
        ));
    }
    let replicas = wait_until_available(&client, up.iter().map(|(name, _)| name.as_str()).collect()).await;
    let total: i32 = replicas.values().sum();
    say(&format!(
        "estate: {} Deployments available with {total} replicas, {} at zero",
        replicas.len(),
        down.len()
    ));
    assert!(replicas.len() >= 12, "so few: {:?}", replicas.keys());
    nothing_suspended_runs(&client, &manifests).await;
}

/// Imports the estate that stands in the repository and converts it with the answers that stand beside it.
fn convert_estate() -> Converted {
    let estate = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/estate");
    let room = Room::new();
    for file in ["caravan.yaml", "decisions.yaml"] {
        room.write(file, std::fs::read(estate.join(file)).unwrap());
    }
    room.run(&["inventory", "import", estate.join("inventory.jsonl").to_str().unwrap()])
        .ends(0, &[]);
    Converted::convert(room)
}

/// The manifests of one kind, as `NAMESPACE/NAME`.
fn of_kind<'a>(manifests: &'a [(String, Value)], kind: &str) -> BTreeMap<String, &'a Value> {
    let text = |one: &Value, key: &str| one["metadata"][key].as_str().unwrap_or_default().to_owned();
    let kind_of = |one: &&(String, Value)| one.1["kind"] == kind;
    manifests
        .iter()
        .filter(kind_of)
        .map(|(_, one)| (format!("{}/{}", text(one, "namespace"), text(one, "name")), one))
        .collect()
}

/// Waits until each of these is Available with at least one replica; gives how many replicas each has.
async fn wait_until_available(client: &kube::Client, names: BTreeSet<&str>) -> BTreeMap<String, i32> {
    let (api, begin) = (Api::<Deployment>::all(client.clone()), Instant::now());
    loop {
        let there = api.list(&ListParams::default()).await.unwrap().items;
        let available: BTreeMap<_, _> = there
            .iter()
            .map(|one| {
                (
                    format!("{}/{}", one.namespace().unwrap_or_default(), one.name_any()),
                    available_replicas(one),
                )
            })
            .filter(|(name, replicas)| names.contains(name.as_str()) && *replicas > 0)
            .collect();
        let late: Vec<_> = names.iter().filter(|name| !available.contains_key(**name)).collect();
        if late.is_empty() {
            return available;
        }
        assert!(
            begin.elapsed() < PATIENCE,
            "not available after {PATIENCE:?}: {late:?}\n{}",
            why(client).await
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Zero unless the Deployment's own condition says Available.
fn available_replicas(deployment: &Deployment) -> i32 {
    let Some(status) = &deployment.status else { return 0 };
    let available = |condition: &k8s_openapi::api::apps::v1::DeploymentCondition| {
        condition.type_ == "Available" && condition.status == "True"
    };
    let is_available = status.conditions.iter().flatten().any(available);
    if is_available {
        status.available_replicas.unwrap_or_default()
    } else {
        0
    }
}

/// The warnings of the cluster: why a pod could not be made or placed.
async fn why(client: &kube::Client) -> String {
    let api = Api::<k8s_openapi::api::core::v1::Event>::all(client.clone());
    let events = api.list(&ListParams::default().fields("type=Warning")).await.unwrap();
    let line = |event: &k8s_openapi::api::core::v1::Event| {
        let object = &event.involved_object;
        let name = object.name.clone().unwrap_or_default();
        format!("{name}: {}", event.message.clone().unwrap_or_default())
    };
    let lines: BTreeSet<_> = events.iter().map(line).collect();
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

/// C6 on the live cluster: what is suspended has not started anything, not even after everything else came up.
async fn nothing_suspended_runs(client: &kube::Client, manifests: &[(String, Value)]) {
    for (name, one) in of_kind(manifests, "CronJob") {
        let (namespace, name) = name.split_once('/').unwrap();
        let job = Api::<CronJob>::namespaced(client.clone(), namespace)
            .get(name)
            .await
            .unwrap();
        let suspended = job.spec.and_then(|spec| spec.suspend) == Some(true);
        assert_eq!(
            suspended,
            one["metadata"]["annotations"]["caravan.dev/suspended"].is_string(),
            "{name}"
        );
    }
    for (name, one) in of_kind(manifests, "Deployment") {
        if one["metadata"]["annotations"]["caravan.dev/suspended"].is_string() {
            let (namespace, name) = name.split_once('/').unwrap();
            let there = Api::<Deployment>::namespaced(client.clone(), namespace)
                .get(name)
                .await
                .unwrap();
            assert_eq!(
                there.status.and_then(|status| status.replicas).unwrap_or(0),
                0,
                "{name} runs"
            );
        }
    }
}

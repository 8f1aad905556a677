//! The demonstration estate on a real control plane: imported, converted, its platform and its apps applied for good, and
//! watched until it runs inside its teams' fences.
//!
//! kwok plays the kubelets: pods are scheduled by the real scheduler onto nodes of their architecture and reported ready,
//! whether or not the secrets are there that External Secrets would make.

use crate::cases::{Converted, TEAM_NAMESPACES, say};
use crate::cli::Room;
use crate::platform;
use caravan_tests_testbed::Cluster;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{Event, Namespace, PersistentVolume};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ListParams};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the last Deployment may take on a machine with more to do: 20 s on an idle one.
const AVAILABLE_WITHIN: Duration = Duration::from_secs(240);

#[tokio::test]
async fn the_demonstration_estate_becomes_available_on_the_control_plane_with_kwok() {
    let Some(cluster) = Cluster::shared() else { return };
    let client = cluster.client();
    let _turn = TEAM_NAMESPACES.lock().await;
    let (mut available, mut at_zero) = (BTreeMap::new(), 0);
    let converted = convert_estate();
    assert_eq!(converted.document["left_out"], serde_json::json!([]), "the example's settings tell everything");
    // Each environment is a cluster of its own; here one follows the other, since names are the same in all.
    for (environment, manifests) in by_environment(converted.manifests()) {
        let beneath = platform::beneath(&converted, &environment);
        platform::every_reference_leads_to_something(&environment, &beneath, &manifests);
        platform::apply_twice(cluster, &client, &beneath, &manifests).await;
        let (down, up) = of_kind(&manifests, "Deployment").into_iter().partition::<BTreeMap<_, _>, _>(is_at_zero);
        for (name, one) in &down {
            let reason = one["metadata"]["annotations"]["caravan.dev/suspended"].as_str();
            let reason = reason.map_or(String::new(), |reason| format!(", suspended: {reason}"));
            say(&format!("{environment} {name}: at zero{reason}"));
        }
        at_zero += down.len();
        for (name, replicas) in wait_until_available(&client, up.keys().map(String::as_str).collect()).await {
            available.insert(format!("{environment} {name}"), replicas);
        }
        nothing_suspended_runs(&client, &manifests).await;
        if environment == "production" {
            platform::policies_hold(cluster, &client).await;
            platform::a_team_s_people_do_what_they_should_and_no_more(cluster, &client).await;
        }
        remove(&client, &manifests, &beneath).await;
    }
    let replicas: i32 = available.values().sum();
    say(&format!("estate: {} Deployments available with {replicas} replicas, {at_zero} at zero", available.len()));
    assert!(available.len() >= 15, "so few: {:?}", available.keys());
}

fn is_at_zero((_, deployment): &(String, &Value)) -> bool {
    deployment["spec"]["replicas"] == 0
}

/// By the folder that a file of manifests stands in: `…/apps/APP/ENVIRONMENT/manifests.yaml`.
fn by_environment(manifests: Vec<(String, Value)>) -> BTreeMap<String, Vec<(String, Value)>> {
    let mut environments = BTreeMap::<String, Vec<_>>::new();
    for (file, manifest) in manifests {
        let environment = file.rsplit('/').nth(1).unwrap().to_owned();
        assert_ne!(manifest["kind"], "StatefulSet", "{file}: this test has to learn to wait for these");
        environments.entry(environment).or_default().push((file, manifest));
    }
    environments
}

/// Removes an environment's namespaces and what stands in none, and waits until they are gone.
async fn remove(client: &kube::Client, manifests: &[(String, Value)], beneath: &[(String, Value)]) {
    let (namespaces, volumes) = (Api::<Namespace>::all(client.clone()), Api::<PersistentVolume>::all(client.clone()));
    let names: BTreeSet<_> = manifests.iter().filter_map(|(_, one)| one["metadata"]["namespace"].as_str()).collect();
    for name in &names {
        namespaces.delete(name, &DeleteParams::default()).await.unwrap();
    }
    for volume in of_kind(beneath, "PersistentVolume").into_keys() {
        volumes.delete(volume.trim_start_matches('/'), &DeleteParams::default()).await.unwrap();
    }
    let begin = Instant::now();
    for name in &names {
        while namespaces.get_opt(name).await.unwrap().is_some() {
            assert!(begin.elapsed() < AVAILABLE_WITHIN, "{name} is still there");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

/// Imports the estate that stands in the repository and converts it with the answers that stand beside it.
fn convert_estate() -> Converted {
    let estate = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/estate");
    let room = Room::new();
    for file in ["caravan.yaml", "decisions.yaml"] {
        room.write(file, std::fs::read(estate.join(file)).unwrap());
    }
    room.run(&["inventory", "import", estate.join("inventory.jsonl").to_str().unwrap()]).ends(0, &[]);
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
            .map(|one| (format!("{}/{}", one.namespace().unwrap_or_default(), one.name_any()), available_replicas(one)))
            .filter(|(name, replicas)| names.contains(name.as_str()) && *replicas > 0)
            .collect();
        let late: Vec<_> = names.iter().filter(|name| !available.contains_key(**name)).collect();
        if late.is_empty() {
            return available;
        }
        assert!(
            begin.elapsed() < AVAILABLE_WITHIN,
            "not available after {AVAILABLE_WITHIN:?}: {late:?}\n{}",
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
    if is_available { status.available_replicas.unwrap_or_default() } else { 0 }
}

/// The warnings of the cluster: why a pod could not be made or placed.
async fn why(client: &kube::Client) -> String {
    let api = Api::<Event>::all(client.clone());
    let events = api.list(&ListParams::default().fields("type=Warning")).await.unwrap();
    let line = |event: &Event| {
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
        let job = Api::<CronJob>::namespaced(client.clone(), namespace).get(name).await.unwrap();
        let suspended = job.spec.and_then(|spec| spec.suspend) == Some(true);
        assert_eq!(suspended, one["metadata"]["annotations"]["caravan.dev/suspended"].is_string(), "{name}");
    }
    for (name, one) in of_kind(manifests, "Deployment") {
        if one["metadata"]["annotations"]["caravan.dev/suspended"].is_string() {
            let (namespace, name) = name.split_once('/').unwrap();
            let there = Api::<Deployment>::namespaced(client.clone(), namespace).get(name).await.unwrap();
            assert_eq!(there.status.and_then(|status| status.replicas).unwrap_or(0), 0, "{name} runs");
        }
    }
}

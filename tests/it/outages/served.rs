//! Routes that a real Envoy serves, each in a namespace and under a host of its own.

use crate::data_plane::{ADDRESS, backend, reference};
use crate::places::{Case, Side, Space, ask};
use caravan_plans::strategy::route;
use caravan_providers::target::{HttpRouteTarget, Snapshot, Target};
use caravan_tests_testbed::{Cluster, Gateway, Write};
use serde_json::json;
use std::time::{Duration, Instant};

/// The namespace of the gateway.
const GATEWAYS: &str = "shop";

/// Makes the gateway, which takes routes of every namespace.
pub(super) async fn prepare(cluster: &Cluster) {
    let client = cluster.client();
    for name in ["envoy-gateway-system", GATEWAYS] {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        cluster.apply(&client, &namespace, Write::Persist).await.unwrap();
    }
    for mut manifest in Gateway::manifests(GATEWAYS, 10088) {
        if manifest["kind"] == "Gateway" {
            manifest["spec"]["listeners"][0]["allowedRoutes"] = json!({"namespaces": {"from": "All"}});
        }
        cluster.apply(&client, &manifest, Write::Persist).await.unwrap();
    }
}

/// Makes the route `track` from one side to the other, and waits until users reach the old one.
pub(super) async fn route(cluster: &Cluster, space: &Space, old: &Side, new: &Side) -> Case {
    let namespace = &space.namespace;
    for (name, side) in [("old", old), ("new", new)] {
        let mut manifest = backend(name, side);
        manifest["metadata"]["namespace"] = namespace.as_str().into();
        cluster.apply(&space.client, &manifest, Write::Persist).await.unwrap();
    }
    let matches = json!([{"path": {"type": "PathPrefix", "value": "/"}}]);
    let manifest = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "track", "namespace": namespace},
        "spec": {
            "hostnames": [host(space)], "parentRefs": [{"name": "public", "namespace": GATEWAYS}],
            "rules": [{"matches": matches, "backendRefs": [reference("old")]}],
        },
    });
    let stored = cluster.apply(&space.client, &manifest, Write::Persist).await.unwrap();
    let original = stored["spec"]["rules"].clone();
    let stages = route::stages(&original, &reference("old"), &reference("new"), &Case::PERCENTS).unwrap();
    let target = |name: &str| {
        let (cluster, namespace) = ("testbed".to_owned(), namespace.clone());
        Target::Route(HttpRouteTarget { cluster, namespace, name: name.to_owned() })
    };
    let served = users(space, Duration::from_secs(120)).await;
    assert_eq!(served, on_old_side(), "the gateway does not serve {}", host(space));
    Case {
        name: "a route of Envoy Gateway",
        target: target("track"),
        missing: target("nowhere"),
        original: Snapshot::Rules(original),
        edited: stages[1].clone(),
        joined: None,
        stages,
    }
}

/// What users get from Envoy: the old side, or what they got last when the time was over.
pub(super) async fn users(space: &Space, within: Duration) -> Result<(u16, String), String> {
    let begin = Instant::now();
    loop {
        let answer = ask(ADDRESS, &host(space)).await;
        if answer == on_old_side() || begin.elapsed() > within {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn on_old_side() -> Result<(u16, String), String> {
    Ok((200, "old".to_owned()))
}

fn host(space: &Space) -> String {
    format!("{}.example.com", space.namespace)
}

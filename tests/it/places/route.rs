//! A namespace of the real API server with a route in it.

use super::{Case, Place, Side};
use caravan_plans::strategy::route;
use caravan_providers::target::{FencingToken, HttpRouteTarget, Snapshot, Target};
use caravan_tests_testbed::{Cluster, Write};
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Where the Gateway stands that is served by a real controller.
pub(crate) const GATEWAY_NAMESPACE: &str = "envoy-gateway-system";

/// A namespace of the test's own.
pub(crate) struct Space {
    pub(crate) client: Client,
    pub(crate) namespace: String,
}

impl Space {
    /// Makes the namespace.
    pub(crate) async fn new(cluster: &Cluster) -> Self {
        let client = cluster.client();
        let namespace = cluster.namespace(&client, "routes").await.unwrap();
        Self { client, namespace }
    }

    /// Makes the route `track` that sends everything to an old backend; no controller follows it.
    pub(crate) async fn route(&self, cluster: &Cluster, name: &'static str, annotations: Option<Value>) -> Case {
        let new = json!({"group": "", "kind": "Service", "name": "track", "port": 80});
        let spec = json!({"hostnames": ["track.example.com"], "parentRefs": [{"name": "public"}]});
        self.route_of(cluster, name, spec, new, annotations).await
    }

    /// The same of a Gateway whose controller runs, with backends that are there.
    pub(crate) async fn route_of_gateway(&self, cluster: &Cluster, name: &'static str, sides: [&Side; 2]) -> Case {
        for (backend, side) in ["track-legacy", "track"].into_iter().zip(sides) {
            let (address, port) = side.address.rsplit_once(':').unwrap();
            let manifest = json!({
                "apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "Backend",
                "metadata": {"name": backend, "namespace": self.namespace},
                "spec": {"endpoints": [{"ip": {"address": address, "port": port.parse::<u16>().unwrap()}}]},
            });
            cluster.apply(&self.client, &manifest, Write::Persist).await.unwrap();
        }
        let new = json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "track"});
        let spec = json!({
            "hostnames": [format!("{}.example.com", self.namespace)],
            "parentRefs": [{"name": "public", "namespace": GATEWAY_NAMESPACE}],
        });
        self.route_of(cluster, name, spec, new, None).await
    }

    async fn route_of(
        &self,
        cluster: &Cluster,
        name: &'static str,
        mut spec: Value,
        new: Value,
        annotations: Option<Value>,
    ) -> Case {
        let old = json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "track-legacy"});
        let all = json!({"path": {"type": "PathPrefix", "value": "/"}});
        spec["rules"] = json!([{"matches": [all], "backendRefs": [old]}]);
        let mut manifest = json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": {"name": "track", "namespace": self.namespace},
            "spec": spec,
        });
        if let Some(annotations) = annotations {
            manifest["metadata"]["annotations"] = annotations;
        }
        let stored = cluster.apply(&self.client, &manifest, Write::Persist).await.unwrap();
        let original = stored["spec"]["rules"].clone();
        let stages = route::stages(&original, &old, &new, &Case::PERCENTS).unwrap();
        let Snapshot::Rules(mut edited) = stages[1].clone() else { unreachable!() };
        edited[0]["backendRefs"][0]["weight"] = 33.into();
        let target = |name: &str| {
            Target::Route(HttpRouteTarget {
                cluster: "testbed".to_owned(),
                namespace: self.namespace.clone(),
                name: name.to_owned(),
            })
        };
        Case {
            name,
            target: target("track"),
            missing: target("nowhere"),
            original: Snapshot::Rules(original),
            stages,
            edited: Snapshot::Rules(edited),
            joined: None,
        }
    }

    pub(crate) fn api(&self) -> Api<DynamicObject> {
        routes(&self.client, &self.namespace)
    }

    /// Says of each generation of the route, within half a second, that its gateway follows it, until the task is aborted.
    pub(crate) fn follow(&self) -> tokio::task::JoinHandle<()> {
        let api = self.api();
        tokio::spawn(async move {
            let mut followed = None;
            loop {
                let generation = api.get("track").await.unwrap().metadata.generation;
                if followed != generation {
                    api.patch_status("track", &PatchParams::default(), &status(generation, "it follows"))
                        .await
                        .unwrap();
                    followed = generation;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        })
    }

    /// Writes the route's status over and over, as the controller of its gateway does that follows it, until the task is
    /// aborted. Counts.
    pub(crate) fn keep_writing_status(&self, count: Arc<AtomicU64>) -> tokio::task::JoinHandle<()> {
        let api = self.api();
        tokio::spawn(async move {
            loop {
                let written = count.fetch_add(1, Ordering::Relaxed);
                let generation = api.get("track").await.unwrap().metadata.generation;
                let status = status(generation, &format!("for the {written}. time"));
                api.patch_status("track", &PatchParams::default(), &status).await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
    }
}

/// What the controller of the route's gateway says of a generation that it follows.
fn status(generation: Option<i64>, message: &str) -> Patch<Value> {
    let condition = |kind: &str| {
        json!({
            "type": kind, "status": "True", "reason": kind, "message": message,
            "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": generation,
        })
    };
    let conditions = ["Accepted", "ResolvedRefs"].map(condition);
    let parent = json!({
        "parentRef": {"name": "public"}, "controllerName": "example.com/test", "conditions": conditions,
    });
    Patch::Merge(json!({"status": {"parents": [parent]}}))
}

impl Place for Space {
    async fn edit(&self, _target: &Target, snapshot: &Snapshot, token: Option<&FencingToken>) {
        let Snapshot::Rules(rules) = snapshot else { unreachable!() };
        let patch = json!({
            "metadata": {"annotations": {"caravan.dev/epoch": token.map(ToString::to_string)}},
            "spec": {"rules": rules},
        });
        self.api().patch("track", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    }

    async fn everything(&self) -> String {
        whole_route(&self.client, &self.namespace).await
    }
}

fn routes(client: &Client, namespace: &str) -> Api<DynamicObject> {
    let resource = ApiResource {
        group: "gateway.networking.k8s.io".to_owned(),
        version: "v1".to_owned(),
        api_version: "gateway.networking.k8s.io/v1".to_owned(),
        kind: "HTTPRoute".to_owned(),
        plural: "httproutes".to_owned(),
    };
    Api::namespaced_with(client.clone(), namespace, &resource)
}

/// What the API server says of the route `track`, without what it keeps count of: each write moves that, also one that
/// puts everything back.
pub(crate) async fn whole_route(client: &Client, namespace: &str) -> String {
    let mut route = routes(client, namespace).get("track").await.unwrap();
    route.metadata.resource_version = None;
    route.metadata.generation = None;
    route.metadata.managed_fields = None;
    let mut route = serde_json::to_value(route).unwrap();
    route.as_object_mut().unwrap().remove("status");
    serde_json::to_string_pretty(&route).unwrap()
}

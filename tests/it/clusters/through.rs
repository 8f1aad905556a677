//! What is lost on users' way to a new side while its route bakes: nobody probes through the gateway, and both sides answer well where
//! they are asked themselves.

use super::{Night, say, shift, wave};
use crate::data_plane::{ADDRESS, backend, http_route, wait_until_served};
use crate::places::{Side, ask, whole_route};
use caravan_tests_testbed::{Cluster, Gateway, Write, in_namespace};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};
use std::time::Duration;

const HOST: &str = "track.example.com";
/// An address of the test's own that is not loopback: no endpoint may be.
const POD: &str = "10.244.255.1";

fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "new", "namespace": "shop"},
        "spec": {"ports": [{"name": "http", "port": 80, "protocol": "TCP"}]},
    })
}

fn endpoints(side: &Side) -> Value {
    let port: u16 = side.address.rsplit_once(':').unwrap().1.parse().unwrap();
    json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": "new-1", "namespace": "shop", "labels": {"kubernetes.io/service-name": "new"}},
        "addressType": "IPv4", "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
        "endpoints": [{"addresses": [POD], "conditions": {"ready": true}}],
    })
}

/// The route with both sides behind the real gateway, and the wave that moves it.
async fn served(cluster: &Cluster, [old, new]: [&Side; 2], bake: u32) -> Night {
    let client = cluster.client();
    for name in ["envoy-gateway-system", "shop"] {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        cluster.apply(&client, &namespace, Write::Persist).await.unwrap();
    }
    let mut manifests = Gateway::manifests("shop", 10088);
    manifests.extend([backend("old", old), service(), endpoints(new), http_route()]);
    for manifest in &manifests {
        cluster.apply(&client, manifest, Write::Persist).await.unwrap();
    }
    wait_until_served(HOST, "old").await;
    let route = json!({
        "cluster": "testbed", "namespace": "shop", "name": "track",
        "old": {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "old"}, "new": {"name": "new", "port": 80},
    });
    let night = Night::new(cluster.kubeconfig());
    night.room.write("plans/wave-w.yaml", wave(&[shift(&route, [old, new], &[0, 100], bake)], &[]));
    night
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_side_whose_last_endpoint_is_not_ready_or_whose_service_is_gone_is_taken_back_though_its_probes_pass() {
    if !in_namespace() {
        return;
    }
    let Some(cluster) = Cluster::shared() else { return };
    let Some(_gateway) = Gateway::start(cluster) else { return };
    let client = cluster.client();
    let (old, new) = (Side::start("old").await, Side::start_at(POD, "new").await);
    let night = served(cluster, [&old, &new], 30).await;
    let before = whole_route(&client, "shop").await;
    for (lost, why) in [("readiness", "no endpoint of Service shop/new is ready"), ("the Service", "ervice shop/new")] {
        let run = night.started();
        let driver = night.driver(&run);
        night.until(&run, 180, |status| status["at_risk"][0]["percent"] == 100 && status["state"] == "baking");
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(night.status(&run)["direction"], "forward", "{}", super::told(&night.status(&run)));
        match lost {
            "readiness" => {
                let slices: Api<EndpointSlice> = Api::namespaced(client.clone(), "shop");
                let gone =
                    json!({"endpoints": [{"addresses": [POD], "conditions": {"ready": false, "serving": false}}]});
                slices.patch("new-1", &PatchParams::default(), &Patch::Merge(&gone)).await.unwrap();
            }
            _ => {
                let services: Api<Service> = Api::namespaced(client.clone(), "shop");
                services.delete("new", &DeleteParams::default()).await.unwrap();
            }
        }
        // Until it is taken back users are answered badly, where the gateway has heard of it already.
        let mut answers = Vec::new();
        for _ in 0..30 {
            answers.push(ask(ADDRESS, HOST).await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let failed = answers.iter().filter(|answer| !matches!(answer, Ok((200, _)))).count();
        say(&format!("{lost} lost while it bakes at 100 %: {failed} of 30 requests through the gateway fail"));
        let status = night.until(&run, 180, |status| status["state"] == "rolled-back");
        drop(driver);
        say(&format!("{lost} lost: {} since {}", status["state"], status["since"]));
        // Whichever is seen first, what the cluster keeps or what the gateway says of it.
        let told = status["since"]["why"]["text"].as_str().unwrap_or_default();
        assert!(told.contains(why), "{told}");
        assert_eq!(whole_route(&client, "shop").await, before);
        for manifest in [service(), endpoints(&new)] {
            cluster.apply(&client, &manifest, Write::Persist).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// After fluxcd/flagger's issues 1898 and 1932: a healthy new side, and an old one whose backend somebody has deleted. What the gateway
/// then says of the route names the old backend.
#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_new_side_is_not_taken_back_for_a_backend_of_the_old_one_and_nobody_is_sent_back_onto_that() {
    if !in_namespace() {
        return;
    }
    let Some(cluster) = Cluster::shared() else { return };
    let Some(_gateway) = Gateway::start(cluster) else { return };
    let client = cluster.client();
    let (old, new) = (Side::start("old").await, Side::start_at(POD, "new").await);
    let night = served(cluster, [&old, &new], 4).await;
    let before = whole_route(&client, "shop").await;
    let run = night.started();
    let driver = night.driver(&run);
    night.until(&run, 180, |status| status["state"] == "shifted");
    let backends: Api<kube::api::DynamicObject> = Api::namespaced_with(client.clone(), "shop", &backend_kind());
    backends.delete("old", &DeleteParams::default()).await.unwrap();
    let all_on_new = async |seconds: u64| {
        for _ in 0..seconds * 5 {
            let answer = ask(ADDRESS, HOST).await;
            assert!(matches!(&answer, Ok((200, body)) if body.contains("new")), "{answer:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    all_on_new(15).await;
    let status = night.status(&run);
    say(&format!("the old side's Backend deleted: {} {}", status["state"], super::told(&status)));
    assert_eq!((&status["state"], &status["direction"]), (&"shifted".into(), &"forward".into()));
    // A person wants it back, and is told what there is to go back to.
    night.run(&["cutover", "rollback", &run]).ends(0, &[]);
    all_on_new(8).await;
    let status = night.status(&run);
    let why = status["since"]["repeats"]["text"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("shop/old"), "{status}");
    cluster.apply(&client, &backend("old", &old), Write::Persist).await.unwrap();
    night.until(&run, 180, |status| status["state"] == "rolled-back");
    drop(driver);
    assert_eq!(whole_route(&client, "shop").await, before);
}

fn backend_kind() -> kube::api::ApiResource {
    let kind = kube::api::GroupVersionKind::gvk("gateway.envoyproxy.io", "v1alpha1", "Backend");
    kube::api::ApiResource::from_gvk_with_plural(&kind, "backends")
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_new_side_whose_last_endpoint_is_not_ready_or_whose_service_is_gone_is_taken_back_though_its_probes_pass() {
    if !in_namespace() {
        return;
    }
    let Some(cluster) = Cluster::shared() else { return };
    let Some(_gateway) = Gateway::start(cluster) else { return };
    let client = cluster.client();
    let (old, new) = (Side::start("old").await, Side::start_at(POD, "new").await);
    for name in ["envoy-gateway-system", "shop"] {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        cluster.apply(&client, &namespace, Write::Persist).await.unwrap();
    }
    let mut manifests = Gateway::manifests("shop", 10088);
    manifests.extend([backend("old", &old), service(), endpoints(&new), http_route()]);
    for manifest in &manifests {
        cluster.apply(&client, manifest, Write::Persist).await.unwrap();
    }
    wait_until_served(HOST, "old").await;
    let before = whole_route(&client, "shop").await;
    let route = json!({
        "cluster": "testbed", "namespace": "shop", "name": "track",
        "old": {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "old"}, "new": {"name": "new", "port": 80},
    });
    let night = Night::new(cluster.kubeconfig());
    night.room.write("plans/wave-w.yaml", wave(&[shift(&route, [&old, &new], &[0, 100], 30)], &[]));
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

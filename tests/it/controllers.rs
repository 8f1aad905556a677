//! Who else writes to a target (K11), by what real tools leave beside it: the adapters find each of them in ministack, in
//! moto and in a real API server, and nobody where nobody is.

use crate::conformance::nobody;
use crate::places::{Adapters, Balancer, Space, Zone, adapter};
use caravan_providers::target::Target;
use caravan_providers::{Call, Observer, Reply};
use caravan_tests_testbed::{Cluster, Ministack, Moto};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

/// The tools that the adapters find, with what shows them.
async fn found(adapters: &Adapters, target: &Target) -> Vec<(String, String)> {
    match adapters.observe(&Call::Controllers(target.clone())).await.unwrap() {
        Reply::Controllers(controllers) => {
            controllers.into_iter().map(|controller| (controller.tool, controller.evidence)).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn tools(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(tool, _)| tool.as_str()).collect()
}

#[tokio::test]
async fn external_dns_and_octodns_are_found_by_their_records_in_ministack() {
    let Some(ministack) = Ministack::shared() else { return };
    let (endpoint, account) = (ministack.endpoint(), nobody());
    let zone = Zone::new(&endpoint, &account, "controllers").await;
    let adapters = Adapters { records: Some(adapter(&endpoint, &account)), ..Adapters::default() };
    let (aliases, addresses) = (zone.aliases().await, zone.addresses().await);
    assert_eq!(found(&adapters, &aliases.target).await, []);
    let owned = "\"heritage=external-dns,external-dns/owner=cluster-7,external-dns/resource=ingress/shop/track\"";
    zone.text("cname-track.example.com.", owned).await;
    zone.text("_owner.a.static.example.com.", "\"*octodns*\"").await;
    let by_name = ("external-dns".to_owned(), "TXT cname-track.example.com., owner cluster-7".to_owned());
    assert_eq!(found(&adapters, &aliases.target).await, [by_name]);
    assert_eq!(tools(&found(&adapters, &addresses.target).await), ["octodns"]);
}

#[tokio::test]
async fn what_makes_a_rule_is_found_by_its_tags_in_moto() {
    let Some(moto) = Moto::shared() else { return };
    let balancer = Balancer::new(moto);
    let adapters = Adapters { rules: Some(balancer.adapter()), ..Adapters::default() };
    let rule = balancer.rule().await;
    assert_eq!(found(&adapters, &rule.target).await, []);
    balancer.tag("elbv2.k8s.aws/cluster", "old").await;
    let tag = ("load-balancer-controller".to_owned(), "tag elbv2.k8s.aws/cluster: old".to_owned());
    assert_eq!(found(&adapters, &rule.target).await, [tag]);
}

#[tokio::test]
async fn who_applies_a_route_is_found_by_marks_and_field_managers_of_a_real_api_server() {
    let Some(cluster) = Cluster::shared() else { return };
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    let routes = caravan_providers_kubernetes::Routes::new(space.client.clone());
    let adapters = Adapters { routes: Some(routes), ..Adapters::default() };
    assert_eq!(tools(&found(&adapters, &case.target).await), ["testbed"], "the test bench applied it");

    // Argo CD with its own field manager, then with its mark alone; kubectl is a person.
    let stored = serde_json::to_value(space.api().get("track").await.unwrap()).unwrap();
    let applied = |annotations: Value| {
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": {"name": "track", "annotations": annotations}, "spec": stored["spec"],
        })
    };
    for (manager, annotations, expected) in [
        ("kubectl-client-side-apply", json!({}), vec!["testbed"]),
        ("argocd-controller", json!({}), vec!["argo-cd", "testbed"]),
        (
            "argocd-controller",
            json!({"argocd.argoproj.io/tracking-id": "shop:gateway.networking.k8s.io/HTTPRoute:shop/track"}),
            vec!["argo-cd", "testbed"],
        ),
        (
            "release-pipeline",
            json!({"meta.helm.sh/release-name": "shop"}),
            vec!["argo-cd", "helm", "release-pipeline", "testbed"],
        ),
    ] {
        let parameters = PatchParams::apply(manager).force();
        space.api().patch("track", &parameters, &Patch::Apply(&applied(annotations))).await.unwrap();
        assert_eq!(tools(&found(&adapters, &case.target).await), expected, "after {manager}");
    }
}

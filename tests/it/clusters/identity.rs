//! Two real API servers under one context: what was sealed over the one is never driven in the other.

use super::{FOLLOWS, Night, served, shift, wave};
use crate::places::{Owners, Side, Space, Work, whole_route};
use caravan_providers::target::ClusterWork;
use caravan_tests_testbed::{Cluster, Moto, Write};
use kube::config::Kubeconfig;
use serde_json::{Value, json};

fn moving(space: &Space, context: &str, name: &str) -> Value {
    let old = json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "track-legacy"});
    json!({
        "cluster": context, "namespace": space.namespace, "name": name, "old": old, "new": {"name": "track", "port": 80},
    })
}

/// The same namespace in another cluster.
async fn twin(cluster: &Cluster, space: &Space) -> Space {
    let client = cluster.client();
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space.namespace}});
    cluster.apply(&client, &namespace, Write::Persist).await.unwrap();
    Space { client, namespace: space.namespace.clone() }
}

/// What a script says that ends otherwise than well.
pub(super) fn refused(night: &Night, run: &str) -> String {
    let script = format!("plans/manual-rollback/{run}.sh");
    let mut command = std::process::Command::new("sh");
    command
        .arg(&script)
        .current_dir(night.room.path())
        .env("KUBECONFIG", &night.kubeconfig)
        .stdin(std::process::Stdio::null());
    let output = command.envs(night.environment.iter().map(|(key, value)| (key, value))).output().unwrap();
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_that_leads_to_another_real_cluster_is_neither_driven_nor_rolled_back_in() {
    let (Some(cluster), Some(other)) = (Cluster::shared(), Cluster::second()) else { return };
    let space = Space::new(cluster).await;
    space.route(cluster, "a route", None).await;
    served(cluster, &space, FOLLOWS).await;
    let there = twin(other, &space).await;
    there.route(other, "a route of the same name", None).await;
    served(other, &there, FOLLOWS).await;
    let follows = space.follow();
    let sides = [Side::start("old").await, Side::start("new").await];
    let mut night = Night::new(cluster.kubeconfig());
    let route = moving(&space, "testbed", "track");
    night.room.write("plans/wave-w.yaml", wave(&[shift(&route, [&sides[0], &sides[1]], &[0, 50, 100], 1)], &[]));
    let run = night.started();
    let before = [whole_route(&space.client, &space.namespace).await, version(&there).await];

    // Nothing is done yet: the run is left as it was.
    night.kubeconfig = other.kubeconfig().to_owned();
    let said =
        ["context testbed leads to the cluster with the uid", "and the plan was made for", "put the kubeconfig right"];
    night.drive(&run).ends(4, &said);
    night.kubeconfig = cluster.kubeconfig().to_owned();
    night.drive(&run).ends(20, &[]);
    let shifted = whole_route(&space.client, &space.namespace).await;

    // On its way back it finds there what it wants, and nothing of its own.
    night.kubeconfig = other.kubeconfig().to_owned();
    night.run(&["cutover", "rollback", &run, "--who", "tests"]).ends(0, &[]);
    night.drive(&run).ends(23, &["context testbed leads to the cluster with the uid"]);
    let status = night.status(&run);
    assert_ne!(status["state"], "rolled-back", "{status}");
    assert!(refused(&night, &run).contains("context testbed does not lead to the cluster that the plan was made for"));
    assert_eq!(version(&there).await, before[1], "something was written in the other cluster");
    assert_eq!(whole_route(&space.client, &space.namespace).await, shifted);

    night.kubeconfig = cluster.kubeconfig().to_owned();
    night.drive(&run).ends(22, &[]);
    assert_eq!(whole_route(&space.client, &space.namespace).await, before[0]);
    follows.abort();
}

/// What the API server keeps count of as well: any write at all moves it.
async fn version(space: &Space) -> String {
    space.api().get("track").await.unwrap().metadata.resource_version.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn work_is_not_handed_over_in_another_real_cluster_nor_by_its_script() {
    let (Some(moto), Some(cluster), Some(other)) = (Moto::shared(), Cluster::shared(), Cluster::second()) else {
        return;
    };
    let (owners, work) = (Owners::new(moto), Work::new(cluster).await);
    work.cron_job().await;
    let twin = work.twin(other).await;
    twin.cron_job().await;
    let mut night = Night::new(cluster.kubeconfig());
    night.hands_over(moto, &owners, &work, &json!({}));
    let run = night.started();
    night.drive(&run).ends(20, &[]);
    let (before, rule) = (twin.object(ClusterWork::CronJob).await, owners.asked(&["state"]));
    assert_eq!(work.object(ClusterWork::CronJob).await["spec"]["suspend"], false);

    // There the CronJob is suspended, as the way back wants it: the old owner would be started beside the new one.
    night.kubeconfig = other.kubeconfig().to_owned();
    night.run(&["cutover", "rollback", &run, "--who", "tests"]).ends(0, &[]);
    night.drive(&run).ends(23, &["context testbed leads to the cluster with the uid"]);
    assert!(refused(&night, &run).contains("does not lead to the cluster that the plan was made for"));
    assert_eq!(owners.asked(&["state"])[0], rule[0], "the old owner was started beside the new one");
    assert_eq!(twin.object(ClusterWork::CronJob).await, before);

    night.kubeconfig = cluster.kubeconfig().to_owned();
    night.drive(&run).ends(22, &[]);
    assert_eq!(work.object(ClusterWork::CronJob).await["spec"]["suspend"], true);
}

/// A kubeconfig of contexts by name, each with where it leads.
fn contexts(of: [(&str, &Cluster); 2]) -> Kubeconfig {
    let mut whole = Kubeconfig::default();
    for (name, cluster) in of {
        let mut one = Kubeconfig::read_from(cluster.kubeconfig()).unwrap();
        one.clusters[0].name = name.to_owned();
        one.auth_infos[0].name = name.to_owned();
        one.contexts[0].name = name.to_owned();
        let context = one.contexts[0].context.as_mut().unwrap();
        (context.cluster, context.user) = (name.to_owned(), Some(name.to_owned()));
        whole = whole.merge(one).unwrap();
    }
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn two_contexts_of_one_real_cluster_are_no_two_clusters_and_those_of_two_are() {
    let (Some(cluster), Some(other)) = (Cluster::shared(), Cluster::second()) else { return };
    let space = Space::new(cluster).await;
    space.route(cluster, "a route", None).await;
    let there = twin(other, &space).await;
    there.route(other, "a route of the same name", None).await;
    let sides =
        [Side::start("old").await, Side::start("new").await, Side::start("old").await, Side::start("new").await];
    let one = shift(&moving(&space, "blue", "track"), [&sides[0], &sides[1]], &[0, 100], 1);
    let mut two = shift(&moving(&space, "green", "track"), [&sides[2], &sides[3]], &[0, 100], 1);
    two["workload"] = "ecs/000000000000/eu-central-1/main/other".into();
    let mut night = Night::new(cluster.kubeconfig());
    night.kubeconfig = night.room.path().join("kubeconfig");
    night.room.write("plans/wave-w.yaml", wave(&[one, two], &[]));
    night.room.write("kubeconfig", serde_json::to_string(&contexts([("blue", cluster), ("green", cluster)])).unwrap());
    night.run(&["plan", "seal", "w", "--live"]).ends(
        2,
        &["contexts blue and green lead to one cluster", "name the cluster by one of them throughout the wave"],
    );
    night.room.write("kubeconfig", serde_json::to_string(&contexts([("blue", cluster), ("green", other)])).unwrap());
    night.run(&["plan", "seal", "w", "--live"]).ends(0, &["is sealed"]);
}

//! What of a route is not its rules, and was changed by somebody else: which names it takes requests for and at which gateways, and
//! whether it is the route that was sealed at all.

use super::{FOLLOWS, Night, say, served, shift, wave};
use crate::places::{Side, Space};
use caravan_tests_testbed::{Cluster, Write};
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};

fn moving(space: &Space) -> Value {
    let old = json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "track-legacy"});
    json!({
        "cluster": "testbed", "namespace": space.namespace, "name": "track", "old": old, "new": {"name": "track", "port": 80},
    })
}

/// A night with a wave of one route, and what stands around it.
struct Moved {
    space: Space,
    follows: tokio::task::JoinHandle<()>,
    night: Night,
    _sides: [Side; 2],
}

async fn moved(cluster: &Cluster, stages: &[u8], bake: u32) -> Moved {
    let space = Space::new(cluster).await;
    space.route(cluster, "a route", None).await;
    served(cluster, &space, FOLLOWS).await;
    let (follows, sides) = (space.follow(), [Side::start("old").await, Side::start("new").await]);
    let night = Night::new(cluster.kubeconfig());
    night.room.write("plans/wave-w.yaml", wave(&[shift(&moving(&space), [&sides[0], &sides[1]], stages, bake)], &[]));
    Moved { space, follows, night, _sides: sides }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_whose_hostnames_somebody_else_changed_goes_no_further_is_told_of_and_goes_back() {
    let Some(cluster) = Cluster::shared() else { return };
    let Moved { space, follows, night, _sides } = moved(cluster, &[0, 50, 100], 6).await;
    let run = night.started();
    let driver = night.driver(&run);
    night.until(&run, 180, |status| status["at_risk"][0]["percent"] == 50 && status["state"] == "baking");
    let names: Patch<Value> = Patch::Merge(json!({"spec": {"hostnames": ["track.example.com", "other.example.com"]}}));
    space.api().patch("track", &PatchParams::default(), &names).await.unwrap();
    let status = night.until(&run, 180, |status| !matches!(status["state"].as_str(), Some("baking" | "observing")));
    say(&format!("after its hostnames were changed at 50 %: {}", super::told(&status)));
    let status = night.until(&run, 180, |status| matches!(status["state"].as_str(), Some("held" | "shifted")));
    assert_eq!(
        (&status["state"], &status["at_risk"][0]["percent"]),
        (&"held".into(), &50.into()),
        "{}",
        super::told(&status)
    );
    assert!(status["waiting_for"].as_str().unwrap().contains("spec.hostnames"), "{}", super::told(&status));
    let status = night.until(&run, 180, |status| status["watched"][0]["needs_person"] == true);
    let seen = status["watched"][0]["changed_by_others"]["seen"].as_str().unwrap();
    say(&format!("told: {seen}"));
    assert!(seen.contains("spec.hostnames") && seen.contains("other.example.com"), "{seen}");

    // What is not the plan's keeps no user on the new side, and stays as somebody else has made it.
    night.run(&["cutover", "rollback", &run, "--who", "tests"]).ends(0, &[]);
    night.until(&run, 180, |status| status["state"] == "rolled-back");
    drop(driver);
    let names = space.api().get("track").await.unwrap().data["spec"]["hostnames"].clone();
    assert_eq!(names, json!(["track.example.com", "other.example.com"]));
    follows.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_was_deleted_and_made_anew_is_not_the_one_that_was_sealed() {
    let Some(cluster) = Cluster::shared() else { return };
    let Moved { space, follows, night, _sides } = moved(cluster, &[0, 100], 1).await;
    let run = night.started();
    night.drive(&run).ends(20, &[]);
    follows.abort();
    let _ = follows.await;
    // As a tool does that restores what it has kept: rules and token among it.
    let kept = space.api().get("track").await.unwrap();
    space.api().delete("track", &DeleteParams::default()).await.unwrap();
    let manifest = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "track", "namespace": space.namespace, "annotations": kept.metadata.annotations},
        "spec": kept.data["spec"],
    });
    cluster.apply(&space.client, &manifest, Write::Persist).await.unwrap();
    let anew = space.api().get("track").await.unwrap();
    assert_ne!(anew.metadata.uid, kept.metadata.uid);
    let follows = space.follow();
    night.run(&["cutover", "rollback", &run, "--who", "tests"]).ends(0, &[]);
    let said = night.drive(&run);
    let status = night.status(&run);
    say(&format!("a route that was made anew: exit {:?}, {}", said.code, super::told(&status)));
    assert_eq!(status["state"], "conflict", "{}", super::told(&status));
    let conflict = status["conflict"].to_string();
    assert!(
        conflict.contains(&anew.metadata.uid.unwrap()) && conflict.contains(&kept.metadata.uid.unwrap()),
        "{conflict}"
    );
    // By hand it is left as it is, too.
    let by_hand = super::identity::refused(&night, &run);
    assert!(by_hand.contains("it was made anew since the plan was sealed"), "{by_hand}");
    assert_eq!(space.api().get("track").await.unwrap().data["spec"], anew.data["spec"], "it was overwritten");
    follows.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_is_being_deleted_is_not_sealed_and_moves_nobody_on() {
    let Some(cluster) = Cluster::shared() else { return };
    let Moved { space, follows, night, _sides } = moved(cluster, &[0, 50, 100], 6).await;
    let run = night.started();
    let driver = night.driver(&run);
    night.until(&run, 180, |status| status["at_risk"][0]["percent"] == 50 && status["state"] == "baking");
    // Whoever deletes it is waited for by something that keeps it.
    let finalizers = |all: Value| Patch::Merge(json!({"metadata": {"finalizers": all}}));
    let patch = async |all: Value| space.api().patch("track", &PatchParams::default(), &finalizers(all)).await.unwrap();
    patch(json!(["example.com/keeps"])).await;
    space.api().delete("track", &DeleteParams::default()).await.unwrap();
    let status = night.until(&run, 180, |status| matches!(status["state"].as_str(), Some("held" | "shifted")));
    assert_eq!(
        (&status["state"], &status["at_risk"][0]["percent"]),
        (&"held".into(), &50.into()),
        "{}",
        super::told(&status)
    );
    assert!(status["waiting_for"].as_str().unwrap().contains("it is being deleted"), "{}", super::told(&status));
    let status = night.until(&run, 180, |status| status["watched"][0]["needs_person"] == true);
    let seen = status["watched"][0]["changed_by_others"]["seen"].as_str().unwrap();
    assert!(seen.contains("it is being deleted"), "{seen}");
    // As long as it stands its users are taken back.
    night.run(&["cutover", "rollback", &run, "--who", "tests"]).ends(0, &[]);
    night.until(&run, 180, |status| status["state"] == "rolled-back");
    drop(driver);
    night.run(&["plan", "seal", "w", "--live"]).ends(1, &["it is being deleted"]);
    follows.abort();
    patch(Value::Null).await;
}

//! Who speaks for a route: its gateways' own controllers. What others have left in its status is said, and waited for by nobody.

use super::{say as line, served};
use crate::places::{Adapters, Case, Side, Space};
use crate::rollback::{seal, shift, started};
use caravan_cutover::{Driver, SystemClock, WaitPolicy};
use caravan_cutover_engine::Phase;
use caravan_providers::{Call, Observer, Reply, Write};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::Cluster;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use std::time::Duration;

const OWN: &str = "example.com/own";
const GONE: &str = "example.com/gone";

/// What a controller says of a generation; `parent` is what is not said of the gateway's own name.
fn said(controller: &str, generation: i64, parent: &Value) -> Value {
    let condition = |kind: &str| {
        json!({
            "type": kind, "status": "True", "reason": kind, "message": "it follows",
            "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": generation,
        })
    };
    let conditions = ["Accepted", "ResolvedRefs"].map(condition);
    json!({"parentRef": parent, "controllerName": controller, "conditions": conditions})
}

async fn say(space: &Space, parents: &[Value]) {
    let status: Patch<Value> = Patch::Merge(json!({"status": {"parents": parents}}));
    space.api().patch_status("track", &PatchParams::default(), &status).await.unwrap();
}

async fn settled(routes: &Routes, case: &Case) -> Reply {
    let (before, after) = (case.original.clone(), case.stages[0].clone());
    let write =
        Write { target: case.target.clone(), before, after, token_before: None, token_after: None, in_flight: 5 };
    routes.observe(&Call::Status { write: Box::new(write), ticket: String::new() }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_controller_of_a_gateway_s_class_speaks_for_a_route_at_a_real_api_server() {
    let Some(cluster) = Cluster::shared() else { return };
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    served(cluster, &space, OWN).await;
    let routes = Routes::new(space.client.clone());
    let public = json!({"name": "public"});
    say(&space, &[said(OWN, 1, &public), said(GONE, 0, &public)]).await;
    let with_a_stranger = settled(&routes, &case).await;
    line(&format!("with the status of a controller that is gone: {with_a_stranger:?}"));
    assert_eq!(with_a_stranger, Reply::Settled);
    // Of a parent that the route does not name any more.
    say(&space, &[said(OWN, 1, &public), said(OWN, 0, &json!({"name": "former"}))]).await;
    assert_eq!(settled(&routes, &case).await, Reply::Settled);
    // A stranger's word is none: the gateway's own controller has not spoken.
    say(&space, &[said(GONE, 1, &public)]).await;
    let Reply::Unsettled { reason } = settled(&routes, &case).await else { panic!("a stranger has spoken for it") };
    line(&format!("with nothing but such a status: {reason}"));
    assert!(reason.contains(OWN) && reason.contains("public") && reason.contains(GONE), "{reason}");
    say(&space, &[said(OWN, 0, &public), said(GONE, 1, &public)]).await;
    let Reply::Unsettled { reason } = settled(&routes, &case).await else { panic!("it has not seen it yet") };
    assert!(reason.contains("has seen generation 0 of the route"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_not_kept_settling_by_what_a_former_controller_left() {
    let Some(cluster) = Cluster::shared() else { return };
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    served(cluster, &space, OWN).await;
    let api = space.api();
    let follows = tokio::spawn(async move {
        loop {
            let generation = api.get("track").await.unwrap().metadata.generation.unwrap();
            let public = json!({"name": "public"});
            let parents = json!({"status": {"parents": [said(GONE, 1, &public), said(OWN, generation, &public)]}});
            api.patch_status("track", &PatchParams::default(), &Patch::Merge(&parents)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let sides = [Side::start("old").await, Side::start("new").await];
    let sealed = seal(vec![shift(&case, &sides[0], &sides[1])]);
    let folder = tempfile::tempdir().unwrap();
    let driver = Driver {
        journal: started(folder.path(), &sealed, "run-1").await,
        world: Adapters { routes: Some(Routes::new(space.client.clone())), ..Adapters::default() },
        clock: SystemClock,
        name: "driver-1".to_owned(),
        lease_ms: 1500,
        wait_policy: WaitPolicy::Leave,
    };
    let mut last = String::new();
    let driving = driver.drive("run-1", &sealed, "test", |state| {
        last = format!("{}: {:?}", state.phase.name(), state.trouble.as_ref().map(|trouble| trouble.reason.as_str()));
    });
    let driven = tokio::time::timeout(Duration::from_secs(40), driving).await;
    let Ok(driven) = driven else { panic!("after 40 s it is still {last}") };
    let phase = driven.unwrap().state.phase;
    assert!(matches!(phase, Phase::Shifted), "{phase:?}");
    follows.abort();
}

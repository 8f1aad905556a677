//! Everything is refused with 409 for a while, as by a server whose writers are many: changes are made again at a pace, for a bounded
//! time, and go through once it is over.

use super::say;
use crate::places::{Adapters, Case, Side, Space, Work};
use crate::rollback::{seal, shift, started};
use caravan_cutover::{Command, Driver, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, Outcome, Phase};
use caravan_providers::target::Snapshot;
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Cluster, Fault, FaultProxy, Rule};
use serde_json::json;
use std::time::{Duration, Instant};

const RUN: &str = "run-1";

/// As the API server says it.
fn conflict() -> Fault {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Conflict", "code": 409,
        "message": "the object has been modified; please apply your changes to the latest version and try again",
    });
    Fault::Answer { status: 409, r#type: "application/json".to_owned(), body: body.to_string() }
}

fn patches(namespace: &str) -> Rule {
    Rule::new(conflict()).method("PATCH").path(&format!("*/namespaces/{namespace}/*"))
}

fn write(case: &Case, [before, after]: [&Snapshot; 2], tokens: [Option<&str>; 2]) -> Write {
    let [token_before, token_after] = tokens.map(|token| token.map(|token| token.parse().unwrap()));
    let (before, after) = (before.clone(), after.clone());
    Write { target: case.target.clone(), before, after, token_before, token_after, in_flight: 5 }
}

/// Of one change: how often it was tried, and what came of it.
async fn tried(proxy: &FaultProxy, namespace: &str, routes: &Routes, write: &Write) {
    let outage = [patches(namespace)];
    proxy.begin("storm", &outage);
    let (earlier, begun) = (proxy.count(&outage[0]), Instant::now());
    let refused = routes.write(write).await.unwrap_err();
    let (tries, took) = (proxy.count(&outage[0]) - earlier, begun.elapsed());
    proxy.end("storm");
    say(&format!("a storm of 409 at {}: {tries} tries in {} ms, then {refused}", write.target, took.as_millis()));
    assert!(tries <= 15, "{tries} tries in {took:?}");
    assert!(took >= Duration::from_millis(500) * u32::from(tries > 1), "{tries} tries in {took:?}");
    assert!(took < Duration::from_secs(15), "{tries} tries in {took:?}");
    // Nobody has changed what is to be changed: it is trouble that passes, and no conflict.
    assert!(matches!(&refused, CallError::Throttled(text) if text.contains("has been modified")), "{refused:?}");
    assert!(matches!(routes.write(write).await, Ok(Reply::Accepted { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_real_api_server_would_take_is_tried_at_a_pace_while_everything_is_refused_with_409() {
    let Some(cluster) = Cluster::shared() else { return };
    let Some(proxy) = FaultProxy::start(&cluster.endpoint()) else { return };
    let routes = Routes::new(cluster.client_at(&proxy.endpoint()));
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    let stages = &case.stages;
    tried(&proxy, &space.namespace, &routes, &write(&case, [&case.original, &stages[0]], [None, Some("run-1/1/1")]))
        .await;
    let next = write(&case, [&stages[0], &stages[1]], [Some("run-1/1/1"), Some("run-1/1/2")]);
    tried(&proxy, &space.namespace, &routes, &next).await;
    let work = Work::new(cluster).await;
    let case = work.deployment().await;
    let start = write(&case, [&case.original, &case.stages[0]], [None, Some("run-1/1/1")]);
    tried(&proxy, &work.namespace, &routes, &start).await;
}

/// Who has really changed it is a conflict at once, in the middle of a storm too.
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_has_changed_is_a_conflict_while_everything_is_refused_with_409() {
    let Some(cluster) = Cluster::shared() else { return };
    let Some(proxy) = FaultProxy::start(&cluster.endpoint()) else { return };
    let routes = Routes::new(cluster.client_at(&proxy.endpoint()));
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    crate::places::Place::edit(&space, &case.target, &case.edited, None).await;
    let outage = [patches(&space.namespace)];
    proxy.begin("storm", &outage);
    let stages = &case.stages;
    let refused =
        routes.write(&write(&case, [&case.original, &stages[0]], [None, Some("run-1/1/1")])).await.unwrap_err();
    assert!(matches!(refused, CallError::Conflict(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_in_a_storm_of_409_is_repeated_trouble_and_ends_once_it_is_over() {
    let Some(cluster) = Cluster::shared() else { return };
    let Some(proxy) = FaultProxy::start(&cluster.endpoint()) else { return };
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    let (follows, sides) = (space.follow(), [Side::start("old").await, Side::start("new").await]);
    let sealed = seal(vec![shift(&case, &sides[0], &sides[1])]);
    let folder = tempfile::tempdir().unwrap();
    let driver = Driver {
        journal: started(folder.path(), &sealed, RUN).await,
        world: Adapters { routes: Some(Routes::new(cluster.client_at(&proxy.endpoint()))), ..Adapters::default() },
        clock: SystemClock,
        name: "driver-1".to_owned(),
        lease_ms: 1500,
        wait_policy: WaitPolicy::Wait,
    };
    let journal = driver.journal.clone();
    let drive = tokio::spawn(async move { driver.drive(RUN, &sealed, "test", |_| {}).await.unwrap().state.phase });
    let stands = |snapshot: Snapshot| {
        let (routes, target) = (Routes::new(space.client.clone()), case.target.clone());
        async move {
            while !matches!(routes.observe(&Call::Observe(target.clone())).await, Ok(Reply::Observed { snapshot: now, .. }) if now == snapshot)
            {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    };
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, stands(case.stages[3].clone())).await.expect("it never got there");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let outage = [patches(&space.namespace)];
    proxy.begin("storm", &outage);
    let earlier = proxy.count(&outage[0]);
    journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
    tokio::time::sleep(Duration::from_secs(20)).await;
    let tries = proxy.count(&outage[0]) - earlier;
    proxy.end("storm");
    say(&format!("a way back in a storm of 409: {tries} tries in 20 s"));
    let back = tokio::time::timeout(limit, drive).await.expect("it gave up").unwrap();
    assert!(matches!(back, Phase::Finished(Outcome::RolledBack)), "{back:?}");
    assert!((3..=50).contains(&tries), "{tries} tries in 20 s");
    follows.abort();
}

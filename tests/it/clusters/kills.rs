//! `kill -9` of the driver of a route at each step: in every phase of every stage, with a write that has landed unheard and with one that
//! has not, there and back. The next driver finishes it, users notice nothing, and no write is made twice that matters.

use super::say;
use crate::data_plane::Scene;
use crate::kill::{Kill, was_driver};
use crate::places::whole_route;
use caravan_cutover::{Command, SystemClock};
use caravan_cutover_engine::{Clock, Outcome, Phase};
use caravan_tests_testbed::{Cluster, Fault, FaultProxy, Rule, in_namespace};
use kube::api::{Api, DynamicObject};
use kube::config::Kubeconfig;
use kube::core::{ApiResource, GroupVersionKind};
use std::time::Duration;

const RUN: &str = "run-1";
/// Before a write: each look, each entry of the journal, and the last look at the lease.
const BEFORE: [&str; 4] = ["observing", "guarding", "recording", "checking-lease"];
/// After it.
const AFTER: [&str; 3] = ["settling", "verifying", "baking"];

/// The same cluster past the fault proxy.
fn past(cluster: &Cluster, proxy: &FaultProxy) -> String {
    let mut kubeconfig = Kubeconfig::read_from(cluster.kubeconfig()).unwrap();
    let server = kubeconfig.clusters[0].cluster.as_mut().unwrap();
    (server.server, server.certificate_authority) = (Some(proxy.endpoint()), None);
    serde_json::to_string(&kubeconfig).unwrap()
}

async fn generation(cluster: &Cluster) -> i64 {
    let kind = GroupVersionKind::gvk("gateway.networking.k8s.io", "v1", "HTTPRoute");
    let resource = ApiResource::from_gvk_with_plural(&kind, "httproutes");
    let routes: Api<DynamicObject> = Api::namespaced_with(cluster.client(), "shop", &resource);
    routes.get("track").await.unwrap().metadata.generation.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn drivers_of_a_route_killed_with_kill_9_at_each_step_leave_it_exactly_as_it_should_be() {
    if was_driver().await || !in_namespace() {
        return;
    }
    let Some(scene) = Scene::new(Duration::from_secs(2)).await else { return };
    let cluster = Cluster::shared().unwrap();
    let Some(proxy) = FaultProxy::start(&cluster.endpoint()) else { return };
    let kubeconfig = scene.folder.path().join("kubeconfig");
    std::fs::write(&kubeconfig, past(cluster, &proxy)).unwrap();
    let mut run = scene.run(&kubeconfig);
    let (before, first) = (whole_route(&cluster.client(), "shop").await, generation(cluster).await);
    let stages = scene.sealed.plan().steps[0].stages();
    let patch = |fault: Fault, nth: u32| [Rule::new(fault).method("PATCH").path("*/namespaces/shop/*").nth([nth])];
    let unheard = || Fault::Applied { milliseconds: 20_000 };

    for stage in 0..stages {
        for step in BEFORE {
            assert!(!run.driver(Kill::In(step, Some(stage))), "no driver was {step} at stage {stage}");
        }
        // Whoever takes over writes its own token first, where one stands there.
        let nth = if stage > 0 { 2 } else { 1 };
        for fault in [Fault::Silence, unheard()] {
            proxy.begin("write", &patch(fault, nth));
            assert!(!run.driver(Kill::Late("applying", Some(stage), 800)), "no driver wrote stage {stage}");
            proxy.end("write");
        }
        for step in AFTER {
            assert!(!run.driver(Kill::In(step, Some(stage))), "no driver was {step} at stage {stage}");
        }
    }
    assert!(run.driver(Kill::Never));
    assert!(matches!(run.state().await.phase, Phase::Shifted), "{:?}", run.state().await.phase);
    let there = generation(cluster).await;
    run.journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
    for step in ["observing", "guarding", "recording", "checking-lease", "applying"] {
        assert!(!run.driver(Kill::In(step, None)), "no driver was {step} on its way back");
    }
    proxy.begin("write", &patch(unheard(), 1));
    assert!(!run.driver(Kill::Late("applying", None, 800)), "no driver wrote on its way back");
    proxy.end("write");
    assert!(run.driver(Kill::Never));
    let ended = run.state().await.phase;
    assert!(matches!(ended, Phase::Finished(Outcome::RolledBack)), "{ended:?}");
    assert_eq!(whole_route(&cluster.client(), "shop").await, before);
    tokio::time::sleep(Duration::from_secs(1)).await;
    scene.watch.task.abort();
    let percents: Vec<u64> = scene.watch.shares().iter().map(|span| span.0).collect();
    let (back, log) = (generation(cluster).await, scene.traffic.stop());
    let failed = log.iter().filter(|request| !matches!(request.answer, Ok((200, _)))).count();
    say(&format!(
        "kill -9 of {} drivers of a route in {:?}: shares {percents:?}, {} changes of its rules there and {} back, {} requests, {failed} \
         failed",
        run.killed_in.values().sum::<u32>(),
        run.killed_in,
        there - first,
        back - there,
        log.len(),
    ));
    assert_eq!(percents, [0, 10, 50, 100, 0]);
    // The API server counts each change of the rules: one for each stage, and one back.
    assert_eq!(
        (there - first, back - there),
        (i64::try_from(stages).unwrap(), 1),
        "something was written twice that matters"
    );
    assert_eq!(failed, 0);
}

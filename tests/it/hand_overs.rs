//! Work that changes its owner for real: a schedule from EventBridge to a CronJob, and a consumer from ECS to a Deployment, there and
//! back, by drivers that are killed with `kill -9`. moto has the old owners, a real control plane with its controllers the new ones.

use crate::kill::{Run, was_driver};
use crate::places::{Adapters, Owners, Place, Work};
use crate::rollback::started;
use caravan_cutover::operator::{active_controllers, plan_from_world};
use caravan_cutover::{Command, SystemClock};
use caravan_cutover_engine::{Clock, Outcome, Phase};
use caravan_plans::{Drivers, Sealed, Step, WaveSpec};
use caravan_providers::target::{ClusterWork, Target};
use caravan_providers::{Activity, Call, Observer, Reply};
use caravan_tests_testbed::{Cluster, Moto};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const RUN: &str = "run-1";

async fn works(adapters: &Adapters, target: &Target) -> bool {
    matches!(adapters.observe(&Call::Activity(target.clone())).await, Ok(Reply::Activity(Activity::Working)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_and_a_consumer_are_handed_over_and_back_by_drivers_that_are_killed_and_never_have_two_owners() {
    if was_driver().await {
        return;
    }
    let (Some(moto), Some(cluster)) = (Moto::shared(), Cluster::shared()) else { return };
    let owners = Owners::new(moto);
    let work = Work::new(cluster).await;
    work.cron_job().await;
    work.deployment().await;
    let adapters = || Adapters { rules: Some(owners.adapter()), routes: Some(work.routes()), ..Adapters::default() };
    let (account, namespace) = (owners.account(), &work.namespace);
    let new = |kind: &str| json!([{kind: {"cluster": "testbed", "namespace": namespace, "name": "orders"}}]);
    let hand_over = |name: &str, stop, start| {
        json!({
            "workload": format!("ecs/{}/eu-central-1/{name}", account.id), "stop": [stop], "start": start,
            // The test bench applied the objects.
            "paused_controllers": ["testbed"], "approve": false,
            "proof": {"every": 1, "rounds": 2, "within": 60}, "in_flight": 10,
        })
    };
    let rule = json!({"event-rule": {"account": account.id, "region": "eu-central-1", "name": "close"}});
    let service =
        json!({"ecs-service": {"account": account.id, "region": "eu-central-1", "cluster": "main", "name": "orders"}});
    let spec: WaveSpec = serde_json::from_value(json!({
        "schema": "caravan.wave-spec/v1", "wave": "work",
        "hand_overs": [
            hand_over("rule/close/daily", rule, new("cron-job")), hand_over("main/orders", service, new("deployment")),
        ],
    }))
    .unwrap();
    let plan = plan_from_world(&adapters(), &spec, Drivers::OneMachine).await.unwrap();
    assert_eq!(active_controllers(&adapters(), &spec).await.unwrap(), []);
    let sealed = Sealed::seal(plan).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (journal, hash) = (started(folder.path(), &sealed, RUN).await, sealed.hash().to_string());
    let told = json!({
        "moto": moto.endpoint(), "kubeconfig": cluster.kubeconfig(), "journal": journal.file(), "hash": hash, "run": RUN,
        "id": account.id, "key": account.access_key_id, "secret": account.secret_access_key, "token": account.session_token,
    });
    let before = [owners.everything().await, work.everything().await];

    // Whoever is at work is asked all the while, the new owner first: the old one may not have been at work since.
    let (over, looks, both) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let pairs: Vec<[Target; 2]> = sealed
        .plan()
        .steps
        .iter()
        .map(|step| match step {
            Step::HandOver(hand_over) => [hand_over.switches[1].target.clone(), hand_over.switches[0].target.clone()],
            Step::Shift(_) => unreachable!(),
        })
        .collect();
    let watch = tokio::spawn({
        let (adapters, over, looks, both) = (adapters(), Arc::clone(&over), Arc::clone(&looks), Arc::clone(&both));
        async move {
            while !over.load(Ordering::Relaxed) {
                for [new, old] in &pairs {
                    if works(&adapters, new).await && works(&adapters, old).await {
                        both.fetch_add(1, Ordering::Relaxed);
                    }
                    looks.fetch_add(1, Ordering::Relaxed);
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    });
    let mut run = Run { name: RUN.to_owned(), journal, sealed, told, killed_in: BTreeMap::new() };

    let there = run.drive();
    assert!(matches!(run.state().await.phase, Phase::Shifted), "{:?}", run.state().await.phase);
    let stands = owners.asked(&["state"]);
    assert_eq!((&stands[0]["State"], &stands[2]["desiredCount"]), (&json!("DISABLED"), &json!(0)), "{stands}");
    let (job, deployment) = (work.object(ClusterWork::CronJob).await, work.object(ClusterWork::Deployment).await);
    assert_eq!((&job["spec"]["suspend"], &deployment["status"]["readyReplicas"]), (&json!(false), &json!(2)));

    run.journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
    let back = run.drive();
    over.store(true, Ordering::Relaxed);
    watch.await.unwrap();
    let ended = run.state().await.phase;
    assert!(matches!(ended, Phase::Finished(Outcome::RolledBack)), "{ended:?}");
    assert_eq!(before, [owners.everything().await, work.everything().await]);
    let (looks, both) = (looks.load(Ordering::Relaxed), both.load(Ordering::Relaxed));
    assert!(both == 0 && looks > 20, "of {looks} looks {both} saw both owners at work");
    assert!(there + back > 4 && run.killed_in.contains_key("applying"), "too few were killed: {:?}", run.killed_in);
    let _ = writeln!(
        std::io::stdout(),
        "hand-overs: {there} drivers killed there and {back} back, in {:?}; {looks} looks, 0 with two owners",
        run.killed_in
    );
}

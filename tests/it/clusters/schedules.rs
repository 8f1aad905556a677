//! What is known of a CronJob that is to be at work: that it is not suspended says little.

use super::say;
use crate::places::Work;
use caravan_providers::target::{ClusterWork, Target};
use caravan_providers::{Activity, Call, CallError, Observer, Reply};
use caravan_tests_testbed::{Cluster, Write as Keep};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A Job of the CronJob that can't end well: no node has what it wants, and it has a second.
async fn failed_job(cluster: &Cluster, work: &Work<'_>, name: &str) {
    let uid = work.object(ClusterWork::CronJob).await["metadata"]["uid"].clone();
    let owner = json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "name": "orders", "uid": uid, "controller": true,
    });
    let pod = json!({
        "restartPolicy": "Never", "nodeSelector": {"example.com/nowhere": "true"},
        "containers": [{"name": "close", "image": "close:1"}],
    });
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": name, "namespace": work.namespace, "ownerReferences": [owner]},
        "spec": {"activeDeadlineSeconds": 1, "backoffLimit": 0, "template": {"spec": pod}},
    });
    let client = cluster.client();
    cluster.apply(&client, &job, Keep::Persist).await.unwrap();
    let jobs: kube::Api<k8s_openapi::api::batch::v1::Job> = kube::Api::namespaced(client, &work.namespace);
    let begun = Instant::now();
    loop {
        let job = serde_json::to_value(jobs.get(name).await.unwrap()).unwrap();
        let conditions = job["status"]["conditions"].as_array().cloned().unwrap_or_default();
        if conditions.iter().any(|condition| condition["type"] == "Failed" && condition["status"] == "True") {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "it has not failed: {job}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn asked(work: &Work<'_>, target: &Target) -> Result<Reply, CallError> {
    work.routes().observe(&Call::Activity(target.clone())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_of_a_real_cluster_whose_job_failed_since_it_was_handed_over_is_not_at_work() {
    let Some(cluster) = Cluster::shared() else { return };
    let work = Work::new(cluster).await;
    let case = work.cron_job().await;
    // Somebody tried it before: that says nothing of what is to come.
    failed_job(cluster, &work, "tried-before").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let start = caravan_providers::Write {
        target: case.target.clone(),
        before: case.original.clone(),
        after: case.stages[0].clone(),
        token_before: None,
        token_after: Some("run-1/1/1".parse().unwrap()),
        in_flight: 5,
    };
    caravan_providers::Executor::write(&work.routes(), &start).await.unwrap();
    assert_eq!(asked(&work, &case.target).await, Ok(Reply::Activity(Activity::Working)));
    tokio::time::sleep(Duration::from_secs(2)).await;
    failed_job(cluster, &work, "first-run").await;
    let failed = asked(&work, &case.target).await;
    say(&format!("a CronJob whose first Job failed: {failed:?}"));
    let Err(CallError::Rejected(text)) = failed else { panic!("{failed:?}") };
    assert!(text.contains("Job first-run failed") && text.contains("DeadlineExceeded"), "{text}");
    assert!(!text.contains("tried-before"), "{text}");
    let _: Value = work.object(ClusterWork::CronJob).await;
}

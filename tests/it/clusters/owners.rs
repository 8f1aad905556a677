//! Work that was handed over for real, and that somebody else hands to its old owner as well: two are at work, and people are told.

use super::{Night, say, wave};
use crate::places::{Owners, Work};
use crate::supervised::posted;
use caravan_tests_testbed::{Cluster, Moto};
use serde_json::json;
use std::net::TcpListener;
use std::time::Instant;

const REGION: &str = "eu-central-1";

#[tokio::test(flavor = "multi_thread")]
async fn a_living_driver_tells_of_two_owners_that_somebody_else_has_made() {
    let (Some(moto), Some(cluster)) = (Moto::shared(), Cluster::shared()) else { return };
    let (owners, work) = (Owners::new(moto), Work::new(cluster).await);
    work.cron_job().await;
    let account = owners.account();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut night = Night::new(cluster.kubeconfig());
    night.environment.extend(account.environment(&moto.endpoint(), REGION));
    night.environment.push(("CARAVAN_TEST_HOOK", format!("http://{}/hook", listener.local_addr().unwrap())));
    let configured = json!({"id": account.id, "regions": [REGION], "endpoint": moto.endpoint()});
    let config = json!({
        "schema": "caravan.config/v1", "accounts": [configured], "drivers": "one-machine",
        "notifications": [{"name": "pager", "webhook": {"url_env": "CARAVAN_TEST_HOOK"}}],
    });
    night.room.write("caravan.yaml", config.to_string());
    let hand_over = json!({
        "workload": format!("ecs/{}/{REGION}/rule/close/daily", account.id),
        "stop": [{"event-rule": {"account": account.id, "region": REGION, "name": "close"}}],
        "start": [{"cron-job": {"cluster": "testbed", "namespace": work.namespace, "name": "orders"}}],
        "paused_controllers": ["testbed"], "approve": false, "proof": {"every": 1, "rounds": 2, "within": 60}, "in_flight": 10,
    });
    night.room.write("plans/wave-w.yaml", wave(&[], &[hand_over]));
    let run = night.started();
    let mut driver = night.driver(&run);
    let told = std::thread::spawn(move || {
        loop {
            let notice = posted(&listener, "204 No Content");
            if notice["why"].as_str().unwrap_or_default().contains("two owners") {
                return notice;
            }
        }
    });
    night.until(&run, 180, |status| status["state"] == "shifted");
    // What is known of the new owner is said as soon as it was looked at, without anybody's doing.
    let status = night.until(&run, 180, |status| !status["watched"].is_null());
    let said = status["watched"][0]["new_side"]["text"].as_str().unwrap().to_owned();
    say(&format!("of a CronJob that has not fired yet: {said}"));
    assert!(said.contains("it has not fired yet; next at "), "{said}");
    assert_eq!(status["watched"][0]["needs_person"], false, "{status}");

    owners.asked(&["rule", "true", "daily"]);
    let begun = Instant::now();
    let status = night.until(&run, 180, |status| status["watched"][0]["needs_person"] == true);
    say(&format!("two owners, after {} s: {}", begun.elapsed().as_secs(), status["watched"][0]));
    let seen = status["watched"][0]["changed_by_others"]["seen"].as_str().unwrap();
    assert!(seen.contains("two owners are at work"), "{seen}");
    assert!(night.run(&["cutover", "status", &run]).out.contains("two owners are at work"));
    assert_eq!(told.join().unwrap()["run"], run.as_str());
    assert!(driver.is_alive() && night.status(&run)["state"] == "shifted");

    owners.asked(&["rule", "false", "daily"]);
    night.until(&run, 180, |status| status["watched"][0]["needs_person"] == false);
}

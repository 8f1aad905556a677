//! Work that was handed over for real, and that somebody else hands to its old owner as well: two are at work, and people are told.

use super::{Night, say};
use crate::places::{Owners, Work};
use crate::supervised::posted;
use caravan_tests_testbed::{Cluster, Moto};
use serde_json::json;
use std::net::TcpListener;
use std::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn a_living_driver_tells_of_two_owners_that_somebody_else_has_made() {
    let (Some(moto), Some(cluster)) = (Moto::shared(), Cluster::shared()) else { return };
    let (owners, work) = (Owners::new(moto), Work::new(cluster).await);
    work.cron_job().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut night = Night::new(cluster.kubeconfig());
    night.environment.push(("CARAVAN_TEST_HOOK", format!("http://{}/hook", listener.local_addr().unwrap())));
    let notifications = json!([{"name": "pager", "webhook": {"url_env": "CARAVAN_TEST_HOOK"}}]);
    night.hands_over(moto, &owners, &work, &json!({"notifications": notifications}));
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

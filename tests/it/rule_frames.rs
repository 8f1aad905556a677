//! What of a load balancer's rule is not its actions, and was changed by somebody else while a run moves its users: in moto, by the
//! command line (`docs/decisions/0343`).

use crate::emptied::{Driving, Night};
use crate::places::Place as _;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Waits until the status is as it should be, and gives it.
#[track_caller]
fn until(night: &Night, run: &str, seconds: u64, is_there: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let status = night.status(run);
        if is_there(&status) {
            return status;
        }
        assert!(begun.elapsed() < Duration::from_secs(seconds), "after {seconds} s: {status:#}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn seen(status: &Value) -> &str {
    status["watched"][0]["changed_by_others"]["seen"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_whose_conditions_somebody_else_changed_moves_nobody_on_is_told_of_and_goes_back() {
    let Some(night) = Night::of(&[0, 50, 100], 6, 600, &json!({})).await else { return };
    let before = night.balancer.everything().await;
    let run = night.started();
    let mut driver = night.driver(&run);
    until(&night, &run, 60, |status| status["at_risk"][0]["percent"] == 50 && status["state"] == "baking");
    night.balancer.asks_for("elsewhere.example.com").await;
    let status = until(&night, &run, 60, |status| matches!(status["state"].as_str(), Some("held" | "shifted")));
    assert_eq!((&status["state"], &status["at_risk"][0]["percent"]), (&"held".into(), &50.into()), "{status:#}");
    assert!(status["waiting_for"].as_str().unwrap().contains("the rule's Conditions"), "{status:#}");
    let status = until(&night, &run, 90, |status| status["watched"][0]["needs_person"] == true);
    assert!(seen(&status).contains("elsewhere.example.com"), "{status:#}");

    // What is not the plan's keeps no user on the new side, and stays as somebody else has made it.
    night.run(&["cutover", "rollback", &run]).ends(0, &[]);
    assert_eq!(driver.0.wait().unwrap().code(), Some(22), "{}", night.status(&run));
    night.balancer.asks_for("track.example.com").await;
    assert_eq!(night.balancer.everything().await, before, "all but the conditions is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_soak_counts_while_another_rule_takes_the_requests_or_the_rule_was_made_anew() {
    let Some(night) = Night::of(&[0, 100], 1, 100, &json!({})).await else { return };
    let run = night.started();
    let _driver = night.driver(&run);
    let left = |status: &Value| status["soak"]["left_seconds"].as_u64();
    until(&night, &run, 60, |status| left(status).is_some_and(|left| left < 100));
    // Of another name it takes nothing.
    night.balancer.another_rule(4, "nothing.example.com").await;
    let other = night.balancer.another_rule(5, "*.example.com").await;
    let status = until(&night, &run, 60, |status| seen(status).contains(&other));
    assert!(!seen(&status).contains("nothing.example.com"), "{status:#}");
    assert_eq!(status["watched"][0]["needs_person"], true, "{status:#}");
    let stood = left(&status).unwrap();
    assert!(stood > 30, "{status:#}");
    std::thread::sleep(Duration::from_secs(15));
    assert_eq!(left(&night.status(&run)), Some(stood), "nothing was counted");
    night.balancer.without_rule(&other).await;
    until(&night, &run, 60, |status| left(status).is_some_and(|left| left < stood));
    // Whoever makes it anew has another one stand there.
    night.balancer.without_rule(&night.balancer.arn("rule")).await;
    let anew = night.balancer.another_rule(10, "track.example.com").await;
    let status = until(&night, &run, 60, |status| seen(status).contains("it is gone"));
    assert!(seen(&status).contains(&format!("made anew as {anew}")), "{status:#}");
}

/// With users on a new side a receiver without an address keeps nobody from watching them, and everybody from moving them on.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_moved_on_while_somebody_can_not_be_told_and_everybody_is_taken_back() {
    let told = json!({"notifications": [{"name": "team", "webhook": {"url_env": "TEAM_URL"}}]});
    let Some(night) = Night::of(&[0, 50, 100], 6, 600, &told).await else { return };
    let before = night.balancer.everything().await;
    let run = night.started();
    night.run(&["cutover", "run", "--all"]).ends(3, &["notifications[0].webhook.url_env", "TEAM_URL is not set"]);
    assert_eq!(night.balancer.everything().await, before);
    let mut driver = night.command(&["cutover", "run", &run, "--wait", "--lease", "2"]);
    let driver = driver.env("TEAM_URL", "http://127.0.0.1:9/").stdout(Stdio::null()).stderr(Stdio::null());
    let driver = Driving(driver.spawn().unwrap());
    until(&night, &run, 60, |status| status["at_risk"][0]["percent"] == 50 && status["state"] == "baking");
    drop(driver);
    let at_50 = night.balancer.everything().await;
    let untold = "no run goes forward by this driver";
    night.run(&["cutover", "run", "--all", "--lease", "2"]).ends(21, &["TEAM_URL is not set", untold]);
    let status = night.status(&run);
    assert_eq!(status["state"], "held", "{status:#}");
    assert!(status["waiting_for"].as_str().unwrap().contains("TEAM_URL is not set"), "{status:#}");
    assert_eq!(night.balancer.everything().await, at_50, "nobody was moved on");
    night.run(&["cutover", "rollback", &run]).ends(0, &[]);
    night.run(&["cutover", "run", "--all", "--lease", "2"]).ends(22, &[untold]);
    assert_eq!(night.balancer.everything().await, before);
}

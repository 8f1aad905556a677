//! Target groups that somebody empties, in moto, while the sides' own addresses answer well: by the command line, before a shift,
//! while it soaks, and before it is taken back (`docs/decisions/0235`).

use crate::cli::{Room, Said};
use crate::places::{Balancer, HOST, Place, Side};
use caravan_tests_testbed::Moto;
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const REGION: &str = "eu-central-1";

/// A wave of one rule, approved, and its two sides.
pub(crate) struct Night {
    pub(crate) room: Room,
    pub(crate) balancer: Balancer,
    endpoint: String,
    _sides: [Side; 2],
}

impl Night {
    /// None where moto is missing, after that was said.
    async fn new() -> Option<Self> {
        Self::of(&[0, 100], 1, 600, &json!({})).await
    }

    /// One with other stages, another bake and another soak, in seconds, and with more in `caravan.yaml`.
    pub(crate) async fn of(stages: &[u8], bake: u32, soak: u32, more: &Value) -> Option<Self> {
        let moto = Moto::shared()?;
        let (balancer, endpoint) = (Balancer::new(moto), moto.endpoint());
        let (old, new) = (Side::start("old").await, Side::start("new").await);
        let id = &balancer.account().id;
        let room = Room::new();
        let account = json!({"id": id, "regions": [REGION], "endpoint": endpoint});
        let mut config = json!({"schema": "caravan.config/v1", "drivers": "one-machine", "accounts": [account]});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        room.write("caravan.yaml", config.to_string());
        let probe = |side: &Side| json!([{"address": side.address, "host": HOST, "tls": false}]);
        let wave = json!({"schema": "caravan.wave-spec/v1", "wave": "w", "soak": soak, "shifts": [{
            "workload": format!("ecs/{id}/{REGION}/main/track"),
            "strategy": {"alb": {"account": id, "region": REGION, "rule": balancer.arn("rule"), "new": balancer.arn("new")}},
            "probes": {"old": probe(&old), "new": probe(&new)},
            "stages": stages, "approve": [], "gate": {"bake": bake, "every": 1, "rounds": 1},
            "analysis": {"every": 1, "failures": 2, "unknown": 5, "successes": 30}, "in_flight": 10,
        }]});
        room.write("plans/wave-w.yaml", wave.to_string());
        let night = Self { room, balancer, endpoint, _sides: [old, new] };
        night.run(&["plan", "seal", "w", "--live"]).ends(0, &[]);
        let (_, shown) = night.room.json(&["plan", "show", "w"]);
        night.run(&["plan", "approve", "w", "--hash", shown["hash"].as_str().unwrap()]).ends(0, &[]);
        Some(night)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.room.command(args);
        command.env("USER", "tests").envs(self.balancer.account().environment(&self.endpoint, REGION));
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().unwrap())
    }

    pub(crate) fn started(&self) -> String {
        self.run(&["cutover", "start", "w"]).ends(0, &[]).out.trim().to_owned()
    }

    /// A driver that stays until the run is over.
    pub(crate) fn driver(&self, run: &str) -> Driving {
        let mut driver = self.command(&["cutover", "run", run, "--wait"]);
        Driving(driver.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    pub(crate) fn status(&self, run: &str) -> Value {
        self.room.json(&["cutover", "status", run]).1
    }

    pub(crate) fn until(&self, run: &str, state: &str) {
        let began = Instant::now();
        while self.status(run)["state"] != state {
            assert!(began.elapsed() < Duration::from_secs(60), "{state}: {}", self.status(run));
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

/// A driver that ends with the test.
pub(crate) struct Driving(pub(crate) Child);

impl Drop for Driving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_user_comes_to_a_new_target_group_that_is_empty() {
    let Some(night) = Night::new().await else { return };
    let before = night.balancer.everything().await;
    night.balancer.has_target("new", false).await;
    let run = night.started();
    let new = night.balancer.arn("new");
    night.run(&["cutover", "run", &run]).ends(21, &[&new, "no target"]);
    assert_eq!(night.balancer.everything().await, before, "not even the stage of 0 % was written");
    night.balancer.has_target("new", true).await;
    night.run(&["cutover", "retry", &run]).ends(0, &[]);
    night.run(&["cutover", "run", &run]).ends(20, &[]);
    assert_ne!(night.balancer.everything().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_a_new_target_group_that_is_emptied_in_the_soak_are_taken_back() {
    let Some(night) = Night::new().await else { return };
    let before = night.balancer.everything().await;
    let run = night.started();
    let mut driver = night.driver(&run);
    night.until(&run, "shifted");
    assert_ne!(night.balancer.everything().await, before);
    night.balancer.has_target("new", false).await;
    let emptied = Instant::now();
    let code = driver.0.wait().unwrap().code();
    assert_eq!(code, Some(22), "{}", night.status(&run));
    assert!(emptied.elapsed() < Duration::from_secs(30), "{:?}", emptied.elapsed());
    assert_eq!(night.balancer.everything().await, before);
    let why = night.run(&["cutover", "status", &run]).out;
    assert!(why.contains("it has no target"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_taken_back_to_an_old_target_group_that_is_empty() {
    let Some(night) = Night::new().await else { return };
    let before = night.balancer.everything().await;
    let run = night.started();
    night.run(&["cutover", "run", &run]).ends(20, &[]);
    let shifted = night.balancer.everything().await;
    night.balancer.has_target("old", false).await;
    night.run(&["cutover", "rollback", &run]).ends(0, &[]);
    let mut driver = night.driver(&run);
    let began = Instant::now();
    let said = loop {
        let said = night.run(&["cutover", "status", &run]).out;
        if said.contains("gets no further") {
            break said;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{said}");
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(said.contains(&night.balancer.arn("old")) && said.contains("it has no target"), "{said}");
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(night.balancer.everything().await, shifted, "its users stay where they are served");
    night.balancer.has_target("old", true).await;
    let code = driver.0.wait().unwrap().code();
    assert_eq!(code, Some(22), "{}", night.status(&run));
    assert_eq!(night.balancer.everything().await, before);
}

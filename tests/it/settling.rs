//! Writes that a real API takes and that carry no user's traffic: a route without a controller, a rule whose new target group
//! has no target. The run waits and says why, also under a new driver, and goes on by itself once users follow.

use crate::places::{Adapters, Balancer, Case, Side, Space};
use crate::rollback::{seal, shift, started};
use caravan_cutover::{Command, Driver, Journal, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, JournalStore, Outcome, Phase, State, replay};
use caravan_plans::Sealed;
use caravan_providers::{Call, Observer, Reply};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Cluster, Moto};
use std::sync::Arc;
use std::time::Duration;

const RUN: &str = "run-1";

/// A run of one target.
struct Scene {
    case: Case,
    sealed: Sealed,
    driver: Driver<Journal, Adapters, SystemClock>,
    _sides: [Side; 2],
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new(case: Case, world: Adapters) -> Self {
        let sides = [Side::start("old").await, Side::start("new").await];
        let sealed = seal(vec![shift(&case, &sides[0], &sides[1])]);
        let folder = tempfile::tempdir().unwrap();
        let driver = Driver {
            journal: started(folder.path(), &sealed, RUN).await,
            world,
            clock: SystemClock,
            name: "driver-1".to_owned(),
            lease_ms: 1500,
            wait_policy: WaitPolicy::Leave,
        };
        Self { case, sealed, driver, _sides: sides, _folder: folder }
    }

    async fn drive(&self) -> State {
        self.driver.drive(RUN, &self.sealed, "test", |_| {}).await.unwrap().state
    }

    /// Drives for so long, and gives where the journal has it then: whoever drove is gone.
    async fn drive_for(&self, seconds: u64) -> State {
        let limit = Duration::from_secs(seconds);
        if let Ok(state) = tokio::time::timeout(limit, self.drive()).await {
            panic!("it did not wait: {:?}", state.phase);
        }
        let entries = self.driver.journal.load(RUN).await.unwrap();
        replay(RUN, &self.sealed, entries.iter().map(|entry| &entry.event)).unwrap()
    }

    /// The run waits in its first stage for `reason`, and so it does under the next driver.
    async fn waits(&self, reason: &str) {
        for seconds in [8, 15] {
            let state = self.drive_for(seconds).await;
            assert!(matches!(state.phase, Phase::Settling { .. }), "{:?}", state.phase);
            let trouble = state.trouble.unwrap().reason;
            assert!(trouble.contains(reason), "{trouble} is not: {reason}");
            assert_eq!(state.steps[0].stage, None);
        }
        let stands = self.driver.world.observe(&Call::Observe(self.case.target.clone())).await.unwrap();
        assert!(matches!(stands, Reply::Observed { snapshot, .. } if snapshot == self.case.stages[0]));
    }

    /// It goes on by itself, there and back.
    async fn goes_on(&self) {
        let there = self.drive().await;
        assert!(matches!(there.phase, Phase::Shifted), "{:?}", there.phase);
        self.driver.journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
        let back = self.drive().await;
        assert!(matches!(back.phase, Phase::Finished(Outcome::RolledBack)), "{:?}", back.phase);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_of_a_real_api_server_whose_controller_is_gone_is_never_promoted() {
    let Some(cluster) = Cluster::shared() else { return };
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route without a controller", None).await;
    let world = Adapters { routes: Some(Routes::new(space.client.clone())), ..Adapters::default() };
    let scene = Scene::new(case, world).await;
    // It lived until now.
    let follows = space.keep_writing_status(Arc::default());
    tokio::time::sleep(Duration::from_secs(1)).await;
    follows.abort();
    let _ = follows.await;
    scene.waits("has seen generation 1 of the route, and 2 stands there").await;
    let follows = space.keep_writing_status(Arc::default());
    scene.goes_on().await;
    follows.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_in_moto_whose_new_target_group_has_no_target_is_never_promoted() {
    let Some(moto) = Moto::shared() else { return };
    let balancer = Balancer::new(moto);
    balancer.has_target("new", false).await;
    let case = balancer.rule().await;
    let scene = Scene::new(case, Adapters { rules: Some(balancer.adapter()), ..Adapters::default() }).await;
    scene.waits("is healthy: it has no target").await;
    balancer.has_target("new", true).await;
    scene.goes_on().await;
}

//! There and back: after the rollback the servers say exactly what they said before, and nothing of ours is left. Driven by
//! the real engine through the real adapters.

use crate::conformance::nobody;
use crate::places::{Adapters, Balancer, Case, Place, Side, Space, Zone, adapter};
use caravan_cutover::operator::{FinaliseEvidence, Run, approve};
use caravan_cutover::{Command, Driver, Journal, RunRecord, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, Outcome, Phase, State, soak_left_ms};
use caravan_inventory::WorkloadId;
use caravan_plans::strategy::route53::NewRecords;
use caravan_plans::strategy::{alb, route, route53};
use caravan_plans::{Analysis, Drivers, Gate, OnFailure, Sealed, Shift, Stage, Step, Undo, WavePlan};
use caravan_providers::target::Snapshot;
use caravan_providers::{Call, Observer, Reply};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Cluster, Ministack, Moto};
use serde_json::Value;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUN: &str = "run-1";

/// A wave of one target in each server.
struct Wave {
    zone: Zone,
    balancer: Balancer,
    space: Space,
    cases: [Case; 3],
    sealed: Sealed,
    old: Side,
    new: Side,
    driver: Driver<Journal, Adapters, SystemClock>,
    /// In the place of the controller of the route's gateway.
    follows: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Wave {
    /// None where a server is missing, after that was said.
    async fn new(reference: &str) -> Option<Self> {
        let (ministack, moto, cluster) = (Ministack::shared()?, Moto::shared()?, Cluster::shared()?);
        let (endpoint, account) = (ministack.endpoint(), nobody());
        let zone = Zone::new(&endpoint, &account, reference).await;
        let balancer = Balancer::new(moto);
        let space = Space::new(cluster).await;
        let cases = [
            zone.aliases().await,
            balancer.rule().await,
            space.route(cluster, "a route without annotations", None).await,
        ];
        let adapters = Adapters {
            records: Some(adapter(&endpoint, &account)),
            rules: Some(balancer.adapter()),
            routes: Some(Routes::new(space.client.clone())),
            ..Adapters::default()
        };
        let (old, new) = (Side::start("old").await, Side::start("new").await);
        let sealed = seal(cases.iter().map(|case| shift(case, &old, &new)).collect());
        let folder = tempfile::tempdir().unwrap();
        let driver = Driver {
            journal: started(folder.path(), &sealed, RUN).await,
            world: adapters,
            clock: SystemClock,
            name: "driver-1".to_owned(),
            lease_ms: 5000,
            wait_policy: WaitPolicy::Leave,
        };
        let follows = space.keep_writing_status(Arc::default());
        Some(Self { zone, balancer, space, cases, sealed, old, new, driver, follows, _folder: folder })
    }

    async fn drive(&self) -> State {
        self.driver.drive(RUN, &self.sealed, "test", |_| {}).await.unwrap().state
    }

    /// A driver watches until the soak is over, and is gone then.
    async fn soak(&mut self) {
        self.driver.wait_policy = WaitPolicy::Wait;
        let is_over = tokio::sync::Notify::new();
        let see = |state: &State| {
            if state.phase == Phase::Shifted && soak_left_ms(self.sealed.plan(), state) == Some(0) {
                is_over.notify_one();
            }
        };
        tokio::select! {
            driven = self.driver.drive(RUN, &self.sealed, "test", see) => panic!("{:?}", driven.map(|driven| driven.state)),
            () = is_over.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(120)) => panic!("a soak of a second does not end"),
        }
        self.driver.wait_policy = WaitPolicy::Leave;
    }

    async fn submit(&self, command: Command) -> State {
        self.driver.journal.submit(RUN, &command.by("test", SystemClock.now())).await.unwrap();
        self.drive().await
    }

    async fn everything(&self) -> [String; 3] {
        [self.zone.everything().await, self.balancer.everything().await, self.space.everything().await]
    }

    /// Every target shows the snapshot of this stage, and these fencing tokens stand or not.
    async fn shows(&self, stage: usize, marked: bool) {
        for case in &self.cases {
            let reply = self.driver.world.observe(&Call::Observe(case.target.clone())).await.unwrap();
            let Reply::Observed { snapshot, token } = reply else { panic!("{reply:?}") };
            assert_eq!(snapshot, case.stages[stage], "{}", case.name);
            let atomic = case.target.guarantee() == caravan_providers::target::Guarantee::Atomic;
            assert_eq!(token.is_some(), marked && atomic, "{}: {token:?}", case.name);
        }
    }
}

pub(crate) fn shift(case: &Case, old: &Side, new: &Side) -> Shift {
    let stages = Case::PERCENTS.iter().zip(&case.stages).map(|(percent, snapshot)| Stage {
        percent: *percent,
        snapshot: snapshot.clone(),
        approval: false,
        gate: Gate { bake_ms: 200, every_ms: 100, rounds: 2, unknown: 5 },
        undo: Undo::Reversible { leaves: Vec::new() },
    });
    Shift {
        workload: WorkloadId::new(format!("ecs/123456789012/eu-central-1/main/{}", case.name.replace(' ', "-"))),
        target: case.target.clone(),
        original: case.original.clone(),
        stages: stages.collect(),
        // The test bench made the route.
        paused_controllers: vec!["testbed".to_owned()],
        old: vec![old.probe()],
        new: vec![new.probe()],
        analysis: Analysis::default(),
        in_flight: 5,
        manual_rollback: Vec::new(),
    }
}

/// The journal of a folder, with a run of a plan that nobody has driven yet.
pub(crate) async fn started(folder: &std::path::Path, sealed: &Sealed, run: &str) -> Journal {
    let file = camino::Utf8PathBuf::try_from(folder.join("journal.db")).unwrap();
    let journal = Journal::open(&file).unwrap();
    start(&journal, sealed, run).await;
    journal
}

/// Keeps a plan, and creates a run of it.
async fn start(journal: &Journal, sealed: &Sealed, run: &str) {
    let now = SystemClock.now();
    journal.keep_seal(sealed, "test", now).await.unwrap();
    let (name, hash, code_version) = (run.to_owned(), sealed.hash().to_string(), "test".to_owned());
    journal.create_run(&RunRecord { name, hash, code_version, created_at: now }).await.unwrap();
}

pub(crate) fn seal(shifts: Vec<Shift>) -> Sealed {
    let plan = WavePlan {
        schema: WavePlan::SCHEMA.to_owned(),
        wave: "wave-1".to_owned(),
        parent: None,
        drivers: Drivers::OneMachine,
        on_failure: OnFailure::Wave,
        soak_ms: 1000,
        clusters: std::collections::BTreeMap::new(),
        routes: std::collections::BTreeMap::new(),
        rules: std::collections::BTreeMap::new(),
        steps: shifts.into_iter().map(Step::Shift).collect(),
    };
    Sealed::seal(plan).unwrap()
}

impl Drop for Wave {
    fn drop(&mut self) {
        self.follows.abort();
    }
}

#[track_caller]
fn same(before: &[String; 3], after: &[String; 3]) {
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before, after);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_leaves_ministack_moto_and_a_real_api_server_exactly_as_they_were() {
    let Some(wave) = Wave::new("there-and-back").await else { return };
    let (before, begin) = (wave.everything().await, Instant::now());
    let there = wave.drive().await;
    assert!(matches!(there.phase, Phase::Shifted), "{:?}", there.phase);
    wave.shows(3, true).await;
    let back = wave.submit(Command::Rollback).await;
    assert!(matches!(back.phase, Phase::Finished(Outcome::RolledBack)), "{:?}", back.phase);
    same(&before, &wave.everything().await);
    let _ = writeln!(
        std::io::stdout(),
        "rollback: three targets to 100 % and back in {:.1} s; ministack, moto and the API server say what they said before",
        begin.elapsed().as_secs_f32()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_side_that_fails_is_taken_back_and_an_old_side_that_fails_is_not_gone_back_to() {
    let Some(wave) = Wave::new("new-side-fails").await else { return };
    let before = wave.everything().await;
    let journal = wave.driver.journal.file().to_owned();
    // At 50 % of the second target the new side fails.
    let (sealed, new) = (&wave.sealed, &wave.new);
    let fails = |state: &State| {
        if state.steps[1].stage == Some(2)
            && state.phase.name() == "baking"
            && state.direction == caravan_cutover_engine::Direction::Forward
        {
            new.answers(500);
        }
    };
    wave.old.answers(200);
    let driven = wave.driver.drive(RUN, sealed, "test", fails).await.unwrap().state;
    assert!(matches!(driven.phase, Phase::Finished(Outcome::RolledBack)), "{:?} in {journal}", driven.phase);
    same(&before, &wave.everything().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_side_that_is_unhealthy_is_not_gone_back_to_until_it_is_well() {
    let Some(wave) = Wave::new("old-side-fails").await else { return };
    let before = wave.everything().await;
    wave.drive().await;
    wave.old.answers(503);
    let meanwhile = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        wave.shows(3, true).await;
        wave.old.answers(200);
    };
    // Nobody has to say anything once it is well.
    let (back, ()) = tokio::join!(wave.submit(Command::Rollback), meanwhile);
    assert!(matches!(back.phase, Phase::Finished(Outcome::RolledBack)), "{:?}", back.phase);
    same(&before, &wave.everything().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_leaves_what_stands_and_none_of_our_tokens() {
    let Some(wave) = Wave::new("release").await else { return };
    wave.drive().await;
    let done = wave.submit(Command::Release).await;
    assert!(matches!(done.phase, Phase::Finished(Outcome::Done)), "{:?}", done.phase);
    wave.shows(3, false).await;
}

/// The whole road: weighted pairs, two persons after the soak, and then a simple record, a rule of one group and a route of one
/// backend in each server, of which another wave can be sealed at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_finalised_run_leaves_the_form_that_was_there_and_can_be_sealed_again() {
    let Some(mut wave) = Wave::new("finalised").await else { return };
    wave.drive().await;
    wave.soak().await;
    for (who, word) in [("olivia", "shifted"), ("oscar", "finished")] {
        let journal = &wave.driver.journal;
        let mut run = Run::read(journal, RUN).await.unwrap();
        let shown = FinaliseEvidence::of(&run).unwrap().shown;
        approve(journal, &mut run, shown, who, wave.driver.clock.now()).await.unwrap();
        assert_eq!(wave.drive().await.phase.name(), word);
    }
    let mut again = Vec::new();
    for (case, shift) in wave.cases.iter().zip(wave.sealed.plan().shifts()) {
        let reply = wave.driver.world.observe(&Call::Observe(case.target.clone())).await.unwrap();
        let Reply::Observed { snapshot, token } = reply else { panic!("{reply:?}") };
        assert_eq!((Some(&snapshot), token), (shift.finalised().as_ref(), None), "{}", case.name);
        // What is the new side now is the old side of the next wave.
        let stages = match &snapshot {
            Snapshot::Records(sets) => {
                let Snapshot::Records(original) = &case.original else { unreachable!() };
                let back =
                    original.iter().filter_map(|set| Some((set.kind.clone(), NewRecords::Alias(set.alias.clone()?))));
                route53::stages(sets, &back.collect(), &Case::PERCENTS)
            }
            Snapshot::Actions(actions) => alb::stages(actions, &wave.balancer.arn("old"), &Case::PERCENTS),
            Snapshot::Rules(rules) => {
                let backend = |rules: &Value| without_weight(&rules[0]["backendRefs"][0]);
                let Snapshot::Rules(original) = &case.original else { unreachable!() };
                route::stages(rules, &backend(rules), &backend(original), &Case::PERCENTS)
            }
            Snapshot::OtherRoute(_) | Snapshot::Activation { .. } => unreachable!(),
        };
        again.push(Shift {
            original: snapshot,
            ..self::shift(&Case { stages: stages.unwrap(), ..case.clone() }, &wave.new, &wave.old)
        });
    }
    let next = WavePlan { wave: "wave-2".to_owned(), ..seal(again).plan().clone() };
    let sealed = Sealed::seal(next).unwrap();
    start(&wave.driver.journal, &sealed, "run-2").await;
    let state = wave.driver.drive("run-2", &sealed, "test", |_| {}).await.unwrap().state;
    assert_eq!(state.phase, Phase::Shifted, "the next wave goes over what was finalised");
}

fn without_weight(backend: &Value) -> Value {
    let mut backend = backend.clone();
    if let Some(fields) = backend.as_object_mut() {
        fields.remove("weight");
    }
    backend
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_edit_in_any_of_the_three_servers_is_not_overwritten() {
    for at in 0..3 {
        let Some(wave) = Wave::new(&format!("foreign-{at}")).await else { return };
        wave.drive().await;
        let case = &wave.cases[at];
        let reply = wave.driver.world.observe(&Call::Observe(case.target.clone())).await.unwrap();
        let Reply::Observed { token, .. } = reply else { panic!("{reply:?}") };
        match at {
            0 => wave.zone.edit(&case.target, &case.edited, token.as_ref()).await,
            1 => wave.balancer.edit(&case.target, &case.edited, None).await,
            _ => wave.space.edit(&case.target, &case.edited, token.as_ref()).await,
        }
        let stood = wave.everything().await;
        let stopped = wave.submit(Command::Rollback).await;
        assert!(matches!(stopped.phase, Phase::Conflict { .. }), "{}: {:?}", case.name, stopped.phase);
        assert_eq!(stood[at], wave.everything().await[at], "{}: theirs was overwritten", case.name);
    }
}

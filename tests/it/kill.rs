//! Drivers that are killed with `kill -9`: the next one goes on where the world stands, nothing is made twice and nothing
//! of ours is left at the end.

use crate::conformance::nobody;
use crate::places::{Adapters, Balancer, Place, Side, Zone, adapter};
use crate::rollback::{seal, shift, started};
use camino::Utf8PathBuf;
use caravan_cutover::{Command, Driver, Journal, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, Event, JournalStore, Outcome, Phase, State, Task};
use caravan_plans::Sealed;
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Account, Ministack, Moto};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::process::Stdio;
use std::time::Duration;

/// What a driver's process is told: where the servers and the journal are.
const DRIVER: &str = "CARAVAN_TEST_DRIVER";
/// The run that is driven.
const RUN: &str = "run-1";
/// How many processes are killed on the way there, and as many on the rollback, if there are phases enough.
const KILLS: usize = 12;

/// When a driver is killed.
#[derive(Clone, Copy)]
pub(crate) enum Kill {
    /// After so many phases.
    After(usize),
    /// So many milliseconds into its next write.
    Writing(u64),
    /// As soon as the first shift is in this phase, at this stage.
    In(&'static str, Option<usize>),
    /// So many milliseconds after the first shift has come to this phase, at this stage.
    Late(&'static str, Option<usize>, u64),
    /// Never.
    Never,
}

/// Becomes a driver where this process was started as one; whether it was.
pub(crate) async fn was_driver() -> bool {
    let Ok(told) = std::env::var(DRIVER) else { return false };
    be_driver(&serde_json::from_str(&told).unwrap()).await;
    true
}

/// A driver of a process of its own, which says each phase on standard output.
async fn be_driver(told: &Value) {
    let text = |key: &str| told[key].as_str().unwrap().to_owned();
    let world = if told["kubeconfig"].is_string() && !told["moto"].is_string() {
        Adapters { routes: Some(routes(&text("kubeconfig")).await), ..Adapters::default() }
    } else {
        let account = Account {
            id: text("id"),
            access_key_id: text("key"),
            secret_access_key: text("secret"),
            session_token: text("token"),
        };
        let cluster = told["kubeconfig"].as_str();
        Adapters {
            records: told["ministack"].as_str().map(|endpoint| adapter(endpoint, &nobody())),
            rules: Some(adapter(&text("moto"), &account)),
            routes: if let Some(kubeconfig) = cluster { Some(routes(kubeconfig).await) } else { None },
            ..Adapters::default()
        }
    };
    let journal = Journal::open(&Utf8PathBuf::from(text("journal"))).unwrap();
    let plan = journal.plan(&text("hash")).await.unwrap();
    let driver = Driver {
        journal,
        world,
        clock: SystemClock,
        name: format!("driver-{}", std::process::id()),
        lease_ms: 1500,
        wait_policy: WaitPolicy::Leave,
    };
    let mut out = std::io::stdout();
    let say = |state: &State| writeln!(out, "PHASE {} {}", state.phase.name(), shown(stage(state))).unwrap();
    driver.drive(&text("run"), &plan, "test", say).await.unwrap();
}

async fn routes(kubeconfig: &str) -> Routes {
    let file = kube::config::Kubeconfig::read_from(kubeconfig).unwrap();
    let config = kube::Config::from_custom_kubeconfig(file, &Default::default()).await.unwrap();
    Routes::new(kube::Client::try_from(config).unwrap())
}

/// The stage that the first shift enters or is in; none on the rollback to the original and before the first.
fn stage(state: &State) -> Option<usize> {
    match state.phase.task()? {
        Task::Enter { step: 0, stage } => Some(stage),
        Task::Bake { step: 0 } => state.steps[0].stage,
        _ => None,
    }
}

fn shown(stage: Option<usize>) -> String {
    stage.map_or_else(|| "-".to_owned(), |stage| stage.to_string())
}

/// The run, as the journal has it.
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) journal: Journal,
    pub(crate) sealed: Sealed,
    pub(crate) told: Value,
    pub(crate) killed_in: BTreeMap<String, u32>,
}

impl Run {
    /// Starts a driver, and kills it. Whether it came to its end before that.
    pub(crate) fn driver(&mut self, kill: Kill) -> bool {
        let test = std::thread::current().name().unwrap().to_owned();
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", &test, "--nocapture"]).env(DRIVER, self.told.to_string());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut phases = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some((phase, at)) = line.split_once("PHASE ").and_then(|(_, said)| said.split_once(' ')) else {
                continue;
            };
            phases += 1;
            let late = match kill {
                Kill::After(limit) if phases > limit => 0,
                Kill::Writing(late) if phase == "applying" => late,
                Kill::In(wanted, stage) if phase == wanted && at == shown(stage) => 0,
                Kill::Late(wanted, stage, late) if phase == wanted && at == shown(stage) => late,
                _ => continue,
            };
            std::thread::sleep(Duration::from_millis(late));
            child.kill().unwrap();
            child.wait().unwrap();
            *self.killed_in.entry(phase.to_owned()).or_default() += 1;
            return false;
        }
        assert!(child.wait().unwrap().success(), "a driver that nobody killed failed");
        true
    }

    /// Kills one driver after the other, then lets one end; how many were killed.
    pub(crate) fn drive(&mut self) -> usize {
        for kill in 0..KILLS {
            // Every other one in a write; the rest after enough phases to come further than the last one did.
            let at = if kill % 2 == 0 { Kill::Writing(kill as u64 * 3) } else { Kill::After(17 + kill * 4) };
            if self.driver(at) {
                return kill;
            }
        }
        self.driver(Kill::Never);
        KILLS
    }

    pub(crate) async fn state(&self) -> State {
        let entries = self.journal.load(&self.name).await.unwrap();
        let events: Vec<&Event> = entries.iter().map(|entry| &entry.event).collect();
        caravan_cutover_engine::replay(&self.name, &self.sealed, events).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drivers_killed_with_kill_9_against_ministack_and_moto_end_where_one_that_lives_ends() {
    if was_driver().await {
        return;
    }
    let (Some(ministack), Some(moto)) = (Ministack::shared(), Moto::shared()) else { return };
    let (endpoint, account) = (ministack.endpoint(), nobody());
    let zone = Zone::new(&endpoint, &account, "kill").await;
    let balancer = Balancer::new(moto);
    let (old, new) = (Side::start("old").await, Side::start("new").await);
    let cases = [zone.aliases().await, balancer.rule().await];
    let sealed = seal(cases.iter().map(|case| shift(case, &old, &new)).collect());
    let folder = tempfile::tempdir().unwrap();
    let (journal, hash) = (started(folder.path(), &sealed, RUN).await, sealed.hash().to_string());
    let account = balancer.account();
    let told = json!({
        "ministack": endpoint, "moto": moto.endpoint(), "journal": journal.file(), "hash": hash, "run": RUN,
        "id": account.id, "key": account.access_key_id, "secret": account.secret_access_key, "token": account.session_token,
    });
    let before = [zone.everything().await, balancer.everything().await];
    let mut run = Run { name: RUN.to_owned(), journal, sealed, told, killed_in: BTreeMap::new() };

    let there = run.drive();
    assert!(matches!(run.state().await.phase, Phase::Shifted), "{:?}", run.state().await.phase);
    run.journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
    let back = run.drive();
    let ended = run.state().await.phase;
    assert!(matches!(ended, Phase::Finished(Outcome::RolledBack)), "{ended:?}");
    assert_eq!(before, [zone.everything().await, balancer.everything().await]);
    assert!(there + back > 8 && run.killed_in.contains_key("applying"), "too few were killed: {:?}", run.killed_in);
    let entries = run.journal.load(RUN).await.unwrap().len();
    let _ = writeln!(
        std::io::stdout(),
        "kill -9: {there} drivers killed there and {back} back, in {:?}; {entries} journal entries; ministack and moto as before",
        run.killed_in
    );
}

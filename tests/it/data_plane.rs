//! What users notice: a sealed wave moves the traffic of a real Envoy, configured by the real Envoy Gateway from the routes
//! of a real API server, while a client sends 200 requests a second, each on a connection of its own.

use crate::kill::{Kill, Run, was_driver};
use crate::places::{Adapters, Case, Request, Side, Traffic, ask, binomial, whole_route};
use crate::rollback::{seal, shift, started};
use caravan_cutover::{Command, Driver, Journal, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, Outcome, Phase, State};
use caravan_plans::strategy::route;
use caravan_plans::{Gate, Sealed};
use caravan_providers::target::{HttpRouteTarget, Snapshot, Target};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Cluster, Gateway, Write, in_namespace};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) const ADDRESS: &str = "127.0.0.1:10088";
const HOST: &str = "track.example.com";
const RUN: &str = "run-1";
/// How unlikely shares may be under the weights.
pub(crate) const ALPHA: f64 = 1e-6;
/// Requests that a stage must have had at the least.
const AT_LEAST: usize = 2000;

/// The gateway with a route from the old side to the new one, and users on it.
pub(crate) struct Scene {
    _old: Side,
    new: Side,
    pub(crate) sealed: Sealed,
    pub(crate) driver: Driver<Journal, Adapters, SystemClock>,
    pub(crate) traffic: Traffic,
    pub(crate) watch: Watch,
    _gateway: Gateway,
    pub(crate) folder: tempfile::TempDir,
}

/// The share of the new side in Envoy's own configuration, in percent, with the first and the last moment at which it was
/// seen.
pub(crate) type Shares = Arc<Mutex<Vec<(u64, Instant, Instant)>>>;

pub(crate) struct Watch {
    shares: Shares,
    pub(crate) task: tokio::task::JoinHandle<()>,
}

impl Scene {
    /// Its run, whose drivers are processes that see the cluster by this kubeconfig and are killed.
    pub(crate) fn run(&self, kubeconfig: &std::path::Path) -> Run {
        let journal_file = self.folder.path().join("journal.db");
        let told = json!({
            "kubeconfig": kubeconfig, "journal": journal_file, "hash": self.sealed.hash().to_string(), "run": RUN,
        });
        let (journal, sealed) = (self.driver.journal.clone(), self.sealed.clone());
        Run { name: RUN.to_owned(), journal, sealed, told, killed_in: BTreeMap::new() }
    }

    pub(crate) async fn new(bake: Duration) -> Option<Self> {
        let cluster = Cluster::shared()?;
        let client = cluster.client();
        let gateway = Gateway::start(cluster)?;
        for name in ["envoy-gateway-system", "shop"] {
            let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
            cluster.apply(&client, &namespace, Write::Persist).await.unwrap();
        }
        let (old, new) = (Side::start("old").await, Side::start("new").await);
        let mut manifests = Gateway::manifests("shop", 10088);
        manifests.extend([("old", &old), ("new", &new)].map(|(name, side)| backend(name, side)));
        manifests.push(http_route());
        for manifest in &manifests {
            cluster.apply(&client, manifest, Write::Persist).await.unwrap();
        }
        wait_until_served(HOST, "old").await;
        let case = case();
        let mut shift = shift(&case, &old, &new);
        for stage in &mut shift.stages {
            let ms = u64::try_from(bake.as_millis()).unwrap();
            stage.gate = Gate { bake_ms: ms, every_ms: 500, rounds: 2, unknown: 5 };
        }
        shift.in_flight = 2;
        let sealed = seal(vec![shift]);
        let folder = tempfile::tempdir().unwrap();
        let world = Adapters { routes: Some(Routes::new(client)), ..Adapters::default() };
        let driver = Driver {
            journal: started(folder.path(), &sealed, RUN).await,
            world,
            clock: SystemClock,
            name: "driver-1".to_owned(),
            lease_ms: 15_000,
            wait_policy: WaitPolicy::Leave,
        };
        let watch = Watch::start(gateway.envoy_admin().await, new.address.clone());
        let traffic = Traffic::start(ADDRESS, HOST, 200);
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some(Self { _old: old, new, sealed, driver, traffic, watch, _gateway: gateway, folder })
    }

    /// Drives the run; notes when each write was about to be made.
    async fn drive(&self, writes: &mut Vec<Instant>, mut seen: impl FnMut(&State)) -> State {
        let mut was = "";
        let watch = |state: &State| {
            if state.phase.name() == "applying" && was != "applying" {
                writes.push(Instant::now());
            }
            was = state.phase.name();
            seen(state);
        };
        self.driver.drive(RUN, &self.sealed, "test", watch).await.unwrap().state
    }
}

impl Watch {
    fn start(admin: String, new: String) -> Self {
        let shares = Shares::default();
        let written = Arc::clone(&shares);
        let task = tokio::spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            loop {
                let begin = Instant::now();
                let dump = client.get(format!("http://{admin}/config_dump?include_eds")).send().await.unwrap();
                let share = share(&dump.json().await.unwrap(), &new);
                note(&mut written.lock().unwrap(), share, begin);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        Self { shares, task }
    }

    pub(crate) fn shares(&self) -> Vec<(u64, Instant, Instant)> {
        self.shares.lock().unwrap().clone()
    }
}

/// Puts down one reading of the share, which was asked for at `begin` and came now.
fn note(shares: &mut Vec<(u64, Instant, Instant)>, share: Option<u64>, begin: Instant) {
    match (shares.last_mut(), share) {
        (Some((last, _, until)), Some(share)) if *last == share => *until = begin,
        (_, Some(share)) => shares.push((share, Instant::now(), begin)),
        (_, None) => {}
    }
}

/// The share of the side at this address, in percent, in Envoy's own configuration: a route's backends are localities of
/// one cluster, each with its weight. None while the cluster is not there.
fn share(dump: &Value, new: &str) -> Option<u64> {
    let configs = dump["configs"].as_array()?.iter().filter_map(|config| config["dynamic_endpoint_configs"].as_array());
    let assignments = configs.flatten().map(|config| &config["endpoint_config"]);
    let route = assignments.into_iter().find(|config| config["cluster_name"] == "httproute/shop/track/rule/0")?;
    let (mut all, mut to_new) = (0, 0);
    for locality in route["endpoints"].as_array()? {
        let weight = locality["load_balancing_weight"].as_u64().unwrap_or_default();
        let socket = &locality["lb_endpoints"][0]["endpoint"]["address"]["socket_address"];
        let address = format!("{}:{}", socket["address"].as_str()?, socket["port_value"]);
        all += weight;
        to_new += if address == new { weight } else { 0 };
    }
    (all > 0).then(|| to_new * 100 / all)
}

pub(crate) fn backend(name: &str, side: &Side) -> Value {
    let (address, port) = side.address.rsplit_once(':').unwrap();
    let port: u16 = port.parse().unwrap();
    json!({
        "apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "Backend",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"endpoints": [{"ip": {"address": address, "port": port}}]},
    })
}

pub(crate) fn reference(name: &str) -> Value {
    json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": name})
}

pub(crate) fn http_route() -> Value {
    json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "track", "namespace": "shop"},
        "spec": {
            "hostnames": [HOST], "parentRefs": [{"name": "public"}], "rules": original(),
        },
    })
}

/// As the API server completes it.
fn original() -> Value {
    let mut old = reference("old");
    old["weight"] = 1.into();
    json!([{"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [old]}])
}

fn case() -> Case {
    let stages = route::stages(&original(), &reference("old"), &reference("new"), &Case::PERCENTS).unwrap();
    let target = |name: &str| {
        Target::Route(HttpRouteTarget {
            cluster: "testbed".to_owned(),
            namespace: "shop".to_owned(),
            name: name.to_owned(),
        })
    };
    Case {
        name: "a route",
        target: target("track"),
        missing: target("nowhere"),
        original: Snapshot::Rules(original()),
        edited: stages[1].clone(),
        joined: None,
        stages,
    }
}

/// Waits until a host is served by this side.
pub(crate) async fn wait_until_served(host: &'static str, side: &str) {
    let begin = Instant::now();
    loop {
        let answer = ask(ADDRESS, host).await;
        if answer == Ok((200, side.to_owned())) {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(120), "the gateway does not serve the route: {answer:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The requests that were sent while Envoy had this share, for sure.
fn within<'a>(log: &'a [Request], span: &(u64, Instant, Instant)) -> Vec<&'a Request> {
    log.iter().filter(|request| request.sent > span.1 && request.sent < span.2).collect()
}

fn by(side: &str, requests: &[&Request]) -> usize {
    requests.iter().filter(|request| matches!(&request.answer, Ok((_, by)) if by == side)).count()
}

/// Says what each weight brought, and holds it against the weight.
fn check_shares(log: &[Request], spans: &[(u64, Instant, Instant)], writes: &[Instant], at_least: usize) {
    for span in spans {
        let stage = within(log, span);
        let (n, hits) = (stage.len(), by("new", &stage));
        let expected = span.0 as f64 / 100.0;
        let written = writes.iter().rfind(|write| **write < span.1);
        let took = written.map_or_else(|| "before".to_owned(), |write| format!("{} ms", (span.1 - *write).as_millis()));
        let likely = binomial(hits, n, expected);
        let _ = writeln!(
            std::io::stdout(),
            "data plane: weight {} %: {n} requests, {hits} to the new side ({:.2} %), p = {likely:.2e}, in Envoy after {took}",
            span.0,
            100.0 * hits as f64 / n.max(1) as f64,
        );
        assert!(likely >= ALPHA, "{hits} of {n} requests at a weight of {} %", span.0);
        assert!(n >= at_least, "only {n} requests at a weight of {} %", span.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_through_a_real_envoy_fails_while_a_sealed_wave_goes_there_and_back() {
    if !in_namespace() {
        return;
    }
    let Some(scene) = Scene::new(Duration::from_secs(14)).await else { return };
    let mut writes = Vec::new();
    let there = scene.drive(&mut writes, |_| {}).await;
    assert!(matches!(there.phase, Phase::Shifted), "{:?}", there.phase);
    scene.driver.journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
    let back = scene.drive(&mut writes, |_| {}).await;
    assert!(matches!(back.phase, Phase::Finished(Outcome::RolledBack)), "{:?}", back.phase);
    tokio::time::sleep(Duration::from_secs(12)).await;
    scene.watch.task.abort();
    let (spans, log) = (scene.watch.shares(), scene.traffic.stop());
    let failed: Vec<_> = log.iter().filter(|request| !matches!(request.answer, Ok((200, _)))).collect();
    let _ = writeln!(std::io::stdout(), "data plane: {} requests, {} failed", log.len(), failed.len());
    assert!(failed.is_empty(), "{:?}", &failed[..failed.len().min(5)]);
    // 0 stands before the wave, in its first stage and after the rollback.
    let percents: Vec<u64> = spans.iter().map(|span| span.0).collect();
    assert_eq!(percents, [0, 10, 50, 100, 0]);
    check_shares(&log, &spans, &writes, AT_LEAST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_side_that_turns_bad_at_50_percent_is_taken_back_and_only_its_own_answers_fail() {
    if !in_namespace() {
        return;
    }
    let Some(scene) = Scene::new(Duration::from_secs(3)).await else { return };
    let (mut writes, mut turned) = (Vec::new(), None);
    let seen = |state: &State| {
        let bakes = matches!(&state.phase, Phase::Baking { rounds: 1.., .. });
        if bakes && state.steps[0].stage == Some(2) && turned.is_none() {
            turned = Some(Instant::now());
            scene.new.answers(500);
        }
    };
    let driven = scene.drive(&mut writes, seen).await;
    assert!(matches!(driven.phase, Phase::Finished(Outcome::RolledBack)), "{:?}", driven.phase);
    tokio::time::sleep(Duration::from_secs(2)).await;
    scene.watch.task.abort();
    let (spans, log) = (scene.watch.shares(), scene.traffic.stop());
    let back = spans.last().unwrap();
    assert_eq!(spans.iter().map(|span| span.0).collect::<Vec<_>>(), [0, 10, 50, 0]);
    let failed: Vec<_> = log.iter().filter(|request| !matches!(request.answer, Ok((200, _)))).collect();
    let of_new = failed.iter().filter(|request| matches!(&request.answer, Ok((500, by)) if by == "new")).count();
    let _ = writeln!(
        std::io::stdout(),
        "data plane: the new side turned to 500 at 50 %: {} of {} requests failed, all answered by itself; back in Envoy after {} ms",
        failed.len(),
        log.len(),
        (back.1 - turned.unwrap()).as_millis(),
    );
    assert!(of_new > 0, "no request met the failing side: it proves nothing");
    assert_eq!(of_new, failed.len(), "{failed:?}");
    assert!(failed.iter().all(|request| request.sent < back.1), "a request failed after the rollback");
}

/// `kill -9` in the middle of each stage's write and of each stage's bake, there and back: the next driver finishes it,
/// users notice nothing, and the route is in the end what it was.
#[tokio::test(flavor = "multi_thread")]
async fn drivers_killed_with_kill_9_at_each_stage_leave_nothing_that_the_next_does_not_finish() {
    if was_driver().await || !in_namespace() {
        return;
    }
    let Some(scene) = Scene::new(Duration::from_secs(2)).await else { return };
    let cluster = Cluster::shared().unwrap();
    let mut run = scene.run(cluster.kubeconfig());
    let before = whole_route(&cluster.client(), "shop").await;

    for stage in 0..scene.sealed.plan().steps[0].stages() {
        for phase in ["applying", "baking"] {
            assert!(!run.driver(Kill::In(phase, Some(stage))), "no driver was {phase} at stage {stage}");
        }
    }
    assert!(run.driver(Kill::Never));
    assert!(matches!(run.state().await.phase, Phase::Shifted), "{:?}", run.state().await.phase);
    run.journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
    assert!(!run.driver(Kill::In("applying", None)), "no driver was on its way back");
    assert!(run.driver(Kill::Never));
    let ended = run.state().await.phase;
    assert!(matches!(ended, Phase::Finished(Outcome::RolledBack)), "{ended:?}");
    assert_eq!(whole_route(&cluster.client(), "shop").await, before);
    tokio::time::sleep(Duration::from_secs(1)).await;
    scene.watch.task.abort();
    let percents: Vec<u64> = scene.watch.shares().iter().map(|span| span.0).collect();
    assert_eq!(percents, [0, 10, 50, 100, 0]);
    let log = scene.traffic.stop();
    let failed = log.iter().filter(|request| !matches!(request.answer, Ok((200, _)))).count();
    let _ = writeln!(
        std::io::stdout(),
        "data plane: kill -9 of {} drivers in {:?}: {} requests, {failed} failed, the route is as it was",
        run.killed_in.values().sum::<u32>(),
        run.killed_in,
        log.len(),
    );
    assert_eq!(failed, 0);
}

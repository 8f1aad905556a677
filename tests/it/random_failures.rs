//! What users lose while new sides fail, hang, slow down and recover at random: a wave of three shifts on a real Envoy, with
//! 200 requests a second. The client's own count is held against the one that a run's status gives, which is Envoy's, and
//! against what the plan announces.

use crate::data_plane::{ADDRESS, ALPHA, backend, reference, wait_until_served};
use crate::places::{Adapters, Answer, Case, Request, Side, Traffic, binomial};
use crate::rollback::{seal, shift, started};
use caravan_cutover::operator::{MeasuredStatus, Run};
use caravan_cutover::{Command, Driver, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, Phase};
use caravan_plans::strategy::route;
use caravan_plans::{Analysis, Gate, OnFailure, Sealed, Step};
use caravan_providers::target::{HttpRouteTarget, Snapshot, Target};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Cluster, Gateway, Write, in_namespace};
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const NAMES: [(&str, &str); 3] =
    [("cart", "cart.example.com"), ("price", "price.example.com"), ("stock", "stock.example.com")];
/// Of each host: 201 a second in all.
const A_SECOND: u32 = 67;
/// Each seed is another night.
const SEEDS: [u64; 2] = [7, 20];
/// How long a request may take at the gateway (`timeouts.request` of each rule).
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// How a new side is bad.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Bad {
    Fails,
    Hangs,
    Slow(u64),
}

/// For how long a new side was bad, and how.
type Spells = Arc<Mutex<Vec<(Bad, Instant, Instant)>>>;

struct Scene {
    old: [Side; 3],
    new: [Arc<Side>; 3],
    client: kube::Client,
    metrics: String,
    _gateway: Gateway,
}

impl Scene {
    async fn new() -> Option<Self> {
        let cluster = Cluster::shared()?;
        let client = cluster.client();
        let gateway = Gateway::start(cluster)?;
        for name in ["envoy-gateway-system", "shop"] {
            let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
            cluster.apply(&client, &namespace, Write::Persist).await.unwrap();
        }
        let old = [Side::start("old").await, Side::start("old").await, Side::start("old").await];
        let new = [Side::start("new").await, Side::start("new").await, Side::start("new").await].map(Arc::new);
        let mut manifests = Gateway::manifests("shop", 10088);
        for (at, (name, host)) in NAMES.iter().enumerate() {
            manifests.push(backend(&format!("{name}-old"), &old[at]));
            manifests.push(backend(&format!("{name}-new"), &new[at]));
            manifests.push(json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
                "metadata": {"name": name, "namespace": "shop"},
                "spec": {"hostnames": [host], "parentRefs": [{"name": "public"}], "rules": original(name)},
            }));
        }
        for manifest in &manifests {
            cluster.apply(&client, manifest, Write::Persist).await.unwrap();
        }
        for (_, host) in NAMES {
            wait_until_served(host, "old").await;
        }
        let metrics = format!("http://{}/stats/prometheus", gateway.envoy_admin().await);
        Some(Self { old, new, client, metrics, _gateway: gateway })
    }

    /// What fails is taken back alone, or with the whole wave.
    fn sealed(&self, on_failure: OnFailure) -> Sealed {
        let shifts = NAMES.iter().enumerate().map(|(at, (name, _))| {
            let mut shift = shift(&case(name), &self.old[at], &self.new[at]);
            for stage in &mut shift.stages {
                stage.gate = Gate { bake_ms: 3000, every_ms: 1000, rounds: 2, unknown: 2 };
            }
            for probe in shift.old.iter_mut().chain(&mut shift.new) {
                probe.timeout_ms = 1000;
            }
            shift.analysis = Analysis { every_ms: 1000, failures: 2, unknown: 2, successes: 10 };
            shift.in_flight = 2;
            shift
        });
        let mut plan = seal(shifts.collect()).plan().clone();
        plan.on_failure = on_failure;
        Sealed::seal(plan).unwrap()
    }

    /// Drives a run of the plan there, and back when it got there: gives what its status says that was counted.
    async fn drive(&self, sealed: &Sealed) -> (Vec<MeasuredStatus>, Vec<&'static str>) {
        let folder = tempfile::tempdir().unwrap();
        let driver = Driver {
            journal: started(folder.path(), sealed, "night").await,
            world: Adapters {
                routes: Some(Routes::new(self.client.clone())),
                metrics: Some((self.metrics.clone(), 2000)),
                ..Adapters::default()
            },
            clock: SystemClock,
            name: "driver-1".to_owned(),
            lease_ms: 15_000,
            wait_policy: WaitPolicy::Leave,
        };
        let mut phases = Vec::new();
        for _ in 0..10 {
            let driven = driver.drive("night", sealed, "test", |_| {}).await.unwrap();
            phases.push(driven.state.phase.name());
            if matches!(driven.state.phase, Phase::Finished(_)) {
                let run = Run::read(&driver.journal, "night").await.unwrap();
                let status = run.full_status(&driver.journal, SystemClock.now()).await.unwrap();
                return (status.measured, phases);
            }
            driver.journal.submit("night", &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
        }
        panic!("the run does not end: {phases:?}");
    }
}

/// As the API server completes it.
fn original(name: &str) -> Value {
    let mut old = reference(&format!("{name}-old"));
    old["weight"] = 1.into();
    json!([{
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [old],
        "timeouts": {"request": "1s"},
    }])
}

fn case(name: &'static str) -> Case {
    let (old, new) = (reference(&format!("{name}-old")), reference(&format!("{name}-new")));
    let stages = route::stages(&original(name), &old, &new, &Case::PERCENTS).unwrap();
    let target = |name: &str| {
        Target::Route(HttpRouteTarget {
            cluster: "testbed".to_owned(),
            namespace: "shop".to_owned(),
            name: name.to_owned(),
        })
    };
    Case {
        name,
        target: target(name),
        missing: target("nowhere"),
        original: Snapshot::Rules(original(name)),
        edited: stages[1].clone(),
        joined: None,
        stages,
    }
}

/// A side is well for a while and bad for a while, again and again, until the task is aborted.
async fn be_bad(side: Arc<Side>, mut random: fastrand::Rng, spells: Spells) {
    loop {
        tokio::time::sleep(Duration::from_millis(random.u64(4000..25_000))).await;
        let bad = match random.u32(0..3) {
            0 => Bad::Fails,
            1 => Bad::Hangs,
            _ => Bad::Slow(random.u64(300..1600)),
        };
        let begin = Instant::now();
        spells.lock().unwrap().push((bad, begin, begin + Duration::from_secs(3600)));
        match bad {
            Bad::Fails => side.answers(503),
            Bad::Hangs => side.does(Answer::Late(Duration::from_secs(3600))),
            Bad::Slow(ms) => side.does(Answer::Late(Duration::from_millis(ms))),
        }
        tokio::time::sleep(Duration::from_millis(random.u64(1000..8000))).await;
        side.answers(200);
        spells.lock().unwrap().last_mut().unwrap().2 = Instant::now();
    }
}

fn is_lost(request: &Request) -> bool {
    !matches!(request.answer, Ok((200, _)))
}

/// Each request that was lost was lost to a bad side, and before the time was over that the plan announces; no more of them
/// in any spell than the share that it announces.
fn check_announced(
    sealed: &Sealed,
    at: usize,
    spells: &[(Bad, Instant, Instant)],
    log: &[Request],
    rate: f64,
) -> usize {
    let Step::Shift(shift) = &sealed.plan().steps[at] else { unreachable!("it is a shift") };
    let bound = Duration::from_millis(sealed.plan().exposure_ms(shift));
    let share = f64::from(shift.stages.iter().map(|stage| shift.percent_at_risk(stage)).max().unwrap()) / 100.0;
    let lost: Vec<&Request> = log.iter().filter(|request| is_lost(request)).collect();
    // What was sent just before a side turned bad may meet it.
    let is_of = |request: &Request, (_, begin, end): &(Bad, Instant, Instant)| {
        request.sent + ANSWERS_WITHIN >= *begin && request.sent <= *end + Duration::from_millis(200)
    };
    for request in &lost {
        let spell = spells.iter().find(|spell| is_of(request, spell));
        let Some((_, begin, _)) = spell else { panic!("{request:?} was lost while {} was well", NAMES[at].0) };
        assert!(request.sent <= *begin + bound, "{request:?} was lost after the {} s announced", bound.as_secs());
    }
    for spell in spells {
        let of_spell = lost.iter().filter(|request| is_of(request, spell)).count();
        let announced = rate * share * (bound + ANSWERS_WITHIN).as_secs_f64();
        assert!(of_spell as f64 <= announced, "{of_spell} were lost in one spell, {announced:.0} are announced");
    }
    lost.len()
}

/// The shares that were measured are likely under those that were planned. At 100 % the last requests of the share before
/// may be among them.
fn check_measured(measured: &MeasuredStatus) {
    for span in measured.spans.iter().filter(|span| span.old + span.new >= 50) {
        let _ = writeln!(std::io::stdout(), "  {}: {span}", measured.target);
        let n = usize::try_from(span.old + span.new).unwrap();
        let hits = usize::try_from(span.new).unwrap();
        match span.planned_percent {
            percent @ 1..100 => {
                let likely = binomial(hits, n, f64::from(percent) / 100.0);
                assert!(likely >= ALPHA, "{span}: p = {likely:.1e}");
            }
            0 => assert!(hits * 20 <= n, "{span}"),
            _ => assert!(hits * 20 >= n * 19, "{span}"),
        }
        assert_eq!(span.unmeasured, None, "{span}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_users_lose_to_sides_that_fail_at_random_is_what_is_reported_and_no_more_than_announced() {
    if !in_namespace() {
        return;
    }
    let Some(scene) = Scene::new().await else { return };
    let mut lost_in_all = 0;
    for seed in SEEDS {
        let on_failure = if seed % 2 == 0 { OnFailure::Wave } else { OnFailure::Shift };
        let sealed = scene.sealed(on_failure);
        let mut random = fastrand::Rng::with_seed(seed);
        let spells: [Spells; 3] = Default::default();
        let traffic = NAMES.map(|(_, host)| Traffic::start(ADDRESS, host, A_SECOND));
        let begin = Instant::now();
        let bad: Vec<_> = (0..3)
            .map(|at| tokio::spawn(be_bad(Arc::clone(&scene.new[at]), random.fork(), Arc::clone(&spells[at]))))
            .collect();
        let (measured, phases) = scene.drive(&sealed).await;
        for (task, side) in bad.into_iter().zip(&scene.new) {
            task.abort();
            side.answers(200);
        }
        let took = begin.elapsed();
        tokio::time::sleep(ANSWERS_WITHIN + Duration::from_millis(500)).await;
        let _ = writeln!(
            std::io::stdout(),
            "random failures: seed {seed}, a failure takes back the {on_failure:?}: {phases:?} after {} s",
            took.as_secs()
        );
        for ((at, traffic), measured) in traffic.into_iter().enumerate().zip(&measured) {
            let log = traffic.stop();
            let rate = log.len() as f64 / took.as_secs_f64();
            let spells = spells[at].lock().unwrap().clone();
            let lost = check_announced(&sealed, at, &spells, &log, rate);
            let _ = writeln!(
                std::io::stdout(),
                "  {}: {} requests, {lost} lost, reported {:?}; bad: {:?}",
                NAMES[at].0,
                log.len(),
                measured.lost,
                spells.iter().map(|(bad, from, until)| (bad, (*until - *from).as_millis())).collect::<Vec<_>>(),
            );
            assert_eq!(
                Some(u64::try_from(lost).unwrap()),
                measured.lost,
                "lost by the client, and reported by the run"
            );
            check_measured(measured);
            lost_in_all += lost;
        }
    }
    assert!(lost_in_all > 0, "no request met a bad side: it proves nothing");
}

//! Runs against real clusters by the command line: which cluster a context leads to, what an API server refuses and why, what is lost
//! beside a run, and who else is at work.

mod admission;
mod frames;
mod identity;
mod kills;
mod owners;
mod schedules;
mod speakers;
mod storms;
mod through;

use crate::cli::{Room, Said};
use crate::places::{Owners, Side, Space, Work};
use caravan_tests_testbed::{Cluster, Moto, Write};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The region of what is handed over.
const REGION: &str = "eu-central-1";

/// A folder with a wave, and the kubeconfig that its commands see.
pub(super) struct Night {
    pub(super) room: Room,
    pub(super) kubeconfig: PathBuf,
    /// What else is in the environment of its commands.
    pub(super) environment: Vec<(&'static str, String)>,
}

impl Night {
    pub(super) fn new(kubeconfig: &Path) -> Self {
        Self { room: Room::new(), kubeconfig: kubeconfig.to_owned(), environment: Vec::new() }
    }

    /// Hands the rule `close` of EventBridge in moto over to the CronJob `orders`: writes `caravan.yaml`, with what `more` has besides, and
    /// the wave `w`.
    pub(super) fn hands_over(&mut self, moto: &Moto, owners: &Owners, work: &Work<'_>, more: &Value) {
        let (account, region) = (owners.account(), REGION);
        self.environment.extend(account.environment(&moto.endpoint(), region));
        let configured = json!({"id": account.id, "regions": [region], "endpoint": moto.endpoint()});
        let mut config = json!({"schema": "caravan.config/v1", "accounts": [configured], "drivers": "one-machine"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.room.write("caravan.yaml", config.to_string());
        let hand_over = json!({
            "workload": format!("ecs/{}/{region}/rule/close/daily", account.id),
            "stop": [{"event-rule": {"account": account.id, "region": region, "name": "close"}}],
            "start": [{"cron-job": {"cluster": "testbed", "namespace": work.namespace, "name": "orders"}}],
            "paused_controllers": ["testbed"], "approve": false,
            "proof": {"every": 1, "rounds": 2, "within": 60}, "in_flight": 10,
        });
        self.room.write("plans/wave-w.yaml", wave(&[], &[hand_over]));
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = self.room.command(args);
        command.env("USER", "tests").env("KUBECONFIG", &self.kubeconfig);
        command.envs(self.environment.iter().map(|(key, value)| (key, value)));
        command
    }

    pub(super) fn run(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().unwrap())
    }

    /// Seals the wave `w` over what stands, approves it and starts a run, whose name it gives.
    pub(super) fn started(&self) -> String {
        // A second run of the same plan finds it sealed already.
        self.run(&["plan", "seal", "w", "--live"]).ends(0, &["sealed"]);
        let shown = self.run(&["plan", "show", "w", "--format", "json"]).json();
        let hash = shown["hash"].as_str().unwrap().to_owned();
        self.run(&["plan", "approve", "w", "--hash", &hash, "--who", "tests"]).ends(0, &[]);
        let started = self.run(&["cutover", "start", "w"]);
        started.ends(0, &[]);
        started.out.trim().to_owned()
    }

    pub(super) fn drive(&self, run: &str) -> Said {
        self.run(&["cutover", "run", run, "--who", "tests", "--lease", "2"])
    }

    /// A driver that waits for people, until it is dropped.
    pub(super) fn driver(&self, run: &str) -> Living {
        let mut command = self.command(&["cutover", "run", run, "--wait", "--who", "tests", "--lease", "2"]);
        Living(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    pub(super) fn status(&self, run: &str) -> Value {
        self.run(&["cutover", "status", run, "--format", "json"]).json()
    }

    /// Waits until the status is as it should be, and gives it.
    #[track_caller]
    pub(super) fn until(&self, run: &str, seconds: u64, is_there: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let status = self.status(run);
            if is_there(&status) {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(seconds), "after {seconds} s: {}", told(&status));
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

/// What of a status a failing test shows.
fn told(status: &Value) -> Value {
    json!({
        "state": status["state"], "direction": status["direction"], "since": status["since"], "at_risk": status["at_risk"],
        "waiting_for": status["waiting_for"], "watched": status["watched"], "conflict": status["conflict"],
    })
}

/// One line of what a test found.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A driver of a process of its own.
pub(super) struct Living(Child);

impl Living {
    pub(super) fn is_alive(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The gateway `public` of a space, of a class that a controller serves and says to be programmed; and the Service `track`, which is the
/// new side of its route, with an endpoint that is ready.
pub(super) async fn served(cluster: &Cluster, space: &Space, controller: &str) {
    let class = format!("class-{}", space.namespace);
    let metadata = |name: &str| json!({"name": name, "namespace": space.namespace});
    let gateway = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": metadata("public"),
        "spec": {"gatewayClassName": class, "listeners": [{"name": "http", "protocol": "HTTP", "port": 80}]},
    });
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": metadata("track"),
        "spec": {"ports": [{"name": "http", "port": 80, "protocol": "TCP"}]},
    });
    let mut endpoints = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata("track-1"), "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        "endpoints": [{"addresses": ["192.0.2.10"], "conditions": {"ready": true}}],
    });
    endpoints["metadata"]["labels"] = json!({"kubernetes.io/service-name": "track"});
    let class = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": class},
        "spec": {"controllerName": controller},
    });
    for manifest in [class, gateway, service, endpoints] {
        cluster.apply(&space.client, &manifest, Write::Persist).await.unwrap();
    }
    let kind = kube::core::GroupVersionKind::gvk("gateway.networking.k8s.io", "v1", "Gateway");
    let resource = kube::core::ApiResource::from_gvk_with_plural(&kind, "gateways");
    let gateways: kube::Api<kube::api::DynamicObject> =
        kube::Api::namespaced_with(space.client.clone(), &space.namespace, &resource);
    let programmed = json!({
        "type": "Programmed", "status": "True", "reason": "Programmed", "message": "", "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    });
    let status = kube::api::Patch::Merge(json!({"status": {"conditions": [programmed]}}));
    gateways.patch_status("public", &kube::api::PatchParams::default(), &status).await.unwrap();
}

/// Who follows the routes of a space (see [`Space::follow`]).
pub(super) const FOLLOWS: &str = "example.com/test";

/// A wave `w` of these steps.
pub(super) fn wave(shifts: &[Value], hand_overs: &[Value]) -> String {
    json!({"schema": "caravan.wave-spec/v1", "wave": "w", "shifts": shifts, "hand_overs": hand_overs}).to_string()
}

/// A shift of a route, whose sides are asked past the gateway.
pub(super) fn shift(route: &Value, [old, new]: [&Side; 2], stages: &[u8], bake: u32) -> Value {
    let [old, new] =
        [old, new].map(|side| json!([{"address": side.address, "host": "track.example.com", "tls": false}]));
    json!({
        "workload": format!("ecs/000000000000/eu-central-1/main/{}", route["name"].as_str().unwrap()),
        "strategy": {"route": route},
        // The test bench applied the route.
        "paused_controllers": ["testbed"], "probes": {"old": old, "new": new}, "stages": stages, "approve": [],
        "gate": {"bake": bake, "every": 1, "rounds": 1}, "in_flight": 10,
        "analysis": {"every": 1, "failures": 2, "unknown": 5, "successes": 3},
    })
}

//! A customer's hostname moves from the old edge to the new one, certificate before DNS, by the commands that a person gives: Route 53
//! is moto's, whose records a real knot answers; the certificate is the real pebble's; the new edge is the real Envoy Gateway with
//! Envoy. Drivers are killed with `kill -9` on the way, and the next one goes on without a second order. Meanwhile a client resolves and
//! connects with SNI all the time, and no handshake of it fails and no answer is wrong.

mod client;
mod dns;
mod old_edge;

use crate::acme::issuing_root;
use crate::cli::{Room, Said};
use crate::data_plane::backend;
use crate::places::Side;
use camino::Utf8PathBuf;
use caravan_cutover::Journal;
use caravan_cutover_domains::{Act, Answer, Event, Lead};
use caravan_providers_network::CertificateKey;
use caravan_tests_testbed::{Account, Cluster, Gateway, Knot, Moto, Pebble, PebbleSettings, Write, in_namespace};
use client::Client;
use old_edge::OldEdge;
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const REGION: &str = "eu-central-1";
const ACCOUNT: &str = "123456789012";
const ZONE: &str = "vanity.test";
const SHOP: &str = "shop.vanity.test";
const BACK: &str = "back.vanity.test";
const WRONG: &str = "wrong.vanity.test";
const OLD: &str = "127.0.1.1";
const NEW: &str = "127.0.0.1";
const NEW_PORT: u16 = 10443;

/// Everything that the hostnames move between.
struct Scene {
    room: Room,
    account: Account,
    moto: &'static Moto,
    kubeconfig: std::path::PathBuf,
    pebble: Pebble,
    copying: dns::Copying,
    client: Client,
    api: dns::Api,
    _old: OldEdge,
    _new: Side,
    _gateway: Gateway,
}

impl Scene {
    async fn new() -> Option<Self> {
        // Lost only against another thread that installs it at the same moment.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let knot = Knot::start_at(SocketAddr::from(([127, 0, 0, 1], 53)), &[".", ZONE])?;
        let pebble = Pebble::start(PebbleSettings { dns: knot.address(), lasts: 7_776_000 })?;
        let (moto, cluster) = (Moto::shared()?, Cluster::shared()?);
        let gateway = Gateway::start(cluster)?;
        let account = moto.account_with_id(ACCOUNT);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/vanity.py");
        let names = [SHOP, BACK, WRONG].map(|name| format!("{name}={OLD}"));
        let arguments = [ZONE, "ns.vanity.test.", &names[0], &names[1], &names[2]];
        let made = moto.boto3(&account, REGION, &script, &arguments);
        let zone = made["zone"].as_str().unwrap().to_owned();
        // The servers that Route 53 names are ours: in this namespace alone.
        let servers = made["servers"].as_array().unwrap().iter().filter_map(Value::as_str);
        dns::hosts(servers.map(|server| format!("127.0.0.1 {server}")));
        let api = dns::Api { endpoint: moto.endpoint(), access_key_id: account.access_key_id.clone(), id: zone };
        let copying = dns::Copying::start(api.clone(), ZONE, knot).await;

        let old = OldEdge::start(OLD, &[SHOP, BACK, WRONG]).await;
        let new = Side::start("new").await;
        let kube = cluster.client();
        for name in ["envoy-gateway-system", "shop"] {
            let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
            cluster.apply(&kube, &namespace, Write::Persist).await.unwrap();
        }
        let mut manifests = Gateway::manifests("shop", 10088);
        manifests.last_mut().unwrap()["spec"]["allowedListeners"] = json!({"namespaces": {"from": "Same"}});
        manifests.push(backend("new", &new));
        for manifest in &manifests {
            cluster.apply(&kube, manifest, Write::Persist).await.unwrap();
        }
        let issuing = issuing_root(&pebble).await;
        let roots = [old.root().as_bytes().to_vec(), issuing].concat();
        let client = Client::start(&[SHOP, BACK], &roots);
        let room = Room::new();
        let scene = Self {
            kubeconfig: cluster.kubeconfig().to_owned(),
            room,
            account,
            moto,
            pebble,
            copying,
            client,
            api,
            _old: old,
            _new: new,
            _gateway: gateway,
        };
        scene.configure(&roots);
        Some(scene)
    }

    fn configure(&self, roots: &[u8]) {
        let key = CertificateKey::generate().unwrap().to_secret_pem();
        let config = json!({
            "schema": "caravan.config/v1",
            "accounts": [{"id": ACCOUNT, "regions": [REGION], "endpoint": self.moto.endpoint()}],
            "domains": {"addresses": [NEW]},
            "moves": {
                "authority": {
                    "directory": self.pebble.directory(), "account_key": "account.pem", "create_account": true,
                    "caa": ["pebble.letsencrypt.org"],
                },
                "edge": {
                    "cluster": "testbed", "namespace": "shop", "gateway": {"namespace": "shop", "name": "public"},
                    "backend": {"name": "new", "kind": "Backend", "group": "gateway.envoyproxy.io"}, "port": NEW_PORT,
                },
                "ttl": 5,
                "times": {"look": 1, "gap": 2, "soak": 6, "margin": 3600, "customer": 2},
            },
            "lease": 3,
            "lookups": {"roots": ["127.0.0.1"], "dns_port": 53, "https_port": 443, "http_port": 80},
            "probes": {"ca_files": ["roots.pem", "pebble.pem"]},
        });
        self.room.write("caravan.yaml", config.to_string()).write("account.pem", key).write("roots.pem", roots);
        self.room.write("pebble.pem", self.pebble.own_root());
        let rows = [SHOP, BACK, WRONG].map(|name| format!("Customer of {name},{name}\n")).concat();
        self.room.write("list.csv", format!("customer,hostname\n{rows}"));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command: Command = self.room.command(arguments);
        let variables = self.account.environment(&self.moto.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, _)| *name != "AWS_ENDPOINT_URL"));
        command.env("USER", "ann").env("KUBECONFIG", &self.kubeconfig);
        command
    }

    fn caravan(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().unwrap())
    }

    /// What happened to a hostname so far; nothing before its move began.
    async fn events(&self, name: &str) -> (Option<Lead>, Vec<Event>) {
        let file = Utf8PathBuf::from_path_buf(self.room.path().join("journal.db")).unwrap();
        if !file.exists() {
            return (None, Vec::new());
        }
        let journal = Journal::open(&file).unwrap();
        let known = journal.moves().await.unwrap();
        let Some(found) = known.into_iter().rev().find(|one| one.plan.name == name) else { return (None, Vec::new()) };
        let (record, events) = journal.read_move(&found.plan.run).await.unwrap();
        (Some(record.plan.lead), events)
    }

    /// Drives a hostname until this has happened to it, and kills the driver then.
    async fn killed_once(&self, name: &str, happened: impl Fn(&Lead, &Event) -> bool) {
        let mut command = self.command(&["domains", "move", "--start", name]);
        let mut driver = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        for _ in 0..6_000 {
            let (lead, events) = self.events(name).await;
            if lead.is_some_and(|lead| events.iter().any(|event| happened(&lead, event))) {
                driver.kill().unwrap();
                assert!(!driver.wait().unwrap().success());
                return;
            }
            assert!(driver.try_wait().unwrap().is_none(), "{name}: its driver ended by itself: {events:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{name} never gets there");
    }

    /// Moves, and gives where each of the hostnames is then.
    fn moves(&self, names: &[&str]) -> (Option<i32>, Value) {
        let said = self.caravan(&[&["domains", "move", "--start", "--format", "json"], names].concat());
        let document = said.json();
        (said.code, document)
    }

    async fn records(&self) -> Vec<String> {
        self.api.records().await
    }
}

/// Whether the record is about to lead to the new edge.
fn is_flip(lead: &Lead, event: &Event) -> bool {
    let Lead::Ours(own) = lead else { return false };
    matches!(event, Event::Intended { act: Act::Write(write), .. } if write.after == own.moved && write.before != own.moved)
}

/// Asserts that standard output holds each text.
#[track_caller]
fn shows(said: &Said, texts: &[&str]) {
    for text in texts {
        assert!(said.out.contains(text), "`{text}` is not in: {}", said.out);
    }
}

fn stage(document: &Value, name: &str) -> (String, String) {
    let moves = document["moves"].as_array().unwrap();
    let one = moves.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} is not in {document}"));
    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
    (text("stage"), text("waits_for"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostname_moves_without_a_failed_handshake_and_another_one_is_held_and_another_one_goes_back() {
    if !in_namespace() {
        return;
    }
    let Some(scene) = Scene::new().await else { return };
    scene.caravan(&["discover", "--only", "route53"]).ends(0, &[]);
    scene.caravan(&["domains", "import", "list.csv"]).ends(0, &[]);
    scene.caravan(&["domains", "inspect", "--all"]).ends(0, &[]);
    let list = scene.caravan(&["domains", "list", "--format", "json"]).json();
    assert!(list["domains"].as_array().unwrap().iter().all(|domain| domain["class"] == "A"), "{list}");
    let dry = scene.caravan(&["domains", "move", SHOP]);
    dry.ends(0, &["nothing was changed"]);
    shows(&dry, &["    - shop.vanity.test.", "    + shop.vanity.test."]);
    assert_eq!(scene.pebble.log().matches("orders in the db").count(), 0);

    // The first driver dies right after the authority has the order.
    scene
        .killed_once(SHOP, |_, event| matches!(event, Event::Answered { answer: Ok(Answer::Ordered { .. }), .. }))
        .await;
    let names = [SHOP, BACK, WRONG];
    let (code, document) = scene.moves(&names);
    assert_eq!(code, Some(21), "{document}");
    for name in [SHOP, BACK] {
        assert_eq!(stage(&document, name), ("flip".to_owned(), "approval".to_owned()), "{document}");
    }
    let (held, why) = stage(&document, WRONG);
    assert_eq!(held, "routable");
    assert!(why.starts_with("no certificate can be ordered: CAA records at wrong.vanity.test"), "{why}");
    let seen = scene.client.seen();
    assert!(seen.answers.keys().all(|answer| answer.ends_with("old")), "nobody was led elsewhere yet: {seen:?}");

    for name in [SHOP, BACK] {
        scene.caravan(&["domains", "approve", name, "--confirm", WRONG]).ends(2, &["is not the hostname"]);
        scene.caravan(&["domains", "approve", name, "--confirm", name]).ends(0, &[]);
    }
    // Another one dies while it changes the record.
    scene.killed_once(SHOP, is_flip).await;
    let (_, document) = scene.moves(&[SHOP, BACK]);
    for name in [SHOP, BACK] {
        assert_eq!(stage(&document, name).0, "release", "{document}");
    }
    let records = scene.records().await;
    assert!(records.iter().any(|record| record.starts_with("_caravan.shop.vanity.test. ")), "{records:?}");

    scene.caravan(&["domains", "back", BACK]).ends(0, &[]);
    for who in ["ann", "bob"] {
        scene.caravan(&["domains", "release", SHOP, "--confirm", SHOP, "--who", who]);
    }
    let (_, document) = scene.moves(&[SHOP, BACK]);
    assert_eq!(stage(&document, SHOP).0, "done", "{document}");
    assert_eq!(stage(&document, BACK).0, "back", "{document}");
    shows(scene.caravan(&["domains", "list"]).ends(0, &[]), &["done", "back", "routable"]);
    shows(scene.caravan(&["domains", "watch", WRONG]).ends(21, &[]), &["CAA records"]);

    // Resolvers have forgotten by now: users are where the records lead.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let seen = scene.client.seen();
    if let Some((at, _)) = seen.failures.first() {
        let mut near = Vec::new();
        for name in [SHOP, BACK] {
            let (_, events) = scene.events(name).await;
            near.extend(events.into_iter().filter(|event| event.at().0.abs_diff(at.0) < 15_000));
        }
        near.sort_by_key(|event| event.at());
        panic!("{:?}, in the midst of {near:#?}", seen.failures);
    }
    let _ = writeln!(
        std::io::stdout(),
        "vanity: {} handshakes, {} failed, by edge: {:?}",
        seen.asked,
        seen.failures.len(),
        seen.answers
    );
    assert!(seen.asked > 500, "{seen:?}");
    for (answer, least) in [("shop.vanity.test old", 50), ("shop.vanity.test new", 50), ("back.vanity.test new", 50)] {
        assert!(seen.answers.get(answer).is_some_and(|count| *count >= least), "{answer}: {seen:?}");
    }
    assert_eq!(scene.client.last(SHOP), "new");
    assert_eq!(scene.client.last(BACK), "old");

    let records = scene.records().await;
    let of = |name: &str| records.iter().filter(|record| record.contains(name)).collect::<Vec<_>>();
    assert_eq!(of("shop.vanity.test"), ["shop.vanity.test. 15 IN A 127.0.0.1"], "{records:?}");
    assert_eq!(of("back.vanity.test"), ["back.vanity.test. 15 IN A 127.0.1.1"], "{records:?}");
    for name in [SHOP, BACK] {
        let (_, events) = scene.events(name).await;
        let orders = events.iter().filter(|event| matches!(event, Event::Intended { act: Act::Order, .. }));
        assert_eq!(orders.count(), 1, "{name}");
    }
    let log = scene.pebble.log();
    assert_eq!(log.matches("orders in the db").count(), 2, "one order for each certificate: {log}");
    drop(scene.copying);
}

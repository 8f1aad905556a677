//! Both edges, the authority, Route 53 and its name server, and the commands that people give.

use super::client::Client;
use super::old_edge::OldEdge;
use super::{dns, resolver};
use crate::acme::issuing_root;
use crate::cli::{Room, Said};
use crate::data_plane::backend;
use crate::places::Side;
use camino::Utf8PathBuf;
use caravan_cutover::{Journal, OrderLimit, SystemClock};
use caravan_cutover_domains::{Event, Lead};
use caravan_cutover_engine::Clock as _;
use caravan_providers_network::CertificateKey;
use caravan_tests_testbed::{Account, Cluster, Gateway, Knot, Moto, Pebble, PebbleSettings, Write};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

pub(super) const REGION: &str = "eu-central-1";
pub(super) const ACCOUNT: &str = "123456789012";
const ZONE: &str = "vanity.test";
pub(super) const OLD: &str = "127.0.1.1";
pub(super) const NEW: &str = "127.0.0.1";
pub(super) const NEW_PORT: u16 = 10443;

/// What is moved.
pub(super) struct Setup<'a> {
    /// Zones of others that the name server has, besides the root and ours, with their records.
    pub(super) zones: &'a [(&'a str, Vec<String>)],
    /// Where the old edge is.
    pub(super) old: &'a str,
    /// Addresses in our zone: `HOST=ADDRESS`.
    pub(super) records: Vec<String>,
    /// The hostnames.
    pub(super) names: &'a [&'static str],
    /// Those that users ask for all the time.
    pub(super) probed: &'a [&'static str],
    /// `domains` in `caravan.yaml`.
    pub(super) domains: Value,
}

/// Everything that the hostnames move between.
pub(super) struct Scene {
    pub(super) room: Room,
    pub(super) account: Account,
    pub(super) moto: &'static Moto,
    kubeconfig: std::path::PathBuf,
    pub(super) pebble: Pebble,
    pub(super) copying: dns::Copying,
    pub(super) client: Client,
    pub(super) knot: Arc<Knot>,
    api: dns::Api,
    _old: OldEdge,
    _new: Side,
    _gateway: Gateway,
}

impl Scene {
    pub(super) async fn new(setup: Setup<'_>) -> Option<Self> {
        // Lost only against another thread that installs it at the same moment.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let zones: Vec<&str> = [".", ZONE].into_iter().chain(setup.zones.iter().map(|(zone, _)| *zone)).collect();
        let knot = Knot::start_at(SocketAddr::from(([127, 0, 0, 1], 53)), &zones)?;
        setup.zones.iter().for_each(|(zone, records)| knot.set(zone, records));
        let knot = Arc::new(knot);
        let pebble = Pebble::start(PebbleSettings { dns: resolver::listen().await, lasts: 7_776_000 })?;
        let (moto, cluster) = (Moto::shared()?, Cluster::shared()?);
        let gateway = Gateway::start(cluster)?;
        let account = moto.account_with_id(ACCOUNT);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/vanity.py");
        let records = setup.records.iter().map(String::as_str);
        let arguments: Vec<&str> = [ZONE, "ns.vanity.test."].into_iter().chain(records).collect();
        let made = moto.boto3(&account, REGION, &script, &arguments);
        let zone = made["zone"].as_str().unwrap().to_owned();
        // The servers that Route 53 names are ours: in this namespace alone.
        let servers = made["servers"].as_array().unwrap().iter().filter_map(Value::as_str);
        dns::hosts(servers.map(|server| format!("127.0.0.1 {server}")));
        let api = dns::Api { endpoint: moto.endpoint(), access_key_id: account.access_key_id.clone(), id: zone };
        let copying = dns::Copying::start(api.clone(), ZONE, Arc::clone(&knot)).await;

        let old = OldEdge::start(setup.old, setup.names).await;
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
        let client = Client::start(setup.probed, &roots);
        let room = Room::new();
        let scene = Self {
            kubeconfig: cluster.kubeconfig().to_owned(),
            room,
            account,
            moto,
            pebble,
            copying,
            client,
            knot,
            api,
            _old: old,
            _new: new,
            _gateway: gateway,
        };
        scene.configure(&roots, &setup);
        Some(scene)
    }

    fn configure(&self, roots: &[u8], setup: &Setup<'_>) {
        let key = CertificateKey::generate().unwrap().to_secret_pem();
        let config = json!({
            "schema": "caravan.config/v1",
            "accounts": [{"id": ACCOUNT, "regions": [REGION], "endpoint": self.moto.endpoint()}],
            "domains": setup.domains,
            "moves": {
                "authority": {
                    "directory": self.pebble.directory(), "account_key": "account.pem", "create_account": true,
                    "has_limits": true,
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
        let rows: String = setup.names.iter().map(|name| format!("Customer of {name},{name},dns@{name}\n")).collect();
        self.room.write("list.csv", format!("customer,hostname,contact\n{rows}"));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command: Command = self.room.command(arguments);
        let variables = self.account.environment(&self.moto.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, _)| *name != "AWS_ENDPOINT_URL"));
        command.env("USER", "ann").env("KUBECONFIG", &self.kubeconfig);
        command
    }

    pub(super) fn caravan(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().unwrap())
    }

    /// Takes every order for exactly one name that the authority's limits allow in a week, as another process does.
    pub(super) async fn exhaust(&self, name: &str) {
        let file = Utf8PathBuf::from_path_buf(self.room.path().join("journal.db")).unwrap();
        let journal = Journal::open(&file).unwrap();
        let limit = OrderLimit {
            limit: "letsencrypt-per-exact-names".to_owned(),
            owner: name.to_owned(),
            authority: self.pebble.directory(),
            burst: 5,
            refill: 7 * 24 * 3_600_000 / 5,
        };
        for _ in 0..5 {
            let taken = journal.reserve_order(vec![limit.clone()], SystemClock.time_of_day()).await.unwrap();
            assert_eq!(taken, Ok(()));
        }
    }

    /// What happened to a hostname so far; nothing before its move began.
    pub(super) async fn events(&self, name: &str) -> (Option<Lead>, Vec<Event>) {
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
    pub(super) async fn killed_once(&self, name: &str, happened: impl Fn(&Lead, &Event) -> bool) {
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
    pub(super) fn moves(&self, names: &[&str]) -> (Option<i32>, Value) {
        let said = self.caravan(&[&["domains", "move", "--start", "--format", "json"], names].concat());
        let document = said.json();
        (said.code, document)
    }

    pub(super) async fn records(&self) -> Vec<String> {
        self.api.records().await
    }
}

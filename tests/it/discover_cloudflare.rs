//! `caravan discover` of Workers and what leads to them, against our own Cloudflare, through the fault proxy.

use crate::cli::{Room, Said};
use caravan_tests_testbed::{Cloudflare, Fault, FaultProxy, Rule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ACCOUNT: &str = "7f3c1d9a5be04e2c8d6a90b1f2e4c7d3";
const TOKEN: &str = "v1.0-parcels-Zq83kLmX4vTn";
/// What a team wrote into a variable of a Worker.
const SECRET: &str = "hunter2-edge-Wp52nRyK8sLd";
const SHOP: &str = "11111111111111111111111111111111";
const TRACK: &str = "22222222222222222222222222222222";

/// A folder with a configuration that reads our Cloudflare through a proxy of its own.
struct Bench {
    _cloudflare: Cloudflare,
    proxy: FaultProxy,
    room: Room,
}

fn id(number: u32) -> String {
    format!("{number:032x}")
}

fn record(number: u32, name: &str, r#type: &str, more: Value) -> Value {
    let mut record = json!({
        "id": id(number), "name": name, "type": r#type, "proxiable": true, "proxied": true, "ttl": 1, "settings": {}, "meta": {},
        "created_on": "2026-01-01T00:00:00Z", "modified_on": "2026-01-01T00:00:00Z"});
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

fn zone(zone: &str, name: &str, routes: Value, records: Vec<Value>) -> Value {
    json!({
        "id": zone, "name": name, "status": "active", "paused": false, "type": "full", "account": {"id": ACCOUNT},
        "name_servers": ["ada.ns.cloudflare.com"], "routes": routes, "records": records})
}

fn worker(name: &str, bindings: Value, schedules: Value) -> Value {
    json!({
        "id": name, "etag": "e7142998fed8d95c", "created_on": "2026-01-01T00:00:00Z", "modified_on": "2026-02-01T00:00:00Z",
        "handlers": ["fetch"], "logpush": false, "schedules": schedules,
        "settings": {"bindings": bindings, "compatibility_date": "2026-01-20", "compatibility_flags": ["nodejs_compat"], "usage_model": "standard"}})
}

/// Three Workers, two zones, routes of each sort, records of many types; the token may read these paths.
fn state(paths: &[&str]) -> Value {
    let bindings = json!([
        {"name": "JOBS", "type": "queue", "queue_name": "parcel-jobs"},
        {"name": "PHOTOS", "type": "r2_bucket", "bucket_name": "parcel-photos"},
        {"name": "SHOPS", "type": "kv_namespace", "namespace_id": "a1e8a675473a7a6e9f57e80171a3f4ed"},
        {"name": "RATES", "type": "service", "service": "rates"},
        {"name": "ORIGIN", "type": "plain_text", "text": "https://origin.track.example/v2"},
        {"name": "API_TOKEN", "type": "plain_text", "text": SECRET},
        {"name": "SIGNING_KEY", "type": "secret_text"}]);
    let routes = json!([
        {"id": id(101), "pattern": "shop.example/track/*", "script": "edge-router"},
        {"id": id(102), "pattern": "shop.example/track/static/*"},
        {"id": id(103), "pattern": "*.shop.example/*", "script": "edge-router"}]);
    let records = vec![
        record(201, "shop.example", "A", json!({"content": "198.51.100.7"})),
        record(202, "www.shop.example", "CNAME", json!({"content": "shop.example"})),
        record(203, "shop.example", "TXT", json!({"content": format!("\"verify={SECRET}\"")})),
        record(
            204,
            "shop.example",
            "CAA",
            json!({"content": "0 issue \"letsencrypt.org\"", "data": {"flags": 0, "tag": "issue", "value": "letsencrypt.org"}}),
        ),
        record(
            205,
            "_sip._tcp.shop.example",
            "SRV",
            json!({"content": "0 5 5060 sip.shop.example", "data": {"port": 5060, "target": "sip.shop.example"}}),
        ),
        record(206, "shop.example", "HTTPS", json!({"content": "1 . alpn=\"h3\"", "data": {"priority": 1}})),
    ];
    let crons =
        json!([{"cron": "*/10 * * * *", "created_on": "2026-01-01T00:00:00Z", "modified_on": "2026-01-01T00:00:00Z"}]);
    let domain = json!({"id": id(301), "hostname": "img.track.example", "service": "images", "environment": "production", "zone_id": TRACK, "zone_name": "track.example"});
    json!({
        "page": 2,
        "tokens": {TOKEN: paths},
        "accounts": [
            {"id": id(1), "name": "another", "type": "standard", "workers": [], "domains": []},
            {"id": id(2), "name": "a third", "type": "standard", "workers": [], "domains": []},
            {"id": ACCOUNT, "name": "parcels", "type": "standard", "domains": [domain], "workers": [
                worker("edge-router", bindings, json!([])), worker("rates", json!([]), crons), worker("images", json!([]), json!([]))]}],
        "zones": [zone(SHOP, "shop.example", routes, records), zone(TRACK, "track.example", json!([]), vec![])]})
}

impl Bench {
    fn new(paths: &[&str]) -> Option<Self> {
        let cloudflare = Cloudflare::start(&state(paths))?;
        let proxy = FaultProxy::start(cloudflare.endpoint().trim_end_matches("/client/v4"))?;
        let bench = Self { _cloudflare: cloudflare, proxy, room: Room::new() };
        bench.configure(ACCOUNT, json!({"token_env": "PARCELS_TOKEN"}));
        Some(bench)
    }

    fn configure(&self, account: &str, more: Value) {
        let endpoint = format!("{}/client/v4", self.proxy.endpoint());
        let mut account = json!({"provider": "cloudflare", "id": account, "endpoint": endpoint});
        account.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "accounts": [account]}).to_string());
    }

    fn discover(&self, token: Option<&str>) -> Said {
        let mut command = self.room.command(&["discover", "-v"]);
        command.envs(token.map(|token| ("PARCELS_TOKEN", token)));
        Said::of(command.output().unwrap())
    }

    fn export(&self) -> Vec<Value> {
        let _ = std::fs::remove_file(self.room.path().join("export.jsonl"));
        self.room.run(&["inventory", "export", "export.jsonl"]).ends(0, &[]);
        self.room.read("export.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn observed(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for seen in self.export().iter().filter_map(|line| line.get("observation")) {
            let text = |key: &str| seen[key].as_str().unwrap().to_owned();
            names.entry(text("kind")).or_default().insert(text("name"));
        }
        names
    }

    fn assert_whole(&self) {
        let seen = self.observed();
        let expect = |kind: &str, names: &[String]| {
            assert_eq!(seen[kind], names.iter().cloned().collect::<BTreeSet<_>>(), "{kind}");
        };
        expect("cloudflare.worker", &["edge-router", "images", "rates"].map(str::to_owned));
        expect("cloudflare.zone", &[SHOP, TRACK].map(str::to_owned));
        expect("cloudflare.worker-route", &[101, 102, 103].map(|route| format!("{SHOP}/{}", id(route))));
        expect("cloudflare.worker-domain", &["img.track.example".to_owned()]);
        expect("cloudflare.worker-schedules", &["rates".to_owned()]);
        expect("cloudflare.dns-record", &[201, 202, 203, 204, 205, 206].map(|record| format!("{SHOP}/{}", id(record))));
    }
}

#[test]
fn workers_in_our_cloudflare_are_found_with_their_routes_bindings_and_crons_over_pages_of_two() {
    let Some(bench) = Bench::new(&["*"]) else { return };
    let said = bench.discover(Some(TOKEN));
    said.ends(0, &[]);
    bench.assert_whole();
    let worker = format!("worker/{ACCOUNT}/global/edge-router");
    let (code, shown) = bench.room.json(&["inventory", "show", &worker]);
    assert_eq!(code, Some(0), "{shown}");
    let text = |edge: &Value, key: &str| edge[key].as_str().unwrap().to_owned();
    let needs: BTreeSet<(String, String)> =
        shown["needs"].as_array().unwrap().iter().map(|edge| (text(edge, "kind"), text(edge, "to"))).collect();
    let route = |number| format!("cloudflare.worker-route/{ACCOUNT}/global/{SHOP}/{}", id(number));
    for (kind, to) in [
        ("queue", "cloudflare-queue:parcel-jobs".to_owned()),
        ("data", "r2:parcel-photos".to_owned()),
        ("calls", format!("worker/{ACCOUNT}/global/rates")),
        ("calls", "host:origin.track.example".to_owned()),
    ] {
        assert!(needs.contains(&(kind.to_owned(), to.clone())), "{kind} {to}: {needs:#?}");
    }
    // The way in to it is an edge, too, which its front doors tell of.
    let lines = bench.export();
    let edges = lines.iter().filter_map(|line| line.get("edge")).filter(|edge| edge["from"] == worker.as_str());
    let routes: BTreeSet<String> = edges.filter(|edge| edge["kind"] == "routes").map(|edge| text(edge, "to")).collect();
    for number in [101, 103] {
        assert!(routes.contains(&route(number)), "{routes:#?}");
    }
    assert!(!routes.contains(&route(102)), "a route without a Worker keeps Workers away");
    let rates = bench.room.json(&["inventory", "show", &format!("worker/{ACCOUNT}/global/rates")]).1;
    assert!(rates["needs"].as_array().unwrap().iter().any(|edge| edge["kind"] == "triggered-by"), "{rates}");
    for entry in std::fs::read_dir(bench.room.path()).unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = if entry.is_file() { std::fs::read(&entry).unwrap() } else { Vec::new() };
        for secret in [SECRET, TOKEN] {
            assert!(!bytes.windows(secret.len()).any(|at| at == secret.as_bytes()), "{secret} in {}", entry.display());
            assert!(!said.out.contains(secret) && !said.err.contains(secret));
        }
    }
}

#[test]
fn what_a_token_may_not_read_in_our_cloudflare_is_coverage_and_the_scan_goes_on() {
    let Some(bench) = Bench::new(&["/accounts", "/zones", "*/workers/scripts", "*/workers/routes"]) else { return };
    bench.discover(Some(TOKEN)).ends(5, &["cloudflare:ListDnsRecords", "denied"]);
    let lines = bench.export();
    let states: BTreeMap<&str, &str> = lines
        .iter()
        .filter_map(|line| line.get("unit"))
        .map(|unit| (unit["api"].as_str().unwrap(), unit["state"].as_str().unwrap()))
        .collect();
    let denied = [
        "cloudflare:GetWorkerSettings",
        "cloudflare:ListDnsRecords",
        "cloudflare:ListWorkerDomains",
        "cloudflare:ListWorkerSchedules",
    ];
    for (api, state) in states {
        assert_eq!(state, if denied.contains(&api) { "denied" } else { "complete" }, "{api}");
    }
    let seen = bench.observed();
    assert_eq!(seen["cloudflare.worker"].len(), 3, "without their settings");
    assert_eq!(seen["cloudflare.worker-route"].len(), 3);
}

#[test]
fn the_same_is_found_in_our_cloudflare_through_throttles_errors_and_cut_answers() {
    let Some(bench) = Bench::new(&["*"]) else { return };
    // No call meets more than one of them and another attempt is always left.
    bench.proxy.script(&[
        Rule::new(Fault::Throttle).nth([3]),
        Rule::new(Fault::html(503)).nth([5]),
        Rule::new(Fault::Truncate).nth([7]),
        Rule::new(Fault::Reset).nth([9]),
    ]);
    bench.discover(Some(TOKEN)).ends(0, &[]);
    let met: BTreeSet<String> = bench.proxy.calls().into_iter().flat_map(|call| call.faults).collect();
    assert_eq!(met, ["answer", "reset", "throttle", "truncate"].map(str::to_owned).into());
    bench.assert_whole();
}

#[test]
fn a_token_that_is_missing_wrong_or_another_account_s_ends_with_4_before_anything_is_read() {
    let Some(bench) = Bench::new(&["*"]) else { return };
    bench.discover(None).ends(4, &["PARCELS_TOKEN"]);
    assert!(bench.proxy.calls().is_empty());
    bench.discover(Some("v1.0-wrong")).ends(4, &["Invalid API Token"]);
    bench.configure("ffffffffffffffffffffffffffffffff", json!({"token_file": "token"}));
    bench.room.write("token", format!("{TOKEN}\n"));
    bench.discover(None).ends(4, &["belong to account"]);
    let paths: BTreeSet<String> = bench.proxy.calls().into_iter().map(|call| call.path).collect();
    assert_eq!(paths, BTreeSet::from(["/client/v4/accounts".to_owned()]));
    assert!(bench.observed().is_empty());
}

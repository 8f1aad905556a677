//! Workers: found in files, converted, and held to their originals. A Worker in workerd runs from the context that is emitted for its
//! image; one that became routes answers through the real Envoy Gateway; the original runs in miniflare.

mod clock;
mod gateway;
mod http;
mod kinds;
mod mutations;
mod proven;
mod redirects;

use crate::cases::say;
use crate::cli::Room;
use caravan_tests_testbed::{Miniflare, Workerd, documents};
use http::{differences, origin, suggested};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Those whose whole behaviour a gateway has, with the hosts that they are asked by.
const ROUTES: &[(&str, &[&str])] = &[
    ("canonical-host", &["bare.example.org"]),
    ("ordered", &["ordered.example.com"]),
    ("redirect-table", &["old.example.com"]),
    (
        "two-hosts",
        &["tenants.example.net", "acme.tenants.example.net", "globex.tenants.example.net", "x.tenants.example.net"],
    ),
];
/// Those that run in workerd.
const CONTAINERS: &[(&str, &[&str])] = &[
    ("bundled", &["bundled.example.com"]),
    ("cookies", &["cookies.example.com"]),
    ("cors", &["cors.example.com"]),
    ("counting", &["counting.example.com"]),
    ("digest", &["digest.example.com"]),
    ("empty", &["empty.example.com"]),
    ("failing", &["failing.example.com"]),
    ("languages", &["languages.example.com"]),
    ("proxy", &["api.example.com"]),
    ("query", &["query.example.com"]),
    ("rewriter", &["html.example.com"]),
    ("streaming", &["streaming.example.com"]),
    ("validators", &["validators.example.com"]),
];
/// Those that stay, each with a word of the reason.
const REFUSED: &[(&str, &str)] = &[
    ("broken", "index.js:4"),
    ("calls-kv", "that one stays on Cloudflare: it uses a KV namespace"),
    ("calls-nobody", "the Worker `nobody` by a service binding, whose script was not read"),
    ("kv", "KV namespace"),
    ("old-cron", "can call its `scheduled`"),
    ("package", "`some-router` is a package"),
];
/// What stands in the sources in the clear, and nowhere else afterwards.
const SECRETS: [&str; 2] = ["k7Hq2vX9pLm4Rt8wZs3B", "c2VjcmV0LXZhbHVlLTk4NzY1NDMyMQ"];

fn estate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/workers/estate")
}

/// The estate, discovered and converted; `origin` is the answer to where own hosts' requests go.
fn converted(origin: Option<u16>) -> (Room, Value) {
    convert(&estate(), origin, [5, 11])
}

/// A folder of Workers, discovered and converted, with the exit code of each.
fn convert(estate: &Path, origin: Option<u16>, ends: [i32; 2]) -> (Room, Value) {
    let room = Room::new();
    room.run(&["discover", "--files", estate.to_str().unwrap()]).ends(ends[0], &[]);
    let (_, asked) = room.json(&["decide"]);
    for question in asked["questions"].as_array().unwrap() {
        let id = question["id"].as_str().unwrap();
        if let (true, Some(port)) = (id.starts_with("origin/"), origin) {
            room.run(&["decide", &format!("{id}=http://127.0.0.1:{port}")]).ends(0, &[]);
        }
    }
    let (code, document) = room.json(&["convert", "--out", "out"]);
    assert_eq!(code, Some(ends[1]), "{document}");
    (room, document)
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn manifests(room: &Room, name: &str) -> Vec<Value> {
    documents(&room.read(&format!("out/deployment/teams/unassigned/apps/{name}/default/manifests.yaml"))).unwrap()
}

/// The options of miniflare for an original in a folder, and its script's text.
fn original(folder: &Path) -> (Value, String) {
    let text = std::fs::read_to_string(folder.join("wrangler.json")).unwrap();
    let text: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let config: Value = serde_json::from_str(&text.replace(",]", "]").replace(",}", "}")).unwrap();
    let main = folder.join(config["main"].as_str().unwrap());
    let script = std::fs::read_to_string(&main).unwrap();
    let options = json!({
        "modules": script.contains("export "), "scriptPath": main, "modulesRoot": folder, "rootPath": folder,
        "modulesRules": [{"type": "ESModule", "include": ["**/*.js"]}, {"type": "Text", "include": ["**/*.txt"]}],
        "compatibilityDate": config["compatibility_date"],
        "compatibilityFlags": config.get("compatibility_flags").cloned().unwrap_or(json!([])),
        "bindings": config.get("vars").cloned().unwrap_or(json!({})),
    });
    (options, script)
}

#[test]
fn each_worker_has_its_class_and_no_secret_is_anywhere() {
    let (room, document) = converted(None);
    assert_eq!(document["fields"]["unknown"], json!(0));
    for name in ROUTES.iter().map(|(name, _)| *name).chain(["typed-table"]) {
        let plconfig = room.read(&format!("out/deployment/teams/unassigned/apps/{name}/plconfig.yaml"));
        assert!(plconfig.contains("type: routes"), "{name}: {plconfig}");
        let kinds: Vec<String> =
            manifests(&room, name).iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        assert!(kinds.iter().any(|kind| kind == "HTTPRoute"), "{name}: {kinds:?}");
        assert!(!kinds.iter().any(|kind| kind == "Deployment" || kind == "Service"), "{name}: {kinds:?}");
    }
    for (name, reason) in REFUSED {
        let refused = document["refused"].as_array().unwrap().iter();
        let own: Vec<&Value> =
            refused.filter(|one| one["source"].as_str().unwrap().contains(&format!("/{name}/"))).collect();
        let said = own.iter().any(|one| one["reason"].as_str().unwrap().contains(reason));
        assert!(said, "{name}: {own:?}");
    }
    // A question that decides what it does is open: no route leads to it, and nothing starts.
    for name in ["country", "minified", "nameless", "older-globals", "proxy"] {
        let kinds: Vec<String> =
            manifests(&room, name).iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        assert!(!kinds.iter().any(|kind| kind == "HTTPRoute"), "{name}: {kinds:?}");
        let deployment = manifests(&room, name).into_iter().find(|one| one["kind"] == "Deployment");
        assert!(deployment.is_none_or(|one| one["spec"]["replicas"] == 0), "{name} would start");
    }
    for file in files(room.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in SECRETS {
            let there = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!there, "{secret} stands in {}", file.display());
        }
    }
}

#[test]
fn a_worker_in_workerd_answers_as_its_original_and_a_planted_difference_is_found() {
    let Some(miniflare) = Miniflare::start() else { return };
    let port = origin();
    let (room, _) = converted(Some(port));
    for (name, hosts) in CONTAINERS {
        let (options, script) = original(&estate().join(name));
        let original = miniflare.run(&options, hosts, port);
        if !same(&room, name, original, &suggested(&script, hosts)) {
            return;
        }
    }
}

/// Holds what is made of a Worker to the original on a port: that answers alike, and a difference that is planted is found.
/// False where this machine has no workerd.
fn same(room: &Room, name: &str, original: u16, requests: &[http::Request]) -> bool {
    let context = room.path().join(format!("out/images/unassigned/{name}/default"));
    let manifests = manifests(room, name);
    let deployment = manifests.iter().find(|one| one["kind"] == "Deployment").unwrap();
    assert!(manifests.iter().any(|one| one["kind"] == "HTTPRoute"), "{name} is not reached");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let mut environment: Vec<(String, String)> = container["env"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["name"].as_str()?.to_owned(), one["value"].as_str()?.to_owned())))
        .collect();
    for (variable, value) in [("API_TOKEN", SECRETS[0]), ("CARAVAN_SECRET_1", SECRETS[1])] {
        environment.push((variable.to_owned(), value.to_owned()));
    }
    let Some(workerd) = Workerd::serve(&context, &environment) else { return false };
    let found = differences(requests, original, workerd.port());
    say(&format!("workers: {name}: {} requests to workerd, {} differ", requests.len(), found.len()));
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
    drop(workerd);
    // The proof has eyes.
    for (file, from, to) in planted(&context) {
        let whole = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, whole.replacen(from, to, 1)).unwrap();
        let Some(workerd) = Workerd::serve(&context, &environment) else { return false };
        let found = differences(requests, original, workerd.port());
        assert!(!found.is_empty(), "{name}: {from} -> {to} is not found");
        std::fs::write(&file, whole).unwrap();
    }
    true
}

/// Small changes of a context: where, what, and by what.
fn planted(context: &Path) -> Vec<(PathBuf, &'static str, &'static str)> {
    let changes = [
        ("x-served-by", "x-served-for"),
        ("X-Served-By", "X-Served-For"),
        ("text/html", "text/plain"),
        ("\"/config\"", "\"/configuration\""),
        ("SHA-256", "SHA-384"),
        ("padStart(2", "padStart(3"),
        ("n < 5", "n < 6"),
        ("toUpperCase", "toLowerCase"),
        ("http = (style = host),", "http = (),"),
        ("200020016a0b", "200020016b0b"),
        ("fafbfc", "fafbfd"),
        ("\"CALLED_AUTH_MODE\"", "\"MODE\""),
    ];
    let mut out = Vec::new();
    for file in files(context) {
        let text = std::fs::read_to_string(&file).unwrap();
        out.extend(changes.iter().filter(|(from, _)| text.contains(from)).map(|(from, to)| (file.clone(), *from, *to)));
    }
    assert!(out.len() >= 2, "nothing to change in {}", context.display());
    out
}

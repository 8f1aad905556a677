//! `convert --prove` over Workers as people write them: each has its class, and answers as its original; what can't be shown or
//! moved says why.

use crate::cases::say;
use crate::cli::{Room, Said};
use caravan_tests_testbed::worker_programs;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Those whose whole behaviour a gateway has.
pub(crate) const ROUTES: &[&str] = &[
    "app-links",
    "bare-domain",
    "block-scanners",
    "gone",
    "legacy-paths",
    "maintenance",
    "method-guard",
    "part-of-a-host",
    "short-links",
    "tenant-table",
    "typed-redirects",
    "well-known",
];
/// Those that run in workerd.
pub(crate) const CONTAINERS: &[&str] = &[
    "api-gateway",
    "basic-auth",
    "beta-header",
    "built",
    "built-older",
    "byte-ranges",
    "cache-headers",
    "clock-and-web",
    "clones",
    "contact-form",
    "counts-visits",
    "cross-origin",
    "custom-domain",
    "data-and-page",
    "entity-tags",
    "events",
    "experiment",
    "first-of-three",
    "language",
    "nightly",
    "nonces",
    "older-proxy",
    "older-tenants",
    "packs",
    "proxy-headers",
    "rest-api",
    "rewrite-links",
    "secret-in-script",
    "sessions",
    "settings",
    "shop-front",
    "shop-prices",
    "signed-links",
    "socket-echo",
    "socket-protocol",
    "stream-upper",
    "throws",
    "tries-again",
    "typed-router",
    "url-patterns",
    "with-texts",
    "writes-a-log",
];
/// Of which nothing is shown, with a word of the reason.
const UNPROVEN: &[(&str, &str)] = &[
    ("by-country", "cloudflare-data/"),
    ("second-of-three", "no route leads to it"),
    ("sized-by-images", "fetch-options/"),
    ("third-of-three", "no route leads to it"),
];
/// Those that stay, with a word of the reason.
const REFUSED: &[(&str, &str)] = &[
    ("asks-a-model", "Workers AI"),
    ("does-not-parse", "index.js:3"),
    ("imports-a-package", "`hono` is a package"),
    ("imports-what-is-not-there", "index.js:1"),
    ("keeps-answers", "caches"),
    ("of-tomorrow", "2031-01-01"),
    ("reads-mail", "email"),
    ("sends-to-a-queue", "queue"),
    ("takes-from-a-queue", "queue"),
    ("uses-d1", "D1"),
    ("uses-kv", "KV namespace"),
    ("uses-objects", "Durable Object"),
    ("uses-r2", "R2"),
    ("watches-others", "tail"),
];
/// What stands in the sources in the clear, and nowhere else afterwards.
const SECRETS: [&str; 2] = ["wV7tPq2Zx9Lk4Rm8", "pK9xLm3Qw7Zt2Vb8Rn5Ys1Hd"];

pub(crate) fn estate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/workers/proven")
}

/// A folder of Workers, discovered, with whatever a person can answer answered.
pub(crate) fn answered(estate: &Path) -> Room {
    let room = Room::new();
    room.run(&["discover", "--files", estate.to_str().unwrap()]);
    let (_, asked) = room.json(&["decide"]);
    let mut answers = Vec::new();
    for question in asked["questions"].as_array().unwrap() {
        let id = question["id"].as_str().unwrap();
        let answer = match id.split('/').next().unwrap() {
            "origin" => "http://origin.example.net".to_owned(),
            "beside" => "nothing".to_owned(),
            "cloudflare-data" | "fetch-options" => continue,
            _ => match question["assumed"].as_str() {
                Some(assumed) => assumed.to_owned(),
                None => continue,
            },
        };
        answers.push(format!("{id}={answer}"));
    }
    let words: Vec<&str> = std::iter::once("decide").chain(answers.iter().map(String::as_str)).collect();
    room.run(&words).ends(0, &[]);
    room
}

/// The command, with what runs Workers; nothing where this machine has none.
pub(crate) fn command(room: &Room, args: &[&str]) -> Option<Command> {
    let (node, packages) = worker_programs()?;
    let mut command = room.command(args);
    command.env("PATH", format!("{}:/usr/bin:/bin", node.display())).env("CARAVAN_MINIFLARE", packages);
    Some(command)
}

fn named<'v>(list: &'v Value, name: &str) -> Vec<&'v Value> {
    let fits = |one: &&Value| one["source"].as_str().unwrap().contains(&format!("/{name}/"));
    list.as_array().unwrap().iter().filter(fits).collect()
}

#[test]
fn each_worker_has_its_class_and_answers_as_its_original() {
    let room = answered(&estate());
    let Some(mut prove) = command(&room, &["convert", "--out", "out", "--prove", "--format", "json"]) else { return };
    let said = Said::of(prove.output().unwrap());
    let document = said.json();
    assert_eq!(said.code, Some(11), "{}", said.err);
    assert_eq!(document["fields"]["unknown"], json!(0));
    let proof = &document["proof"];
    let mut requests = 0;
    for (name, class) in
        ROUTES.iter().map(|name| (*name, "routes")).chain(CONTAINERS.iter().map(|name| (*name, "workerd")))
    {
        let plconfig = room.read(&format!("out/deployment/teams/unassigned/apps/{name}/plconfig.yaml"));
        assert_eq!(plconfig.contains("type: routes"), class == "routes", "{name}: {plconfig}");
        let own = named(&proof["proven"], name);
        assert!(!own.is_empty(), "{name} is not proven: {:?}", named(&proof["unproven"], name));
        for one in own {
            assert_eq!(one["standing"], "same", "{name}: {one:#}");
            assert_eq!(one["by"], if class == "routes" { "model of the gateway" } else { "workerd" });
            requests += one["asked"].as_u64().unwrap();
            let did = one["asked"].as_u64().unwrap() + 10 * one["runs"].as_u64().unwrap();
            assert!(did >= 15, "{name} is asked {did} times only");
        }
    }
    for (name, reason) in UNPROVEN {
        let own = named(&proof["unproven"], name);
        assert!(own.iter().any(|one| one["reason"].as_str().unwrap().contains(reason)), "{name}: {own:?}");
    }
    for (name, reason) in REFUSED {
        let own = named(&document["refused"], name);
        assert!(own.iter().any(|one| one["reason"].as_str().unwrap().contains(reason)), "{name}: {own:?}");
    }
    assert_eq!(proof["unproven"].as_array().unwrap().len(), UNPROVEN.len(), "{:#}", proof["unproven"]);
    let refused = document["refused"].as_array().unwrap().iter().map(|one| one["source"].as_str().unwrap());
    assert_eq!(refused.collect::<BTreeSet<_>>().len(), REFUSED.len(), "{:#}", document["refused"]);
    for file in super::files(room.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in SECRETS {
            let there = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!there, "{secret} stands in {}", file.display());
        }
    }
    say(&format!(
        "workers: {} of {} Workers proven with {requests} requests, {} refused, {} open",
        proof["proven"].as_array().unwrap().len(),
        document["workloads_found"],
        REFUSED.len(),
        UNPROVEN.len()
    ));
}

/// What a repository may hold besides: none of it keeps the others from being converted, and each says file, line and remedy.
#[test]
fn broken_and_huge_scripts_are_named_and_the_others_converted() {
    let room = Room::new();
    let answer = "export default { fetch() { return new Response(\"ok\"); } };\n";
    let rows: String = (0..2500).map(|n| format!("\"/{n}\": \"https://www.example.com/{n}\", ")).collect();
    assert!(rows.len() > 64 * 1024);
    let scripts = [
        ("good", answer.to_owned()),
        ("huge", format!("const NOTE = \"{}\";\n{answer}", "x".repeat(10 * 1024 * 1024))),
        ("larger", format!("// {}\n{answer}", "x".repeat(17 * 1024 * 1024))),
        (
            "one-line",
            format!(
                "const T = {{ {rows} }}; export default {{ fetch(r) {{ const t = T[new URL(r.url).pathname]; return t ? Response.redirect(t, 301) : new Response(null, {{ status: 404 }}); }} }};"
            ),
        ),
        ("cut-off", "export default {\n  fetch() {\n    return new Response(\"".to_owned()),
        ("elsewhere", format!("// A word.\n\nimport {{ a }} from \"../lib/a.js\";\n{answer}")),
        ("not-there", format!("import {{ a }} from \"./a.js\";\n{answer}")),
        ("no-such-name", "import { b } from \"./b.js\";\nexport default { fetch: () => b() };\n".to_owned()),
        ("binary", "\u{0}\u{1}\u{2}".to_owned()),
    ];
    for (name, script) in &scripts {
        let config = json!({"name": name, "main": "index.js", "compatibility_date": "2025-06-01", "routes": [format!("{name}.example.com/*")]});
        room.write(&format!("estate/{name}/wrangler.json"), config.to_string());
        room.write(&format!("estate/{name}/index.js"), script);
    }
    room.write("estate/no-such-name/b.js", "export const c = 1;\n");
    room.run(&["discover", "--files", "estate"]).ends(5, &[]);
    let (code, document) = room.json(&["convert", "--out", "out"]);
    assert_eq!(code, Some(11));
    for (name, place, remedy) in [
        ("binary", "index.js:1", "Correct it"),
        ("cut-off", "index.js:3", "Correct it"),
        ("elsewhere", "index.js:3", "run `npx wrangler"),
        ("larger", "index.js has", "at most"),
        ("no-such-name", "index.js:1", "correct it"),
        ("not-there", "index.js:1", "add the file"),
    ] {
        let own = named(&document["refused"], name);
        let said = |text: &str| own.iter().any(|one| one["reason"].as_str().unwrap().contains(text));
        assert!(said(place) && said(remedy), "{name}: {own:?}");
    }
    assert_eq!(document["refused"].as_array().unwrap().len(), 6, "{:#}", document["refused"]);
    for name in ["good", "huge", "one-line"] {
        let manifests = room.read(&format!("out/deployment/teams/unassigned/apps/{name}/default/manifests.yaml"));
        assert!(manifests.contains("kind: HTTPRoute"), "{name}");
    }
    let Some(mut prove) = command(&room, &["convert", "--out", "out", "--prove", "--format", "json"]) else { return };
    let document = Said::of(prove.output().unwrap()).json();
    let proven = document["proof"]["proven"].as_array().unwrap();
    assert_eq!(proven.len(), 3, "{:#}", document["proof"]);
    assert!(proven.iter().all(|one| one["standing"] == "same"), "{proven:#?}");
}

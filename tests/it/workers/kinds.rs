//! Kinds of Workers whose originals miniflare wants told in full: of TypeScript, with bytes, of several that call each other.

use super::http::{origin, suggested};
use super::{converted, estate, same};
use caravan_tests_testbed::Miniflare;
use serde_json::{Value, json};
use std::path::Path;

/// A module of an original: its name as others import it, where it lies, and what it is.
type Module = (&'static str, &'static str, &'static str);

/// A module of types alone; in the place of the file stand their names.
const TYPES: &str = "types";

fn module(miniflare: &Miniflare, folder: &Path, (name, file, kind): Module) -> Value {
    // Node takes no import away of which only types are used: they are names of nothing.
    if kind == TYPES {
        return json!({"type": "ESModule", "path": folder.join(name), "contents": format!("export const {file} = 0;")});
    }
    let path = folder.join(file);
    let bytes = std::fs::read(&path).unwrap();
    let contents = match (kind, file.ends_with(".ts")) {
        ("ESModule", true) => json!(miniflare.javascript(&String::from_utf8(bytes).unwrap())),
        ("ESModule" | "Text", _) => json!(String::from_utf8(bytes).unwrap()),
        _ => Value::Null,
    };
    json!({"type": kind, "path": folder.join(name), "contents": contents, "file": path})
}

fn worker(miniflare: &Miniflare, name: &str, modules: &[Module], more: &Value) -> Value {
    let folder = estate().join(name);
    let modules: Vec<Value> = modules.iter().map(|one| module(miniflare, &folder, *one)).collect();
    let mut options = json!({
        "name": name, "modules": modules, "modulesRoot": folder, "rootPath": folder, "compatibilityDate": "2025-06-01",
    });
    for (field, value) in more.as_object().unwrap() {
        options[field] = value.clone();
    }
    options
}

/// What the requests are made of: all the texts of a folder.
fn texts(name: &str, files: &[&str]) -> String {
    files.iter().map(|file| std::fs::read_to_string(estate().join(name).join(file)).unwrap()).collect()
}

#[test]
fn typescript_bytes_and_workers_that_call_each_other_answer_as_their_originals() {
    let Some(miniflare) = Miniflare::start() else { return };
    let port = origin();
    let (room, _) = converted(Some(port));
    let typed = worker(
        &miniflare,
        "typed",
        &[
            ("src/index.ts", "src/index.ts", "ESModule"),
            ("src/router", "src/router/index.ts", "ESModule"),
            ("src/status.js", "src/status.ts", "ESModule"),
            ("src/shapes", "Env = 0, Named", TYPES),
            ("shapes", "Env = 0, Named", TYPES),
        ],
        &json!({"bindings": {"GREETING": "Good day"}}),
    );
    let bytes = worker(
        &miniflare,
        "bytes",
        &[
            ("src/index.js", "src/index.js", "ESModule"),
            ("add.wasm", "add.wasm", "CompiledWasm"),
            ("src/notes.md", "src/notes.md", "Text"),
            ("src/table.bin", "src/table.bin", "Data"),
        ],
        &json!({"compatibilityFlags": ["nodejs_compat"]}),
    );
    let front = worker(
        &miniflare,
        "front",
        &[("index.js", "index.js", "ESModule")],
        &json!({"bindings": {"MODE": "front mode"}, "serviceBindings": {"ACCOUNTS": {"name": "auth", "entrypoint": "Accounts"}, "AUTH": "auth"}}),
    );
    let auth = worker(
        &miniflare,
        "auth",
        &[("src/index.ts", "src/index.ts", "ESModule")],
        &json!({"bindings": {"MODE": "auth mode"}, "compatibilityDate": "2025-03-01"}),
    );
    for (name, options, script) in [
        ("typed", typed, texts("typed", &["src/index.ts", "src/status.ts"])),
        ("bytes", bytes, texts("bytes", &["src/index.js"])),
        ("front", json!({"workers": [front, auth]}), texts("front", &["index.js"])),
    ] {
        let host = format!("{name}.example.com");
        let original = miniflare.run(&options, &[&host], port);
        let mut requests = suggested(&script, &[&host]);
        // What a header's value selects on the paths that read it.
        for (path, header, value) in
            [("/level", "X-Level", "Higher"), ("/level", "X-Level", "Name"), ("/hello", "X-Loud", "yes")]
        {
            let mut request = requests[0].clone();
            (request.target, request.headers) = (path.to_owned(), vec![(header.to_owned(), value.to_owned())]);
            requests.push(request);
        }
        if !same(&room, name, original, &requests) {
            return;
        }
    }
}

//! Configurations of wrangler with their scripts.

use super::{folder, put, scanned};
use caravan_inventory::Redacted;
use serde_json::json;

const TOML: &str = r#"
name = "edge"
main = "src/index.js"
compatibility_date = 2025-06-01 # without quotes
routes = [{ pattern = "a.example.com/*", zone_name = "example.com" }, "b.example.com/x*"]
[vars]
MODE = "live"
API_TOKEN = "k7Hq2vX9pLm4Rt8wZs3B"
[env.staging]
routes = ["staging.example.com/*"]
[env.staging.vars]
MODE = "test"
"#;

#[test]
fn each_environment_of_a_configuration_is_a_worker_with_its_modules() {
    let (_kept, root) = folder();
    put(&root, "shop/wrangler.toml", TOML);
    put(
        &root,
        "shop/src/index.js",
        "import { a } from './lib';\nimport page from '../page.html';\nexport default { fetch: () => new Response(page + a) };\n",
    );
    put(&root, "shop/src/lib.js", "export const a = 1;\n");
    put(&root, "shop/page.html", "<p>hello</p>");
    let heap = scanned(&[root]);
    assert_eq!(
        heap.lines(),
        ["files/shop/wrangler.toml complete cloudflare.wrangler-config,cloudflare.wrangler-config"]
    );
    let [top, staging] = heap.0[0].1.as_slice() else { panic!("two") };
    assert_eq!((top.name.as_str(), staging.name.as_str()), ("shop/wrangler.toml", "shop/wrangler.toml#staging"));
    assert_eq!(top.body["compatibility_date"], "2025-06-01");
    assert_eq!(top.body["format"], "modules");
    let names: Vec<_> =
        top.body["modules"].as_array().unwrap().iter().map(|module| (&module["name"], &module["type"])).collect();
    // Under the names that their files have.
    assert_eq!(
        names,
        [
            (&json!("src/index.js"), &json!("esm")),
            (&json!("src/lib.js"), &json!("esm")),
            (&json!("page.html"), &json!("text"))
        ]
    );
    assert_eq!(top.body["vars"]["MODE"], "live");
    assert!(Redacted::is_in(top.body["vars"]["API_TOKEN"].as_str().unwrap()));
    // What an environment says itself, what it takes from the top, and what it does not.
    assert_eq!((&staging.body["name"], &staging.body["environment"]), (&json!("edge-staging"), &json!("staging")));
    assert_eq!(staging.body["vars"], json!({"MODE": "test"}));
    assert_eq!(staging.body["routes"], json!(["staging.example.com/*"]));
    assert_eq!(staging.body["compatibility_date"], "2025-06-01");
}

#[test]
fn secrets_of_a_script_are_marked_inside_their_quotes_and_what_is_left_is_a_script() {
    let (_kept, root) = folder();
    let script = "// key: k7Hq2vX9pLm4Rt8wZs3B\nconst API_KEY = 'k7Hq2vX9pLm4Rt8wZs3B';\nconst pin = { password: 48151623 };\n\
                  const url = `https://user:hunter2hunter2@db.example.com/${API_KEY}`;\n\
                  addEventListener('fetch', (e) => e.respondWith(go(e.request)));\n\
                  async function go(r) { return r.headers.get('X-Auth-Token') === 'Zk93jfnvQ82ksL0p' ? fetch('https://api.example.com/v1', \
                  { headers: { Authorization: 'Bearer Xq81mmZp02LsWvTn' } }) : new Response('Hello, how are you today?'); }\n";
    put(
        &root,
        "wrangler.jsonc",
        "{\n  // a comment\n  \"name\": \"sw\", \"main\": \"w.js\", \"compatibility_date\": \"2023-01-01\",\n}",
    );
    put(&root, "w.js", script);
    let heap = scanned(&[root]);
    let body = &heap.0[0].1[0].body;
    let content = body["modules"][0]["content"].as_str().unwrap();
    for secret in ["k7Hq2vX9pLm4Rt8wZs3B", "48151623", "hunter2hunter2", "Zk93jfnvQ82ksL0p", "Xq81mmZp02LsWvTn"] {
        assert!(!content.contains(secret), "{secret}: {content}");
    }
    for kept in [
        "'X-Auth-Token'",
        "Hello, how are you today?",
        "https://api.example.com/v1",
        "@db.example.com/${API_KEY}`",
        "Number(\"<redacted:",
    ] {
        assert!(content.contains(kept), "{kept}: {content}");
    }
    assert_eq!(body["format"], "service-worker");
    // It still parses, and marking it again changes nothing.
    assert_eq!(super::redactor().script(content).as_deref(), Some(content));
}

#[test]
fn what_is_no_whole_script_says_where_and_what_to_do_and_is_not_stored() {
    let (_kept, root) = folder();
    let config = |main: &str| format!("name = \"x\"\nmain = \"{main}\"\n");
    put(&root, "broken/wrangler.toml", config("index.js"));
    put(&root, "broken/index.js", "export default {\n  fetch() { return new Response('k7Hq2vX9pLm4Rt8wZs3B' }\n};\n");
    put(&root, "package/wrangler.toml", config("index.js"));
    put(&root, "package/index.js", "\nimport { Hono } from 'hono';\nexport default new Hono();\n");
    put(&root, "typescript/wrangler.toml", config("index.ts"));
    put(&root, "typescript/index.ts", "let a = 1;\nnamespace N { export const x = 1; }\nexport default {};");
    put(&root, "missing/wrangler.toml", config("gone.js"));
    put(&root, "away/wrangler.toml", config("../../secret.js"));
    put(&root, "unread/wrangler.toml", "name = \"x\nmain = 1");
    put(&root, "long/wrangler.toml", config("index.js"));
    let long =
        format!("const t = \"{}\";\nexport default {{ fetch: () => new Response(t) }};\n", "word ".repeat(13_200));
    put(&root, "long/index.js", long);
    put(&root, "large/wrangler.toml", config("index.js"));
    let rows: String = (0..120_000)
        .map(|n| format!("  \"/some/path/of/the/old/site/{n}\": \"https://www.example.com/new/{n}\",\n"))
        .collect();
    put(
        &root,
        "large/index.js",
        format!("const T = {{\n{rows}}};\nexport default {{ fetch: () => new Response(T['/']) }};\n"),
    );
    let heap = scanned(&[root]);
    let states: Vec<String> = heap.lines();
    assert!(states[1].contains("broken") && states[1].contains("partial"), "{states:?}");
    for (name, wanted) in [
        ("broken/wrangler.toml", "index.js:2: "),
        ("package/wrangler.toml", "index.js:2: `hono` is a package"),
        ("typescript/wrangler.toml", "index.ts:2: a `namespace` has to be built before it runs"),
        ("typescript/wrangler.toml", "npx wrangler deploy --dry-run"),
        ("missing/wrangler.toml", "gone.js can't be opened"),
        ("away/wrangler.toml", "leads out of the folder"),
        ("unread/wrangler.toml", "is not TOML at line 1"),
    ] {
        assert!(heap.reason(name).contains(wanted), "{name}: {}", heap.reason(name));
    }
    for name in ["long/wrangler.toml", "large/wrangler.toml"] {
        assert_eq!(heap.reason(name), "", "{name}");
    }
    let all = format!(
        "{:?}",
        heap.0
            .iter()
            .map(|(unit, seen)| (unit, seen.iter().map(|one| one.body.to_string()).collect::<Vec<_>>()))
            .collect::<Vec<_>>()
    );
    assert!(!all.contains("k7Hq2vX9pLm4Rt8wZs3B"));
}

#[test]
fn a_script_is_found_as_its_build_finds_it() {
    let (_kept, root) = folder();
    put(
        &root,
        "wrangler.toml",
        "name = \"x\"\nmain = \"src/index\"\ncompatibility_date = \"2025-06-01\"\ncompatibility_flags = [\"nodejs_compat\"]\n\
         rules = [{ type = \"Text\", globs = [\"**/*.md\"], fallthrough = true }]\n",
    );
    put(
        &root,
        "src/index.ts",
        "import { route, type Route } from './router';\nimport { status } from \"./status.js\";\nimport data from '../data.json';\n\
         import add from './add.wasm?module';\nimport notes from './notes.md';\nimport crypto from 'crypto';\n\
         export default { fetch: (r: Request) => new Response(route(r) + status + data + add + notes + crypto) };\n",
    );
    put(
        &root,
        "src/router/index.ts",
        "import { status } from '../status';\nexport interface Route {}\nexport const route = (r: Request): string => r.url + status;\n",
    );
    put(&root, "src/status.ts", "export const status: number = 1;\n");
    put(&root, "data.json", "[1]");
    put(&root, "src/notes.md", "# notes");
    put(&root, "src/add.wasm", "\0asm\u{1}");
    let heap = scanned(&[root]);
    assert_eq!(heap.reason("wrangler.toml"), "");
    // The other files have units of their own.
    let (_, things) = heap.0.iter().find(|(_, seen)| !seen.is_empty()).unwrap();
    let modules = things[0].body["modules"].as_array().unwrap();
    let seen: Vec<_> =
        modules.iter().map(|one| (one["name"].as_str().unwrap(), one["type"].as_str().unwrap())).collect();
    assert_eq!(
        seen,
        [
            ("src/index.ts", "esm"),
            ("src/router/index.ts", "esm"),
            ("src/status.ts", "esm"),
            ("data.json", "json"),
            ("src/add.wasm", "wasm"),
            ("src/notes.md", "text"),
        ]
    );
    let main = modules[0]["content"].as_str().unwrap();
    for wanted in [
        "from \"./router/index.ts\"",
        "from \"./status.ts\"",
        "from '../data.json'",
        "from \"./add.wasm\"",
        "from 'crypto'",
    ] {
        assert!(main.contains(wanted), "{wanted}: {main}");
    }
    assert!(!main.contains("Request)") && !main.contains("Route"), "{main}");
    assert_eq!(modules[4]["content"], "0061736d01");
    // One file is one module, however it is called.
    assert!(modules[1]["content"].as_str().unwrap().contains("from \"../status.ts\""));
}

#[test]
fn what_only_a_build_resolves_is_said_with_its_line() {
    let (_kept, root) = folder();
    let config = |more: &str| format!("name = \"x\"\nmain = \"index.js\"\ncompatibility_date = \"2025-06-01\"\n{more}");
    let go = "export default { fetch() {} };\n";
    let node = "compatibility_flags = [\"nodejs_compat\"]\n";
    for (name, more, script, wanted) in [
        (
            "computed",
            "",
            "\nconst m = (n) => import(`./${n}.js`);\n",
            "index.js:2: imports by a name that its text does not tell",
        ),
        ("require", "", "const a = require('./a');\n", "index.js:1: `require` of `./a`"),
        ("name", "", "import { b } from './lib.js';\nb();\n", "index.js:1: `b` is nothing that lib.js exports"),
        (
            "json",
            "",
            "import { version } from './package.json';\nversion;\n",
            "`version` is nothing that package.json exports",
        ),
        (
            "mode",
            "",
            "const d = process.env.NODE_ENV !== 'production';\n",
            "index.js:1: `process.env.NODE_ENV` is written",
        ),
        ("stand-in", node, "import fs from 'node:fs';\nfs;\n", "`node:fs` is a part of Node that the runtime has not"),
        ("flag", "", "import fs from 'crypto';\nfs;\n", "which comes with the flag `nodejs_compat` alone"),
    ] {
        put(&root, &format!("{name}/wrangler.toml"), config(more));
        put(&root, &format!("{name}/index.js"), format!("{script}{go}"));
        put(&root, &format!("{name}/lib.js"), "export const a = 1;\nexport * from './more.js';\n");
        put(&root, &format!("{name}/more.js"), "export const c = 1;\n");
        put(&root, &format!("{name}/package.json"), "{\"version\": \"1\"}");
        let heap = scanned(std::slice::from_ref(&root));
        let reason = heap.reason(&format!("{name}/wrangler.toml"));
        assert!(reason.contains(wanted), "{name}: {reason}");
    }
    // What looks like it and is not.
    for (name, more, script) in [
        ("star", "", "import { a, c } from './lib.js';\na + c;\n"),
        ("own-require", "", "((require) => require('./a'))(String);\n"),
        ("built", "no_bundle = true\n", "const d = process.env.NODE_ENV;\n"),
        ("node", node, "import { createHash } from 'crypto';\ncreateHash;\n"),
    ] {
        put(&root, &format!("{name}/wrangler.toml"), config(more));
        put(&root, &format!("{name}/index.js"), format!("{script}{go}"));
        put(&root, &format!("{name}/lib.js"), "export const a = 1;\nexport * from './more.js';\n");
        put(&root, &format!("{name}/more.js"), "export const c = 1;\n");
        let heap = scanned(std::slice::from_ref(&root));
        assert_eq!(heap.reason(&format!("{name}/wrangler.toml")), "", "{name}");
    }
    put(&root, "older/wrangler.toml", config(""));
    put(&root, "older/index.js", "import { a } from './lib.js';\naddEventListener('fetch', a);\n");
    put(&root, "older/lib.js", "export const a = 1;\n");
    let heap = scanned(&[root]);
    let reason = heap.reason("older/wrangler.toml");
    assert!(reason.contains("is no module and imports others"), "{reason}");
}

#[test]
fn bytes_in_which_a_secret_stands_are_not_kept() {
    let (_kept, root) = folder();
    put(&root, "wrangler.toml", "name = \"x\"\nmain = \"index.js\"\n");
    put(
        &root,
        "index.js",
        "import a from './a.bin';\nimport b from './b.bin';\nimport c from './c.bin';\nexport default { fetch: () => a + b + c };\n",
    );
    put(&root, "a.bin", "\0\u{1}/build/.cargo/registry/src/index-1949cf8c6b5b557f/serde-1.0.228/src/lib.rs\0");
    put(&root, "b.bin", "\0\u{1}AKIAIOSFODNN7EXAMPLQ\0");
    put(&root, "c.bin", "\0postgres://shop:k7Hq2vX9pLm4Rt8wZs3B@db.example.com/shop\0");
    let heap = scanned(&[root]);
    let modules = heap.0[0].1[0].body["modules"].as_array().unwrap();
    let kept: Vec<bool> = modules.iter().map(|one| one["content"].is_string()).collect();
    assert_eq!(kept, [true, true, false, false], "{modules:?}");
}

/// What only makes a module of a file for TypeScript, and what is exported for tests, is not in the build of an older script.
#[test]
fn an_older_script_exports_nothing() {
    let (_kept, root) = folder();
    let config = "name = \"old\"\nmain = \"index.ts\"\ncompatibility_date = \"2024-01-01\"\n";
    put(&root, "wrangler.toml", config);
    let script = "addEventListener('fetch', (event) => event.respondWith(answer()));\nexport async function answer(): Promise<Response> {\n  \
                  return new Response(GREETING);\n}\nexport const GREETING = 'hello',\n  OTHER = 1;\nexport { OTHER as other };\nexport {}\n";
    put(&root, "index.ts", script);
    let heap = scanned(&[root]);
    assert_eq!(heap.lines(), ["files/wrangler.toml complete cloudflare.wrangler-config"]);
    let body = &heap.0[0].1[0].body;
    assert_eq!(body["format"], "service-worker");
    let text = body["modules"][0]["content"].as_str().unwrap();
    assert!(!text.contains("export"), "{text}");
    assert_eq!(text.lines().count(), script.lines().count());
    assert!(
        text.contains("       async function answer()") && text.contains("       const GREETING = 'hello',"),
        "{text}"
    );
}

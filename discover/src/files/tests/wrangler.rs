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
    // Under the names by which they are imported.
    assert_eq!(
        names,
        [
            (&json!("src/index.js"), &json!("esm")),
            (&json!("src/lib"), &json!("esm")),
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
    put(&root, "typescript/index.ts", "export default {};");
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

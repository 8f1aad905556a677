//! Workers that redirect, as people and their tools write them: twenty ways, a hundred redirects each.

use super::http::Request;
use std::fmt::Write as _;
use std::path::Path;

/// How many redirects each has.
pub(crate) const EACH: usize = 100;

/// A Worker that was written down.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) hosts: Vec<String>,
    /// A path for each of its redirects, and which of its hosts it is of.
    asked: Vec<(usize, String)>,
}

/// One redirect: path, where to, status.
type Row = (String, String, u16);
/// From the hosts and the rows, the script.
type Writer = fn(&[String], &[Row]) -> String;

#[rustfmt::skip]
const WRITERS: [Writer; 20] = [
    table, map, switch, ifs, list, service_worker, bundle, nested, pairs, find, entries, has_and_get, own_property, contained,
    location, prefixes, tenants, methods, minified, pages,
];

/// The places of `prefixes` and `tenants`.
const PREFIXES: usize = 15;
const TENANTS: usize = 16;

/// Writes them down, each in a folder of its own.
pub(crate) fn write_down(estate: &Path) -> Vec<Made> {
    let made = WRITERS.iter().enumerate().map(|(at, writer)| {
        let name = format!("redirects-{at:02}");
        let hosts: Vec<String> = match at {
            TENANTS => vec![format!("one{at}.example.com"), format!("two{at}.example.net")],
            _ => vec![format!("moved{at}.example.com")],
        };
        let rows: Vec<Row> = (0..EACH).map(|n| row(at, n)).collect();
        let folder = estate.join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.js"), writer(&hosts, &rows)).unwrap();
        let routes: Vec<String> = hosts.iter().map(|host| format!("\"{host}/*\"")).collect();
        let config = format!(
            "{{\"name\": \"{name}\", \"main\": \"index.js\", \"compatibility_date\": \"2025-06-01\", \"routes\": [{}]}}\n",
            routes.join(", ")
        );
        std::fs::write(folder.join("wrangler.json"), config).unwrap();
        let deeper = if at == PREFIXES { "deeper/page" } else { "" };
        let asked = rows.iter().enumerate().map(|(n, (path, ..))| (n % hosts.len(), format!("{path}{deeper}")));
        Made { name, asked: asked.collect(), hosts }
    });
    made.collect()
}

/// A path and a target, with what a URL may have: a query, a fragment, encoded characters.
fn row(at: usize, n: usize) -> Row {
    let path = match (at, n % 5) {
        // A prefix, and one that is longer and comes later: it is never reached.
        (PREFIXES, 4) => format!("/area-{}/deeper/", n - 1),
        (PREFIXES, _) => format!("/area-{n}/"),
        (_, 0) => format!("/shop/item-{n}.html"),
        (_, 1) => format!("/blog/2019/{n}/a.title.with.dots"),
        (_, 2) => format!("/p/{n}"),
        (_, 3) => format!("/Docs/Chapter+{n}/"),
        _ => format!("/~user{n}/index.php"),
    };
    let target = match n % 4 {
        0 => format!("https://www.example.com/new/{n}"),
        1 => format!("https://www.example.com/new/{n}?from=old%20site&discount=100%25"),
        2 => format!("https://shop.example.com/a%20b/{n}#top"),
        _ => format!("https://{n}.example.org/"),
    };
    (path, target, [301, 302, 307, 308][n % 4])
}

impl Made {
    /// Every redirect, some of them in other ways too, and what none of them is.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let new = |method, host: usize, target: String| Request {
            method,
            host: self.hosts[host].clone(),
            target,
            headers: Vec::new(),
        };
        let mut all: Vec<Request> = self.asked.iter().map(|(host, path)| new("GET", *host, path.clone())).collect();
        for (host, path) in self.asked.iter().step_by(7) {
            all.push(new("GET", *host, format!("{path}?utm=a%20b&c=1")));
            all.push(new("HEAD", *host, path.clone()));
            all.push(new("POST", *host, path.clone()));
            all.push(new("GET", *host, format!("{path}x")));
            all.push(new("GET", *host, path.to_ascii_uppercase()));
        }
        for host in 0..self.hosts.len() {
            all.extend(["/", "/nowhere", "/nowhere?to=%2F"].map(|path| new("GET", host, path.to_owned())));
        }
        all
    }
}

/// Every row by a pattern with `{path}`, `{to}` and `{status}`.
fn each(rows: &[Row], pattern: &str) -> String {
    let mut out = String::new();
    for (path, to, status) in rows {
        let line = pattern.replace("{path}", path).replace("{to}", to).replace("{status}", &status.to_string());
        let _ = writeln!(out, "{line}");
    }
    out
}

fn handler(body: &str) -> String {
    format!(
        "export default {{\n  async fetch(request, env, ctx) {{\n    const url = new URL(request.url);\n{body}\n  }},\n}};\n"
    )
}

fn table(_: &[String], rows: &[Row]) -> String {
    let body = "    const to = MOVED[url.pathname];\n    if (to) {\n      return Response.redirect(to, 301);\n    }\n    \
                return new Response(\"Not found\", { status: 404 });";
    format!("const MOVED = {{\n{}}};\n{}", each(rows, "  \"{path}\": \"{to}\","), handler(body))
}

fn map(_: &[String], rows: &[Row]) -> String {
    let body = "    const to = moved.get(url.pathname);\n    return to ? Response.redirect(to) : new Response(null, { status: 404 });";
    format!("const moved = new Map([\n{}]);\n{}", each(rows, "  ['{path}', '{to}'],"), handler(body))
}

fn switch(_: &[String], rows: &[Row]) -> String {
    let cases = each(rows, "      case \"{path}\":\n        return Response.redirect(\"{to}\", {status});");
    handler(&format!(
        "    switch (url.pathname) {{\n{cases}      default:\n        return new Response(\"gone\", {{ status: 410 }});\n    }}"
    ))
}

fn ifs(_: &[String], rows: &[Row]) -> String {
    let ifs = each(rows, "    if (url.pathname === '{path}') return Response.redirect('{to}', {status});");
    handler(&format!("{ifs}    return Response.json({{ error: 'not found', progress: '100%' }}, {{ status: 404 }});"))
}

fn list(_: &[String], rows: &[Row]) -> String {
    let body = "    for (const rule of RULES) {\n      if (rule.from === url.pathname) {\n        \
                return Response.redirect(rule.to, rule.status);\n      }\n    }\n    \
                return Response.redirect(\"https://www.example.com/\", 302);";
    let rows = each(rows, "  { from: \"{path}\", to: \"{to}\", status: {status} },");
    format!("const RULES = [\n{rows}];\n{}", handler(body))
}

fn service_worker(_: &[String], rows: &[Row]) -> String {
    format!(
        "addEventListener('fetch', event => {{\n  event.respondWith(handleRequest(event.request))\n}})\n\n\
         const redirectMap = new Map([\n{}])\n\nasync function handleRequest(request) {{\n  const requestURL = new URL(request.url)\n  \
         const path = requestURL.pathname\n  const location = redirectMap.get(path)\n  if (location) {{\n    \
         return Response.redirect(location, 301)\n  }}\n  return new Response('Unknown', {{ status: 404 }})\n}}\n",
        each(rows, "  ['{path}', '{to}'],")
    )
}

fn bundle(_: &[String], rows: &[Row]) -> String {
    format!(
        "// src/table.ts\nvar table = {{\n{}}};\n\n// src/look.ts\nfunction look(path) {{\n  return table[path] ?? null;\n}}\n\n\
         // src/index.ts\nvar src_default = {{\n  async fetch(request) {{\n    const {{ pathname }} = new URL(request.url);\n    \
         const to = look(pathname);\n    if (to === null) {{\n      return new Response(\"404\", {{ status: 404 }});\n    }}\n    \
         return Response.redirect(to, 308);\n  }}\n}};\nexport {{\n  src_default as default\n}};\n",
        each(rows, "  \"{path}\": \"{to}\",")
    )
}

fn nested(_: &[String], rows: &[Row]) -> String {
    let body = "    const rule = rules[url.pathname];\n    if (!rule) return new Response(null, { status: 404 });\n    \
                const { target, code } = rule;\n    return Response.redirect(target, code);";
    let rows = each(rows, "  '{path}': { target: '{to}', code: {status} },");
    format!("const rules = Object.freeze({{\n{rows}}});\n{}", handler(body))
}

fn pairs(_: &[String], rows: &[Row]) -> String {
    let body = "    for (const [from, to] of MOVED) {\n      if (url.pathname === from) return Response.redirect(to, 301);\n    }\n    \
                return new Response(\"nothing here\", { status: 404, headers: { \"X-Robots-Tag\": \"noindex\" } });";
    format!("const MOVED = [\n{}];\n{}", each(rows, "  [\"{path}\", \"{to}\"],"), handler(body))
}

fn find(_: &[String], rows: &[Row]) -> String {
    let body = "    const found = RULES.find((rule) => rule.from === url.pathname);\n    if (found) {\n      \
                return Response.redirect(found.to, 302);\n    }\n    return new Response(\"no\", { status: 404 });";
    format!("const RULES = [\n{}];\n{}", each(rows, "  { from: '{path}', to: '{to}' },"), handler(body))
}

fn entries(_: &[String], rows: &[Row]) -> String {
    let body = "    for (const [path, to] of Object.entries(MOVED)) {\n      if (path == url.pathname) {\n        \
                return Response.redirect(to, 307);\n      }\n    }\n    return new Response(\"x\", { status: 404 });";
    format!("let MOVED = {{\n{}}};\n{}", each(rows, "  '{path}': '{to}',"), handler(body))
}

fn has_and_get(_: &[String], rows: &[Row]) -> String {
    let body = "    const { pathname } = url;\n    if (MOVED.has(pathname)) {\n      return Response.redirect(MOVED.get(pathname), 301);\n    }\n    \
                return new Response(\"Not Found\", { status: 404, headers: { \"Cache-Control\": \"public, max-age=60\" } });";
    format!("const MOVED = new Map([\n{}]);\n{}", each(rows, "  [\"{path}\", \"{to}\"],"), handler(body))
}

fn own_property(_: &[String], rows: &[Row]) -> String {
    let body = "    const path = url.pathname;\n    if (MOVED.hasOwnProperty(path)) {\n      return Response.redirect(MOVED[path], 301);\n    } else {\n      \
                return new Response(null, { status: 404 });\n    }";
    format!("const MOVED = {{\n{}}};\n{}", each(rows, "  \"{path}\": \"{to}\","), handler(body))
}

fn contained(_: &[String], rows: &[Row]) -> String {
    let body = "    const path = url.pathname;\n    if (!(path in MOVED)) {\n      return new Response(\"<h1>100% gone</h1>\", \
                { status: 410, headers: { \"content-type\": \"text/html; charset=utf-8\" } });\n    }\n    return Response.redirect(MOVED[path], 302);";
    format!("const MOVED = {{\n{}}};\n{}", each(rows, "  \"{path}\": \"{to}\","), handler(body))
}

fn location(_: &[String], rows: &[Row]) -> String {
    let body = "    const to = MOVED[url.pathname];\n    if (to !== undefined) {\n      return new Response(null, { status: 308, headers: \
                { Location: to, \"Cache-Control\": \"max-age=3600\", \"X-Why\": \"moved, 100% sure\" } });\n    }\n    \
                return new Response(\"?\", { status: 404 });";
    format!("const MOVED = {{\n{}}};\n{}", each(rows, "  \"{path}\": \"{to}\","), handler(body))
}

fn prefixes(_: &[String], rows: &[Row]) -> String {
    let body = "    for (const { begin, to, status } of SECTIONS) {\n      if (url.pathname.startsWith(begin)) return Response.redirect(to, status);\n    }\n    \
                return new Response(\"no section\", { status: 404 });";
    let rows = each(rows, "  { begin: \"{path}\", to: \"{to}\", status: {status} },");
    format!("const SECTIONS = [\n{rows}];\n{}", handler(body))
}

fn tenants(hosts: &[String], rows: &[Row]) -> String {
    let mut tables = String::new();
    for (at, host) in hosts.iter().enumerate() {
        let own: Vec<Row> =
            rows.iter().enumerate().filter(|(n, _)| n % hosts.len() == at).map(|(_, row)| row.clone()).collect();
        let _ = write!(tables, "  \"{host}\": {{\n{}  }},\n", each(&own, "    \"{path}\": \"{to}\","));
    }
    let body = "    const table = TENANTS[url.hostname];\n    if (!table) return new Response(\"no such tenant\", { status: 421 });\n    \
                const to = table[url.pathname];\n    return to ? Response.redirect(to, 301) : new Response(\"no such page\", { status: 404 });";
    format!("const TENANTS = {{\n{tables}}};\n{}", handler(body))
}

fn methods(_: &[String], rows: &[Row]) -> String {
    let body = "    if (request.method !== \"GET\" && request.method !== \"HEAD\") {\n      return new Response(null, { status: 405, headers: { Allow: \"GET, HEAD\" } });\n    }\n    \
                const to = MOVED[url.pathname];\n    if (to) return Response.redirect(to, 301);\n    \
                url.protocol = \"https:\";\n    url.hostname = \"www.example.com\";\n    return Response.redirect(url.toString(), 302);";
    format!("const MOVED = {{\n{}}};\n{}", each(rows, "  \"{path}\": \"{to}\","), handler(body))
}

fn minified(_: &[String], rows: &[Row]) -> String {
    format!(
        "var t={{{}}};export default{{fetch:async e=>{{let n=t[new URL(e.url).pathname];return n?Response.redirect(n,301):new Response(\"gone\",{{status:410}})}}}};\n",
        each(rows, "\"{path}\":\"{to}\",").replace('\n', "")
    )
}

fn pages(_: &[String], rows: &[Row]) -> String {
    let body = "    const to = MOVED[url.pathname];\n    if (!to) return new Response(`nothing below ${BASE}`, { status: 404 });\n    \
                return new Response(`<a href=\"${to}\">${to}</a>`, { status: 301, headers: { Location: to, \"Content-Type\": \"text/html\" } });";
    let rows = each(rows, "  \"{path}\": `{to}`,").replace("`https://www.example.com", "`${BASE}");
    format!("const BASE = \"https://www.example.com\";\nconst MOVED = {{\n{rows}}};\n{}", handler(body))
}

//! The context of the image of a Worker: workerd, its configuration, and the modules of the script.
//!
//! The configuration is Cap'n Proto's text (workerd, `src/workerd/server/workerd.capnp`); every text in it is quoted by one
//! function, whatever it holds.

use super::block::{Block, block};
use super::shell::value;
use caravan_convert_lift::plconfig::{
    Component, ComponentType, PlConfig, WORKERD, Worker, WorkerBinding, WorkerModule, WorkerModuleKind, runs_worker,
};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the image is built on: a Node that fetches workerd, whose C library workerd runs by.
pub(super) const BASE: &str = "node:22-bookworm-slim";
/// Where modules lie in the context, beside the configuration.
pub(super) const MODULES: &str = "modules";
/// Where those of Workers lie that it calls, each in a folder of its own.
pub(super) const BESIDE: &str = "beside";
/// Where they lie in the image.
const FOLDER: &str = "/worker";

/// The module that calls `scheduled`, by its name in the configuration.
const CALLER: &str = "caravan-clock.js";

/// The app's Worker, where an image is built for it.
pub(super) fn built(config: &PlConfig) -> Option<&Worker> {
    let worker = config.worker.as_ref()?;
    config.components.values().any(|component| runs_worker(config, component)).then_some(worker)
}

/// What runs `scheduled` once, where a component does that: the names of files, and their lines.
pub(super) fn clock(config: &PlConfig, worker: &Worker) -> Vec<(&'static str, Vec<Block>)> {
    if running(config, ComponentType::Cron).is_none() {
        return Vec::new();
    }
    let main = worker.modules.first().map(|module| module.name.as_str()).unwrap_or_default();
    let caller = include_str!("clock.js").replace("MAIN", main);
    vec![
        ("clock.capnp", configuration(config, worker, true)),
        (
            "clock.js",
            vec![block(caller, ("caller", "calls what the main module exports by default"), &["/worker/modules"], &[])],
        ),
        (
            "clock.mjs",
            vec![block(
                include_str!("clock.mjs"),
                ("runner", "a run ends as what it called does"),
                &["/components"],
                &[],
            )],
        ),
    ]
}

/// The lines of its Dockerfile.
pub(super) fn dockerfile(config: &PlConfig) -> Vec<Block> {
    let port = port(config);
    let clock = running(config, ComponentType::Cron).map_or("", |_| " clock.capnp clock.js clock.mjs");
    let beside = match config.worker.as_ref().is_some_and(|worker| !worker.beside.is_empty()) {
        true => format!("COPY {BESIDE}/ {FOLDER}/{BESIDE}/\n"),
        false => String::new(),
    };
    let labels = format!(
        "LABEL org.opencontainers.image.title={}\nLABEL dev.caravan.team={}\n",
        value(&config.app),
        value(&config.team)
    );
    vec![
        block(
            "# The image of a Cloudflare Worker: its script untouched, under workerd. The pipeline gives BASE by its digest.\n",
            ("header", "a word for whoever opens the file"),
            &[],
            &[],
        ),
        block(
            format!(
                "ARG BASE={BASE}\n\nFROM ${{BASE}} AS workerd\nRUN npm install --prefix /fetched --ignore-scripts --no-audit --no-fund workerd@{WORKERD} \\\n    \
                 && cp /fetched/node_modules/@cloudflare/workerd-*/bin/workerd /workerd\n\nFROM ${{BASE}}\n"
            ),
            ("workerd", "the runtime at a fixed version, of a day that is not before the Worker's own"),
            &["/worker/compatibility_date"],
            &[],
        ),
        block(
            format!(
                "COPY --from=workerd /workerd /usr/local/bin/workerd\nCOPY config.capnp{clock} {FOLDER}/\nCOPY {MODULES}/ {FOLDER}/{MODULES}/\n{beside}"
            ),
            ("content", "the configuration, and the modules as they were read"),
            &["/worker/modules", "/worker/beside"],
            &[],
        ),
        block(labels, ("provenance", "what the image was made of"), &["/app", "/team"], &[]),
        block(
            format!(
                "USER 65532:65532\nEXPOSE {port}\nENTRYPOINT [\"/usr/local/bin/workerd\", \"serve\", \"{FOLDER}/config.capnp\"]\n"
            ),
            ("entry-point", "workerd serves what the configuration says"),
            &["/components"],
            &[],
        ),
    ]
}

/// A component of this kind that runs the Worker.
fn running(config: &PlConfig, kind: ComponentType) -> Option<&Component> {
    config.components.values().find(|component| component.kind == kind && runs_worker(config, component))
}

fn port(config: &PlConfig) -> u16 {
    running(config, ComponentType::Web).and_then(|one| one.port).unwrap_or(8080)
}

/// A router for what the script fetches: its own hosts are answered by the origin, all others by whoever has the name.
const OUTBOUND: &str = "export default { fetch(request, env) { const host = new URL(request.url).hostname; \
     const own = env.HOSTS.some((one) => one === host || one.startsWith(\\\"*\\\") && host.endsWith(one.slice(1))); \
     return (own ? env.ORIGIN : env.INTERNET).fetch(request); } };";

/// The lines of `config.capnp`, or of `clock.capnp`, which has no requests come in but that of the runner beside it.
pub(super) fn configuration(config: &PlConfig, worker: &Worker, by_clock: bool) -> Vec<Block> {
    let mut services = String::from("    (name = \"main\", worker = .worker),\n");
    services.push_str(
        "    (name = \"internet\", network = (allow = [\"public\"], tlsOptions = (trustBrowserCas = true))),\n",
    );
    for (at, name) in worker.beside.keys().enumerate() {
        let _ = writeln!(services, "    (name = {}, worker = .beside{at}),", quoted(&service(name)));
    }
    let mut outbound = String::new();
    if let Some((tls, host, port)) = worker.origin.as_ref().and_then(|origin| origin.parts()) {
        services.push_str("    (name = \"outbound\", worker = .outbound),\n");
        let address = quoted(&format!("{host}:{port}"));
        let spoken = match tls {
            true => format!(
                "https = (options = (style = host), certificateHost = {}, tlsOptions = (trustBrowserCas = true))",
                quoted(host)
            ),
            false => "http = (style = host)".to_owned(),
        };
        let _ = writeln!(services, "    (name = \"origin\", external = (address = {address}, {spoken})),");
        let hosts = worker
            .origin
            .as_ref()
            .map(|origin| serde_json::Value::from(origin.hosts.clone()).to_string())
            .unwrap_or_default();
        let _ = write!(
            outbound,
            "\nconst outbound :Workerd.Worker = (\n  modules = [(name = \"outbound.js\", esModule = \"{OUTBOUND}\")],\n  \
             compatibilityDate = \"2025-06-01\",\n  bindings = [\n    (name = \"HOSTS\", json = {}),\n    (name = \"ORIGIN\", service = \"origin\"),\n    \
             (name = \"INTERNET\", service = \"internet\"),\n  ],\n);\n",
            quoted(&hosts)
        );
    }
    let (socket, says) = match by_clock {
        true => (
            "  sockets = [(name = \"clock\", address = \"127.0.0.1:8081\", http = (style = host), service = \"main\")],\n);\n\n".to_owned(),
            "the runner asks it once, and nobody else can",
        ),
        false => (
            format!(
                "  sockets = [(name = \"http\", address = \"*:{}\", http = (style = host, forwardedProtoHeader = \"X-Forwarded-Proto\"), \
                 service = \"main\")],\n);\n\n",
                port(config)
            ),
            "requests come by the gateway, which says whether they came by TLS",
        ),
    };
    let mut blocks = vec![
        block(
            "# What workerd serves, and what the script finds.\nusing Workerd = import \"/workerd/workerd.capnp\";\n\n",
            ("header", "a word for whoever opens the file"),
            &[],
            &[],
        ),
        block(
            format!("const config :Workerd.Config = (\n  services = [\n{services}  ],\n"),
            ("services", "the Worker, those that it calls, the internet, and its origin where it has one"),
            &["/worker/origin", "/worker/beside"],
            &[],
        ),
        block(socket, ("socket", says), &["/components"], &[]),
        block("const worker :Workerd.Worker = (\n", ("worker", "the script, and what it finds"), &["/worker"], &[]),
        block(
            script(&worker.modules, MODULES, by_clock),
            ("modules", "the files of the script, the main one first"),
            &["/worker/modules"],
            &[],
        ),
        block(
            format!("  compatibilityDate = {},\n", quoted(&worker.compatibility_date)),
            ("date", "verbatim"),
            &["/worker/compatibility_date"],
            &[],
        ),
    ];
    if !worker.compatibility_flags.is_empty() {
        let text = flags(&worker.compatibility_flags);
        blocks.push(block(text, ("flags", "verbatim"), &["/worker/compatibility_flags"], &[]));
    }
    let found = bindings(&worker.bindings);
    blocks.push(block(found, ("bindings", "what the script finds by a name"), &["/worker/bindings"], &[]));
    let to = if worker.origin.is_some() { "outbound" } else { "internet" };
    let out = format!("  globalOutbound = \"{to}\",\n);\n{outbound}");
    blocks.push(block(out, ("outbound", "where its requests go"), &["/worker/origin"], &[]));
    for (at, (name, one)) in worker.beside.iter().enumerate() {
        let text = format!(
            "\nconst beside{at} :Workerd.Worker = (\n{}  compatibilityDate = {},\n{}{}  globalOutbound = \"{to}\",\n);\n",
            script(&one.modules, &format!("{BESIDE}/{name}"), false),
            quoted(&one.compatibility_date),
            if one.compatibility_flags.is_empty() { String::new() } else { flags(&one.compatibility_flags) },
            bindings(&one.bindings),
        );
        blocks.push(block(text, ("beside", "a Worker that is called"), &["/worker/beside"], &[]));
    }
    blocks
}

/// The service of a Worker that is called: no name of another service begins so.
fn service(name: &str) -> String {
    format!("beside:{name}")
}

fn flags(flags: &[String]) -> String {
    let flags: Vec<String> = flags.iter().map(|flag| quoted(flag)).collect();
    format!("  compatibilityFlags = [{}],\n", flags.join(", "))
}

fn script(modules: &[WorkerModule], folder: &str, by_clock: bool) -> String {
    let embed = |name: &str| format!("embed {}", quoted(&format!("{folder}/{name}")));
    if let [only] = modules
        && only.kind == WorkerModuleKind::ServiceWorker
    {
        return format!("  serviceWorkerScript = {},\n", embed(&only.name));
    }
    let mut out = String::from("  modules = [\n");
    if by_clock {
        let _ = writeln!(out, "    (name = \"{CALLER}\", esModule = embed \"clock.js\"),");
    }
    for module in modules {
        let kind = match module.kind {
            WorkerModuleKind::Esm | WorkerModuleKind::ServiceWorker => "esModule",
            WorkerModuleKind::Text => "text",
            WorkerModuleKind::Json => "json",
            WorkerModuleKind::Data => "data",
            WorkerModuleKind::Wasm => "wasm",
        };
        let content = match module.kind.is_bytes() {
            true => format!("import {}.bytes", quoted(&format!("{folder}/{}", file_name(module)))),
            false => embed(&module.name),
        };
        let _ = writeln!(out, "    (name = {}, {kind} = {content}),", quoted(&module.name));
    }
    out + "  ],\n"
}

/// How the file of a module is called in the context: bytes are written as a constant of Cap'n Proto.
pub(super) fn file_name(module: &WorkerModule) -> String {
    if module.kind.is_bytes() { format!("{}.capnp", module.name) } else { module.name.clone() }
}

/// What stands in that file; of bytes come their hexadecimal digits.
pub(super) fn file_content(module: &WorkerModule, text: &str) -> String {
    if module.kind.is_bytes() { format!("const bytes :Data = 0x\"{text}\";\n") } else { text.to_owned() }
}

fn bindings(bindings: &BTreeMap<String, WorkerBinding>) -> String {
    let mut out = String::from("  bindings = [\n");
    for (name, binding) in bindings {
        let what = match (&binding.variable, &binding.service, &binding.json) {
            (Some(variable), ..) => format!("fromEnvironment = {}", quoted(variable)),
            (None, Some(called), _) => {
                let called = if called == "main" { called.clone() } else { service(called) };
                match &binding.entrypoint {
                    Some(entrypoint) => {
                        format!("service = (name = {}, entrypoint = {})", quoted(&called), quoted(entrypoint))
                    }
                    None => format!("service = {}", quoted(&called)),
                }
            }
            (None, None, json) => format!("json = {}", quoted(json.as_deref().unwrap_or("null"))),
        };
        let _ = writeln!(out, "    (name = {}, {what}),", quoted(name));
    }
    out + "  ],\n"
}

/// A text of Cap'n Proto: what is no printable sign of ASCII is written by its bytes.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            0x20..0x7f => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "\\x{other:02x}");
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_in_a_text_ends_it() {
        assert_eq!(quoted("a\"b\\c\nd\u{e4}"), r#""a\"b\\c\x0ad\xc3\xa4""#);
    }
}

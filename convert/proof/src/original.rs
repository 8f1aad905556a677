//! A Worker as miniflare runs it: from its configuration and its script as discovery read them, and from nothing that was made of it.

use crate::invented::Invented;
use crate::requests::Request;
use crate::route_patterns::{self, RoutePattern};
use caravan_convert_lift::plconfig::{Worker, WorkerBinding};
use caravan_inventory::Redacted;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Under this name a script reads a secret that stood in it, followed by its number.
const SECRET: &str = "CARAVAN_SECRET_";

/// What there is nothing to run of.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OriginalError {
    /// The inventory has no script.
    #[error("its script was not read; read its repository again: caravan discover --files DIR")]
    Script,
    /// The configuration lacks this field.
    #[error("its configuration has no `{0}`")]
    Missing(&'static str),
    /// A Worker that it calls was not read.
    #[error("it calls the Worker `{0}`, which was not read; read its repository, too: caravan discover --files DIR")]
    Called(String),
}

/// The original, ready to run.
#[derive(Clone, Debug)]
pub struct Original {
    /// Miniflare's options.
    pub options: Value,
    /// The hosts that are its own, and those of the Workers that it calls.
    pub hosts: Vec<String>,
    /// When its `scheduled` is called.
    pub crons: Vec<String>,
    /// Where requests come to it.
    pub(crate) patterns: Vec<RoutePattern>,
    /// The texts of its scripts, values filled in.
    pub(crate) scripts: Vec<String>,
    /// The texts of its variables.
    pub(crate) variables: Vec<String>,
}

impl Original {
    /// Whether Cloudflare gives it a request. Of a host that none of its routes names nothing is known: it is asked.
    pub(crate) fn takes(&self, request: &Request) -> bool {
        let (host, (path, _)) = (request.bare_host(), request.path_and_query());
        let mut own = self.patterns.iter().filter(|pattern| pattern.is_of(&host)).peekable();
        own.peek().is_none() || own.any(|pattern| pattern.takes(path))
    }
}

/// The original of a Worker. `bodies` are its configurations as they were observed, its own first; `converted` is what it became, where it
/// runs in workerd: secrets that only Cloudflare has are known by that alone.
///
/// # Errors
/// When there is nothing to run.
pub(crate) fn original(
    bodies: &[&Value],
    converted: Option<&Worker>,
    invented: &mut Invented,
) -> Result<Original, OriginalError> {
    let all = reached(bodies)?;
    let mut out = Original {
        options: Value::Null,
        hosts: Vec::new(),
        crons: texts(all[0], "/triggers/crons"),
        patterns: route_patterns::of(all[0]),
        scripts: Vec::new(),
        variables: Vec::new(),
    };
    let mut workers = Vec::new();
    for (at, body) in all.iter().enumerate() {
        let name = text(body, "name").ok_or(OriginalError::Missing("name"))?;
        out.hosts.extend(route_patterns::of(body).into_iter().map(|pattern| pattern.host));
        let bindings = match (at, converted) {
            (0, Some(worker)) => Some(&worker.bindings),
            (_, Some(worker)) => worker.beside.get(name).map(|one| &one.bindings),
            (_, None) => None,
        };
        workers.push(one(body, name, bindings, invented, &mut out)?);
    }
    out.hosts.sort();
    out.hosts.dedup();
    out.options = json!({ "workers": workers });
    Ok(out)
}

/// The configuration, and those of the Workers that are called, each once, in the order in which they are met.
pub(crate) fn reached<'b>(bodies: &[&'b Value]) -> Result<Vec<&'b Value>, OriginalError> {
    let own = *bodies.first().ok_or(OriginalError::Script)?;
    let mut all = vec![own];
    let mut at = 0;
    while let Some(body) = all.get(at).copied() {
        at += 1;
        for called in services(body) {
            if all.iter().any(|known| text(known, "name") == Some(called.worker.as_str())) {
                continue;
            }
            let found = bodies.iter().find(|body| text(body, "name") == Some(called.worker.as_str()));
            all.push(*found.ok_or(OriginalError::Called(called.worker))?);
        }
    }
    Ok(all)
}

/// The marks of secrets in the scripts, in the order in which they stand, each once.
pub(crate) fn marks(bodies: &[&Value]) -> Vec<Redacted> {
    let mut out: Vec<Redacted> = Vec::new();
    for module in bodies.iter().flat_map(|body| modules(body)) {
        for span in Redacted::find(text(module, "content").unwrap_or_default()) {
            if !out.contains(&span.mark) {
                out.push(span.mark);
            }
        }
    }
    out
}

/// The value of a variable of a Worker that its configuration does not have in the clear.
pub(crate) fn secret(body: &Value, name: &str, marks: &[Redacted], invented: &mut Invented) -> String {
    if let Some(text) = body.pointer("/vars").and_then(|vars| vars.get(name)).and_then(Value::as_str) {
        return invented.fill(text);
    }
    let number = name.strip_prefix(SECRET).and_then(|number| number.parse::<usize>().ok());
    if let Some(mark) = number.and_then(|number| marks.get(number.checked_sub(1)?)) {
        return invented.of_mark(*mark);
    }
    invented.of_name(&format!("{}/{name}", text(body, "name").unwrap_or_default()))
}

fn one(
    body: &Value,
    name: &str,
    bindings: Option<&BTreeMap<String, WorkerBinding>>,
    invented: &mut Invented,
    out: &mut Original,
) -> Result<Value, OriginalError> {
    let date = text(body, "compatibility_date").ok_or(OriginalError::Missing("compatibility_date"))?;
    let root = format!("/worker/{name}");
    let mut worker = json!({
        "name": name, "rootPath": root, "modulesRoot": root, "compatibilityDate": date,
        "compatibilityFlags": texts(body, "/compatibility_flags"),
    });
    let mut found = Map::new();
    for (variable, value) in body.pointer("/vars").and_then(Value::as_object).into_iter().flatten() {
        found.insert(variable.clone(), filled(value, invented));
    }
    // What only Cloudflare has: the configuration wants it, or the script reads it and somebody said that it is there.
    let wanted = texts(body, "/secrets/required");
    let read = bindings.into_iter().flatten().filter(|(_, binding)| binding.variable.is_some()).map(|(name, _)| name);
    for variable in wanted.iter().chain(read).filter(|name| !name.starts_with(SECRET)) {
        if !found.contains_key(variable) {
            found.insert(variable.clone(), Value::from(secret(body, variable, &[], invented)));
        }
    }
    out.variables.extend(found.values().filter_map(Value::as_str).map(str::to_owned));
    worker["bindings"] = Value::Object(found);
    let mut called = Map::new();
    for service in services(body) {
        let target = match service.entrypoint {
            Some(entrypoint) => json!({"name": service.worker, "entrypoint": entrypoint}),
            None => json!(service.worker),
        };
        called.insert(service.binding, target);
    }
    if !called.is_empty() {
        worker["serviceBindings"] = Value::Object(called);
    }
    let mut parts = Vec::new();
    for module in modules(body) {
        let (path, kind) = text(module, "name").zip(text(module, "type")).ok_or(OriginalError::Script)?;
        let content = invented.fill(text(module, "content").ok_or(OriginalError::Script)?);
        match kind {
            "service-worker" => worker["script"] = Value::from(content.as_str()),
            "esm" => parts.push(json!({"type": "ESModule", "path": path, "contents": content})),
            "text" => parts.push(json!({"type": "Text", "path": path, "contents": content})),
            // Miniflare has no modules of this kind; a build makes the same of them.
            "json" => {
                let contents = format!("export default {content};");
                parts.push(json!({"type": "ESModule", "path": path, "contents": contents}));
            }
            "wasm" => parts.push(json!({"type": "CompiledWasm", "path": path, "hex": content})),
            _ => parts.push(json!({"type": "Data", "path": path, "hex": content})),
        }
        if matches!(kind, "service-worker" | "esm") {
            out.scripts.push(content);
        }
    }
    if !parts.is_empty() {
        worker["modules"] = Value::Array(parts);
    } else if worker.get("script").is_none() {
        return Err(OriginalError::Script);
    }
    Ok(worker)
}

struct Service {
    binding: String,
    worker: String,
    entrypoint: Option<String>,
}

fn services(body: &Value) -> Vec<Service> {
    let one = |object: &Value| {
        let (binding, service) = (text(object, "binding")?.to_owned(), text(object, "service")?);
        let worker = match text(object, "environment").filter(|environment| !environment.is_empty()) {
            Some(environment) => format!("{service}-{environment}"),
            None => service.to_owned(),
        };
        Some(Service { binding, worker, entrypoint: text(object, "entrypoint").map(str::to_owned) })
    };
    body.get("services").and_then(Value::as_array).into_iter().flatten().filter_map(one).collect()
}

fn modules(body: &Value) -> impl Iterator<Item = &Value> {
    body.get("modules").and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field).and_then(Value::as_str)
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let list = value.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A value with invented ones in place of marks.
fn filled(value: &Value, invented: &mut Invented) -> Value {
    match value {
        Value::String(text) => Value::from(invented.fill(text)),
        Value::Array(all) => all.iter().map(|one| filled(one, invented)).collect(),
        Value::Object(all) => all.iter().map(|(name, one)| (name.clone(), filled(one, invented))).collect(),
        other => other.clone(),
    }
}

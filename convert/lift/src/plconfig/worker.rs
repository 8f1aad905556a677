//! `worker`: a Cloudflare Worker that workerd runs in a container.

use super::checked::{Checked, ensure};
use super::component::{Component, ComponentType};
use super::file::PlConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version of workerd that images carry, as its package of npm is called.
pub const WORKERD: &str = "1.20260426.1";
/// The last day whose behaviour that workerd knows.
pub const WORKERD_DAY: &str = "2026-04-26";
/// What calls a Worker's `scheduled` once, in its image: `node` runs it, with the trigger as Cloudflare writes it behind it.
pub const WORKER_CLOCK: &str = "/worker/clock.mjs";

/// A Cloudflare Worker. The image of the component that runs it is built from a context that is emitted beside the manifests:
/// workerd, a configuration made of this, and the modules.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// The day whose behaviour of the runtime it was written for: `2025-06-01`.
    pub compatibility_date: String,
    /// Behaviour that it has beside that of its day, or has not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compatibility_flags: Vec<String>,
    /// The files of its script, the main one first.
    pub modules: Vec<WorkerModule>,
    /// What its script finds by a name in its environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bindings: BTreeMap<String, WorkerBinding>,
    /// Where its requests to its own hosts go; none is to whoever has the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<WorkerOrigin>,
    /// Other Workers that it calls, which run beside it in the same process.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beside: BTreeMap<String, WorkerBeside>,
}

/// A Worker that another one calls.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerBeside {
    /// The day whose behaviour of the runtime it was written for: `2025-06-01`.
    pub compatibility_date: String,
    /// Behaviour that it has beside that of its day, or has not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compatibility_flags: Vec<String>,
    /// The files of its script, the main one first.
    pub modules: Vec<WorkerModule>,
    /// What its script finds by a name in its environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bindings: BTreeMap<String, WorkerBinding>,
}

/// One file of a script. Its text is no part of this file: it comes from the inventory, and lies in the context.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerModule {
    /// How other modules import it.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: WorkerModuleKind,
    /// The SHA-256 of its text or of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// What a file of a script is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerModuleKind {
    /// A module of ECMAScript.
    Esm,
    /// A script of the older form, which listens to events.
    ServiceWorker,
    /// A text.
    Text,
    /// A JSON document.
    Json,
    /// Bytes.
    Data,
    /// WebAssembly.
    Wasm,
}

impl WorkerModuleKind {
    /// Whether it is bytes and no text.
    #[must_use]
    pub const fn is_bytes(self) -> bool {
        matches!(self, Self::Data | Self::Wasm)
    }
}

/// What a script finds by a name: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerBinding {
    /// A text: the variable of this name, of `env` or `secrets`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// A JSON document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<String>,
    /// Another Worker, of `beside`; `main` is the app's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Which of that Worker's exports is called, where it is not the one by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<String>,
}

/// Where requests to the Worker's own hosts go.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerOrigin {
    /// Its own hosts.
    pub hosts: Vec<String>,
    /// The origin: `https://origin.example.com`, with a port where it is another than that of the scheme.
    pub address: String,
}

impl WorkerOrigin {
    /// Whether it is asked by HTTPS, its host, and its port; none where the address is none.
    #[must_use]
    pub fn parts(&self) -> Option<(bool, &str, u16)> {
        let (tls, rest) = match self.address.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, self.address.strip_prefix("http://")?),
        };
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)?),
            None => (rest, if tls { 443 } else { 80 }),
        };
        let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        plain.then_some((tls, host, port))
    }
}

/// Whether a component runs the app's Worker: `web` its `fetch`, `cron` its `scheduled`.
#[must_use]
pub fn runs_worker(config: &PlConfig, component: &Component) -> bool {
    config.worker.is_some()
        && config.image.is_none()
        && component.image.is_none()
        && matches!(component.kind, ComponentType::Web | ComponentType::Cron)
}

/// What holds of it.
pub(super) fn app(config: &PlConfig) -> Checked {
    let Some(worker) = &config.worker else { return Ok(()) };
    let used = config.components.values().any(|component| runs_worker(config, component));
    ensure(used, "worker", "has no effect: no web or cron component is without an image")?;
    ensure(config.function.is_none(), "worker", "stands beside a `function`, and an app has one of both")?;
    let parts = worker.beside.iter().map(|(name, one)| {
        let at = format!("worker.beside.{name}");
        Part {
            at,
            compatibility_date: &one.compatibility_date,
            compatibility_flags: &one.compatibility_flags,
            modules: &one.modules,
            bindings: &one.bindings,
        }
    });
    let own = Part {
        at: "worker".to_owned(),
        compatibility_date: &worker.compatibility_date,
        compatibility_flags: &worker.compatibility_flags,
        modules: &worker.modules,
        bindings: &worker.bindings,
    };
    for part in std::iter::once(own).chain(parts) {
        part.checked(config, worker)?;
    }
    for name in worker.beside.keys() {
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        ensure(plain && name != MAIN, &format!("worker.beside.{name}"), "is no name of another Worker")?;
        let is_called = std::iter::once(&worker.bindings)
            .chain(worker.beside.values().map(|one| &one.bindings))
            .flat_map(BTreeMap::values)
            .any(|binding| binding.service.as_ref() == Some(name));
        ensure(is_called, &format!("worker.beside.{name}"), "has no effect: no binding calls it")?;
    }
    let Some(origin) = &worker.origin else { return Ok(()) };
    ensure(!origin.hosts.is_empty(), "worker.origin.hosts", "are missing")?;
    ensure(origin.parts().is_some(), "worker.origin.address", "is no address such as https://origin.example.com")
}

/// How bindings call the app's own Worker.
const MAIN: &str = "main";

/// What holds of every script.
struct Part<'p> {
    at: String,
    compatibility_date: &'p str,
    compatibility_flags: &'p [String],
    modules: &'p [WorkerModule],
    bindings: &'p BTreeMap<String, WorkerBinding>,
}

impl Part<'_> {
    fn checked(&self, config: &PlConfig, whole: &Worker) -> Checked {
        let at = |field: &str| format!("{}.{field}", self.at);
        let date: Vec<&str> = self.compatibility_date.split('-').collect();
        let digits = |part: &&str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        let is_date = matches!(date.as_slice(), [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2));
        ensure(is_date, &at("compatibility_date"), "is no day such as 2025-06-01")?;
        ensure(
            self.compatibility_date <= WORKERD_DAY,
            &at("compatibility_date"),
            &format!("is after {WORKERD_DAY}, the last day that workerd {WORKERD} knows"),
        )?;
        let plain = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        ensure(self.compatibility_flags.iter().all(plain), &at("compatibility_flags"), "have one that is none")?;
        ensure(!self.modules.is_empty(), &at("modules"), "are missing")?;
        let mut names = BTreeSet::new();
        for module in self.modules {
            let at = at("modules");
            let legal = |b: u8| b.is_ascii_alphanumeric() || b"._-/@+~".contains(&b);
            let steps = module.name.split('/').all(|step| !matches!(step, "" | "." | ".."));
            ensure(steps && module.name.bytes().all(legal), &at, &format!("`{}` is no name of a module", module.name))?;
            ensure(names.insert(&module.name), &at, &format!("`{}` stands there twice", module.name))?;
            let hash =
                module.sha256.len() == 64 && module.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            ensure(hash, &at, "have a SHA-256 that is none in small hexadecimal digits")?;
            let alone = module.kind != WorkerModuleKind::ServiceWorker || self.modules.len() == 1;
            ensure(alone, &at, "have a script of the older form, which has no other modules")?;
        }
        self.bindings.iter().try_for_each(|(name, binding)| self.binding(name, binding, config, whole))
    }

    fn binding(&self, name: &str, binding: &WorkerBinding, config: &PlConfig, whole: &Worker) -> Checked {
        let at = format!("{}.bindings.{name}", self.at);
        let legal = |b: u8| b.is_ascii_alphanumeric() || b"_$".contains(&b);
        ensure(!name.is_empty() && name.bytes().all(legal), &at, "is no name in a script")?;
        let WorkerBinding { variable, json, service, entrypoint } = binding;
        let kinds = [variable.is_some(), json.is_some(), service.is_some()];
        let one = kinds.into_iter().filter(|there| *there).count() == 1;
        ensure(one, &at, "is exactly one of `variable`, `json` and `service`")?;
        let is_json = json.as_ref().is_none_or(|json| serde_json::from_str::<serde_json::Value>(json).is_ok());
        ensure(is_json, &at, "is no JSON")?;
        let there = |variable: &String| config.env.contains_key(variable) || config.secrets.contains_key(variable);
        ensure(variable.as_ref().is_none_or(there), &at, "names a variable that is neither in `env` nor in `secrets`")?;
        let known = |service: &String| service == MAIN || whole.beside.contains_key(service);
        ensure(service.as_ref().is_none_or(known), &at, "calls a Worker that is not in `beside`")?;
        ensure(entrypoint.is_none() || service.is_some(), &at, "has an `entrypoint`, and calls no Worker")
    }
}

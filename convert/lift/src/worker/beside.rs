//! Service bindings: Workers that this one calls run beside it, in the same workerd, so that calls by RPC stay calls.
//!
//! Each of them is an app of its own as well, which answers for its hosts, its cron triggers and the rest of its configuration.

use super::module::{self, Modules};
use super::uses::Uses;
use super::{Plan, bindings, uses};
use crate::field::{Field, Object};
use crate::plconfig::{WORKERD_DAY, WorkerBinding};
use crate::tracker::{FieldTracker, push_step};
use caravan_inventory::ObservationKind;
use std::collections::BTreeMap;

/// The service of workerd that is the app's own Worker.
const SELF: &str = "main";

/// A Worker that is called.
pub(super) struct Called<'a> {
    pub(super) name: &'a str,
    pub(super) config: Object<'a>,
    pub(super) modules: Modules<'a>,
    pub(super) uses: Uses,
    /// What it finds by a name, of other Workers.
    pub(super) bindings: BTreeMap<String, WorkerBinding>,
}

/// The Workers that run beside the app's own, and what its own script finds of them.
#[derive(Default)]
pub(super) struct Beside<'a> {
    pub(super) called: Vec<Called<'a>>,
    pub(super) bindings: BTreeMap<String, WorkerBinding>,
}

/// Configurations that are here for the sake of service bindings: the first is the Worker's own.
fn others<'a>(tracker: &FieldTracker<'a>) -> impl Iterator<Item = Object<'a>> + use<'a> {
    let seen = tracker.source.observations.iter().filter(|one| one.kind == ObservationKind::WranglerConfig).skip(1);
    seen.filter_map(|one| Object::of(&one.body))
}

/// What nobody looks at here is looked at where each of them is an app.
pub(super) fn set_aside(tracker: &mut FieldTracker<'_>) {
    for config in others(tracker).collect::<Vec<_>>() {
        config.drop_whole(tracker, "app-of-its-own");
    }
}

/// Reads them, from binding to binding; what can't run here is blocked where it is bound.
pub(super) fn read<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'a>) -> Beside<'a> {
    let own = plan.config.peek("name").unwrap_or_default();
    let mut beside = Beside::default();
    beside.bindings = services(tracker, own, plan.config, &mut beside.called);
    let mut at = 0;
    while let Some(config) = beside.called.get(at).map(|called| called.config) {
        let bindings = services(tracker, own, config, &mut beside.called);
        if let Some(called) = beside.called.get_mut(at) {
            called.bindings = bindings;
        }
        at += 1;
    }
    beside
}

/// The service bindings of one configuration.
fn services<'a>(
    tracker: &mut FieldTracker<'a>,
    own: &str,
    config: Object<'a>,
    called: &mut Vec<Called<'a>>,
) -> BTreeMap<String, WorkerBinding> {
    let mut found = BTreeMap::new();
    for object in config.objects("services") {
        let (Some(binding), Some(service)) = (object.peek("binding"), object.peek("service")) else { continue };
        let name = match object.peek("environment").filter(|environment| !environment.is_empty()) {
            Some(environment) => format!("{service}-{environment}"),
            None => service.to_owned(),
        };
        let key = if name == own { Ok(SELF.to_owned()) } else { beside(tracker, &name, called) };
        let key = match key {
            Ok(key) => key,
            Err(reason) => {
                object.drop_whole(tracker, "refused");
                if let Some(field) = object.field("service") {
                    field.blocked(tracker, reason);
                }
                continue;
            }
        };
        let mut target = "/worker/bindings".to_owned();
        push_step(&mut target, binding);
        for field in
            ["binding", "service", "environment", "entrypoint"].into_iter().filter_map(|name| object.field(name))
        {
            field.exact(tracker, target.clone());
        }
        if let Some(field) = object.field("props") {
            field.blocked(
                tracker,
                "it gives the Worker that it calls something of its own (`props`), which is not read yet",
            );
        }
        object.drop_all(tracker, &["remote", "experimental_remote"], "build-only");
        let entrypoint = object.peek("entrypoint").map(str::to_owned);
        found.insert(binding.to_owned(), WorkerBinding { service: Some(key), entrypoint, ..WorkerBinding::default() });
    }
    found
}

/// The key of a Worker that is called; why it can't run here otherwise.
fn beside<'a>(tracker: &FieldTracker<'a>, name: &str, called: &mut Vec<Called<'a>>) -> Result<String, String> {
    let shown = crate::marks::without_marks(name);
    let mut named = others(tracker).filter(|config| config.peek("name") == Some(name));
    let Some(config) = named.next() else {
        return Err(format!(
            "it calls the Worker `{shown}` by a service binding, whose script was not read: read its repository, too (`caravan discover \
             --files DIR…`), or call it by HTTP"
        ));
    };
    if named.next().is_some() {
        return Err(format!(
            "it calls the Worker `{shown}` by a service binding, and several are called so: read the one that is meant"
        ));
    }
    let name = config.peek("name").unwrap_or_default();
    if !called.iter().any(|one| one.name == name) {
        let (modules, uses) = fits(config).map_err(|why| {
            format!("it calls the Worker `{shown}` by a service binding, and that one stays on Cloudflare: {why}")
        })?;
        called.push(Called { name, config, modules, uses, bindings: BTreeMap::new() });
    }
    Ok(key(name))
}

/// Whether a binding calls the app's own Worker.
pub(super) fn is_own(binding: &WorkerBinding) -> bool {
    binding.service.as_deref() == Some(SELF)
}

/// How it is called in the plconfig: never as the app's own is.
pub(super) fn key(name: &str) -> String {
    if name == SELF { format!("{SELF}-called") } else { name.to_owned() }
}

/// Its script, where workerd runs it; why it stays otherwise.
fn fits(config: Object<'_>) -> Result<(Modules<'_>, Uses), String> {
    let label = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !config.peek("name").is_some_and(label) {
        return Err("its name has other letters than names of Workers have".to_owned());
    }
    if let Some(error) = config.peek("script_error") {
        return Err(format!("its script is not whole: {}", crate::marks::without_marks(error)));
    }
    let modules = module::all(config).ok_or("its script could not be read")?;
    if let Some(reason) = bindings::reason(config) {
        return Err(reason.to_owned());
    }
    if config.field("define").or(config.field("alias")).is_some() || config.peek_bool("node_compat") == Some(true) {
        return Err("its build writes something into its script: read what the build makes".to_owned());
    }
    match config.peek("compatibility_date") {
        None => return Err("its configuration has no `compatibility_date`".to_owned()),
        Some(date) if date > WORKERD_DAY => {
            return Err(format!("it is written for {date}, a day that workerd does not know yet"));
        }
        Some(_) => {}
    }
    let uses = Uses::of(&modules.0);
    match uses::without_substitute(&uses).into_iter().next() {
        Some(reason) => Err(reason),
        None => Ok((modules, uses)),
    }
}

/// Its fields that say how it runs.
pub(super) fn account<'a>(tracker: &mut FieldTracker<'a>, called: &Called<'a>) {
    let mut target = "/worker/beside".to_owned();
    push_step(&mut target, &key(called.name));
    for name in ["name", "compatibility_date"] {
        if let Some(field) = called.config.field(name) {
            field.exact(tracker, target.clone());
        }
    }
    for flag in called.config.list("compatibility_flags") {
        Field(flag).exact(tracker, format!("{target}/compatibility_flags"));
    }
}

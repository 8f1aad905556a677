//! Workers of files: configurations of wrangler.

use super::Linker;
use super::found::Found;
use super::owner::New;
use super::view::View;
use super::workers::RESOURCES;
use caravan_inventory::{Confidence, EdgeKind, ObservationKind, WorkloadId, WorkloadKind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Linker<'_> {
    /// One workload for each environment of each configuration.
    pub(super) fn wrangler(&mut self, found: &Found) {
        let configs = found.workers.iter().filter(|one| one.kind == ObservationKind::WranglerConfig);
        for view in configs.map(View::of) {
            let environment = view.text("/environment");
            let stem = view.stem().unwrap_or_default();
            let place = environment.map_or_else(|| stem.to_owned(), |environment| format!("{stem}/{environment}"));
            let name = view.text("/name").map_or_else(|| place.replace('/', "-"), str::to_owned);
            let id = self.add(New {
                id: WorkloadId::of_file(WorkloadKind::Worker, &place),
                kind: WorkloadKind::Worker,
                name,
                deciding: view,
                definition: None,
                cluster: None,
                parts: BTreeSet::new(),
            });
            for (host, path) in hosts(&view) {
                let target = (id.clone(), view.observation.id.clone());
                self.hosts.workers.insert((host.to_ascii_lowercase(), path), target);
            }
            self.bindings_of_config(&id, &view);
        }
    }

    /// Workers that another one calls by service bindings are parts of that one, too: they run beside it. Configurations call each
    /// other by the Workers' names, whichever file they stand in.
    pub(super) fn called_workers<'f>(&mut self, all: impl Iterator<Item = &'f Found>) {
        let configs: Vec<View<'f>> = all
            .flat_map(|found| &found.workers)
            .filter(|one| one.kind == ObservationKind::WranglerConfig)
            .map(View::of)
            .collect();
        if !configs.iter().any(|view| !view.list("/services").is_empty()) {
            return;
        }
        let by_observation: BTreeMap<&str, usize> =
            configs.iter().enumerate().map(|(at, view)| (view.observation.id.as_str(), at)).collect();
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, name) in configs.iter().enumerate().filter_map(|(at, view)| Some((at, view.text("/name")?))) {
            by_name.entry(name).or_default().push(at);
        }
        for workload in self.workloads.values_mut().filter(|one| one.kind == WorkloadKind::Worker) {
            let Some(own) = workload.parts.first().and_then(|first| by_observation.get(first.as_str())) else {
                continue;
            };
            let mut reached = vec![*own];
            let mut next = 0;
            while let Some(view) = reached.get(next).and_then(|at| configs.get(*at)) {
                next += 1;
                for name in view.list("/services").iter().filter_map(called_name) {
                    let called = by_name.get(name.as_str()).into_iter().flatten();
                    let new: Vec<usize> = called.copied().filter(|at| !reached.contains(at)).collect();
                    reached.extend(new);
                }
            }
            let mut others: Vec<_> = reached
                .iter()
                .skip(1)
                .filter_map(|at| configs.get(*at))
                .map(|view| view.observation.id.clone())
                .collect();
            others.retain(|id| !workload.parts.contains(id));
            others.sort();
            workload.parts.extend(others);
        }
    }

    fn bindings_of_config(&mut self, id: &str, view: &View<'_>) {
        for (at, service) in view.list("/services").iter().enumerate() {
            if let Some(script) = service.get("service").and_then(Value::as_str) {
                let pointer = format!("/services/{at}/service");
                let to = format!("worker:{script}");
                self.edges.insert(view.edge(id, &to, EdgeKind::Calls, Confidence::Stated, &pointer));
            }
        }
        for (list, field, resource) in LISTS {
            let (_, scheme, kind) = RESOURCES[*resource];
            for (at, binding) in view.list(list).iter().enumerate() {
                if let Some(name) = binding.get(*field).and_then(Value::as_str) {
                    let to = format!("{scheme}:{name}");
                    self.edges.insert(view.edge(id, &to, kind, Confidence::Stated, &format!("{list}/{at}/{field}")));
                }
            }
        }
        for (name, value) in view.element.get("vars").and_then(Value::as_object).into_iter().flatten() {
            if let Some(text) = value.as_str() {
                self.needs_of_text(id, view, name, text, &format!("/vars{}", super::step(name)));
            }
        }
    }
}

/// The Worker that a service binding calls.
fn called_name(service: &Value) -> Option<String> {
    let name = service.get("service").and_then(Value::as_str)?;
    match service.get("environment").and_then(Value::as_str).filter(|environment| !environment.is_empty()) {
        Some(environment) => Some(format!("{name}-{environment}")),
        None => Some(name.to_owned()),
    }
}

/// Lists of bindings, the field that names what is bound, and what kind of resource that is, by its place in `RESOURCES`.
const LISTS: &[(&str, &str, usize)] = &[
    ("/queues/producers", "queue", 0),
    ("/queues/consumers", "queue", 0),
    ("/r2_buckets", "bucket_name", 1),
    ("/kv_namespaces", "id", 2),
    ("/d1_databases", "database_id", 3),
];

/// The hosts and path patterns that lead to it.
fn hosts(view: &View<'_>) -> Vec<(String, String)> {
    let route = view.element.get("route");
    let all = route.into_iter().chain(view.list("/routes"));
    all.filter_map(|route| {
        let pattern = route.as_str().or_else(|| route.get("pattern")?.as_str())?;
        let pattern = pattern.split_once("://").map_or(pattern, |(_, rest)| rest);
        let custom = route.get("custom_domain").and_then(Value::as_bool) == Some(true);
        let (host, path) = pattern.split_once('/').unwrap_or((pattern, if custom { "*" } else { "" }));
        Some((host.to_owned(), format!("/{path}")))
    })
    .collect()
}

//! Workers.

use super::Linker;
use super::found::Found;
use super::owner::{New, id_beside};
use super::view::View;
use caravan_inventory::{Confidence, EdgeKind, ObservationKind as Kind, WorkloadKind};
use serde_json::Value;

impl Linker<'_> {
    /// One workload for each Cloudflare Worker.
    pub(super) fn workers(&mut self, found: &Found) {
        let named = |view: &View<'_>, script: &str| view.observation.name == script || view.text("/id") == Some(script);
        let live = found.workers.iter().filter(|one| one.kind == Kind::CloudflareWorker);
        for view in live.map(View::of) {
            let name = &view.observation.name;
            let id = self.add(New {
                id: id_beside(&view, WorkloadKind::Worker, name),
                kind: WorkloadKind::Worker,
                name: name.clone(),
                deciding: view,
                definition: None,
                cluster: None,
                parts: of_worker(found, name).map(|view| view.observation.id.clone()).collect(),
            });
            for part in of_worker(found, name) {
                let (kind, pointer) = match part.observation.kind {
                    Kind::WorkerRoute => (EdgeKind::Routes, "/pattern"),
                    Kind::WorkerDomain => (EdgeKind::Routes, "/hostname"),
                    _ => (EdgeKind::TriggeredBy, "/schedules"),
                };
                let to = part.observation.id.as_str();
                self.edges.insert(part.edge(&id, to, kind, Confidence::Stated, pointer));
                self.hosts.add_worker_part(&id, &part);
            }
            for (at, binding) in view.list("/bindings").iter().enumerate() {
                let text = |field: &str| binding.get(field).and_then(Value::as_str);
                let pointer = |field: &str| format!("/bindings/{at}/{field}");
                if let Some(script) = text("service") {
                    let other = found.workers.iter().map(View::of).find(|view| named(view, script));
                    let to = other.map_or_else(
                        || format!("worker:{script}"),
                        |other| id_beside(&other, WorkloadKind::Worker, &other.observation.name).to_string(),
                    );
                    self.edges.insert(view.edge(&id, &to, EdgeKind::Calls, Confidence::Stated, &pointer("service")));
                }
                for (field, scheme, kind) in RESOURCES {
                    if let Some(resource) = text(field) {
                        let to = format!("{scheme}:{resource}");
                        self.edges.insert(view.edge(&id, &to, *kind, Confidence::Stated, &pointer(field)));
                    }
                }
                if let Some(value) = text("text") {
                    self.needs_of_text(&id, &view, text("name").unwrap_or_default(), value, &pointer("text"));
                }
            }
            self.hosts.add_worker(&id, &view);
        }
    }
}

/// The routes, custom domains and cron triggers of a Worker. A route without a Worker keeps all of them away.
fn of_worker<'f>(found: &'f Found, name: &'f str) -> impl Iterator<Item = View<'f>> {
    found.of_workers.iter().map(View::of).filter(move |view| match view.observation.kind {
        Kind::WorkerRoute => view.text("/script") == Some(name),
        Kind::WorkerDomain => view.text("/service") == Some(name),
        _ => view.observation.name == name,
    })
}

/// Fields of a Worker's bindings that name what it uses.
pub(super) const RESOURCES: &[(&str, &str, EdgeKind)] = &[
    ("queue_name", "cloudflare-queue", EdgeKind::Queue),
    ("bucket_name", "r2", EdgeKind::Data),
    ("namespace_id", "cloudflare-namespace", EdgeKind::Data),
    ("database_id", "d1", EdgeKind::Data),
];

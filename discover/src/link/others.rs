//! Functions, instances and Workers.

use super::Linker;
use super::found::Found;
use super::owner::{New, id_beside};
use super::view::{View, step};
use caravan_inventory::{Confidence, EdgeKind, Observation, WorkloadKind};
use serde_json::Value;
use std::collections::BTreeSet;

impl Linker<'_> {
    /// One workload for each Lambda function.
    pub(super) fn functions(&mut self, found: &Found) {
        for view in found.functions.iter().map(View::of) {
            let name = view.text("/FunctionName").unwrap_or(&view.observation.name);
            let id = self.add_plain(&view, WorkloadKind::Lambda, name, name);
            let variables = view.element.pointer("/Environment/Variables").and_then(Value::as_object);
            for (variable, value) in variables.into_iter().flatten() {
                let pointer = format!("/Environment/Variables{}", step(variable));
                self.needs_of_text(&id, &view, variable, value.as_str().unwrap_or_default(), &pointer);
            }
            self.needs_of_field(&id, &view, "/Role");
            self.needs_of_field(&id, &view, "/DeadLetterConfig/TargetArn");
            self.triggers(&id, &view, &found.rules);
        }
    }

    /// The rules that start a function.
    fn triggers(&mut self, id: &str, function: &View<'_>, rules: &[Observation]) {
        let arn = function.text("/FunctionArn").unwrap_or(&function.observation.name);
        for rule in rules.iter().map(View::of) {
            for (at, target) in rule.list("/Targets").iter().enumerate() {
                // A target may name a version or an alias of it.
                let named = target.get("Arn").and_then(Value::as_str).and_then(|target| target.strip_prefix(arn));
                if named.is_some_and(|rest| rest.is_empty() || rest.starts_with(':')) {
                    let to = rule.observation.id.as_str();
                    let pointer = format!("/Targets/{at}/Arn");
                    self.edges.insert(rule.edge(id, to, EdgeKind::TriggeredBy, Confidence::Stated, &pointer));
                }
            }
        }
    }

    /// One workload for each EC2 instance.
    pub(super) fn instances(&mut self, found: &Found) {
        for view in found.instances.iter().map(View::of) {
            let text =
                |one: &str, other: &str| view.text(one).or_else(|| view.text(other)).filter(|text| !text.is_empty());
            let instance = text("/instanceId", "/InstanceId").unwrap_or(&view.observation.name);
            let name = view.tags().get("Name").copied().filter(|name| !name.is_empty()).unwrap_or(instance);
            let id = self.add_plain(&view, WorkloadKind::Ec2, instance, name);
            self.needs_of_field(&id, &view, "/iamInstanceProfile/arn");
            self.needs_of_field(&id, &view, "/IamInstanceProfile/Arn");
            let addresses = [
                text("/privateIpAddress", "/PrivateIpAddress"),
                text("/ipAddress", "/PublicIpAddress"),
                text("/privateDnsName", "/PrivateDnsName"),
                text("/dnsName", "/PublicDnsName"),
            ];
            addresses.into_iter().flatten().for_each(|address| self.hosts.add_address(address, &id));
        }
    }

    /// One workload for each Cloudflare Worker.
    pub(super) fn workers(&mut self, found: &Found) {
        let named = |view: &View<'_>, script: &str| view.observation.name == script || view.text("/id") == Some(script);
        for view in found.workers.iter().map(View::of) {
            let name = &view.observation.name;
            let id = self.add_plain(&view, WorkloadKind::Worker, name, name);
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

    fn add_plain(&mut self, view: &View<'_>, kind: WorkloadKind, id: &str, name: &str) -> String {
        let id = id_beside(view, kind, id);
        let name = name.to_owned();
        self.add(New { id, kind, name, deciding: *view, definition: None, cluster: None, parts: BTreeSet::new() })
    }
}

/// Fields of a Worker's bindings that name what it uses.
const RESOURCES: &[(&str, &str, EdgeKind)] = &[
    ("queue_name", "cloudflare-queue", EdgeKind::Queue),
    ("bucket_name", "r2", EdgeKind::Data),
    ("namespace_id", "cloudflare-namespace", EdgeKind::Data),
    ("database_id", "d1", EdgeKind::Data),
];

//! What a workload needs, read from its values: each an edge with the place it was read.

use super::Linker;
use super::hosts::PendingHost;
use super::references::{Reference, of_arn, references};
use super::view::{View, step};
use crate::arn::Arn;
use caravan_inventory::{Confidence, Direction, EdgeKind};
use serde_json::Value;
use std::collections::BTreeSet;

impl Linker<'_> {
    /// A task definition: variables, arguments, options, secrets, files, volumes, roles.
    pub(super) fn needs_of_definition(&mut self, id: &str, definition: &View<'_>) {
        let beside = names_beside(definition);
        for (at, container) in definition.containers() {
            self.needs_of_pairs(id, definition, container, "environment", &at, &beside);
            for list in ["command", "entryPoint"] {
                for (number, argument) in texts(container, list) {
                    self.needs_beside(id, definition, "", argument, &format!("{at}/{list}/{number}"), &beside);
                }
            }
            let options = container.pointer("/logConfiguration/options").and_then(Value::as_object);
            for (option, value) in options.into_iter().flatten() {
                let pointer = format!("{at}/logConfiguration/options{}", step(option));
                self.needs_beside(id, definition, option, value.as_str().unwrap_or_default(), &pointer, &beside);
            }
            for (list, pointer) in [
                ("/secrets", "valueFrom"),
                ("/logConfiguration/secretOptions", "valueFrom"),
                ("/environmentFiles", "value"),
            ] {
                for (number, entry) in
                    container.pointer(list).and_then(Value::as_array).into_iter().flatten().enumerate()
                {
                    let text = entry.get(pointer).and_then(Value::as_str).unwrap_or_default();
                    self.reference_of(id, definition, text, &format!("{at}{list}/{number}/{pointer}"));
                }
            }
            let registry = container.pointer("/repositoryCredentials/credentialsParameter").and_then(Value::as_str);
            self.reference_of(
                id,
                definition,
                registry.unwrap_or_default(),
                &format!("{at}/repositoryCredentials/credentialsParameter"),
            );
        }
        for (number, volume) in definition.list("/volumes").iter().enumerate() {
            let system = volume.pointer("/efsVolumeConfiguration/fileSystemId").and_then(Value::as_str);
            if let Some(system) = system {
                let pointer = format!("/volumes/{number}/efsVolumeConfiguration/fileSystemId");
                let to = format!("elasticfilesystem:{system}");
                self.edges.insert(definition.edge(id, &to, EdgeKind::Data, Confidence::Stated, &pointer));
            }
        }
        self.needs_of_field(id, definition, "/taskRoleArn");
        self.needs_of_field(id, definition, "/executionRoleArn");
    }

    /// What a service names besides its task definition and load balancers.
    pub(super) fn needs_of_service(&mut self, id: &str, service: &View<'_>) {
        let options =
            service.element.pointer("/serviceConnectConfiguration/logConfiguration/options").and_then(Value::as_object);
        for (option, value) in options.into_iter().flatten() {
            let pointer = format!("/serviceConnectConfiguration/logConfiguration/options{}", step(option));
            self.needs_of_text(id, service, option, value.as_str().unwrap_or_default(), &pointer);
        }
    }

    /// A single field that holds an ARN.
    pub(super) fn needs_of_field(&mut self, id: &str, view: &View<'_>, pointer: &str) {
        if let Some(arn) = view.text(pointer).filter(|text| Arn::parse(text).is_some()) {
            self.needs_of_text(id, view, "", arn, pointer);
        }
    }

    /// A field that holds an ARN, with the way that data goes to or from there.
    pub(super) fn needs_of_field_towards(&mut self, id: &str, view: &View<'_>, pointer: &str, direction: Direction) {
        let arn = view.text(pointer).and_then(Arn::parse);
        if let Some(Reference::Named(to, kind, confidence)) = arn.and_then(|arn| of_arn(&arn)) {
            self.edges.insert(view.edge(id, &to, kind, confidence, pointer).towards(direction));
        }
    }

    /// Any text.
    pub(super) fn needs_of_text(&mut self, id: &str, view: &View<'_>, name: &str, text: &str, pointer: &str) {
        self.needs_beside(id, view, name, text, pointer, &BTreeSet::new());
    }

    fn needs_of_pairs(
        &mut self,
        id: &str,
        view: &View<'_>,
        container: &Value,
        list: &str,
        at: &str,
        beside: &BTreeSet<&str>,
    ) {
        for (number, pair) in container.get(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let text = |field: &str| pair.get(field).and_then(Value::as_str).unwrap_or_default();
            self.needs_beside(id, view, text("name"), text("value"), &format!("{at}/{list}/{number}/value"), beside);
        }
    }

    /// A text of a container whose neighbours have these names: they are no other machine.
    fn needs_beside(
        &mut self,
        id: &str,
        view: &View<'_>,
        name: &str,
        text: &str,
        pointer: &str,
        beside: &BTreeSet<&str>,
    ) {
        self.needs_of_name(id, view, name, text, pointer);
        for reference in references(name, text) {
            match reference {
                Reference::Named(to, kind, confidence) => {
                    self.edges.insert(view.edge(id, &to, kind, confidence, pointer));
                }
                Reference::Host(host, _, _) if beside.contains(host.as_str()) => {}
                Reference::Host(host, path, kind) => {
                    self.pending.push(PendingHost {
                        from: id.to_owned(),
                        host,
                        path,
                        kind,
                        evidence: view.evidence(pointer),
                    });
                }
            }
        }
    }

    /// A secret or file that is given by reference: an ARN, or the name of a parameter in the same account and region
    /// (ECS API reference, Secret).
    fn reference_of(&mut self, id: &str, view: &View<'_>, text: &str, pointer: &str) {
        if text.is_empty() {
            return;
        }
        if Arn::parse(text).is_some() {
            self.needs_of_text(id, view, "", text, pointer);
            return;
        }
        let name = text.trim_start_matches('/');
        let to = match (&view.observation.account, &view.observation.region) {
            (Some(account), Some(region)) => format!("ssm:arn:aws:ssm:{region}:{account}:parameter/{name}"),
            _ => format!("ssm:{name}"),
        };
        self.edges.insert(view.edge(id, &to, EdgeKind::Secret, Confidence::Inferred, pointer));
    }
}

/// Names under which containers of one task see each other: their own, and those of `links`.
fn names_beside<'o>(definition: &View<'o>) -> BTreeSet<&'o str> {
    let mut names = BTreeSet::new();
    for (_, container) in definition.containers() {
        names.extend(container.get("name").and_then(Value::as_str));
        names.extend(texts(container, "links").map(|(_, link)| link.rsplit(':').next().unwrap_or(link)));
    }
    names
}

fn texts<'o>(container: &'o Value, list: &str) -> impl Iterator<Item = (usize, &'o str)> {
    container
        .get(list)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
        .filter_map(|(at, text)| Some((at, text.as_str()?)))
}

//! What machines are made of, by its names: launch templates, configurations, images, volumes, addresses, security groups.

use super::found::Found;
use super::view::View;
use crate::user_data::PARTS;
use caravan_inventory::{Observation, ObservationId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The parts of one location.
pub(super) struct Parts<'f> {
    /// Launch template, by id and by name → its versions.
    templates: BTreeMap<&'f str, Vec<Version<'f>>>,
    configurations: BTreeMap<&'f str, View<'f>>,
    images: BTreeMap<&'f str, View<'f>>,
    /// Instance → volumes and addresses.
    attached: BTreeMap<&'f str, BTreeSet<ObservationId>>,
    /// Instance → its public addresses.
    addresses: BTreeMap<&'f str, Vec<&'f str>>,
    security_groups: BTreeMap<&'f str, &'f ObservationId>,
    /// Auto Scaling group → its policies, scheduled actions and hooks.
    of_groups: BTreeMap<&'f str, BTreeSet<ObservationId>>,
}

/// A version of a launch template.
#[derive(Clone, Copy)]
struct Version<'f> {
    number: u64,
    is_default: bool,
    view: View<'f>,
}

impl<'f> Parts<'f> {
    pub(super) fn of(found: &'f Found) -> Self {
        let by_name = |observations: &'f [Observation]| {
            observations.iter().map(|observation| (observation.native_name(), View::of(observation))).collect()
        };
        let mut templates: BTreeMap<&str, Vec<Version<'_>>> = BTreeMap::new();
        for view in found.launch_templates.iter().map(View::of) {
            let version = Version {
                number: view.element.get("versionNumber").and_then(Value::as_u64).unwrap_or_default(),
                is_default: view.element.get("defaultVersion").and_then(Value::as_bool).unwrap_or_default(),
                view,
            };
            let names = [view.text("/launchTemplateId"), view.text("/launchTemplateName")];
            names.into_iter().flatten().for_each(|name| templates.entry(name).or_default().push(version));
        }
        let mut attached: BTreeMap<&str, BTreeSet<ObservationId>> = BTreeMap::new();
        for view in found.volumes.iter().map(View::of) {
            for instance in view.list("/attachmentSet").iter().filter_map(|one| one.get("instanceId")?.as_str()) {
                attached.entry(instance).or_default().insert(view.observation.id.clone());
            }
        }
        let mut addresses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for view in found.addresses.iter().map(View::of) {
            if let Some(instance) = view.text("/instanceId").filter(|id| !id.is_empty()) {
                attached.entry(instance).or_default().insert(view.observation.id.clone());
                addresses.entry(instance).or_default().extend(view.text("/publicIp"));
            }
        }
        let security_groups = found.security_groups.iter().map(|group| (group.native_name(), &group.id)).collect();
        let mut of_groups: BTreeMap<&str, BTreeSet<ObservationId>> = BTreeMap::new();
        for view in found.of_scaling_groups.iter().map(View::of) {
            if let Some(group) = view.text("/AutoScalingGroupName") {
                of_groups.entry(group).or_default().insert(view.observation.id.clone());
            }
        }
        Self {
            templates,
            configurations: by_name(&found.launch_configurations),
            images: by_name(&found.images),
            attached,
            addresses,
            security_groups,
            of_groups,
        }
    }

    /// What moves the number of an Auto Scaling group, and what holds its machines up.
    pub(super) fn of_group(&self, group: &str) -> impl Iterator<Item = ObservationId> {
        self.of_groups.get(group).into_iter().flatten().cloned()
    }

    /// The observed version of a launch template. `$Latest` is the highest that was read, since it was asked for.
    pub(super) fn template(&self, name: &str, version: &str) -> Option<View<'f>> {
        let versions = self.templates.get(name)?;
        let found = match version {
            "$Latest" => versions.iter().max_by_key(|version| version.number),
            "$Default" => versions.iter().find(|version| version.is_default),
            number => versions.iter().find(|version| number.parse() == Ok(version.number)),
        };
        found.map(|version| version.view)
    }

    pub(super) fn configuration(&self, name: &str) -> Option<View<'f>> {
        self.configurations.get(name).copied()
    }

    /// An image's id as an edge names it: the observation, or what was not found.
    pub(super) fn image(&self, image: &str) -> String {
        self.images.get(image).map_or_else(|| format!("ec2:image/{image}"), |view| view.observation.id.to_string())
    }

    /// Volumes and addresses of an instance.
    pub(super) fn attached(&self, instance: &str) -> impl Iterator<Item = ObservationId> {
        self.attached.get(instance).into_iter().flatten().cloned()
    }

    /// The public addresses that stay an instance's.
    pub(super) fn addresses(&self, instance: &str) -> &[&'f str] {
        self.addresses.get(instance).map_or(&[], Vec::as_slice)
    }

    /// The security groups that a document names anywhere.
    pub(super) fn security_groups(&self, document: &Value) -> BTreeSet<ObservationId> {
        let mut found = BTreeSet::new();
        self.collect_groups(document, &mut found);
        found
    }

    fn collect_groups(&self, value: &Value, found: &mut BTreeSet<ObservationId>) {
        match value {
            Value::String(text) if text.starts_with("sg-") => {
                found.extend(self.security_groups.get(text.as_str()).map(|id| (*id).clone()));
            }
            Value::Object(fields) => fields.values().for_each(|value| self.collect_groups(value, found)),
            Value::Array(items) => items.iter().for_each(|item| self.collect_groups(item, found)),
            _ => {}
        }
    }
}

/// What a machine runs when it starts, with the pointers: the decoded user data of an instance, a launch template or a
/// launch configuration.
pub(super) fn startup_texts<'o>(view: &View<'o>) -> Vec<(&'o str, String)> {
    ["", "/launchTemplateData"]
        .into_iter()
        .flat_map(|at| {
            let list = format!("{at}/{PARTS}");
            let parts = view.list(&list).iter().enumerate();
            parts
                .filter_map(|(number, part)| Some((part.get("text")?.as_str()?, format!("{list}/{number}/text"))))
                .collect::<Vec<_>>()
        })
        .collect()
}

//! Names by which ECS documents refer to each other.

use super::view::View;
use crate::arn::Arn;
use caravan_inventory::Observation;
use std::collections::BTreeMap;

/// `<family>`, `<family>:<revision>`, or the ARN of either.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct DefinitionName<'t> {
    pub(super) family: &'t str,
    pub(super) revision: Option<u64>,
}

impl<'t> DefinitionName<'t> {
    pub(super) fn parse(text: &'t str) -> Self {
        let plain = Arn::parse(text).and_then(|arn| arn.resource.strip_prefix("task-definition/")).unwrap_or(text);
        let numbered = plain.rsplit_once(':').and_then(|(family, revision)| Some((family, revision.parse().ok()?)));
        match numbered {
            Some((family, revision)) => Self { family, revision: Some(revision) },
            None => Self { family: plain, revision: None },
        }
    }
}

/// A cluster's name, from its name or ARN; `default` where none is given (ECS API reference, CreateService).
pub(super) fn cluster_name(text: Option<&str>) -> &str {
    text.map_or("default", |text| Arn::parse(text).map_or(text, |arn| arn.name()))
}

/// Task definitions by what they are called.
pub(super) struct Definitions<'f> {
    by_family: BTreeMap<String, Vec<Definition<'f>>>,
}

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct Definition<'f> {
    pub(super) view: View<'f>,
    revision: Option<u64>,
}

impl<'f> Definitions<'f> {
    pub(super) fn of(observations: &'f [Observation]) -> Self {
        let mut by_family: BTreeMap<String, Vec<Definition<'f>>> = BTreeMap::new();
        for observation in observations {
            let view = View::of(observation);
            let (family, revision) = own_name(&view);
            by_family.entry(family).or_default().push(Definition { view, revision });
        }
        Self { by_family }
    }

    /// The families with their task definitions.
    pub(super) fn families(&self) -> impl Iterator<Item = (&str, &[Definition<'f>])> {
        self.by_family.iter().map(|(family, definitions)| (family.as_str(), definitions.as_slice()))
    }

    /// What a name refers to: the very revision, or the latest when the name has none. A file's document has no revision
    /// and stands for each; of several, the one nearest to the file that refers to it.
    pub(super) fn find(&self, name: DefinitionName<'_>, from: &View<'_>) -> Option<View<'f>> {
        let family = self.by_family.get(name.family)?;
        let fits = |definition: &&Definition<'_>| {
            name.revision.is_none() || definition.revision.is_none() || definition.revision == name.revision
        };
        let near = |definition: &Definition<'_>| match (from.path(), definition.view.path()) {
            (Some(from), Some(path)) => from.bytes().zip(path.bytes()).take_while(|(one, other)| one == other).count(),
            _ => 0,
        };
        let rank = |definition: &&Definition<'_>| {
            (definition.revision == name.revision, near(definition), definition.revision)
        };
        // The first of equals: `max_by_key` would take the last.
        family.iter().rev().filter(fits).max_by_key(rank).map(|definition| definition.view)
    }
}

/// The latest of a family's task definitions.
pub(super) fn latest<'f>(definitions: &[Definition<'f>]) -> Option<View<'f>> {
    definitions.iter().rev().max_by_key(|definition| definition.revision).map(|definition| definition.view)
}

/// A task definition's family and revision, by its ARN, its fields, or its file.
pub(super) fn own_name(view: &View<'_>) -> (String, Option<u64>) {
    if let Some(arn) = view.text("/taskDefinitionArn") {
        let name = DefinitionName::parse(arn);
        if name.revision.is_some() {
            return (name.family.to_owned(), name.revision);
        }
    }
    let revision = view.element.get("revision").and_then(serde_json::Value::as_u64);
    let stem = || view.stem().map_or(view.observation.name.as_str(), |stem| stem.rsplit('/').next().unwrap_or(stem));
    (view.text("/family").map_or_else(|| stem().to_owned(), str::to_owned), revision)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_definitions_are_named_in_three_ways() {
        let name = |text| DefinitionName::parse(text);
        assert_eq!(name("api"), DefinitionName { family: "api", revision: None });
        assert_eq!(name("api:7"), DefinitionName { family: "api", revision: Some(7) });
        let arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:7";
        assert_eq!(name(arn), name("api:7"));
        assert_eq!(cluster_name(Some("arn:aws:ecs:eu-central-1:123456789012:cluster/prod")), "prod");
        assert_eq!(cluster_name(None), "default");
    }
}

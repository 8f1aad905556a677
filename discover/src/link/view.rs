//! A thing inside its observation: the element itself, behind whatever wrapper the answer or file has.

use caravan_inventory::{Confidence, Edge, EdgeKind, Evidence, Observation, ObservationKind as Kind};
use serde_json::Value;
use std::collections::BTreeMap;

/// An observation with the place of the thing in its body.
#[derive(Clone, Copy)]
pub(crate) struct View<'o> {
    pub(crate) observation: &'o Observation,
    /// The pointer of the element: empty, `/taskDefinition`, `/services/0`.
    at: &'static str,
    pub(crate) element: &'o Value,
}

impl<'o> View<'o> {
    pub(crate) fn of(observation: &'o Observation) -> Self {
        let wrappers: &[&str] = match observation.kind {
            Kind::EcsTaskDefinition => &["/taskDefinition", "/taskDefinitions/0"],
            Kind::EcsService => &["/service", "/services/0"],
            Kind::ScalableTarget => &["/ScalableTargets/0"],
            Kind::ScalingPolicy => &["/ScalingPolicies/0"],
            Kind::ScheduledAction => &["/ScheduledActions/0"],
            Kind::LambdaFunction | Kind::FunctionVersion => &["/Configuration"],
            _ => &[],
        };
        let body = &observation.body;
        let wrapped =
            wrappers.iter().find_map(|at| body.pointer(at).filter(|value| value.is_object()).map(|value| (*at, value)));
        let (at, element) = wrapped.unwrap_or(("", body));
        Self { observation, at, element }
    }

    /// A text of the element, by a pointer from it.
    pub(crate) fn text(&self, pointer: &str) -> Option<&'o str> {
        self.element.pointer(pointer)?.as_str()
    }

    /// A list of the element; empty when there is none. `""` is the element itself.
    pub(crate) fn list(&self, pointer: &str) -> &'o [Value] {
        self.element.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A task definition's containers with their pointers; a bare array is its containers.
    pub(crate) fn containers(&self) -> impl Iterator<Item = (String, &'o Value)> {
        let inside = if self.element.is_array() { "" } else { "/containerDefinitions" };
        self.list(inside).iter().enumerate().map(move |(at, container)| (format!("{inside}/{at}"), container))
    }

    /// An edge whose evidence stands at a pointer from the element.
    pub(super) fn edge(&self, from: &str, to: &str, kind: EdgeKind, confidence: Confidence, pointer: &str) -> Edge {
        Edge {
            from: from.to_owned(),
            to: to.to_owned(),
            kind,
            confidence,
            direction: None,
            evidence: self.evidence(pointer),
        }
    }

    pub(crate) fn evidence(&self, pointer: &str) -> Evidence {
        Evidence { observation: self.observation.id.clone(), path: format!("{}{pointer}", self.at) }
    }

    /// The tags, in any of the forms that APIs write them: lists of pairs, a map, `name:value` texts. They stand in the
    /// element or beside it.
    pub(crate) fn tags(&self) -> BTreeMap<&'o str, &'o str> {
        let mut tags = BTreeMap::new();
        for holder in [&self.observation.body, self.element] {
            for field in ["tags", "Tags", "tagSet", "TagSet", "TagList"] {
                tags.extend(holder.get(field).into_iter().flat_map(tags_of));
            }
        }
        tags
    }

    /// Whether it came from a file.
    pub(super) fn is_file(&self) -> bool {
        self.observation.api == crate::files::API
    }

    /// The file's path without the number of the thing in it.
    pub(crate) fn path(&self) -> Option<&'o str> {
        let name = self.observation.name.as_str();
        self.is_file().then(|| name.rsplit_once('#').map_or(name, |(path, _)| path))
    }

    /// The path without its extension.
    pub(super) fn stem(&self) -> Option<&'o str> {
        let path = self.path()?;
        let name_begins = path.rfind('/').map_or(0, |at| at + 1);
        Some(path[name_begins..].rfind('.').filter(|at| *at > 0).map_or(path, |at| &path[..name_begins + at]))
    }
}

fn tags_of(tags: &Value) -> Vec<(&str, &str)> {
    match tags {
        Value::Object(map) => map.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect(),
        Value::Array(list) => list
            .iter()
            .filter_map(|tag| match tag {
                Value::String(text) => text.split_once(':'),
                tag => {
                    let of = |one: &str, other: &str| tag.get(one).or_else(|| tag.get(other)).and_then(Value::as_str);
                    Some((of("key", "Key")?, of("value", "Value")?))
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A field's name as a step of a JSON pointer (RFC 6901).
pub(crate) fn step(field: &str) -> String {
    format!("/{}", field.replace('~', "~0").replace('/', "~1"))
}

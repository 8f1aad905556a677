//! One object of the platform: what stands in it, and what its lines are made of.

use crate::naming;
use serde_json::{Map, Value, json};

/// What one place of an object, and all below it that no other row names, is made of.
pub(super) struct Row {
    /// Where: a JSON pointer. `*` in a step stands for any text.
    pub(super) at: &'static str,
    /// The name of the rule.
    pub(super) name: &'static str,
    /// What it says.
    pub(super) says: &'static str,
    /// What decides it besides the rule.
    pub(super) from: &'static [From],
}

/// What decides a place.
#[derive(Clone, Copy)]
pub(super) enum From {
    /// A setting of the platform.
    Setting(&'static str),
    /// The apps that the object is for: what their manifests ask.
    Apps,
    /// The environment, by its name.
    Environment,
    /// The teams and roles of `people.yaml`, where it is there.
    People,
}

/// One row of a table.
pub(super) const fn row(at: &'static str, name: &'static str, says: &'static str, from: &'static [From]) -> Row {
    Row { at, name, says, from }
}

/// The rows that all objects share; an object's own come before them.
pub(super) const COMMON: &[Row] = &[
    row("/metadata/labels/app.kubernetes.io~1managed-by", "managed-by", "who wrote the object", &[]),
    row("/metadata/labels/*~1team", "team-label", "the team", &[From::Setting("group"), From::Apps]),
    row(
        "/metadata/namespace",
        "namespace",
        "the namespace of the team, or of what the object is read by",
        &[
            From::Setting("namespace_prefix"),
            From::Setting("gateway/namespace"),
            From::Setting("internal_gateway/namespace"),
            From::Apps,
        ],
    ),
    row(
        "/metadata/annotations/argocd.argoproj.io~1sync-wave",
        "sync-wave",
        "what others need is there before them",
        &[],
    ),
];

/// An object of the platform.
#[derive(Clone)]
pub(super) struct Document {
    /// As the API server takes it.
    pub(super) value: Value,
    /// What its places are made of.
    pub(super) rows: &'static [Row],
    /// Whether `people.yaml` says who is meant.
    pub(super) by_people: bool,
}

impl Document {
    /// An object of a kind; `rows` say what it is made of, the first of them for the object itself.
    pub(super) fn new(api_version: &str, kind: &str, name: &str, rows: &'static [Row]) -> Self {
        let value = json!({
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": "caravan"}},
        });
        Self { value, rows, by_people: false }
    }

    /// Whether `people.yaml` says who is meant.
    pub(super) const fn by_people(mut self, by_people: bool) -> Self {
        self.by_people = by_people;
        self
    }

    /// In a namespace.
    pub(super) fn within(mut self, namespace: &str) -> Self {
        self.value["metadata"]["namespace"] = json!(namespace);
        self
    }

    /// Applied in this wave of its Application; waves go from low to high, the default is 0.
    pub(super) fn wave(self, wave: i32) -> Self {
        self.annotated("argocd.argoproj.io/sync-wave", &wave.to_string())
    }

    /// With a label.
    pub(super) fn labelled(mut self, key: &str, value: &str) -> Self {
        self.value["metadata"]["labels"][key] = json!(naming::label_value(value));
        self
    }

    /// With an annotation.
    pub(super) fn annotated(mut self, key: &str, value: &str) -> Self {
        self.value["metadata"]["annotations"][key] = json!(value);
        self
    }

    /// With these fields of the top.
    pub(super) fn with(mut self, fields: Value) -> Self {
        if let (Value::Object(own), Value::Object(more)) = (&mut self.value, fields) {
            own.extend(without_nulls(more));
        }
        self
    }

    /// Kind and name, as places name it.
    pub(super) fn name(&self) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!("{}/{}", text(&self.value["kind"]), text(&self.value["metadata"]["name"]))
    }
}

/// What is null was not said.
fn without_nulls(map: Map<String, Value>) -> Map<String, Value> {
    let kept = map.into_iter().filter(|(_, value)| !value.is_null());
    kept.map(|(key, value)| {
        (key, if let Value::Object(inner) = value { Value::Object(without_nulls(inner)) } else { value })
    })
    .collect()
}

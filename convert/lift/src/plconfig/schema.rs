//! The JSON Schema of `plconfig.yaml`, made from its types.

use super::file::PlConfig;
use super::scale::{Scale, ScaleRange};
use super::shapes::Seconds;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// The JSON Schema (draft 2020-12) of what [`PlConfig::read`] takes, as far as a schema can say it: what depends on several fields is
/// left to the reader.
#[must_use]
pub fn schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<PlConfig>();
    RecursiveTransform(ignore_extensions).transform(&mut schema);
    RecursiveTransform(without_null).transform(&mut schema);
    schema
}

/// A key may be left out and is never empty: readers refuse what an `Option` makes of `null`.
pub fn without_null(schema: &mut Schema) {
    let null = serde_json::json!("null");
    if let Some(serde_json::Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| *kind != null);
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            schema.insert("type".to_owned(), kind);
        }
    }
    let Some(serde_json::Value::Array(all)) = schema.get_mut("anyOf") else { return };
    all.retain(|one| one.get("type") != Some(&null));
    if all.len() != 1 {
        return;
    }
    if let Some(serde_json::Value::Object(one)) = all.pop() {
        schema.remove("anyOf");
        // What is said of the key stands before what is said of its kind.
        for (word, value) in one.into_iter().filter(|(word, _)| schema.get(word).is_none()).collect::<Vec<_>>() {
            schema.insert(word, value);
        }
    }
}

/// Keys that begin with `x-` are passed over wherever a key has a fixed meaning.
fn ignore_extensions(schema: &mut Schema) {
    if schema.get("additionalProperties") == Some(&serde_json::Value::Bool(false)) {
        schema.insert("patternProperties".to_owned(), serde_json::json!({"^x-": true}));
    }
}

/// A health check may be written as one text: the path of an HTTP check.
pub(super) fn or_path(schema: &mut Schema) {
    let map = schema.clone();
    let description = map.get("description").cloned();
    *schema = json_schema!({"anyOf": [{"type": "string", "pattern": "^/"}, map]});
    if let Some(text) = description {
        schema.insert("description".to_owned(), text);
    }
}

impl JsonSchema for Seconds {
    fn schema_name() -> Cow<'static, str> {
        "Seconds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time in whole seconds, minutes or hours: `90s`, `2m`, `1h`.",
            "type": "string",
            "pattern": "^[0-9]+[smh]$",
        })
    }
}

impl JsonSchema for Scale {
    fn schema_name() -> Cow<'static, str> {
        "Scale".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let range = generator.subschema_for::<ScaleRange>();
        json_schema!({
            "description": "A fixed number, written as one, or a range.",
            "anyOf": [{"type": "integer", "minimum": 0, "maximum": u32::MAX}, range],
        })
    }
}

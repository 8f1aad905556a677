//! Places in documents.

use caravan_inventory::{Evidence, Observation};
use serde_json::Value;

/// A list; empty where it is none.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A place in an observation.
pub(crate) fn at(observation: &Observation, path: impl Into<String>) -> Evidence {
    Evidence { observation: observation.id.clone(), path: path.into() }
}

/// Shows every text in a document with its place (RFC 6901).
pub(super) fn each_text<'a>(value: &'a Value, path: &mut String, visit: &mut impl FnMut(&str, &'a str)) {
    let length = path.len();
    match value {
        Value::String(text) => visit(path, text),
        Value::Array(list) => {
            for (at, item) in list.iter().enumerate() {
                path.push('/');
                path.push_str(&at.to_string());
                each_text(item, path, visit);
                path.truncate(length);
            }
        }
        Value::Object(map) => {
            for (name, item) in map {
                path.push('/');
                path.push_str(&name.replace('~', "~0").replace('/', "~1"));
                each_text(item, path, visit);
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Names one after the other, at most so many: `a, b and 3 more`.
pub(super) fn some_of(names: &[String], most: usize) -> String {
    match names.len().checked_sub(most) {
        Some(more) if more > 0 => format!("{} and {more} more", names[..most].join(", ")),
        _ => names.join(", "),
    }
}

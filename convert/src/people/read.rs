//! What a strict type still lets through: a key without a value, which would mean the same as a key that is left out, and so
//! often everybody or everywhere.

use super::mistake::Mistake;
use serde_json::Value;

/// The keys without a value in the text of a file; none where it is no YAML, which its type says.
#[must_use]
pub fn keys_without_value(text: &str) -> Vec<Mistake> {
    let mut found = Vec::new();
    if let Ok(value) = serde_yaml::from_str::<Value>(text) {
        walk(&value, &mut String::new(), &mut found);
    }
    found
}

fn walk(value: &Value, at: &mut String, found: &mut Vec<Mistake>) {
    let here = at.len();
    let mut below = |step: &str, value: &Value, at: &mut String| {
        at.push_str(step);
        walk(value, at, found);
        at.truncate(here);
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                below(&if here == 0 { key.clone() } else { format!(".{key}") }, value, at);
            }
        }
        Value::Array(list) => {
            for (number, value) in list.iter().enumerate() {
                below(&format!("[{number}]"), value, at);
            }
        }
        Value::Null if here > 0 => found.push(Mistake {
            field: at.clone(),
            problem: "has no value".to_owned(),
            remedy: "write one, or take the key out".to_owned(),
        }),
        _ => {}
    }
}

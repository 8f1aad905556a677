//! Patterns by which messages are filtered: whether a document is one that Lambda takes (Lambda developer guide, "Filter rule
//! syntax"). The front reads them by the same rules.

use serde_json::{Map, Value};

/// Whether it is a pattern: an object whose leaves are lists of rules.
pub(super) fn is_one(value: &Value) -> bool {
    let Some(map) = value.as_object().filter(|map| !map.is_empty()) else { return false };
    map.iter().all(|(name, value)| match value {
        Value::Array(either) if name == "$or" && either.len() > 1 && either.iter().all(Value::is_object) => {
            either.iter().all(is_one)
        }
        Value::Array(rules) => !rules.is_empty() && rules.iter().all(is_rule),
        inside => is_one(inside),
    })
}

fn is_rule(value: &Value) -> bool {
    match value {
        Value::Object(map) => is_operator(map),
        Value::Array(_) => false,
        _ => true,
    }
}

fn is_operator(map: &Map<String, Value>) -> bool {
    let (Some((name, value)), 1) = (map.iter().next(), map.len()) else { return false };
    let plain = |value: &Value| value.is_string() || value.is_number();
    match name.as_str() {
        "prefix" | "suffix" | "equals-ignore-case" => value.is_string(),
        "exists" => value.is_boolean(),
        "numeric" => value.as_array().is_some_and(|words| is_numeric(words)),
        "anything-but" => match value {
            Value::Array(values) => !values.is_empty() && values.iter().all(plain),
            Value::Object(inner) => {
                inner.keys().all(|name| matches!(name.as_str(), "prefix" | "suffix" | "equals-ignore-case"))
                    && is_operator(inner)
            }
            value => plain(value),
        },
        _ => false,
    }
}

/// One comparison, or a lower and an upper bound.
fn is_numeric(words: &[Value]) -> bool {
    let comparison = |pair: &[Value]| {
        let known = pair[0].as_str().is_some_and(|name| matches!(name, "=" | "<" | "<=" | ">" | ">="));
        known && pair[1].is_number()
    };
    matches!(words.len(), 2 | 4) && words.chunks(2).all(comparison)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_are_told_from_other_documents() {
        for pattern in [
            json!({"body": {"kind": ["order", null, 1]}}),
            json!({"body": {"n": [{"numeric": [">", 0, "<=", 5]}]}, "attributes": {"a": [{"exists": false}]}}),
            json!({"$or": [{"a": ["b"]}, {"c": [{"prefix": "d"}]}]}),
            json!({"a": [{"anything-but": ["b", 2]}, {"anything-but": {"suffix": "c"}}]}),
        ] {
            assert!(is_one(&pattern), "{pattern}");
        }
        for other in [
            json!({}),
            json!([]),
            json!({"a": "b"}),
            json!({"a": []}),
            json!({"a": [{"like": "b"}]}),
            json!({"a": [{"numeric": [">", "0"]}]}),
            json!({"a": [{"prefix": "b", "suffix": "c"}]}),
        ] {
            assert!(!is_one(&other), "{other}");
        }
    }
}
